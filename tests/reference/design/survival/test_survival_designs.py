from math import comb, exp, log

import numpy as np
import pytest

from equipoise.design import (
    OBrienFlemingSpending,
    SurvivalAssumptions,
    design_survival,
    efficacy_boundary,
    gate_probability,
    schoenfeld_events,
    uniform_accrual,
)
from equipoise.design.survival.event_course import (
    Accrual,
    AccrualPiece,
    ArmCourse,
    TwoArmCourse,
    expected_events,
    time_of_events,
)
from equipoise.design.survival.group_sequential import course_of
from equipoise.design.survival.hazards import hazard_of_median, hazard_of_yearly_probability
from equipoise.design.survival.logrank_events import hazard_ratio_at, survival_power
from equipoise.design.survival.views import power_curve

REFERENCE = {
    "subjects": 178,
    "control_median_months": 9.0,
    "hazard_ratio": 0.6,
    "dropout_per_year": 0.03,
    "accrual": uniform_accrual(24.0),
    "allocation": 1.0,
    "look_events": (77, 128),
    "alpha_one_sided": 0.025,
    "efficacy": OBrienFlemingSpending(),
}


def reference(**changes):
    return SurvivalAssumptions(**{**REFERENCE, **changes})


@pytest.mark.source(
    "program: rpact 4.5, lrstat 0.3.3 and gsDesign2 1.1.8 (h0_info): 0.82056; recursion"
)
def test_power_of_the_reference_design():
    design = design_survival(reference())
    assert design.power == pytest.approx(0.8205571216, abs=1e-10)
    assert design.looks[0].cumulative_power == pytest.approx(0.3360130146, abs=1e-10)
    assert design.type_one_error == pytest.approx(0.025, abs=1e-12)


@pytest.mark.source(
    "program: rpact 4.5: getPowerSurvival; its times are roots to 1e-7, its alpha to 3e-10"
)
def test_power_and_calendar_times_over_hazard_ratios(stored):
    truth = stored("survival_designs.json")["power_by_hazard_ratio"]
    planned = design_survival(reference())
    for place, ratio in enumerate(truth["hazard_ratio"]):
        (point,) = power_curve(planned, hazard_ratios=[ratio])
        assert point.power == pytest.approx(truth["power"][place], abs=5e-9)
        if ratio == 1:
            assert planned.null_end.events == pytest.approx(
                truth["expected_events"][place], abs=1e-6
            )
            assert planned.null_end.months == pytest.approx(
                truth["expected_months"][place], abs=1e-6
            )
            continue
        design = design_survival(reference(hazard_ratio=ratio))
        assert design.power == pytest.approx(truth["power"][place], abs=5e-9)
        assert design.looks[0].cumulative_power == pytest.approx(
            truth["stop_per_look"][0][place], abs=1e-12
        )
        for look in (0, 1):
            assert design.looks[look].months == pytest.approx(
                truth["months"][look][place], abs=1e-6
            )
            assert design.looks[look].hazard_ratio == pytest.approx(
                truth["hazard_ratio_at_boundary"][look], abs=1e-8
            )
        assert design.looks[0].subjects == pytest.approx(
            truth["subjects_at_first_look"][place], abs=1e-6
        )
        assert design.end.events == pytest.approx(truth["expected_events"][place], abs=1e-6)
        assert design.end.months == pytest.approx(truth["expected_months"][place], abs=1e-6)


@pytest.mark.source("program: lrstat 0.3.3: lrpower")
def test_looks_of_the_reference_design(stored):
    truth = stored("survival_designs.json")["reference_power"]
    design = design_survival(reference())
    for look, row in enumerate(design.looks):
        assert row.months == pytest.approx(truth["months"][look], abs=1e-6)
        assert row.nominal_p == pytest.approx(truth["nominal_p"][look], abs=1e-8)
        assert row.hazard_ratio == pytest.approx(truth["hazard_ratio_at_boundary"][look], abs=1e-7)


@pytest.mark.source("program: rpact 4.5: getEventProbabilities")
def test_event_probabilities_of_each_arm(stored):
    truth = stored("survival_designs.json")["event_probabilities"]
    course = course_of(reference())
    for place, months in enumerate(truth["months"]):
        expected = expected_events(course, months=months)
        assert expected.control / 89 == pytest.approx(truth["control"][place], abs=1e-14)
        assert expected.experimental / 89 == pytest.approx(truth["experimental"][place], abs=1e-14)
        assert expected.events / 178 == pytest.approx(truth["overall"][place], abs=1e-14)


@pytest.mark.source("program: npsurvSS 1.1.0: exp_events")
def test_expected_events_at_month_36(stored):
    truth = stored("survival_designs.json")["expected_events_at_month_36"]
    for ratio, events in ((1.0, truth["equal_hazards"]), (0.6, truth["hazard_ratio_0.6"])):
        found = expected_events(course_of(reference(hazard_ratio=ratio)), months=36).events
        assert found == pytest.approx(events, rel=1e-12)


@pytest.mark.source("program: rpact 4.5: getSampleSizeSurvival without dropout")
def test_time_of_events_without_dropout(stored):
    truth = stored("survival_designs.json")["dropout_free"]
    hazard = hazard_of_median(truth["control_median_months"])
    course = TwoArmCourse(
        control=ArmCourse(subjects=200, hazard=hazard),
        experimental=ArmCourse(subjects=200, hazard=hazard * truth["hazard_ratio"]),
        accrual=uniform_accrual(truth["accrual_months"]),
    )
    assert time_of_events(course, events=truth["events"]) == pytest.approx(
        truth["months"], abs=1e-6
    )


