"""Exact tests of two arms: Fisher (given the margins), Barnard and Boschloo (given the arms)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf, log, nan, pi, sin

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln, xlog1py, xlogy

from equipoise.stats.numerics.columns import FloatArray, normal_deviate
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing
from equipoise.stats.proportions.ratio import RatioInterval, RatioMethod

TIED = 1 + 1e-7
"""Chances within this factor are equal, so that rounding does not split a tie; as R does."""

GRID = 512
"""Points at which the chance of an extreme result is looked at before it is refined."""

NEAR_BEST = 0.9
"""Peaks of the grid below this share of the best are not refined. Of up to 10 000 subjects a peak
is at least 0.005 radians wide, and the grid, 0.003 apart, shows it within a twentieth."""


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Conditional:
    """Successes of the first arm given all margins, when the odds ratio is 1."""

    low: int
    log_chance: FloatArray
    seen: int

    def at(self, log_odds: float) -> FloatArray:
        """Return the chances at another odds ratio, shape (high - low + 1,)."""
        weight = self.log_chance + log_odds * np.arange(self.log_chance.size)
        chance = np.exp(np.maximum(weight - weight.max(), -700.0))
        return np.asarray(chance / chance.sum(), dtype=np.float64)


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
    given = _conditional(kept)
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
    given = _conditional(kept)
    tail = (1 - confidence) / 2
    place = given.seen - given.low
    last = given.log_chance.size - 1
    return RatioInterval(
        estimate=_likeliest(given),
        lower=_odds_where(given, lambda c: float(c[place:].sum()) - tail) if place > 0 else 0.0,
        upper=_odds_where(given, lambda c: tail - float(c[: place + 1].sum()))
        if place < last
        else inf,
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


def _log_choose(n: int, k: FloatArray) -> FloatArray:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def _hypergeometric(n1: int, n2: int, *, successes: int) -> tuple[int, FloatArray]:
    """Return the least count of the first arm given the margins, and all log chances."""
    low = max(0, successes - n2)
    count = np.arange(low, min(successes, n1) + 1, dtype=np.float64)
    log_ways = _log_choose(n1, count) + _log_choose(n2, successes - count)
    return low, log_ways - _log_choose(n1 + n2, np.array(float(successes)))


def _conditional(tables: Sequence[FourfoldTable]) -> _Conditional:
    """Return the sum over strata of the first arm's successes, given all margins.

    Chances are convolved near the odds ratio of the counts, where those of interest are largest,
    so that none of them vanishes; `at` takes the tilt back.
    """
    tilt = _rough_log_odds(tables)
    low, chance = 0, np.ones(1)
    for table in tables:
        start, log_part = _hypergeometric(table.n1, table.n2, successes=table.x1 + table.x2)
        tilted = log_part + tilt * np.arange(log_part.size)
        part = np.exp(np.maximum(tilted - tilted.max(), -700.0))
        low, chance = low + start, np.convolve(chance, part / part.sum())
    log_chance = np.log(np.maximum(chance, 1e-300)) - tilt * np.arange(chance.size)
    return _Conditional(low=low, log_chance=log_chance, seen=sum(table.x1 for table in tables))


def _rough_log_odds(tables: Sequence[FourfoldTable]) -> float:
    above = sum(t.x1 * (t.n2 - t.x2) / t.total for t in tables)
    below = sum(t.x2 * (t.n1 - t.x1) / t.total for t in tables)
    return log((above + 0.5) / (below + 0.5))


def _likeliest(given: _Conditional) -> float:
    place, last = given.seen - given.low, given.log_chance.size - 1
    if place == 0:
        return 0.0 if last > 0 else nan
    if place == last:
        return inf
    counts = np.arange(last + 1)
    return _odds_where(given, lambda chance: float(chance @ counts) - place)


def _odds_where(given: _Conditional, share: Callable[[FloatArray], float]) -> float:
    """Return the odds ratio at which `share`, which rises with it, is 0."""

    def value(log_odds: float) -> float:
        return share(given.at(log_odds))

    low, high = -1.0, 1.0
    while value(low) > 0:
        low *= 2
    while value(high) < 0:
        high *= 2
    return exp(float(brentq(value, low, high, xtol=1e-13, rtol=1e-14)))


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
        low, log_chance = _hypergeometric(n1, n2, successes=successes)
        chance = np.exp(log_chance)
        ordered = np.sort(chance)
        upto = np.searchsorted(ordered, chance * TIED, side="right")
        one = np.arange(low, low + chance.size)
        p_value[one, successes - one] = np.cumsum(ordered)[upto - 1]
    return p_value


def _largest_chance(extreme: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Return the largest chance of these results at any common rate, and that rate."""
    share = _share_extreme(extreme)
    successes = np.arange(share.size, dtype=np.float64)
    failures = successes[::-1]
    log_ways = _log_choose(share.size - 1, successes)

    def chance(angle: FloatArray) -> FloatArray:
        rate = np.sin(angle)[..., np.newaxis] ** 2
        log_chance = log_ways + xlogy(successes, rate) + xlog1py(failures, -rate)
        return np.asarray(np.exp(np.maximum(log_chance, -700.0)) @ share)

    def depth(angle: float) -> float:
        return -float(chance(np.array(angle)))

    angles = np.linspace(0.0, pi / 2, GRID + 1)
    heights = chance(angles)
    top = int(np.argmax(heights))
    best = (float(heights[top]), float(angles[top]))
    for place in _peaks(heights):
        ends = (float(angles[place - 1]), float(angles[place + 1]))
        peak = minimize_scalar(depth, bounds=ends, method="bounded", options={"xatol": 1e-9})
        best = max(best, (-float(peak.fun), float(peak.x)))
    return min(1.0, best[0]), sin(best[1]) ** 2


def _peaks(heights: FloatArray) -> list[int]:
    """Return the places of peaks that may hold the maximum, none when a chance is 1 already."""
    best = float(heights.max())
    if best >= 1 - 1e-12:
        return []
    inner = heights[1:-1]
    raised = (inner >= heights[:-2]) & (inner >= heights[2:]) & (inner >= NEAR_BEST * best)
    return [int(place) + 1 for place in np.flatnonzero(raised)]


def _share_extreme(extreme: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the chance of an extreme result given each number of successes, shape (N + 1,)."""
    n1, n2 = extreme.shape[0] - 1, extreme.shape[1] - 1
    share = np.empty(n1 + n2 + 1)
    for successes in range(n1 + n2 + 1):
        low, log_chance = _hypergeometric(n1, n2, successes=successes)
        one = np.arange(low, low + log_chance.size)
        share[successes] = np.exp(log_chance) @ extreme[one, successes - one]
    return share
