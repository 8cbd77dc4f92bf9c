"""Whole histories, each worked out on paper from the study's own words before it was derived."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

START = dt.date(2026, 1, 1)
HAND = "by hand: histories worked out on paper from the endpoint definitions of the study"
JCOG = (
    "by hand from the three definitions compared in JCOG0801-A, doi:10.1093/jjco/hys122: an "
    "incomplete resection is an event at surgery, no event, or an event at one landmark"
)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def operate(record: Any, subject: str, on: int, *, outcome: str, margin: str | None) -> None:
    words = {"operated": True, "surgery_date": day(on), "surgery_outcome": outcome}
    record.form(subject, "operation/surgery", on, **words)
    if margin is not None:
        record.form(subject, "operation/pathology", on + 7, margin=margin, viable_percent=50)


def see(record: Any, subject: str, *days: int) -> None:
    for number, on in enumerate(days, start=1):
        record.form(subject, f"follow_up_{number}/follow_up", on, recurrence=False)


def eight_histories(record: Any) -> Any:
    """Write one history of each kind that event-free survival knows."""
    for subject in ("A", "B", "C", "D", "E", "F", "G", "H"):
        record.subject(subject, arm="chemo")
        record.scan(subject, "screening", -7, 40, 20)
    # A: 60 -> 45 -> resected R0, seen at weeks 24 and 36, alive without disease.
    record.scan("A", "restaging", 49, 30, 15)
    operate(record, "A", 63, outcome="resected", margin="R0")
    see(record, "A", 168, 252)
    # B: 60 -> 75 mm, 25 % and 15 mm above: progression on day 49, never operated, dies on day 120.
    record.scan("B", "restaging", 49, 50, 25)
    record.form("B", "any_time/death", 121, death_date=day(120), death_cause="disease")
    # C: stable, explored only on day 66, dies on day 300.
    record.scan("C", "restaging", 50, 38, 19)
    operate(record, "C", 66, outcome="explored_only", margin=None)
    record.form("C", "any_time/death", 300, death_date=day(300), death_cause="disease")
    # D: resected R2 on day 70.
    operate(record, "D", 70, outcome="resected", margin="R2")
    # E: resected R1, recurrence found on day 175 at the visit of day 180.
    operate(record, "E", 63, outcome="resected", margin="R1")
    words = {"recurrence": True, "recurrence_date": day(175), "recurrence_site": "local"}
    record.form("E", "follow_up_1/follow_up", 180, **words)
    # F: resected R0, dies of the operation on day 80 without another assessment.
    operate(record, "F", 63, outcome="resected", margin="R0")
    record.form("F", "any_time/death", 80, death_date=day(80), death_cause="surgery")
    # G: not operated for toxicity, progression told on day 168.
    record.form("G", "operation/surgery", 60, operated=False, not_operated_reason="toxicity")
    words = {"progression": True, "progression_date": day(160)}
    record.form("G", "follow_up_1/follow_up", 168, **words)
    # H: lost after screening.
    return record


@pytest.mark.source(HAND)
def test_event_free_survival_of_eight_subjects(record):
    rows = eight_histories(record).derive().datasets["adtte"].filter(pl.col("PARAMCD") == "efs")
    assert rows.select("USUBJID", "AVAL", "CNSR", "EVNTDESC").rows() == [
        ("A", 253.0, 1, "Last assessment without event"),
        ("B", 50.0, 0, "Progression precluding surgery"),
        ("C", 67.0, 0, "Incomplete resection"),
        ("D", 71.0, 0, "Incomplete resection"),
        ("E", 176.0, 0, "Recurrence"),
        ("F", 81.0, 0, "Death"),
        ("G", 161.0, 0, "Progression"),
        ("H", 1.0, 1, "Never assessed after the start"),
    ]


@pytest.mark.source(HAND)
def test_overall_survival_of_the_same_subjects_ends_with_their_last_form(record):
    rows = eight_histories(record).derive().datasets["adtte"].filter(pl.col("PARAMCD") == "os")
    assert rows.select("USUBJID", "AVAL", "CNSR").rows() == [
        ("A", 253.0, 1),
        ("B", 121.0, 0),
        ("C", 301.0, 0),
        ("D", 78.0, 1),  # the specimen of day 77 is the last that is known
        ("E", 181.0, 1),
        ("F", 81.0, 0),
        ("G", 169.0, 1),
        ("H", 1.0, 1),
    ]


@pytest.mark.source(HAND)
def test_response_and_resection_of_the_same_subjects(record):
    data = eight_histories(record).derive()
    answers = data.datasets["adeff"]
    best = answers.filter(pl.col("PARAMCD") == "orr").select("USUBJID", "AVALC", "AVAL").rows()
    clear = answers.filter(pl.col("PARAMCD") == "r0").select("USUBJID", "AVAL").rows()
    # A: 45 of 60 mm is 25 % less: SD on day 49, after the 42 days that SD needs.
    assert best == [
        ("A", "SD", 0.0),
        ("B", "PD", 0.0),
        ("C", "SD", 0.0),
        *((subject, None, 0.0) for subject in "DEFGH"),
    ]
    assert clear == [(subject, float(subject in "AF")) for subject in "ABCDEFGH"]
    sums = data.datasets["adtr"].filter(pl.col("USUBJID") == "B")
    assert sums.select("SUMDIAM", "PCHG").rows() == [(60.0, None), (75.0, 25.0)]


@pytest.mark.source(HAND)
def test_at_an_earlier_cut_only_what_was_known_counts(record):
    rows = eight_histories(record).derive(cut=70).datasets["adtte"]
    efs = rows.filter(pl.col("PARAMCD") == "efs").select("USUBJID", "AVAL", "CNSR").rows()
    # D's margin of day 77 is not known on day 70; its operation of that day is an assessment.
    assert efs == [
        ("A", 64.0, 1),
        ("B", 50.0, 0),
        ("C", 67.0, 0),
        ("D", 71.0, 1),
        ("E", 64.0, 1),
        ("F", 64.0, 1),
        ("G", 61.0, 1),
        ("H", 1.0, 1),
    ]


@pytest.mark.source(JCOG)
@pytest.mark.parametrize(
    ("dating", "drug", "upfront"),
    [("at_surgery", 92, 15), ("not_an_event", 201, 201), ("landmark 16 wk", 113, 113)],
)
def test_the_same_exploration_in_both_arms_under_three_definitions(small, *, dating, drug, upfront):
    """Both are explored without resection and die on day 200; only the day of surgery differs."""
    events = [{"event": "incomplete", "date": dating}, "died"]
    record = small(endpoints__efs__events=events)
    record.subject("D", arm="drug").subject("U", arm="upfront")
    operate(record, "D", 91, outcome="explored_only", margin=None)
    operate(record, "U", 14, outcome="explored_only", margin=None)
    for subject in ("D", "U"):
        record.form(subject, "any_time/death", 200, death_date=day(200))
    rows = record.derive().datasets["adtte"].filter(pl.col("PARAMCD") == "efs")
    assert rows.select("ARMCD", "AVAL", "CNSR").rows() == [
        ("drug", drug, 0),
        ("upfront", upfront, 0),
    ]
