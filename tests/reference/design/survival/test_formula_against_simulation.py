from math import log, sqrt

import numpy as np
import pytest

from equipoise.design.survival.accrual_rates import accrual_at_rates
from equipoise.design.survival.event_course import (
    ArmCourse,
    TwoArmCourse,
    expected_events,
)
from equipoise.design.survival.fixed_design import (
    FixedQuestion,
    MilestoneTest,
    RestrictedMeanTest,
    WeightedLogrankTest,
    design_fixed,
)
from equipoise.design.survival.hazards import Steps, times_ratio
from equipoise.design.survival.max_combo import design_max_combo
from equipoise.design.survival.weighted_logrank import logrank_moments
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington, ModestlyWeighted

TRIALS = 1500
SUBJECTS = 300
MONTHS = 36.0
HAZARD, LOST, DELAY, LATER = log(2) / 12, 0.01, 4.0, 0.6
MILESTONE = 24.0
COURSE = TwoArmCourse(
    control=ArmCourse(subjects=SUBJECTS / 2, hazard=HAZARD, dropout_hazard=LOST),
    experimental=ArmCourse(
        subjects=SUBJECTS / 2,
        hazard=times_ratio(HAZARD, Steps(values=(1, LATER), until=(DELAY,))),
        dropout_hazard=LOST,
    ),
    accrual=accrual_at_rates(Steps(values=(1, 3), until=(4,)), months=12),
)
QUESTION = FixedQuestion(course=COURSE, months=MONTHS, alpha_one_sided=0.025)
WEIGHTS = (FlemingHarrington(), FlemingHarrington(gamma=1), FlemingHarrington(rho=1))
MODEST = ModestlyWeighted(until=6)


def drawn(random):
    """Draw a trial: time under observation in order, event, and arm (1 experimental)."""
    arm = np.repeat((0, 1), SUBJECTS // 2)
    place = random.random(SUBJECTS) * 28  # 4 months at 1, then 8 at 3
    entry = np.where(place < 4, place, 4 + (place - 4) / 3)
    spent = random.exponential(size=SUBJECTS) / HAZARD
    event_time = np.where((arm == 1) & (spent > DELAY), DELAY + (spent - DELAY) / LATER, spent)
    censored = np.minimum(random.exponential(size=SUBJECTS) / LOST, MONTHS - entry)
    time = np.minimum(event_time, censored)
    order = np.argsort(time)
    return time[order], (event_time <= censored)[order], arm[order]


def logrank_z(time, event, arm):
    """Return Z of each weight, by the pooled Kaplan-Meier curve just before each event."""
    at_risk = np.arange(SUBJECTS, 0, -1)
    treated = np.cumsum(arm[::-1])[::-1]
    survival = np.cumprod(1 - event / at_risk)
    before = np.concatenate(([1.0], survival[:-1]))
    share = treated / at_risk
    kept = before[np.searchsorted(time, 6.0)]
    weights = np.array([np.ones(SUBJECTS), 1 - before, before, 1 / np.maximum(before, kept)])
    scores = (weights * event) @ (share - arm)
    return scores / np.sqrt((weights**2 * event) @ (share * (1 - share)))


def kaplan_meier_z(time, event, arm):
    """Return Z of survival at the milestone and of the restricted mean up to it."""
    found = []
    for group in (0, 1):
        chosen = arm == group
        when, happened = time[chosen], event[chosen]
        at_risk = np.arange(when.size, 0, -1)
        within = when <= MILESTONE
        survival = np.cumprod(1 - happened[within] / at_risk[within])
        edges = np.concatenate(([0.0], when[within], [MILESTONE]))
        areas = np.concatenate(([1.0], survival)) * np.diff(edges)
        later = areas[::-1].cumsum()[::-1][1:]
        risk = at_risk[within]
        terms = happened[within] / (risk * np.maximum(risk - 1, 1))
        found.append((survival[-1], survival[-1] ** 2 * terms.sum(), areas.sum(), later**2 @ terms))
    (s0, v0, m0, r0), (s1, v1, m1, r1) = found
    return (s1 - s0) / sqrt(v0 + v1), (m1 - m0) / sqrt(r0 + r1)


@pytest.fixture(scope="module")
def trials():
    """Return Z of the log-rank tests, of milestone and restricted mean, and events, by trial."""
    random = np.random.default_rng(20260)
    rows = []
    for _ in range(TRIALS):
        trial = drawn(random)
        rows.append((*logrank_z(*trial), *kaplan_meier_z(*trial), trial[1].sum()))
    return np.array(rows)


def close(chance, simulated):
    """Tell whether a simulated power is within three standard errors."""
    return abs(simulated - chance) < 3 * sqrt(chance * (1 - chance) / TRIALS)


@pytest.mark.source("simulation: 1,500 trials of 300 subjects, numpy, seed 20260")
def test_expected_events_and_mean_z(trials):
    events = expected_events(COURSE, months=MONTHS).events
    spread = trials[:, 6].std() / sqrt(TRIALS)
    assert trials[:, 6].mean() == pytest.approx(events, abs=3 * spread)
    moments = logrank_moments(COURSE, months=MONTHS, weights=(*WEIGHTS, MODEST))
    for column, mean in enumerate(moments.mean_z):
        # 3 standard errors, and 0.03 for a formula that is right for many events.
        assert trials[:, column].mean() == pytest.approx(mean, abs=3 / sqrt(TRIALS) + 0.03)
    found = np.corrcoef(trials[:, :4].T)
    assert np.abs(found - moments.correlation).max() < 0.04


@pytest.mark.source("simulation: 1,500 trials of 300 subjects, numpy, seed 20260")
@pytest.mark.parametrize(
    ("column", "test"),
    [
        (0, WeightedLogrankTest(weight=FlemingHarrington())),
        (1, WeightedLogrankTest(weight=FlemingHarrington(gamma=1))),
        (2, WeightedLogrankTest(weight=FlemingHarrington(rho=1))),
        (3, WeightedLogrankTest(weight=MODEST)),
        (4, MilestoneTest(milestone_months=MILESTONE)),
        (5, RestrictedMeanTest(until_months=MILESTONE)),
    ],
)
def test_power_by_formula_and_by_simulation(trials, column, test):
    design = design_fixed(QUESTION, test=test)
    assert close(design.power, (trials[:, column] >= design.z).mean())


@pytest.mark.source("simulation: 1,500 trials of 300 subjects, numpy, seed 20260")
def test_power_of_the_best_of_three_weights(trials):
    design = design_max_combo(QUESTION, weights=WEIGHTS)
    assert close(design.power, (trials[:, :3].max(axis=1) >= design.z).mean())
