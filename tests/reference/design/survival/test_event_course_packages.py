from math import exp, log

import numpy as np
import pytest
from scipy.integrate import quad

from equipoise.design.survival.accrual_rates import (
    accrual_at_rates,
    months_for_subjects,
    subjects_at_rates,
)
from equipoise.design.survival.event_course import (
    Accrual,
    AccrualPiece,
    ArmCourse,
    StratifiedCourse,
    Stratum,
    TwoArmCourse,
    expected_by_stratum,
    expected_events,
    time_of_events,
    uniform_accrual,
    with_subjects,
)
from equipoise.design.survival.hazards import (
    Steps,
    Weibull,
    hazard_of_yearly_probability,
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

ANCHOR = TwoArmCourse(
    control=ArmCourse(
        subjects=89, hazard=log(2) / 9, dropout_hazard=hazard_of_yearly_probability(0.03)
    ),
    experimental=ArmCourse(
        subjects=89, hazard=0.6 * log(2) / 9, dropout_hazard=hazard_of_yearly_probability(0.03)
    ),
    accrual=uniform_accrual(24),
)


@pytest.fixture
def case(stored):
    cases = stored("survival_planning.json")["cases"]
    return lambda name: cases[name]["outputs"]


@pytest.mark.source("program: gsDesign 3.11: eEvents, three hazards and three rates of accrual")
def test_events_under_stepped_hazards_and_stepped_accrual(case):
    arm = ArmCourse(
        subjects=30, hazard=Steps(values=(0.05, 0.02, 0.01), until=(1, 2)), dropout_hazard=0.01
    )
    accrual = Accrual(
        pieces=(
            AccrualPiece(months=2, share=10 / 60),
            AccrualPiece(months=1, share=10 / 60),
            AccrualPiece(months=2, share=40 / 60),
        )
    )
    course = TwoArmCourse(control=arm, experimental=arm, accrual=accrual)
    found = expected_events(course, months=12)
    assert found.events == pytest.approx(case("eEvents")["d"], rel=1e-13)
    assert found.subjects == pytest.approx(case("eEvents")["n"], rel=1e-13)


@pytest.mark.source("program: rpact 4.5: getNumberOfSubjects, 5, 10, 15, then 20 a month")
def test_subjects_at_rising_rates(case):
    rates, truth = Steps(values=(5, 10, 15, 20), until=(3, 6, 9)), case("nsubj")
    months = months_for_subjects(rates, subjects=480)
    course = with_subjects(
        TwoArmCourse(
            control=ANCHOR.control,
            experimental=ANCHOR.experimental,
            accrual=accrual_at_rates(rates, months=months),
        ),
        subjects=480,
    )
    for month, subjects in zip(truth["time"], truth["numberOfSubjects"], strict=True):
        assert subjects_at_rates(rates, months=month) == pytest.approx(subjects, rel=1e-12)
        found = expected_events(course, months=month).subjects
        assert found == pytest.approx(subjects, rel=1e-12)


@pytest.mark.source("program: rpact 4.5: getPiecewiseExponentialDistribution and Quantile")
def test_distribution_and_quantiles_of_stepped_hazards(case):
    hazard, truth = Steps(values=(0.025, 0.04, 0.015), until=(6, 12)), case("pwexp")
    for month, probability in zip((1, 5, 8, 20), truth["p"], strict=True):
        found = 1 - survival_probability(hazard, months=month)
        assert found == pytest.approx(probability, abs=1e-14)
    for probability, month in zip((0.05, 0.25, 0.5, 0.9), truth["q"], strict=True):
        found = time_of_event_probability(hazard, probability=probability)
        assert found == pytest.approx(month, rel=1e-12)


@pytest.mark.source("program: rpact 4.5: getEventProbabilities")
def test_event_probabilities_by_arm(case):
    truth = case("event-prob")
    for place, months in enumerate(truth["time"]):
        found = expected_events(ANCHOR, months=months)
        control, experimental = (
            truth[f"eventProbabilities{group}"][place] for group in (2, 1)
        )  # rpact's group 1 is the experimental arm
        assert found.control / 89 == pytest.approx(control, abs=1e-14)
        assert found.experimental / 89 == pytest.approx(experimental, abs=1e-14)


@pytest.mark.source("program: npsurvSS 1.1.0: exp_events and exp_duration (told to 0.01 months)")
def test_events_and_the_month_of_90_events(case):
    truth = case("nps-events")
    assert expected_events(ANCHOR, months=36).events == pytest.approx(truth["d"], rel=1e-12)
    assert time_of_events(ANCHOR, events=90) == pytest.approx(truth["dur"], abs=0.01)


@pytest.mark.source("program: rpact 4.5: getSampleSizeSurvival with kappa = 1.3; roots to 2e-7")
def test_months_of_events_under_weibull_times(case):
    # rpact's hazard ratio is that of the scale: hazards are in the ratio 0.7^1.3 = 0.629.
    hazard, truth = weibull_of_median(12, shape=1.3), case("surv-gs-asOF-K3-weibull")
    course = TwoArmCourse(
        control=ArmCourse(subjects=210, hazard=hazard),
        experimental=ArmCourse(subjects=210, hazard=times_ratio(hazard, 0.7**1.3)),
        accrual=uniform_accrual(18),
    )
    for events, month in zip(truth["cumulativeEventsPerStage"], truth["analysisTime"], strict=True):
        assert time_of_events(course, events=events) == pytest.approx(month, abs=3e-7)


def averaged(hazard, dropout, *, months, length):
    """Integrate over entry, and over the month of the event, by another quadrature."""

    def by(follow_up):
        corners = [*range(1, 20)]
        return quad(
            lambda s: hazard(s) * exp(-quad(hazard, 0, s, points=(4,))[0]) * dropout(s),
            0,
            follow_up,
            points=[corner for corner in corners if corner < follow_up],
            limit=200,
        )[0]

    nodes, weights = np.polynomial.legendre.leggauss(12)
    entries = length / 2 * (nodes + 1)
    return sum(w / 2 * by(months - entry) for w, entry in zip(weights, entries, strict=True))


@pytest.mark.source("by hand: nested quadrature over entry and event time, scipy.integrate.quad")
def test_weibull_events_with_a_delayed_effect_and_stepped_dropout():
    steps = Steps(values=(0.05, 0.03), until=(4,))
    weibull = Weibull(rate=steps, shape=1.4)
    lost = Steps(values=(0.01, 0.03), until=(6,))

    def hazard(s):
        return steps.at(s) * 1.4 * s**0.4

    def dropout(s):
        return exp(-0.01 * min(s, 6) - 0.03 * max(s - 6, 0))

    course = TwoArmCourse(
        control=ArmCourse(subjects=1, hazard=weibull, dropout_hazard=lost),
        experimental=ArmCourse(subjects=1, hazard=weibull, dropout_hazard=lost),
        accrual=uniform_accrual(3),
    )
    found = expected_events(course, months=12).control
    assert found == pytest.approx(averaged(hazard, dropout, months=12, length=3), rel=1e-8)


@pytest.mark.source("by hand: Weibull pieces of shape 1 are the closed form of exponential ones")
@pytest.mark.parametrize("months", [1.0, 6.0, 20.0, 100.0])
def test_quadrature_and_closed_form_agree(months):
    rate, lost = Steps(values=(0.05, 0.1), until=(4,)), Steps(values=(0.01, 0.02), until=(5,))
    nearly = Weibull(rate=rate, shape=1 + 1e-13)
    accrual = Accrual(pieces=(AccrualPiece(months=2, share=0.3), AccrualPiece(months=3, share=0.7)))
    events = [
        expected_events(
            TwoArmCourse(
                control=ArmCourse(subjects=9, hazard=hazard, dropout_hazard=lost),
                experimental=ArmCourse(subjects=9, hazard=0.1),
                accrual=accrual,
            ),
            months=months,
        ).control
        for hazard in (rate, nearly)
    ]
    assert events[0] == pytest.approx(events[1], rel=1e-11)


@pytest.mark.source("by hand: strata are trials side by side")
def test_strata_add_up():
    slow = TwoArmCourse(
        control=ArmCourse(subjects=40, hazard=0.03),
        experimental=ArmCourse(subjects=40, hazard=0.02),
        accrual=uniform_accrual(6),
    )
    both = StratifiedCourse(
        strata=(Stratum(label="fast", course=ANCHOR), Stratum(label="slow", course=slow))
    )
    parts = expected_by_stratum(both, months=20)
    assert parts["fast"] == expected_events(ANCHOR, months=20)
    assert parts["slow"] == expected_events(slow, months=20)
    whole = expected_events(both, months=20)
    assert whole.events == pytest.approx(parts["fast"].events + parts["slow"].events, rel=1e-14)
    assert whole.subjects == pytest.approx(178 * 20 / 24 + 80, rel=1e-14)
    assert time_of_events(both, events=whole.events) == pytest.approx(20, rel=1e-11)


@pytest.mark.source("program: simIDM 0.1.1: avgHRExpOS(alpha = 0.5, upper = 100)")
def test_average_hazard_ratio_of_death_after_progression(case):
    found = average_death_hazard_ratio(
        Transitions(progression=0.05, death=0.02, death_after_progression=0.06),
        Transitions(progression=0.035, death=0.015, death_after_progression=0.055),
        months=100,
    )
    assert found == pytest.approx(case("idm-avgHR-OS")["ahr"], rel=1e-13)


@pytest.mark.source("by hand: alive = exp(-0.07 t) + 0.05 / 0.01 (exp(-0.06 t) - exp(-0.07 t))")
def test_overall_survival_of_the_illness_death_model():
    arm = Transitions(progression=0.05, death=0.02, death_after_progression=0.06)
    found = overall_survival(arm, months=np.array([0.0, 10.0]))
    assert found == pytest.approx((1.0, exp(-0.7) + 5 * (exp(-0.6) - exp(-0.7))), rel=1e-12)
