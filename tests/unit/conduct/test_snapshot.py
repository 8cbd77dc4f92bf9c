from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.conduct.commands import override_finding
from equipoise.conduct.record import Record
from equipoise.conduct.snapshot import (
    FINDINGS,
    SUBJECTS,
    VALUES,
    snapshot_of,
    take_snapshot,
    visible_to,
)

from .conftest import DAY, Ward


@pytest.fixture
def filled(ward: Ward) -> Ward:
    ward.screen()
    ward.allocate()
    ward.register("02", on=DAY + dt.timedelta(1))
    ward.fill("body", {"height_cm": 150.0, "weight_kg": 160.0}, subject="02")
    event = {"ae_term": "nausea", "ae_grade": 1, "ae_start": "2026"}
    ward.fill("events", event, at="any_time")
    return ward


def test_the_frames_have_their_schemas_even_when_empty(ward: Ward, filled: Ward):
    for desk in (ward.desk, filled.desk):
        snapshot = take_snapshot(desk)
        assert VALUES.checked(snapshot.values).equals(snapshot.values)
        assert SUBJECTS.checked(snapshot.subjects).equals(snapshot.subjects)
        assert FINDINGS.checked(snapshot.findings).equals(snapshot.findings)


def test_a_snapshot_names_study_head_and_length(filled: Ward):
    snapshot = take_snapshot(filled.desk)
    assert snapshot.study_hash == filled.desk.study.content_hash
    assert snapshot.head == filled.desk.log.head()
    assert snapshot.entries == len(list(filled.desk.log.entries()))


def test_a_value_names_the_entry_that_set_it(filled: Ward):
    filled.fill("consent", {"age": 51}, why="typing error")
    entries = {entry.seq: entry for entry in filled.desk.log.entries()}
    values = take_snapshot(filled.desk).values
    assert values.height > 15
    for row in values.iter_rows(named=True):
        entry = entries[row["seq"]]
        assert (entry.subject, entry.visit, entry.form, entry.row, entry.item, entry.new) == (
            row["subject"],
            row["visit"],
            row["form"],
            row["row"],
            row["item"],
            row["value"],
        )
    assert values.filter(item="age")["value"].to_list() == ["51"]


def test_a_form_without_values_is_there_by_its_day(filled: Ward):
    subject = filled.desk.record.subjects["01"]
    filled.fill("surgery", {}, at="operation", date=DAY + dt.timedelta(20))
    assert subject.arm in {"drug", "none"}
    rows = take_snapshot(filled.desk).values.filter(form="surgery")
    assert rows.select("item", "value", "date").row(0) == (
        "form_date",
        "2026-03-22",
        dt.date(2026, 3, 22),
    )


def test_subjects_stand_in_order_with_eligibility_and_arm(filled: Ward):
    subjects = take_snapshot(filled.desk).subjects
    first, second = subjects.iter_rows(named=True)
    assert (first["subject"], first["eligible"], first["stratum"]) == ("01", True, "older=false")
    assert first["arm"] in {"drug", "none"}
    assert first["randomisation_date"] == DAY
    assert (second["eligible"], second["arm"], second["not_eligible"]) == (None, None, None)


def test_criteria_not_met_are_named(filled: Ward):
    filled.fill("consent", {"consent_date": DAY, "age": 12}, subject="02")
    second = take_snapshot(filled.desk).subjects.row(1, named=True)
    assert (second["eligible"], second["not_eligible"]) == (False, "adult")


def test_in_a_study_of_one_arm_everybody_has_it(make_ward):
    ward = make_ward(randomise=None, arms={"drug": {"label": "Drug"}})
    ward.register()
    assert take_snapshot(ward.desk).subjects["arm"].to_list() == ["drug"]


def test_findings_that_stand_open_are_listed(filled: Ward):
    snapshot = take_snapshot(filled.desk)
    row = snapshot.findings.row(0, named=True)
    assert (row["item"], row["check"], row["level"]) == ("weight_kg", "plausible", "soft")
    place = filled.place("body", "plausible")
    place = type(place)(subject="02", visit=place.visit, form=place.form, row=1, item="plausible")
    override_finding(filled.desk, filled.person, place=place, why="weighed twice")
    assert take_snapshot(filled.desk).findings.is_empty()


def test_the_record_of_any_earlier_entry_can_be_rebuilt(ward: Ward):
    ward.screen()
    then = take_snapshot(ward.desk)
    ward.allocate()
    ward.fill("consent", {"age": 51}, why="typing error")
    record = Record(kinds=ward.desk.rulebook.kinds)
    record.take(entry for entry in ward.desk.log.entries() if entry.seq <= then.entries)
    again = snapshot_of(record, rulebook=ward.desk.rulebook)
    assert again.head == then.head
    assert again.values.equals(then.values)
    assert again.subjects.equals(then.subjects)


def test_a_role_that_hides_nothing_sees_everything(filled: Ward):
    snapshot = take_snapshot(filled.desk)
    role = filled.desk.study.roles["doctor"]
    assert visible_to(snapshot, role=role, study=filled.desk.study) is snapshot


def test_hidden_items_forms_and_arm_are_gone(filled: Ward):
    study = filled.desk.study
    seen = visible_to(take_snapshot(filled.desk), role=study.roles["blind"], study=study)
    assert seen.subjects["arm"].null_count() == seen.subjects.height
    assert seen.subjects["allocation_seq"].null_count() == seen.subjects.height
    assert seen.subjects["randomisation_date"].null_count() == seen.subjects.height
    assert not {"events"} & set(seen.values["form"])
    assert not {"height_cm"} & set(seen.values["item"])
    assert {"weight_kg", "age"} <= set(seen.values["item"])
    assert seen.findings.is_empty()
    assert SUBJECTS.checked(seen.subjects).equals(seen.subjects)


def test_visits_that_name_the_arm_are_hidden_with_it(ward: Ward):
    subject = ward.in_arm("drug")
    ward.fill("body", {"weight_kg": 70.0}, at="cycle_1", subject=subject)
    study = ward.desk.study
    snapshot = take_snapshot(ward.desk)
    seen = visible_to(snapshot, role=study.roles["office"], study=study)
    assert snapshot.values.filter(pl.col("visit") == "cycle_1").height > 0
    assert seen.values.filter(pl.col("visit") == "cycle_1").is_empty()
    assert seen.values.filter(pl.col("visit") == "screening").height > 0
