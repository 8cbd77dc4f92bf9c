from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.design.group_sequential.futility import BetaSpending, Binding
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending
from equipoise.design.survival.accrual_rates import accrual_at_rates, months_for_subjects
from equipoise.design.survival.average_hazard_ratio import (
    average_hazard_ratio,
    hazard_ratio_effect,
)
from equipoise.design.survival.effect import Effect, VarianceUnder, growth_for_power, power_of
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
    AverageHazardRatioTest,
    FixedQuestion,
    FormulaTest,
    MilestoneTest,
    RestrictedMeanTest,
    WeightedLogrankTest,
    design_fixed,
)
from equipoise.design.survival.group_sequential import SurvivalAssumptions, plan_of
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
from equipoise.design.survival.logrank_question import (
    EventQuestion,
    PacedAccrual,
    SpreadAccrual,
    StratumHazard,
    TrialQuestion,
)
from equipoise.design.survival.logrank_solution import solve_logrank
from equipoise.design.survival.max_combo import design_max_combo
from equipoise.design.survival.restricted_mean import restricted_mean
from equipoise.design.survival.sequential_survival import design_looks
from equipoise.design.survival.survival_plan import (
    AtEventFractions,
    AtEvents,
    AtMonths,
    SpendingClock,
    StoppingRule,
    SurvivalPlan,
)
from equipoise.design.survival.weighted_logrank import logrank_moments
from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.comparison_weights import FlemingHarrington, ModestlyWeighted

COURSE = TwoArmCourse(
    control=ArmCourse(subjects=150, hazard=0.06, dropout_hazard=0.005),
    experimental=ArmCourse(subjects=150, hazard=0.04, dropout_hazard=0.005),
    accrual=uniform_accrual(12),
)
LATE = replace(
    COURSE,
    experimental=replace(COURSE.experimental, hazard=Steps(values=(0.06, 0.03), until=(5,))),
)
TRIAL = TrialQuestion(
    test=LogrankTest(),
    control_hazard=0.06,
    accrual_months=12,
    follow_up_months=12,
    hazard_ratio=0.7,
    power=0.8,
)
QUESTION = FixedQuestion(course=COURSE, months=30, alpha_one_sided=0.025)
STOPPING = StoppingRule(alpha_one_sided=0.025, efficacy=OBrienFlemingSpending())
PLAN = SurvivalPlan(course=COURSE, timing=AtMonths(months=(18, 30)), stopping=STOPPING)
GAMMA = FlemingHarrington(gamma=1)


def test_the_question_names_what_is_left_out_twice_or_not_at_all():
    with pytest.raises(BadInput, match=r"subjects, power: exactly one of") as error:
        replace(TRIAL, power=None)
    assert error.value.faults[0].got == "2 are None"
    with pytest.raises(BadInput, match="none is None"):
        replace(TRIAL, subjects=100)
    with pytest.raises(BadInput, match=r"events, power: exactly one of events, hazard_ratio"):
        EventQuestion(test=LogrankTest(), hazard_ratio=0.6)


def test_at_a_known_pace_subjects_and_months_are_one_question():
    pace = PacedAccrual(rates=Steps(values=(20.0,)))
    paced = replace(TRIAL, accrual=pace, accrual_months=None)
    with pytest.raises(BadInput, match="none is None"):
        replace(paced, accrual_months=12)
    with pytest.raises(BadInput, match="say the same"):
        replace(paced, accrual_months=12, subjects=100, power=None)
    with pytest.raises(BadInput, match=r"accrual_months, power: exactly one of"):
        replace(paced, power=None)
    found = solve_logrank(paced)
    assert found.subjects == pytest.approx(20 * found.accrual_months)
    assert found.power == pytest.approx(0.8, abs=1e-9)
    by_subjects = replace(paced, subjects=found.subjects, power=None)
    assert solve_logrank(by_subjects).power == pytest.approx(0.8, abs=1e-9)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("power", 0.01),
        ("power", 1.0),
        ("hazard_ratio", 0.0),
        ("hazard_ratio", nan),
        ("accrual_months", 0.0),
        ("follow_up_months", -1.0),
        ("follow_up_months", inf),
    ],
)
def test_a_number_of_a_trial_that_cannot_be_meant_is_refused(field, value):
    with pytest.raises(BadInput) as error:
        replace(TRIAL, **{field: value})
    assert [fault.where for fault in error.value.faults] == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("test", LogrankTest(alpha_one_sided=0.05)),
        ("test", LogrankTest(allocation=2)),
        ("test", LogrankTest(null_hazard_ratio=1.2)),
        ("test", LogrankTest(formula=LogrankFormula.FREEDMAN)),
        ("test", LogrankTest(formula=LogrankFormula.RUBINSTEIN)),
        ("control_hazard", 0.09),
        ("accrual_months", 18),
        ("follow_up_months", 18),
        ("hazard_ratio", 0.6),
        ("power", 0.9),
        ("accrual", SpreadAccrual(rates=Steps(values=(1, 9), until=(6,)))),
        ("dropout_hazards", (0.02, 0.0)),
    ],
)
def test_every_assumption_of_a_trial_changes_its_answer(field, value):
    plain = solve_logrank(replace(TRIAL, subjects=200, power=None))
    changed = replace(TRIAL, subjects=200, power=None)
    if field == "power":
        plain = solve_logrank(TRIAL)
        changed = TRIAL
    found = solve_logrank(replace(changed, **{field: value}))
    assert (found.subjects, found.power) != (plain.subjects, plain.power)


