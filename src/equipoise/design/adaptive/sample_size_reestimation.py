"""What a trial does whose second stage is sized by its first: error, power and size, exactly.

Everything is in shares of the planned maximum information, as in `size_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, sqrt
from typing import assert_never

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.size_rules import (
    FloatArray,
    PromisingZone,
    SizeRule,
    first_stage,
    information_at,
    refuse_two_stages,
    rule_turns,
    trend_z,
)
from equipoise.design.group_sequential.crossing import Bounds

REACH = 8.3
"""Standard deviations beyond which a first stage is not looked for."""

_UNIT, _WEIGHTS = np.polynomial.legendre.leggauss(48)
LONGEST = 2.0
"""Stretches of Z are cut into pieces at most this long; the integrand is smooth in each."""

HAIR = 1e-6


class FinalTest(StrEnum):
    """How the last look tests."""

    COMBINATION = "combination"
    """Stages weighed as planned (inverse normal, Cui-Hung-Wang): the error is kept by any rule."""

    POOLED = "pooled"
    """All data alike, at the planned bound: the error is what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReestimationCourse:
    """What a trial with a re-estimated second stage does under one effect.

    Attributes
    ----------
    power : float
        Probability of rejecting; the type I error for a drift of 0.
    early_rejection, early_futility : float
        Probability of stopping at the first look, in either way.
    changed : float
        Probability of a second stage of another size than planned.
    expected_information : float
        Mean information at the end, over the plan.
    """

    power: float
    early_rejection: float
    early_futility: float
    changed: float
    expected_information: float


def trend_conditional_power(bounds: Bounds, *, z: float) -> float:
    r"""Return the conditional power of the second look as planned, if the effect is as estimated.

    .. math:: \Phi\left(\frac{z / \sqrt t - c}{\sqrt{1 - t}}\right)

    Parameters
    ----------
    bounds : Bounds
        Two looks, at t and 1.
    z : float
        Z at the first.
    """
    first = first_stage(bounds)
    return float(ndtr((z / sqrt(first) - bounds.upper[1]) / sqrt(1 - first)))


def reestimated_information(bounds: Bounds, *, z: float, rule: SizeRule) -> float:
    r"""Return the information in all, over the plan, that a rule asks for after the first stage.

    The second stage adds

    .. math:: m = \left(\frac{a(z) + z_{\text{target}}}{\hat\theta}\right)^2, \qquad
              a(z) = \frac{c - \sqrt t z}{\sqrt{1 - t}}

    with :math:`\hat\theta = z / \sqrt t` for the trend, or the drift given, so that the
    combination test has the conditional power aimed at; then the limits.

    Parameters
    ----------
    bounds : Bounds
        Two looks, at t and 1; the first did not stop the trial.
    z : float
        Z at the first.
    rule : SizeRule
        How to size the second stage.

    Raises
    ------
    BadInput
        For bounds of other than two looks, a Z that is no number, and limits within the first
        stage.

    References
    ----------
    Mehta and Pocock 2011, doi:10.1002/sim.4102; Cui, Hung and Wang 1999,
    doi:10.1111/j.0006-341X.1999.00853.x.
    """
    refuse_two_stages(bounds, rule=rule)
    if not isfinite(z):
        raise bad_input("a Z is a finite number", where="z", got=z, fix="1.2")
    return float(information_at(np.array([z]), bounds=bounds, rule=rule)[0])


def least_promising_power(bounds: Bounds, *, target_power: float, most: float) -> float:
    """Return the conditional power from which growing never raises the error of the pooled test.

    Where the pooled bound on the second stage is not below that of the combination test, growing
    is conservative.

    Parameters
    ----------
    bounds : Bounds
        Two looks, at t and 1.
    target_power : float
        Conditional power aimed at, by the trend.
    most : float
        Cap of the information over the plan, above 1.

    Raises
    ------
    BadInput
        For bounds of other than two looks, and as `PromisingZone`.

    References
    ----------
    Mehta and Pocock 2011, doi:10.1002/sim.4102, table 1; Chen, DeMets and Lan 2004,
    doi:10.1002/sim.1719.
    """
    rule = PromisingZone(least_power=HAIR * target_power, target_power=target_power, most=most)
    refuse_two_stages(bounds, rule=rule)
    low, high = (trend_z(bounds, power=power) for power in (HAIR, target_power - HAIR))

    def room(z: float) -> float:
        at = np.array([z])
        added = information_at(at, bounds=bounds, rule=rule) - first_stage(bounds)
        pooled = _second_bound(at, added=added, bounds=bounds, test=FinalTest.POOLED)
        combined = _second_bound(at, added=added, bounds=bounds, test=FinalTest.COMBINATION)
        return float((pooled - combined)[0])

    return trend_conditional_power(bounds, z=float(brentq(room, low, high, xtol=1e-13)))


