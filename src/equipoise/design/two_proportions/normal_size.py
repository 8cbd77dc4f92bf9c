"""Size, power and detectable rate of a chi-square or score test of two proportions, by formula."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log, sqrt
from typing import assert_never

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_power, refuse_subjects
from equipoise.design.two_proportions.cautions import count_cautions
from equipoise.design.two_proportions.goal import (
    Effect,
    NullVariance,
    OddsRatio,
    ProportionTest,
    RiskDifference,
    RiskRatio,
    TwoRates,
    shares,
)
from equipoise.design.two_proportions.null_rates import null_rates
from equipoise.stats.numerics.root import root
from equipoise.stats.proportions.fourfold import Continuity

HAIR = 1e-9
"""Subjects by which a size may exceed a whole number through rounding alone."""

EDGE = 1e-9
"""Distance from 0 and 1 at which rates are no longer told apart from them."""

STEPS = 201
"""Rates tried between the null hypothesis and certainty before one is refined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionMoments:
    """What a test sees with one subject: it grows with the root of the subjects of both arms.

    Attributes
    ----------
    gain : float
        Distance of the effect from its null value, positive when the experimental arm is better.
    null_deviation : float
        Standard deviation that the statistic divides by.
    deviation : float
        True standard deviation.
    correction : float
        What the continuity correction takes from the gain, times the subjects.
    """

    gain: float
    null_deviation: float
    deviation: float
    correction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoProportionSize:
    """Subjects of a comparison of two proportions.

    Attributes
    ----------
    subjects : float
        Of both arms, not rounded.
    control, experimental, enrolled_control, enrolled_experimental : int
        Each arm rounded up, and enlarged for the share that is lost.
    attained_power : float
        By the same formula, at the whole numbers.
    rates, test
        As assumed.
    warnings : tuple of str
        Where the formula misleads.
    """

    subjects: float
    control: int
    experimental: int
    enrolled_control: int
    enrolled_experimental: int
    attained_power: float
    rates: TwoRates
    test: ProportionTest
    warnings: tuple[str, ...]


def size_two_proportions(
    rates: TwoRates,
    *,
    test: ProportionTest,
    power: float,
    allocation: float = 1.0,
    lost: float = 0.0,
) -> TwoProportionSize:
    r"""Return the subjects that a test needs.

    .. math:: \sqrt N \delta - \frac{c}{\sqrt N} = z_{1-\alpha} \sigma_0 + z_{power} \sigma_1,
              \qquad \sigma^2 = \frac{v_E}{s_E} + \frac{v_C}{s_C}

    where s are the shares of the arms and, with :math:`v = p q`,

    =============== ============================ ================================
    effect          :math:`\delta`               v of control, of experimental
    =============== ============================ ================================
    difference      :math:`p_E - p_C - d_0`      v, v
    ratio           :math:`p_E - R_0 p_C`        :math:`R_0^2 v`, v
    odds ratio      :math:`\log OR - \log OR_0`  1/v, 1/v
    =============== ============================ ================================

    :math:`\sigma_1` is taken at the assumed rates and :math:`\sigma_0` where ``test.variance``
    says. Yates's correction has :math:`c = (1/s_E + 1/s_C) / 2`; else c is 0.

    Parameters
    ----------
    rates : TwoRates
        Assumed rates.
    test : ProportionTest
        Effect, margin, direction, error and variance.
    power : float
        Wanted power.
    allocation : float
        Experimental subjects for each control subject. (gsDesign counts the other way round.)
    lost : float
        Share of subjects without an outcome, from 0 to below 1; subjects are divided by 1 - lost.

    Raises
    ------
    BadInput
        For rates that are not better than the null hypothesis, or numbers out of range.

    References
    ----------
    Farrington and Manning 1990, doi:10.1002/sim.4780091208; Casagrande, Pike and Smith 1978,
    doi:10.2307/2530613; Fleiss, Tytun and Ury 1980, doi:10.2307/2529990.
    """
    refuse_power(power, alpha_one_sided=test.alpha_one_sided)
    _refuse_lost(lost)
    moments = proportion_moments(rates, test=test, allocation=allocation)
    if moments.gain <= 0:
        raise _no_gain(rates, test=test)
    wanted = float(
        ndtri(1 - test.alpha_one_sided) * moments.null_deviation + ndtri(power) * moments.deviation
    )
    ahead = sqrt(wanted**2 + 4 * moments.gain * moments.correction)
    return whole_size(
        ((wanted + ahead) / (2 * moments.gain)) ** 2,
        rates=rates,
        test=test,
        allocation=allocation,
        lost=lost,
    )


