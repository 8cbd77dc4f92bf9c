"""Group-sequential efficacy boundaries and crossing probabilities by recursive integration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, inf, log, pi, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.spending import Spending, alpha_spent, refuse_alpha

FloatArray = npt.NDArray[np.float64]

REACH = 8.3
"""Standard deviations beyond which a normal distribution holds less than 1e-16."""

NODES_PER_DEVIATION = 4.0
"""Gauss-Legendre nodes for each standard deviation of the narrowest normal curve in an integral;
with 2.5 the boundaries of five looks still agree to 1e-13, with 2 to 1e-9."""

FARTHEST = 38.0
"""Standard deviations beyond which a normal tail is no floating-point number."""

PANEL = 32.0
"""Longest stretch, in standard deviations, that one set of nodes covers."""

CLOSEST = 1e-3
"""Looks nearer than this, as a share of the information at the later one, are one look; thousands
of nodes would be needed to tell them apart."""

ROUNDS = 100
SAME = 1e-13

ROOT_TWO_PI = sqrt(2 * pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """An efficacy boundary: stop and reject at look k when Z is at least ``z[k]``.

    Attributes
    ----------
    information_fractions : tuple of float
        Information at each look over information at the last; the last is 1.
    z : tuple of float
        Boundary on the scale of the standardised statistic, large favours the experimental arm.
    nominal_p : tuple of float
        One-sided p-value at the boundary.
    cumulative_alpha : tuple of float
        One-sided error spent up to and with each look.
    alpha_one_sided : float
        Error of the whole trial.
    spending : Spending
        Kind of spending.
    """

    information_fractions: tuple[float, ...]
    z: tuple[float, ...]
    nominal_p: tuple[float, ...]
    cumulative_alpha: tuple[float, ...]
    alpha_one_sided: float
    spending: Spending


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Density:
    """The sub-density of the score at one look, among trials that have not stopped.

    The score at information fraction t is Z times the root of t: a Brownian motion, so that what
    is added up to the next look does not depend on the past.

    Attributes
    ----------
    fraction : float
        Information fraction of the look.
    nodes, mass : FloatArray, shape (m,)
        Where the density is known, and density times quadrature weight there.
    """

    fraction: float
    nodes: FloatArray
    mass: FloatArray


_START = _Density(fraction=0.0, nodes=np.zeros(1), mass=np.ones(1))
"""Before the trial: no information, and the score is 0."""


def efficacy_boundary(
    information_fractions: tuple[float, ...], *, alpha_one_sided: float, spending: Spending
) -> Boundary:
    r"""Return the boundary that spends a one-sided error as the spending function says.

    The boundary of look k solves, by Newton's method on the logarithm,

    .. math:: P(Z_1 < c_1, \dots, Z_{k-1} < c_{k-1}, Z_k \ge c_k) =
              \alpha(t_k) - \alpha(t_{k-1})

    where the Z are standard normal with correlation :math:`\sqrt{t_j / t_k}`. The probabilities
    come from the recursion of Armitage, McPherson and Rowe over the density of the score, by
    Gauss-Legendre quadrature; the error of ``z`` is below 1e-10.

    Parameters
    ----------
    information_fractions : tuple of float
        Rising, the last is 1.
    alpha_one_sided : float
        Error of the whole trial, between 0 and 0.5.
    spending : Spending
        Kind of spending.

    Raises
    ------
    BadInput
        For fractions that do not rise to 1 and an alpha outside (0, 0.5).

    References
    ----------
    Armitage, McPherson and Rowe 1969, doi:10.2307/2343787; Jennison and Turnbull 2000, Group
    Sequential Methods with Applications to Clinical Trials, chapter 19.
    """
    refuse_alpha(alpha_one_sided)
    _refuse_fractions(information_fractions)
    spent = [
        alpha_spent(spending, fraction=fraction, alpha_one_sided=alpha_one_sided)
        for fraction in information_fractions
    ]
    bounds = [float(-ndtri(spent[0]))]
    spacing = _spacing(information_fractions)
    density = _START
    for look, fraction in enumerate(information_fractions[1:], start=1):
        density = _density(
            density,
            fraction=information_fractions[look - 1],
            bound=bounds[-1],
            drift=0.0,
            narrowest=spacing[look - 1],
        )
        share = spent[look] - spent[look - 1]
        bounds.append(_solve_bound(density, fraction=fraction, probability=share))
    return Boundary(
        information_fractions=information_fractions,
        z=tuple(bounds),
        nominal_p=tuple(float(ndtr(-bound)) for bound in bounds),
        cumulative_alpha=tuple(spent),
        alpha_one_sided=alpha_one_sided,
        spending=spending,
    )


def crossing_probabilities(boundary: Boundary, *, drift: float) -> tuple[float, ...]:
    r"""Return the probability of first crossing the boundary at each look.

    Parameters
    ----------
    boundary : Boundary
        An efficacy boundary.
    drift : float
        Mean of Z at full information, :math:`\theta\sqrt{I_{max}}`; 0 under the null hypothesis.
        At fraction t the mean of Z is ``drift * sqrt(t)``.

    Returns
    -------
    tuple of float
        One for each look; their sum is the power, or the type I error for a drift of 0.
    """
    if not np.isfinite(drift):
        raise bad_input("a drift is a finite number", where="drift", got=drift, fix="2.8")
    fractions = boundary.information_fractions
    spacing = _spacing(fractions)
    density = _START
    crossings = [_crossing(density, fraction=fractions[0], bound=boundary.z[0], drift=drift)]
    for look, fraction in enumerate(fractions[1:], start=1):
        density = _density(
            density,
            fraction=fractions[look - 1],
            bound=boundary.z[look - 1],
            drift=drift,
            narrowest=spacing[look - 1],
        )
        crossings.append(_crossing(density, fraction=fraction, bound=boundary.z[look], drift=drift))
    return tuple(crossings)


def _spacing(fractions: tuple[float, ...]) -> tuple[float, ...]:
    """Return, for each look, the narrower of the steps to it and from it, as deviations.

    A density is as smooth as the last step made it, and is next multiplied with a curve as narrow
    as the next step.
    """
    steps = [after - before for before, after in pairwise((0.0, *fractions))]
    return tuple(sqrt(min(pair)) for pair in pairwise((*steps, 1.0)))


@np.errstate(under="ignore")
def _density(
    before: _Density, *, fraction: float, bound: float, drift: float, narrowest: float
) -> _Density:
    """Return the sub-density at the next look, cut off where its bound is crossed."""
    spread, gained = sqrt(fraction), fraction - before.fraction
    mean = drift * fraction
    top = min(bound, FARTHEST) * spread
    bottom = min(mean, top) - REACH * spread
    nodes, weights = _grid(bottom, top, deviations=(top - bottom) / narrowest)
    step = sqrt(gained)
    distance = (nodes[:, np.newaxis] - before.nodes - drift * gained) / step
    mass = weights * (_normal(distance) @ before.mass) / step
    return _Density(fraction=fraction, nodes=nodes, mass=mass)


@np.errstate(under="ignore")
def _crossing(density: _Density, *, fraction: float, bound: float, drift: float) -> float:
    gained = fraction - density.fraction
    short = (bound * sqrt(fraction) - density.nodes - drift * gained) / sqrt(gained)
    return float(ndtr(-short) @ density.mass)


@np.errstate(under="ignore")
def _solve_bound(density: _Density, *, fraction: float, probability: float) -> float:
    """Return the bound that is crossed with a probability under the null hypothesis.

    The logarithm of the crossing probability is concave and falls with the bound, so Newton's
    method comes from above after one step; where it leaves the bracket (the probability underflows
    far out), the bracket is halved.
    """
    if probability <= 0:
        return inf
    step = sqrt(fraction - density.fraction)
    low, high, bound = -FARTHEST, FARTHEST, float(-ndtri(probability))
    for _ in range(ROUNDS):
        distance = (bound * sqrt(fraction) - density.nodes) / step
        crossed = float(ndtr(-distance) @ density.mass)
        slope = float(_normal(distance) @ density.mass) * sqrt(fraction) / step
        low, high = (bound, high) if crossed > probability else (low, bound)
        known = crossed > 0 and slope > 0
        moved = bound + crossed * log(crossed / probability) / slope if known else inf
        moved = moved if low <= moved <= high else (low + high) / 2
        if abs(moved - bound) < SAME * (1 + abs(bound)):
            return moved
        bound = moved
    return bound


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


def _refuse_fractions(fractions: tuple[float, ...]) -> None:
    apart = all(
        after - before >= CLOSEST * abs(after) > 0 for before, after in pairwise((0.0, *fractions))
    )
    if not apart or not fractions or fractions[-1] != 1:
        raise bad_input(
            "information fractions rise from above 0 to 1, by a thousandth or more",
            where="information_fractions",
            got=fractions,
            fix="for looks at 77 and 128 events, (77 / 128, 1.0)",
        )
