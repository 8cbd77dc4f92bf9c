from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.survival.average_hazard_ratio import average_hazard_ratio
from equipoise.design.survival.event_course import (
    ArmCourse,
    StratifiedCourse,
    Stratum,
    TwoArmCourse,
    expected_events,
    time_of_events,
    uniform_accrual,
    with_subjects,
)
from equipoise.design.survival.hazards import (
    Steps,
    Weibull,
    survival_probability,
    time_of_event_probability,
    times_ratio,
)
from equipoise.design.survival.logrank_formula import LogrankFormula, LogrankTest
from equipoise.design.survival.logrank_question import EventQuestion
from equipoise.design.survival.logrank_solution import solve_logrank
from equipoise.design.survival.restricted_mean import milestone_effect, restricted_mean_effect
from equipoise.design.survival.weighted_logrank import logrank_moments
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington, ModestlyWeighted

WEIGHT = st.one_of(
    st.builds(FlemingHarrington, rho=st.floats(0, 2), gamma=st.floats(0, 2)),
    st.builds(ModestlyWeighted, until=st.floats(1, 30)),
)


@st.composite
def steps(draw, low=0.01, high=0.2):
    cuts = sorted(draw(st.lists(st.integers(1, 30), max_size=3, unique=True)))
    values = [draw(st.floats(low, high)) for _ in range(len(cuts) + 1)]
    return Steps(values=tuple(values), until=tuple(cuts))


@st.composite
def courses(draw):
    hazard = draw(steps())
    arms = [
        ArmCourse(subjects=draw(st.integers(20, 200)), hazard=rate, dropout_hazard=lost)
        for rate, lost in (
            (hazard, draw(st.sampled_from([0.0, 0.01]))),
            (times_ratio(hazard, draw(steps(0.4, 1.3))), draw(st.sampled_from([0.0, 0.02]))),
        )
    ]
    accrual = uniform_accrual(draw(st.floats(1, 20)))
    return TwoArmCourse(control=arms[0], experimental=arms[1], accrual=accrual)


@given(courses(), st.floats(0.05, 0.9))
@settings(deadline=None)
def test_the_month_of_events_has_these_events(course, share):
    late = expected_events(course, months=200).events
    months = time_of_events(course, events=share * late)
    assert expected_events(course, months=months).events == pytest.approx(share * late, rel=1e-9)


@given(steps(), st.floats(0.4, 3), st.floats(0.01, 0.99))
def test_quantile_and_survival_are_inverses(rate, shape, probability):
    hazard = Weibull(rate=rate, shape=shape)
    month = time_of_event_probability(hazard, probability=probability)
    assert survival_probability(hazard, months=month) == pytest.approx(1 - probability, rel=1e-9)


@given(courses(), st.floats(5, 60))
@settings(deadline=None)
def test_moments_integrate_to_the_expected_events_when_arms_are_alike(course, months):
    alike = replace(course, experimental=course.control)
    found = logrank_moments(alike, months=months, weights=(FlemingHarrington(),))
    events = expected_events(alike, months=months).events
    assert found.score[0] == pytest.approx(0, abs=1e-9)
    assert found.variance[0, 0] == pytest.approx(events / 4, rel=1e-8)
    assert found.null_variance[0, 0] == pytest.approx(events / 4, rel=1e-8)


@given(courses(), st.floats(5, 60), WEIGHT)
@settings(deadline=None)
def test_exchanging_the_arms_turns_the_sign(course, months, weight):
    turned = replace(course, control=course.experimental, experimental=course.control)
    one, other = (logrank_moments(c, months=months, weights=(weight,)) for c in (course, turned))
    assert one.score == pytest.approx(-other.score, rel=1e-6, abs=1e-9)
    assert one.variance == pytest.approx(other.variance, rel=1e-6)
    ratios = [average_hazard_ratio(c, months=months).hazard_ratio for c in (course, turned)]
    assert ratios[0] * ratios[1] == pytest.approx(1, rel=1e-9)


@given(course=courses(), months=st.floats(5, 60), weight=WEIGHT, factor=st.floats(0.5, 5))
@settings(deadline=None)
def test_information_grows_with_subjects(course, months, *, weight, factor):
    subjects = course.control.subjects + course.experimental.subjects
    grown = with_subjects(course, subjects=factor * subjects)
    few, many = (logrank_moments(c, months=months, weights=(weight,)) for c in (course, grown))
    assert many.score == pytest.approx(factor * few.score, rel=1e-9, abs=1e-12)
    assert many.variance == pytest.approx(factor * few.variance, rel=1e-9)


@given(courses(), st.floats(5, 60), WEIGHT)
@settings(deadline=None)
def test_two_equal_strata_are_one_trial_for_every_test(course, months, weight):
    double = StratifiedCourse(
        strata=(Stratum(label="a", course=course), Stratum(label="b", course=course))
    )
    one, both = (logrank_moments(c, months=months, weights=(weight,)) for c in (course, double))
    assert both.score == pytest.approx(2 * one.score, rel=1e-12)
    until = months / 2
    for effect in (
        lambda c: restricted_mean_effect(c, months=months, until_months=until),
        lambda c: milestone_effect(c, months=months, milestone_months=until),
    ):
        single, pair = effect(course), effect(double)
        assert pair.size == pytest.approx(single.size, rel=1e-12, abs=1e-14)
        assert pair.information == pytest.approx(2 * single.information, rel=1e-12)


@given(
    formula=st.sampled_from(
        [LogrankFormula.SCHOENFELD, LogrankFormula.FREEDMAN, LogrankFormula.HSIEH]
    ),
    ratio=st.floats(0.3, 0.9),
    power=st.floats(0.5, 0.97),
    allocation=st.floats(0.3, 3),
)
@settings(deadline=None)
def test_events_hazard_ratio_and_power_answer_each_other(formula, ratio, *, power, allocation):
    test = LogrankTest(formula=formula, allocation=allocation)
    events = solve_logrank(EventQuestion(test=test, hazard_ratio=ratio, power=power)).events
    found = solve_logrank(EventQuestion(test=test, events=events, power=power))
    assert found.hazard_ratio == pytest.approx(ratio, rel=1e-6)
    found = solve_logrank(EventQuestion(test=test, events=events, hazard_ratio=ratio))
    assert found.power == pytest.approx(power, abs=1e-10)
