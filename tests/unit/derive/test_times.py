from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from equipoise.derive import AnalysisData

START = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def time(
    data: AnalysisData, endpoint: str, *, subject: str = "S1", estimand: str = "primary"
) -> dict[str, Any]:
    return data.datasets["adtte"].row(
        by_predicate=(pl.col("PARAMCD") == endpoint)
        & (pl.col("USUBJID") == subject)
        & (pl.col("ESTIMAND") == estimand),
        named=True,
    )


def resected(record: Any, *, on: int = 60, margin: str = "R0") -> None:
    record.form(
        "S1",
        "operation/surgery",
        on,
        operated=True,
        surgery_date=day(on),
        surgery_outcome="resected",
    )
    record.form("S1", "operation/pathology", on + 7, margin=margin)


def test_a_time_counts_its_first_and_its_last_day(written):
    record = written().subject("S1")
    record.form("S1", "any_time/death", 99, death_date=day(99), death_cause="disease")
    row = time(record.derive(), "os")
    assert (row["AVAL"], row["CNSR"], row["EVNTDESC"]) == (100.0, 0, "Death")


def test_the_earliest_event_counts(written):
    record = written().subject("S1")
    resected(record)
    record.form("S1", "follow_up_2/follow_up", 170, recurrence=True, recurrence_date=day(168))
    record.form("S1", "any_time/death", 300, death_date=day(300))
    row = time(record.derive(), "efs")
    assert (row["ADT"], row["EVNTDESC"]) == (day(168), "Recurrence")


def test_on_one_day_the_event_listed_first_gives_its_name(written):
    record = written().subject("S1")
    resected(record)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(168))
    record.form("S1", "any_time/death", 168, death_date=day(168))
    assert time(record.derive(), "efs")["EVNTDESC"] == "Recurrence"


def test_a_recurrence_is_not_undone_by_the_next_form_without_one(written):
    record = written().subject("S1")
    resected(record)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(168))
    record.form("S1", "follow_up_3/follow_up", 252, recurrence=False)
    assert time(record.derive(), "efs")["ADT"] == day(168)


def test_an_event_whose_rule_is_unknown_does_not_count(written):
    record = written().subject("S1")
    resected(record)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence_date=day(168))
    assert time(record.derive(), "efs")["CNSR"] == 1


def test_without_event_the_last_assessment_censors_and_no_other_form(written):
    record = written().subject("S1")
    resected(record)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=False)
    record.form("S1", "cycle_4/laboratory", 200, neutrophils=3)
    data = record.derive()
    row = time(data, "efs")
    assert (row["ADT"], row["CNSR"]) == (day(168), 1)
    assert row["EVNTDESC"] == "Last assessment without event"
    assert time(data, "os")["ADT"] == day(200)


def test_a_subject_never_assessed_is_censored_on_the_first_day(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 30)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=3)
    row = time(record.derive(), "efs")
    assert (row["AVAL"], row["CNSR"], row["EVNTDESC"]) == (1.0, 1, "Never assessed after the start")


def test_an_assessment_on_the_first_day_is_one(written):
    record = written().subject("S1")
    told = record.form("S1", "follow_up_1/follow_up", 0, recurrence=False)
    row = time(record.derive(), "efs")
    assert (row["AVAL"], row["EVNTDESC"]) == (1.0, "Last assessment without event")
    assert row["ENTRIES"] == [2, told["form_date"]]


