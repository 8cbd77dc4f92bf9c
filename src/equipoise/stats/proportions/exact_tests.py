"""Exact tests of two arms: Fisher (given the margins), Barnard and Boschloo (given the arms)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import pi, sin

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy

from equipoise.stats.numerics.columns import FloatArray, normal_deviate
from equipoise.stats.numerics.grid_maximum import grid_maximum
from equipoise.stats.proportions.conditional import (
    TIED,
    conditional_successes,
    hypergeometric_successes,
    likeliest_odds_ratio,
    log_choose,
    no_more_likely,
    odds_ratio_ends,
)
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing
from equipoise.stats.proportions.ratio import RatioInterval, RatioMethod

GRID = 512
"""Points at which the chance of an extreme result is looked at before it is refined. Of up to
10 000 subjects a peak is at least 0.005 radians wide, and the grid, 0.003 apart, shows it within
a twentieth."""


class ExactMethod(StrEnum):
    """Which exact test."""

    FISHER = "fisher"
    BARNARD = "barnard"
    BOSCHLOO = "boschloo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactTest:
    """An exact test that two arms do not differ.

    Attributes
    ----------
    p_value : float
        Two-sided.
    method : ExactMethod
        Which test.
    statistic : float
        What orders the results: the chance of the table (Fisher), the pooled z (Barnard), or
        the p-value of Fisher (Boschloo).
    worst_rate : float or None
        The common rate at which the p-value is largest; None for Fisher, which needs none.
    tables : tuple of FourfoldTable
        Counts: one table, or one for each stratum that holds both arms.
    """

    p_value: float
    method: ExactMethod
    statistic: float
    worst_rate: float | None
    tables: tuple[FourfoldTable, ...]


def fisher_exact(tables: FourfoldTable | Sequence[FourfoldTable]) -> ExactTest:
    r"""Return Fisher's exact test; of strata, the exact test of Mantel and Haenszel.

    Given the margins, the successes of the first arm are hypergeometric (of strata, a sum of
    such counts). The p-value adds the chances of all counts that are no more likely than the one
    seen, ties within a factor 1 + 1e-7 counted as such, which is the rule of R.

    Parameters
    ----------
    tables : FourfoldTable or sequence of FourfoldTable
        Counts; strata that hold one arm only are left out.

    Raises
    ------
    BadInput
        When no table holds both arms.

    References
    ----------
    Fisher 1935, doi:10.2307/2342435.
    """
    kept = comparing(_listed(tables))
    given = conditional_successes(kept)
    chance = given.at(0.0)
    seen = float(chance[given.seen - given.low])
    return ExactTest(
        p_value=min(1.0, float(chance[chance <= seen * TIED].sum())),
        method=ExactMethod.FISHER,
        statistic=seen,
        worst_rate=None,
        tables=kept,
    )


def odds_ratio_conditional(
    tables: FourfoldTable | Sequence[FourfoldTable], *, confidence: float = 0.95
) -> RatioInterval:
    r"""Return the conditional odds ratio, common to all strata, with its exact interval.

    The estimate is most likely given the margins: the mean of the noncentral hypergeometric
    count equals the count seen. The ends solve :math:`P(X \ge x) = \alpha/2` and
    :math:`P(X \le x) = \alpha/2`, as of Clopper and Pearson. Relative precision 1e-10.

    When the count is the least the margins allow the estimate and the lower end are 0; when it
    is the most, the estimate and the upper end are infinite; when it is the only one the estimate
    is NaN.

    Parameters
    ----------
    tables : FourfoldTable or sequence of FourfoldTable
        Counts; strata that hold one arm only are left out.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        When no table holds both arms, and for a level outside (0, 1).

    References
    ----------
    Cornfield 1956, Proc Third Berkeley Symp 4:135-148; Gart 1970, doi:10.1093/biomet/57.3.471.
    """
    kept = comparing(_listed(tables))
    normal_deviate(confidence)
    given = conditional_successes(kept)
    lower, upper = odds_ratio_ends(given, tail=(1 - confidence) / 2)
    return RatioInterval(
        estimate=likeliest_odds_ratio(given),
        lower=lower,
        upper=upper,
        confidence=confidence,
        method=RatioMethod.ODDS_CONDITIONAL,
        tables=kept,
    )


def barnard(table: FourfoldTable) -> ExactTest:
    r"""Return Barnard's unconditional exact test, results ordered by the pooled z.

    .. math:: z = \frac{\hat p_1 - \hat p_2}{\sqrt{\bar p \bar q (1/n_1 + 1/n_2)}}, \qquad
              p = \max_\pi P(|Z| \ge |z| \mid \pi)

    with both arms binomial at the common rate :math:`\pi`. A result in which all or none
    succeeded has z = 0. The p-value is the largest found on a grid of 512 rates (even in the
    arcsine), refined around every peak near it.

    Parameters
    ----------
    table : FourfoldTable
        Counts; both arms have subjects.

    Raises
    ------
    BadInput
        For an arm without subjects.

    References
    ----------
    Barnard 1947, doi:10.1093/biomet/34.1-2.123; Suissa and Shuster 1985, doi:10.2307/2981892.
    """
    comparing([table])
    z = _pooled_z(table.n1, table.n2)
    seen = float(z[table.x1, table.x2])
    extreme = np.abs(z) >= abs(seen) / TIED
    p_value, rate = _largest_chance(extreme)
    return ExactTest(
        p_value=p_value,
        method=ExactMethod.BARNARD,
        statistic=seen,
        worst_rate=rate,
        tables=(table,),
    )


def boschloo(table: FourfoldTable) -> ExactTest:
    r"""Return Boschloo's unconditional exact test, results ordered by Fisher's p-value.

    .. math:: p = \max_\pi P(p_\text{Fisher} \le p_\text{Fisher, seen} \mid \pi)

    with Fisher's two-sided p-value and both arms binomial at the common rate :math:`\pi`. It is
    never larger than that of Fisher. (Programs that double a one-sided test differ.)

    Parameters
    ----------
    table : FourfoldTable
        Counts; both arms have subjects.

    Raises
    ------
    BadInput
        For an arm without subjects.

    References
    ----------
    Boschloo 1970, doi:10.1111/j.1467-9574.1970.tb00104.x.
    """
    comparing([table])
    fisher = _fisher_of_all(table.n1, table.n2)
    seen = float(fisher[table.x1, table.x2])
    p_value, rate = _largest_chance(fisher <= seen * TIED)
    return ExactTest(
        p_value=p_value,
        method=ExactMethod.BOSCHLOO,
        statistic=seen,
        worst_rate=rate,
        tables=(table,),
    )


def _listed(tables: FourfoldTable | Sequence[FourfoldTable]) -> Sequence[FourfoldTable]:
    return [tables] if isinstance(tables, FourfoldTable) else tables


def _pooled_z(n1: int, n2: int) -> FloatArray:
    """Return z of every result, shape (n1 + 1, n2 + 1)."""
    one = np.arange(n1 + 1.0)[:, np.newaxis]
    other = np.arange(n2 + 1.0)[np.newaxis, :]
    pooled = (one + other) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    known = variance > 0
    # All or none succeeded: the rates are equal, and their difference 0 over 1 is 0.
    return np.asarray((one / n1 - other / n2) / np.sqrt(np.where(known, variance, 1.0)))


def _fisher_of_all(n1: int, n2: int) -> FloatArray:
    """Return Fisher's p-value of every result, shape (n1 + 1, n2 + 1)."""
    p_value = np.empty((n1 + 1, n2 + 1))
    for successes in range(n1 + n2 + 1):
        low, log_chance = hypergeometric_successes(n1, n2, successes=successes)
        one = np.arange(low, low + log_chance.size)
        p_value[one, successes - one] = no_more_likely(np.exp(log_chance))
    return p_value


