"""How large a second stage is made after the first: promising zone, conditional power, a cap.

Everything is in shares of the planned maximum information: a trial planned for 442 subjects that
may grow to 884 has a cap of 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.conditional_power import GivenDrift
from equipoise.design.group_sequential.crossing import Bounds, refuse_fractions

FloatArray = npt.NDArray[np.float64]

HOPELESS = 1e-9
"""A drift below this asks for more than any cap."""


@dataclass(frozen=True, slots=True)
class ObservedTrend:
    """The effect taken as true is the one estimated at the look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisingZone:
    """The second stage grows only when the result is promising (Mehta and Pocock).

    Attributes
    ----------
    least_power : float
        Conditional power, by the trend and as planned, from which a result is promising;
        `least_promising_power` finds the one that keeps the error of the pooled test.
    target_power : float
        Conditional power by the trend that is aimed at; from it on, a result is favourable and
        the plan is kept.
    most : float
        Cap of the information over the plan, above 1.

    Raises
    ------
    BadInput
        For powers that do not rise between 0 and 1, and a cap not above 1.
    """

    least_power: float
    target_power: float
    most: float

    def __post_init__(self) -> None:
        """Refuse a zone that is none."""
        if not 0 < self.least_power < self.target_power < 1:
            raise bad_input(
                "a promising conditional power is below the one aimed at",
                where="least_power, target_power",
                got=f"{self.least_power}, {self.target_power}",
                fix="0.36 and 0.8",
            )
        if not 1 < self.most < inf:
            raise bad_input("a cap is above the plan", where="most", got=self.most, fix="2")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalPowerSize:
    """The second stage has the size of a conditional power, between two limits.

    Attributes
    ----------
    target_power : float
        Conditional power aimed at.
    under : GivenDrift or ObservedTrend
        Effect taken as true: a drift is the mean of Z at the planned end.
    least, most : float
        Limits of the information in all, over the plan.

    Raises
    ------
    BadInput
        For a power outside (0, 1), limits that do not rise, and an effect not above 0.
    """

    target_power: float
    under: GivenDrift | ObservedTrend
    least: float
    most: float

    def __post_init__(self) -> None:
        """Refuse limits that leave nothing."""
        if not 0 < self.target_power < 1:
            raise bad_input(
                "a power lies between 0 and 1",
                where="target_power",
                got=self.target_power,
                fix="0.9",
            )
        if not 0 < self.least <= self.most < inf:
            raise bad_input(
                "limits rise from above 0",
                where="least, most",
                got=f"{self.least}, {self.most}",
                fix="1 and 2",
            )
        if isinstance(self.under, GivenDrift) and self.under.drift <= 0:
            raise bad_input(
                "an effect to be found is above 0",
                where="under",
                got=self.under.drift,
                fix="the drift of the planned effect",
            )


SizeRule = PromisingZone | ConditionalPowerSize


def first_stage(bounds: Bounds) -> float:
    """Return the information of the first stage over the plan."""
    return bounds.information_fractions[0]


def information_at(z: FloatArray, *, bounds: Bounds, rule: SizeRule) -> FloatArray:
    """Return the information in all at each Z."""
    first = first_stage(bounds)
    left = (bounds.upper[1] - sqrt(first) * z) / sqrt(1 - first)
    wanted = np.maximum(left + float(ndtri(rule.target_power)), 0.0)
    trend = z / sqrt(first)
    match rule:
        case PromisingZone(least_power=least_power, target_power=target, most=most):
            power = ndtr(trend * sqrt(1 - first) - left)
            needed = np.minimum(first + _squared_ratio(wanted, trend), most)
            promising = (power >= least_power) & (power < target)
            found: FloatArray = np.where(promising, np.maximum(needed, 1.0), 1.0)
            return found
        case ConditionalPowerSize(under=GivenDrift(drift=drift), least=least, most=most):
            needed = first + (wanted / drift) ** 2
        case ConditionalPowerSize(least=least, most=most):
            needed = first + _squared_ratio(wanted, trend)
        case _:
            assert_never(rule)
    limited: FloatArray = np.clip(needed, least, most)
    return limited


def _squared_ratio(wanted: FloatArray, effect: FloatArray) -> FloatArray:
    """Return what a conditional power needs; without an effect in favour, more than any cap."""
    seen = effect > HOPELESS
    found: FloatArray = np.where(seen, wanted / np.where(seen, effect, 1.0), np.inf) ** 2
    return found


def rule_turns(bounds: Bounds, *, rule: SizeRule) -> tuple[float, ...]:
    """Return the values of Z at which the rule turns from one of its parts to another."""
    first, critical = first_stage(bounds), bounds.upper[1]
    left, root = sqrt(1 - first), sqrt(first)
    deviate = float(ndtri(rule.target_power))

    def trend_needs(whole: float) -> float:
        growth = sqrt((whole - first) / first)
        return (critical / left + deviate) / (growth + root / left)

    match rule:
        case PromisingZone(least_power=least, target_power=target, most=most):
            edges = (trend_z(bounds, power=least), trend_z(bounds, power=target))
            return (*edges, trend_needs(most))
        case ConditionalPowerSize(under=GivenDrift(drift=drift), least=low, most=high):
            needs = (sqrt(whole - first) * drift - deviate for whole in (low, high))
            return tuple((critical - left * need) / root for need in needs)
        case ConditionalPowerSize(least=low, most=high):
            return trend_needs(low), trend_needs(high), 0.0
        case _:
            assert_never(rule)


def trend_z(bounds: Bounds, *, power: float) -> float:
    """Return the Z whose conditional power by the trend is this."""
    first = first_stage(bounds)
    return sqrt(first) * (bounds.upper[1] + sqrt(1 - first) * float(ndtri(power)))


def refuse_two_stages(bounds: Bounds, *, rule: SizeRule) -> None:
    """Refuse bounds of other than two looks, and a second stage that adds nothing."""
    refuse_fractions(bounds.information_fractions)
    if len(bounds.upper) != 2 or not isfinite(bounds.upper[1]):
        raise bad_input(
            "a second stage is sized after the first of two looks",
            where="bounds",
            got=f"{len(bounds.upper)} looks, the last bound at {bounds.upper[-1]}",
            fix="adapt_rest for a new rest with more looks",
        )
    if isinstance(rule, ConditionalPowerSize) and rule.least <= first_stage(bounds):
        raise bad_input(
            "the second stage adds something",
            where="least",
            got=f"{rule.least}, of which the first stage has {first_stage(bounds)}",
            fix="1, the plan",
        )
