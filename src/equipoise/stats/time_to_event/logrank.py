r"""The log-rank test, for any number of groups, stratified or not.

At each distinct event time of a stratum, with :math:`d` events among :math:`n` at risk of whom
:math:`n_g` are in group g:

.. math:: E_g = \sum d \frac{n_g}{n}, \qquad
          V_{gh} = \sum d \frac{n - d}{n - 1} \frac{n_g}{n}
          \left(\delta_{gh} - \frac{n_h}{n}\right), \qquad
          \chi^2 = (O - E)^\top V^{-} (O - E)

Sums run over times and strata before the quadratic form is taken. For two groups z is
:math:`(O_2 - E_2) / \sqrt{V_{22}}` of the group whose label sorts last: **negative when that group
had fewer events than expected**, whichever arm it is. R's ``survdiff`` gives no sign; simtrial 1.0
gives the opposite one.

Mantel 1966, Cancer Chemother Rep 50:163-170; Peto and Peto 1972, doi:10.2307/2344317.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, IntArray, Label, freeze
from equipoise.stats.numerics.quadratic_form import quadratic_form
from equipoise.stats.time_to_event.event_table import (
    EventTable,
    compared_columns,
    event_table,
    in_strata,
)


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
    columns = compared_columns(time, event, group)
    blocks = in_strata(columns, strata)
    groups = len(columns.groups)
    expected, variance = np.zeros(groups), np.zeros((groups, groups))
    for block in blocks:
        table = event_table(block)
        expected += expected_events(table, table.events)
        variance += hypergeometric_variance(table, table.events)
    counts = [np.count_nonzero(member & columns.event) for member in columns.members]
    observed = np.array(counts, dtype=np.float64)
    chi_square, df = chi_square_of(observed - expected, variance)
    return LogRank(
        groups=columns.groups,
        n=np.array([np.count_nonzero(member) for member in columns.members], dtype=np.int64),
        observed=observed,
        expected=expected,
        variance=variance,
        chi_square=chi_square,
        df=df,
        p_value=float(chdtrc(df, chi_square)),
        z=signed_root(observed - expected, variance),
        strata=len(blocks),
    )


def expected_events(table: EventTable, events: FloatArray) -> FloatArray:
    """Return the events of each group if all had one hazard, shape (groups,).

    Parameters
    ----------
    table : EventTable
        Of one stratum.
    events : FloatArray, shape (k,)
        Events at each time, times the weight.
    """
    others = (table.others_at_risk / table.at_risk * events).sum(axis=1)
    return np.concatenate(([events.sum() - others.sum()], others))


def hypergeometric_variance(table: EventTable, events: FloatArray) -> FloatArray:
    """Return the variance of observed minus expected, shape (groups, groups).

    Parameters
    ----------
    table : EventTable
        Of one stratum.
    events : FloatArray, shape (k,)
        Events at each time, times the squared weight, or the product of two weights.
    """
    share = table.others_at_risk / table.at_risk
    # One subject at risk who has the event leaves nothing to chance: 0/0 below means 0.
    spread = events * (table.at_risk - table.events) / np.maximum(table.at_risk - 1, 1)
    weighted = share * spread
    # Not as a matrix product: its sums are rounded more, and its threads wait for each other.
    variance = -np.einsum("gt,ht->gh", weighted, share)
    # So that a group that is alone at risk leaves exactly 0, not a rounding error.
    np.fill_diagonal(variance, (weighted * (1 - share)).sum(axis=1))
    return _with_first_group(variance)


def _with_first_group(variance: FloatArray) -> FloatArray:
    """Return the variance of all groups from that of all but the first: each row sums to 0."""
    whole = np.empty((len(variance) + 1, len(variance) + 1))
    whole[1:, 1:] = variance
    whole[0, 1:] = whole[1:, 0] = -variance.sum(axis=0)
    whole[0, 0] = variance.sum()
    return whole


def chi_square_of(difference: FloatArray, variance: FloatArray) -> tuple[float, int]:
    """Return chi-square and its degrees of freedom; refuse groups that are never compared."""
    if difference.size == 2 and variance[1, 1] > 0:
        return float(difference[1] ** 2 / variance[1, 1]), 1
    statistic, df = quadratic_form(difference, variance)
    if df == 0:
        raise bad_input(
            "a log-rank test needs an event while subjects of two groups are at risk",
            where="time, event, group",
            got=f"{len(difference)} groups that are never compared",
            fix="wait for events, or pool strata that hold one group each",
        )
    return statistic, df


def signed_root(difference: FloatArray, variance: FloatArray) -> float | None:
    """Return z of the second of two groups; None for more groups."""
    if difference.size != 2:
        return None
    return float(difference[1]) / sqrt(float(variance[1, 1]))
