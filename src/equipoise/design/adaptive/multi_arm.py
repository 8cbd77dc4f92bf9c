"""Arms chosen at a first look and tested in a second stage: rules of choice, exact error, power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.closed_testing import control_loading, dunnett_p_value
from equipoise.design.adaptive.combination import stage_weights
from equipoise.design.adaptive.several_arms import refuse_arms
from equipoise.design.group_sequential.crossing import Bounds, refuse_fractions

FloatArray = npt.NDArray[np.float64]

REACH = 8.3
LONGEST = 1.0
_UNIT, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_CONTROL, _CONTROL_WEIGHTS = np.polynomial.legendre.leggauss(120)
ROOT_TWO_PI = sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectBest:
    """So many arms with the largest Z go on.

    Attributes
    ----------
    arms : int
        How many, at least 1.
    """

    arms: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectWithin:
    """The best arm goes on, and all whose Z is not much smaller.

    Attributes
    ----------
    epsilon : float
        Largest distance to the best Z, not negative.
    """

    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectPromising:
    """All arms whose Z is large enough go on; perhaps none.

    Attributes
    ----------
    least_z : float
        Smallest Z with which an arm goes on.
    """

    least_z: float


SelectionRule = SelectBest | SelectWithin | SelectPromising


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionCourse:
    """What a trial that goes on with its best arm does.

    Attributes
    ----------
    selected : tuple of float
        Probability that each arm is the best at the first look.
    rejected : tuple of float
        Probability that each arm is the best and its hypothesis is rejected, at either look.
    early : float
        Probability of a rejection at the first look.
    given_up : float
        Probability of stopping there for futility.
    power : float
        Probability of any rejection: sum of ``rejected``; without effects the familywise error.
    """

    selected: tuple[float, ...]
    rejected: tuple[float, ...]
    early: float
    given_up: float
    power: float


def select_arms(z: Mapping[str, float], *, rule: SelectionRule) -> tuple[str, ...]:
    """Return the arms that go on after the first stage, the best first.

    A rule is not binding: the closed combination test keeps its error whichever arms go on.

    Parameters
    ----------
    z : mapping of str to float
        Z of each arm.
    rule : SelectionRule
        The rule; of equal Z the one that comes first is the better.

    Raises
    ------
    BadInput
        For no arms, a Z that is no number, and a rule that is none.
    """
    if not z or not all(isfinite(at) for at in z.values()):
        raise bad_input("each arm has a Z", where="z", got=dict(z), fix='{"low": 1.1, "high": 1.9}')
    falling = sorted(z, key=lambda arm: -z[arm])
    match rule:
        case SelectBest(arms=arms):
            _refuse_rule(good=arms >= 1, where="arms", got=arms)
            return tuple(falling[:arms])
        case SelectWithin(epsilon=epsilon):
            _refuse_rule(good=epsilon >= 0, where="epsilon", got=epsilon)
            best = z[falling[0]]
            return tuple(arm for arm in falling if best - z[arm] <= epsilon)
        case SelectPromising(least_z=least):
            _refuse_rule(good=least < inf, where="least_z", got=least)
            return tuple(arm for arm in falling if z[arm] >= least)
        case _:
            assert_never(rule)


def best_arm_course(
    bounds: Bounds,
    *,
    allocation: tuple[float, ...],
    drifts: tuple[float, ...],
    second_information: float | None = None,
) -> SelectionCourse:
    r"""Return what a two-stage trial does that goes on with its best arm, by quadrature.

    The first stage tests by Dunnett's p-value of all arms, the second by the best arm alone, and
    both combine by inverse normal: of all intersections with the best arm, that of all arms has
    the largest p-value, so that it decides the closed test. With u the control and z the best Z,

    .. math:: P(m \text{ best}, Z_m \in dz) = \int \phi(u) \,
              \frac{1}{s_m} \phi\left(\frac{z - \mu_m - \lambda_m u}{s_m}\right)
              \prod_{j \ne m} \Phi\left(\frac{z - \mu_j - \lambda_j u}{s_j}\right) du \, dz

    and given z the rest is one normal integral. The absolute error is below 1e-9.

    Parameters
    ----------
    bounds : Bounds
        Two looks on the combined statistic; the fractions fix the weights. The lower bound of the
        first look is obeyed.
    allocation : tuple of float
        Experimental subjects of each arm for one control subject, in the first stage.
    drifts : tuple of float
        Mean of Z of each arm at information 1.
    second_information : float, optional
        Information that the second stage adds on the best arm; otherwise what is planned, 1 - t.
        More when the subjects of dropped arms are given to those that stay.

    Raises
    ------
    BadInput
        For other than two looks, fewer than two arms, and numbers out of range.

    References
    ----------
    Bretz, Schmidli, Koenig, Racine and Maurer 2006, doi:10.1002/bimj.200510232; Thall, Simon and
    Ellenberg 1988, doi:10.1093/biomet/75.2.303 (selecting the best of several arms).
    """
    first = _first(bounds, allocation=allocation, drifts=drifts)
    added = 1 - first if second_information is None else second_information
    if not 0 < added < inf:
        raise bad_input(
            "the second stage adds information",
            where="second_information",
            got=added,
            fix="what is planned, 1 - t",
        )
    z, weights = _places(drifts, first=first, bounds=bounds, allocation=allocation)
    combined = _deviates(z, allocation=allocation)
    early, stopped = combined >= bounds.upper[0], combined <= bounds.lower[0]
    known, new = stage_weights(bounds.information_fractions)
    bound = (bounds.upper[1] - known * combined) / new
    selected, rejected, at_first, given_up = [], [], 0.0, 0.0
    for arm, drift in enumerate(drifts):
        mass = weights * best_density(
            z, arm=arm, means=tuple(d * sqrt(first) for d in drifts), allocation=allocation
        )
        later = mass * ~early * ~stopped * ndtr(drift * sqrt(added) - bound)
        selected.append(float(mass.sum()))
        rejected.append(float((mass * early).sum() + later.sum()))
        at_first += float((mass * early).sum())
        given_up += float((mass * stopped).sum())
    return SelectionCourse(
        selected=tuple(selected),
        rejected=tuple(rejected),
        early=at_first,
        given_up=given_up,
        power=sum(rejected),
    )


def _first(bounds: Bounds, *, allocation: tuple[float, ...], drifts: tuple[float, ...]) -> float:
    """Return the information of the first stage, once all of it can be meant."""
    refuse_fractions(bounds.information_fractions)
    if len(bounds.upper) != 2 or len(allocation) < 2:
        raise bad_input(
            "the best of two arms or more is chosen at the first of two looks",
            where="bounds, allocation",
            got=f"{len(bounds.upper)} looks, {len(allocation)} arms",
            fix="bounds at (0.5, 1.0), allocation (1.0, 1.0)",
        )
    refuse_arms(allocation, drifts=drifts)
    return bounds.information_fractions[0]


def _places(
    drifts: tuple[float, ...], *, first: float, bounds: Bounds, allocation: tuple[float, ...]
) -> tuple[FloatArray, FloatArray]:
    """Return places of the best Z and quadrature weights, cut where the first look decides."""
    root = sqrt(first)
    start, stop = min(drifts) * root - REACH, max(drifts) * root + REACH
    edges = (
        _z_of_deviate(bound, allocation=allocation, near=stop)
        for bound in (bounds.lower[0], bounds.upper[0])
        if isfinite(bound)
    )
    inner = (edge for edge in edges if start < edge < stop)
    cuts = np.unique([*np.arange(start, stop, LONGEST).tolist(), stop, *inner])
    half = np.diff(cuts)[:, np.newaxis] / 2
    z = (cuts[:-1, np.newaxis] + half * (1 + _UNIT)).reshape(-1)
    return z, (half * _WEIGHTS).reshape(-1)


def _deviates(z: FloatArray, *, allocation: tuple[float, ...]) -> FloatArray:
    """Return the normal deviate of Dunnett's p-value at each of some Z."""
    p = [dunnett_p_value(at, allocation=allocation) for at in z.tolist()]
    found: FloatArray = -ndtri(np.array(p))
    return found


