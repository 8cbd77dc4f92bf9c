r"""What is believed of a rate: beta distributions and mixtures of them, updated by counts.

A beta distribution Beta(a, b) speaks like a successes and b failures already seen. After x
successes of n it becomes Beta(a + x, b + n - x). A mixture updates each part in this way and moves
its weights by what each part had predicted for x (`posterior`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, isfinite, log
from typing import TypeVar

import numpy as np
from scipy.special import betainc, betaincc, betaincinv, betaln

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, freeze
from equipoise.stats.numerics.counts import refuse_counts, refuse_rate, refuse_share
from equipoise.stats.numerics.root import root

LOG_SMALLEST = -708.0
BISECTIONS = 64
"""Halvings after which the log of a rate is known to its last digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """Beta distribution of a rate: density proportional to p^(a-1) (1-p)^(b-1).

    Attributes
    ----------
    a, b : float
        Above 0; successes and failures that the belief is worth.
    """

    a: float
    b: float

    def __post_init__(self) -> None:
        """Refuse parameters of no distribution."""
        if not (self.a > 0 and self.b > 0 and isfinite(self.a) and isfinite(self.b)):
            raise bad_input(
                "a beta distribution has two finite parameters above 0",
                where="a, b",
                got=f"{self.a}, {self.b}",
                fix="Beta(a=1, b=1) for a flat one",
            )

    @property
    def effective_size(self) -> float:
        """Subjects that the belief is worth, a + b."""
        return self.a + self.b

    @property
    def mean(self) -> float:
        """Expected rate, a / (a + b)."""
        return self.a / (self.a + self.b)

    @property
    def variance(self) -> float:
        """Variance of the rate, m (1 - m) / (a + b + 1)."""
        return self.mean * (1 - self.mean) / (self.effective_size + 1)

    def mirrored(self) -> Beta:
        """Return what is believed of 1 - p."""
        return Beta(a=self.b, b=self.a)


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaMixture:
    """Several beta distributions, of which one holds with the probability of its weight.

    Attributes
    ----------
    parts : tuple of Beta
        At least one.
    weights : tuple of float
        One for each part, none negative, with sum 1.
    """

    parts: tuple[Beta, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse weights that are no shares of the parts."""
        fits = 0 < len(self.parts) == len(self.weights) and min(self.weights) >= 0
        if not fits or abs(sum(self.weights) - 1) > 1e-9:
            raise bad_input(
                "a mixture has one weight for each part, none negative, with sum 1",
                where="weights",
                got=f"{self.weights} for {len(self.parts)} part(s)",
                fix="for example (0.8, 0.2) for two parts",
            )

    @property
    def mean(self) -> float:
        """Expected rate."""
        return sum(w * part.mean for w, part in zip(self.weights, self.parts, strict=True))

    @property
    def variance(self) -> float:
        """Variance of the rate: within the parts and between their means."""
        return sum(
            w * (part.variance + (part.mean - self.mean) ** 2)
            for w, part in zip(self.weights, self.parts, strict=True)
        )

    @property
    def effective_size(self) -> float:
        """Size of the one beta distribution with this mean and variance, m (1 - m) / v - 1."""
        return self.mean * (1 - self.mean) / self.variance - 1


Belief = Beta | BetaMixture
B = TypeVar("B", Beta, BetaMixture, Beta | BetaMixture)


def robust_prior(informative: Belief, *, vague: Beta, vague_weight: float) -> BetaMixture:
    """Return what is believed from elsewhere, with some weight on knowing next to nothing.

    When the new trial agrees with the informative part, that part keeps its weight; when it does
    not, `posterior` moves the weight to the vague part.

    Parameters
    ----------
    informative : Beta or BetaMixture
        From earlier trials, for example a meta-analytic prior.
    vague : Beta
        Worth a subject or so; Beta(1, 1) by most authors.
    vague_weight : float
        Probability that the earlier trials say nothing of this one, strictly inside (0, 1).

    Raises
    ------
    BadInput
        For a weight outside (0, 1).

    References
    ----------
    Schmidli et al. 2014, doi:10.1111/biom.12242.
    """
    refuse_share(vague_weight, where="vague_weight")
    told = mixed(informative)
    return BetaMixture(
        parts=(*told.parts, vague),
        weights=(*((1 - vague_weight) * weight for weight in told.weights), vague_weight),
    )


def posterior(prior: B, successes: int, *, n: int) -> B:
    r"""Return what is believed after `successes` of `n`.

    Each part becomes Beta(a + x, b + n - x); weights become
    :math:`w_j' \propto w_j B(a_j + x, b_j + n - x) / B(a_j, b_j)`.

    Parameters
    ----------
    prior : Beta or BetaMixture
        What was believed before.
    successes, n : int
        Counts, ``0 <= successes <= n``; n of 0 changes nothing.

    Raises
    ------
    BadInput
        For counts that are no part of a whole.
    """
    refuse_counts(successes, n, where="successes, n")
    if isinstance(prior, Beta):
        return _updated(prior, successes, n=n)
    parts = tuple(_updated(part, successes, n=n) for part in prior.parts)
    gains = [_log_beta(new) - _log_beta(old) for new, old in zip(parts, prior.parts, strict=True)]
    top = max(gains)
    raw = [w * exp(gain - top) for w, gain in zip(prior.weights, gains, strict=True)]
    return BetaMixture(parts=parts, weights=tuple(weight / sum(raw) for weight in raw))


def probability_above(belief: Belief, p0: float) -> float:
    """Return P(p > p0).

    Parameters
    ----------
    belief : Beta or BetaMixture
        What is believed of the rate p.
    p0 : float
        Rate to be exceeded, from 0 to 1.

    Raises
    ------
    BadInput
        For a p0 outside [0, 1].
    """
    refuse_rate(p0, where="p0")
    return _averaged(belief, lambda part: float(betaincc(part.a, part.b, p0)))


def belief_quantile(belief: Belief, share: float) -> float:
    """Return the rate below which lies a share of the belief, to 1e-10.

    Parameters
    ----------
    belief : Beta or BetaMixture
        What is believed of the rate.
    share : float
        Inside (0, 1); 0.5 for the median.

    Raises
    ------
    BadInput
        For a share outside (0, 1).
    """
    refuse_share(share, where="share")
    parts = mixed(belief).parts
    ends = [_quantile(part, share) for part in parts]
    if max(ends) - min(ends) < 1e-15:
        return ends[0]

    def excess(rate: float) -> float:
        return _averaged(belief, lambda part: float(betainc(part.a, part.b, rate))) - share

    low, high = min(ends), max(ends)
    # At an end of all the weight the excess is a rounding error of either sign.
    if excess(low) >= 0:
        return low
    return high if excess(high) <= 0 else root(excess, low, high, xtol=1e-15)


def predictive_distribution(belief: Belief, n: int) -> FloatArray:
    r"""Return the probability of 0, 1, ..., n successes among n subjects to come, shape (n + 1,).

    .. math:: P(X = x) = \binom{n}{x} \frac{B(a + x, b + n - x)}{B(a, b)}

    averaged over the parts of a mixture.

    Parameters
    ----------
    belief : Beta or BetaMixture
        What is believed of the rate.
    n : int
        Subjects to come, from 0.

    Raises
    ------
    BadInput
        For an n that is negative or not whole.
    """
    refuse_counts(0, n, where="n")
    x = np.arange(n + 1)
    log_choose = -betaln(n - x + 1, x + 1) - log(n + 1)
    told = mixed(belief)
    chances = np.zeros(n + 1)
    for weight, part in zip(told.weights, told.parts, strict=True):
        log_chance = log_choose + betaln(part.a + x, part.b + n - x) - _log_beta(part)
        # A count that cannot happen under this part has a chance below the smallest number.
        with np.errstate(under="ignore"):
            chances += weight * np.exp(log_chance)
    freeze(chances)
    return chances


def beta_quantile(belief: Beta, shares: FloatArray) -> FloatArray:
    """Return the rates below which lie these shares, shape of ``shares``.

    SciPy's inverse gives NaN for some shares when a parameter is a little above 1; those are
    bisected on the log of the rate, down to the smallest number.
    """
    rates: FloatArray = betaincinv(belief.a, belief.b, shares)
    lost = np.isnan(rates)
    if lost.any():
        rates[lost] = _bisected(belief, shares[lost])
    return rates


def mixed(belief: Belief) -> BetaMixture:
    """Return a belief as a mixture; one beta distribution is a mixture of one."""
    return BetaMixture(parts=(belief,), weights=(1.0,)) if isinstance(belief, Beta) else belief


def _updated(part: Beta, successes: int, *, n: int) -> Beta:
    return Beta(a=part.a + successes, b=part.b + n - successes)


def _log_beta(part: Beta) -> float:
    return float(betaln(part.a, part.b))


def _averaged(belief: Belief, answer: Callable[[Beta], float]) -> float:
    told = mixed(belief)
    return sum(w * answer(part) for w, part in zip(told.weights, told.parts, strict=True))


def _quantile(belief: Beta, share: float) -> float:
    return float(beta_quantile(belief, np.array([share]))[0])


def _bisected(belief: Beta, shares: FloatArray) -> FloatArray:
    low, high = np.full(shares.shape, LOG_SMALLEST), np.zeros(shares.shape)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        below = betainc(belief.a, belief.b, np.exp(middle)) < shares
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.exp((low + high) / 2)