def whole_size(
    subjects: float, *, rates: TwoRates, test: ProportionTest, allocation: float, lost: float
) -> TwoProportionSize:
    """Return a size with each arm rounded up, and enlarged for the share that is lost."""
    control, experimental = (ceil(subjects * share - HAIR) for share in shares(allocation))
    return TwoProportionSize(
        subjects=subjects,
        control=control,
        experimental=experimental,
        enrolled_control=ceil(control / (1 - lost) - HAIR),
        enrolled_experimental=ceil(experimental / (1 - lost) - HAIR),
        attained_power=two_proportion_power(
            rates,
            test=test,
            subjects=control + experimental,
            allocation=experimental / control,
        ),
        rates=rates,
        test=test,
        warnings=count_cautions(((control, rates.control), (experimental, rates.experimental))),
    )


def two_proportion_power(
    rates: TwoRates, *, test: ProportionTest, subjects: float, allocation: float = 1.0
) -> float:
    r"""Return the power of a test of so many subjects, both arms, by the formula of its size.

    .. math:: \Phi\left(\frac{\sqrt N \delta - c / \sqrt N - z_{1-\alpha} \sigma_0}{\sigma_1}\right)

    At rates of no effect with the pooled variance this is alpha.

    Parameters
    ----------
    rates : TwoRates
        True rates.
    test : ProportionTest
        The test.
    subjects : float
        Of both arms, above 0.
    allocation : float
        Experimental subjects for each control subject.

    Raises
    ------
    BadInput
        For subjects or an allocation that are not above 0.
    """
    refuse_subjects(subjects)
    moments = proportion_moments(rates, test=test, allocation=allocation)
    drift = sqrt(subjects) * moments.gain - moments.correction / sqrt(subjects)
    needed = float(ndtri(1 - test.alpha_one_sided)) * moments.null_deviation
    return float(ndtr((drift - needed) / moments.deviation))


def detectable_rate(
    control: float,
    *,
    test: ProportionTest,
    subjects: float,
    power: float,
    allocation: float = 1.0,
) -> float:
    """Return the experimental rate that so many subjects show with a power, to 1e-12.

    Of several the one nearest the null hypothesis is taken: the power of a test of the odds ratio
    falls again towards rates of 0 and 1, where the variance of a log odds has no bound.

    Parameters
    ----------
    control : float
        Assumed control rate, inside (0, 1).
    test : ProportionTest
        Effect, margin, direction, error and variance.
    subjects : float
        Subjects of both arms.
    power : float
        Wanted power.
    allocation : float
        Experimental subjects for each control subject.

    Raises
    ------
    BadInput
        When no rate has the power, when even the worst one has, and for numbers out of range.
    """
    refuse_power(power, alpha_one_sided=test.alpha_one_sided)

    def short(experimental: float) -> float:
        rates = TwoRates(control=control, experimental=experimental)
        return power - two_proportion_power(
            rates, test=test, subjects=subjects, allocation=allocation
        )

    near = min(max(_null_partner(control, test.effect), EDGE), 1 - EDGE)
    if short(near) <= 0:
        raise bad_input(
            "some experimental rate is no better than the null hypothesis",
            where="control, test",
            got=f"control rate {control:g}, {test.effect}",
            fix="a margin that leaves rates between 0 and 1 beyond it",
        )
    tried = np.linspace(near, 1 - EDGE if test.sign > 0 else EDGE, STEPS)
    for before, after in pairwise(tried):
        if short(float(before)) > 0 >= short(float(after)):
            return root(short, float(before), float(after), xtol=1e-12, rtol=1e-14)
    raise bad_input(
        "some experimental rate is found with this power",
        where="subjects, power",
        got=f"{subjects:g} subjects, power {power:g}, control rate {control:g}",
        fix="plan more subjects, a wider margin, or less power",
    )


