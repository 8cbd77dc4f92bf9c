"""Normal limits: which of a laboratory's ranges holds for one sample."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import not_negative, positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of normal of one value, in its unit; None when unknown.

    Raises
    ------
    BadInput
        For a negative lower limit, an upper limit of 0, and limits in the wrong order.
    """

    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        """Refuse limits that cannot be meant."""
        if self.lower is not None:
            not_negative(self.lower, where="lower_limit")
        if self.upper is not None:
            positive(self.upper, where="upper_limit")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            got = f"{self.lower} .. {self.upper}"
            raise bad_input("limits are in the wrong order", where="limits", got=got, fix="swap")


UNKNOWN_LIMITS = Limits()
_Point = TypeVar("_Point", int, dt.date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What decides which normal range holds for a value; None when unknown.

    Attributes
    ----------
    laboratory : str | None
        The laboratory that measured it.
    sex : str | None
        As the ranges call it: `female`, `male`.
    age_years : float | None
        Age on the day; completed years count.
    date : datetime.date | None
        Day the sample was taken.
    """

    laboratory: str | None = None
    sex: str | None = None
    age_years: float | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalRange:
    """Limits of normal and for whom they are meant; what is not stated is meant for all.

    Attributes
    ----------
    limits : Limits
        The limits.
    laboratory, sex : str | None
        Of this laboratory, for this sex.
    youngest, oldest : int | None
        Completed years of age, both included.
    since, until : datetime.date | None
        First and last day on which the range was in use.
    """

    limits: Limits
    laboratory: str | None = None
    sex: str | None = None
    youngest: int | None = None
    oldest: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def precedence(self) -> tuple[bool, int]:
        """How particular the range is: a laboratory's own first, then by what else it states."""
        by_age = self.youngest is not None or self.oldest is not None
        by_date = self.since is not None or self.until is not None
        return self.laboratory is not None, (self.sex is not None) + by_age + by_date

    def holds_for(self, sample: Sample) -> bool | None:
        """Tell whether the range is meant for a sample; None when that is not known of it."""
        age = None if sample.age_years is None else math.floor(sample.age_years)
        answers = (
            _is(self.laboratory, sample.laboratory),
            _is(self.sex, sample.sex),
            _from(self.youngest, age),
            _up_to(self.oldest, age),
            _from(self.since, sample.date),
            _up_to(self.until, sample.date),
        )
        if False in answers:
            return False
        return None if None in answers else True

    def meets(self, other: NormalRange) -> bool:
        """Tell whether some sample is meant by both ranges."""
        return (
            _may_be_one(self.laboratory, other.laboratory)
            and _may_be_one(self.sex, other.sex)
            and _touch((self.youngest, self.oldest), (other.youngest, other.oldest))
            and _touch((self.since, self.until), (other.since, other.until))
        )


def limits_for(ranges: Iterable[NormalRange], *, sample: Sample) -> Limits:
    """Return the limits of normal of a sample.

    The most particular range that is meant for the sample holds: one of its laboratory before one
    of all laboratories, then the one that states more of sex, age and days. Limits are unknown
    where none is meant for it, where a range as particular may be meant but what it asks of the
    sample is not known, and where two such ranges differ.
    """
    asked = [(each, each.holds_for(sample)) for each in ranges]
    open_or_true = [(each, holds) for each, holds in asked if holds is not False]
    if not open_or_true:
        return UNKNOWN_LIMITS
    most = max(each.precedence for each, _ in open_or_true)
    particular = [(each, holds) for each, holds in open_or_true if each.precedence == most]
    found = {each.limits for each, _ in particular}
    certain = all(holds for _, holds in particular)
    return found.pop() if certain and len(found) == 1 else UNKNOWN_LIMITS


def _is(asked: str | None, known: str | None) -> bool | None:
    if asked is None:
        return True
    return None if known is None else asked == known


def _from(first: _Point | None, known: _Point | None) -> bool | None:
    if first is None:
        return True
    return None if known is None else first <= known


def _up_to(last: _Point | None, known: _Point | None) -> bool | None:
    if last is None:
        return True
    return None if known is None else known <= last


def _may_be_one(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _touch(
    one: tuple[_Point | None, _Point | None], other: tuple[_Point | None, _Point | None]
) -> bool:
    """Tell whether two spans, open where an end is None, have a point in common."""
    (first, last), (start, end) = one, other
    return _in_order(first, end) and _in_order(start, last)


def _in_order(first: _Point | None, last: _Point | None) -> bool:
    return first is None or last is None or first <= last
