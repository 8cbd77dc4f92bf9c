r"""The log-rank test, for any number of groups, stratified or not.

At each distinct event time of a stratum, with :math:`d` events among :math:`n` at risk of whom
:math:`n_g` are in group g:

.. math:: E_g = \sum d \frac{n_g}{n}, \qquad
          V_{gh} = \sum d \frac{n - d}{n - 1} \frac{n_g}{n}
          \left(\delta_{gh} - \frac{n_h}{n}\right), \qquad
          \chi^2 = (O - E)^\top V^{-} (O - E)

Sums run over times and strata before the quadratic form is taken. Mantel 1966, Cancer Chemother
Rep 50:163-170; Peto and Peto 1972, doi:10.2307/2344317.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Label,
    event_column,
    freeze,
    label_column,
    strata_rows,
    time_column,
)

SINGULAR = 1e-10
"""Directions whose variance is below this share of the largest carry no information: the sums
of the groups are tied by one equation, which rounding makes 1e-16 instead of 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogRank:
    """A log-rank test.

    Attributes
    ----------
    groups : tuple
        Labels of the groups, sorted; every array follows this order.
    n : IntArray, shape (groups,)
        Subjects.
    observed, expected : FloatArray, shape (groups,)
        Events seen, and expected if all groups had one hazard; summed over strata.
    variance : FloatArray, shape (groups, groups)
        Hypergeometric variance of observed minus expected.
    chi_square : float
        Statistic.
    df : int
        Degrees of freedom.
    p_value : float
        Two-sided.
    z : float or None
        For two groups, the signed root: negative when the second group had fewer events than
        expected. None for more groups.
    strata : int
        Number of strata; 1 for the unstratified test.
    """

    groups: tuple[Label, ...]
    n: IntArray
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    chi_square: float
    df: int
    p_value: float
    z: float | None
    strata: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.n, self.observed, self.expected, self.variance)


def logrank(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    strata: npt.ArrayLike | None = None,
) -> LogRank:
    """Return the (stratified) log-rank test.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    group : array_like, shape (n,)
        Label of the group, a number or a word; at least two labels.
    strata : array_like, shape (n,), optional
        Label of the stratum.

    Raises
    ------
    BadInput
        For columns of unequal length, no rows, negative or missing times, events not 0 or 1,
        fewer than two groups, and when no event happened while two groups were at risk.
    """
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    groups, member = label_column(group, rows=times.size, where="group")
    _refuse_one_group(groups)
    expected = np.zeros(len(groups))
    variance = np.zeros((len(groups), len(groups)))
    blocks = strata_rows(strata, rows=times.size)
    for rows in blocks:
        terms = _stratum(times[rows], had_event[rows], member[rows], groups=len(groups))
        expected += terms[0]
        variance += terms[1]
    observed = np.bincount(member[had_event], minlength=len(groups)).astype(np.float64)
    chi_square, df = _quadratic_form(observed - expected, variance)
    return LogRank(
        groups=groups,
        n=np.bincount(member, minlength=len(groups)).astype(np.int64),
        observed=observed,
        expected=expected,
        variance=variance,
        chi_square=chi_square,
        df=df,
        p_value=float(chdtrc(df, chi_square)),
        z=_signed_root(observed - expected, variance),
        strata=len(blocks),
    )


def _stratum(
    time: FloatArray, event: BoolArray, member: IntArray, *, groups: int
) -> tuple[FloatArray, FloatArray]:
    """Return expected events and their variance within one stratum."""
    event_times, deaths = np.unique(time[event], return_counts=True)
    at_risk = np.empty((event_times.size, groups))
    for group in range(groups):
        ordered = np.sort(time[member == group])
        at_risk[:, group] = ordered.size - np.searchsorted(ordered, event_times, side="left")
    total = at_risk.sum(axis=1)
    share = at_risk / total[:, np.newaxis]
    # One subject at risk who has the event leaves nothing to chance: 0/0 below means 0.
    spread = deaths * (total - deaths) / np.maximum(total - 1, 1)
    weighted = share * spread[:, np.newaxis]
    return deaths @ share, np.diag(weighted.sum(axis=0)) - share.T @ weighted


def _quadratic_form(difference: FloatArray, variance: FloatArray) -> tuple[float, int]:
    spread, direction = np.linalg.eigh(variance)
    kept = spread > SINGULAR * spread[-1]
    if spread[-1] <= 0 or not kept.any():
        raise bad_input(
            "a log-rank test needs an event while subjects of two groups are at risk",
            where="time, event, group",
            got=f"{len(difference)} groups that are never compared",
            fix="wait for events, or pool strata that hold one group each",
        )
    part = direction[:, kept].T @ difference
    return float(np.sum(part * part / spread[kept])), int(kept.sum())


def _signed_root(difference: FloatArray, variance: FloatArray) -> float | None:
    if difference.size != 2:
        return None
    return float(difference[1]) / sqrt(float(variance[1, 1]))


def _refuse_one_group(groups: tuple[Label, ...]) -> None:
    if len(groups) < 2:
        raise bad_input(
            "a log-rank test compares at least two groups",
            where="group",
            got=groups,
            fix="pass the label of each subject's group",
        )
