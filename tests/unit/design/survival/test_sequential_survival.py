from dataclasses import replace

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.group_sequential.futility import BetaSpending, Binding
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending
from equipoise.design.survival.event_course import uniform_accrual, with_subjects
from equipoise.design.survival.group_sequential import SurvivalAssumptions, plan_of
from equipoise.design.survival.sequential_survival import design_looks
from equipoise.design.survival.survival_plan import (
    AtEventFractions,
    AtEvents,
    AtMonths,
    SpendingClock,
)

from .planned_trials import LATE, PLAN, STOPPING


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
