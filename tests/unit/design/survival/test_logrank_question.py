from dataclasses import replace
from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.survival.hazards import Steps
from equipoise.design.survival.logrank_formula import LogrankFormula, LogrankTest
from equipoise.design.survival.logrank_question import EventQuestion, PacedAccrual, SpreadAccrual
from equipoise.design.survival.logrank_solution import solve_logrank

from .planned_trials import TRIAL


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
