"""Who is at risk: subjects, events and censorings at each distinct time, weighted or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    entry_column,
    event_column,
    freeze,
    time_column,
    weight_column,
)


class WeightMeaning(StrEnum):
    """What a case weight says, and so how sure it makes a curve."""

    COUNT = "count"
    """The row stands for so many like subjects; the variance counts them all."""

    SAMPLING = "sampling"
    """The row is one subject that counts for more or less (inverse probability weights); the
    variance is robust, summed over the influence of each row, and free of the weights' unit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseWeights:
    """Weights of the rows, and what they mean.

    Attributes
    ----------
    values : array_like, shape (n,)
        None negative, not all 0; a row of weight 0 is left out.
    meaning : WeightMeaning
        Counts of subjects, or sampling weights.
    """

    values: npt.ArrayLike
    meaning: WeightMeaning


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Checked rows of one analysis; ``entry`` and ``weight`` are None when there are none."""

    time: FloatArray
    event: BoolArray
    entry: FloatArray | None = None
    weight: FloatArray | None = None
    meaning: WeightMeaning = WeightMeaning.COUNT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedCounts:
    """Sums of weights at each distinct time, shape (k,), and what the weights mean."""

    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray
    meaning: WeightMeaning

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.at_risk, self.events, self.censored)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskTable:
    """Subjects at each distinct time at which one leaves, by event or censoring.

    Attributes
    ----------
    times : FloatArray, shape (k,)
        Distinct times in rising order.
    at_risk, events, censored : IntArray, shape (k,)
        Subjects with entry < t <= time; events and censorings at t. Nobody leaves an empty risk
        set, so that ``at_risk`` is at least 1.
    weighted : WeightedCounts or None
        Their sums of weights; None without weights.
    entries : FloatArray or None, shape (n,)
        Times of entry in rising order; None when all are at risk from the start.
    n : int
        Subjects.
    """

    times: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    weighted: WeightedCounts | None
    entries: FloatArray | None
    n: int


def checked_rows(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    weights: CaseWeights | None = None,
) -> Rows:
    """Return the columns of one analysis, checked, without the rows of weight 0."""
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    entered = entry_column(entry, time=times)
    weight = weight_column(None if weights is None else weights.values, rows=times.size)
    if weights is None or weight is None:
        return Rows(time=times, event=had_event, entry=entered)
    kept = weight > 0
    return Rows(
        time=times[kept],
        event=had_event[kept],
        entry=None if entered is None else entered[kept],
        weight=weight[kept],
        meaning=weights.meaning,
    )


def risk_table(rows: Rows) -> RiskTable:
    """Return the subjects at risk, with events and censored at each distinct time."""
    if rows.weight is None:
        moments, happened = _sorted_outcomes(rows)
        return _counted(rows, moments, happened=happened)[0]
    order = np.argsort(rows.time)
    table, last = _counted(rows, rows.time[order], happened=rows.event[order])
    return _weighted(rows, table, order=order, last=last)


def _sorted_outcomes(rows: Rows) -> tuple[FloatArray, BoolArray]:
    """Return the times in rising order, and whether each ended in an event.

    The bits of floats that are not negative rise as the floats do and leave the sign bit free.
    The event takes its place, shifted to the other end, so that one sort of whole numbers does
    for both columns what would take a sort of places and two gathers, at a quarter of the time.
    """
    key = rows.time.view(np.uint64) << np.uint64(1)
    key |= rows.event
    key.sort()
    moments = (key >> np.uint64(1)).view(np.float64)
    return moments, (key & np.uint64(1)).astype(np.bool_)


def _last_of_ties(moments: FloatArray) -> IntArray:
    """Return the place of the last row of each distinct time, in rising order."""
    ends = np.empty(moments.size, dtype=np.bool_)
    ends[-1] = True
    np.not_equal(moments[1:], moments[:-1], out=ends[:-1])
    return np.flatnonzero(ends)


def _counted(rows: Rows, moments: FloatArray, *, happened: BoolArray) -> tuple[RiskTable, IntArray]:
    """Return the table of subjects, and the place of the last row of each distinct time.

    ``moments`` are the times of all rows in rising order, ``happened`` their events.
    """
    n = moments.size
    last = _last_of_ties(moments)
    if last.size == n:
        leaving, events = np.ones(n, dtype=np.int64), happened.astype(np.int64)
    else:
        leaving, events = _gains(last + 1), _gains(np.cumsum(happened, dtype=np.int64)[last])
        moments = moments[last]
    at_risk = leaving + (n - 1) - last
    entries = None if rows.entry is None else np.sort(rows.entry)
    if entries is not None:
        at_risk -= n - np.searchsorted(entries, moments, side="left")
    table = RiskTable(
        times=moments,
        at_risk=at_risk,
        events=events,
        censored=leaving - events,
        weighted=None,
        entries=entries,
        n=n,
    )
    return table, last


def _gains(total: IntArray) -> IntArray:
    """Return what each of some running totals adds to the one before."""
    gains = total.copy()
    gains[1:] -= total[:-1]
    return gains


def _weighted(rows: Rows, table: RiskTable, *, order: IntArray, last: IntArray) -> RiskTable:
    weight = np.ones(rows.time.size) if rows.weight is None else rows.weight
    first = np.concatenate(([0], last[:-1] + 1))
    sorted_weight = weight[order]
    leaving = np.add.reduceat(sorted_weight, first)
    events = np.add.reduceat(sorted_weight * rows.event[order], first)
    at_risk = np.cumsum(leaving[::-1])[::-1] - _yet_to_enter(rows, table.times, weight=weight)
    # Sums in two orders differ by rounding; where all at risk have the event they are one sum.
    everyone = table.at_risk == table.events
    weighted = WeightedCounts(
        at_risk=np.where(everyone, events, at_risk),
        events=events,
        censored=leaving - events,
        meaning=rows.meaning,
    )
    return replace(table, weighted=weighted)


def _yet_to_enter(rows: Rows, times: FloatArray, *, weight: FloatArray) -> FloatArray:
    """Return the weight of those who enter at each time or later, shape (k,)."""
    if rows.entry is None:
        return np.zeros(times.size)
    order = np.argsort(rows.entry)
    later = np.append(np.cumsum(weight[order][::-1])[::-1], 0.0)
    return later[np.searchsorted(rows.entry[order], times, side="left")]
