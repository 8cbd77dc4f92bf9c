r"""Successes of the first arm given all margins: what every conditional exact method asks.

In one table they are hypergeometric, over strata a sum of such counts; at an odds ratio
:math:`\psi`

.. math:: P_\psi(X = x) \propto c_x \psi^x

with :math:`c` the chances at 1. Cornfield 1956, Proc Third Berkeley Symp 4:135-148.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, log, nan

import numpy as np
from scipy.special import gammaln

from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.root import root
from equipoise.stats.proportions.common_ratio import cross_sums
from equipoise.stats.proportions.fourfold import FourfoldTable

TIED = 1 + 1e-7
"""Chances within this factor are equal, so that rounding does not split a tie; as R does."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConditionalSuccesses:
    """Successes of the first arm given all margins.

    Attributes
    ----------
    low : int
        The least that the margins allow.
    log_chance : FloatArray, shape (high - low + 1,)
        Logarithms of the chances when the odds ratio is 1, up to a constant.
    seen : int
        How many there were.
    """

    low: int
    log_chance: FloatArray
    seen: int

    def at(self, log_odds: float) -> FloatArray:
        """Return the chances at another odds ratio, shape (high - low + 1,)."""
        weight = self.log_chance + log_odds * np.arange(self.log_chance.size)
        chance = np.exp(np.maximum(weight - weight.max(), -700.0))
        return np.asarray(chance / chance.sum(), dtype=np.float64)


def log_choose(n: int, k: FloatArray) -> FloatArray:
    """Return the logarithm of the ways to choose k of n, shape of ``k``."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def hypergeometric_successes(n1: int, n2: int, *, successes: int) -> tuple[int, FloatArray]:
    """Return the least count of the first arm given the margins, and all log chances."""
    low = max(0, successes - n2)
    count = np.arange(low, min(successes, n1) + 1, dtype=np.float64)
    log_ways = log_choose(n1, count) + log_choose(n2, successes - count)
    return low, log_ways - log_choose(n1 + n2, np.array(float(successes)))


def no_more_likely(chance: FloatArray) -> FloatArray:
    """Return, for each count, the chance of all counts that are no more likely, shape (k,)."""
    ordered = np.sort(chance)
    upto = np.searchsorted(ordered, chance * TIED, side="right")
    total: FloatArray = np.cumsum(ordered)[upto - 1]
    return total


def conditional_successes(tables: Sequence[FourfoldTable]) -> ConditionalSuccesses:
    """Return the sum over strata of the first arm's successes, given all margins.

    Chances are convolved near the odds ratio of the counts, where those of interest are largest,
    so that none of them vanishes; `ConditionalSuccesses.at` takes the tilt back.
    """
    above, below = cross_sums(tables)
    tilt = log((above + 0.5) / (below + 0.5))
    low, chance = 0, np.ones(1)
    for table in tables:
        start, log_part = hypergeometric_successes(
            table.n1, table.n2, successes=table.x1 + table.x2
        )
        tilted = log_part + tilt * np.arange(log_part.size)
        part = np.exp(np.maximum(tilted - tilted.max(), -700.0))
        low, chance = low + start, np.convolve(chance, part / part.sum())
    log_chance = np.log(np.maximum(chance, 1e-300)) - tilt * np.arange(chance.size)
    seen = sum(table.x1 for table in tables)
    return ConditionalSuccesses(low=low, log_chance=log_chance, seen=seen)


def likeliest_odds_ratio(given: ConditionalSuccesses) -> float:
    """Return the odds ratio under which the count seen is the mean.

    It is 0 or infinite at the ends of what the margins allow, and NaN when they allow one count.
    """
    place, last = given.seen - given.low, given.log_chance.size - 1
    if place == 0:
        return 0.0 if last > 0 else nan
    if place == last:
        return inf
    counts = np.arange(last + 1)
    return _odds_ratio_where(given, lambda chance: float(chance @ counts) - place)


def odds_ratio_ends(
    given: ConditionalSuccesses, *, tail: float, share: float = 1.0
) -> tuple[float, float]:
    r"""Return the odds ratios between which the count seen is not extreme.

    They solve :math:`P_\psi(X > x) + m P_\psi(X = x) = \alpha / 2` and the same below; 0 and
    infinite at the ends of what the margins allow. Relative precision 1e-10.

    Parameters
    ----------
    given : ConditionalSuccesses
        Counts.
    tail : float
        :math:`\alpha / 2`.
    share : float
        m: 1 for the exact interval, 1/2 for the mid-P.
    """
    place, last = given.seen - given.low, given.log_chance.size - 1

    def above(chance: FloatArray) -> float:
        return float(chance[place + 1 :].sum()) + share * float(chance[place]) - tail

    def below(chance: FloatArray) -> float:
        return tail - float(chance[:place].sum()) - share * float(chance[place])

    lower = _odds_ratio_where(given, above) if place > 0 else 0.0
    upper = _odds_ratio_where(given, below) if place < last else inf
    return lower, upper


def _odds_ratio_where(given: ConditionalSuccesses, excess: Callable[[FloatArray], float]) -> float:
    """Return the odds ratio at which `excess` of the chances, which rises with it, is 0."""

    def value(log_odds: float) -> float:
        return excess(given.at(log_odds))

    low, high = -1.0, 1.0
    while value(low) > 0:
        low *= 2
    while value(high) < 0:
        high *= 2
    return exp(root(value, low, high, xtol=1e-13, rtol=1e-14))
