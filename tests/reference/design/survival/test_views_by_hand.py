"""A survival design seen from the side, explored and watched: by arithmetic and by rpact."""

from dataclasses import replace
from math import exp, log, sqrt

import pytest
from scipy.special import ndtr

from equipoise.design import OBrienFlemingSpending, SurvivalAssumptions, uniform_accrual
from equipoise.design.group_sequential.observed import LastLook
from equipoise.design.survival.cautions import event_cautions, weight_cautions
from equipoise.design.survival.effect import VarianceUnder
from equipoise.design.survival.event_course import ArmCourse, TwoArmCourse
from equipoise.design.survival.exploring import Assumption, Axis, assuming, explore
from equipoise.design.survival.fixed_design import fixed_cautions
from equipoise.design.survival.group_sequential import design_survival, plan_of
from equipoise.design.survival.monitoring import Seen, Verdict, conclude, monitor
from equipoise.design.survival.survival_plan import AtEvents
from equipoise.design.survival.views import event_calendar, size_surface

PLANNED = SurvivalAssumptions(
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


@pytest.fixture(scope="module")
def design():
    return design_survival(PLANNED)


@pytest.mark.source("by hand: all enter at once, none is lost: 100 (1 - 1/2) and 100 (1 - 2^-0.6)")
def test_events_by_month_when_all_enter_at_once():
    at_once = replace(PLANNED, subjects=200, dropout_per_year=0.0, accrual=uniform_accrual(1e-6))
    (point,) = event_calendar(at_once, months=[9.0])
    control, experimental = 50.0, 100 * (1 - 0.5**0.6)
    assert (point.control, point.experimental) == pytest.approx((control, experimental), abs=1e-4)
    assert point.events == pytest.approx(control + experimental, abs=1e-4)
    assert point.events_without_effect == pytest.approx(100.0, abs=1e-4)
    assert point.subjects == 200


@pytest.mark.source("by hand: of one power, events go with 1 / log(ratio)^2, subjects with events")
def test_a_weaker_effect_needs_more_events_by_the_square_of_its_logarithm(design):
    same, weaker = size_surface(design, hazard_ratios=[0.6, 0.75], control_medians=[9.0])
    assert same.events == pytest.approx(128, rel=1e-9)
    assert same.subjects == pytest.approx(178, rel=1e-9)
    assert weaker.events == pytest.approx(128 * (log(0.6) / log(0.75)) ** 2, rel=1e-9)
    last = design.looks[-1].months
    (seen,) = event_calendar(replace(PLANNED, hazard_ratio=0.75), months=[last])
    assert weaker.subjects == pytest.approx(178 * weaker.events / seen.events, rel=1e-9)


@pytest.mark.source("program: rpact 4.5: getPowerSurvival over hazard ratios, each as a row")
def test_powers_of_an_exploration(stored):
    truth = stored("survival_designs.json")["power_by_hazard_ratio"]
    ratios = (0.9, 0.8, 0.7, 0.6, 0.5)
    found = explore(PLANNED, axes=[Axis(assumption=Assumption.HAZARD_RATIO, values=ratios)])
    powers = dict(zip(truth["hazard_ratio"], truth["power"], strict=True))
    for row, ratio in zip(found.rows, ratios, strict=True):
        assert row.values == (ratio,)
        assert row.power == pytest.approx(powers[ratio], abs=5e-9)


@pytest.mark.source("by hand: 64 last events halve 77 to 38 (38.5 to even); 90 have no 128 events")
def test_assumptions_that_take_others_along():
    halved = assuming(PLANNED, assumption=Assumption.EVENTS, value=64)
    assert halved.look_events == (38, 64)
    assert assuming(PLANNED, assumption=Assumption.ACCRUAL, value=12).accrual.months == 12
    axes = [
        Axis(assumption=Assumption.SUBJECTS, values=(90, 178)),
        Axis(assumption=Assumption.ALPHA, values=(0.025, 0.05)),
    ]
    rows = explore(PLANNED, axes=axes).rows
    assert [row.values for row in rows] == [(90, 0.025), (90, 0.05), (178, 0.025), (178, 0.05)]
    assert [row.refused is None for row in rows] == [False, False, True, True]


@pytest.mark.source("by hand: events under the null variance, at 77 and 128, error as assumed")
def test_the_plan_of_the_assumptions():
    plan = plan_of(PLANNED)
    assert plan.timing == AtEvents(events=(77, 128))
    assert plan.test.variance_under is VarianceUnder.NULL
    assert plan.stopping.alpha_one_sided == 0.025
    assert plan.course.experimental.hazard == pytest.approx(0.6 * log(2) / 9)


@pytest.mark.source("by hand: warned below 300 events and 0.75, beyond 1.5 to 1, above two fifths")
def test_warnings_come_where_they_are_said_to():
    assert len(event_cautions(events=300, hazard_ratio=0.6, allocation=1.5)) == 1
    few = event_cautions(events=299, hazard_ratio=0.7, allocation=1.0)
    assert len(few) == 2
    assert "299 events and a hazard ratio of 0.7" in few[1]
    assert "0.5 experimental" in event_cautions(events=500, hazard_ratio=0.7, allocation=0.5)[1]
    assert weight_cautions(share=0.4) == ()
    assert "41%" in weight_cautions(share=0.41)[0]
    arms = [ArmCourse(subjects=n, hazard=0.1) for n in (40, 80)]
    course = TwoArmCourse(control=arms[0], experimental=arms[1], accrual=uniform_accrual(12))
    told = fixed_cautions(course, months=24, weights=())
    assert len(told) == 2  # equal hazards, two to one
    assert "2 experimental" in told[1]


@pytest.mark.source("program: rpact 4.5: getAnalysisResults at 77 of 128 events, log-rank -1.8")
def test_a_watched_trial_of_rpact(stored, design):
    truth = stored("group_sequential.json")["cases"]["analysis-surv-gs-interim-cp"]["found"]
    found = monitor(design, seen=(Seen(events=77, z=1.8),), last=LastLook.INTERIM)
    (look,) = found.looks
    assert (look.lower, look.upper) == pytest.approx(
        (truth["rciLower"][0], truth["rciUpper"][0]), abs=5e-6
    )
    assert look.repeated_p == pytest.approx(truth["repeatedPValues"][0], abs=2e-6)
    assert look.verdict is Verdict.GO_ON
    assert found.prospect.as_planned == pytest.approx(truth["conditionalPower"][1], abs=5e-7)


@pytest.mark.source(
    "by hand: stopped at its first look: Phi(-3), exp(-2 * 3 / sqrt(77)), 1.96 of it"
)
def test_a_trial_that_stopped_at_its_first_look(design):
    found = conclude(design, seen=(Seen(events=77, z=3.0),), last=LastLook.INTERIM)
    error = 2 / sqrt(77)
    assert found.p_value == pytest.approx(float(ndtr(-3.0)), rel=1e-9)
    assert found.hazard_ratio == pytest.approx(exp(-3 * error), rel=1e-8)
    ends = [exp(-(3 + side * 1.959963984540054) * error) for side in (1, -1)]
    assert (found.lower, found.upper) == pytest.approx(ends, rel=1e-8)
