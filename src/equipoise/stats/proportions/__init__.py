"""In: counts or 0/1 columns. Out: proportions, their differences and ratios, tests of tables.

Open `one_sample.py` first.
"""
