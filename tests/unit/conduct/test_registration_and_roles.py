from __future__ import annotations

import datetime as dt

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.commands import (
    allocate_subject,
    answer_query,
    override_finding,
    raise_query,
    record_form,
    redact_value,
    register_subject,
    remove_row,
    sign_form,
)
from equipoise.conduct.desk import Person, open_desk
from equipoise.conduct.entries import Action
from equipoise.conduct.forms import FilledForm
from equipoise.study.identity import Permission

from .conftest import DAY, NOW, Ward


def kinds(call) -> set[str]:
    with pytest.raises(RecordRefused) as refusal:
        call()
    return {str(fault.kind) for fault in refusal.value.faults}


def register(ward: Ward, subject: str = "07", **words: object) -> object:
    asked = {"subject": subject, "site": "north", "on": DAY} | words
    return register_subject(ward.desk, ward.person, **asked)


def test_registration_is_two_entries_the_day_and_the_site(ward: Ward):
    register(ward)
    written = [(entry.action, entry.item, entry.new) for entry in ward.desk.log.entries()]
    assert written == [
        (Action.REGISTER, "registration_date", "2026-03-02"),
        (Action.REGISTER, "site", "north"),
    ]


@pytest.mark.parametrize("subject", ["", " ", "a b", "../x", "x" * 41, "-1", "é", "1\n"])
def test_a_number_that_cannot_be_one_is_refused(ward: Ward, subject: str):
    assert "bad_subject" in kinds(lambda: register(ward, subject))


def test_a_number_is_given_once(ward: Ward):
    register(ward)
    assert kinds(lambda: register(ward)) == {"subject_exists"}


def test_every_fault_of_a_registration_is_told(ward: Ward):
    ward.person = Person(name="o", role="doctor")
    found = kinds(lambda: register(ward, "?", site="moon", on=dt.date(2030, 1, 1)))
    assert found == {"bad_subject", "unknown_site", "date_in_future"}


def test_a_person_registers_for_their_own_site(ward: Ward):
    assert kinds(lambda: register(ward, site="south")) == {"another_site"}


def test_a_person_of_another_site_may_not_touch_a_subject(ward: Ward):
    ward.register()
    ward.person = Person(name="sam", role="doctor", site="south")
    assert kinds(lambda: ward.fill("consent", {})) == {"another_site"}


def test_the_trial_office_has_no_site_and_sees_all(ward: Ward):
    ward.register()
    ward.person = Person(name="olga", role="doctor")
    assert ward.fill("consent", {"consent_date": DAY, "age": 50}).entries


def test_a_role_that_the_study_does_not_have_may_nothing(ward: Ward):
    ward.person = Person(name="x", role="king")
    assert kinds(lambda: register(ward)) == {"unknown_role"}


@pytest.mark.parametrize("role", ["doctor", "nurse", "office", "blind"])
def test_each_command_asks_the_role(ward: Ward, role: str):
    """Every pair of command and role: refused when it may not, and then for that reason alone."""
    ward.screen()
    desk, who = ward.desk, Person(name="x", role=role)
    body, form = (
        ward.place("body"),
        FilledForm(subject="01", visit="screening", form="risk", date=DAY, values={"marker": 1.0}),
    )
    commands = {
        Permission.REGISTER: [
            lambda: register_subject(desk, who, subject="02", site="north", on=DAY)
        ],
        Permission.RECORD: [
            lambda: record_form(desk, who, form),
            lambda: remove_row(desk, who, place=ward.place("risk"), why="x"),
            lambda: override_finding(desk, who, place=body.at("plausible"), why="x"),
        ],
        Permission.ALLOCATE: [lambda: allocate_subject(desk, who, subject="01", on=DAY)],
        Permission.QUERY: [lambda: raise_query(desk, who, place=body, text="?")],
        Permission.SIGN: [
            lambda: redact_value(desk, who, entry=4, why="x"),
            lambda: sign_form(desk, who, place=body, meaning="correct"),
        ],
    }
    for permission, calls in commands.items():
        for call in calls:
            try:
                call()
                found = set()
            except RecordRefused as refusal:
                found = {str(fault.kind) for fault in refusal.faults}
            may = permission in desk.study.roles[role].may
            assert ("not_permitted" in found) is not may
            assert may or found == {"not_permitted"}


def test_answering_a_query_asks_the_role(ward: Ward):
    ward.screen()
    office = Person(name="olga", role="office")
    place = ward.place("body", "weight_kg")
    (query,) = raise_query(ward.desk, office, place=place, text="Really?").entries
    assert kinds(lambda: answer_query(ward.desk, office, query=query, text="Yes")) == {
        "not_permitted"
    }


def test_a_desk_opened_again_says_the_same(ward: Ward):
    ward.screen()
    ward.allocate()
    again = open_desk(ward.desk.study, log=ward.desk.log, clock=lambda: NOW)
    assert again.record == ward.desk.record


def test_a_study_that_changed_needs_a_new_version(ward: Ward):
    ward.register()
    changed = ward.desk.study.model_copy(update={"title": "Another title"})
    assert kinds(lambda: open_desk(changed, log=ward.desk.log, clock=lambda: NOW)) == {
        "study_changed"
    }
    amended = changed.model_copy(update={"version": "2"})
    desk = open_desk(amended, log=ward.desk.log, clock=lambda: NOW)
    register_subject(desk, ward.person, subject="02", site="north", on=DAY)
    assert list(desk.log.entries())[-1].version == "2"


def test_an_item_whose_type_was_amended_is_missing_until_it_is_entered_again(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50, "remark": "tall"})
    study = ward.desk.study
    words = study.model_dump(mode="json", by_alias=True)
    words["forms"]["consent"]["items"]["remark"]["type"] = "number"
    amended = type(study).model_validate(words | {"version": "2"})
    desk = open_desk(amended, log=ward.desk.log, clock=lambda: NOW)
    cell = desk.record.subjects["01"].rows["screening", "consent", 1].cells["remark"]
    assert (cell.text, cell.value) == ("tall", None)
