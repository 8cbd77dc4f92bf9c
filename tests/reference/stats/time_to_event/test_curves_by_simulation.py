"""Errors that tests and intervals claim, against trials drawn from known hazards."""

from math import exp, sqrt

import numpy as np
import pytest

from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.adjusted_rmst import adjusted_rmst
from equipoise.stats.time_to_event.cumulative import cumulative_at
from equipoise.stats.time_to_event.milestone import survival_difference
from equipoise.stats.time_to_event.nelson_aalen import nelson_aalen
from equipoise.stats.time_to_event.rmst import compare_rmst, rmst
from equipoise.stats.time_to_event.survival import kaplan_meier, survival_at

TRIALS, SUBJECTS = 1000, 200
ALLOWED = 3 * sqrt(0.05 * 0.95 / TRIALS)


def trials(seed, *, effect=0.0):
    """Draw trials of two arms: hazard exp(effect covariate), censored uniformly on 1 to 3."""
    draw = np.random.default_rng(seed)
    for _ in range(TRIALS):
        covariate = draw.normal(size=SUBJECTS)
        time = draw.exponential(size=SUBJECTS) * np.exp(-effect * covariate)
        censoring = draw.uniform(1, 3, size=SUBJECTS)
        yield np.minimum(time, censoring), (time <= censoring) * 1, covariate


@pytest.mark.source(
    "simulation: 1000 trials of 2 x 100, exponential, uniform censoring; 5 % +/- 3 s.e."
)
def test_two_equal_arms_differ_as_often_as_the_tests_say():
    control = np.arange(SUBJECTS) % 2 == 0
    rejected = np.zeros(3)
    for time, event, _ in trials(1):
        one, other = (kaplan_meier(time[rows], event[rows]) for rows in (~control, control))
        means = compare_rmst(one, control=other, tau=1)
        scaled = survival_difference(one, control=other, at=1, scale=ProbabilityScale.LOG_LOG)
        plain = survival_difference(one, control=other, at=1)
        p_values = [means.difference.p_value, scaled.p_value, plain.p_value]
        rejected += np.array(p_values) < 0.05
    assert rejected / TRIALS == pytest.approx(0.05, abs=ALLOWED)


@pytest.mark.source("simulation: 1000 trials of 2 x 100, hazard exp(covariate); 5 % +/- 3 s.e.")
def test_adjusted_contrasts_of_equal_arms_keep_their_level_and_gain_precision():
    arm = np.arange(SUBJECTS) % 2
    rejected, errors = np.zeros(3), np.zeros(2)
    for time, event, covariate in trials(2, effect=1.0):
        found = adjusted_rmst(time, event, arm, covariates=covariate, tau=1)
        contrasts = (found.difference, found.ratio, found.lost_ratio)
        rejected += np.array([one.p_value for one in contrasts]) < 0.05
        one, other = (kaplan_meier(time[arm == code], event[arm == code]) for code in (1, 0))
        crude = compare_rmst(one, control=other, tau=1).difference
        errors += found.difference.std_err, crude.std_err
    assert rejected / TRIALS == pytest.approx(0.05, abs=ALLOWED)
    assert errors[0] < 0.95 * errors[1]


@pytest.mark.source(
    "simulation: 1000 cohorts of 200, exponential, uniform censoring; 95 % +/- 3 s.e."
)
def test_intervals_hold_the_truth_as_often_as_they_say():
    truth = exp(-1), 1.0, 1 - exp(-1)
    held = np.zeros(3)
    for time, event, _ in trials(3):
        curve = kaplan_meier(time, event)
        at, hazard = survival_at(curve, [1]), cumulative_at(nelson_aalen(time, event), [1])
        mean = rmst(curve, tau=1)
        ends = ((at.lower[0], at.upper[0]), (hazard.lower[0], hazard.upper[0]))
        for place, (low, high) in enumerate((*ends, (mean.lower, mean.upper))):
            held[place] += low <= truth[place] <= high
    assert held / TRIALS == pytest.approx(0.95, abs=ALLOWED)