@pytest.mark.source(
    "program: rpact 4.5: getNumberOfSubjects, 5, 10, 15 a month for 3 months each, then 20"
)
def test_subjects_entered_under_accelerating_accrual():
    lengths_and_rates = [(3, 5), (3, 10), (3, 15), (19.5, 20)]
    accrual = Accrual(
        pieces=tuple(
            AccrualPiece(months=months, share=months * rate / 480)
            for months, rate in lengths_and_rates
        )
    )
    course = TwoArmCourse(
        control=ArmCourse(subjects=240, hazard=0.1),
        experimental=ArmCourse(subjects=240, hazard=0.1),
        accrual=accrual,
    )
    found = [expected_events(course, months=month).subjects for month in (1, 5, 8, 12, 20, 28.5)]
    assert found == pytest.approx([5, 35, 75, 150, 310, 480], rel=1e-12)


@pytest.mark.source("by hand: midpoint sums over the time of entry, 20,000 subjects a piece")
@pytest.mark.parametrize("months", [2.0, 7.0, 12.5, 40.0])
def test_expected_events_are_the_average_over_times_of_entry(months):
    pieces = [(6.0, 0.2, 0.0), (4.0, 0.8, 6.0)]
    course = TwoArmCourse(
        control=ArmCourse(subjects=30, hazard=0.08, dropout_hazard=0.01),
        experimental=ArmCourse(subjects=60, hazard=0.05, dropout_hazard=0.02),
        accrual=Accrual(
            pieces=tuple(AccrualPiece(months=length, share=share) for length, share, _ in pieces)
        ),
    )

    def chance(hazard, dropout):
        total = 0.0
        for length, share, begin in pieces:
            entry = begin + (np.arange(20_000) + 0.5) / 20_000 * length
            inside = np.maximum(months - entry, 0)
            gone = 1 - np.exp(-(hazard + dropout) * inside)
            total += share * np.mean(hazard / (hazard + dropout) * gone)
        return total

    found = expected_events(course, months=months)
    assert found.control == pytest.approx(30 * chance(0.08, 0.01), rel=1e-6)
    assert found.experimental == pytest.approx(60 * chance(0.05, 0.02), rel=1e-6)


@pytest.mark.source("program: rpact 4.5: getSampleSizeSurvival, typeOfComputation Schoenfeld")
def test_schoenfeld_events(stored):
    for truth in stored("survival_designs.json")["schoenfeld"]["cases"]:
        events = schoenfeld_events(
            truth["hazard_ratio"], alpha_one_sided=0.025, power=truth["power"]
        )
        assert events == pytest.approx(truth["events"], rel=1e-12)


@pytest.mark.source("by hand: 4 (1.959964 + 0.841621)^2 / log(0.6)^2; times 9/8 for 2:1")
def test_schoenfeld_events_of_unequal_arms():
    equal = schoenfeld_events(0.6, alpha_one_sided=0.025, power=0.8)
    assert equal == pytest.approx(
        4 * (1.959963984540054 + 0.8416212335729143) ** 2 / log(0.6) ** 2, rel=1e-12
    )
    for allocation in (2.0, 0.5):
        unequal = schoenfeld_events(0.6, alpha_one_sided=0.025, power=0.8, allocation=allocation)
        assert unequal == pytest.approx(equal * 9 / 8, rel=1e-12)


@pytest.mark.source(
    "program: rpact 4.5: getSampleSizeSurvival with looks at 60 % and 100 %, power 0.8"
)
def test_power_at_the_events_rpact_asks_for(stored):
    truth = stored("survival_designs.json")["events_for_power_0.8"]
    boundary = efficacy_boundary(
        tuple(truth["information_fractions"]),
        alpha_one_sided=0.025,
        spending=OBrienFlemingSpending(),
    )
    stops = survival_power(boundary, events=truth["events"], hazard_ratio=truth["hazard_ratio"])
    assert stops == pytest.approx(truth["stop_per_look"], abs=1e-8)
    assert sum(stops) == pytest.approx(0.8, abs=1e-8)
    for z, fraction, ratio in zip(
        boundary.z,
        truth["information_fractions"],
        truth["hazard_ratio_at_boundary"],
        strict=True,
    ):
        assert hazard_ratio_at(z, events=truth["events"] * fraction) == pytest.approx(
            ratio, abs=1e-8
        )


@pytest.mark.source("by hand: 3 % lost in a year is a share 0.97 left after 12 months")
def test_dropout_is_a_probability_in_a_year_and_not_a_hazard():
    hazard = hazard_of_yearly_probability(0.03)
    assert exp(-12 * hazard) == pytest.approx(0.97, rel=1e-14)
    assert hazard == pytest.approx(-log(0.97) / 12, rel=1e-14)
    assert hazard_of_yearly_probability(0.0) == 0


@pytest.mark.source("program: clinfun 1.1: ph2single(0.2, 0.4) rejects above 14 of 47")
def test_gate_of_a_single_arm_design():
    assert gate_probability(47, responses=15, rate=0.2) == pytest.approx(
        0.0366368930406167, rel=1e-12
    )
    assert 1 - gate_probability(47, responses=15, rate=0.4) == pytest.approx(
        0.0987743321518217, rel=1e-12
    )


@pytest.mark.source("by hand: the sum of binomial terms")
@pytest.mark.parametrize("rate", [0.25, 0.55])
def test_gate_of_14_responses_among_44(rate):
    tail = sum(comb(44, k) * rate**k * (1 - rate) ** (44 - k) for k in range(14, 45))
    assert gate_probability(44, responses=14, rate=rate) == pytest.approx(tail, rel=1e-12)
