"""In: times and which event ended them. Out: incidence, tests and models of competing events.

Open `aalen_johansen.py` first.
"""
