"""Mean and variance of a weighted log-rank statistic, when hazards need not be proportional."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf
from typing import assert_never

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.survival.at_risk import AtRisk, at_risk, mixed_survival, under_null
from equipoise.design.survival.effect import Effect
from equipoise.design.survival.event_course import Course, TwoArmCourse, strata_of
from equipoise.design.survival.hazards import time_of_event_probability
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.root import root
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington, ModestlyWeighted

CLOSE = 1e-9
"""Months between which there is no need to look for a third."""


Weight = FlemingHarrington | ModestlyWeighted
"""Weights of which the expected course is known; those of the analysis, so that plan and analysis
name one test. S is the survival of both arms together; the plateaus of a modest weight at a time
have one height in expectation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogrankMoments:
    """What weighted log-rank statistics are expected to be at a look.

    Attributes
    ----------
    score : FloatArray, shape (k,)
        Mean of each weighted sum of expected minus observed events of the experimental arm.
    null_variance, variance : FloatArray, shape (k, k)
        Their covariances when both arms have the mean hazard, and under the assumptions.
    information : FloatArray, shape (k,)
        Weighted sum of events times the shares at risk; score over this is about minus the log
        hazard ratio.
    """

    score: FloatArray
    null_variance: FloatArray
    variance: FloatArray
    information: FloatArray

    @property
    def correlation(self) -> FloatArray:
        """Correlations of the statistics under the assumptions, shape (k, k)."""
        spread = np.sqrt(np.diag(self.variance))
        correlation: FloatArray = self.variance / np.outer(spread, spread)
        return correlation

    @property
    def mean_z(self) -> FloatArray:
        """Means of the standardised statistics, shape (k,)."""
        means: FloatArray = self.score / np.sqrt(np.diag(self.variance))
        return means


def logrank_moments(
    course: Course, *, months: float, weights: tuple[Weight, ...]
) -> LogrankMoments:
    r"""Return means and covariances of weighted log-rank statistics, stratified as the course is.

    .. math:: U = \int w \frac{\pi_0 \pi_1}{\pi_0 + \pi_1} (\lambda_0 - \lambda_1)\,ds, \qquad
              V_{ij} = \int w_i w_j \frac{\pi_0 \pi_1}{(\pi_0 + \pi_1)^2}
              (\pi_0 \lambda_0 + \pi_1 \lambda_1)\,ds

    over follow-up s, where :math:`\pi` is the expected number at risk; Z is about normal with mean
    :math:`U / \sqrt V` and variance 1. The weight is a function of the survival of both arms
    together, mixed by their shares of subjects.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum.
    months : float
        Calendar month of the look, above 0.
    weights : tuple of Weight
        Weight of an event in each statistic.

    Raises
    ------
    BadInput
        For a look that is not after month 0.

    References
    ----------
    Yung and Liu 2020, doi:10.1111/biom.13196; Magirr and Burman 2019, doi:10.1002/sim.8186;
    Karrison 2016, Stata Journal 16, 678-690 (covariances).
    """
    refuse_look(months)
    strata = [_moments(stratum, months=months, weights=weights) for stratum in strata_of(course)]
    return LogrankMoments(
        score=sum_of([stratum.score for stratum in strata]),
        null_variance=sum_of([stratum.null_variance for stratum in strata]),
        variance=sum_of([stratum.variance for stratum in strata]),
        information=sum_of([stratum.information for stratum in strata]),
    )


def weighted_logrank_effect(course: Course, *, months: float, weight: Weight) -> Effect:
    """Return the effect that a weighted log-rank test sees: mean score over its variance.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum.
    months : float
        Calendar month of the look, above 0.
    weight : Weight
        Weight of an event.

    Raises
    ------
    BadInput
        For a look that is not after month 0.
    """
    moments = logrank_moments(course, months=months, weights=(weight,))
    score, variance = float(moments.score[0]), float(moments.variance[0, 0])
    return Effect(
        size=score / variance,
        null_information=float(moments.null_variance[0, 0]),
        information=variance,
    )


def weighted_hazard_ratio(course: Course, *, months: float, weight: Weight) -> float:
    """Return the hazard ratio that a weighted log-rank test sees, averaged by its weights.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum.
    months : float
        Calendar month of the look, above 0.
    weight : Weight
        Weight of an event.

    Raises
    ------
    BadInput
        For a look that is not after month 0.
    """
    moments = logrank_moments(course, months=months, weights=(weight,))
    return exp(-float(moments.score[0] / moments.information[0]))