def test_progression_seen_on_the_day_of_surgery_counts(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_3", 60, 70)
    explored = {"operated": True, "surgery_date": day(60), "surgery_outcome": "explored_only"}
    record.form("S1", "operation/surgery", 60, **explored)
    assert time(record.derive(), "efs")["EVNTDESC"] == "Progression"


def test_an_event_after_the_cut_is_not_known(written):
    record = written().subject("S1")
    resected(record)
    record.form("S1", "follow_up_1/follow_up", 84, recurrence=False)
    record.form("S1", "any_time/death", 99, death_date=day(99))
    row = time(record.derive(cut=98), "efs")
    assert (row["ADT"], row["CNSR"]) == (day(84), 1)


def test_an_event_before_the_cut_that_a_later_form_tells_is_not_known(written):
    record = written().subject("S1")
    record.form("S1", "any_time/death", 99, death_date=day(50))
    assert time(record.derive(cut=98), "os")["CNSR"] == 1


def test_progression_before_surgery_counts_when_no_resection_follows(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_2", 42, 62)
    row = time(record.derive(), "efs")
    assert (row["ADT"], row["EVNTDESC"]) == (day(42), "Progression")


def test_progression_that_did_not_preclude_resection_does_not_count(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_2", 42, 62)
    resected(record)
    assert time(record.derive(), "efs")["CNSR"] == 1


def test_a_scan_after_surgery_is_no_progression_before_it(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    explored = {"operated": True, "surgery_date": day(60), "surgery_outcome": "explored_only"}
    record.form("S1", "operation/surgery", 60, **explored)
    record.scan("S1", "cycle_4", 84, 90)
    row = time(record.derive(), "efs")
    assert (row["ADT"], row["EVNTDESC"]) == (day(60), "Incomplete resection")


@pytest.mark.parametrize(
    ("dating", "end", "censored"),
    [("at_surgery", 60, 0), ("landmark 16 wk", 112, 0), ("not_an_event", 150, 1)],
)
def test_an_incomplete_resection_is_dated_as_the_endpoint_says(written, *, dating, end, censored):
    events = [{"event": "incomplete", "date": dating}, "recurred", "died"]
    record = written(endpoints__efs__events=events).subject("S1")
    resected(record, margin="R2")
    record.form("S1", "follow_up_1/follow_up", 150, recurrence=False)
    row = time(record.derive(), "efs")
    assert (row["ADT"], row["CNSR"]) == (day(end), censored)


def test_a_landmark_after_the_cut_is_no_event_yet(written):
    events = [{"event": "incomplete", "date": "landmark 16 wk"}, "died"]
    record = written(endpoints__efs__events=events).subject("S1")
    resected(record, margin="R2")
    assert time(record.derive(cut=111), "efs")["CNSR"] == 1
    assert time(record.derive(cut=112), "efs")["CNSR"] == 0


def test_sensitivity_rows_are_there_only_where_a_switch_differs(written):
    plain = written().subject("S1").derive().datasets["adtte"]
    same = {
        "new_therapy": {"date": "new_therapy_date", "primary": "censor", "sensitivity": "censor"}
    }
    alike = written(endpoints__efs__intercurrent=same).subject("S1").derive().datasets["adtte"]
    other = {"incomplete_resection": "not_an_event"}
    data = written(endpoints__efs__intercurrent=other).subject("S1").derive().datasets["adtte"]
    assert set(plain["ESTIMAND"]) == set(alike["ESTIMAND"]) == {"primary"}
    told = data.filter(pl.col("ESTIMAND") == "sensitivity")
    assert told["PARAMCD"].to_list() == ["efs"]


def test_the_sensitivity_estimand_dates_incomplete_resection_in_its_own_way(written):
    record = written(
        endpoints__efs__intercurrent={"incomplete_resection": "landmark 16 wk"}
    ).subject("S1")
    resected(record, margin="R2")
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=False)
    data = record.derive()
    assert time(data, "efs")["ADT"] == day(60)
    assert time(data, "efs", estimand="sensitivity")["ADT"] == day(112)


THERAPY = {
    "new_therapy": {"date": "new_therapy_date", "primary": "continue", "sensitivity": "censor"}
}


def test_new_therapy_censors_at_the_last_assessment_on_or_before_it(written):
    record = written(endpoints__efs__intercurrent=THERAPY).subject("S1")
    resected(record)
    record.form("S1", "follow_up_1/follow_up", 84, recurrence=False)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=False, new_therapy_date=day(100))
    record.form("S1", "follow_up_3/follow_up", 252, recurrence=True, recurrence_date=day(252))
    data = record.derive()
    row = time(data, "efs", estimand="sensitivity")
    assert (row["ADT"], row["CNSR"]) == (day(84), 1)
    assert row["EVNTDESC"] == "Last assessment before new therapy"
    assert time(data, "efs")["ADT"] == day(252)


def test_new_therapy_on_or_after_the_day_of_the_event_changes_nothing(written):
    record = written(endpoints__efs__intercurrent=THERAPY).subject("S1")
    resected(record)
    record.form(
        "S1",
        "follow_up_2/follow_up",
        170,
        recurrence=True,
        recurrence_date=day(168),
        new_therapy_date=day(168),
    )
    assert time(record.derive(), "efs", estimand="sensitivity")["ADT"] == day(168)


def test_new_therapy_without_an_event_ends_follow_up_too(written):
    record = written(endpoints__efs__intercurrent=THERAPY).subject("S1")
    resected(record)
    record.form("S1", "follow_up_1/follow_up", 84, recurrence=False)
    record.form("S1", "follow_up_2/follow_up", 168, new_therapy_date=day(90))
    assert time(record.derive(), "efs", estimand="sensitivity")["ADT"] == day(84)


def test_therapy_after_an_incomplete_resection_did_not_precede_it_though_its_landmark_is_later(
    written,
):
    switches = THERAPY | {"incomplete_resection": "landmark 16 wk"}
    record = written(endpoints__efs__intercurrent=switches).subject("S1")
    resected(record, margin="R2")
    record.form("S1", "follow_up_2/follow_up", 168, new_therapy_date=day(80))
    row = time(record.derive(), "efs", estimand="sensitivity")
    assert (row["ADT"], row["CNSR"]) == (day(112), 0)


def test_new_therapy_is_an_event_of_the_estimand_that_says_so(written):
    ends = {"date": "new_therapy_date", "primary": "event", "sensitivity": "continue"}
    record = written(endpoints__efs__intercurrent={"new_therapy": ends}).subject("S1")
    resected(record)
    therapy = record.form("S1", "follow_up_2/follow_up", 168, new_therapy_date=day(100))
    record.form("S1", "follow_up_3/follow_up", 252, recurrence=True, recurrence_date=day(252))
    data = record.derive()
    row = time(data, "efs")
    assert (row["ADT"], row["CNSR"], row["EVNTDESC"]) == (day(100), 0, "New therapy")
    assert therapy["new_therapy_date"] in row["ENTRIES"]
    assert time(data, "efs", estimand="sensitivity")["ADT"] == day(252)


def test_new_therapy_on_the_day_of_a_listed_event_leaves_it_its_name(written):
    ends = {"date": "new_therapy_date", "primary": "event", "sensitivity": "event"}
    record = written(endpoints__efs__intercurrent={"new_therapy": ends}).subject("S1")
    record.form("S1", "follow_up_2/follow_up", 100, new_therapy_date=day(100))
    record.form("S1", "any_time/death", 100, death_date=day(100))
    assert time(record.derive(), "efs")["EVNTDESC"] == "Death"


SUSPECTED = {
    "label": "Recurrence",
    "date": "recurrence_date",
    "when": "recurrence",
    "suspected": "recurrence_suspected_date",
}


def test_a_recurrence_counts_from_its_first_suspicion_once_it_is_confirmed(written):
    record = written(events__recurred=SUSPECTED).subject("S1")
    resected(record)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence_suspected_date=day(160))
    suspected = time(record.derive(), "efs")
    assert (suspected["ADT"], suspected["CNSR"]) == (day(168), 1)
    told = record.form(
        "S1",
        "follow_up_3/follow_up",
        252,
        recurrence=True,
        recurrence_date=day(250),
        recurrence_suspected_date=day(160),
    )
    row = time(record.derive(), "efs")
    assert (row["ADT"], row["EVNTDESC"]) == (day(160), "Recurrence")
    assert set(told.values()) - {told["form_date"]} <= set(row["ENTRIES"])


def test_a_suspicion_whose_confirmation_lies_after_the_cut_is_no_event_yet(written):
    record = written(events__recurred=SUSPECTED).subject("S1")
    resected(record)
    record.form(
        "S1",
        "follow_up_2/follow_up",
        168,
        recurrence=True,
        recurrence_date=day(175),
        recurrence_suspected_date=day(160),
    )
    assert time(record.derive(cut=174), "efs")["CNSR"] == 1
    assert time(record.derive(cut=175), "efs")["ADT"] == day(160)


def test_a_recurrence_that_was_not_suspected_before_counts_from_its_own_day(written):
    record = written(events__recurred=SUSPECTED).subject("S1")
    resected(record)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(165))
    assert time(record.derive(), "efs")["ADT"] == day(165)


