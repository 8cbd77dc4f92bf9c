"""Free of events, alive, and rejecting: chances by formula against simIDM and simulated trials."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from equipoise.design.group_sequential.spending import OBrienFlemingSpending
from equipoise.design.survival.event_course import (
    ArmCourse,
    TwoArmCourse,
    expected_events,
    time_of_events,
    uniform_accrual,
)
from equipoise.design.survival.fixed_design import WeightedLogrankTest
from equipoise.design.survival.hazards import (
    Steps,
    Weibull,
    hazard_of_yearly_probability,
    survival_probability,
    times_ratio,
)
from equipoise.design.survival.illness_death import Transitions, overall_survival
from equipoise.design.survival.sequential_survival import design_looks
from equipoise.design.survival.survival_plan import AtEvents, StoppingRule, SurvivalPlan
from equipoise.design.survival.weighted_logrank import FlemingHarrington

LOST = hazard_of_yearly_probability(0.03)
ANCHOR = TwoArmCourse(
    control=ArmCourse(subjects=89, hazard=log(2) / 9, dropout_hazard=LOST),
    experimental=ArmCourse(subjects=89, hazard=0.6 * log(2) / 9, dropout_hazard=LOST),
    accrual=uniform_accrual(24),
)
STOPPING = StoppingRule(alpha_one_sided=0.025, efficacy=OBrienFlemingSpending())


@pytest.fixture
def rest(stored):
    cases = stored("remaining_goldens_design.json")["cases"]
    return lambda name: cases[name]["outputs"]


@pytest.mark.source("program: simIDM 0.1.1: survOS and ExpQuantOS under constant hazards")
def test_overall_survival_and_its_median_after_progression(rest):
    arm = Transitions(progression=0.05, death=0.02, death_after_progression=0.06)
    months = np.array([1.0, 6.0, 12.0, 24.0, 48.0])
    assert overall_survival(arm, months=months) == pytest.approx(
        rest("idm-survOS-exp")["S"], rel=1e-12
    )
    # uniroot stops at 1.2e-4 of a month; at its median half are dead to 1e-7.
    median = rest("idm-quantOS")["median"]
    assert overall_survival(arm, months=np.array([median]))[0] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.source("program: simIDM 0.1.1: survPFS: neither progression nor death")
def test_two_hazards_at_once_leave_the_product_of_their_survivals(rest):
    months = (1.0, 6.0, 12.0, 24.0, 48.0)
    pairs = {
        "idm-survPFS-weib": (Weibull(rate=0.05, shape=1.2), Weibull(rate=0.02, shape=0.9)),
        "idm-survPFS-pwc": (
            Steps(values=(0.05, 0.03), until=(6,)),
            Steps(values=(0.02, 0.01), until=(12,)),
        ),
    }
    for name, (progression, death) in pairs.items():
        free = [
            survival_probability(progression, months=month)
            * survival_probability(death, months=month)
            for month in months
        ]
        assert free == pytest.approx(rest(name)["S"], rel=1e-12)


def looks_without(plan, looks):
    """Return looks of the same events when the hazards are equal: months and subjects."""
    equal = replace(plan.course, experimental=plan.course.control)
    months = [time_of_events(equal, events=look.events) for look in looks]
    return [(month, expected_events(equal, months=month).subjects) for month in months]


@pytest.mark.source("simulation: lrstat 0.3.3 (5e5, 1e6 trials) and rpact 4.5 (1e5), three ratios")
@pytest.mark.parametrize(
    ("name", "ratio"),
    [
        ("lr-anchor-sim-1e6", 0.6),
        ("sim-rpact-anchor-1e5", 0.6),
        ("sim-lrstat-hr0.8-5e5", 0.8),
        ("sim-lrstat-type1-1e6", 1.0),
        ("sim-rpact-type1-1e5", 1.0),
    ],
)
def test_formula_and_simulated_trials_differ_by_half_a_point(rest, name, ratio):
    truth = rest(name)
    plan = SurvivalPlan(course=ANCHOR, timing=AtEvents(events=(77, 128)), stopping=STOPPING)
    if ratio < 1:
        experimental = replace(ANCHOR.experimental, hazard=ratio * log(2) / 9)
        plan = replace(plan, course=replace(ANCHOR, experimental=experimental))
    found = design_looks(plan)
    stops = found.boundary.crossings(found.boundary.drift if ratio < 1 else 0.0)
    looks = [(look.months, look.subjects) for look in found.looks]
    end = found.end
    if ratio == 1:
        looks, end = looks_without(plan, found.looks), found.null_end
    # The formula is asymptotic: at 178 subjects it is worth half a point, and a little less at the
    # first look, where there are 77 events.
    assert sum(stops.upper) == pytest.approx(truth["overallReject"], abs=0.0055)
    assert stops.upper == pytest.approx(truth["rejectPerStage"], abs=0.008)
    assert end.events == pytest.approx(truth["expectedNumberOfEvents"], abs=0.5)
    assert end.subjects == pytest.approx(truth["expectedNumberOfSubjects"], abs=0.5)
    duration = "studyDuration" if "rpact" in name else "expectedStudyDuration"
    assert end.months == pytest.approx(truth[duration], abs=0.1)
    # Each look is put at the month in which its events are expected. Simulated trials that stop
    # early never come to the last one, and their events were fast.
    for place, (months, subjects) in enumerate(looks):
        assert months == pytest.approx(truth["analysisTime"][place], abs=0.2)
        assert subjects == pytest.approx(truth["numberOfSubjects"][place], abs=2)


@pytest.mark.source("simulation: rpact 4.5, 1e5 trials: hazard ratio 1 for 4 months, then 0.5")
def test_formula_and_simulated_trials_under_a_delayed_effect(stored):
    truth = stored("survival_planning.json")["cases"]["sim-rpact-delayed-1e5"]["outputs"]
    late = times_ratio(log(2) / 9, Steps(values=(1, 0.5), until=(4,)))
    course = replace(ANCHOR, experimental=replace(ANCHOR.experimental, hazard=late))
    found = design_looks(
        SurvivalPlan(
            course=course,
            timing=AtEvents(events=(77, 128)),
            stopping=STOPPING,
            test=WeightedLogrankTest(weight=FlemingHarrington()),
        )
    )
    # A point or so of power is what the formula is worth here.
    stops = found.boundary.crossings(found.boundary.drift).upper
    assert found.power == pytest.approx(truth["overallReject"], abs=0.012)
    assert stops == pytest.approx(truth["rejectPerStage"], abs=0.012)
    assert [look.months for look in found.looks] == pytest.approx(truth["analysisTime"], abs=0.2)
    assert found.looks[0].subjects == pytest.approx(truth["numberOfSubjects"][0], abs=1)
    assert found.end.months == pytest.approx(truth["studyDuration"], abs=0.1)
    assert found.end.events == pytest.approx(truth["expectedNumberOfEvents"], abs=0.5)
    assert found.end.subjects == pytest.approx(truth["expectedNumberOfSubjects"], abs=0.5)
