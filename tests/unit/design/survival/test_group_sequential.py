from dataclasses import replace
from math import inf

import pytest

from equipoise.base.errors import BadInput
from equipoise.design import (
    OBrienFlemingSpending,
    PocockSpending,
    SurvivalAssumptions,
    design_survival,
    uniform_accrual,
)
from equipoise.design.survival.group_sequential import course_of

PLAN = SurvivalAssumptions(
    subjects=178,
    control_median_months=9.0,
    hazard_ratio=0.6,
    dropout_per_year=0.03,
    accrual=uniform_accrual(24.0),
    allocation=1.0,
    look_events=(77, 128),
    alpha_one_sided=0.025,
    efficacy=OBrienFlemingSpending(),
)


def test_every_assumption_that_cannot_be_meant_is_told_at_once():
    with pytest.raises(BadInput) as error:
        replace(PLAN, hazard_ratio=0.0, look_events=(128, 77), alpha_one_sided=2.5)
    assert [fault.where for fault in error.value.faults] == [
        "hazard_ratio",
        "look_events",
        "alpha_one_sided",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subjects", 128),
        ("control_median_months", -9.0),
        ("control_median_months", inf),
        ("hazard_ratio", float("nan")),
        ("dropout_per_year", 1.0),
        ("allocation", 0.0),
        ("look_events", ()),
        ("look_events", (0, 128)),
        ("alpha_one_sided", 0.5),
    ],
)
def test_an_assumption_that_cannot_be_meant_is_refused(field, value):
    with pytest.raises(BadInput) as error:
        replace(PLAN, **{field: value})
    assert [fault.where for fault in error.value.faults] == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subjects", 200),
        ("control_median_months", 12.0),
        ("hazard_ratio", 0.7),
        ("dropout_per_year", 0.1),
        ("accrual", uniform_accrual(30.0)),
        ("allocation", 2.0),
        ("look_events", (60, 128)),
        ("alpha_one_sided", 0.05),
        ("efficacy", PocockSpending()),
    ],
)
def test_every_assumption_changes_the_answer(field, value):
    plain, changed = design_survival(PLAN), design_survival(replace(PLAN, **{field: value}))
    assert changed.looks != plain.looks


def test_events_that_dropout_makes_impossible_are_refused():
    with pytest.raises(BadInput, match="ever expected"):
        design_survival(replace(PLAN, dropout_per_year=0.9))


def test_a_strong_effect_on_few_events_carries_the_warning_that_the_formula_promises_too_much():
    warnings = design_survival(PLAN).warnings
    assert "asymptotic" in warnings[0]
    assert "128 events" in warnings[1]
    assert "0.8157" in warnings[1]


@pytest.mark.parametrize(
    "change", [{"hazard_ratio": 0.8}, {"subjects": 900, "look_events": (600,)}]
)
def test_a_weak_effect_or_many_events_carry_only_the_general_warning(change):
    warnings = design_survival(replace(PLAN, **change)).warnings
    assert len(warnings) == 1
    assert "asymptotic" in warnings[0]


def test_a_design_without_an_effect_is_none():
    with pytest.raises(BadInput, match="in favour of the experimental arm"):
        design_survival(replace(PLAN, hazard_ratio=1.0))


def test_one_look_needs_the_events_that_it_has():
    design = design_survival(replace(PLAN, look_events=(120,)))
    assert design.single_look_events == pytest.approx(120, rel=1e-9)
    assert design.end.events == pytest.approx(120, abs=1e-9)
    assert design.looks[0].z == pytest.approx(1.959963984540054, abs=1e-12)


def test_looks_cost_a_few_events():
    design = design_survival(PLAN)
    assert 120 < design.single_look_events < 128


def test_trials_that_stop_early_save_events_and_time():
    design = design_survival(PLAN)
    assert 77 < design.end.events < 128
    assert design.looks[0].months < design.end.months < design.looks[1].months


def test_allocation_2_puts_two_thirds_in_the_experimental_arm():
    course = course_of(replace(PLAN, allocation=2.0))
    assert course.experimental.subjects == pytest.approx(2 * course.control.subjects)
    assert course.experimental.subjects + course.control.subjects == pytest.approx(178)


def test_equal_designs_are_equal():
    assert design_survival(PLAN) == design_survival(replace(PLAN))
