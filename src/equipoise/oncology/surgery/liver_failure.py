"""Liver failure after liver resection, as the International Study Group of Liver Surgery has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written, positive

FIRST_DAY = 5
"""Day after the operation from which raised values count."""


_ITEMS = ("inr", "bilirubin_umol_l")


class LiverFailureGrade(StrEnum):
    """Grade by what the failure made necessary."""

    NONE = "none"
    A = "A"
    B = "B"
    C = "C"


class Management(StrEnum):
    """What was done because of the liver failure."""

    UNCHANGED = "no change of the usual care"
    NOT_INVASIVE = "a change of care without invasive treatment"
    INVASIVE = "invasive treatment"


_GRADES = {
    Management.UNCHANGED: LiverFailureGrade.A,
    Management.NOT_INVASIVE: LiverFailureGrade.B,
    Management.INVASIVE: LiverFailureGrade.C,
}


def liver_failure_rows() -> tuple[tuple[LiverFailureGrade, Management], ...]:
    """Return each grade with the management that it stands for, for proof-reading."""
    return tuple((grade, management) for management, grade in _GRADES.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class LiverDay:
    """INR and bilirubin of one day, counted from the operation (day 0); None is unknown.

    Before the operation days are negative.
    """

    day: int
    inr: float | None
    bilirubin_umol_l: float | None

    def __post_init__(self) -> None:
        """Refuse values that are not above 0."""
        for name in ("inr", "bilirubin_umol_l"):
            value = getattr(self, name)
            if value is not None:
                positive(value, where=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpperLimits:
    """Upper normal limits of the laboratory."""

    inr: float
    bilirubin_umol_l: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiverFailure:
    """Liver failure of one subject.

    Attributes
    ----------
    grade : LiverFailureGrade | None
        None when a missing value or the management leaves it open.
    failed : bool | None
        Whether there was liver failure of any grade.
    day : int | None
        First day that shows it.
    explanation : str
        Why, in one sentence.
    """

    grade: LiverFailureGrade | None
    failed: bool | None
    day: int | None
    explanation: str


def liver_failure(
    days: Sequence[LiverDay], *, limits: UpperLimits, management: Management | None
) -> LiverFailure:
    """Return liver failure after a liver resection.

    Parameters
    ----------
    days : Sequence[LiverDay]
        Values before and after the operation, in any order; the last before it is the value before.
    limits : UpperLimits
        Upper normal limits.
    management : Management | None
        What was done because of it; None when not known, which matters only if there is one.

    Raises
    ------
    BadInput
        When a day stands twice.

    Notes
    -----
    Rahbari et al. 2011, doi:10.1016/j.surg.2010.10.001: INR and bilirubin both raised on the same
    day, on day 5 or later. A value that was raised before the operation already counts only where
    it is higher than the last one known of an earlier day. Without a value before it counts as
    not raised then. No day from day 5 on with both values leaves the answer open.
    """
    ordered = sorted(days, key=lambda one: one.day)
    if len({one.day for one in ordered}) < len(ordered):
        raise bad_input("a day stands twice", where="days", got=len(ordered), fix="keep one row")
    answers = [
        (one.day, _all_of([_raised(ordered, k, item=item, limits=limits) for item in _ITEMS]))
        for k, one in enumerate(ordered)
        if one.day >= FIRST_DAY
    ]
    first = next((day for day, answer in answers if answer), None)
    if first is not None:
        return _failed(first, management=management)
    if not answers or None in {answer for _, answer in answers}:
        words = f"Not decided: INR and bilirubin from day {FIRST_DAY} on are not all known."
        return LiverFailure(grade=None, failed=None, day=None, explanation=words)
    words = f"No liver failure: INR and bilirubin never raised together from day {FIRST_DAY} on."
    return LiverFailure(grade=LiverFailureGrade.NONE, failed=False, day=None, explanation=words)


def _failed(day: int, *, management: Management | None) -> LiverFailure:
    grade = None if management is None else _GRADES[management]
    named = f"grade {grade}" if grade else "grade not decided"
    done = management or "what was done is not known"
    words = f"Liver failure {named}: INR and bilirubin raised on day {day}; {done}."
    return LiverFailure(grade=grade, failed=True, day=day, explanation=words)


def _all_of(answers: Sequence[bool | None]) -> bool | None:
    return False if False in answers else (None if None in answers else True)


def _raised(days: Sequence[LiverDay], place: int, *, item: str, limits: UpperLimits) -> bool | None:
    """Tell whether a value is raised, and higher than the last one if it was raised before."""
    value, limit = getattr(days[place], item), as_written(getattr(limits, item))
    if value is None:
        return None
    if as_written(value) <= limit:
        return False
    known = [(one.day, getattr(one, item)) for one in days[:place]]
    earlier = [(day, other) for day, other in known if other is not None]
    before = [other for day, other in earlier if day < 0]
    if not before or as_written(before[-1]) <= limit:
        return True
    return bool(as_written(value) > as_written(earlier[-1][1]))