def reestimation_course(
    bounds: Bounds, *, rule: SizeRule, drift: float, test: FinalTest
) -> ReestimationCourse:
    r"""Return what the trial does under an effect, by quadrature over the first stage.

    .. math:: P(Z_1 \ge b_1) + \int_{a_1}^{b_1} \phi(z - \delta \sqrt t) \,
              \Phi\left(\delta \sqrt{m(z)} - c(z)\right) dz

    with m what the rule adds, and c the bound on the second stage that the test has left; the
    absolute error is below 1e-10.

    Parameters
    ----------
    bounds : Bounds
        Two looks, at t and 1. The lower bound of the first look is obeyed.
    rule : SizeRule
        How the second stage is sized.
    drift : float
        Mean of Z at the planned end; 0 for the type I error.
    test : FinalTest
        How the last look tests.

    Raises
    ------
    BadInput
        For bounds of other than two looks, a drift that is no number, and limits within the first
        stage.
    """
    refuse_two_stages(bounds, rule=rule)
    if not isfinite(drift):
        raise bad_input("a drift is a finite number", where="drift", got=drift, fix="2.8")
    first = first_stage(bounds)
    mean = drift * sqrt(first)
    z, mass = _nodes(bounds, rule=rule, mean=mean)
    whole = information_at(z, bounds=bounds, rule=rule)
    added = whole - first
    short = _second_bound(z, added=added, bounds=bounds, test=test) - drift * np.sqrt(added)
    early, given_up = float(ndtr(mean - bounds.upper[0])), float(ndtr(bounds.lower[0] - mean))
    return ReestimationCourse(
        power=early + float(mass @ ndtr(-short)),
        early_rejection=early,
        early_futility=given_up,
        changed=float(mass @ (np.abs(whole - 1) > HAIR)),
        expected_information=first * (early + given_up) + float(mass @ whole),
    )


def _second_bound(
    z: FloatArray, *, added: FloatArray, bounds: Bounds, test: FinalTest
) -> FloatArray:
    """Return the bound that is left for the Z of the second stage alone."""
    first, critical = first_stage(bounds), bounds.upper[1]
    match test:
        case FinalTest.COMBINATION:
            found: FloatArray = (critical - sqrt(first) * z) / sqrt(1 - first)
        case FinalTest.POOLED:
            found = (critical * np.sqrt(first + added) - sqrt(first) * z) / np.sqrt(added)
        case _:
            assert_never(test)
    return found


@np.errstate(under="ignore")
def _nodes(bounds: Bounds, *, rule: SizeRule, mean: float) -> tuple[FloatArray, FloatArray]:
    """Return where the first stage is looked at among trials that go on, and its mass there."""
    start, stop = max(bounds.lower[0], mean - REACH), min(bounds.upper[0], mean + REACH)
    if not start < stop:
        return np.zeros(1), np.zeros(1)
    turns = (z for z in rule_turns(bounds, rule=rule) if start < z < stop)
    steps = np.arange(start, stop, LONGEST)
    cuts = np.unique([start, stop, *steps.tolist(), *turns])
    half = np.diff(cuts)[:, np.newaxis] / 2
    z = (cuts[:-1, np.newaxis] + half * (1 + _UNIT)).reshape(-1)
    density = np.exp(-0.5 * (z - mean) ** 2) / sqrt(2 * np.pi)
    return z, (half * _WEIGHTS).reshape(-1) * density
