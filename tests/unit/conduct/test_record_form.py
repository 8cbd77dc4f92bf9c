from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.desk import Person
from equipoise.conduct.entries import Action
from equipoise.conduct.snapshot import take_snapshot
from equipoise.conduct.values import InUnit
from equipoise.study.forms import CheckLevel

from .conftest import DAY, NOW, Ward

CONSENT = {"consent_date": DAY, "age": 50}


def refused(call) -> dict[str, str]:
    """Return kind -> where of every fault of a refusal."""
    with pytest.raises(RecordRefused) as refusal:
        call()
    assert all(fault.what and fault.got and fault.fix for fault in refusal.value.faults)
    return {str(fault.kind): fault.where for fault in refusal.value.faults}


def test_a_form_becomes_one_entry_an_item_its_day_first(ward: Ward):
    ward.register()
    receipt = ward.fill("consent", CONSENT)
    written = list(ward.desk.log.entries(after=2))
    assert [entry.seq for entry in written] == list(receipt.entries)
    assert [(entry.item, entry.old, entry.new) for entry in written] == [
        ("form_date", None, "2026-03-02"),
        ("consent_date", None, "2026-03-02"),
        ("age", None, "50"),
    ]


def test_an_entry_says_who_when_under_which_study(ward: Ward):
    ward.register()
    ward.person = Person(name="dora", role="doctor", site="north", request="r-77")
    ward.fill("consent", CONSENT)
    entry = list(ward.desk.log.entries())[-1]
    assert (entry.who, entry.role, entry.request) == ("dora", "doctor", "r-77")
    assert entry.at == NOW.replace(microsecond=123_000)
    assert (entry.study, entry.version) == (ward.desk.study.content_hash, "1")


def test_every_finding_is_told_at_once(ward: Ward):
    ward.register()
    faults = refused(
        lambda: ward.fill("consent", {"age": 130, "sex": "other", "remark": 5, "colour": "red"})
    )
    assert faults == {
        "out_of_range": "01/screening/consent/1/age",
        "code_not_in_list": "01/screening/consent/1/sex",
        "wrong_type": "01/screening/consent/1/remark",
        "unknown_item": "01/screening/consent/1/colour",
        "missing_required": "01/screening/consent/1/consent_date",
    }


def test_a_number_in_another_unit_is_written_with_the_one_of_the_item(ward: Ward):
    ward.register()
    ward.fill("body", {"height_cm": 180, "weight_kg": InUnit(number=180, unit="lb")})
    entry = next(one for one in ward.desk.log.entries() if one.item == "weight_kg")
    assert entry.new == "81.6466266 = 180 lb"
    values = take_snapshot(ward.desk).values.filter(pl.col("item") == "weight_kg")
    assert values["value"].to_list() == ["81.6466266"]
    row = ward.desk.record.subjects["01"].rows_of("body")[0]
    assert row.value("weight_kg") == 81.6466266
    assert row.value("surface") == pytest.approx((180 * 81.6466266 / 3600) ** 0.5)


def test_a_unit_that_the_item_does_not_take_is_a_finding(ward: Ward):
    ward.register()
    wrong = {"height_cm": 180, "weight_kg": InUnit(number=13, unit="st")}
    faults = refused(lambda: ward.fill("body", wrong))
    assert faults == {"unknown_unit": "01/screening/body/1/weight_kg"}


def test_what_is_refused_is_not_written(ward: Ward):
    ward.register()
    before = ward.desk.log.head()
    refused(lambda: ward.fill("consent", {"age": 50}))
    assert ward.desk.log.head() == before
    assert ("screening", "consent", 1) not in ward.desk.record.subjects["01"].rows


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("unknown_subject", {"subject": "99"}),
        ("unknown_visit", {"at": "nowhere"}),
        ("unknown_visit", {"at": "cycle"}),
        ("unknown_visit", {"at": "cycle_0"}),
        ("unknown_visit", {"at": "cycle_02"}),
        ("unknown_visit", {"at": "cycle_٢"}),
        ("form_not_in_visit", {"at": "any_time"}),
        ("bad_row", {"row": 2}),
        ("bad_row", {"row": 0}),
        ("date_in_future", {"date": dt.date(2026, 9, 3)}),
    ],
)
def test_a_form_in_the_wrong_place_is_refused(ward: Ward, kind: str, words: dict[str, object]):
    ward.register()
    assert kind in refused(lambda: ward.fill("consent", CONSENT, **words))


