"""In: information fractions and errors. Out: boundaries, and what a trial that obeys them does.

Open `boundaries.py` first; nothing here knows the kind of endpoint.
"""
