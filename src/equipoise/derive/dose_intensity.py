"""`adexsum`: what each subject was given of each drug, beside the plan of the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from equipoise.derive.frames import ADEXSUM
from equipoise.derive.recorded import Recorded
from equipoise.derive.subjects import SubjectFrame, clock_column
from equipoise.oncology.dosing.dose import relative_dose_intensity
from equipoise.study.dose_tables import DrugTables, cycle_visits, drug_tables
from equipoise.study.schedule import visit_days
from equipoise.study.study import Study

_DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """A regimen in an arm: its drugs, and the visits, clock and days of its planned cycles."""

    name: str
    cycle_days: int
    drugs: Mapping[str, DrugTables]
    visits: frozenset[str]
    clock: str
    starts: tuple[int, ...]


@dataclass(slots=True)
class _Doses:
    """What is recorded of one drug of one subject: planned mg of a day, given mg, entries."""

    planned_a_day: float | None = None
    given: list[float | None] = field(default_factory=list)
    entries: set[int] = field(default_factory=set)


def derive_adexsum(adex: pl.DataFrame, recorded: Recorded, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a subject and drug of a regimen of which some dose is recorded.

    PLANNED is the planned dose of the drug's first day times its days in all planned cycles, whose
    days count from the regimen's clock as the schedule says, up to the cut: a delay and a cycle
    that did not take place lower the intensity. A dose that is recorded counts with its days, all
    of its run where nobody wrote them down, up to the cut; one that is not recorded with 0.
    Unknown where a planned or a given dose is.
    """
    study = recorded.study
    courses = {arm: tuple(_courses(study, arm)) for arm in study.arms}
    rows = {key[0]: part for key, part in adex.partition_by("USUBJID", as_dict=True).items()}
    found: list[Mapping[str, object]] = [
        row
        for subject in subjects.frame.iter_rows(named=True)
        if subject["USUBJID"] in rows
        for course in courses.get(subject["ARMCD"], ())
        for row in _rows(course, subject, doses=rows[subject["USUBJID"]], cut=recorded.cut)
    ]
    return ADEXSUM.of(found)


def _courses(study: Study, arm: str) -> Iterator[_Course]:
    for name, regimen in study.regimens.items():
        if study.arms[arm].regimen != name and arm not in regimen.arms:
            continue
        for visit_name in cycle_visits(study, regimen, arm=arm)[:1]:
            visit = study.schedule.visits[visit_name]
            planned = tuple(visit_days(visit_name, visit, arm=arm))
            yield _Course(
                name=name,
                cycle_days=round(regimen.cycle.days),
                drugs=drug_tables(study, regimen),
                visits=frozenset(one.occurrence for one in planned),
                clock=clock_column(study, visit.start or ""),
                starts=tuple(one.planned for one in planned),
            )


def _rows(
    course: _Course, subject: Mapping[str, object], *, doses: pl.DataFrame, cut: dt.date
) -> Iterator[dict[str, object]]:
    start = subject.get(course.clock)
    if not isinstance(start, dt.date):
        return
    planned = [start + dt.timedelta(days=day) for day in course.starts]
    weeks = sum(min(course.cycle_days, max((cut - day).days + 1, 0)) for day in planned)
    given = _given(course, doses, cut=cut)
    for name, tables in course.drugs.items() if given else ():
        own = given.get(name, _Doses())
        days = sum(_days_until(cut, tables, first) for first in planned)
        mg = None if own.planned_a_day is None else own.planned_a_day * days
        total = None if None in own.given else sum(one or 0.0 for one in own.given)
        share = None if mg is None else relative_dose_intensity([total], planned_mg=[mg])
        yield {
            "USUBJID": subject["USUBJID"],
            "ARMCD": subject["ARMCD"],
            "PARAMCD": name,
            "PARAM": tables.drug.label or name.replace("_", " ").capitalize(),
            "REGIMEN": course.name,
            "PLANNED": mg,
            "GIVEN": total,
            "WEEKS": weeks / _DAYS_PER_WEEK,
            "INTENSITY": None if total is None or not weeks else total / weeks * _DAYS_PER_WEEK,
            "RDI": None if share is None else 100 * share,
            "ENTRIES": sorted(own.entries),
        }


def _given(course: _Course, doses: pl.DataFrame, *, cut: dt.date) -> dict[str, _Doses]:
    """Return what is recorded of each drug in the cycles of a regimen, up to the cut."""
    found: dict[str, _Doses] = {}
    for row in doses.iter_rows(named=True):
        tables = course.drugs.get(row["DRUG"])
        if tables is None or row["VISIT"] not in course.visits:
            continue
        own = found.setdefault(row["DRUG"], _Doses())
        own.planned_a_day = row["PLANNED"] if own.planned_a_day is None else own.planned_a_day
        days = row["DAYS"] if row["DAYS"] is not None else _run(tables, row["DOSEDAY"])
        days = min(days, (cut - row["ADT"]).days + 1)
        own.given.append(None if row["GIVEN"] is None else row["GIVEN"] * days)
        own.entries |= set(row["ENTRIES"])
    return found


def _run(tables: DrugTables, first: int | None) -> int:
    """Return how many consecutive days of the cycle a drug is planned on from one of them on."""
    day = first or 1
    while day + 1 in tables.days:
        day += 1
    return day - (first or 1) + 1


def _days_until(cut: dt.date, tables: DrugTables, first: dt.date) -> int:
    """Return on how many days of a cycle a drug is planned, up to the cut."""
    return sum(first + dt.timedelta(days=day - 1) <= cut for day in tables.days)
