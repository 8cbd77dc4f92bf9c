import pytest

from equipoise.base.errors import BadInput
from equipoise.design import gate_probability, schoenfeld_events, uniform_accrual
from equipoise.design.survival.event_course import (
    Accrual,
    AccrualPiece,
    ArmCourse,
    TwoArmCourse,
    expected_events,
    time_of_events,
)
from equipoise.design.survival.hazards import hazard_of_median, hazard_of_yearly_probability
from equipoise.design.survival.logrank_events import hazard_ratio_at

COURSE = TwoArmCourse(
    control=ArmCourse(subjects=50, hazard=0.08, dropout_hazard=0.01),
    experimental=ArmCourse(subjects=50, hazard=0.05, dropout_hazard=0.01),
    accrual=uniform_accrual(12),
)


def test_at_the_start_nobody_has_entered():
    found = expected_events(COURSE, months=0)
    assert (found.events, found.subjects) == (0, 0)


def test_in_the_end_everybody_has_the_event_or_is_lost():
    found = expected_events(COURSE, months=10_000)
    assert found.control == pytest.approx(50 * 0.08 / 0.09)
    assert found.experimental == pytest.approx(50 * 0.05 / 0.06)
    assert found.subjects == 100


def test_an_instant_accrual_gives_the_exponential_distribution():
    at_once = TwoArmCourse(
        control=ArmCourse(subjects=100, hazard=hazard_of_median(9)),
        experimental=ArmCourse(subjects=100, hazard=hazard_of_median(18)),
        accrual=uniform_accrual(1e-9),
    )
    found = expected_events(at_once, months=18)
    assert (found.control, found.experimental) == pytest.approx((75, 50), rel=1e-8)


def test_an_empty_stretch_of_accrual_only_postpones():
    late = Accrual(pieces=(AccrualPiece(months=6, share=0.0), AccrualPiece(months=12, share=1.0)))
    postponed = TwoArmCourse(control=COURSE.control, experimental=COURSE.experimental, accrual=late)
    assert late.months == 18
    assert expected_events(postponed, months=5).subjects == 0
    assert expected_events(postponed, months=26).events == pytest.approx(
        expected_events(COURSE, months=20).events
    )


@pytest.mark.parametrize("events", [0, -3, 90, float("nan")])
def test_events_that_are_never_expected_are_refused(events):
    with pytest.raises(BadInput, match="events"):
        time_of_events(COURSE, events=events)


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (AccrualPiece(months=0, share=1.0),),
        (AccrualPiece(months=12, share=0.9),),
        (AccrualPiece(months=6, share=1.5), AccrualPiece(months=6, share=-0.5)),
    ],
)
def test_accrual_that_is_not_everybody_over_some_time_is_refused(pieces):
    with pytest.raises(BadInput, match="accrual"):
        Accrual(pieces=pieces)


@pytest.mark.parametrize(
    ("subjects", "hazard", "dropout"),
    [(0, 0.1, 0.0), (10, 0.0, 0.0), (10, -0.1, 0.0), (10, 0.1, -0.1), (10, float("nan"), 0.0)],
)
def test_an_arm_without_subjects_or_events_is_refused(subjects, hazard, dropout):
    with pytest.raises(BadInput, match="hazard"):
        ArmCourse(subjects=subjects, hazard=hazard, dropout_hazard=dropout)


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda: expected_events(COURSE, months=-1), "months"),
        (lambda: hazard_of_median(0), "months"),
        (lambda: hazard_of_yearly_probability(1.0), "probability"),
        (lambda: schoenfeld_events(1.0, alpha_one_sided=0.025, power=0.8), "hazard_ratio"),
        (lambda: schoenfeld_events(-0.6, alpha_one_sided=0.025, power=0.8), "hazard_ratio"),
        (lambda: schoenfeld_events(0.6, alpha_one_sided=0.025, power=0.01), "power"),
        (lambda: schoenfeld_events(0.6, alpha_one_sided=2.5, power=0.8), "alpha_one_sided"),
        (lambda: hazard_ratio_at(2.0, events=0), "events"),
        (lambda: hazard_ratio_at(2.0, events=10, allocation=0), "allocation"),
        (lambda: gate_probability(44, responses=45, rate=0.3), "responses, n"),
        (lambda: gate_probability(44, responses=14, rate=30), "rate"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(call, where):
    with pytest.raises(BadInput) as error:
        call()
    assert error.value.faults[0].where == where


def test_a_gate_without_a_demand_is_always_open():
    assert gate_probability(44, responses=0, rate=0.0) == 1
    assert gate_probability(44, responses=1, rate=0.0) == 0
    assert gate_probability(44, responses=44, rate=1.0) == 1
