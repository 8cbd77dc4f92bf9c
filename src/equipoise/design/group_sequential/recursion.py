"""The recursion of Armitage, McPherson and Rowe over the score, by Gauss-Legendre quadrature.

The score at information t is Z times the root of t. What is added to it between two looks does not
depend on the past, so that the density of the score among trials that go on is carried from look
to look as one integral each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, inf, log, pi, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.stats.numerics.columns import FloatArray

REACH = 8.3
"""Standard deviations beyond which a normal distribution holds less than 1e-16."""

NODES_PER_DEVIATION = 4.0
"""Gauss-Legendre nodes for each standard deviation of the narrowest normal curve in an integral;
with 2.5 the boundaries of five looks still agree to 1e-13, with 2 to 1e-9."""

FARTHEST = 38.0
"""Standard deviations beyond which a normal tail is no floating-point number."""

PANEL = 32.0
"""Longest stretch, in standard deviations, that one set of nodes covers."""

ROUNDS = 100
SAME = 1e-13

ROOT_TWO_PI = sqrt(2 * pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look, as the recursion sees it.

    Attributes
    ----------
    information : float
        Information at the look, in any unit.
    mean : float
        Mean of the score.
    narrowest : float
        The narrower of the steps to the look and from it, in standard deviations of the score: a
        density is as smooth as the last step made it, and is next multiplied with a curve as
        narrow as the next step.
    """

    information: float
    mean: float
    narrowest: float

    @property
    def spread(self) -> float:
        """Standard deviation of the score."""
        return sqrt(self.information)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Density:
    """The sub-density of the score at one look, among trials that have not stopped.

    Attributes
    ----------
    information : float
        Information at the look.
    mean : float
        Mean of the score, were there no bounds.
    nodes, mass : FloatArray, shape (m,)
        Where the density is known, and density times quadrature weight there.
    """

    information: float
    mean: float
    nodes: FloatArray
    mass: FloatArray


NOWHERE = np.zeros(1)

START = Density(information=0.0, mean=0.0, nodes=np.zeros(1), mass=np.ones(1))
"""Before the trial: no information, and the score is 0."""


def looks_of(information: tuple[float, ...], *, means: tuple[float, ...]) -> tuple[Look, ...]:
    """Return the looks at some information where Z has some means."""
    steps = [after - before for before, after in pairwise((0.0, *information))]
    narrowest = [sqrt(min(pair)) for pair in pairwise((*steps, inf))]
    return tuple(
        Look(information=at, mean=mean * sqrt(at), narrowest=narrow)
        for at, mean, narrow in zip(information, means, narrowest, strict=True)
    )


@np.errstate(under="ignore")
def advance(before: Density, look: Look, *, lower: float, upper: float) -> Density:
    """Return the sub-density at the next look, cut off where its bounds on Z are crossed.

    A look without any bound is passed over: nothing is stopped there.
    """
    if lower == -inf and upper == inf:
        return before
    bottom, top = _window(look, lower=lower, upper=upper)
    if not bottom < top:  # the bounds meet: nobody goes on
        return Density(information=look.information, mean=look.mean, nodes=NOWHERE, mass=NOWHERE)
    nodes, weights = _grid(bottom, top, deviations=(top - bottom) / look.narrowest)
    step = sqrt(look.information - before.information)
    distance = (nodes[:, np.newaxis] - before.nodes - (look.mean - before.mean)) / step
    mass = weights * (_normal(distance) @ before.mass) / step
    return Density(information=look.information, mean=look.mean, nodes=nodes, mass=mass)


@np.errstate(under="ignore")
def chance_above(density: Density, look: Look, *, z: float) -> float:
    """Return the probability of coming to the next look and finding Z at a bound or above."""
    if z == inf:
        return 0.0
    step = sqrt(look.information - density.information)
    short = (z * look.spread - density.nodes - (look.mean - density.mean)) / step
    return float(ndtr(-short) @ density.mass)


def chance_below(density: Density, look: Look, *, z: float) -> float:
    """Return the probability of coming to the next look and finding Z at a bound or below."""
    return chance_above(_mirrored(density), _mirrored_look(look), z=-z)


@np.errstate(under="ignore")
def bound_above(density: Density, look: Look, *, probability: float) -> float:
    """Return the bound on Z that is reached at the next look with a probability.

    The logarithm of that probability is concave and falls with the bound, so Newton's method comes
    from above after one step; where it leaves the bracket (the probability underflows far out),
    the bracket is halved. A probability of 0 has the bound infinity; one larger than that of
    coming to the look has the bound minus infinity.
    """
    if probability <= 0:
        return inf
    if probability >= float(density.mass.sum()):
        return -inf
    step = sqrt(look.information - density.information)
    gained, spread = look.mean - density.mean, look.spread
    usual = look.mean / spread
    low, high, bound = usual - FARTHEST, usual + FARTHEST, usual - float(ndtri(probability))
    for _ in range(ROUNDS):
        distance = (bound * spread - density.nodes - gained) / step
        crossed = float(ndtr(-distance) @ density.mass)
        slope = float(_normal(distance) @ density.mass) * spread / step
        low, high = (bound, high) if crossed > probability else (low, bound)
        known = crossed > 0 and slope > 0
        moved = bound + crossed * log(crossed / probability) / slope if known else inf
        moved = moved if low <= moved <= high else (low + high) / 2
        if abs(moved - bound) < SAME * (1 + abs(bound)):
            return moved
        bound = moved
    return bound


def bound_below(density: Density, look: Look, *, probability: float) -> float:
    """Return the bound that Z falls to or below at the next look with a probability."""
    return -bound_above(_mirrored(density), _mirrored_look(look), probability=probability)


def _mirrored(density: Density) -> Density:
    return Density(
        information=density.information,
        mean=-density.mean,
        nodes=-density.nodes,
        mass=density.mass,
    )


def _mirrored_look(look: Look) -> Look:
    return Look(information=look.information, mean=-look.mean, narrowest=look.narrowest)


def _window(look: Look, *, lower: float, upper: float) -> tuple[float, float]:
    """Return the stretch of the score between the bounds where there is any density.

    A finite bound is followed far out, because the error spent beyond it may be as small.
    """
    usual = look.mean / look.spread
    far = max(FARTHEST, abs(usual) + REACH)
    top = min(upper, far) if upper < inf else max(usual, lower) + REACH
    bottom = max(lower, -far) if lower > -inf else min(usual, top) - REACH
    return bottom * look.spread, top * look.spread


def _grid(bottom: float, top: float, *, deviations: float) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights, in panels when the range is long."""
    panels = ceil(deviations / PANEL)
    count = 16 * ceil(NODES_PER_DEVIATION * deviations / (16 * panels))
    unit, weights = _gauss_legendre(count)
    half = (top - bottom) / (2 * panels)
    middles = bottom + half * (2 * np.arange(panels) + 1)
    nodes = (middles[:, np.newaxis] + half * unit).reshape(-1)
    return nodes, np.tile(half * weights, panels)


@lru_cache(maxsize=64)
def _gauss_legendre(count: int) -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def _normal(distance: FloatArray) -> FloatArray:
    density: FloatArray = np.exp(-0.5 * distance * distance) / ROOT_TWO_PI
    return density
