"""In: accrual, hazards, dropout and a test. Out: events, subjects, calendar and power.

Open `group_sequential.py` first.
"""
