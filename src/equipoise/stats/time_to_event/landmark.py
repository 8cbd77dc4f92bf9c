"""Landmark analysis: only subjects still at risk at a time, their clock set to 0 there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray, freeze
from equipoise.stats.time_to_event.risk_sets import Rows, checked_rows


class LandmarkRule(StrEnum):
    """Whether a subject that leaves at the landmark itself is still in."""

    AFTER = "after"
    """Only those whose time is after the landmark: curves start with S = 1 of them."""

    FROM = "from"
    """Those whose time is the landmark, too; they leave at time 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmark:
    """Subjects still at risk at a landmark.

    Attributes
    ----------
    at : float
        The landmark.
    rows : IntArray, shape (m,)
        Places of these subjects among the rows given, to select their groups with.
    time : FloatArray, shape (m,)
        Time from the landmark to event or censoring.
    event : BoolArray, shape (m,)
        Whether it ended in an event.
    events_before, censored_before, entered_later : int
        Subjects left out: by an event, by censoring, or not yet under observation.
    rule : LandmarkRule
        Whether a time equal to the landmark counts.
    """

    at: float
    rows: IntArray
    time: FloatArray
    event: BoolArray
    events_before: int
    censored_before: int
    entered_later: int
    rule: LandmarkRule

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.rows, self.time, self.event)


def landmark(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    at: float,
    entry: npt.ArrayLike | None = None,
    rule: LandmarkRule = LandmarkRule.AFTER,
) -> Landmark:
    """Return the subjects at risk at a landmark, with their times counted from there.

    Groups known at the landmark (pathological response, say) can then be compared without
    counting the time that it took to belong to one; who had the event before belongs to none.

    Parameters
    ----------
    time, event, entry
        As of `kaplan_meier`; a subject entered by the landmark is at risk from it on.
    at : float
        The landmark, not negative; to be named in the protocol, not found in the curves.
    rule : LandmarkRule
        Whether a time equal to the landmark counts; practice differs.

    Raises
    ------
    BadInput
        For bad columns, a negative landmark, and one at which nobody is at risk.

    References
    ----------
    Anderson, Cain and Gelber 1983, doi:10.1200/JCO.1983.1.11.710.
    """
    rows = checked_rows(time, event, entry=entry)
    if not (isfinite(at) and at >= 0):
        raise bad_input(
            "a landmark is a time, not negative", where="at", got=at, fix="6, in months"
        )
    still = _still_there(rows, at=at, rule=rule)
    late = np.zeros(still.size, dtype=np.bool_) if rows.entry is None else rows.entry > at
    kept = np.flatnonzero(still & ~late)
    _refuse_nobody(kept, rows=rows, at=at)
    return Landmark(
        at=at,
        rows=kept,
        time=rows.time[kept] - at,
        event=rows.event[kept],
        events_before=int(np.sum(~still & rows.event)),
        censored_before=int(np.sum(~still & ~rows.event)),
        entered_later=int(np.sum(still & late)),
        rule=rule,
    )


def _still_there(rows: Rows, *, at: float, rule: LandmarkRule) -> BoolArray:
    match rule:
        case LandmarkRule.AFTER:
            return rows.time > at
        case LandmarkRule.FROM:
            return rows.time >= at
        case _:
            assert_never(rule)


def _refuse_nobody(kept: IntArray, *, rows: Rows, at: float) -> None:
    if kept.size == 0:
        raise bad_input(
            "somebody is at risk at the landmark",
            where="at",
            got=f"{at:g}; the last time is {rows.time.max():g}",
            fix="an earlier landmark",
        )
