"""What packages say of survival trials with looks beside power and size, look by look."""

from dataclasses import replace
from itertools import pairwise
from math import exp, log, sqrt

import pytest

from equipoise.design.group_sequential.futility import BetaSpending
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    OBrienFlemingSpending,
)
from equipoise.design.survival.accrual_rates import accrual_at_rates, subjects_at_rates
from equipoise.design.survival.effect import VarianceUnder
from equipoise.design.survival.event_course import (
    ArmCourse,
    TwoArmCourse,
    expected_events,
    uniform_accrual,
    with_subjects,
)
from equipoise.design.survival.fixed_design import (
    AverageHazardRatioTest,
    FormulaTest,
    RestrictedMeanTest,
)
from equipoise.design.survival.hazards import (
    Steps,
    hazard_of_yearly_probability,
    survival_probability,
    times_ratio,
    weibull_of_median,
)
from equipoise.design.survival.logrank_formula import LogrankFormula
from equipoise.design.survival.sequential_survival import design_looks
from equipoise.design.survival.survival_plan import (
    AtEventFractions,
    AtEvents,
    AtMonths,
    SpendingClock,
    StoppingRule,
    SurvivalPlan,
)

LOST = hazard_of_yearly_probability(0.03)
LACHIN_FOULKES = FormulaTest(formula=LogrankFormula.LACHIN_FOULKES)
STOPPING = StoppingRule(alpha_one_sided=0.025, efficacy=OBrienFlemingSpending())
RISING = Steps(values=(5, 10, 15, 20), until=(3, 6, 9))


def trial(subjects, hazard, ratio, *, accrual, lost=LOST, allocation=1):
    control = subjects / (1 + allocation)
    return TwoArmCourse(
        control=ArmCourse(subjects=control, hazard=hazard, dropout_hazard=lost),
        experimental=ArmCourse(
            subjects=subjects - control, hazard=times_ratio(hazard, ratio), dropout_hazard=lost
        ),
        accrual=accrual,
    )


ANCHOR = trial(178, log(2) / 9, 0.6, accrual=uniform_accrual(24))
BY_EVENTS = SurvivalPlan(
    course=ANCHOR, timing=AtEvents(events=(77, 128)), stopping=STOPPING, test=FormulaTest()
)


@pytest.fixture
def case(stored):
    cases = stored("survival_planning.json")["cases"]
    return lambda name: cases[name]["outputs"]


def gains(cumulative):
    return [later - before for before, later in pairwise((0.0, *cumulative))]


def dropouts(course, *, months):
    """Return the losses expected by a month: the events of a course in which the two change."""
    control, experimental = (
        replace(arm, hazard=arm.dropout_hazard, dropout_hazard=arm.hazard) for arm in course.arms
    )
    swapped = replace(course, control=control, experimental=experimental)
    return expected_events(swapped, months=months).events


def mean_of(found, values):
    """Return the mean of a value at the end of a trial."""
    stops = found.boundary.crossings(found.boundary.drift).stops
    return sum(stop * value for stop, value in zip(stops, values, strict=True))


@pytest.mark.source("program: rpact 4.5: getPowerSurvival, by look and hazard ratio; roots to 1e-7")
def test_looks_of_every_hazard_ratio_of_the_grid(case):
    truth = case("surv-power-anchor-grid")
    for place, ratio in enumerate((1, 0.9, 0.8, 0.7, 0.6, 0.5)):
        course = trial(178, log(2) / 9, ratio, accrual=uniform_accrual(24))
        if ratio == 1:
            found = design_looks(BY_EVENTS)
            end, stops = found.null_end, found.boundary.crossings(0.0).stops
            assert stops[0] == pytest.approx(truth["rejectPerStage"][0][0], abs=5e-9)
        else:
            found = design_looks(replace(BY_EVENTS, course=course))
            end = found.end
            for look, stop in enumerate(gains([one.cumulative_power for one in found.looks])):
                assert stop == pytest.approx(truth["rejectPerStage"][look][place], abs=5e-9)
                told = found.looks[look]
                assert told.months == pytest.approx(truth["analysisTime"][look][place], abs=2e-7)
                assert told.subjects == pytest.approx(
                    truth["numberOfSubjects"][look][place], abs=2e-6
                )
            assert found.looks[-1].months - 24 == pytest.approx(
                truth["followUpTime"][place], abs=2e-7
            )
        for ours, theirs in (
            (end.events, "expectedNumberOfEvents"),
            (end.subjects, "expectedNumberOfSubjects"),
            (end.months, "studyDuration"),
        ):
            assert ours == pytest.approx(truth[theirs][place], abs=2e-6)