def test_no_number_of_months_mends_too_few_subjects_and_none_is_needed_by_too_many():
    few = replace(TRIAL, subjects=40, follow_up_months=None)
    with pytest.raises(BadInput, match="more subjects"):
        solve_logrank(few)
    with pytest.raises(BadInput, match="fewer subjects"):
        solve_logrank(replace(few, subjects=4000))


def test_a_trial_without_an_effect_has_no_size():
    with pytest.raises(BadInput, match="effect"):
        solve_logrank(replace(TRIAL, hazard_ratio=1.0))
    hopeless = EventQuestion(test=LogrankTest(formula=LogrankFormula.FREEDMAN), events=5, power=0.9)
    with pytest.raises(BadInput, match="hazard ratio gives"):
        solve_logrank(hopeless)


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


@pytest.mark.parametrize("under", list(VarianceUnder))
def test_growth_gives_the_power_it_was_asked_for(under):
    effect = Effect(size=0.3, null_information=40.0, information=35.0)
    growth = growth_for_power(effect, z=1.96, power=0.9, under=under)
    grown = Effect(size=0.3, null_information=40.0 * growth, information=35.0 * growth)
    assert power_of(grown, z=1.96, under=under) == pytest.approx(0.9, abs=1e-12)
    with pytest.raises(BadInput, match="power"):
        growth_for_power(effect, z=1.96, power=1.0, under=under)
    with pytest.raises(BadInput, match="effect"):
        growth_for_power(replace(effect, size=-0.1), z=1.96, power=0.9, under=under)


@pytest.mark.parametrize(
    ("test", "other"),
    [
        (AverageHazardRatioTest(), AverageHazardRatioTest(variance_under=VarianceUnder.NULL)),
        (AverageHazardRatioTest(), AverageHazardRatioTest(null_hazard_ratio=1.1)),
        (FormulaTest(), FormulaTest(formula=LogrankFormula.BERNSTEIN_LAGAKOS)),
        (FormulaTest(), FormulaTest(null_hazard_ratio=1.1)),
        (
            WeightedLogrankTest(weight=GAMMA),
            WeightedLogrankTest(weight=GAMMA, variance_under=VarianceUnder.BOTH),
        ),
        (WeightedLogrankTest(weight=GAMMA), WeightedLogrankTest(weight=FlemingHarrington(rho=1))),
        (
            WeightedLogrankTest(weight=ModestlyWeighted(until=6)),
            WeightedLogrankTest(weight=ModestlyWeighted(until=6, height=1 / 1.1)),
        ),
        (RestrictedMeanTest(until_months=20), RestrictedMeanTest(until_months=24)),
        (
            RestrictedMeanTest(until_months=20),
            RestrictedMeanTest(until_months=20, null_difference=-1),
        ),
        (MilestoneTest(milestone_months=12), MilestoneTest(milestone_months=18)),
        (
            MilestoneTest(milestone_months=12),
            MilestoneTest(milestone_months=12, scale=ProbabilityScale.LOG_LOG),
        ),
        (
            MilestoneTest(milestone_months=12),
            MilestoneTest(milestone_months=12, null_difference=-0.05),
        ),
    ],
)
def test_every_choice_of_a_test_changes_its_power(test, other):
    question = replace(QUESTION, course=LATE)
    one, two = (design_fixed(question, test=choice).power for choice in (test, other))
    assert abs(one - two) > 1e-4


@pytest.mark.parametrize(
    "test",
    [
        AverageHazardRatioTest(),
        FormulaTest(formula=LogrankFormula.LACHIN_FOULKES),
        WeightedLogrankTest(weight=GAMMA),
        RestrictedMeanTest(until_months=20),
        MilestoneTest(milestone_months=12),
    ],
)
def test_the_subjects_of_a_power_have_that_power(test):
    sized = design_fixed(replace(QUESTION, course=LATE, power=0.85), test=test)
    course = with_subjects(LATE, subjects=sized.subjects)
    powered = design_fixed(replace(QUESTION, course=course), test=test)
    assert powered.power == pytest.approx(0.85, abs=1e-9)
    assert powered.events == pytest.approx(sized.events)


