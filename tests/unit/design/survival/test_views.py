from dataclasses import replace

import pytest

from equipoise.base.errors import BadInput
from equipoise.design import (
    OBrienFlemingSpending,
    SurvivalAssumptions,
    design_survival,
    uniform_accrual,
)
from equipoise.design.group_sequential.futility import BetaSpending
from equipoise.design.survival.exploring import Assumption, Axis, assuming, explore
from equipoise.design.survival.views import event_calendar, power_curve, size_surface

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
DESIGN = design_survival(PLANNED)
MEDIANS = Axis(assumption=Assumption.CONTROL_MEDIAN, values=(9.0, 12.0))


def test_the_power_curve_goes_through_the_design_and_ends_at_the_error():
    assumed, equal = power_curve(DESIGN, hazard_ratios=[0.6, 1.0])
    assert assumed.power == pytest.approx(DESIGN.power, abs=1e-12)
    assert assumed.reached[0] == pytest.approx(DESIGN.looks[0].cumulative_power, abs=1e-12)
    assert equal.power == pytest.approx(0.025, abs=1e-12)


def test_the_calendar_shows_the_events_of_each_look_in_its_month():
    points = event_calendar(PLANNED, months=[look.months for look in DESIGN.looks])
    assert [point.events for point in points] == pytest.approx([77, 128], abs=1e-6)
    assert [point.subjects for point in points] == pytest.approx([170.687, 178], abs=1e-3)
    assert points[0].events_without_effect > points[0].events


def test_the_surface_goes_through_the_design():
    (point,) = size_surface(DESIGN, hazard_ratios=[0.6], control_medians=[9.0])
    assert point.events == pytest.approx(128, abs=1e-6)
    assert point.subjects == pytest.approx(178, abs=1e-6)


def test_a_weaker_effect_and_slower_events_need_more_subjects():
    points = size_surface(DESIGN, hazard_ratios=[0.6, 0.7], control_medians=[9.0, 12.0])
    strong, weak, slow_strong, slow_weak = (point.subjects for point in points)
    assert strong < weak < slow_weak
    assert strong < slow_strong < slow_weak


def test_a_delayed_effect_costs_power():
    delayed = design_survival(replace(PLANNED, delay_months=4.0))
    (assumed, equal) = power_curve(delayed, hazard_ratios=[0.6, 1.0])
    assert assumed.power == pytest.approx(delayed.power, abs=1e-12)
    assert delayed.power < DESIGN.power - 0.1
    assert equal.power == pytest.approx(0.025, abs=1e-12)


def test_a_futility_bound_costs_power_and_is_never_above_the_efficacy_bound():
    futility = BetaSpending(spending=OBrienFlemingSpending())
    gives_up = design_survival(replace(PLANNED, futility=futility))
    assert gives_up.power < DESIGN.power
    assert gives_up.type_one_error < 0.025
    first, last = gives_up.looks
    assert first.futility_z < first.z
    assert last.futility_z == pytest.approx(last.z, abs=1e-9)
    assert first.hazard_ratio < first.futility_hazard_ratio
    assert last.cumulative_beta == pytest.approx(1 - gives_up.power, abs=1e-9)


def test_an_exploration_is_the_design_of_every_combination():
    ratios = Axis(assumption=Assumption.HAZARD_RATIO, values=(0.6, 0.7))
    found = explore(PLANNED, axes=[ratios, MEDIANS])
    assert [row.values for row in found.rows] == [(0.6, 9), (0.6, 12), (0.7, 9), (0.7, 12)]
    assert found.rows[0].power == DESIGN.power
    other = design_survival(replace(PLANNED, hazard_ratio=0.7, control_median_months=12.0))
    assert found.rows[3].power == other.power
    assert found.rows[3].expected_months == other.end.months


@pytest.mark.parametrize(
    ("assumption", "value", "changed"),
    [
        (Assumption.DROPOUT, 0.1, {"dropout_per_year": 0.1}),
        (Assumption.ACCRUAL, 30, {"accrual": uniform_accrual(30)}),
        (Assumption.SUBJECTS, 200.0, {"subjects": 200}),
        (Assumption.EVENTS, 64, {"look_events": (38, 64)}),
        (Assumption.ALPHA, 0.05, {"alpha_one_sided": 0.05}),
    ],
)
def test_one_assumption_changes_and_the_others_stay(assumption, value, changed):
    after = assuming(PLANNED, assumption=assumption, value=value)
    assert after == replace(PLANNED, **changed)


def test_a_combination_that_is_no_design_says_why():
    found = explore(PLANNED, axes=[Axis(assumption=Assumption.SUBJECTS, values=(178, 100))])
    assert found.rows[0].refused is None
    assert found.rows[1].power is None
    assert "cannot be meant" in found.rows[1].refused


@pytest.mark.parametrize(
    "axes",
    [
        [],
        [MEDIANS, MEDIANS],
        [Axis(assumption=Assumption.ALPHA, values=())],
        [Axis(assumption=Assumption.ALPHA, values=tuple(range(20_001)))],
    ],
)
def test_an_exploration_without_end_or_beginning_is_refused(axes):
    with pytest.raises(BadInput):
        explore(PLANNED, axes=axes)