@pytest.mark.source("program: rpact 4.5: getPowerSurvival of the reference design, by look")
def test_looks_of_the_reference_design(case):
    truth, found = case("surv-power-anchor-N178-E128"), design_looks(BY_EVENTS)
    assert gains([look.cumulative_power for look in found.looks]) == pytest.approx(
        truth["rejectPerStage"], abs=5e-9
    )
    assert found.looks[-1].months - 24 == pytest.approx(truth["followUpTime"], abs=2e-7)


@pytest.mark.source("program: rpact 4.5: getSampleSizeSurvival with two looks, by look")
def test_looks_of_a_sized_trial(case):
    truth = case("surv-gs-asOF-K2")
    found = design_looks(
        replace(BY_EVENTS, timing=AtEventFractions(fractions=(0.6, 1.0), months=36.0), power=0.8)
    )
    assert [look.events for look in found.looks] == pytest.approx(
        truth["cumulativeEventsPerStage"], rel=5e-9
    )
    assert [look.estimate_at_bound for look in found.looks] == pytest.approx(
        truth["criticalValuesEffectScale"], abs=5e-9
    )
    assert gains([look.cumulative_power for look in found.looks]) == pytest.approx(
        truth["rejectPerStage"], abs=5e-9
    )
    assert found.subjects / 24 == pytest.approx(truth["accrualIntensity"], rel=5e-9)


@pytest.mark.source("program: rpact 4.5: getSampleSizeSurvival with kappa = 1.3 and three looks")
def test_last_month_and_looks_under_weibull_times(case):
    # rpact's hazard ratio 0.7 is that of the scale for its months, and that of Z for its events.
    # Events are therefore those of 0.7; months are those of hazards in the ratio 0.7^1.3 = 0.629.
    truth = case("surv-gs-asOF-K3-weibull")
    hazard = weibull_of_median(12, shape=1.3)
    events = design_looks(
        SurvivalPlan(
            course=trial(420, hazard, 0.7, accrual=uniform_accrual(18), lost=0.0),
            timing=AtEventFractions(fractions=(0.5, 0.75, 1.0), months=None),
            stopping=STOPPING,
            test=FormulaTest(),
            power=0.9,
        )
    )
    assert [look.events for look in events.looks] == pytest.approx(
        truth["cumulativeEventsPerStage"], rel=2e-8
    )
    assert [look.estimate_at_bound for look in events.looks] == pytest.approx(
        truth["criticalValuesEffectScale"], abs=2e-8
    )
    assert gains([look.cumulative_power for look in events.looks]) == pytest.approx(
        truth["rejectPerStage"], abs=2e-8
    )
    assert events.end.events == pytest.approx(truth["expectedEventsH1"], rel=2e-8)
    months = design_looks(
        SurvivalPlan(
            course=trial(420, hazard, 0.7**1.3, accrual=uniform_accrual(18), lost=0.0),
            timing=AtEvents(events=tuple(look.events for look in events.looks)),
            stopping=STOPPING,
            test=FormulaTest(),
        )
    ).looks
    duration = mean_of(events, [look.months for look in months])
    assert duration == pytest.approx(truth["studyDuration"], abs=1e-6)
    assert months[-1].months - 18 == pytest.approx(truth["followUpTime"], abs=1e-6)


