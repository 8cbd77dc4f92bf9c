"""In: the lesion rows of a subject. Out: response at each assessment, and what RECIST asks.

Open `tumour_reading.py` first.
"""
