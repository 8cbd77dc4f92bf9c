"""Scans after a resection: recurrence by new lesions, and no response against what was cut out."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

START = dt.date(2026, 1, 1)
ANY_TIME = {"label": "Progression", "response": "PD"}
PFS = {
    "kind": "time_to_event",
    "label": "Time to progression",
    "from": "randomisation",
    "events": ["progressed"],
    "censor": {"at": "last_assessment", "assessed_by": ["lesions"]},
    "population": "randomised",
}


def day(number):
    return START + dt.timedelta(days=number)


def operated(record, *, outcome="resected", margin="R0"):
    """Write a subject with 50 mm, then 30 mm, operated on day 60; give the entries of surgery."""
    record.subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_2", 42, 30)
    said = {"surgery_date": day(60), "surgery_outcome": outcome}
    made = record.form("S1", "operation/surgery", 60, **said)
    if margin is not None:
        made |= record.form("S1", "operation/pathology", 65, margin=margin)
    return made


def new(record, visit, on, *, state="present", row=2):
    said = {"lesion": "X1", "lesion_kind": "new", "lesion_organ": "lung", "lesion_state": state}
    return record.form("S1", f"{visit}/lesions", on, row=row, **said)


def told(data, parameter):
    found = data.datasets["adrs"].filter(pl.col("PARAMCD") == parameter)
    return found.select("ADT", "AVALC").rows()


def why(data):
    return data.datasets["adrs"].filter(pl.col("PARAMCD") == "RECUR")["EXPLAIN"].to_list()[-1]


def ending(data):
    row = data.datasets["adtte"].filter(pl.col("PARAMCD") == "pfs").row(0, named=True)
    return row["ADT"], row["CNSR"]


def test_responses_end_with_the_last_scan_before_a_resection(written):
    record = written()
    operated(record)
    record.scan("S1", "cycle_4", 90, 0)
    data = record.derive()
    assert told(data, "OVR") == [(day(42), "PR")]
    assert told(data, "RECUR") == [(day(90), "no recurrence")]
    assert why(data) == f"no recurrence: no new lesion after the resection of {day(60)}"


def test_a_scan_on_the_day_of_surgery_is_one_before_it(written):
    record = written()
    operated(record)
    record.scan("S1", "cycle_3", 60, 45)
    assert told(record.derive(), "OVR")[-1] == (day(60), "PD")


def test_after_an_exploration_the_targets_are_still_there(written):
    record = written()
    operated(record, outcome="explored_only", margin=None)
    record.scan("S1", "cycle_4", 90, 45)
    data = record.derive()
    assert told(data, "OVR")[-1] == (day(90), "PD")
    assert told(data, "RECUR") == []


def test_a_lesion_of_baseline_after_its_resection_is_no_progression_and_is_told(written):
    record = written(events__progressed=ANY_TIME, endpoints__pfs=PFS)
    operated(record)
    record.scan("S1", "cycle_4", 90, 80)
    data = record.derive()
    assert told(data, "RECUR") == [(day(90), "no recurrence")]
    assert "'T1' of baseline told as still there" in why(data)
    assert ending(data) == (day(90), 1)


def test_a_new_lesion_after_a_resection_is_a_recurrence_and_ends_an_endpoint_without_until(written):
    record = written(events__progressed=ANY_TIME, endpoints__pfs=PFS)
    surgery = operated(record)
    lesion = new(record, "cycle_4", 90)
    data = record.derive()
    assert told(data, "RECUR") == [(day(90), "recurrence")]
    assert ending(data) == (day(90), 0)
    row = data.datasets["adrs"].row(by_predicate=pl.col("PARAMCD") == "RECUR", named=True)
    asked = {name: seq for name, seq in surgery.items() if name != "form_date"}
    assert {*lesion.values(), *asked.values()} <= set(row["ENTRIES"])


def test_a_recurrence_is_no_progression_before_surgery(written):
    event = ANY_TIME | {"until": "surgery"}
    record = written(events__progressed=event, endpoints__pfs=PFS)
    operated(record)
    new(record, "cycle_4", 90)
    assert ending(record.derive()) == (day(90), 1)


def test_a_recurrence_counts_from_the_scan_that_first_suspected_it(written):
    record = written(events__progressed=ANY_TIME, endpoints__pfs=PFS)
    operated(record)
    suspected = new(record, "cycle_3", 75, state="equivocal")
    new(record, "cycle_4", 90)
    data = record.derive()
    assert told(data, "RECUR") == [(day(75), "no recurrence"), (day(90), "recurrence")]
    assert ending(data) == (day(75), 0)
    entries = data.datasets["adtte"].filter(pl.col("PARAMCD") == "pfs")["ENTRIES"].item()
    assert set(suspected.values()) <= set(entries)


def test_progression_before_surgery_counts_from_the_scan_that_first_suspected_it(written):
    record = written(events__progressed=ANY_TIME, endpoints__pfs=PFS).subject("S1")
    record.scan("S1", "screening", -5, 50)
    for visit, on, state in (("cycle_1", 21, "equivocal"), ("cycle_2", 42, "present")):
        record.scan("S1", visit, on, 50)
        new(record, visit, on, state=state)
    data = record.derive()
    assert told(data, "OVR") == [(day(21), "SD"), (day(42), "PD")]
    assert ending(data) == (day(21), 0)


@pytest.mark.parametrize(
    ("state", "call"), [("present", "progression"), ("absent", "not evaluable")]
)
def test_where_tumour_was_left_only_a_sign_of_progression_tells(written, state, call):
    record = written()
    operated(record, margin="R2")
    new(record, "cycle_4", 90, state=state)
    assert told(record.derive(), "RECUR") == [(day(90), call)]


def test_a_scan_on_which_nothing_was_evaluated_is_no_assessment(written):
    record = written(events__progressed=ANY_TIME, endpoints__pfs=PFS)
    operated(record)
    said = {"lesion_kind": "target", "lesion_organ": "liver", "lesion_state": "not_evaluated"}
    record.form("S1", "cycle_4/lesions", 90, lesion="T1", **said)
    data = record.derive()
    assert told(data, "RECUR") == [(day(90), "not evaluable")]
    assert ending(data) == (day(42), 1)


def test_the_best_response_is_never_that_of_a_scan_after_a_resection(written):
    orr = {"kind": "response", "label": "R", "population": "randomised"}
    for criteria, best in (("recist_1_1", "PR"), ("irecist", "iPR")):
        record = written(endpoints__orr=orr | {"criteria": criteria})
        operated(record)
        record.scan("S1", "cycle_4", 90, 0)
        assert told(record.derive(), "orr") == [(day(42), best)]


def test_after_an_exploration_the_change_of_the_sum_still_measures_response(written):
    record = written()
    operated(record, outcome="explored_only", margin=None)
    record.scan("S1", "cycle_4", 90, 20)
    assert record.derive().datasets["adtr"]["PREFL"].to_list() == [True, True, True]


@pytest.mark.parametrize("margin", [None, "RX"])
def test_whether_tumour_was_left_is_told_as_unknown_where_nobody_knows(written, margin):
    record = written()
    operated(record, margin=margin)
    record.scan("S1", "cycle_4", 90, 0)
    assert why(record.derive()).endswith("; whether tumour was left (R2) is not known")


def test_surgery_is_a_resection_where_the_outcome_is_not_known(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.form("S1", "operation/surgery", 60, surgery_date=day(60))
    record.scan("S1", "cycle_4", 90, 30)
    data = record.derive()
    assert (told(data, "OVR"), told(data, "RECUR")) == ([], [(day(90), "no recurrence")])
