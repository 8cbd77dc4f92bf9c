"""In: a design and what an interim look showed. Out: a changed design that keeps its error.

Open `combination.py` first.
"""