def _z_of_deviate(deviate: float, *, allocation: tuple[float, ...], near: float) -> float:
    """Return the largest Z whose Dunnett p-value has a normal deviate, by halving."""
    low, high = -REACH - abs(near), REACH + abs(near) + abs(deviate)
    target = float(ndtr(-deviate))
    for _ in range(80):
        middle = (low + high) / 2
        larger = dunnett_p_value(middle, allocation=allocation) > target
        low, high = (middle, high) if larger else (low, middle)
    return high


@np.errstate(under="ignore")
def best_density(
    z: FloatArray, *, arm: int, means: tuple[float, ...], allocation: tuple[float, ...]
) -> FloatArray:
    """Return the density of an arm's Z among trials in which it is the best."""
    control = REACH * _CONTROL
    density = np.tile(np.exp(-(control**2) / 2) / ROOT_TWO_PI, (z.size, 1))
    for other, (mean, share) in enumerate(zip(means, allocation, strict=True)):
        loading = control_loading(share)
        spread = sqrt(1 - loading**2)
        at = (z[:, np.newaxis] - mean - loading * control) / spread
        if other == arm:
            density *= np.exp(-(at**2) / 2) / (ROOT_TWO_PI * spread)
        else:
            density *= ndtr(at)
    found: FloatArray = density @ (REACH * _CONTROL_WEIGHTS)
    return found


def _refuse_rule(*, good: bool, where: str, got: float) -> None:
    if not good:
        raise bad_input("a rule of choice lets some arm go on", where=where, got=got, fix="1")
