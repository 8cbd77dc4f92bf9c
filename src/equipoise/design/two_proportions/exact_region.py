"""Exact tests of two proportions before the trial: which results reject, and how often they come.

A region is a table over the numbers of successes of both arms; its size is the largest chance of
rejecting at any pair of rates of the null hypothesis. A success is what the experimental arm
should have more of; for a harm count the subjects without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, pi, sin
from typing import assert_never

import numpy as np
from scipy.special import ndtri, xlog1py, xlogy

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_masses
from equipoise.design.two_proportions.goal import RiskDifference, TwoRates
from equipoise.design.two_proportions.null_rates import null_rates
from equipoise.stats.numerics.columns import BoolArray, FloatArray, freeze
from equipoise.stats.numerics.grid_maximum import grid_maximum
from equipoise.stats.proportions.conditional import (
    hypergeometric_successes,
    log_choose,
    no_more_likely,
)
from equipoise.stats.proportions.fourfold import Continuity

HAIR = 1e-9
"""Share by which rounding may miss an alpha that a p-value meets exactly, as 1/3."""

SAME_Z = 1e-9
"""Values of Z this near are one; results that tie are rejected together or not at all."""

GRID = 512
"""Rates at which the chance of rejecting is looked at before it is refined."""

LARGEST = 1000
"""Subjects of an arm beyond which the table of all results is not laid out."""


class FisherTail(StrEnum):
    """What Fisher's test adds to the chance of the table seen."""

    ONE_SIDED = "one_sided"
    """Tables with more experimental successes."""

    BY_CHANCE = "by_chance"
    """Every table that is no more likely, on either side (R, clinfun, lrstat)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fisher:
    """Fisher's exact test, given the margins; alpha is of one side or two, as the tail is."""

    tail: FisherTail = FisherTail.ONE_SIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Boschloo:
    """The largest region ordered by Fisher's one-sided p-value whose size is within alpha."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactScore:
    """The largest region ordered by the score Z whose size is within alpha (Barnard's kind).

    Attributes
    ----------
    null : float
        Difference of the rates under the null hypothesis, inside (-1, 1): 0, or a margin.
    """

    null: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquare:
    """The test with the normal boundary, whose size may be above alpha.

    Attributes
    ----------
    null : float
        Difference of the rates under the null hypothesis, inside (-1, 1).
    continuity : Continuity
        Whether the difference is drawn towards its null value.
    """

    null: float = 0.0
    continuity: Continuity = Continuity.NONE


ExactRule = Fisher | Boschloo | ExactScore | ChiSquare


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSizes:
    """Subjects of the two arms, each at least 1."""

    control: int
    experimental: int

    def __post_init__(self) -> None:
        """Refuse arms that are no whole numbers of subjects."""
        for name, n in (("control", self.control), ("experimental", self.experimental)):
            if not isinstance(n, int) or n < 1:
                what = "an arm has at least 1 subject, a whole number"
                raise bad_input(what, where=name, got=n, fix="50")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RejectionRegion:
    """The results with which a test rejects.

    Attributes
    ----------
    rejects : BoolArray, shape (experimental + 1, control + 1)
        Whether so many experimental and control successes reject; read-only.
    size : float
        Largest chance of rejecting under the null hypothesis.
    worst_control_rate : float
        Control rate where it is largest.
    critical_z : float or None
        Smallest Z that rejects, of tests ordered by Z; infinite when none does.
    alpha : float
        Error asked for.
    rule : ExactRule
        The test.
    """

    rejects: BoolArray
    size: float
    worst_control_rate: float
    critical_z: float | None
    alpha: float
    rule: ExactRule


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _NullRates:
    """Chances of the counts of both arms on a grid of rates of the null hypothesis.

    Attributes
    ----------
    null : float
        Difference of the rates.
    angles : FloatArray, shape (m,)
        Arcsine of the root of the control rate, stretched over its range.
    control, experimental : FloatArray, shape (m, subjects + 1)
        Binomial masses.
    """

    null: float
    angles: FloatArray
    control: FloatArray
    experimental: FloatArray


def rejection_region(arms: ArmSizes, *, rule: ExactRule, alpha: float) -> RejectionRegion:
    r"""Return the results with which a test rejects, and its exact size.

    .. math:: size = \max_{p_C} \sum_{(x_E, x_C) \in R} b(x_E; n_E, p_C + d_0)\, b(x_C; n_C, p_C)

    found on a grid of 512 rates, even in the arcsine, and refined around every peak near it.
    `Boschloo` and `ExactScore` take the largest region of their order whose size is within alpha,
    by halving over the distinct values that order the results.

    Parameters
    ----------
    arms : ArmSizes
        Subjects.
    rule : ExactRule
        `Fisher`, `Boschloo`, `ExactScore` or `ChiSquare`.
    alpha : float
        One-sided error, inside (0, 0.5); that of both sides for `FisherTail.BY_CHANCE`.

    Raises
    ------
    BadInput
        For an error or a margin out of range, and more than 1000 subjects in an arm.

    References
    ----------
    Fisher 1935, doi:10.2307/2342435; Boschloo 1970, doi:10.1111/j.1467-9574.1970.tb00104.x;
    Suissa and Shuster 1985, doi:10.2307/2981892; Chan 1998 (margins),
    doi:10.1002/(SICI)1097-0258(19980630)17:12<1403::AID-SIM834>3.0.CO;2-Y.
    """
    if not 0 < alpha < 0.5:
        raise bad_input("an error lies between 0 and 0.5", where="alpha", got=alpha, fix="0.025")
    if max(arms.control, arms.experimental) > LARGEST:
        what = f"the table of all results is laid out for up to {LARGEST} subjects in an arm"
        raise bad_input(what, where="arms", got=arms, fix="use two_proportion_power")
    critical, null = None, _null_rates_of(arms, null=rule_null(rule))
    match rule:
        case Fisher():
            rejects = fisher_p_values(arms, tail=rule.tail) <= alpha * (1 + HAIR)
        case Boschloo():
            order = -np.log(np.maximum(fisher_p_values(arms, tail=FisherTail.ONE_SIDED), 1e-300))
            rejects, _ = _largest_within(order, alpha=alpha, null=null)
        case ExactScore():
            order = _score(arms, null=rule.null)
            rejects, critical = _largest_within(order, alpha=alpha, null=null)
        case ChiSquare():
            z = _score(arms, null=rule.null, continuity=rule.continuity)
            critical = float(-ndtri(alpha))
            rejects = z >= critical - SAME_Z
        case _:
            assert_never(rule)
    size, rate = _size(rejects, null=null)
    freeze(rejects)
    return RejectionRegion(
        rejects=rejects,
        size=size,
        worst_control_rate=rate,
        critical_z=critical,
        alpha=alpha,
        rule=rule,
    )


def rule_null(rule: ExactRule) -> float:
    """Return the difference of the rates under the null hypothesis of a test.

    Raises
    ------
    BadInput
        For a margin outside (-1, 1).
    """
    null = rule.null if isinstance(rule, ExactScore | ChiSquare) else 0.0
    if not -1 < null < 1:
        what = "a margin of a difference lies between -1 and 1"
        raise bad_input(what, where="null", got=null, fix="-0.1")
    return null


def exact_power(region: RejectionRegion, *, rates: TwoRates) -> float:
    """Return the exact chance of rejecting at two rates, by adding up all results of the region.

    Parameters
    ----------
    region : RejectionRegion
        The results with which the test rejects.
    rates : TwoRates
        True rates.
    """
    experimental, control = (side - 1 for side in region.rejects.shape)
    inner = region.rejects @ binomial_masses(control, rate=rates.control)
    return float(binomial_masses(experimental, rate=rates.experimental) @ inner)


def fisher_p_values(arms: ArmSizes, *, tail: FisherTail) -> FloatArray:
    """Return Fisher's p-value of every result, shape (experimental + 1, control + 1).

    Parameters
    ----------
    arms : ArmSizes
        Subjects.
    tail : FisherTail
        What is added to the chance of the table seen.
    """
    p_values = np.empty((arms.experimental + 1, arms.control + 1))
    for successes in range(arms.experimental + arms.control + 1):
        low, chance = _hypergeometric(arms, successes=successes)
        match tail:
            case FisherTail.ONE_SIDED:
                p_value = np.cumsum(chance[::-1])[::-1]
            case FisherTail.BY_CHANCE:
                p_value = no_more_likely(chance)
            case _:
                assert_never(tail)
        experimental = np.arange(low, low + chance.size)
        p_values[experimental, successes - experimental] = p_value
    return p_values


@np.errstate(under="ignore")
def _hypergeometric(arms: ArmSizes, *, successes: int) -> tuple[int, FloatArray]:
    """Return the fewest experimental successes given all successes, and the chances from there."""
    low, ways = hypergeometric_successes(arms.experimental, arms.control, successes=successes)
    chance = np.exp(ways - ways.max())
    shares: FloatArray = chance / chance.sum()
    return low, shares


def _score(arms: ArmSizes, *, null: float, continuity: Continuity = Continuity.NONE) -> FloatArray:
    """Return the score Z of every result; where the variance is 0 the difference is null, Z is 0.

    The variance is taken at the rates most likely under the null hypothesis.
    """
    nearer = 1 / arms.control + 1 / arms.experimental
    experimental = np.arange(arms.experimental + 1.0)[:, np.newaxis] / arms.experimental
    control = np.arange(arms.control + 1.0)[np.newaxis, :] / arms.control
    first, second = null_rates(
        RiskDifference(null=null),
        control=control,
        experimental=experimental,
        allocation=arms.experimental / arms.control,
    )
    variance = first * (1 - first) / arms.control + second * (1 - second) / arms.experimental
    distance = experimental - control - null
    if continuity is Continuity.YATES:
        distance = np.sign(distance) * np.maximum(np.abs(distance) - nearer / 2, 0.0)
    known = variance > 1e-15
    certain = np.where(distance > 0, inf, -inf)
    with_infinite = np.where(np.abs(distance) < SAME_Z, 0.0, certain)
    scaled = distance / np.sqrt(np.where(known, variance, 1.0))
    z: FloatArray = np.where(known, scaled, with_infinite)
    return z


def _largest_within(
    order: FloatArray, *, alpha: float, null: _NullRates
) -> tuple[BoolArray, float]:
    """Return the largest region of results above a level whose size is within alpha."""
    values = np.unique(order)[::-1]
    with np.errstate(invalid="ignore"):  # infinite less infinite: results that tie
        apart = np.append(values[:-1] - values[1:] > SAME_Z, True)
    levels = values[apart]  # the smallest of each run of ties
    low, high = -1, len(levels) - 1  # all results together have a size of 1
    while high - low > 1:
        middle = (low + high) // 2
        size, _ = _size(order >= levels[middle], null=null)
        low, high = (middle, high) if size <= alpha else (low, middle)
    if low < 0:
        return np.zeros(order.shape, dtype=np.bool_), inf
    return order >= levels[low], float(levels[low])


def _null_rates_of(arms: ArmSizes, *, null: float) -> _NullRates:
    angles = np.linspace(0.0, pi / 2, GRID + 1)
    pairs = np.array([_rates_at(float(angle), null=null) for angle in angles])
    return _NullRates(
        null=null,
        angles=angles,
        control=_mass_table(arms.control, rates=pairs[:, 0]),
        experimental=_mass_table(arms.experimental, rates=pairs[:, 1]),
    )


@np.errstate(under="ignore")
def _mass_table(n: int, *, rates: FloatArray) -> FloatArray:
    """Return binomial masses at many rates, shape (rates, n + 1)."""
    counts = np.arange(n + 1.0)
    rate = rates[:, np.newaxis]
    logs = log_choose(n, counts) + xlogy(counts, rate) + xlog1py(n - counts, -rate)
    masses: FloatArray = np.exp(logs)
    return masses


def _rates_at(angle: float, *, null: float) -> tuple[float, float]:
    """Return the control and the experimental rate of the null hypothesis at an arcsine."""
    control = min(max(0.0, -null) + (1 - abs(null)) * sin(angle) ** 2, 1.0)
    return control, min(max(control + null, 0.0), 1.0)


def _size(rejects: BoolArray, *, null: _NullRates) -> tuple[float, float]:
    """Return the largest chance of a region under the null hypothesis, and the control rate."""
    weights = rejects.astype(np.float64)
    experimental, control = (side - 1 for side in rejects.shape)

    def reached(angle: float) -> float:
        first, second = _rates_at(angle, null=null.null)
        inner = weights @ binomial_masses(control, rate=first)
        return float(binomial_masses(experimental, rate=second) @ inner)

    heights = np.einsum("ij,ij->i", null.experimental @ weights, null.control)
    size, angle = grid_maximum(reached, points=null.angles, heights=heights)
    return size, _rates_at(angle, null=null.null)[0]