def test_a_form_that_the_study_does_not_have_is_refused(ward: Ward):
    ward.register()
    assert "unknown_form" in refused(lambda: ward.fill("horoscope", {}))


def test_today_in_the_first_time_zone_is_not_the_future(ward: Ward):
    ward.register()
    assert ward.fill("consent", CONSENT, date=dt.date(2026, 9, 2)).entries


def test_a_visit_of_another_arm_is_refused(ward: Ward):
    subject = ward.in_arm("none")
    lab = {"neutrophils": 4.0}
    assert "visit_of_other_arm" in refused(
        lambda: ward.fill("laboratory", lab, at="cycle_1", subject=subject)
    )


def test_a_visit_of_the_own_arm_is_taken(ward: Ward):
    subject = ward.in_arm("drug")
    assert ward.fill("laboratory", {"neutrophils": 4.0}, at="cycle_1", subject=subject).entries


def test_a_visit_after_randomisation_waits_for_it(ward: Ward):
    ward.screen()
    assert "not_yet_randomised" in refused(lambda: ward.fill("surgery", {}, at="operation"))


def test_a_computed_item_is_never_typed(ward: Ward):
    ward.register()
    body = {"height_cm": 180.0, "weight_kg": 72.0, "surface": 1.9}
    assert "computed_by_hand" in refused(lambda: ward.fill("body", body))


def test_an_item_is_required_only_when_its_rule_says_so(ward: Ward):
    ward.register()
    mild = {"ae_term": "nausea", "ae_grade": 1, "ae_start": "2026-03"}
    assert ward.fill("events", mild, at="any_time").entries
    severe = mild | {"ae_grade": 3}
    assert refused(lambda: ward.fill("events", severe, at="any_time", row=2)) == {
        "missing_required": "01/any_time/events/2/ae_reason"
    }
    assert ward.fill("events", severe | {"ae_reason": "x"}, at="any_time", row=2).entries


@pytest.mark.parametrize(
    ("start", "end", "accepted"),
    [
        ("2026-03-05", "2026-03-04", False),
        ("2026-03-05", "2026-03-05", True),
        ("2026-03-05", "2026-03", True),
        ("2026-03-05", "2026", True),
        ("2026-03", "2026-03-01", True),
        ("2026-04", "2026-03", False),
        ("2026-04", "2026", True),
        ("2027", "2026-12-31", False),
        ("2026-03-05", None, True),
    ],
)
def test_a_check_of_partial_dates_fails_only_when_no_day_can_be_right(
    ward: Ward, start: str, end: str | None, *, accepted: bool
):
    ward.register()
    event = {"ae_term": "nausea", "ae_grade": 1, "ae_start": start, "ae_end": end}
    if accepted:
        assert ward.fill("events", event, at="any_time").entries
    else:
        assert "check_failed" in refused(lambda: ward.fill("events", event, at="any_time"))


def test_a_hard_check_across_forms_refuses_and_shows_the_values(ward: Ward):
    subject = ward.in_arm("none")
    ward.fill("surgery", {"surgery_date": DAY + dt.timedelta(9)}, at="operation", subject=subject)
    with pytest.raises(RecordRefused) as refusal:
        ward.fill("death", {"death_date": DAY}, at="any_time", subject=subject)
    (fault,) = refusal.value.faults
    assert fault.what == "Death lies before surgery"
    assert fault.got == "death_date = 2026-03-02, surgery_date = 2026-03-11"


def test_a_check_is_silent_while_something_is_missing(ward: Ward):
    ward.screen()
    assert ward.fill("death", {"death_date": DAY}, at="any_time").entries


def test_a_row_of_a_repeating_form_never_borrows_from_another(ward: Ward):
    ward.register()
    first = {"ae_term": "nausea", "ae_grade": 1, "ae_start": "2026-01-01", "ae_end": "2026-01-05"}
    ward.fill("events", first, at="any_time", row=1)
    second = {"ae_term": "nausea", "ae_grade": 1, "ae_start": "2026-02-01"}
    assert ward.fill("events", second, at="any_time", row=2).entries


