"""The best of several arms goes on, and all its data count: looks after a selection."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, inf, log, sqrt

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from equipoise.design.adaptive.closed_testing import dunnett_p_value
from equipoise.design.adaptive.multi_arm import best_density
from equipoise.design.adaptive.several_arms import information_for_power, refuse_arms
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.boundaries import Boundary
from equipoise.design.group_sequential.crossing import Bounds, proportional_means, refuse_fractions
from equipoise.design.group_sequential.recursion import (
    Density,
    Look,
    advance,
    bound_above,
    chance_above,
    chance_below,
    looks_of,
)
from equipoise.design.group_sequential.spending import Spending, spent_at

FloatArray = npt.NDArray[np.float64]

REACH = 8.3
NODES = 24
PANEL = 4.0
"""A panel of nodes is this many times the narrowest curve long."""

NARROWEST = 0.5
"""Standard deviations; the density of the best of a few arms is no narrower."""

HAIR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class BestArmCourse:
    """What a trial does that goes on with its best arm and counts all of that arm's data.

    Attributes
    ----------
    rejects, gives_up : tuple of float
        Probability of first crossing the upper, or the lower, bound at each look.
    rejected : tuple of float
        Probability that each arm is the best and its hypothesis is rejected.
    power : float
        Probability of any rejection; without effects the familywise error.
    expected_information : float
        Mean information about the best arm at the end, over the maximum.
    """

    rejects: tuple[float, ...]
    gives_up: tuple[float, ...]
    rejected: tuple[float, ...]
    power: float
    expected_information: float


def best_arm_boundary(
    information_fractions: tuple[float, ...],
    *,
    allocation: tuple[float, ...],
    alpha_one_sided: float,
    spending: Spending,
) -> Boundary:
    r"""Return the boundary for the best arm of a first look, from all of its data.

    The first bound is on the largest Z of all arms, the later ones on the Z of the arm chosen:

    .. math:: P\left(\max_m Z_{m1} \ge c_1\right) = \alpha(t_1), \qquad
              P(\ldots, Z_{m^* k} \ge c_k) = \alpha(t_k) - \alpha(t_{k-1})

    without effects. The score of the chosen arm grows by independent normal steps from the density
    of the best one, so that the usual recursion goes on from there. The arm chosen has to be the
    best: with another one the test is conservative, with arms added again the error is not kept
    (see `closed_combination_test` for free choices).

    Parameters
    ----------
    information_fractions : tuple of float
        On the chosen arm, rising to 1; the choice is made at the first.
    allocation : tuple of float
        Experimental subjects of each arm for one control subject, until the choice.
    alpha_one_sided : float
        Familywise error, between 0 and 0.5.
    spending : Spending
        How it is spent.

    Raises
    ------
    BadInput
        For no arms, arms without subjects, and errors out of range.

    References
    ----------
    Stallard and Todd 2003, doi:10.1002/sim.1362; Thall, Simon and Ellenberg 1988,
    doi:10.1093/biomet/75.2.303.
    """
    refuse_alpha(alpha_one_sided)
    refuse_fractions(information_fractions)
    refuse_arms(allocation, drifts=(0.0,) * len(allocation))
    looks = len(information_fractions)
    spent = spent_at(
        spending, times=information_fractions, error=alpha_one_sided, spends=(True,) * looks
    )
    dues = [after - before for before, after in pairwise((0.0, *spent))]
    first, *later = looks_of(information_fractions, means=(0.0,) * looks)
    z = [_first_bound(dues[0], allocation=allocation)]
    chosen = _Chosen(means=(0.0,) * len(allocation), allocation=allocation)
    density = chosen.between(-inf, z[0], look=first)
    for look, due in zip(later, dues[1:], strict=True):
        z.append(bound_above(density, look, probability=due))
        density = advance(density, look, lower=-inf, upper=z[-1])
    return Boundary(
        information_fractions=information_fractions,
        z=tuple(z),
        nominal_p=tuple(float(ndtr(-bound)) for bound in z),
        cumulative_alpha=spent,
        alpha_one_sided=alpha_one_sided,
        spending=spending,
    )


def best_arm_sequential_course(
    bounds: Bounds, *, allocation: tuple[float, ...], drifts: tuple[float, ...]
) -> BestArmCourse:
    """Return what a trial does that goes on with its best arm and counts all of its data.

    Parameters
    ----------
    bounds : Bounds
        Of the largest Z at the first look, of the chosen arm afterwards; both are obeyed. The last
        information fraction is 1.
    allocation : tuple of float
        Experimental subjects of each arm for one control subject, until the choice.
    drifts : tuple of float
        Mean of Z of each arm at the last look; all 0 for the familywise error.

    Raises
    ------
    BadInput
        For no arms, arms without subjects, and another number of drifts.

    References
    ----------
    Stallard and Todd 2003, doi:10.1002/sim.1362.
    """
    fractions = bounds.information_fractions
    refuse_fractions(fractions)
    refuse_arms(allocation, drifts=drifts)
    firsts = tuple(drift * sqrt(fractions[0]) for drift in drifts)
    found = [
        _crossed(
            bounds,
            drift=drift,
            chosen=_Chosen(means=firsts, allocation=allocation, arms=(arm,)),
        )
        for arm, drift in enumerate(drifts)
    ]
    ups, downs = (np.array([each[side] for each in found]) for side in (0, 1))
    rejects, gives_up = ups.sum(axis=0), downs.sum(axis=0)
    stops = (rejects + gives_up)[:-1]
    return BestArmCourse(
        rejects=tuple(rejects.tolist()),
        gives_up=tuple(gives_up.tolist()),
        rejected=tuple(ups.sum(axis=1).tolist()),
        power=float(rejects.sum()),
        expected_information=1 - float(stops @ (1 - np.array(fractions[:-1]))),
    )


def size_best_arm(
    bounds: Bounds, *, allocation: tuple[float, ...], effects: tuple[float, ...], power: float
) -> float:
    """Return the maximum information on the chosen arm's effect that gives a power.

    Parameters
    ----------
    bounds : Bounds
        As in `best_arm_sequential_course`.
    allocation : tuple of float
        Experimental subjects of each arm for one control subject.
    effects : tuple of float
        True effect of each arm; one above 0.
    power : float
        Wanted probability of rejecting any hypothesis.

    Raises
    ------
    BadInput
        For no effect above 0, and a power outside (0, 1).
    """

    def power_at(drifts: tuple[float, ...]) -> float:
        return best_arm_sequential_course(bounds, allocation=allocation, drifts=drifts).power

    return information_for_power(effects, power=power, final_z=bounds.upper[-1], power_at=power_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """The arm with the largest Z at the first look, whichever it is or one of some.

    Attributes
    ----------
    means, allocation : tuple of float
        Mean of Z at the first look, and subjects for one control subject, of all arms.
    arms : tuple of int, optional
        Arms of which the chosen one is; all otherwise, which then have the same mean.
    """

    means: tuple[float, ...]
    allocation: tuple[float, ...]
    arms: tuple[int, ...] | None = None

    def between(self, lower: float, upper: float, *, look: Look) -> Density:
        """Return the sub-density of its score at the first look, between two bounds on Z."""
        arms = range(len(self.means)) if self.arms is None else self.arms
        bottom, top = max(lower, min(self.means) - REACH), min(upper, max(self.means) + REACH)
        narrowest = min(look.narrowest / look.spread, NARROWEST)
        z, weights = _grid(bottom, max(top, bottom), narrowest=narrowest)
        density = sum(
            best_density(z, arm=arm, means=self.means, allocation=self.allocation) for arm in arms
        )
        return Density(
            information=look.information,
            mean=self.means[arms[0]] * look.spread,
            nodes=z * look.spread,
            mass=weights * density,
        )


def _crossed(bounds: Bounds, *, drift: float, chosen: _Chosen) -> tuple[list[float], list[float]]:
    """Return the probabilities of crossing at each look, for one arm as the chosen one."""
    means = proportional_means(bounds.information_fractions, drift=drift)
    first, *later = looks_of(bounds.information_fractions, means=means)
    low, high = bounds.lower[0], bounds.upper[0]
    ups = [float(chosen.between(high, inf, look=first).mass.sum())]
    downs = [float(chosen.between(-inf, low, look=first).mass.sum())]
    density = chosen.between(low, high, look=first)
    for look, low, high in zip(later, bounds.lower[1:], bounds.upper[1:], strict=True):
        ups.append(chance_above(density, look, z=high))
        downs.append(chance_below(density, look, z=low))
        density = advance(density, look, lower=low, upper=high)
    return ups, downs


def _first_bound(due: float, *, allocation: tuple[float, ...]) -> float:
    """Return the bound that the largest Z reaches with a probability."""
    if due <= 0:
        return inf

    def excess(z: float) -> float:
        return log(dunnett_p_value(z, allocation=allocation) / due)

    # One arm alone is the least bound, Bonferroni's the largest; both with room to round.
    least, largest = float(-ndtri(due)), float(-ndtri(due / len(allocation)))
    return float(brentq(excess, least - HAIR, largest + HAIR, xtol=1e-13))


def _grid(bottom: float, top: float, *, narrowest: float) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on a stretch of Z."""
    if not bottom < top:
        return np.array([bottom]), np.zeros(1)
    panels = ceil((top - bottom) / (PANEL * narrowest))
    unit, weights = np.polynomial.legendre.leggauss(NODES)
    half = (top - bottom) / (2 * panels)
    middles = bottom + half * (2 * np.arange(panels) + 1)
    return (middles[:, np.newaxis] + half * unit).reshape(-1), np.tile(half * weights, panels)
