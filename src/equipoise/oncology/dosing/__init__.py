"""In: what a dose table says on a day, and body size. Out: what becomes of a drug, and its mg.

Open `dose_standing.py` first.
"""
