"""Mean cumulative function: how many events a subject has had on average by each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import IntArray, label_column, normal_deviate
from equipoise.stats.time_to_event.cumulative import (
    CumulativeCurve,
    CumulativeInterval,
    cumulative_bounds,
)
from equipoise.stats.time_to_event.influence import Steps, robust_variance_by_subject
from equipoise.stats.time_to_event.risk_sets import Rows, checked_rows, risk_table


def mean_cumulative(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    subject: npt.ArrayLike,
    *,
    entry: npt.ArrayLike,
    confidence: float = 0.95,
    interval: CumulativeInterval = CumulativeInterval.LOG,
) -> CumulativeCurve:
    r"""Return the mean number of recurrent events per subject by each time.

    .. math:: \hat\mu(t) = \sum_{t_i \le t} \frac{d_i}{n_i}

    with d events among n subjects under observation. The variance is robust: it sums the squared
    influence of each subject, whose events may hang together in any way.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        End of a spell under observation, and whether it ended in an event (1) or not (0).
    subject : array_like, shape (n,)
        Label of the subject; one has a row for each event, and one for the time after the last.
    entry : array_like, shape (n,)
        Beginning of the spell, before its ``time``; spells of one subject do not overlap.
    confidence : float
        Two-sided level of the pointwise intervals.
    interval : CumulativeInterval
        Scale of the pointwise intervals.

    Returns
    -------
    CumulativeCurve
        ``n`` counts subjects. A death that ends the events counts as censoring: the curve is the
        mean among those alive, not the mean of all.

    Raises
    ------
    BadInput
        For columns of unequal length, bad times or events, an entry not before its time, spells
        of a subject that overlap, and a level outside (0, 1).

    References
    ----------
    Nelson 1995, doi:10.1080/00401706.1995.10484299; Lawless and Nadeau 1995,
    doi:10.1080/00401706.1995.10484300.
    """
    z = normal_deviate(confidence)
    rows = checked_rows(time, event, entry=entry)
    labels, codes = label_column(subject, rows=rows.time.size, where="subject")
    order = np.lexsort((rows.time, codes))
    spells = _taken(rows, order)
    whose = codes[order]
    _refuse_overlap(spells, whose)
    table = risk_table(spells)
    hazard = table.events / table.at_risk
    steps = Steps(times=table.times, jump=1 / table.at_risk, drift=hazard / table.at_risk)
    estimate = np.cumsum(hazard)
    std_err = np.sqrt(robust_variance_by_subject(spells, steps, subject=whose))
    lower, upper = cumulative_bounds(estimate, std_err, z=z, interval=interval)
    return CumulativeCurve(
        times=table.times,
        at_risk=table.at_risk,
        events=table.events,
        estimate=estimate,
        std_err=std_err,
        lower=lower,
        upper=upper,
        n=len(labels),
        confidence=confidence,
        interval=interval,
    )


def _taken(rows: Rows, order: IntArray) -> Rows:
    entry = None if rows.entry is None else rows.entry[order]
    return replace(rows, time=rows.time[order], event=rows.event[order], entry=entry)


def _refuse_overlap(rows: Rows, subject: IntArray) -> None:
    if rows.entry is None:
        return
    same = subject[1:] == subject[:-1]
    early = np.flatnonzero(same & (rows.entry[1:] < rows.time[:-1]))
    if early.size:
        at = int(early[0])
        raise bad_input(
            "spells of one subject do not overlap",
            where="entry",
            got=f"a spell from {rows.entry[at + 1]:g} within one until {rows.time[at]:g}",
            fix="begin each spell of a subject where the one before it ended, or later",
        )
