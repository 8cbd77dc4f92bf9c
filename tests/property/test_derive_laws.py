"""Laws of the derivations: they agree with the rules of the field, and dates alone never matter."""

from __future__ import annotations

import datetime as dt
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.derive import AnalysisData, derive_datasets
from equipoise.oncology import event_free_survival
from equipoise.oncology.event_free.event_free_history import History, SurgeryOutcome
from equipoise.oncology.event_free.event_free_rules import (
    CensorBeforeGap,
    EventRules,
    IgnoreMissedVisits,
    Landmark,
    NewTherapy,
    NotAnEvent,
    OnTheDay,
)
from equipoise.oncology.surgery.resection import Margin

START = dt.date(2026, 1, 1)
PEN = runpy.run_path(str(Path(__file__).parents[1] / "unit" / "derive" / "conftest.py"))
CONVENTIONS = [OnTheDay(), NotAnEvent(), Landmark(days=112)]
DATINGS = ["at_surgery", "not_an_event", "landmark 112 d"]
FEW = settings(max_examples=10, deadline=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happens to a subject, in days after randomisation; None does not happen."""

    scan: int | None
    progressive: bool
    surgery: int | None
    explored: bool
    margin: str | None
    recurrence: int | None
    suspected: int | None
    therapy: int | None
    seen: int | None
    death: int | None


@st.composite
def courses(draw: st.DrawFn) -> Course:
    surgery = draw(st.none() | st.integers(51, 90))
    explored = draw(st.booleans()) if surgery else False
    resected = surgery is not None and not explored
    recurrence = draw(st.none() | st.integers(91, 200)) if resected else None
    suspected = draw(st.none() | st.integers(surgery or 91, recurrence)) if recurrence else None
    therapy = draw(st.none() | st.integers(1, 200))
    seen = draw(st.none() | st.integers(max(recurrence or 91, therapy or 0), 250))
    return Course(
        scan=draw(st.none() | st.integers(1, 50)),
        progressive=draw(st.booleans()),
        surgery=surgery,
        explored=explored,
        margin=draw(st.sampled_from(["R0", "R1", "R2", "RX"])) if resected else None,
        recurrence=recurrence,
        suspected=suspected,
        therapy=therapy if seen else None,
        seen=seen,
        death=draw(st.none() | st.integers(seen or recurrence or 91, 300)),
    )


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def date(number: int | None) -> dt.date | None:
    return None if number is None else day(number)


def write(record: Any, subject: str, course: Course) -> None:
    record.subject(subject)
    record.scan(subject, "screening", -5, 50)
    if course.scan is not None:
        record.scan(subject, "cycle_1", course.scan, 70 if course.progressive else 45)
    if course.surgery is not None:
        outcome = "explored_only" if course.explored else "resected"
        words = {"surgery_date": day(course.surgery), "surgery_outcome": outcome}
        record.form(subject, "operation/surgery", course.surgery, **words)
    if course.margin is not None:
        record.form(subject, "operation/pathology", course.surgery, margin=course.margin)
    if course.recurrence is not None:
        words = {"recurrence": True, "recurrence_date": day(course.recurrence)}
        if course.suspected is not None:
            words["recurrence_suspected_date"] = day(course.suspected)
        record.form(subject, "follow_up_1/follow_up", course.recurrence, **words)
    if course.seen is not None:
        words = {} if course.therapy is None else {"new_therapy_date": day(course.therapy)}
        record.form(subject, "follow_up_2/follow_up", course.seen, recurrence=False, **words)
    if course.death is not None:
        record.form(subject, "any_time/death", course.death, death_date=day(course.death))


def history(course: Course) -> History:
    assessed = [course.scan, course.surgery, course.recurrence, course.seen]
    outcome = SurgeryOutcome.EXPLORED_ONLY if course.explored else SurgeryOutcome.RESECTED
    return History(
        randomised=START,
        progressions=tuple(filter(None, [date(course.scan)])) if course.progressive else (),
        surgery=date(course.surgery),
        outcome=outcome if course.surgery is not None else None,
        margin=Margin(course.margin) if course.margin else None,
        recurrence=date(course.recurrence),
        recurrence_suspected=date(course.suspected),
        new_therapy=date(course.therapy),
        death=date(course.death),
        assessments=tuple(day(one) for one in assessed if one is not None),
    )


SUSPECTED = {"events__recurred__suspected": "recurrence_suspected_date"}


def written(all_courses: list[Course], **changes: Any) -> Any:
    record = PEN["Written"](PEN["small_study"](**SUSPECTED, **changes))
    for number, course in enumerate(all_courses):
        write(record, f"S{number:02d}", course)
    return record


def times(data: AnalysisData) -> pl.DataFrame:
    return data.datasets["adtte"].filter(pl.col("PARAMCD") == "efs")


@FEW
@given(
    all_courses=st.lists(courses(), min_size=1, max_size=12),
    choice=st.integers(0, 2),
    therapy=st.sampled_from(NewTherapy),
    gap=st.none() | st.integers(20, 120),
)
def test_event_free_survival_is_what_the_rule_of_the_field_says(
    *, all_courses, choice, therapy, gap
):
    """The dataset goes through the study's words, the rule through one subject's history."""
    between = {"new_therapy": switch(therapy, date="new_therapy_date")}
    if gap is not None:
        between["missed_visits"] = switch("censor_if_two", longest_gap=f"{gap} d")
    events = ["progressed", {"event": "incomplete", "date": DATINGS[choice]}, "recurred", "died"]
    words = {"events": events, "intercurrent": between}
    record = written(
        all_courses, **{f"endpoints__efs__{name}": said for name, said in words.items()}
    )
    rules = EventRules(
        incomplete_resection=CONVENTIONS[choice],
        new_therapy=therapy,
        missed_visits=CensorBeforeGap(longest_gap_days=gap) if gap else IgnoreMissedVisits(),
    )
    rows = times(record.derive(cut=1000))
    expected = [event_free_survival(history(course), rules=rules) for course in all_courses]
    assert rows["ADT"].to_list() == [one.date for one in expected]
    assert rows["CNSR"].to_list() == [int(not one.is_event) for one in expected]


def switch(choice: str, **words: str) -> dict[str, str]:
    """Say a switch that does the same in both estimands."""
    return {**words, "primary": str(choice), "sensitivity": str(choice)}


@FEW
@given(all_courses=st.lists(courses(), min_size=1, max_size=8), cut=st.integers(0, 250))
def test_what_is_filled_after_the_cut_never_matters(all_courses, cut):
    record = written(all_courses)
    whole = record.derive(cut=cut)
    record.values = [value for value in record.values if value[6] <= day(cut)]
    early = record.derive(cut=cut)
    for name, frame in {**whole.datasets, **whole.domains}.items():
        assert frame.equals({**early.datasets, **early.domains}[name]), name


@FEW
@given(all_courses=st.lists(courses(), min_size=1, max_size=8), shift=st.integers(-900, 900))
def test_moving_the_whole_trial_in_time_leaves_every_length_alone(all_courses, shift):
    record = written(all_courses)
    snapshot = record.snapshot()
    moved = pl.duration(days=shift)
    is_date = pl.col("item").str.ends_with("_date")
    text = pl.col("value").str.to_date("%Y-%m-%d", strict=False) + moved
    values = snapshot.values.with_columns(
        pl.col("date") + moved,
        pl.when(is_date).then(text.dt.to_string("iso")).otherwise("value").alias("value"),
    )
    subjects = snapshot.subjects.with_columns(
        pl.col("registration_date") + moved, pl.col("randomisation_date") + moved
    )
    later = derive_datasets(record.study, _replaced(snapshot, values=values, subjects=subjects))
    first = record.derive()
    for name in ("adtte", "adeff", "adtr"):
        here, there = first.datasets[name], later.datasets[name]
        lengths = [column for column in here.columns if column not in {"ADT", "STARTDT"}]
        assert here.select(lengths).equals(there.select(lengths)), name


def _replaced(snapshot: Any, **frames: pl.DataFrame) -> Any:
    parts = {
        name: getattr(snapshot, name) for name in ("study_hash", "head", "entries", "findings")
    }
    return type(snapshot)(**parts, **frames)
