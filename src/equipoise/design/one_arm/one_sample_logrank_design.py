"""One arm against a known survival curve: subjects and power of the one-sample log-rank test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt
from typing import assert_never

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_power, refuse_subjects
from equipoise.design.one_arm.one_sample_trial import (
    AccrualAt,
    AccrualOver,
    AlternativeVariance,
    OneSampleLogrankTest,
    OneSampleTrial,
)
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.root import root
from equipoise.stats.time_to_event.one_sample_logrank import OneSampleVariance
from equipoise.stats.time_to_event.reference_hazard import cumulative_hazard

NODES = 96
"""Gauss-Legendre nodes of a stretch of time; with 64 the integrals still agree to 1e-12."""

HAIR = 1e-9
"""Subjects by which a size may exceed a whole number through rounding alone."""

MOST = 1e7
"""Subjects beyond which no size is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSampleMoments:
    """What one subject is expected to add.

    Attributes
    ----------
    events, expected : float
        Events in the trial, and events that the reference expects of the same time at risk.
    null_deviation : float
        Root of what the statistic divides by.
    deviation : float
        Standard deviation of events less expected events.
    """

    events: float
    expected: float
    null_deviation: float
    deviation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSampleLogrankSize:
    """Subjects of a one-arm trial with a time to an event.

    Attributes
    ----------
    subjects : float
        Not rounded.
    n : int
        Rounded up.
    accrual_months, study_months : float
        Time to the last entry and to the analysis, of n subjects.
    expected_events, reference_events : float
        Events of n subjects, and events that the reference expects of them.
    attained_power : float
        Of n subjects.
    trial : OneSampleTrial
        The assumptions.
    test : OneSampleLogrankTest
        The test.
    """

    subjects: float
    n: int
    accrual_months: float
    study_months: float
    expected_events: float
    reference_events: float
    attained_power: float
    trial: OneSampleTrial
    test: OneSampleLogrankTest


def size_one_sample_logrank(
    trial: OneSampleTrial, *, test: OneSampleLogrankTest, power: float
) -> OneSampleLogrankSize:
    r"""Return the subjects that the test needs.

    .. math:: n = \frac{(\bar\sigma z_{1-\alpha} + \sigma z_{power})^2}{(v_0 - v_1)^2}

    with, for survival S, cumulative hazard :math:`\Lambda` (1 in the trial, 0 of the reference)
    and :math:`G(t)`, the chance to be followed for t months or more,

    .. math:: v_1 = \int G S_1 d\Lambda_1, \quad v_0 = \int G S_1 d\Lambda_0, \quad
              v_{01} = \int G S_1 \Lambda_0 d\Lambda_1, \quad
              v_{00} = \int G S_1 \Lambda_0 d\Lambda_0

    .. math:: \sigma^2 = v_1 - v_1^2 + 2 v_{00} - v_0^2 - 2 v_{01} + 2 v_0 v_1

    the variance of an event less the cumulative reference hazard of one subject, and
    :math:`\bar\sigma^2` is :math:`v_0` or :math:`(v_0 + v_1) / 2` as the statistic has it.

    Parameters
    ----------
    trial : OneSampleTrial
        Assumptions. With `AccrualAt` the accrual lasts as long as n subjects need, and n is found
        where both agree.
    test : OneSampleLogrankTest
        The test.
    power : float
        Wanted power.

    Raises
    ------
    BadInput
        For a hazard ratio that is not below 1, and a power out of range.

    References
    ----------
    Wu 2015, doi:10.1002/pst.1654; Wu 2014, doi:10.4172/2155-6180.1000210; Kwak and Jung 2014,
    doi:10.1002/sim.6073; Breslow 1975, doi:10.2307/1402659.
    """
    if trial.hazard_ratio >= 1:
        what = "a trial is sized for fewer events than the reference expects"
        raise bad_input(what, where="hazard_ratio", got=trial.hazard_ratio, fix="0.6")
    refuse_power(power, alpha_one_sided=test.alpha_one_sided)
    accrual = trial.accrual
    match accrual:
        case AccrualOver(months=months):
            subjects = _needed(trial, months=months, test=test, power=power)
        case AccrualAt(per_month=rate):
            subjects = _agreed(trial, rate=rate, test=test, power=power)
        case _:
            assert_never(accrual)
    n = ceil(subjects - HAIR)
    moments = one_sample_moments(trial, subjects=n, test=test)
    months = _accrual_months(trial, subjects=n)
    return OneSampleLogrankSize(
        subjects=subjects,
        n=n,
        accrual_months=months,
        study_months=months + trial.follow_up_months,
        expected_events=n * moments.events,
        reference_events=n * moments.expected,
        attained_power=one_sample_logrank_power(trial, subjects=n, test=test),
        trial=trial,
        test=test,
    )


