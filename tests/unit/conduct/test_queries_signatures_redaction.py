from __future__ import annotations

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.chain import verify
from equipoise.conduct.commands import (
    answer_query,
    override_finding,
    raise_query,
    redact_value,
    remove_row,
    sign_form,
)
from equipoise.conduct.desk import Person, open_desk
from equipoise.conduct.entries import Action

from .conftest import DAY, NOW, Ward

OFFICE = Person(name="olga", role="office")


def kinds(call) -> set[str]:
    with pytest.raises(RecordRefused) as refusal:
        call()
    return {str(fault.kind) for fault in refusal.value.faults}


def texts(ward: Ward) -> list[str | None]:
    return [text for entry in ward.desk.log.entries() for text in (entry.old, entry.new, entry.why)]


def seq_of(ward: Ward, item: str) -> int:
    return next(entry.seq for entry in ward.desk.log.entries() if entry.item == item)


def folded_again(ward: Ward):
    return open_desk(ward.desk.study, log=ward.desk.log, clock=lambda: NOW).record


def test_a_query_is_asked_and_answered(ward: Ward):
    ward.screen()
    place = ward.place("body", "weight_kg")
    (number,) = raise_query(ward.desk, OFFICE, place=place, text="Really 72?").entries
    assert ward.desk.record.queries[number].answered is None
    answer_query(ward.desk, ward.person, query=number, text="Yes, weighed again")
    query = ward.desk.record.queries[number]
    assert (query.asked.text, query.answered.text) == ("Really 72?", "Yes, weighed again")
    assert query.place == place


def test_a_query_stands_open_once_at_a_place_and_is_answered_once(ward: Ward):
    ward.screen()
    place = ward.place("body", "weight_kg")
    (number,) = raise_query(ward.desk, OFFICE, place=place, text="?!").entries
    assert kinds(lambda: raise_query(ward.desk, OFFICE, place=place, text="And?")) == {
        "unknown_query"
    }
    answer_query(ward.desk, ward.person, query=number, text="Yes")
    assert kinds(lambda: answer_query(ward.desk, ward.person, query=number, text="No")) == {
        "unknown_query"
    }
    assert raise_query(ward.desk, OFFICE, place=place, text="Still?").entries


def test_a_query_has_words_and_a_subject(ward: Ward):
    place = ward.place("body", "weight_kg")
    assert kinds(lambda: raise_query(ward.desk, OFFICE, place=place, text="?")) == {
        "unknown_subject"
    }
    ward.screen()
    assert kinds(lambda: raise_query(ward.desk, OFFICE, place=place, text=" ")) == {"bad_text"}


def test_a_signature_stands_until_the_row_changes(ward: Ward):
    ward.screen()
    sign_form(ward.desk, ward.person, place=ward.place("body"), meaning="correct")
    assert ward.row("body").signature.who == "dora"
    assert kinds(
        lambda: sign_form(ward.desk, ward.person, place=ward.place("body"), meaning="again")
    ) == {"already_signed"}
    ward.fill("body", {"weight_kg": 73.0}, why="typing error")
    assert ward.row("body").signature is None
    assert [e.action for e in ward.desk.log.entries()][-1] is Action.SIGN


def test_the_same_form_again_leaves_the_signature_alone(ward: Ward):
    ward.screen()
    sign_form(ward.desk, ward.person, place=ward.place("body"), meaning="correct")
    ward.fill("body", {"weight_kg": 72.0})
    assert ward.row("body").signature is not None


def test_a_change_elsewhere_that_reaches_a_signed_row_breaks_its_signature(ward: Ward):
    ward.screen()
    ward.fill("risk", {"marker": 3.0})
    sign_form(ward.desk, ward.person, place=ward.place("risk"), meaning="correct")
    ward.fill("laboratory", {"neutrophils": 1.6}, why="typing error")
    assert ward.row("risk").value("high_risk") is True
    assert ward.row("risk").signature is None


def test_a_row_that_is_not_there_cannot_be_signed(ward: Ward):
    ward.screen()
    assert kinds(
        lambda: sign_form(ward.desk, ward.person, place=ward.place("risk"), meaning="x")
    ) == {"unknown_row"}


def test_a_finding_is_overridden_with_a_reason(ward: Ward):
    ward.register()
    ward.fill("body", {"height_cm": 150.0, "weight_kg": 160.0})
    check = ward.place("body", "plausible")
    assert kinds(lambda: override_finding(ward.desk, ward.person, place=check, why="")) == {
        "bad_text"
    }
    override_finding(ward.desk, ward.person, place=check, why="weighed twice")
    assert ward.row("body").findings == {}
    assert kinds(lambda: override_finding(ward.desk, ward.person, place=check, why="x")) == {
        "unknown_finding"
    }


