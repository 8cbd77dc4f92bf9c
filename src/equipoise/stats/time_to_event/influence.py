r"""Robust variance of a curve: the sum over subjects of the square of each one's influence.

A curve that adds :math:`d_k / n_k`-like steps changes with the weight of subject i by

.. math:: A_i(t) = a(t_i)\,1[\text{event at } t_i \le t] - \sum_{t_k \le t} b_k\,
          1[\text{i at risk at } t_k], \qquad V(t) = \sum_i w_i^2 A_i(t)^2

with a the jump of an own event and b the drift of being at risk (infinitesimal jackknife; for
recurrent events the estimator of Lawless and Nadeau). Lin and Wei 1989,
doi:10.1080/01621459.1989.10478874; Lawless and Nadeau 1995, doi:10.1080/00401706.1995.10484300.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray
from equipoise.stats.time_to_event.risk_sets import Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steps:
    """What a curve does at each distinct time, shape (k,).

    ``jump`` is the influence of an own event, ``drift`` that of being at risk.
    """

    times: FloatArray
    jump: FloatArray
    drift: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spells:
    """Time at risk of one row each, shape (n,).

    At the times from place ``begin`` to before ``leave`` the influence is ``level`` minus the
    drift so far; from ``leave`` to before ``end`` it stays at ``final``.
    """

    begin: IntArray
    leave: IntArray
    end: IntArray
    level: FloatArray
    final: FloatArray
    weight: FloatArray


def robust_variance(rows: Rows, steps: Steps) -> FloatArray:
    """Return V at each time, shape (k,), every row a subject of its own."""
    return _summed_squares(_spells(rows, steps), steps)


def robust_variance_by_subject(rows: Rows, steps: Steps, *, subject: IntArray) -> FloatArray:
    """Return V at each time, shape (k,), for subjects of several rows.

    Parameters
    ----------
    rows : Rows
        Sorted by subject, then by time; the rows of a subject do not overlap.
    steps : Steps
        The curve.
    subject : IntArray, shape (n,)
        Number of the subject of each row.
    """
    spells = _spells(rows, steps)
    first = np.concatenate(([True], subject[1:] != subject[:-1]))
    carried = _sum_within(spells.final, first=first)
    before = np.where(first, 0.0, np.concatenate(([0.0], carried[:-1])))
    goes_on = np.append(~first[1:], False)
    end = np.where(goes_on, np.append(spells.begin[1:], 0), steps.times.size)
    return _summed_squares(
        _Spells(
            begin=spells.begin,
            leave=spells.leave,
            end=end,
            level=spells.level + before,
            final=carried,
            weight=spells.weight,
        ),
        steps,
    )


def _spells(rows: Rows, steps: Steps) -> _Spells:
    """Return the time at risk of each row, as if its subject had no influence before it."""
    leave = np.searchsorted(steps.times, rows.time)
    begin = _first_at_risk(rows, steps)
    drift = np.concatenate(([0.0], np.cumsum(steps.drift)))
    level = drift[begin]
    own = np.where(rows.event, steps.jump[leave], 0.0)
    return _Spells(
        begin=begin,
        leave=leave,
        end=np.full(leave.size, steps.times.size),
        level=level,
        final=level - drift[leave + 1] + own,
        weight=np.ones(leave.size) if rows.weight is None else rows.weight,
    )


def _first_at_risk(rows: Rows, steps: Steps) -> IntArray:
    if rows.entry is None:
        return np.zeros(rows.time.size, dtype=np.int64)
    return np.searchsorted(steps.times, rows.entry, side="right")


def _sum_within(gain: FloatArray, *, first: BoolArray) -> FloatArray:
    """Return the running sum of each subject, shape (n,)."""
    total = np.cumsum(gain)
    opening = np.flatnonzero(first)
    before = np.concatenate(([0.0], total[opening[1:] - 1]))
    within: FloatArray = total - before[np.cumsum(first) - 1]
    return within


def _summed_squares(spells: _Spells, steps: Steps) -> FloatArray:
    """Return V from three moments of the levels at risk and the squares of those that left."""
    drift = np.cumsum(steps.drift)
    squared = spells.weight * spells.weight
    size = drift.size

    def present(value: FloatArray, *, come: IntArray, go: IntArray) -> FloatArray:
        came = np.bincount(come, weights=value, minlength=size + 1)
        gone = np.bincount(go, weights=value, minlength=size + 1)
        total: FloatArray = np.cumsum(came - gone)[:size]
        return total

    at_risk = {"come": spells.begin, "go": spells.leave}
    moments = [present(squared * spells.level**power, **at_risk) for power in (0, 1, 2)]
    moving = moments[2] - 2 * drift * moments[1] + drift * drift * moments[0]
    left = present(squared * spells.final**2, come=spells.leave, go=spells.end)
    return np.maximum(moving, 0.0) + left
