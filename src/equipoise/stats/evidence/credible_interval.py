"""Ranges that hold a rate with a stated probability: equal tails, or the highest density."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.evidence.beta_binomial import (
    Belief,
    Beta,
    belief_quantile,
    beta_quantile,
)
from equipoise.stats.numerics.counts import refuse_share
from equipoise.stats.numerics.root import root


class CredibleKind(StrEnum):
    """Which of the intervals with one probability."""

    EQUAL_TAILED = "equal_tailed"
    HIGHEST_DENSITY = "highest_density"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredibleInterval:
    """A range that holds the rate with a stated probability.

    Attributes
    ----------
    lower, upper : float
        Ends, between 0 and 1.
    probability : float
        What the range holds.
    kind : CredibleKind
        How its ends were chosen.
    """

    lower: float
    upper: float
    probability: float
    kind: CredibleKind


def equal_tailed_interval(belief: Belief, *, probability: float = 0.95) -> CredibleInterval:
    """Return the range that leaves the same probability on both sides.

    Parameters
    ----------
    belief : Beta or BetaMixture
        What is believed of the rate.
    probability : float
        What the range holds, inside (0, 1).

    Raises
    ------
    BadInput
        For a probability outside (0, 1).
    """
    refuse_share(probability, where="probability", fix="0.95")
    tail = (1 - probability) / 2
    return CredibleInterval(
        lower=belief_quantile(belief, tail),
        upper=belief_quantile(belief, 1 - tail),
        probability=probability,
        kind=CredibleKind.EQUAL_TAILED,
    )


def highest_density_interval(belief: Beta, *, probability: float = 0.95) -> CredibleInterval:
    """Return the shortest range with this probability: no rate outside is denser than one inside.

    A density that falls throughout (a <= 1 <= b) gives a range from 0, one that rises throughout a
    range to 1; for the flat one all ranges are as short, and the middle one is returned.

    Parameters
    ----------
    belief : Beta
        A mixture may have several peaks, and then no such range; it is not taken.
    probability : float
        What the range holds.

    Raises
    ------
    BadInput
        When a and b are both below 1: the density is highest at 0 and at 1; and for a probability
        outside (0, 1).
    """
    refuse_share(probability, where="probability", fix="0.95")
    if belief.a < 1 and belief.b < 1:
        raise bad_input(
            "a density that is highest at both 0 and 1 has no one range of highest density",
            where="belief",
            got=f"a {belief.a:g}, b {belief.b:g}",
            fix="ask for the equal-tailed interval",
        )
    left = _mass_left_of_densest(belief, probability=probability)
    return CredibleInterval(
        lower=_quantile(belief, left),
        upper=1 - _quantile(belief.mirrored(), 1 - probability - left),
        probability=probability,
        kind=CredibleKind.HIGHEST_DENSITY,
    )


def _mass_left_of_densest(belief: Beta, *, probability: float) -> float:
    """Return the probability below the range of highest density."""
    a, b, outside = belief.a, belief.b, 1 - probability
    if a == b == 1:
        return outside / 2
    if a <= 1:
        return 0.0
    if b <= 1:
        return outside
    mode, other = (a - 1) / (a + b - 2), (b - 1) / (a + b - 2)

    def height(rate: float, rest: float) -> float:
        if rate <= 0 or rest <= 0:
            return 0.0
        return exp((a - 1) * log(rate / mode) + (b - 1) * log(rest / other))

    def slope(left: float) -> float:
        low, gap = _quantile(belief, left), _quantile(belief.mirrored(), outside - left)
        return height(low, 1 - low) - height(1 - gap, gap)

    return root(slope, 0.0, outside, xtol=1e-15)


def _quantile(belief: Beta, share: float) -> float:
    return float(beta_quantile(belief, np.array([share]))[0])
