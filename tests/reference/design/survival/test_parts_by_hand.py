"""The parts of a survival design, each by a line of arithmetic: effects, hazards, arms at risk."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from scipy.special import ndtr

from equipoise.design.survival.at_risk import at_risk, mixed_survival, under_null
from equipoise.design.survival.effect import (
    Effect,
    VarianceUnder,
    growth_for_power,
    mean_z,
    power_of,
    z_scale,
)
from equipoise.design.survival.event_course import (
    Accrual,
    AccrualPiece,
    ArmCourse,
    StratifiedCourse,
    Stratum,
    TwoArmCourse,
    begun,
    expected_events,
    strata_of,
    subjects_of,
    uniform_accrual,
    with_equal_hazards,
)
from equipoise.design.survival.fixed_design import (
    AverageHazardRatioTest,
    FormulaTest,
    MilestoneTest,
    RestrictedMeanTest,
    WeightedLogrankTest,
    allocation_of,
    effect_at,
    weights_of,
)
from equipoise.design.survival.hazards import (
    Steps,
    Weibull,
    as_steps,
    combine,
    cumulative_hazard,
    hazard_at,
    rate_and_shape,
)
from equipoise.design.survival.incidence import events_before, incidence
from equipoise.design.survival.logrank_formula import (
    LogrankFormula,
    LogrankTest,
    effect_of_course,
    effect_of_events,
    hazard_ratio_at_bound,
    variance_under,
)
from equipoise.design.survival.logrank_question import EventQuestion, TrialQuestion, asked_of
from equipoise.design.survival.logrank_solution import course_of_trial
from equipoise.design.survival.max_combo import max_combo_power
from equipoise.design.survival.quadrature import (
    follow_up_nodes,
    remaining_integral,
    steep_breaks,
    unit_nodes,
)
from equipoise.design.survival.restricted_mean import milestone_effect, restricted_mean
from equipoise.design.survival.weighted_logrank import LogrankMoments, heaviest_share, sum_of
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington

SEEN = Effect(size=0.5, null_information=25.0, information=16.0)
COURSE = TwoArmCourse(
    control=ArmCourse(subjects=40, hazard=0.1),
    experimental=ArmCourse(subjects=60, hazard=0.05),
    accrual=uniform_accrual(12),
)
AT_ONCE = replace(COURSE, accrual=uniform_accrual(1e-6))


@pytest.mark.source("by hand: 0.5 sqrt(25) = 2.5, 0.5 sqrt(16) = 2, sqrt(16 / 25) = 0.8")
@pytest.mark.parametrize(
    ("under", "mean", "scale"),
    [
        (VarianceUnder.NULL, 2.5, 1.0),
        (VarianceUnder.ALTERNATIVE, 2.0, 1.0),
        (VarianceUnder.BOTH, 2.0, 0.8),
    ],
)
def test_power_and_growth_under_each_variance(under, mean, scale):
    assert mean_z(SEEN, under=under) == pytest.approx(mean, rel=1e-15)
    assert z_scale(SEEN, under=under) == pytest.approx(scale, rel=1e-15)
    assert power_of(SEEN, z=1.5, under=under) == pytest.approx(ndtr(mean - 1.5 * scale))
    growth = growth_for_power(SEEN, z=1.5, power=float(ndtr(1.0)), under=under)
    assert growth == pytest.approx(((1.5 * scale + 1.0) / mean) ** 2, rel=1e-13)


@pytest.mark.source("by hand: 90 events at 0.6, two to one: log(1/0.6), 20; 0.4/2.2, 180; 0.25, 80")
def test_effects_and_informations_of_events():
    for formula, size, information in (
        (LogrankFormula.SCHOENFELD, log(1 / 0.6), 90 * 2 / 9),
        (LogrankFormula.FREEDMAN, 0.4 / 2.2, 180.0),
        (LogrankFormula.HSIEH, 0.4 / 1.6, 4 * 20.0),
    ):
        test = LogrankTest(allocation=2, formula=formula)
        found = effect_of_events(test, events=90, hazard_ratio=0.6)
        assert (found.size, found.information) == pytest.approx((size, information), rel=1e-14)
        assert found.null_information == found.information
        assert variance_under(formula) is VarianceUnder.NULL
    test = LogrankTest(null_hazard_ratio=1.3)
    # 100 events in equal arms: a deviate of 2 is 2 * 2 / sqrt(100) on the log scale.
    assert hazard_ratio_at_bound(test, z=2.0, events=100) == pytest.approx(1.3 * exp(-0.4))


@pytest.mark.source("by hand: events of both arms make 1 / (1 / d + 1 / e), and so under the null")
def test_effects_that_count_the_events_of_each_arm():
    seen = expected_events(COURSE, months=24)
    harmonic = seen.control * seen.experimental / seen.events
    assumed = LogrankTest(allocation=1.5, formula=LogrankFormula.RUBINSTEIN)
    found = effect_of_course(assumed, course=COURSE, hazard_ratio=0.5, months=24)
    assert (found.size, found.information) == pytest.approx((log(2), harmonic), rel=1e-13)
    assert found.null_information == found.information
    assert variance_under(LogrankFormula.RUBINSTEIN) is VarianceUnder.ALTERNATIVE
    both = LogrankTest(allocation=1.5, formula=LogrankFormula.BERNSTEIN_LAGAKOS)
    equal = expected_events(with_equal_hazards(COURSE), months=24)
    null = equal.control * equal.experimental / equal.events
    found = effect_of_course(both, course=COURSE, hazard_ratio=0.5, months=24)
    assert (found.null_information, found.information) == pytest.approx((null, harmonic))
    assert variance_under(LogrankFormula.LACHIN_FOULKES) is VarianceUnder.BOTH


@pytest.mark.source("by hand: 40 and 60 are 100, 1.5 to 1; a stretch begins where one ended")
def test_arms_strata_and_stretches_are_counted():
    strata = StratifiedCourse(
        strata=(Stratum(label="one", course=COURSE), Stratum(label="two", course=COURSE))
    )
    assert (subjects_of(COURSE), subjects_of(strata)) == (100, 200)
    assert (strata_of(COURSE), strata_of(strata)) == ((COURSE,), (COURSE, COURSE))
    assert allocation_of(strata) == pytest.approx(1.5)
    accrual = Accrual(pieces=(AccrualPiece(months=5, share=0.2), AccrualPiece(months=7, share=0.8)))
    assert [begin for _, begin in begun(accrual)] == [0.0, 5.0]
    equal = with_equal_hazards(COURSE)
    assert [arm.hazard for arm in equal.arms] == [0.1, 0.1]
    assert subjects_of(equal) == 100


@pytest.mark.source("by hand: 0.1 * 5 + 0.2 * 3 = 1.1 by month 8; Weibull 0.1 * 3^2 = 0.9")
def test_hazards_and_their_sums():
    steps, curved = Steps(values=(0.1, 0.2), until=(5,)), Weibull(rate=0.1, shape=2)
    months = np.array([3.0, 8.0])
    assert cumulative_hazard(steps, months) == pytest.approx([0.3, 1.1])
    assert cumulative_hazard(curved, months) == pytest.approx([0.9, 6.4])
    assert hazard_at(steps, months) == pytest.approx([0.1, 0.2])
    assert hazard_at(curved, months) == pytest.approx([0.6, 1.6])
    assert as_steps(0.1, where="hazard") == Steps(values=(0.1,))
    assert rate_and_shape(curved) == (Steps(values=(0.1,)), 2)
    assert rate_and_shape(steps) == (steps, 1.0)
    late = Steps(values=(1.0, 0.5), until=(4,))
    assert combine(steps, late) == {0.0: (0.1, 1.0), 4.0: (0.1, 0.5), 5.0: (0.2, 0.5)}


@pytest.mark.source("by hand: 1 - exp(-0.5) by month 5; its integral from 0 to 5 is 5 - 3.934693")
def test_incidence_and_the_events_before_a_cut():
    chance = incidence(0.1, dropout_hazard=0.0)
    assert chance.by(5.0) == pytest.approx(1 - exp(-0.5), rel=1e-14)
    whole = 5 - 10 * (1 - exp(-0.5))
    assert events_before(chance, cut=5, high=5, width=5) == pytest.approx(whole, rel=1e-13)
    # Of ten months that end at 15 all lie beyond the cut; of ten that end at 10, half.
    flat = 1 - exp(-0.5)
    assert events_before(chance, cut=5, high=15, width=10) == pytest.approx(10 * flat, rel=1e-13)
    assert events_before(chance, cut=5, high=10, width=10) == pytest.approx(whole + 5 * flat)
    losing = incidence(0.1, dropout_hazard=0.1)
    assert losing.by(5.0) == pytest.approx((1 - exp(-1.0)) / 2, rel=1e-14)


@pytest.mark.source("by hand: integrals of s^3 and of exp(-s) up to 2, and what is left from s on")
def test_nodes_integrate_smooth_functions():
    nodes, weights = follow_up_nodes({1.0, 5.0}, end=2.0)
    assert weights @ nodes**3 == pytest.approx(4.0, rel=1e-13)
    assert weights @ np.exp(-nodes) == pytest.approx(1 - exp(-2), rel=1e-13)
    left = remaining_integral(np.exp(-nodes), weights)
    assert left == pytest.approx(np.exp(-nodes) - exp(-2), abs=1e-13)
    unit, masses = unit_nodes()
    assert (masses.sum(), masses @ unit) == pytest.approx((1.0, 0.5), rel=1e-14)
    months = np.linspace(0.0, 10.0, 11)
    steep = sorted(steep_breaks(4 * months, months))  # a hazard of 4: apart by the same months
    assert len(steep) > 1
    assert np.diff(steep) == pytest.approx(steep[0], rel=1e-12)


@pytest.mark.source("by hand: at month 12 of 12, at risk after s: n (1 - s / 12) exp(-hazard s)")
def test_arms_at_risk():
    arms = at_risk(COURSE, months=12, until=12, corners=set())
    s = arms.months
    for place, (n, hazard) in enumerate(((40, 0.1), (60, 0.05))):
        assert arms.risk[place] == pytest.approx(n * (1 - s / 12) * np.exp(-hazard * s), rel=1e-12)
        assert arms.survival[place] == pytest.approx(np.exp(-hazard * s), rel=1e-13)
    mixed = 0.4 * np.exp(-0.1 * s) + 0.6 * np.exp(-0.05 * s)
    assert mixed_survival(COURSE, s) == pytest.approx(mixed, rel=1e-13)
    assert arms.pool(s) == pytest.approx(mixed, rel=1e-13)
    null = under_null(arms, COURSE)  # 0.4 * 0.1 + 0.6 * 0.05 = 0.07 for both
    assert null.hazard == pytest.approx(0.07)
    assert null.risk[1] == pytest.approx(60 * (1 - s / 12) * np.exp(-0.07 * s), rel=1e-12)


@pytest.mark.source("by hand: two independent ones stay below 2 with Phi(2)^2; of mean 1, Phi(1)^2")
def test_max_combo_of_two_independent_statistics():
    moments = LogrankMoments(
        score=np.array([0.0, 0.0]),
        null_variance=np.eye(2),
        variance=np.eye(2),
        information=np.array([1.0, 1.0]),
    )
    assert max_combo_power(moments, z=2.0) == pytest.approx(1 - ndtr(2.0) ** 2, abs=1e-9)
    moved = replace(moments, score=np.array([0.5, 0.5]))
    found = max_combo_power(moved, z=2.0, growth=4.0)
    assert found == pytest.approx(1 - ndtr(1.0) ** 2, abs=1e-9)


@pytest.mark.source("by hand: equal weights: a fifth; weights F^(1/2): 1 - 0.8^2 of the variance")
def test_the_share_of_the_fifth_of_events_that_weigh_most():
    equal = with_equal_hazards(replace(AT_ONCE, control=replace(COURSE.control, subjects=60)))
    share = heaviest_share(equal, months=400, weight=FlemingHarrington())
    assert share == pytest.approx(0.2, abs=1e-3)
    # The squared weight is F, so the variance up to F is F^2 of all.
    late = heaviest_share(equal, months=400, weight=FlemingHarrington(gamma=0.5))
    assert late == pytest.approx(1 - 0.8**2, abs=2e-3)
    assert sum_of([np.array([1.0, 2.0]), np.array([3.0, 4.0])]).tolist() == [4.0, 6.0]


@pytest.mark.source("by hand: everybody enters at once, so S(6) is binomial and its mean closed")
def test_what_each_test_sees_without_censoring():
    control, experimental = exp(-0.6), exp(-0.3)
    variance = control * (1 - control) / 40 + experimental * (1 - experimental) / 60
    found = milestone_effect(AT_ONCE, months=7, milestone_months=6)
    assert found.size == pytest.approx(experimental - control, rel=1e-12)
    assert 1 / found.information == pytest.approx(variance, rel=1e-6)
    seen, under = effect_at(AT_ONCE, months=7, test=MilestoneTest(milestone_months=6))
    assert (seen.size, under) == (pytest.approx(found.size), VarianceUnder.ALTERNATIVE)
    means = [restricted_mean(hazard, months=6) for hazard in (0.1, 0.05)]
    assert means == pytest.approx([(1 - control) / 0.1, (1 - experimental) / 0.05], rel=1e-12)
    seen, _ = effect_at(AT_ONCE, months=7, test=RestrictedMeanTest(until_months=6))
    assert seen.size == pytest.approx(means[1] - means[0], rel=1e-12)


@pytest.mark.source("by hand: a ratio of 1/2 has the effect log 2; d r / (1 + r)^2 by events")
def test_what_log_rank_tests_see():
    events = expected_events(COURSE, months=24).events
    seen, under = effect_at(COURSE, months=24, test=FormulaTest())
    assert (seen.size, under) == (pytest.approx(log(2), rel=1e-12), VarianceUnder.NULL)
    assert seen.null_information == pytest.approx(events * 1.5 / 2.5**2, rel=1e-12)
    seen, under = effect_at(COURSE, months=24, test=AverageHazardRatioTest())
    assert (seen.size, under) == (pytest.approx(log(2), rel=1e-12), VarianceUnder.BOTH)
    late = WeightedLogrankTest(weight=FlemingHarrington(gamma=1))
    _, under = effect_at(COURSE, months=24, test=late)
    assert under is VarianceUnder.ALTERNATIVE
    assert weights_of(late) == (FlemingHarrington(gamma=1),)
    assert weights_of(FormulaTest()) == ()


@pytest.mark.source("by hand: 90 subjects two to one are 30 and 60; half the hazard; power asked")
def test_the_trial_of_a_question():
    question = TrialQuestion(
        test=LogrankTest(allocation=2),
        control_hazard=0.1,
        subjects=90,
        accrual_months=12,
        follow_up_months=6,
        hazard_ratio=0.5,
        dropout_hazards=(0.01, 0.02),
    )
    course = course_of_trial(question, subjects=90, accrual_months=12, hazard_ratio=0.5)
    control, experimental = course.arms
    assert (control.subjects, experimental.subjects) == pytest.approx((30, 60))
    assert (control.hazard, experimental.hazard) == pytest.approx((0.1, 0.05))
    assert (control.dropout_hazard, experimental.dropout_hazard) == (0.01, 0.02)
    names = ("events", "hazard_ratio", "power")
    known = EventQuestion(test=LogrankTest(), events=100, hazard_ratio=0.6)
    assert asked_of(known, names) == "power"
    assert course.accrual.months == 12