@pytest.mark.source("program: gsDesign 3.11: gsSurv and gsSurvCalendar, arms and chances by look")
@pytest.mark.parametrize(
    ("name", "plan"),
    [
        (
            "gsSurv-anchor",
            replace(
                BY_EVENTS,
                timing=AtEventFractions(fractions=(0.6, 1.0), months=36.0),
                test=LACHIN_FOULKES,
                power=0.8,
            ),
        ),
        (
            "gsSurv-piecewise",
            SurvivalPlan(
                course=trial(
                    700,
                    Steps(values=(0.025, 0.04, 0.015), until=(6, 12)),
                    0.65,
                    accrual=accrual_at_rates(RISING, months=18),
                    lost=0.004,
                    allocation=2,
                ),
                timing=AtEventFractions(fractions=(0.5, 0.75, 1.0), months=36.0),
                stopping=replace(
                    STOPPING, futility=BetaSpending(spending=HwangShihDeCaniSpending(gamma=-4))
                ),
                test=LACHIN_FOULKES,
                power=0.9,
            ),
        ),
        (
            "gsSurvCalendar",
            SurvivalPlan(
                course=trial(500, log(2) / 12, 0.7, accrual=uniform_accrual(12), lost=0.01),
                timing=AtMonths(months=(12.0, 24.0, 36.0)),
                stopping=replace(
                    STOPPING,
                    futility=BetaSpending(spending=HwangShihDeCaniSpending(gamma=-2)),
                    clock=SpendingClock.CALENDAR,
                ),
                test=LACHIN_FOULKES,
                power=0.9,
            ),
        ),
    ],
)
def test_arms_and_chances_of_each_look_of_gsdesign(case, name, plan):
    # gsDesign stops at 1e-6 in each probability, which is 2e-5 of a size.
    truth, found = case(name), design_looks(plan)
    for place, look in enumerate(found.looks):
        expected = expected_events(found.plan.course, months=look.months)
        assert look.events == pytest.approx(truth["n.I"][place], rel=2e-5)
        assert expected.control == pytest.approx(truth["eDC"][place][0], rel=2e-5)
        assert expected.experimental == pytest.approx(truth["eDE"][place][0], rel=2e-5)
        entered = truth["eNC"][place][0] + truth["eNE"][place][0]
        assert look.subjects == pytest.approx(entered, rel=2e-5)
        # A chance of 1e-4 at the first look of the calendar is to 1e-6 as well.
        null = found.boundary.crossings(0.0).upper[place]
        assert null == pytest.approx(truth["upper_prob"][place][0], abs=2e-6)
        assert look.efficacy_z == pytest.approx(truth["upper"][place], abs=5e-5)
    planned = found.boundary.crossings(found.boundary.drift).upper
    assert planned == pytest.approx([row[1] for row in truth["upper_prob"]], abs=5e-5)
    rates = [
        piece.share * found.subjects / piece.months for piece in found.plan.course.accrual.pieces
    ]
    assert rates == pytest.approx([row[0] for row in truth["gamma"]], rel=2e-5)


@pytest.mark.source("program: gsDesign2 1.1.8: gs_power_ahr(info_scale = 'h0_info'), its bounds")
def test_bounds_of_gsdesign2_by_the_null_variance(case):
    truth = case("gs2-anchor-power-h0info")
    found = design_looks(
        SurvivalPlan(
            course=ANCHOR,
            timing=AtMonths(months=tuple(row["time"] for row in truth["analysis"])),
            stopping=STOPPING,
            test=AverageHazardRatioTest(variance_under=VarianceUnder.NULL),
        )
    )
    for look, row, bound in zip(found.looks, truth["analysis"], truth["bound"], strict=True):
        assert look.information_fraction == pytest.approx(row["info_frac0"], rel=1e-11)
        # The bounds of gsDesign2 are to 3e-6.
        assert look.efficacy_z == pytest.approx(bound["z"], abs=3e-6)
        assert look.nominal_p == pytest.approx(bound["nominal p"], abs=2e-7)
        assert look.cumulative_alpha == pytest.approx(bound["probability0"], abs=2e-7)
        # Its hazard ratio at the bound is exp(-z / sqrt(info0)), at its own z.
        told = exp(-bound["z"] / sqrt(row["info0"]))
        assert told == pytest.approx(bound["~hr at bound"], abs=1e-9)
        assert look.estimate_at_bound == pytest.approx(told, abs=1e-6)


