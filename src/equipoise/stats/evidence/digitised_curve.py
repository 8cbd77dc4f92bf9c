"""A survival curve read off a picture: points, the numbers printed below, and what was mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    freeze,
    number_column,
    time_column,
)

SLACK = 0.02
"""A click this far above 1 or below 0 is an unsteady hand; further out it is another scale."""


class Mended(StrEnum):
    """What was done to digitised points so that they can be a survival curve."""

    SORTED = "sorted"
    CLIPPED = "clipped"
    LOWEST_KEPT = "lowest_kept"
    RISE_REMOVED = "rise_removed"
    START_ADDED = "start_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveFinding:
    """Something about the digitised points that was changed.

    Attributes
    ----------
    mended : Mended
        SORTED put points in the order of time; CLIPPED moved heights to 0 or 1; LOWEST_KEPT
        dropped the upper points at one time; RISE_REMOVED lowered a point to the height before it;
        START_ADDED put S(0) = 1 in front.
    points : int
        Points changed, dropped or added.
    largest : float
        Largest change of a height; 0 when heights stayed.
    """

    mended: Mended
    points: int
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DigitisedCurve:
    """A falling step curve from (0, 1) or below, with the numbers at risk printed under it.

    Attributes
    ----------
    times, survival : FloatArray, shape (points,)
        Distinct rising times from 0, and S(t) from each of them on, never rising.
    at_risk_times : FloatArray, shape (columns,)
        Times of the risk table; the first is 0.
    at_risk : IntArray, shape (columns,)
        Subjects with a time not before each of these.
    total_events : int or None
        Events in all, when they were reported.
    findings : tuple of CurveFinding
        What was mended.
    """

    times: FloatArray
    survival: FloatArray
    at_risk_times: FloatArray
    at_risk: IntArray
    total_events: int | None
    findings: tuple[CurveFinding, ...]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.survival, self.at_risk_times, self.at_risk)


def digitised_curve(
    times: npt.ArrayLike,
    survival: npt.ArrayLike,
    *,
    at_risk_times: npt.ArrayLike,
    at_risk: npt.ArrayLike,
    total_events: int | None = None,
) -> DigitisedCurve:
    """Return digitised points as a curve that never rises, with a finding for every change.

    Click the foot of every step and the last point of the curve.

    Parameters
    ----------
    times, survival : array_like, shape (clicks,)
        Time and S(t), between 0 and 1, in any order.
    at_risk_times, at_risk : array_like, shape (columns,)
        The risk table; without one, the time 0 and the number of subjects.
    total_events : int, optional
        Events in all.

    Raises
    ------
    BadInput
        For columns of unequal length or with missing values, negative times, heights outside 0 to
        1 by more than 0.02 (per cent, for example), a risk table that does not begin at 0, whose
        times do not rise or whose numbers rise, and more events than subjects.
    """
    clicked, heights = time_column(times, where="times"), number_column(survival, where="survival")
    if clicked.size != heights.size:
        raise _bad_curve(f"{clicked.size} times, {heights.size} heights")
    if heights.min() < -SLACK or heights.max() > 1 + SLACK:
        raise _bad_curve(f"heights from {heights.min():g} to {heights.max():g}")
    columns, numbers = _risk_table(at_risk_times, at_risk)
    if total_events is not None and not 0 <= total_events <= numbers[0]:
        raise _bad_table(f"{total_events} events among {numbers[0]} subjects")
    clean_times, clean_heights, findings = _mended(clicked, heights)
    return DigitisedCurve(
        times=clean_times,
        survival=clean_heights,
        at_risk_times=columns,
        at_risk=numbers,
        total_events=total_events,
        findings=findings,
    )


def _mended(
    times: FloatArray, heights: FloatArray
) -> tuple[FloatArray, FloatArray, tuple[CurveFinding, ...]]:
    order = np.argsort(times, kind="stable")
    unsorted = np.flatnonzero(np.diff(times) < 0)
    inside = np.clip(heights[order], 0.0, 1.0)
    distinct, row = np.unique(times[order], return_inverse=True)
    lowest = np.ones(distinct.size)
    np.minimum.at(lowest, row, inside)
    falling = np.minimum.accumulate(lowest)
    start = distinct[0] > 0
    findings = (
        _finding(Mended.SORTED, points=unsorted.size),
        _changes(Mended.CLIPPED, heights[order] - inside),
        _finding(Mended.LOWEST_KEPT, points=times.size - distinct.size),
        _changes(Mended.RISE_REMOVED, lowest - falling),
        _finding(Mended.START_ADDED, points=int(start)),
    )
    if start:
        distinct, falling = np.append(0.0, distinct), np.append(1.0, falling)
    return distinct, falling, tuple(finding for finding in findings if finding.points)


def _finding(mended: Mended, *, points: int) -> CurveFinding:
    return CurveFinding(mended=mended, points=points, largest=0.0)


def _changes(mended: Mended, gaps: FloatArray) -> CurveFinding:
    return CurveFinding(
        mended=mended,
        points=int(np.count_nonzero(gaps)),
        largest=float(np.abs(gaps).max()),
    )


def _risk_table(times: npt.ArrayLike, at_risk: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
    columns = time_column(times, where="at_risk_times").copy()
    numbers = number_column(at_risk, where="at_risk")
    if columns.size != numbers.size:
        raise _bad_table(f"{columns.size} times, {numbers.size} numbers")
    rising = columns[0] == 0 and bool(np.all(np.diff(columns) > 0))
    whole = bool(np.all(numbers == np.round(numbers))) and numbers[-1] >= 0 and numbers[0] >= 1
    if not rising or not whole or np.any(np.diff(numbers) > 0):
        raise _bad_table(f"{numbers.tolist()} at {columns.tolist()}")
    return columns, numbers.astype(np.int64)


def _bad_curve(got: str) -> BadInput:
    return bad_input(
        "each point of a curve has a time and a height between 0 and 1",
        where="times, survival",
        got=got,
        fix="divide per cent by 100; read a cumulative incidence as 1 minus its height",
    )


def _bad_table(got: str) -> BadInput:
    return bad_input(
        "a risk table begins at time 0, and its whole numbers never rise and are not below events",
        where="at_risk_times, at_risk, total_events",
        got=got,
        fix="for example at_risk_times=[0, 12, 24], at_risk=[100, 61, 30]",
    )
