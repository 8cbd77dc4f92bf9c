"""How a number is spelt: the one place, for tables, pictures and cards alike."""

from __future__ import annotations

from math import isfinite

NOT_ESTIMABLE = "NE"
"""What stands where a number cannot be estimated (a median that is not reached)."""

TO = "\u2013"
"""The dash between the ends of an interval."""

MINUS = "\u2212"
ABSENT = "\u2013"
"""What stands where the analysis gave no number at all."""

SMALLEST_P = 0.0001
LARGEST_RATIO = 999.99


def decimal(value: float | None, *, places: int = 1) -> str:
    """Return a number with a fixed number of decimals; NE when there is none.

    Examples
    --------
    >>> decimal(12.34), decimal(None), decimal(float("nan")), decimal(2, places=2)
    ('12.3', 'NE', 'NE', '2.00')
    """
    if value is None or not isfinite(value):
        return NOT_ESTIMABLE
    text = f"{abs(value):.{places}f}"
    below_zero = value < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS}{text}" if below_zero else text


def count(value: float | None) -> str:
    """Return a whole number, thousands parted by a thin space.

    Examples
    --------
    >>> count(178.0), count(None)
    ('178', 'NE')
    """
    if value is None or not isfinite(value):
        return NOT_ESTIMABLE
    return f"{round(value):,}".replace(",", "\u2009")


def p_value(value: float | None) -> str:
    """Return a p-value to four decimals.

    Examples
    --------
    >>> p_value(0.01234), p_value(0.00001), p_value(0.99999), p_value(None)
    ('0.0123', '<0.0001', '>0.9999', 'NE')
    """
    if value is None or not isfinite(value):
        return NOT_ESTIMABLE
    if value < SMALLEST_P:
        return "<0.0001"
    return ">0.9999" if value > 1 - SMALLEST_P else f"{value:.4f}"


def p_equation(value: float | None) -> str:
    """Return a p-value with its sign of relation, `p = 0.0123` or `p < 0.0001`.

    Examples
    --------
    >>> p_equation(0.01234), p_equation(0.00001)
    ('p = 0.0123', 'p < 0.0001')
    """
    text = p_value(value)
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"


def ratio(value: float | None) -> str:
    """Return a hazard or odds ratio to two decimals, cut at 999.99.

    Examples
    --------
    >>> ratio(0.6249), ratio(1e7), ratio(float("inf"))
    ('0.62', '>999.99', 'NE')
    """
    if value is not None and isfinite(value) and value > LARGEST_RATIO:
        return f">{LARGEST_RATIO}"
    return decimal(value, places=2)


def duration(value: float | None, *, unit: str) -> str:
    """Return a time: months to one decimal, days whole.

    Examples
    --------
    >>> duration(19.66, unit="months"), duration(2449.0, unit="days")
    ('19.7', '2449')
    """
    return decimal(value, places=0 if unit == "days" else 1)


def percent(value: float | None) -> str:
    """Return a number of per cent to one decimal, without the sign.

    Examples
    --------
    >>> percent(45.25), percent(None)
    ('45.2', 'NE')
    """
    return decimal(value, places=1)


def share(value: float | None) -> str:
    """Return a share as per cent to one decimal, without the sign.

    Examples
    --------
    >>> share(0.4525), share(None)
    ('45.2', 'NE')
    """
    return decimal(None if value is None else 100 * value, places=1)


def places_for(size: float | None) -> int:
    """Return how many decimals suit numbers of a size.

    Examples
    --------
    >>> [places_for(size) for size in (2380, 238.4, 41.26, 1.0234, 0.0512, 0, None)]
    [0, 1, 1, 2, 3, 1, 1]
    """
    if size is None or not isfinite(size) or size == 0:
        return 1
    bands = ((1000.0, 0), (10.0, 1), (0.1, 2), (0.0, 3))
    return next(places for least, places in bands if abs(size) >= least)


def trimmed(value: float | None, *, places: int) -> str:
    """Return a number without decimals that say nothing, as people record it.

    Examples
    --------
    >>> trimmed(39.0, places=1), trimmed(1.50, places=2), trimmed(200, places=0)
    ('39', '1.5', '200')
    """
    text = decimal(value, places=places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def span(lower: str, upper: str) -> str:
    """Return what stands between two ends: a dash, or words where a minus sign would meet it.

    Examples
    --------
    >>> span("0.41", "0.93") == TO, span(f"{MINUS}93.0", f"{MINUS}29.4")
    (True, ' to ')
    """
    return " to " if MINUS in f"{lower}{upper}" else TO
