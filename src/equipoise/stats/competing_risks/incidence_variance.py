r"""Variance of a cumulative incidence, and the counts at each time that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.stats.numerics.columns import FloatArray, IntArray


class IncidenceVariance(StrEnum):
    """Which variance of a cumulative incidence.

    ``AALEN`` is the delta method with Aalen's variance of the hazards, ties corrected, as R's
    ``cmprsk::cuminc``. ``INFINITESIMAL_JACKKNIFE`` sums the squared influence of each subject, as
    R's ``survival::survfit``; without delayed entry it is Greenwood's (multinomial) variance.
    """

    AALEN = "aalen"
    INFINITESIMAL_JACKKNIFE = "infinitesimal_jackknife"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompetingRows:
    """Checked columns: codes of ``causes`` causes, 0 for censored; entry None is at the origin."""

    time: FloatArray
    code: IntArray
    entry: FloatArray | None
    causes: int

    def only(self, rows: npt.NDArray[np.bool_]) -> CompetingRows:
        """Return some of the rows."""
        entry = None if self.entry is None else self.entry[rows]
        return CompetingRows(
            time=self.time[rows], code=self.code[rows], entry=entry, causes=self.causes
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IncidenceSteps:
    """Counts and curves at the k distinct times; ``row`` (n,) is the place of each subject's.

    ``events`` (k, causes) are of each cause and ``happened`` (k,) of any; ``before`` is the chance
    of no event just before the time, ``event_free`` from it on.
    """

    times: FloatArray
    row: IntArray
    at_risk: IntArray
    events: IntArray
    happened: IntArray
    censored: IntArray
    before: FloatArray
    event_free: FloatArray
    incidence: FloatArray


def incidence_steps(rows: CompetingRows) -> IncidenceSteps:
    """Return the counts and curves of some rows at their distinct times."""
    times, row = np.unique(rows.time, return_inverse=True)
    width = rows.causes + 1
    counts = np.bincount(row * width + rows.code, minlength=times.size * width)
    counts = counts.reshape(times.size, width).astype(np.int64)
    leaving = counts.sum(axis=1)
    at_risk = _entered(times, rows) - np.cumsum(leaving) + leaving
    events, happened = counts[:, 1:], leaving - counts[:, 0]
    event_free = np.cumprod((at_risk - happened) / at_risk)
    before = np.concatenate(([1.0], event_free[:-1]))
    jump = (before / at_risk)[:, np.newaxis] * events
    return IncidenceSteps(
        times=times,
        row=row.astype(np.int64),
        at_risk=at_risk,
        events=events,
        happened=happened,
        censored=counts[:, 0],
        before=before,
        event_free=event_free,
        incidence=np.cumsum(jump, axis=0),
    )


def _entered(times: FloatArray, rows: CompetingRows) -> IntArray:
    if rows.entry is None:
        return np.full(times.size, rows.time.size, dtype=np.int64)
    return np.searchsorted(np.sort(rows.entry), times, side="left").astype(np.int64)


def incidence_variance(
    steps: IncidenceSteps, *, rows: CompetingRows, which: IncidenceVariance
) -> FloatArray:
    """Return the variance of each incidence, shape (k, causes)."""
    columns = range(rows.causes)
    match which:
        case IncidenceVariance.AALEN:
            parts = [_aalen(steps, column=column) for column in columns]
        case IncidenceVariance.INFINITESIMAL_JACKKNIFE:
            parts = [_jackknife(steps, rows=rows, column=column) for column in columns]
        case _:
            assert_never(which)
    return np.stack(parts, axis=1)


def _over(above: FloatArray | IntArray, below: FloatArray) -> FloatArray:
    """Return a quotient, 0 where nothing is below the line."""
    return np.divide(above, below, out=np.zeros(below.size), where=below > 0)


def _aalen(steps: IncidenceSteps, *, column: int) -> FloatArray:
    r"""Return Aalen's variance of one incidence, shape (k,).

    An event of this cause at s moves F(t) by 1 - (F(t) - F(s)) / S(s) times its hazard, another
    by -(F(t) - F(s)) / S(s) times its; the variances of the hazards add. The square is multiplied
    out, so that one pass gives it at every t.
    """
    height = steps.incidence[:, column]
    own = steps.events[:, column]
    other = steps.happened - own
    inverse = _over(np.ones(height.size), steps.event_free)
    alone = _tied(own, steps=steps)
    away = np.where(steps.event_free > 0, _tied(other, steps=steps), 0.0)
    level = height * inverse
    square = np.cumsum((1 + level) ** 2 * alone + level**2 * away)
    cross = np.cumsum(inverse * (1 + level) * alone + inverse * level * away)
    slope = np.cumsum(inverse**2 * (alone + away))
    return square + height**2 * slope - 2 * height * cross


def _tied(events: IntArray, *, steps: IncidenceSteps) -> FloatArray:
    """Return S(t-)^2 times the variance of a hazard: d (n - d) / (n^2 (n - 1))."""
    at_risk = steps.at_risk.astype(np.float64)
    # One subject at risk who has the event: the variance of one event is 1 / n^2.
    share = np.where(events > 1, 1 - (events - 1) / np.maximum(at_risk - 1, 1), 1.0)
    return steps.before**2 * share * events / at_risk**2


def _jackknife(steps: IncidenceSteps, *, rows: CompetingRows, column: int) -> FloatArray:
    r"""Return the sum of squared influences on one incidence, shape (k,).

    The influence of a subject with martingale increments dM is
    :math:`\sum_s S(s-) dM_j(s) / n(s) - (F(t) - F(s)) g(s) dM(s)`, with
    :math:`g = S(s-) / (S(s) n(s))`: it is A - F(t) B, of which only F depends on t after the
    subject has left. Sums of squares are kept apart for those who left and those still there.
    """
    height = steps.incidence[:, column]
    at_risk = steps.at_risk.astype(np.float64)
    direct = steps.before / at_risk
    through = _over(direct, steps.event_free)
    hazard = steps.happened / at_risk
    drift_a = np.cumsum(direct * steps.events[:, column] / at_risk + height * through * hazard)
    drift_b = np.cumsum(through * hazard)
    happened = rows.code > 0
    place = steps.row
    jump_a = direct[place] * (rows.code == column + 1) + (height * through)[place] * happened
    jump_b = through[place] * happened
    a = _squares(steps, rows=rows, drifts=(drift_a, drift_a), jumps=(jump_a, jump_a))
    ab = _squares(steps, rows=rows, drifts=(drift_a, drift_b), jumps=(jump_a, jump_b))
    b = _squares(steps, rows=rows, drifts=(drift_b, drift_b), jumps=(jump_b, jump_b))
    return a - 2 * height * ab + height**2 * b


def _squares(
    steps: IncidenceSteps,
    *,
    rows: CompetingRows,
    drifts: tuple[FloatArray, FloatArray],
    jumps: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return, at each time, the sum over subjects of the product of two influences, shape (k,)."""
    one, other = (_at_entry(drift, steps=steps, rows=rows) for drift in drifts)
    size = steps.times.size
    left = [
        jump - drift[steps.row] + start
        for jump, drift, start in zip(jumps, drifts, (one, other), strict=True)
    ]
    gone = np.cumsum(np.bincount(steps.row, weights=left[0] * left[1], minlength=size))
    there = steps.at_risk - steps.happened - steps.censored
    here = [_still_here(column, steps=steps, rows=rows) for column in (one, other, one * other)]
    still = drifts[0] * drifts[1] * there - drifts[0] * here[1] - drifts[1] * here[0] + here[2]
    return np.asarray(gone + still, dtype=np.float64)


def _at_entry(drift: FloatArray, *, steps: IncidenceSteps, rows: CompetingRows) -> FloatArray:
    """Return a drift as it stood when each subject entered, shape (n,)."""
    if rows.entry is None:
        return np.zeros(rows.time.size)
    place = np.searchsorted(steps.times, rows.entry, side="right")
    return np.concatenate(([0.0], drift))[place]


def _still_here(column: FloatArray, *, steps: IncidenceSteps, rows: CompetingRows) -> FloatArray:
    """Return, at each time, the sum of a column over those who entered and did not leave."""
    if rows.entry is None:
        return np.zeros(steps.times.size)
    order = np.argsort(rows.entry, kind="stable")
    entered = np.searchsorted(rows.entry[order], steps.times, side="left")
    come = np.concatenate(([0.0], np.cumsum(column[order])))[entered]
    gone = np.cumsum(np.bincount(steps.row, weights=column, minlength=steps.times.size))
    return np.asarray(come - gone, dtype=np.float64)