@pytest.mark.source("program: lrstat 0.3.3: lrpower and lrsamplesize in full; bounds to 2e-7")
@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("lr-anchor-power", BY_EVENTS),
        ("lr-anchor-power-schoenfeld", BY_EVENTS),
        (
            "lr-size-anchor",
            replace(
                BY_EVENTS,
                course=with_subjects(ANCHOR, subjects=180),
                timing=AtEventFractions(fractions=(0.6, 1.0), months=None),
                power=0.8,
            ),
        ),
    ],
)
def test_everything_lrstat_says_of_looks(case, name, plan):
    truth, found = case(name), design_looks(plan)
    lost = [dropouts(found.plan.course, months=look.months) for look in found.looks]
    for look, row, gone in zip(found.looks, truth["stage"], lost, strict=True):
        assert look.information_fraction == pytest.approx(row["informationRates"], abs=1e-9)
        assert look.efficacy_z == pytest.approx(row["efficacyBounds"], abs=5e-7)
        assert look.nominal_p == pytest.approx(row["efficacyP"], abs=3e-8)
        assert look.cumulative_alpha == pytest.approx(row["cumulativeAlphaSpent"], abs=3e-8)
        assert look.cumulative_power == pytest.approx(row["cumulativeRejection"], abs=2e-7)
        assert look.estimate_at_bound == pytest.approx(row["efficacyHR"], abs=1e-6)
        assert look.effect.null_information == pytest.approx(row["information"], rel=2e-7)
        assert look.events == pytest.approx(row["numberOfEvents"], rel=2e-7)
        assert gone == pytest.approx(row["numberOfDropouts"], rel=2e-6)
    (overall,) = truth["overall"]
    stops = found.boundary.crossings(found.boundary.drift)
    assert stops.lower[-1] == pytest.approx(truth["stage"][-1]["futilityPerStage"], abs=2e-7)
    assert stops.upper == pytest.approx([row["rejectPerStage"] for row in truth["stage"]], abs=2e-7)
    information = [look.effect.null_information for look in found.looks]
    assert found.end.events == pytest.approx(overall["expectedNumberOfEvents"], rel=5e-7)
    assert found.end.subjects == pytest.approx(overall["expectedNumberOfSubjects"], rel=5e-7)
    assert mean_of(found, information) == pytest.approx(overall["expectedInformation"], rel=5e-7)
    assert mean_of(found, lost) == pytest.approx(overall["expectedNumberOfDropouts"], rel=2e-6)
    assert found.looks[-1].months - 24 == pytest.approx(overall["followupTime"], abs=2e-6)
    assert found.power == pytest.approx(overall["overallReject"], abs=5e-8)


@pytest.mark.source("program: lrstat 0.3.3: rmpower in full; its expected numbers to 2e-7")
def test_everything_lrstat_says_of_restricted_means(case):
    truth = case("lr-rmpower")
    rates = Steps(values=tuple(26 / 9 * k for k in range(1, 10)), until=tuple(range(1, 9)))
    experimental = Steps(values=(0.0533, 0.0309), until=(6,))
    lost = hazard_of_yearly_probability(0.05)
    course = TwoArmCourse(
        control=ArmCourse(subjects=234, hazard=0.0533, dropout_hazard=lost),
        experimental=ArmCourse(subjects=234, hazard=experimental, dropout_hazard=lost),
        accrual=accrual_at_rates(rates, months=22),
    )
    found = design_looks(
        SurvivalPlan(
            course=course,
            timing=AtMonths(months=tuple(row["analysisTime"] for row in truth["stage"])),
            stopping=STOPPING,
            test=RestrictedMeanTest(until_months=18),
        )
    )
    gone = [dropouts(course, months=look.months) for look in found.looks]
    kept = sum(
        234 * survival_probability(hazard, months=18.0) * exp(-18 * lost)
        for hazard in (0.0533, experimental)
    )
    long_enough = [
        kept * subjects_at_rates(rates, months=min(look.months - 18, 22)) / 468
        for look in found.looks
    ]
    for place, (look, row) in enumerate(zip(found.looks, truth["stage"], strict=True)):
        assert look.efficacy_z == pytest.approx(row["efficacyBounds"], abs=5e-7)
        assert look.nominal_p == pytest.approx(row["efficacyP"], abs=3e-8)
        assert look.cumulative_alpha == pytest.approx(row["cumulativeAlphaSpent"], abs=3e-8)
        assert look.information_fraction == pytest.approx(row["informationRates"], abs=1e-7)
        assert look.events == pytest.approx(row["numberOfEvents"], rel=1e-9)
        assert gone[place] == pytest.approx(row["numberOfDropouts"], rel=1e-9)
        assert long_enough[place] == pytest.approx(row["numberOfMilestone"], rel=1e-9)
    stops = found.boundary.crossings(found.boundary.drift)
    assert stops.upper == pytest.approx([row["rejectPerStage"] for row in truth["stage"]], abs=2e-7)
    assert stops.lower[-1] == pytest.approx(truth["stage"][-1]["futilityPerStage"], abs=2e-7)
    (overall,) = truth["overall"]
    assert found.end.events == pytest.approx(overall["expectedNumberOfEvents"], rel=5e-7)
    # lrstat counts 468.00006 of its 468 subjects.
    assert found.end.subjects == pytest.approx(overall["expectedNumberOfSubjects"], abs=1e-4)
    for values, theirs in (
        (gone, "expectedNumberOfDropouts"),
        (long_enough, "expectedNumberOfMilestone"),
        ([look.effect.information for look in found.looks], "expectedInformation"),
    ):
        assert mean_of(found, values) == pytest.approx(overall[theirs], rel=5e-7)
