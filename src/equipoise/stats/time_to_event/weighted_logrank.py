r"""Weighted log-rank tests, for any number of groups, stratified or not.

With the weight w at each event time, d events and n at risk of whom :math:`d_g` and :math:`n_g`
are in group g:

.. math:: U_g = \sum w \left(d_g - d \frac{n_g}{n}\right), \qquad
          V_{gh} = \sum w^2 d \frac{n - d}{n - 1} \frac{n_g}{n}
          \left(\delta_{gh} - \frac{n_h}{n}\right), \qquad
          \chi^2 = U^\top V^{-} U

Sums run over times and strata; the weights of a stratum come from its own subjects. For two
groups z is :math:`U_2 / \sqrt{V_{22}}`: negative when the group whose label sorts last had fewer
events than expected, as in `logrank`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from equipoise.stats.numerics.columns import FloatArray, IntArray, Label, freeze
from equipoise.stats.time_to_event.comparison_weights import ComparisonWeight, weights_of
from equipoise.stats.time_to_event.event_table import (
    Compared,
    EventTable,
    compared_columns,
    event_table_with_groups,
    in_strata,
)
from equipoise.stats.time_to_event.logrank import (
    chi_square_of,
    expected_events,
    hypergeometric_variance,
    signed_root,
)


class RankVariance(StrEnum):
    """What is left to chance when the groups have one hazard."""

    HYPERGEOMETRIC = "hypergeometric"
    """Which of those at risk has the event, time by time (R's survdiff, simtrial)."""
    PERMUTATION = "permutation"
    """Who of a stratum is in which group (R's coin); assumes that censoring is the same in all
    groups."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedLogRank:
    """A weighted log-rank test.

    Attributes
    ----------
    groups : tuple
        Labels of the groups, sorted; every array follows this order.
    n : IntArray, shape (groups,)
        Subjects.
    observed, expected : FloatArray, shape (groups,)
        Weighted events seen, and expected if all groups had one hazard; summed over strata.
    variance : FloatArray, shape (groups, groups)
        Variance of observed minus expected.
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
    weight : ComparisonWeight
        As asked.
    spread : RankVariance
        As asked.
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
    weight: ComparisonWeight
    spread: RankVariance

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.n, self.observed, self.expected, self.variance)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sums:
    """What one stratum adds, or all together."""

    observed: FloatArray
    expected: FloatArray
    variance: FloatArray


def weighted_logrank(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    weight: ComparisonWeight,
    strata: npt.ArrayLike | None = None,
    spread: RankVariance = RankVariance.HYPERGEOMETRIC,
) -> WeightedLogRank:
    """Return the (stratified) weighted log-rank test.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    group : array_like, shape (n,)
        Label of the group, a number or a word; at least two labels.
    weight : ComparisonWeight
        How much each event time counts.
    strata : array_like, shape (n,), optional
        Label of the stratum.
    spread : RankVariance
        Hypergeometric or permutation variance.

    Raises
    ------
    BadInput
        As `logrank`, and when the weights leave no event that counts.
    """
    columns = compared_columns(time, event, group)
    blocks = in_strata(columns, strata)
    parts = [_stratum(block, weight=weight, spread=spread) for block in blocks]
    observed = np.sum([part.observed for part in parts], axis=0)
    expected = np.sum([part.expected for part in parts], axis=0)
    variance = np.sum([part.variance for part in parts], axis=0)
    chi_square, df = chi_square_of(observed - expected, variance)
    return WeightedLogRank(
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
        weight=weight,
        spread=spread,
    )


def _stratum(columns: Compared, *, weight: ComparisonWeight, spread: RankVariance) -> _Sums:
    table, others = event_table_with_groups(columns)
    values = weights_of(weight, table)
    weighted = others @ values
    total = float(values @ table.events)
    return _Sums(
        observed=np.concatenate(([total - weighted.sum()], weighted)),
        expected=expected_events(table, values * table.events),
        variance=_variance(columns, table, values, spread=spread),
    )


def _variance(
    columns: Compared, table: EventTable, values: FloatArray, *, spread: RankVariance
) -> FloatArray:
    match spread:
        case RankVariance.HYPERGEOMETRIC:
            return hypergeometric_variance(table, values * values * table.events)
        case RankVariance.PERMUTATION:
            return _permutation_variance(columns, table, values)
        case _:
            assert_never(spread)


def _permutation_variance(columns: Compared, table: EventTable, values: FloatArray) -> FloatArray:
    r"""Return the variance over all ways to deal a stratum's scores out to its groups.

    The score of a subject is its weighted event less its weighted cumulative hazard,
    :math:`a_i = w(t_i) \delta_i - \sum_{t_j \le t_i} w_j d_j / n_j`; scores sum to 0, and those of
    a group to :math:`U_g`.
    """
    n = columns.time.size
    if n < 2:
        return np.zeros((len(columns.groups), len(columns.groups)))
    hazard = np.concatenate(([0.0], np.cumsum(values * table.events / table.at_risk)))
    place = np.searchsorted(table.times, columns.time, side="right")
    scores = -hazard[place]
    scores[columns.event] += values[place[columns.event] - 1]
    sizes = np.array([np.count_nonzero(member) for member in columns.members], dtype=np.float64)
    unit = float(scores @ scores) / (n - 1)
    return unit * (np.diag(sizes) - np.outer(sizes, sizes) / n)
