"""Doses and visits in the record: what their receipts tell, and what is found about them."""

from __future__ import annotations

import datetime as dt

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.doses.guidance import GuidedAction
from equipoise.conduct.findings import FindingKind

from .dose_trial import Trial


def test_the_receipt_of_blood_tells_the_doses_of_the_day(trial: Trial):
    trial.fill("body", {"weight_kg": 72.0}, at="cycle_1", on=7)
    receipt = trial.blood(at="cycle_1", on=7)
    assert receipt.guidance is not None
    assert [one.drug for one in receipt.guidance.drugs] == ["alpha", "beta"]
    later = trial.blood(at="midcycle_1", on=14, neutrophils=1.2)
    assert later.guidance is not None
    assert (later.guidance.visit, later.guidance.dose_day) == ("cycle_1", 8)
    assert later.guidance.drugs[0].action is GuidedAction.REDUCE


def test_the_receipt_of_a_dose_tells_its_drug(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1897.0, at="cycle_1", on=7, row=1)
    assert receipt.findings == ()
    assert receipt.guidance is not None
    assert [one.drug for one in receipt.guidance.drugs] == ["alpha"]


def test_another_dose_needs_a_reason(trial: Trial):
    trial.cycle(1, on=7)
    with pytest.raises(RecordRefused, match="'dose_reason' is required") as refused:
        trial.dose("alpha", 1500.0, at="cycle_1", on=7, row=1)
    assert [fault.kind for fault in refused.value.faults] == [FindingKind.MISSING_REQUIRED]


def test_another_dose_with_a_reason_is_a_soft_finding(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1500.0, at="cycle_1", on=7, row=1, dose_reason="frail")
    [finding] = receipt.findings
    assert (finding.kind, finding.item) == (FindingKind.DOSE_DEVIATION, "given_mg")
    assert "full dose, 1897 mg" in finding.say
    row = trial.ward.row("dosing", at="cycle_1", subject=trial.subject)
    assert list(row.findings) == ["given_mg"]


@pytest.mark.parametrize(("mg", "kinds"), [(1803.0, 0), (1990.0, 0), (1801.0, 1), (1993.0, 1)])
def test_five_per_cent_are_what_measuring_out_takes(trial: Trial, *, mg: float, kinds: int):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", mg, at="cycle_1", on=7, row=1, dose_reason="as measured")
    assert len(receipt.findings) == kinds


@pytest.mark.parametrize(("mg", "kinds"), [(11.4, 0), (12.6, 0), (11.3, 1), (12.7, 1)])
def test_exactly_five_per_cent_of_a_small_dose_are_none(trial: Trial, *, mg: float, kinds: int):
    trial.cycle(1, on=7)
    receipt = trial.dose("beta", mg, at="cycle_1", on=7, row=1, dose_reason="as measured")
    assert len(receipt.findings) == kinds


@pytest.mark.parametrize(("days", "items"), [(3, []), (4, ["dose_days"])])
def test_days_that_reach_into_the_pause_before_surgery_are_told(
    trial: Trial, *, days: int, items: list[str]
):
    trial.fill(
        "body",
        {"weight_kg": 72.0, "planned_surgery_date": dt.date(2026, 3, 19)},
        at="cycle_1",
        on=7,
    )
    trial.blood(at="cycle_1", on=7)
    receipt = trial.dose("beta", 12.0, at="cycle_1", on=7, row=1, dose_days=days)
    assert receipt.guidance is not None
    assert "last dose on 2026-03-11 (7 d off before surgery" in receipt.guidance.drugs[0].say
    assert [one.item for one in receipt.findings] == items


def test_a_dose_that_is_held_and_given_is_a_deviation(trial: Trial):
    trial.cycle(1, on=7, platelets=80.0)
    receipt = trial.dose("alpha", 100.0, at="cycle_1", on=7, row=1, dose_reason="x")
    assert [one.kind for one in receipt.findings] == [FindingKind.DOSE_DEVIATION]


def test_a_dose_given_while_a_row_cannot_be_judged_is_told(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1897.0, at="cycle_1", on=14, row=1, dose_day=8)
    assert [one.kind for one in receipt.findings] == [FindingKind.DOSE_NOT_JUDGED]
    trial.blood(at="midcycle_1", on=14)
    again = trial.fill("dosing", {"given_mg": 1898.0}, at="cycle_1", on=14, why="typing")
    assert again.findings == ()
    assert trial.ward.row("dosing", at="cycle_1", subject=trial.subject).findings == {}


def test_no_dose_while_a_row_cannot_be_judged_is_no_finding(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 0.0, at="cycle_1", on=14, row=1, dose_day=8)
    assert receipt.findings == ()


def test_a_plan_that_is_not_of_this_body_is_told(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("alpha", 1897.0, at="cycle_1", on=7, row=1, planned_mg=1500.0)
    assert [(one.kind, one.item) for one in receipt.findings] == [
        (FindingKind.DOSE_DEVIATION, "planned_mg")
    ]


def test_a_drug_the_regimen_does_not_have_has_no_guidance_and_is_a_deviation(trial: Trial):
    trial.cycle(1, on=7)
    receipt = trial.dose("gamma", 5.0, at="cycle_1", on=7, row=1)
    assert receipt.guidance is None
    [finding] = receipt.findings
    assert (finding.kind, finding.item) == (FindingKind.DOSE_DEVIATION, "drug")
    assert finding.say == "5 mg of 'gamma' are given, which no regimen due at cycle_1 has"
    assert trial.dose("gamma", 0.0, at="cycle_1", on=7, row=2).findings == ()


def test_guidance_changes_nothing_in_the_record(trial: Trial):
    trial.cycle(1, on=7)
    before = trial.ward.desk.record.head
    trial.guidance(at="cycle_1")
    assert trial.ward.desk.record.head == before


@pytest.mark.parametrize(("on", "outside"), [(3, True), (4, False), (10, False), (11, True)])
def test_a_visit_outside_its_window_is_a_soft_finding(trial: Trial, *, on: int, outside: bool):
    receipt = trial.fill("body", {"weight_kg": 72.0}, at="cycle_1", on=on)
    kinds = [one.kind for one in receipt.findings]
    assert kinds == ([FindingKind.VISIT_OUTSIDE_WINDOW] if outside else [])


def test_a_visit_outside_its_window_is_told_once_and_of_the_form_that_begins_it(trial: Trial):
    first = trial.fill("body", {"weight_kg": 72.0}, at="cycle_1", on=11)
    second = trial.blood(at="cycle_1", on=11)
    assert [len(one.findings) for one in (first, second)] == [1, 0]


def test_a_dose_of_day_8_belongs_to_the_day_its_cycle_began(trial: Trial):
    trial.cycle(1, on=10)
    trial.blood(at="midcycle_1", on=17)
    assert trial.dose("alpha", 1897.0, at="cycle_1", on=17, row=1, dose_day=8).findings == ()
