"""Days around an operation on which a drug that hinders healing is not given.

Days are whole numbers on any calendar; a fraction of a day counts as a whole one.
"""

from __future__ import annotations

from math import ceil


def last_dose_day(surgery_day: int, *, days_off: float) -> int:
    """Return the last day with a dose before an operation that needs some days without."""
    return surgery_day - ceil(days_off) - 1


def first_dose_day(surgery_day: int, *, days_off: float) -> int:
    """Return the first day with a dose after an operation that needs some days without."""
    return surgery_day + ceil(days_off)
