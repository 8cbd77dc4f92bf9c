"""Sizes re-estimated without unblinding: from the variance, or the rate, of all subjects alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha
from equipoise.design.one_arm.binomial_arm import binomial_masses

FloatArray = npt.NDArray[np.float64]

TIE = 1e-10
"""Statistics this near to the critical value have reached it; rounding must not decide."""

MOST = 2000
"""Subjects of one arm up to which all tables are gone through."""


class BlindedVariance(StrEnum):
    """What is taken out of the variance of both arms together."""

    LUMPED = "lumped"
    """Nothing: a little too large when there is an effect, which errs on the side of power."""

    ADJUSTED = "adjusted"
    """What the assumed effect adds to it; too small when there is none."""


class HeldEffect(StrEnum):
    """Which measure of the effect is held as assumed while the rates move."""

    DIFFERENCE = "difference"
    RATIO = "ratio"
    ODDS_RATIO = "odds_ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRates:
    """Rates of the two arms that a blinded rate and an assumed effect make likely."""

    control: float
    experimental: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedRatesPlan:
    """A comparison of two rates whose size follows from all successes of a first part.

    Attributes
    ----------
    first : int
        Subjects of each arm in the first part.
    size_of : callable
        From the successes of both arms in it, subjects of each arm in all; at least ``first``.
    alpha_one_sided : float
        Nominal error of the final chi-square test.
    """

    first: int
    size_of: Callable[[int], int]
    alpha_one_sided: float

    def __post_init__(self) -> None:
        """Refuse a first part without subjects."""
        refuse_alpha(self.alpha_one_sided)
        if not 1 <= self.first <= MOST:
            raise bad_input(
                f"the first part has 1 to {MOST} subjects in each arm",
                where="first",
                got=self.first,
                fix="half of the planned size",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedRatesCourse:
    """What such a trial does.

    Attributes
    ----------
    power : float
        Exact probability of rejecting; the type I error when the rates are equal.
    expected_subjects : float
        Mean number of subjects of each arm.
    """

    power: float
    expected_subjects: float


def blinded_variance(
    pooled_variance: float,
    *,
    subjects: int,
    effect: float,
    allocation: float = 1.0,
    method: BlindedVariance = BlindedVariance.LUMPED,
) -> float:
    r"""Return the variance within an arm, from that of both arms together.

    With share :math:`\pi = r / (1 + r)` of experimental subjects, the one-sample variance of n
    subjects exceeds the variance within arms by :math:`\pi (1 - \pi) \Delta^2 n / (n - 1)` on
    average.

    Parameters
    ----------
    pooled_variance : float
        One-sample variance of all subjects, divisor n - 1.
    subjects : int
        n, at least 2.
    effect : float
        Assumed difference of means.
    allocation : float
        r, experimental subjects for one control subject.
    method : BlindedVariance
        Whether the assumed difference is taken out.

    Raises
    ------
    BadInput
        For a variance that is not above 0 (before or after), fewer than 2 subjects, and an
        allocation not above 0.

    References
    ----------
    Gould and Shih 1992, doi:10.1080/03610929208830947; Kieser and Friede 2003,
    doi:10.1002/sim.1585.
    """
    _refuse_allocation(allocation)
    if subjects < 2 or not isfinite(effect):
        raise bad_input(
            "two subjects have a variance, and an effect is a finite number",
            where="subjects, effect",
            got=f"{subjects}, {effect}",
            fix="100 and 0.5",
        )
    share = allocation / (1 + allocation)
    match method:
        case BlindedVariance.LUMPED:
            within = pooled_variance
        case BlindedVariance.ADJUSTED:
            between = share * (1 - share) * effect**2
            within = pooled_variance - between * subjects / (subjects - 1)
        case _:
            assert_never(method)
    if not 0 < within < inf:
        raise bad_input(
            "a variance within arms is above 0",
            where="pooled_variance",
            got=f"{within:.4g} of {pooled_variance}",
            fix="the lumped variance, or a smaller assumed effect",
        )
    return within


def blinded_rates(
    pooled_rate: float, *, effect: float, held: HeldEffect, allocation: float = 1.0
) -> ArmRates:
    r"""Return the rates of the arms that a pooled rate and an assumed effect make likely.

    They solve :math:`\pi p_E + (1 - \pi) p_C = \bar p` with the effect as assumed.

    Parameters
    ----------
    pooled_rate : float
        Share of successes among all subjects, between 0 and 1.
    effect : float
        Assumed difference, ratio or odds ratio, experimental against control.
    held : HeldEffect
        Which of them.
    allocation : float
        Experimental subjects for one control subject.

    Raises
    ------
    BadInput
        For rates that would leave (0, 1), a ratio not above 0, and an allocation not above 0.

    References
    ----------
    Gould 1992, doi:10.1002/sim.4780110107.
    """
    _refuse_allocation(allocation)
    share = allocation / (1 + allocation)
    ratio = held is not HeldEffect.DIFFERENCE
    if not 0 < pooled_rate < 1 or not isfinite(effect) or (ratio and effect <= 0):
        raise bad_input(
            "a rate lies between 0 and 1, and a ratio is above 0",
            where="pooled_rate, effect",
            got=f"{pooled_rate}, {held} {effect}",
            fix="0.4 and a difference of 0.2",
        )
    match held:
        case HeldEffect.DIFFERENCE:
            control = pooled_rate - share * effect
            experimental = control + effect
        case HeldEffect.RATIO:
            control = pooled_rate / (1 + share * (effect - 1))
            experimental = control * effect
        case HeldEffect.ODDS_RATIO:
            control = _control_of_odds(pooled_rate, odds_ratio=effect, share=share)
            experimental = _moved(control, odds_ratio=effect)
        case _:
            assert_never(held)
    if not (0 < control < 1 and 0 < experimental < 1):
        raise bad_input(
            "the rates of both arms lie between 0 and 1",
            where="effect",
            got=f"{control:.4g} and {experimental:.4g}",
            fix="an effect that the pooled rate allows, or an odds ratio",
        )
    return ArmRates(control=control, experimental=experimental)


def blinded_hazards(
    events: int, *, time_at_risk: float, hazard_ratio: float, allocation: float = 1.0
) -> ArmRates:
    r"""Return the hazards of the arms that all events and a hazard ratio make likely.

    Events are shared by hazard times time at risk, which is taken as in proportion to the arms:
    :math:`\lambda_C = \bar\lambda / (1 + \pi (h - 1))`. That holds while few have had the event;
    later the better arm has more time at risk, and both hazards come out a little low.

    Parameters
    ----------
    events : int
        Of both arms.
    time_at_risk : float
        Of both arms, in months for hazards per month.
    hazard_ratio : float
        Assumed, experimental over control.
    allocation : float
        Experimental subjects for one control subject.

    Raises
    ------
    BadInput
        For no events, no time at risk, and ratios not above 0.
    """
    _refuse_allocation(allocation)
    if events < 1 or not 0 < time_at_risk < inf or not 0 < hazard_ratio < inf:
        raise bad_input(
            "there are events and time at risk, and a hazard ratio above 0",
            where="events, time_at_risk, hazard_ratio",
            got=f"{events}, {time_at_risk}, {hazard_ratio}",
            fix="40 events in 600 months, hazard ratio 0.6",
        )
    share = allocation / (1 + allocation)
    control = events / time_at_risk / (1 + share * (hazard_ratio - 1))
    return ArmRates(control=control, experimental=control * hazard_ratio)


def blinded_size(
    planned: float, *, assumed_variance: float, seen_variance: float, least: float, most: float
) -> float:
    """Return the planned size times seen over assumed variance, between two limits.

    Parameters
    ----------
    planned : float
        Planned size, subjects of the trial or of an arm.
    assumed_variance, seen_variance : float
        Variance within arms: of a mean, or p (1 - p) of a rate.
    least, most : float
        Limits of the size.

    Raises
    ------
    BadInput
        For numbers that are not above 0, and limits that do not rise.
    """
    numbers = (planned, assumed_variance, seen_variance, least)
    if not all(0 < number < inf for number in numbers) or not least <= most < inf:
        raise bad_input(
            "sizes and variances are above 0, and limits rise",
            where="planned, assumed_variance, seen_variance, least, most",
            got=(*numbers, most),
            fix="limits of 1 and 2 times the planned size",
        )
    return min(max(planned * seen_variance / assumed_variance, least), most)


@np.errstate(under="ignore")
def blinded_rates_course(plan: BlindedRatesPlan, *, rates: ArmRates) -> BlindedRatesCourse:
    r"""Return exact power and mean size of a comparison of two rates sized while blinded.

    All tables are gone through: given s successes in the first part, the successes of each arm in
    it are known in probability, and those added are binomial. The final test rejects when

    .. math:: \frac{\hat p_E - \hat p_C}{\sqrt{2 \bar p (1 - \bar p) / n}} \ge z_{1 - \alpha}

    Parameters
    ----------
    plan : BlindedRatesPlan
        First part, rule and error; arms of equal size.
    rates : ArmRates
        True rates; equal ones for the type I error.

    Raises
    ------
    BadInput
        For rates outside (0, 1), and a rule that takes subjects back or asks for too many.

    References
    ----------
    Friede and Kieser 2004, doi:10.1002/pst.140.
    """
    if not (0 < rates.control < 1 and 0 < rates.experimental < 1):
        raise bad_input("a rate lies between 0 and 1", where="rates", got=rates, fix="0.4")
    first = plan.first
    control, experimental = (
        binomial_masses(first, rate=rate) for rate in (rates.control, rates.experimental)
    )
    power = size = 0.0
    for successes in range(2 * first + 1):
        at = np.arange(max(0, successes - first), min(first, successes) + 1)
        chances = control[at] * experimental[successes - at]
        whole = _whole(plan, successes=successes)
        size += whole * float(chances.sum())
        added = whole - first
        worse = _spread(at, added=added, whole=whole, rate=rates.control)
        better = _spread(successes - at, added=added, whole=whole, rate=rates.experimental)
        table = (worse * chances[:, np.newaxis]).T @ better
        power += float(table[_rejects(whole, alpha_one_sided=plan.alpha_one_sided)].sum())
    return BlindedRatesCourse(power=power, expected_subjects=size)


def _spread(known: npt.NDArray[np.int64], *, added: int, whole: int, rate: float) -> FloatArray:
    """Return, for each number of successes so far, the probabilities of that in all."""
    masses = np.concatenate([binomial_masses(added, rate=rate), np.zeros(1)])
    more = np.arange(whole + 1) - known[:, np.newaxis]
    found: FloatArray = masses[np.where((more >= 0) & (more <= added), more, added + 1)]
    return found


def _rejects(size: int, *, alpha_one_sided: float) -> npt.NDArray[np.bool_]:
    """Return which tables (control, experimental) reject."""
    counts = np.arange(size + 1)
    gain = (counts - counts[:, np.newaxis]) / size
    rate = (counts + counts[:, np.newaxis]) / (2 * size)
    error = np.sqrt(2 * rate * (1 - rate) / size)
    rejects: npt.NDArray[np.bool_] = gain >= float(-ndtri(alpha_one_sided)) * error - TIE
    return rejects & (gain > 0)


def _whole(plan: BlindedRatesPlan, *, successes: int) -> int:
    whole = plan.size_of(successes)
    if not plan.first <= whole <= MOST:
        raise bad_input(
            f"a size is at least that of the first part, and at most {MOST}",
            where="size_of",
            got=f"{whole} after {successes} successes",
            fix="a rule with limits, as blinded_size has",
        )
    return whole


def _control_of_odds(pooled_rate: float, *, odds_ratio: float, share: float) -> float:
    def gap(control: float) -> float:
        mixed = share * _moved(control, odds_ratio=odds_ratio) + (1 - share) * control
        return mixed - pooled_rate

    return float(brentq(gap, 0.0, 1.0, xtol=1e-15))


def _moved(rate: float, *, odds_ratio: float) -> float:
    return odds_ratio * rate / (1 - rate + odds_ratio * rate)


def _refuse_allocation(allocation: float) -> None:
    if not 0 < allocation < inf:
        raise bad_input(
            "an allocation is above 0", where="allocation", got=allocation, fix="1 for 1:1"
        )