def one_sample_logrank_power(
    trial: OneSampleTrial, *, subjects: float, test: OneSampleLogrankTest
) -> float:
    r"""Return the power of the test of so many subjects, by the formula of its size.

    .. math:: \Phi\left(\frac{\sqrt n (v_0 - v_1) - \bar\sigma z_{1-\alpha}}{\sigma}\right)

    At a hazard ratio of 1 this is alpha.

    Parameters
    ----------
    trial : OneSampleTrial
        Assumptions.
    subjects : float
        Above 0, not necessarily whole.
    test : OneSampleLogrankTest
        The test.

    Raises
    ------
    BadInput
        When there are no subjects.
    """
    moments = one_sample_moments(trial, subjects=subjects, test=test)
    drift = sqrt(subjects) * (moments.expected - moments.events)
    needed = moments.null_deviation * float(ndtri(1 - test.alpha_one_sided))
    return float(ndtr((drift - needed) / moments.deviation))


def one_sample_moments(
    trial: OneSampleTrial, *, subjects: float, test: OneSampleLogrankTest
) -> OneSampleMoments:
    """Return what one subject is expected to add; subjects matter for `AccrualAt` only.

    Raises
    ------
    BadInput
        When there are no subjects.
    """
    refuse_subjects(subjects)
    return _moments(trial, months=_accrual_months(trial, subjects=subjects), test=test)


def _accrual_months(trial: OneSampleTrial, *, subjects: float) -> float:
    match trial.accrual:
        case AccrualOver(months=months):
            return months
        case AccrualAt(per_month=rate):
            return subjects / rate
        case _:
            assert_never(trial.accrual)


def _moments(
    trial: OneSampleTrial, *, months: float, test: OneSampleLogrankTest
) -> OneSampleMoments:
    ratio = trial.hazard_ratio
    expected, weighted = _integrals(trial, accrual_months=months)
    events = ratio * expected  # proportional hazards: so are the integrals
    match test.variance:
        case OneSampleVariance.EXPECTED:
            null_variance = expected
        case OneSampleVariance.AVERAGE:
            null_variance = (expected + events) / 2
        case _:
            assert_never(test.variance)
    match test.alternative:
        case AlternativeVariance.EXACT:
            shared = 2 * weighted * (1 - ratio)
            variance = events + shared - (events - expected) ** 2
        case AlternativeVariance.EVENTS:
            variance = events
        case _:
            assert_never(test.alternative)
    return OneSampleMoments(
        events=events,
        expected=expected,
        null_deviation=sqrt(null_variance),
        deviation=sqrt(variance),
    )


def _needed(
    trial: OneSampleTrial, *, months: float, test: OneSampleLogrankTest, power: float
) -> float:
    moments = _moments(trial, months=months, test=test)
    wanted = moments.null_deviation * ndtri(1 - test.alpha_one_sided)
    wanted += moments.deviation * ndtri(power)
    return float((wanted / (moments.expected - moments.events)) ** 2)


def _agreed(
    trial: OneSampleTrial, *, rate: float, test: OneSampleLogrankTest, power: float
) -> float:
    """Return the subjects that need as long to enter as their number asks for."""

    def missing(subjects: float) -> float:
        return _needed(trial, months=subjects / rate, test=test, power=power) - subjects

    few = many = 1.0
    while missing(few) < 0:
        few /= 2
    while missing(many) > 0:
        many *= 2
        if many > MOST:
            what = "so many subjects enter in a reasonable time"
            raise bad_input(what, where="accrual", got=trial.accrual, fix="a hazard ratio below 1")
    return root(missing, few, many, xtol=1e-10, rtol=1e-14)


def _integrals(trial: OneSampleTrial, *, accrual_months: float) -> tuple[float, float]:
    """Return the integrals of G S1 and of G S1 Lambda0 over the reference's cumulative hazard.

    Everybody is followed for the follow-up time; after that the share falls evenly to 0.
    """
    reference, follow_up = trial.reference, trial.follow_up_months
    ends = (0.0, follow_up, follow_up + accrual_months)
    pieces = [(low, high) for low, high in ((ends[0], ends[1]), (ends[1], ends[2])) if high > low]
    expected = weighted = 0.0
    for low, high in pieces:
        reached = cumulative_hazard(reference, [low, high])
        hazard, weight = _nodes(float(reached[0]), float(reached[1]))
        months = reference.scale * hazard ** (1 / reference.shape)
        followed = np.clip((ends[2] - months) / accrual_months, 0.0, 1.0)
        followed = followed * np.exp(-trial.dropout_hazard * months)
        at_risk = weight * followed * np.exp(-trial.hazard_ratio * hazard)
        expected += float(at_risk.sum())
        weighted += float(at_risk @ hazard)
    return expected, weighted


def _nodes(low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights over a stretch of cumulative hazard.

    The time is a root of the hazard, which no polynomial follows near 0: nodes crowd there, as
    fourth powers.
    """
    unit, weight = _unit_nodes()
    span = high**0.25 - low**0.25
    root = low**0.25 + span * unit
    return root**4, 4 * span * root**3 * weight


@lru_cache(maxsize=1)
def _unit_nodes() -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2