def test_a_row_that_should_not_be_there_is_removed_and_the_log_keeps_it(ward: Ward):
    ward.screen()
    ward.fill("risk", {"marker": 3.0})
    remove_row(ward.desk, ward.person, place=ward.place("laboratory"), why="other person's blood")
    subject = ward.desk.record.subjects["01"]
    assert ("screening", "laboratory", 1) not in subject.rows
    assert subject.rows_of("laboratory") == []
    assert ward.row("risk").value("high_risk") is None
    assert "4" in texts(ward)
    assert folded_again(ward) == ward.desk.record


def test_a_removed_row_can_be_entered_again(ward: Ward):
    ward.screen()
    remove_row(ward.desk, ward.person, place=ward.place("laboratory"), why="x")
    ward.fill("laboratory", {"neutrophils": 3.0})
    assert ward.row("laboratory").value("neutrophils") == 3.0


def test_a_redacted_value_is_gone_everywhere_and_the_chain_stands(ward: Ward):
    ward.screen()
    ward.fill("consent", {"remark": "Mrs Smith"})
    ward.fill("consent", {"remark": "lives alone"}, why="Mrs Smith is a name")
    redact_value(ward.desk, ward.person, entry=seq_of(ward, "remark"), why="a name")
    assert not any("Smith" in (text or "") for text in texts(ward))
    assert verify(ward.desk.log.entries()).intact


def test_what_stands_beside_a_redacted_value_stays(ward: Ward):
    ward.screen()
    ward.fill("consent", {"remark": "Mrs Smith"})
    ward.fill("consent", {"remark": "lives alone"}, why="a name")
    redact_value(ward.desk, ward.person, entry=seq_of(ward, "remark"), why="a name")
    assert ward.row("consent").value("remark") == "lives alone"
    assert folded_again(ward) == ward.desk.record


def test_a_value_that_stands_now_is_missing_once_redacted(ward: Ward):
    ward.screen()
    ward.fill("risk", {"marker": 300.0})
    assert ward.row("risk").value("high_risk") is True
    redact_value(ward.desk, ward.person, entry=seq_of(ward, "marker"), why="of another person")
    row = ward.row("risk")
    assert row.value("marker") is None
    assert row.value("high_risk") is None
    assert folded_again(ward) == ward.desk.record


def test_a_redaction_breaks_the_signature(ward: Ward):
    ward.screen()
    ward.fill("consent", {"remark": "Mrs Smith"})
    sign_form(ward.desk, ward.person, place=ward.place("consent"), meaning="correct")
    redact_value(ward.desk, ward.person, entry=seq_of(ward, "remark"), why="a name")
    assert ward.row("consent").signature is None


def test_the_words_of_a_query_can_be_redacted(ward: Ward):
    ward.screen()
    place = ward.place("body", "weight_kg")
    (number,) = raise_query(ward.desk, OFFICE, place=place, text="Mrs Smith?").entries
    redact_value(ward.desk, ward.person, entry=number, why="a name")
    assert ward.desk.record.queries[number].asked.text == ""
    answer_query(ward.desk, ward.person, query=number, text="yes")
    assert folded_again(ward) == ward.desk.record


@pytest.mark.parametrize("entry", [-1, 0, 1, 2, 3, 999])
def test_what_holds_no_value_of_its_own_cannot_be_redacted(ward: Ward, entry: int):
    ward.screen()
    assert kinds(lambda: redact_value(ward.desk, ward.person, entry=entry, why="x")) == {
        "cannot_redact"
    }


def test_a_value_is_redacted_once(ward: Ward):
    ward.screen()
    ward.fill("consent", {"remark": "Mrs Smith"})
    number = seq_of(ward, "remark")
    redact_value(ward.desk, ward.person, entry=number, why="a name")
    assert kinds(lambda: redact_value(ward.desk, ward.person, entry=number, why="x")) == {
        "cannot_redact"
    }


def test_the_same_word_of_another_item_stays(ward: Ward):
    ward.screen()
    age = seq_of(ward, "age")
    events = {"ae_term": "nausea", "ae_grade": 1, "ae_start": "2026", "ae_reason": "50"}
    ward.fill("events", events, at="any_time", date=DAY)
    redact_value(ward.desk, ward.person, entry=age, why="of another person")
    assert ward.row("events", at="any_time").value("ae_reason") == "50"
