"""Tests of a difference at a fixed time: restricted mean survival time, and survival itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.survival.at_risk import AtRisk, at_risk
from equipoise.design.survival.effect import Effect
from equipoise.design.survival.event_course import Course, strata_of, subjects_of
from equipoise.design.survival.hazards import Hazard, cumulative_hazard, rate_and_shape
from equipoise.design.survival.quadrature import (
    follow_up_nodes,
    remaining_integral,
    steep_breaks,
)
from equipoise.design.survival.weighted_logrank import refuse_look
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.probability_scale import ProbabilityScale, on_scale

SMALLEST = 1e-300
"""Survival below this is as good as none; its logarithm stays a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMeans:
    """An estimate in control and experimental arm, and the variances of the estimates."""

    control: float
    experimental: float
    control_variance: float
    experimental_variance: float


def restricted_mean(hazard: Hazard, *, months: float) -> float:
    r"""Return the restricted mean survival time :math:`\int_0^\tau S(t)\,dt`.

    Parameters
    ----------
    hazard : Hazard
        Constant, stepped, or of a Weibull time.
    months : float
        :math:`\tau`, above 0.

    Raises
    ------
    BadInput
        For months that are not above 0.
    """
    refuse_look(months)
    rate, shape = rate_and_shape(hazard)
    grid = months * np.linspace(0.0, 1.0, 33) ** 2
    breaks = set(rate.until) | steep_breaks(cumulative_hazard(hazard, grid), grid)
    nodes, weights = follow_up_nodes(breaks, end=months, shape=shape)
    with np.errstate(under="ignore"):  # nobody is left far out
        return float(weights @ np.exp(-cumulative_hazard(hazard, nodes)))


def restricted_mean_effect(
    course: Course, *, months: float, until_months: float, null_difference: float = 0.0
) -> Effect:
    r"""Return the difference of restricted means and its information at a calendar month.

    The variance of an arm's estimate is

    .. math:: \int_0^\tau \left(\int_t^\tau S(u)\,du\right)^2 \frac{\lambda(t)}{\pi(t)}\,dt

    with :math:`\pi` subjects expected at risk. Strata are averaged by their shares of subjects.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum.
    months : float
        Calendar month of the look.
    until_months : float
        :math:`\tau`, follow-up to which the mean is taken; below ``months``.
    null_difference : float
        Experimental minus control under the null hypothesis, in months; negative for
        non-inferiority.

    References
    ----------
    Royston and Parmar 2013, doi:10.1186/1471-2288-13-152; Yung and Liu 2020,
    doi:10.1111/biom.13196.
    """
    strata = [_means(arms) for arms in _followed(course, months=months, until_months=until_months)]
    return _difference(strata, shares=_shares(course), null_difference=null_difference)


def milestone_effect(
    course: Course,
    *,
    months: float,
    milestone_months: float,
    scale: ProbabilityScale = ProbabilityScale.PLAIN,
    null_difference: float = 0.0,
) -> Effect:
    r"""Return the difference of survival at a milestone and its information.

    The variance of an arm's Kaplan-Meier estimate is Greenwood's in expectation,
    :math:`S(\tau)^2 \int_0^\tau \lambda(t) / \pi(t)\,dt`, carried to the scale by the delta
    method.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum; strata are averaged by their shares of subjects.
    months : float
        Calendar month of the look.
    milestone_months : float
        :math:`\tau`, follow-up at which survival is compared; below ``months``.
    scale : ProbabilityScale
        Where the arms are compared, as in `survival_difference`; plain for the difference itself.
    null_difference : float
        Experimental minus control under the null hypothesis, on the scale, rising with survival:
        of log-log that is :math:`-\log(-\log S)`.
    """
    strata = [
        _survivals(arms, hazards=hazards, months=milestone_months, scale=scale)
        for arms, hazards in zip(
            _followed(course, months=months, until_months=milestone_months),
            [(s.control.hazard, s.experimental.hazard) for s in strata_of(course)],
            strict=True,
        )
    ]
    return _difference(strata, shares=_shares(course), null_difference=null_difference)


def _followed(course: Course, *, months: float, until_months: float) -> list[AtRisk]:
    """Return each stratum with subjects at risk until a month of follow-up."""
    refuse_look(months)
    if not 0 < until_months < months:
        raise bad_input(
            "somebody is followed longer than the months compared",
            where="until_months, milestone_months",
            got=f"{until_months}, and a look at month {months}",
            fix="an earlier milestone, or a later look",
        )
    return [
        at_risk(stratum, months=months, until=until_months, corners=set())
        for stratum in strata_of(course)
    ]


def _means(arms: AtRisk) -> ArmMeans:
    remaining = np.array([remaining_integral(curve, arms.weights) for curve in arms.survival])
    means = arms.survival @ arms.weights
    variances = _variance_integral(arms, remaining)
    return ArmMeans(
        control=float(means[0]),
        experimental=float(means[1]),
        control_variance=float(variances[0]),
        experimental_variance=float(variances[1]),
    )


def _survivals(
    arms: AtRisk, *, hazards: tuple[Hazard, Hazard], months: float, scale: ProbabilityScale
) -> ArmMeans:
    relative = _variance_integral(arms, np.ones_like(arms.hazard))
    scaled = []
    for hazard, variance in zip(hazards, relative, strict=True):
        log_survival = -float(cumulative_hazard(hazard, np.array([months]))[0])
        scaled.append(_on_scale(log_survival, variance=float(variance), scale=scale))
    (control, control_variance), (experimental, experimental_variance) = scaled
    return ArmMeans(
        control=control,
        experimental=experimental,
        control_variance=control_variance,
        experimental_variance=experimental_variance,
    )


def _on_scale(
    log_survival: float, *, variance: float, scale: ProbabilityScale
) -> tuple[float, float]:
    """Return survival on a scale, rising with it, and its variance; ``variance`` is of log S."""
    if scale is not ProbabilityScale.PLAIN:
        _refuse_no_events(log_survival)
    survival = max(exp(log_survival), SMALLEST)
    level, error = on_scale(np.array([survival]), np.sqrt([variance]), scale=scale)
    return float(level[0]), float(error[0]) ** 2


def _variance_integral(arms: AtRisk, factor: FloatArray) -> FloatArray:
    total: FloatArray = (factor**2 * arms.hazard / arms.risk) @ arms.weights
    return total


def _shares(course: Course) -> list[float]:
    everybody = subjects_of(course)
    return [subjects_of(stratum) / everybody for stratum in strata_of(course)]


def _difference(strata: list[ArmMeans], *, shares: list[float], null_difference: float) -> Effect:
    size, variance = -null_difference, 0.0
    for share, arms in zip(shares, strata, strict=True):
        size += share * (arms.experimental - arms.control)
        variance += share**2 * (arms.control_variance + arms.experimental_variance)
    _refuse_no_events(variance)
    return Effect(size=size, null_information=1 / variance, information=1 / variance)


def _refuse_no_events(amount: float) -> None:
    if amount == 0:
        raise bad_input(
            "somebody has an event before the months compared",
            where="until_months, milestone_months",
            got="no event",
            fix="a later milestone",
        )
