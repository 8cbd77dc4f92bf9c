"""In: two rates and an error. Out: subjects and power of a comparison of two proportions.

Open `goal.py` first.
"""
