"""The boxes of the flow, counted on ten subjects, and what must close."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.analyse.flow import IN_SET
from equipoise.study.analyses import FlowAnalysis
from equipoise.study.forms import FormPurpose
from equipoise.study.identity import Criterion

FLOW = FlowAnalysis(method="flow", title="Flow")
ARMS = ("chemo", "surgery_first")


@pytest.fixture(scope="module")
def boxes(run, data):
    found = run(FLOW, data)
    return {(row["group"], row["level"]): int(row["value"]) for row in found.iter_rows(named=True)}


def test_everybody_registered_is_screened(boxes):
    assert boxes["all", "screened"] == 10


def test_screened_subjects_are_not_eligible_or_not_randomised_or_randomised(boxes):
    parts = ("not_eligible", "not_randomised", "randomised")
    assert [boxes["all", part] for part in parts] == [1, 1, 8]
    assert sum(boxes["all", part] for part in parts) == boxes["all", "screened"]


def test_a_subject_counts_under_each_criterion_that_failed(boxes):
    assert boxes["all", "not_eligible.adult"] == 1
    assert boxes["all", "not_eligible.platelets"] == 1
    assert ("all", "not_eligible.performance") not in boxes


def test_the_reason_is_the_text_of_the_criterion(run, data, study):
    row = run(FLOW, data).row(by_predicate=pl.col("level") == "not_eligible.adult", named=True)
    assert row["text"] == study.eligibility.include["adult"].text


def test_who_is_not_yet_known_to_be_eligible_is_not_randomised_for_that_reason(boxes):
    assert boxes["all", "not_randomised.not_yet_eligible"] == 1
    assert ("all", "not_randomised.eligible") not in boxes


def test_the_arms_share_all_the_randomised(boxes):
    assert sum(boxes[arm, "allocated"] for arm in ARMS) == boxes["all", "randomised"]


@pytest.mark.parametrize("arm", ARMS)
def test_allocated_subjects_are_operated_or_not_operated_or_not_yet_known(boxes, arm):
    parts = ("operated", "not_operated", "surgery_unknown")
    assert sum(boxes[arm, part] for part in parts) == boxes[arm, "allocated"]


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("box", ["operated", "not_operated"])
def test_the_reasons_of_a_box_add_up_to_it(boxes, arm, box):
    reasons = [
        n
        for (group, level), n in boxes.items()
        if (group, level[: len(box) + 1]) == (arm, f"{box}.")
    ]
    assert sum(reasons) == boxes[arm, box] > 0


def test_a_dose_of_nothing_and_a_dose_after_surgery_start_no_regimen(boxes):
    assert (boxes["chemo", "started"], boxes["chemo", "not_started"]) == (3, 1)


def test_an_arm_without_regimen_has_no_box_for_starting_it(boxes):
    assert ("surgery_first", "started") not in boxes


def test_each_analysis_set_is_counted_in_each_arm_and_in_all(boxes):
    counted = [boxes[group, f"{IN_SET}treated"] for group in (*ARMS, "all")]
    assert counted == [3, 3, 6]


def test_a_study_without_form_of_surgery_has_no_boxes_of_surgery(run, data, study):
    forms = {
        name: form for name, form in study.forms.items() if form.purpose is not FormPurpose.SURGERY
    }
    levels = run(FLOW, data, of=study.model_copy(update={"forms": forms}))["level"].to_list()
    assert "allocated" in levels
    assert not [level for level in levels if level.startswith(("operated", "not_operated"))]


def test_a_study_without_doses_does_not_say_who_started(run, data, study):
    forms = {
        name: form for name, form in study.forms.items() if form.purpose is not FormPurpose.DOSING
    }
    levels = run(FLOW, data, of=study.model_copy(update={"forms": forms}))["level"].to_list()
    assert "started" not in levels


def test_without_randomisation_subjects_are_registered_and_enrolled(run, data, study):
    levels = run(FLOW, data, of=study.model_copy(update={"randomise": None}))["level"].to_list()
    assert {"registered", "enrolled", "not_enrolled"} <= set(levels)
    assert "randomised" not in levels


def test_an_empty_trial_has_boxes_of_nobody(run, empty):
    assert run(FLOW, empty)["value"].sum() == 0


@pytest.fixture(scope="module")
def later(study, make_data, data):
    """Return the study with three later criteria, and the data with who meets them."""
    eligibility = study.eligibility.model_copy(
        update={
            "include": study.eligibility.include
            | {
                "biopsy": Criterion(text="Biopsy", rule="age > 1", at="treatment", arms=("chemo",)),
                "specimen": Criterion(text="Specimen", rule="age > 1", at="surgery"),
            },
            "exclude": {"spread": Criterion(text="Spread", rule="age > 1", at="surgery")},
        }
    )
    changed = study.model_copy(update={"eligibility": eligibility})
    met = {
        "met_biopsy": {"S01": False, "S02": False, "S03": True},
        "met_specimen": {"S02": True, "S06": False, "S09": False},
        "met_spread": {"S01": False, "S02": True},
    }
    rows = [
        row | {column: told.get(row["USUBJID"]) for column, told in met.items()}
        for row in data.datasets["adsl"].iter_rows(named=True)
    ]
    return changed, make_data(of=changed, adsl=rows)


def test_who_does_not_meet_a_later_criterion_is_counted_in_the_arms_it_is_about(run, later):
    changed, judged = later
    found = run(FLOW, judged, of=changed).filter(pl.col("level").str.starts_with("not_met."))
    assert found.select("group", "level", "text", "value", "column").rows() == [
        ("chemo", "not_met.biopsy", "Not met: Biopsy", 2.0, "met_biopsy"),
        ("chemo", "not_met.spread", "Met: Spread", 1.0, "met_spread"),
        ("surgery_first", "not_met.specimen", "Not met: Specimen", 1.0, "met_specimen"),
    ]


def test_the_condition_of_a_later_criterion_selects_those_who_do_not_meet_it(run, later):
    changed, judged = later
    row = run(FLOW, judged, of=changed).row(
        by_predicate=pl.col("level") == "not_met.biopsy", named=True
    )
    chosen = judged.datasets["adsl"].filter(pl.sql_expr(row["where"]))
    assert chosen["USUBJID"].to_list() == ["S01", "S02"]


def test_a_later_criterion_stands_after_the_box_of_its_time(run, later):
    changed, judged = later
    found = run(FLOW, judged, of=changed).filter(pl.col("group") == "chemo")["level"].to_list()
    order = ["not_started", "not_met.biopsy", "operated", "surgery_unknown", "not_met.spread"]
    assert [level for level in found if level in order] == order
