"""In: times and whether they ended in an event. Out: curves, tests and models of one event.

Open `survival.py` first.
"""
