"""Accrual told by rates: subjects per month, which change at given months."""

from __future__ import annotations

from math import inf

from equipoise.base.errors import bad_input
from equipoise.design.survival.event_course import Accrual, AccrualPiece
from equipoise.design.survival.hazards import Steps


def accrual_at_rates(rates: Steps, *, months: float) -> Accrual:
    """Return accrual over some months at rates that change at given months.

    Parameters
    ----------
    rates : Steps
        Subjects per month of calendar time; only their ratios count.
    months : float
        Length of the accrual; the last rate goes on until then, and later rates are not reached.

    Raises
    ------
    BadInput
        For months in which nobody enters.
    """
    total = subjects_at_rates(rates, months=months)
    if not 0 < total < inf:
        raise bad_input(
            "somebody enters during the accrual", where="months", got=months, fix="24 months"
        )
    ends = (*(end for end in rates.until if end < months), months)
    begins = (0.0, *ends[:-1])
    return Accrual(
        pieces=tuple(
            AccrualPiece(months=end - begin, share=(end - begin) * rate / total)
            for begin, end, rate in zip(begins, ends, rates.values, strict=False)
        )
    )


def subjects_at_rates(rates: Steps, *, months: float) -> float:
    """Return how many subjects enter in some months at rates per month.

    Parameters
    ----------
    rates : Steps
        Subjects per month of calendar time.
    months : float
        Length of the accrual; the last rate goes on until then.
    """
    ends = (*rates.until, inf)
    return sum(
        rate * (min(months, end) - begin)
        for rate, begin, end in zip(rates.values, rates.begins, ends, strict=True)
        if begin < months
    )


def months_for_subjects(rates: Steps, *, subjects: float) -> float:
    """Return the months in which so many subjects enter at rates per month.

    Parameters
    ----------
    rates : Steps
        Subjects per month of calendar time.
    subjects : float
        Subjects wanted.

    Raises
    ------
    BadInput
        When the rates end before so many have entered.
    """
    entered = 0.0
    for rate, begin, end in zip(rates.values, rates.begins, (*rates.until, inf), strict=True):
        if rate > 0 and entered + rate * (end - begin) >= subjects:
            return begin + (subjects - entered) / rate
        entered += rate * (end - begin) if rate > 0 else 0.0
    raise bad_input(
        "so many subjects enter some day",
        where="subjects",
        got=f"{subjects}, when {entered:g} ever enter",
        fix="a last rate above 0",
    )