def test_a_soft_check_is_accepted_with_a_finding(ward: Ward):
    ward.register()
    receipt = ward.fill("body", {"height_cm": 150.0, "weight_kg": 160.0})
    (finding,) = receipt.findings
    assert (finding.item, finding.level) == ("plausible", CheckLevel.SOFT)
    assert finding.got == "weight_kg = 160, height_cm = 150"
    entry = list(ward.desk.log.entries())[-1]
    assert (entry.action, entry.item, entry.new) == (
        Action.FINDING,
        "plausible",
        "Heavier than tall",
    )


def test_a_finding_closes_when_the_check_holds_again(ward: Ward):
    ward.register()
    ward.fill("body", {"height_cm": 150.0, "weight_kg": 160.0})
    assert "plausible" in ward.row("body").findings
    ward.fill("body", {"weight_kg": 60.0}, why="typing error")
    assert ward.row("body").findings == {}


def test_an_item_of_the_form_left_empty_is_missing_to_its_checks(ward: Ward):
    subject = ward.in_arm("drug")
    ward.fill("body", {"height_cm": 150.0, "weight_kg": 60.0}, why="x", subject=subject)
    receipt = ward.fill("body", {"weight_kg": 160.0}, at="cycle_1", subject=subject)
    assert receipt.findings == ()


def test_a_change_needs_a_reason_for_each_value(ward: Ward):
    ward.register()
    ward.fill("consent", CONSENT)
    later = DAY + dt.timedelta(1)
    changes = {"consent_date": later, "age": 51}
    with pytest.raises(RecordRefused) as refusal:
        ward.fill("consent", changes)
    assert [fault.kind for fault in refusal.value.faults] == ["reason_missing"] * 2
    assert ward.fill("consent", changes, why="typing error").entries


def test_a_change_keeps_the_old_value_and_the_reason(ward: Ward):
    ward.register()
    ward.fill("consent", CONSENT)
    ward.fill("consent", {"age": 51}, why="typing error")
    entry = list(ward.desk.log.entries())[-1]
    assert (entry.old, entry.new, entry.why) == ("50", "51", "typing error")
    assert ward.row("consent").value("age") == 51


def test_a_change_of_the_day_of_a_form_needs_a_reason(ward: Ward):
    ward.register()
    ward.fill("consent", CONSENT)
    later = DAY + dt.timedelta(1)
    assert "reason_missing" in refused(lambda: ward.fill("consent", {}, date=later))
    ward.fill("consent", {}, date=later, why="wrong day")
    assert ward.row("consent").date == later


@pytest.mark.parametrize("why", ["", "  ", "\0"])
def test_a_reason_has_words(ward: Ward, why: str):
    ward.register()
    ward.fill("consent", CONSENT)
    assert "bad_text" in refused(lambda: ward.fill("consent", {"age": 51}, why=why))


def test_items_left_out_keep_their_value_and_none_takes_it_away(ward: Ward):
    ward.register()
    ward.fill("consent", CONSENT | {"sex": "male", "remark": "lives alone"})
    ward.fill("consent", {"remark": None}, why="not asked for")
    row = ward.row("consent")
    assert row.value("sex") == "male"
    assert "remark" not in row.cells


def test_a_required_value_cannot_be_taken_away(ward: Ward):
    ward.register()
    ward.fill("consent", CONSENT)
    assert "missing_required" in refused(lambda: ward.fill("consent", {"age": None}, why="x"))


def test_the_same_form_again_writes_nothing(ward: Ward):
    ward.register()
    ward.fill("consent", CONSENT)
    head = ward.desk.log.head()
    assert ward.fill("consent", CONSENT).entries == ()
    assert ward.desk.log.head() == head


def test_a_rule_that_cannot_be_worked_out_is_a_fault_of_the_study(make_ward):
    forms = {
        "consent": {
            "form": "consent",
            "title": "Consent",
            "items": {"age": {"label": "Age", "type": "integer"}},
            "checks": {"broken": {"rule": "age = 'old'", "say": "x"}},
        }
    }
    visits = {"screening": {"epoch": "trial", "forms": ["consent"]}}
    schedule = {"clocks": {"a": "registration_date"}, "epochs": {"trial": "T"}, "visits": visits}
    ward = make_ward(forms=forms, schedule=schedule, eligibility={}, strata={}, randomise=None)
    ward.register()
    with pytest.raises(Exception, match="a rule of the study cannot be worked out"):
        ward.fill("consent", {"age": 3})