def heaviest_share(course: Course, *, months: float, weight: Weight) -> float:
    """Return the share of a statistic's variance on the fifth of events that weigh most.

    It is a fifth for the log-rank test, and more when few events decide; the largest over strata.

    Parameters
    ----------
    course : Course
        Arms and accrual, of each stratum.
    months : float
        Calendar month of the look, above 0.
    weight : Weight
        Weight of an event.

    Raises
    ------
    BadInput
        For a look that is not after month 0.
    """
    shares = []
    for stratum in strata_of(course):
        flat = _flat_after(weight, stratum)
        arms = at_risk(stratum, months=months, until=months, corners=set())
        (weighted,) = _weighted((weight,), arms, flat=[flat])
        events = arms.weights * (arms.risk * arms.hazard).sum(axis=0)
        control, experimental = _shares(arms)
        order = np.argsort(-weighted, kind="stable")
        seen = np.cumsum(events[order])
        variance = np.cumsum((weighted**2 * control * experimental * events)[order])
        shares.append(float(np.interp(0.2 * seen[-1], seen, variance) / variance[-1]))
    return max(shares)


def refuse_look(months: float) -> None:
    """Refuse a look before anything can have happened."""
    if not 0 < months < inf:
        raise bad_input("a look is after month 0", where="months", got=months, fix="36")


def sum_of(arrays: list[FloatArray]) -> FloatArray:
    """Return the sum of arrays of one shape."""
    total: FloatArray = np.sum(arrays, axis=0)
    return total


def _moments(course: TwoArmCourse, *, months: float, weights: tuple[Weight, ...]) -> LogrankMoments:
    flat = [_flat_after(weight, course) for weight in weights]
    corners = {month for month in flat if month < inf}
    arms = at_risk(course, months=months, until=months, corners=corners)
    null = under_null(arms, course)
    weighted = _weighted(weights, arms, flat=flat)
    control, experimental = _shares(arms)
    information = arms.weights * control * experimental * (arms.risk * arms.hazard).sum(axis=0)
    gap = arms.hazard[0] - arms.hazard[1]
    return LogrankMoments(
        score=weighted @ (arms.weights * control * arms.risk[1] * gap),
        null_variance=_variance(null, _weighted(weights, null, flat=flat)),
        variance=_variance(arms, weighted),
        information=weighted @ information,
    )


def _variance(arms: AtRisk, weighted: FloatArray) -> FloatArray:
    control, experimental = _shares(arms)
    events = arms.weights * (arms.risk * arms.hazard).sum(axis=0)
    variance: FloatArray = (weighted * (control * experimental * events)) @ weighted.T
    return variance


def _shares(arms: AtRisk) -> tuple[FloatArray, FloatArray]:
    """Return the shares of control and experimental arm among those at risk."""
    with np.errstate(under="ignore", invalid="ignore"):
        share = arms.risk / arms.risk.sum(axis=0)
    control, experimental = np.nan_to_num(share)  # nobody at risk counts for nothing
    return control, experimental


def _weighted(weights: tuple[Weight, ...], arms: AtRisk, *, flat: list[float]) -> FloatArray:
    """Return the weight of an event at each node, shape (k, m)."""
    return np.array(
        [_weight(weight, arms, flat=after) for weight, after in zip(weights, flat, strict=True)]
    )


def _weight(weight: Weight, arms: AtRisk, *, flat: float) -> FloatArray:
    match weight:
        case FlemingHarrington(rho=rho, gamma=gamma):
            pooled = arms.pool(arms.months)
            powers: FloatArray = pooled**rho * (1 - pooled) ** gamma
            return powers
        case ModestlyWeighted(height=height):
            pooled = arms.pool(np.minimum(arms.months, flat))
            return 1 / (pooled if height is None else np.maximum(pooled, height))
        case _:
            assert_never(weight)


def _flat_after(weight: Weight, course: TwoArmCourse) -> float:
    """Return the month from which a weight no longer grows, where its curve has a corner."""
    match weight:
        case FlemingHarrington():
            return inf
        case ModestlyWeighted(until=until, height=height):
            month = inf if until is None else until
            return month if height is None else min(month, _month_of_survival(height, course))
        case _:
            assert_never(weight)


def _month_of_survival(survival: float, course: TwoArmCourse) -> float:
    """Return when both arms together have a survival: between when each alone has it."""
    ends = [time_of_event_probability(arm.hazard, probability=1 - survival) for arm in course.arms]
    low, high = min(ends), max(ends)
    if high == inf or high - low < CLOSE:
        return high
    return root(
        lambda month: float(mixed_survival(course, np.array([month]))[0]) - survival, low, high
    )
