from __future__ import annotations

import datetime as dt
import math

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.entries import Action

from .conftest import DAY, Ward


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days)


def test_a_clinical_function_fills_its_item_in(ward: Ward):
    ward.register()
    receipt = ward.fill("body", {"height_cm": 180.0, "weight_kg": 72.0})
    assert receipt.computed["surface"] == pytest.approx(math.sqrt(180 * 72 / 3600))
    entry = next(each for each in ward.desk.log.entries() if each.item == "surface")
    assert entry.action is Action.COMPUTE


def test_a_rule_may_build_on_a_function(ward: Ward):
    ward.register()
    assert ward.fill("body", {"height_cm": 180.0, "weight_kg": 72.0}).computed["large"] is False
    heavy = ward.fill("body", {"weight_kg": 100.0}, why="typing error")
    assert heavy.computed["large"] is True


def test_a_computed_item_is_missing_while_its_inputs_are(ward: Ward):
    ward.register()
    receipt = ward.fill("body", {"weight_kg": 72.0})
    assert receipt.computed == {"surface": None, "large": None}
    assert "surface" not in ward.row("body").cells


def test_the_height_of_an_earlier_visit_serves_later_ones(ward: Ward):
    subject = ward.in_arm("drug")
    receipt = ward.fill("body", {"weight_kg": 50.0}, at="cycle_1", date=later(7), subject=subject)
    assert receipt.computed["surface"] == pytest.approx(math.sqrt(180 * 50 / 3600))


def test_a_later_visit_never_changes_what_an_earlier_one_computed(ward: Ward):
    subject = ward.in_arm("drug")
    ward.fill("body", {"weight_kg": 50.0}, at="cycle_1", date=later(7), subject=subject)
    before = ward.row("body", at="cycle_1", subject=subject).cells["surface"]
    tall = {"height_cm": 200.0, "weight_kg": 50.0}
    ward.fill("body", tall, at="cycle_2", date=later(28), subject=subject)
    assert ward.row("body", at="cycle_1", subject=subject).cells["surface"] == before


def test_a_corrected_value_reaches_every_row_computed_from_it(ward: Ward):
    subject = ward.in_arm("drug")
    ward.fill("body", {"weight_kg": 50.0}, at="cycle_1", date=later(7), subject=subject)
    ward.fill("body", {"height_cm": 160.0}, why="typing error", subject=subject)
    row = ward.row("body", at="cycle_1", subject=subject)
    assert row.value("surface") == pytest.approx(math.sqrt(160 * 50 / 3600))


def test_another_form_entered_later_fills_in_what_waited_for_it(ward: Ward):
    ward.register()
    assert ward.fill("risk", {"marker": 3.0}).computed["high_risk"] is None
    ward.fill("laboratory", {"neutrophils": 1.0})
    assert ward.row("risk").value("high_risk") is True


def test_a_change_is_followed_from_form_to_form(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50})
    ward.fill("risk", {"marker": 300.0})
    assert ward.row("risk").value("double") is False
    ward.fill("consent", {"age": 70}, why="typing error")
    assert ward.row("risk").value("double") is True


def test_values_of_the_same_visit_come_before_later_ones(ward: Ward):
    subject = ward.in_arm("drug")
    ward.fill("laboratory", {"neutrophils": 0.9}, at="cycle_1", date=later(7), subject=subject)
    ward.fill("risk", {"marker": 3.0}, date=later(7), subject=subject)
    assert ward.row("risk", subject=subject).value("high_risk") is False


def test_the_worst_laboratory_grade_so_far_is_kept(ward: Ward):
    subject = ward.in_arm("drug")
    at = {"subject": subject}
    assert ward.row("laboratory", subject=subject).value("not_toxic") is True
    low = ward.fill("laboratory", {"neutrophils": 0.4}, at="cycle_1", date=later(7), **at)
    assert low.computed["not_toxic"] is False
    up = ward.fill("laboratory", {"neutrophils": 4.0}, at="cycle_2", date=later(28), **at)
    assert up.computed["not_toxic"] is False


def test_laboratory_grades_use_the_limits_of_the_subjects_sex(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50, "sex": "female"})
    female = ward.fill("laboratory", {"haemoglobin": 120.0}).computed["anaemic"]
    ward.fill("consent", {"sex": "male"}, why="typing error")
    assert (female, ward.row("laboratory").value("anaemic")) == (False, True)


def test_the_worst_grade_of_an_event_counts_the_row_being_entered(ward: Ward):
    ward.register()
    fatigue = {"ae_term": "fatigue", "ae_grade": 4, "ae_start": "2026-03", "ae_reason": "x"}
    finding = ward.fill("events", fatigue, at="any_time").findings[0]
    assert (finding.item, finding.got) == ("tired", "fatigue_grade = 4")


def test_the_grade_of_another_event_is_not_this_one(ward: Ward):
    ward.register()
    nausea = {"ae_term": "nausea", "ae_grade": 4, "ae_start": "2026-03", "ae_reason": "x"}
    findings = ward.fill("events", nausea, at="any_time").findings
    assert "tired" not in {finding.item for finding in findings}


STAGING = {
    "disease": {
        "form": "disease",
        "title": "Disease",
        "items": {
            "tumour_cm": {"label": "Size", "type": "number"},
            "nodules": {"label": "Nodules", "type": "integer"},
            "vascular_invasion": {"label": "Vessels", "type": "yes_no"},
            "stage": {
                "label": "Stage",
                "type": "code",
                "codes": {"IA": "IA", "IB": "IB"},
                "function": "ajcc8_intrahepatic",
            },
            "twice": {"label": "Twice", "type": "integer", "compute": "nodules * 2.0"},
            "share": {"label": "Share", "type": "number", "compute": "tumour_cm / nodules"},
        },
    }
}
SCHEDULE = {
    "clocks": {"registration": "registration_date"},
    "epochs": {"trial": "Trial"},
    "visits": {"screening": {"epoch": "trial", "forms": ["disease"]}},
}


@pytest.fixture
def staging(make_ward) -> Ward:
    ward = make_ward(
        forms=STAGING, schedule=SCHEDULE, eligibility={}, strata={}, randomise=None, laboratory={}
    )
    ward.register()
    return ward


def test_inputs_that_contradict_each_other_refuse_the_form(staging: Ward):
    with pytest.raises(RecordRefused, match=r"without a nodule \(extent\)") as refusal:
        staging.fill("disease", {"tumour_cm": 3.0, "nodules": 0, "vascular_invasion": False})
    assert "cannot_compute" in {fault.kind for fault in refusal.value.faults}


def test_a_whole_number_computed_in_fractions_is_kept_whole(staging: Ward):
    computed = staging.fill("disease", {"nodules": 3}).computed
    assert computed["twice"] == 6
    assert isinstance(computed["twice"], int)


def test_a_division_by_nothing_is_missing(staging: Ward):
    assert staging.fill("disease", {"tumour_cm": 0.0, "nodules": 0}).computed["share"] is None