def test_designs_warn_of_few_events_unlike_arms_and_heavy_weights():
    def warned(course, test):
        return " ".join(design_fixed(replace(QUESTION, course=course), test=test).warnings)

    strong = replace(COURSE, experimental=replace(COURSE.experimental, hazard=0.03))
    unlike = replace(COURSE, control=replace(COURSE.control, subjects=50))
    large = with_subjects(COURSE, subjects=3000)
    logrank, heavy = AverageHazardRatioTest(), WeightedLogrankTest(weight=GAMMA)
    assert "promise too much" in warned(strong, logrank)
    assert "3 experimental subjects to each" in warned(unlike, logrank)
    assert "few events" in warned(large, heavy)
    assert warned(large, logrank).count(".") == warned(large, logrank).count("asymptotic")
    assert len(design_fixed(replace(QUESTION, course=large), test=logrank).warnings) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("alpha_one_sided", 0.05),
        ("efficacy", PocockSpending()),
        ("futility", BetaSpending(spending=PocockSpending())),
        ("clock", SpendingClock.CALENDAR),
    ],
)
def test_every_stopping_rule_changes_the_looks(field, value):
    changed = replace(PLAN, stopping=replace(STOPPING, **{field: value}))
    assert design_looks(changed).looks != design_looks(PLAN).looks


def test_binding_futility_lowers_the_efficacy_bound():
    loose = replace(STOPPING, futility=BetaSpending(spending=PocockSpending()))
    strict = replace(loose, binding=Binding.BINDING)
    last = [
        design_looks(replace(PLAN, stopping=stopping)).looks[-1].efficacy_z
        for stopping in (loose, strict)
    ]
    assert last[1] < last[0]


def test_looks_at_months_events_and_fractions_are_one_design_when_they_coincide():
    by_months = design_looks(PLAN)
    events = tuple(look.events for look in by_months.looks)
    by_events = design_looks(replace(PLAN, timing=AtEvents(events=events)))
    fractions = (events[0] / events[1], 1.0)
    timing = AtEventFractions(fractions=fractions, months=30)
    by_fractions = design_looks(replace(PLAN, timing=timing))
    for found in (by_events, by_fractions):
        assert found.power == pytest.approx(by_months.power, abs=1e-10)
        assert found.end.months == pytest.approx(by_months.end.months, rel=1e-9)
    # Without an effect events come sooner, so looks at events do.
    assert by_events.null_end.months < by_months.null_end.months
    assert by_events.null_end.events < by_months.null_end.events


def test_the_last_month_that_is_found_gives_the_power():
    timing = AtEventFractions(fractions=(0.6, 1.0), months=None)
    found = design_looks(replace(PLAN, course=LATE, timing=timing, power=0.9))
    months = tuple(look.months for look in found.looks)
    again = design_looks(replace(PLAN, course=LATE, timing=AtMonths(months=months)))
    assert again.power == pytest.approx(0.9, abs=1e-7)
    assert found.subjects == 300
    weak = replace(PLAN, course=with_subjects(LATE, subjects=20), timing=timing, power=0.9)
    with pytest.raises(BadInput, match="more subjects"):
        design_looks(weak)


def test_overall_survival_is_smooth_where_two_hazards_meet():
    months = np.array([1.0, 10.0, 300.0])
    near = [
        overall_survival(
            Transitions(progression=0.04, death=0.02, death_after_progression=after), months=months
        )
        for after in (0.06 * (1 - 1e-6), 0.06, 0.06 * (1 + 1e-6))
    ]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-9)


def test_looks_of_few_events_and_a_strong_effect_are_warned_of_whatever_the_hazards():
    assumptions = SurvivalAssumptions(
        subjects=178,
        control_median_months=9.0,
        hazard_ratio=0.6,
        dropout_per_year=0.03,
        accrual=uniform_accrual(24),
        allocation=1.0,
        look_events=(77, 128),
        alpha_one_sided=0.025,
        efficacy=OBrienFlemingSpending(),
    )
    strong = design_looks(plan_of(assumptions)).warnings
    weak = design_looks(plan_of(replace(assumptions, hazard_ratio=0.8))).warnings
    assert any("simulated with lrstat and rpact" in warning for warning in strong)
    assert not any("simulated with lrstat and rpact" in warning for warning in weak)