def _largest_chance(extreme: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Return the largest chance of these results at any common rate, and that rate."""
    share = _share_extreme(extreme)
    successes = np.arange(share.size, dtype=np.float64)
    failures = successes[::-1]
    log_ways = log_choose(share.size - 1, successes)

    def chance(angle: FloatArray) -> FloatArray:
        rate = np.sin(angle)[..., np.newaxis] ** 2
        log_chance = log_ways + xlogy(successes, rate) + xlog1py(failures, -rate)
        return np.asarray(np.exp(np.maximum(log_chance, -700.0)) @ share)

    angles = np.linspace(0.0, pi / 2, GRID + 1)
    best, angle = grid_maximum(
        lambda angle: float(chance(np.array(angle))), points=angles, heights=chance(angles)
    )
    return min(1.0, best), sin(angle) ** 2


def _share_extreme(extreme: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the chance of an extreme result given each number of successes, shape (N + 1,)."""
    n1, n2 = extreme.shape[0] - 1, extreme.shape[1] - 1
    share = np.empty(n1 + n2 + 1)
    for successes in range(n1 + n2 + 1):
        low, log_chance = hypergeometric_successes(n1, n2, successes=successes)
        one = np.arange(low, low + log_chance.size)
        share[successes] = np.exp(log_chance) @ extreme[one, successes - one]
    return share
