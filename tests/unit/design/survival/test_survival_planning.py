from dataclasses import replace
from math import inf

import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.design.survival.accrual_rates import accrual_at_rates, months_for_subjects
from equipoise.design.survival.average_hazard_ratio import average_hazard_ratio, hazard_ratio_effect
from equipoise.design.survival.effect import VarianceUnder
from equipoise.design.survival.event_course import (
    ArmCourse,
    StratifiedCourse,
    Stratum,
    TwoArmCourse,
    expected_events,
    strata_of,
    subjects_of,
    time_of_events,
    uniform_accrual,
    with_equal_hazards,
    with_subjects,
)
from equipoise.design.survival.fixed_design import (
    MilestoneTest,
    RestrictedMeanTest,
    WeightedLogrankTest,
    design_fixed,
)
from equipoise.design.survival.hazards import (
    Steps,
    Weibull,
    survival_probability,
    time_of_event_probability,
    times_ratio,
    weibull_of_median,
)
from equipoise.design.survival.illness_death import (
    Transitions,
    average_death_hazard_ratio,
    overall_survival,
)
from equipoise.design.survival.incidence import incidence
from equipoise.design.survival.logrank_formula import LogrankFormula, LogrankTest
from equipoise.design.survival.logrank_question import EventQuestion, StratumHazard
from equipoise.design.survival.logrank_solution import solve_logrank
from equipoise.design.survival.max_combo import design_max_combo
from equipoise.design.survival.restricted_mean import restricted_mean
from equipoise.design.survival.sequential_survival import design_looks
from equipoise.design.survival.survival_plan import AtEventFractions, AtEvents, AtMonths
from equipoise.design.survival.weighted_logrank import logrank_moments
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington

from .planned_trials import COURSE, GAMMA, LATE, PLAN, QUESTION, STOPPING, TRIAL


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda: Steps(values=(0.1,), until=(3,)), "values, until"),
        (lambda: Steps(values=(0.1, 0.2), until=(-3,)), "values, until"),
        (lambda: Steps(values=(0.1, -0.2), until=(3,)), "values, until"),
        (lambda: Weibull(rate=0.1, shape=0), "shape"),
        (lambda: weibull_of_median(0, shape=1), "months"),
        (lambda: times_ratio(0.1, -0.5), "hazard_ratio"),
        (lambda: survival_probability(0.1, months=-1), "months"),
        (lambda: time_of_event_probability(0.1, probability=1.0), "probability"),
        (lambda: accrual_at_rates(Steps(values=(0.0,)), months=12), "months"),
        (
            lambda: months_for_subjects(Steps(values=(5.0, 0.0), until=(6,)), subjects=31),
            "subjects",
        ),
        (lambda: StratifiedCourse(strata=()), "strata"),
        (
            lambda: StratifiedCourse(strata=(Stratum(label="a", course=COURSE),) * 2),
            "strata",
        ),
        (lambda: LogrankTest(allocation=0), "allocation"),
        (lambda: LogrankTest(null_hazard_ratio=-1), "null_hazard_ratio"),
        (lambda: LogrankTest(alpha_one_sided=0.6), "alpha_one_sided"),
        (
            lambda: LogrankTest(null_hazard_ratio=1.3, formula=LogrankFormula.HSIEH),
            "formula, null_hazard_ratio",
        ),
        (
            lambda: solve_logrank(
                EventQuestion(
                    test=LogrankTest(formula=LogrankFormula.LACHIN_FOULKES),
                    events=100,
                    hazard_ratio=0.6,
                )
            ),
            "formula",
        ),
        (
            lambda: replace(
                TRIAL, control_hazard=(StratumHazard(label="a", share=0.5, hazard=0.1),)
            ),
            "control_hazard",
        ),
        (lambda: average_hazard_ratio(COURSE, months=0), "months"),
        (
            lambda: hazard_ratio_effect(
                average_hazard_ratio(COURSE, months=9), null_hazard_ratio=0
            ),
            "null_hazard_ratio",
        ),
        (lambda: logrank_moments(COURSE, months=0, weights=(GAMMA,)), "months"),
        (
            lambda: WeightedLogrankTest(weight=GAMMA, variance_under=VarianceUnder.NULL),
            "variance_under",
        ),
        (
            lambda: design_fixed(QUESTION, test=RestrictedMeanTest(until_months=30)),
            "until_months, milestone_months",
        ),
        (
            lambda: design_fixed(QUESTION, test=MilestoneTest(milestone_months=0)),
            "until_months, milestone_months",
        ),
        (lambda: restricted_mean(0.1, months=inf), "months"),
        (lambda: replace(QUESTION, power=0.02), "power"),
        (lambda: replace(QUESTION, alpha_one_sided=0), "alpha_one_sided"),
        (lambda: design_max_combo(QUESTION, weights=(GAMMA,)), "weights"),
        (lambda: design_max_combo(QUESTION, weights=(GAMMA, GAMMA)), "weights"),
        (lambda: AtMonths(months=(30, 18)), "months"),
        (lambda: AtEvents(events=()), "events"),
        (lambda: AtEventFractions(fractions=(0.5, 0.9), months=36), "information_fractions"),
        (lambda: AtEventFractions(fractions=(0.5, 1.0), months=-1), "months"),
        (lambda: replace(STOPPING, alpha_one_sided=0.5), "alpha_one_sided"),
        (lambda: replace(PLAN, power=0.02), "power"),
        (lambda: replace(PLAN, timing=AtEvents(events=(9,)), power=0.8), "timing, power"),
        (
            lambda: replace(PLAN, timing=AtEventFractions(fractions=(1.0,), months=None)),
            "timing, power",
        ),
        (lambda: design_looks(replace(PLAN, course=with_equal_hazards(COURSE))), "course"),
        (
            lambda: Transitions(progression=0.0, death=0.0, death_after_progression=0.1),
            "progression, death, death_after_progression",
        ),
        (
            lambda: average_death_hazard_ratio(
                Transitions(progression=0.1, death=0.1, death_after_progression=0.1),
                Transitions(progression=0.1, death=0.1, death_after_progression=0.1),
                months=0,
            ),
            "months",
        ),
    ],
)
def test_what_a_plan_cannot_mean_is_refused_by_name(call, where):
    with pytest.raises(BadInput) as error:
        call()
    assert error.value.faults[0].where == where


