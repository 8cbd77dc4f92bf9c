"""Who is at risk in which group when an event happens: what every comparison of curves sums over.

A table is made for each stratum. Subjects censored at a time with events count as at risk for
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Label,
    event_column,
    label_column,
    time_column,
)

FEW = 8
"""Labels that are found by comparing the whole column with each; more are found by sorting it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """Checked columns of a comparison.

    Attributes
    ----------
    time : FloatArray, shape (n,)
        Time to event or censoring.
    event : BoolArray, shape (n,)
        Whether it ended in an event.
    groups : tuple
        Labels of the groups, sorted; at least two.
    members : tuple of BoolArray, each of shape (n,)
        Who is in each group.
    """

    time: FloatArray
    event: BoolArray
    groups: tuple[Label, ...]
    members: tuple[BoolArray, ...]

    def within(self, rows: IntArray) -> Compared:
        """Return the columns of some rows; a group may have none of them."""
        return Compared(
            time=self.time[rows],
            event=self.event[rows],
            groups=self.groups,
            members=tuple(member[rows] for member in self.members),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventTable:
    """Events and subjects at risk at each distinct event time of one stratum.

    Attributes
    ----------
    times, events, at_risk : FloatArray, shape (k,)
        Event times in rising order, events at each, and subjects with a time not before it.
    others_at_risk : FloatArray, shape (groups - 1, k)
        Those at risk of the second group and all after it; the rest is of the first.
    """

    times: FloatArray
    events: FloatArray
    at_risk: FloatArray
    others_at_risk: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Order:
    """The distinct times of a stratum, in rising order: those with an event, and their rows."""

    bits: npt.NDArray[np.uint64]
    first: IntArray
    last: IntArray

    def up_to(self, flags: BoolArray, rows: IntArray) -> IntArray:
        """Return how many flags are set in the first 1, 2 ... rows in order of time."""
        flagged = self.bits | flags
        flagged.sort()
        return _running(flagged)[rows]


def compared_columns(time: npt.ArrayLike, event: npt.ArrayLike, group: npt.ArrayLike) -> Compared:
    """Return the columns of a comparison, checked.

    Raises
    ------
    BadInput
        For columns of unequal length, no rows, negative or missing times, events not 0 or 1, and
        fewer than two groups.
    """
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    groups, members = _groups(group, rows=times.size)
    if len(groups) < 2:
        raise bad_input(
            "a log-rank test compares at least two groups",
            where="group",
            got=groups,
            fix="pass the label of each subject's group",
        )
    return Compared(time=times, event=had_event, groups=groups, members=members)


def in_strata(columns: Compared, strata: npt.ArrayLike | None) -> tuple[Compared, ...]:
    """Return the columns of each stratum; of all rows when there are no strata."""
    if strata is None:
        return (columns,)
    labels, codes = label_column(strata, rows=columns.time.size, where="strata")
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(labels)))[:-1]
    return tuple(columns.within(rows) for rows in np.split(order, ends))


def event_table(columns: Compared) -> EventTable:
    """Return the events and subjects at risk at each event time of one stratum."""
    return _table(columns)[1]


def event_table_with_groups(columns: Compared) -> tuple[EventTable, FloatArray]:
    """Return the table, and the events of all groups but the first, shape (groups - 1, k)."""
    order, table = _table(columns)
    events = np.empty_like(table.others_at_risk)
    for row, member in zip(events, columns.members[1:], strict=True):
        flags = member & columns.event
        np.subtract(order.up_to(flags, order.last + 1), order.up_to(flags, order.first), out=row)
    return table, events


def _table(columns: Compared) -> tuple[_Order, EventTable]:
    order, times, events = _ordered(columns)
    n = columns.time.size
    at_risk = (n - order.first).astype(np.float64)
    others_at_risk = np.empty((len(columns.members) - 1, times.size))
    for row, member in zip(others_at_risk, columns.members[1:], strict=True):
        np.subtract(np.count_nonzero(member), order.up_to(member, order.first), out=row)
    table = EventTable(times=times, events=events, at_risk=at_risk, others_at_risk=others_at_risk)
    return order, table


def _ordered(columns: Compared) -> tuple[_Order, FloatArray, FloatArray]:
    """Return the event times, the events at each, and the rows that share each time.

    The bits of floats that are not negative rise as the floats do and leave the sign bit free. A
    flag takes its place, shifted to the other end: one sort of whole numbers gives the times and
    the flags in order, faster than a sort of places and two gathers. Every flag sorts the same
    times, so that all counts are in the same order.
    """
    bits = columns.time.view(np.uint64) << np.uint64(1)
    key = bits | columns.event
    key.sort()
    moments = key >> np.uint64(1)
    new = np.empty(moments.size + 1, dtype=np.bool_)
    new[0] = new[-1] = True
    np.not_equal(moments[1:], moments[:-1], out=new[1:-1])
    edges = new.nonzero()[0]
    happened = _running(key)[edges]
    events = happened[1:] - happened[:-1]
    some = events.nonzero()[0]
    first = edges[some]
    order = _Order(bits=bits, first=first, last=edges[some + 1] - 1)
    return order, moments[first].view(np.float64), events[some].astype(np.float64)


def _running(flagged: npt.NDArray[np.uint64]) -> IntArray:
    """Return how many of the first 0, 1, 2 ... numbers have their last bit set."""
    counts = np.empty(flagged.size + 1, dtype=np.int64)
    counts[0] = 0
    np.cumsum((flagged & np.uint64(1)).view(np.int64), out=counts[1:])
    return counts


def _groups(values: npt.ArrayLike, *, rows: int) -> tuple[tuple[Label, ...], tuple[BoolArray, ...]]:
    """Return the sorted labels and who bears each; few labels are found without a sort."""
    column = np.asarray(values)
    if column.shape != (rows,) or column.dtype.kind not in "biufU":
        return _sorted_groups(column, rows=rows)
    firsts: list[int] = []
    members: list[BoolArray] = []
    left = np.ones(rows, dtype=np.bool_)
    first = 0
    while left[first]:
        member: BoolArray = column == column[first]
        if len(firsts) == FEW or not member[first]:
            return _sorted_groups(column, rows=rows)
        firsts.append(first)
        members.append(member)
        left &= ~member
        first = int(left.argmax())
    labels = column[firsts]
    order = labels.argsort()
    return tuple(labels[order].tolist()), tuple(members[place] for place in order)


def _sorted_groups(
    column: npt.NDArray[np.generic], *, rows: int
) -> tuple[tuple[Label, ...], tuple[BoolArray, ...]]:
    labels, codes = label_column(column, rows=rows, where="group")
    return labels, tuple(codes == code for code in range(len(labels)))