def test_a_scan_that_cannot_be_evaluated_is_a_contact_and_no_assessment(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_1", 21, 48)
    unclear = {"lesion_kind": "target", "lesion_organ": "liver", "lesion_state": "not_evaluated"}
    record.form("S1", "cycle_3/lesions", 63, lesion="T1", **unclear)
    data = record.derive()
    assert time(data, "efs")["ADT"] == day(21)
    assert time(data, "os")["ADT"] == day(63)
    record.form("S1", "follow_up_1/follow_up", 63, recurrence=False)
    assert time(record.derive(), "efs")["ADT"] == day(63)


@pytest.mark.parametrize(("event", "end", "censored"), [(242, 242, 0), (243, 60, 1)])
def test_an_event_after_a_gap_longer_than_allowed_is_censored_before_the_gap(
    written, *, event, end, censored
):
    gap = {"longest_gap": "26 wk", "primary": "ignore", "sensitivity": "censor_if_two"}
    record = written(endpoints__efs__intercurrent={"missed_visits": gap}).subject("S1")
    resected(record)
    record.form("S1", "follow_up_3/follow_up", event, recurrence=True, recurrence_date=day(event))
    data = record.derive()
    row = time(data, "efs", estimand="sensitivity")
    assert (row["ADT"], row["CNSR"]) == (day(end), censored)
    assert time(data, "efs")["ADT"] == day(event)


def test_only_subjects_of_the_population_on_the_clock_have_a_time(written):
    rfs = {
        "kind": "time_to_event",
        "label": "Recurrence-free survival",
        "from": "surgery",
        "events": ["recurred", "died"],
        "censor": {"at": "last_assessment", "assessed_by": ["follow_up"]},
        "population": "clear",
    }
    record = written(endpoints__rfs=rfs).subject("S1").subject("S2").subject("S3", randomised=None)
    resected(record)
    record.form("S2", "operation/pathology", 70, margin="R0")
    record.form("S1", "follow_up_1/follow_up", 84, recurrence=False)
    rows = record.derive().datasets["adtte"]
    assert rows.filter(pl.col("PARAMCD") == "rfs").select("USUBJID", "STARTDT", "AVAL").rows() == [
        ("S1", day(60), 25.0)
    ]
    assert rows.filter(pl.col("PARAMCD") == "os")["USUBJID"].to_list() == ["S1", "S2"]


def test_a_recorded_time_is_taken_as_it_is_and_needs_both_answers(written):
    ready = {
        "kind": "time_to_event",
        "label": "Ready made",
        "recorded": {"days": "days", "event": "gone"},
        "population": "randomised",
    }
    record = written(endpoints__ready=ready).subject("S1").subject("S2").subject("S3")
    first = record.form("S1", "any_time/extra", 5, days=400, gone=True)
    record.form("S2", "any_time/extra", 5, days=250.5, gone=False)
    record.form("S3", "any_time/extra", 5, days=99)
    rows = record.derive().datasets["adtte"].filter(pl.col("PARAMCD") == "ready")
    assert rows.select("USUBJID", "AVAL", "CNSR").rows() == [("S1", 400.0, 0), ("S2", 250.5, 1)]
    assert rows["ENTRIES"].to_list()[0] == sorted([first["days"], first["gone"]])


def test_the_entries_of_an_event_are_those_of_the_start_the_date_and_the_rule(written):
    record = written().subject("S1")
    resected(record)
    told = record.form(
        "S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(168)
    )
    record.form("S1", "follow_up_3/follow_up", 252, recurrence=False)
    row = time(record.derive(), "efs")
    allocation = 2
    assert row["ENTRIES"] == [allocation, told["recurrence"], told["recurrence_date"]]


def test_the_entries_of_censoring_are_those_of_the_start_and_the_last_assessment(written):
    record = written().subject("S1")
    resected(record)
    last = record.form("S1", "follow_up_2/follow_up", 168, recurrence=False)
    assert time(record.derive(), "efs")["ENTRIES"] == [2, last["form_date"]]


def test_the_entries_of_an_incomplete_resection_reach_into_the_other_form_of_its_rule(written):
    record = written().subject("S1")
    resected(record, margin="R2")
    data = record.derive()
    behind = dict(record_items(record, time(data, "efs")["ENTRIES"]))
    assert set(behind) == {"surgery_date", "surgery_outcome", "margin"}


def record_items(record: Any, entries: list[int]) -> list[tuple[str, str]]:
    return [(value[4], value[5]) for value in record.values if value[7] in entries]