def test_a_hazard_that_ends_leaves_some_without_the_event():
    ends = Steps(values=(0.1, 0.0), until=(5,))
    assert time_of_event_probability(ends, probability=0.5) == inf
    assert time_of_event_probability(0.1, probability=0.0) == 0
    assert incidence(ends, dropout_hazard=0.0).by(inf) == pytest.approx(1 - np.exp(-0.5))
    course = replace(
        COURSE,
        control=replace(COURSE.control, hazard=ends, dropout_hazard=0.0),
        experimental=replace(COURSE.experimental, hazard=ends, dropout_hazard=0.0),
    )
    with pytest.raises(BadInput, match="ever expected"):
        time_of_events(course, events=300 * (1 - np.exp(-0.5)) + 1)


def test_events_of_a_weibull_trial_that_never_come_are_refused():
    weibull = weibull_of_median(12, shape=1.5)
    arm = ArmCourse(subjects=100, hazard=weibull, dropout_hazard=0.05)
    course = TwoArmCourse(control=arm, experimental=arm, accrual=uniform_accrual(12))
    ever = 200 * incidence(weibull, dropout_hazard=0.05).by(inf)
    assert 50 < ever < 180
    assert time_of_events(course, events=0.9 * ever) < 60
    with pytest.raises(BadInput, match="ever expected"):
        time_of_events(course, events=1.001 * ever)


def test_a_curve_of_another_shape_has_no_average_hazard_ratio():
    other = replace(
        COURSE, experimental=replace(COURSE.experimental, hazard=weibull_of_median(15, shape=1.3))
    )
    with pytest.raises(BadInput, match="same shape"):
        average_hazard_ratio(other, months=24)
    stopped = replace(
        COURSE, experimental=replace(COURSE.experimental, hazard=LATE.experimental.hazard)
    )
    halting = replace(
        stopped,
        control=replace(COURSE.control, hazard=Steps(values=(0.06, 0.0), until=(5,))),
    )
    with pytest.raises(BadInput, match="hazard above 0"):
        average_hazard_ratio(halting, months=24)
    unweighted = WeightedLogrankTest(weight=FlemingHarrington())
    assert 0 < design_fixed(replace(QUESTION, course=other), test=unweighted).power < 1


def test_subjects_scale_every_arm_of_every_stratum():
    both = StratifiedCourse(
        strata=(Stratum(label="a", course=COURSE), Stratum(label="b", course=LATE))
    )
    grown = with_subjects(both, subjects=1200)
    assert subjects_of(grown) == pytest.approx(1200)
    assert [stratum.control.subjects for stratum in strata_of(grown)] == pytest.approx([300, 300])
    assert expected_events(grown, months=20).events == pytest.approx(
        2 * expected_events(both, months=20).events
    )
    equal = with_equal_hazards(both)
    assert all(s.experimental.hazard == s.control.hazard for s in strata_of(equal))


def test_overall_survival_is_smooth_where_two_hazards_meet():
    months = np.array([1.0, 10.0, 300.0])
    near = [
        overall_survival(
            Transitions(progression=0.04, death=0.02, death_after_progression=after), months=months
        )
        for after in (0.06 * (1 - 1e-6), 0.06, 0.06 * (1 + 1e-6))
    ]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-9)