def critical_rate(
    z: float,
    *,
    control: float,
    test: ProportionTest,
    subjects: float,
    allocation: float = 1.0,
) -> float:
    """Return the experimental rate, as observed, that is just at a boundary of Z, to 1e-12.

    Parameters
    ----------
    z : float
        Boundary; large favours the experimental arm.
    control : float
        Control rate as observed, inside (0, 1).
    test : ProportionTest
        Effect, margin, direction and variance.
    subjects : float
        Subjects of both arms at the look.
    allocation : float
        Experimental subjects for each control subject.

    Raises
    ------
    BadInput
        When no rate reaches the boundary.
    """
    refuse_subjects(subjects)

    def above(experimental: float) -> float:
        rates = TwoRates(control=control, experimental=experimental)
        moments = proportion_moments(rates, test=test, allocation=allocation)
        drift = sqrt(subjects) * moments.gain - moments.correction / sqrt(subjects)
        return test.sign * (drift - z * moments.null_deviation)

    if not above(EDGE) < 0 < above(1 - EDGE):
        raise bad_input(
            "some experimental rate is just at the boundary",
            where="z, subjects",
            got=f"z {z:g} with {subjects:g} subjects and control rate {control:g}",
            fix="a boundary that a rate between 0 and 1 can reach",
        )
    return root(above, EDGE, 1 - EDGE, xtol=1e-12, rtol=1e-14)


def proportion_moments(
    rates: TwoRates, *, test: ProportionTest, allocation: float
) -> ProportionMoments:
    """Return gain, deviations and correction of a test for one subject."""
    control_share, experimental_share = shares(allocation)
    match test.variance:
        case NullVariance.RESTRICTED:
            control, experimental = null_rates(
                test.effect,
                control=np.asarray(rates.control),
                experimental=np.asarray(rates.experimental),
                allocation=allocation,
            )
            under_null = (float(control), float(experimental))
        case NullVariance.UNPOOLED:
            under_null = (rates.control, rates.experimental)
        case _:
            assert_never(test.variance)
    yates = test.continuity is Continuity.YATES
    assumed = (rates.control, rates.experimental)
    return ProportionMoments(
        gain=test.sign * _distance(rates, effect=test.effect),
        null_deviation=_deviation(under_null, effect=test.effect, allocation=allocation),
        deviation=_deviation(assumed, effect=test.effect, allocation=allocation),
        correction=(1 / control_share + 1 / experimental_share) / 2 if yates else 0.0,
    )


def _distance(rates: TwoRates, *, effect: Effect) -> float:
    control, experimental = rates.control, rates.experimental
    match effect:
        case RiskDifference(null=null):
            return experimental - control - null
        case RiskRatio(null=null):
            return experimental - null * control
        case OddsRatio(null=null):
            odds = experimental / (1 - experimental) * (1 - control) / control
            return log(odds) - log(null)
        case _:
            assert_never(effect)


def _deviation(rates: tuple[float, float], *, effect: Effect, allocation: float) -> float:
    control, experimental = (rate * (1 - rate) for rate in rates)
    control_share, experimental_share = shares(allocation)
    match effect:
        case RiskDifference():
            return sqrt(control / control_share + experimental / experimental_share)
        case RiskRatio(null=null):
            return sqrt(null**2 * control / control_share + experimental / experimental_share)
        case OddsRatio():
            return sqrt(1 / (control * control_share) + 1 / (experimental * experimental_share))
        case _:
            assert_never(effect)


def _null_partner(control: float, effect: Effect) -> float:
    """Return the experimental rate at which the effect has its null value."""
    match effect:
        case RiskDifference(null=null):
            return control + null
        case RiskRatio(null=null):
            return control * null
        case OddsRatio(null=null):
            return null * control / (1 - control + null * control)
        case _:
            assert_never(effect)


def _no_gain(rates: TwoRates, *, test: ProportionTest) -> Exception:
    return bad_input(
        "the assumed rates are better than the null hypothesis",
        where="rates, test",
        got=f"{rates} against {test.effect}, better {test.better}",
        fix="a larger effect, or a margin on the other side (null=-0.1 when higher is better)",
    )


def _refuse_lost(lost: float) -> None:
    if not 0 <= lost < 1:
        raise bad_input("a share lost lies from 0 to below 1", where="lost", got=lost, fix="0.1")
