"""Courses of iRECIST by hand, from a study file to its datasets."""

from __future__ import annotations

import datetime as dt
import runpy
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from equipoise.study import load_study

TESTS = Path(__file__).parents[2]
START = dt.date(2026, 1, 1)
SEYMOUR = (
    "by hand from Seymour 2017, doi:10.1016/S1470-2045(17)30074-8, tables 2 and 3: sums chosen so "
    "that RECIST 1.1 and a further growth of 5 mm give these calls; the date of progression by "
    "the episode that is confirmed, or open to the end"
)
DAYS = (28, 56, 84, 112)


class Course(NamedTuple):
    """Sums in mm after a baseline of 60, the calls, iBOR, day of progression, day of iCPD."""

    sums: tuple[float | None, ...]
    calls: str
    best: str
    progressed: int | None
    confirmed: int | None


COURSES = (
    # 80 is a third above 60; 40 a third below; 50 is 10 above the nadir of 40; 55 is 5 more.
    Course((80, 40, 50, 55), "iUPD iPR iUPD iCPD", "iPR", 84, 112),
    Course((80, 85), "iUPD iCPD", "iCPD", 28, 56),
    # 4 mm and 2 mm add up to 6.
    Course((80, 84, 86), "iUPD iUPD iCPD", "iCPD", 28, 84),
    Course((80, 84), "iUPD iUPD", "iUPD", 28, None),
    Course((80, None, None, None), "iUPD NE NE NE", "iUPD", 28, None),
    # 60 is baseline and nadir again: the bar is reset.
    Course((80, 60, 60), "iUPD iSD iSD", "iSD", None, None),
    Course((0, 20, 25), "iCR iUPD iCPD", "iCR", 56, 84),
    Course((50, 40, 40), "iSD iPR iPR", "iPR", None, None),
    # An iSD before day 42 establishes nothing.
    Course((60, 75, None, 80), "iSD iUPD NE iCPD", "iCPD", 56, 112),
)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


@pytest.fixture
def record(tmp_path: Path) -> Any:
    """Return an empty record of the oesophageal trial, whose file asks for iRECIST too."""
    folder = tmp_path / "study"
    shutil.copytree(TESTS / "studies" / "oesophagus", folder)
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    iorr = "iorr: {kind: response, label: Response by iRECIST, criteria: irecist"
    time = "kind: time_to_event, from: randomisation, censor: {at: last_contact}"
    whom = "population: all_randomised}\n"
    events = "{label: By iRECIST, response: PD, criteria: irecist, unconfirmed: "
    said = {
        "events:\n  progression": f"events:\n  any: {events}an_event}}\n"
        f"  sure: {events}not_an_event}}\n  progression",
        "  orr: {": f"  {iorr}, {whom}"
        f"  to_any: {{{time}, label: To any, events: [any], {whom}"
        f"  to_sure: {{{time}, label: To a sure one, events: [sure], {whom}  orr: {{",
    }
    for old, new in said.items():
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    pen = runpy.run_path(str(TESTS / "unit" / "derive" / "conftest.py"))["Written"]
    return pen(load_study(folder))


def write(record: Any, course: Course) -> None:
    record.subject("S1", arm="chemo")
    record.scan("S1", "screening", -7, 60)
    for on, size in zip(DAYS, course.sums, strict=False):
        if size is None:
            lesion = {"lesion_kind": "target", "lesion_organ": "liver"}
            state = {"lesion": "T1", "lesion_state": "not_evaluated"}
            record.form("S1", f"day_{on}/lesions", on, **lesion, **state)
        else:
            record.scan("S1", f"day_{on}", on, size)


@pytest.mark.source(SEYMOUR)
@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.calls)
def test_a_course_gives_its_calls_best_response_and_day_of_progression(record, course):
    write(record, course)
    adrs = record.derive().datasets["adrs"]

    def rows(parameter: str) -> list[tuple[object, ...]]:
        return adrs.filter(pl.col("PARAMCD") == parameter).select("AVALC", "ADT").rows()

    days = [day(on) for on in DAYS]
    assert rows("IOVR") == list(zip(course.calls.split(), days, strict=False))
    assert [call for call, _ in rows("iorr")] == [course.best]
    call = "iUPD" if course.confirmed is None else "iCPD"
    progressed = [] if course.progressed is None else [(call, day(course.progressed))]
    assert rows("any") == rows("sure") == progressed


@pytest.mark.source(SEYMOUR)
@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.calls)
def test_an_unconfirmed_progression_ends_the_time_to_it_where_the_study_says_so(record, course):
    write(record, course)
    times = record.derive().datasets["adtte"].filter(pl.col("CNSR") == 0)
    ends = dict(times.select("PARAMCD", "ADT").iter_rows())
    progressed = None if course.progressed is None else day(course.progressed)
    assert ends.get("to_any") == progressed
    assert ends.get("to_sure") == (None if course.confirmed is None else progressed)
