"""In: what an operation and its specimen show. Out: margin, response, complication, liver failure.

Open `resection.py` first.
"""
