"""Grades over time: the worst of each cycle, change from baseline, and the shift table."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from equipoise.base.errors import bad_input

GRADES: tuple[int | None, ...] = (0, 1, 2, 3, 4, None)
"""Rows and columns of a shift table; None is a grade that is missing."""

_Cycle = TypeVar("_Cycle", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The worst grade of some values.

    Attributes
    ----------
    grade : int | None
        The worst grade that is known; None when none is.
    graded, ungraded : int
        Values with and without a grade: with some ungraded the true worst may be higher.
    """

    grade: int | None
    graded: int
    ungraded: int


def worst_grade(grades: Iterable[int | None]) -> Worst:
    """Return the worst of some grades, and how many are missing."""
    every = tuple(grades)
    known = [grade for grade in every if grade is not None]
    return Worst(
        grade=max(known, default=None), graded=len(known), ungraded=len(every) - len(known)
    )


def worst_by_cycle(
    values: Iterable[tuple[_Cycle, int | None]],
) -> Mapping[_Cycle, Worst]:
    """Return the worst grade of each cycle, in the order in which cycles first appear."""
    by_cycle: dict[_Cycle, list[int | None]] = {}
    for cycle, grade in values:
        by_cycle.setdefault(cycle, []).append(grade)
    return {cycle: worst_grade(grades) for cycle, grades in by_cycle.items()}


class GradeChange(StrEnum):
    """How a grade changed; missing is a state of its own, not no change."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    FROM_MISSING = "from missing"
    TO_MISSING = "to missing"
    MISSING = "missing before and after"


def grade_change(before: int | None, after: int | None) -> GradeChange:
    """Return how a grade changed."""
    if before is None:
        return GradeChange.MISSING if after is None else GradeChange.FROM_MISSING
    if after is None:
        return GradeChange.TO_MISSING
    if after == before:
        return GradeChange.SAME
    return GradeChange.WORSE if after > before else GradeChange.BETTER


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftTable:
    """How many subjects went from which grade to which.

    Attributes
    ----------
    counts : Mapping[tuple[int | None, int | None], int]
        (Grade at baseline, worst grade after) -> subjects; every pair of `GRADES` is there.
    """

    counts: Mapping[tuple[int | None, int | None], int]

    @property
    def subjects(self) -> int:
        """How many subjects are in the table."""
        return sum(self.counts.values())

    def row(self, baseline: int | None) -> tuple[int, ...]:
        """Return the counts of one grade at baseline, in the order of `GRADES`."""
        return tuple(self.counts[baseline, worst] for worst in GRADES)

    def changed(self, change: GradeChange) -> int:
        """Return how many subjects changed in one way."""
        return sum(count for pair, count in self.counts.items() if grade_change(*pair) is change)


def shift_table(pairs: Iterable[tuple[int | None, int | None]]) -> ShiftTable:
    """Return the shift table of (grade at baseline, worst grade after it), one pair a subject.

    Raises
    ------
    BadInput
        For a grade that is not 0 to 4.
    """
    counts = dict.fromkeys(((first, then) for first in GRADES for then in GRADES), 0)
    for pair in pairs:
        if pair not in counts:
            raise bad_input("a laboratory grade is 0 to 4", where="pairs", got=pair, fix="None")
        counts[pair] += 1
    return ShiftTable(counts=counts)
