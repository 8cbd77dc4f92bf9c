"""One cycle of a virtual subject, and what is known on each of its dose days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from equipoise.oncology.dosing.event_grades import EventSpan
from equipoise.oncology.toxicity.ctcae_limits import Sample
from equipoise.simulate.baseline import Values, complete, items_of
from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.subject import AdverseEvent
from equipoise.study.dose_actions import body_of
from equipoise.study.dose_tables import DoseDay, DrugTables, Known, drug_tables
from equipoise.study.entry import visits_at_entry
from equipoise.study.forms import FormPurpose
from equipoise.study.functions import Value
from equipoise.study.laboratory_grade import GradedItem, Taken, grade_of_value, graded_items
from equipoise.study.namespace import form_names
from equipoise.study.regimens import BodySize, Regimen
from equipoise.study.study import Study

_DAY_0 = dt.date(2001, 1, 1)
"""Virtual time has no dates; rules that compare dates of one subject need days of one calendar."""

_GRADE = "_grade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One cycle of one subject, as it stands on its first day.

    Attributes
    ----------
    owner : int
        Whose cycle it is.
    visit : PlacedVisit
        Its visit.
    room : int
        Last day to which it may be delayed.
    before : Mapping[str, Value]
        Values before enrolment, with the latest vital signs.
    entry : Mapping[str, Value]
        Values before enrolment.
    laboratory : Mapping[int, Values]
        Values by day of the cycle.
    recovered : Values
        Values on day 1 without what treatment does to them.
    events : tuple[AdverseEvent, ...]
        Adverse events of the subject.
    surgery : Mapping[str, Known]
        What surgery has shown; empty before it.
    surgery_day : int | None
        Day for which surgery is arranged; None after it, and where there is none.
    operated_day : int | None
        Day of the operation; None before it.
    delayed : bool
        Whether it was delayed.
    """

    owner: int
    visit: PlacedVisit
    room: int
    before: Mapping[str, Value]
    laboratory: Mapping[int, Values]
    recovered: Values
    events: tuple[AdverseEvent, ...]
    entry: Mapping[str, Value] = field(default_factory=dict)
    surgery: Mapping[str, Known] = field(default_factory=dict)
    surgery_day: int | None = None
    operated_day: int | None = None
    delayed: bool = False

    def after_delay(self) -> Cycle:
        """Return the cycle as given at the end of its window."""
        return replace(
            self,
            visit=replace(self.visit, day=self.room),
            laboratory={**self.laboratory, 1: self.recovered},
            delayed=True,
        )

    def spans(self, term: str) -> tuple[EventSpan, ...]:
        """Return what the subject has of one adverse event."""
        return tuple(_span(event) for event in self.events if event.term == term)


def _span(event: AdverseEvent) -> EventSpan:
    ends = None if event.end is None else (event.end, event.end)
    return EventSpan(grade=event.grade, starts=(event.start, event.start), ends=ends)


def virtual_date(day: int) -> dt.date:
    """Return the date that a day after enrolment has in the rules of a table."""
    return _DAY_0 + dt.timedelta(days=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseBook:
    """A regimen made ready for the dose days of many subjects.

    Attributes
    ----------
    study, regimen : Study, Regimen
        What the tables stand in.
    drugs : Mapping[str, DrugTables]
        Each drug with its tables.
    types : Mapping[str, polars.DataType]
        Types of the names that rules may use.
    graded : Mapping[str, GradedItem]
        Laboratory items that have a grade.
    entry_visits : frozenset[str]
        Visits at or before enrolment.
    computed : frozenset[str]
        Items that are computed, and strata.
    blood : frozenset[str]
        Items of laboratory forms: of them only fresh values count.
    """

    study: Study
    regimen: Regimen
    drugs: Mapping[str, DrugTables]
    types: Mapping[str, pl.DataType]
    graded: Mapping[str, GradedItem]
    entry_visits: frozenset[str]
    computed: frozenset[str]
    blood: frozenset[str]
    _known: dict[tuple[int, str, int, int], dict[str, Known]] = field(
        default_factory=dict, repr=False
    )

    @property
    def dose_days(self) -> tuple[int, ...]:
        """The days of the cycle on which some dose is decided; the first one always is."""
        starts = {day for tables in self.drugs.values() for day in tables.starts}
        return tuple(sorted(starts | {1}))

    def days_of(self, tables: DrugTables, *, cycles: Sequence[Cycle]) -> list[DoseDay]:
        """Return the dose days of one drug, cycles of one owner in the order of their days."""
        last: dict[int, int] = {}
        days = list[DoseDay]()
        for cycle in cycles:
            for number in tables.starts:
                day = self._day(tables, cycle, number=number, since=last.get(cycle.owner))
                last[cycle.owner] = day.day
                days.append(day)
        return days

    def _day(self, tables: DrugTables, cycle: Cycle, *, number: int, since: int | None) -> DoseDay:
        early = tables.drug.body_size is BodySize.BEFORE_TREATMENT and cycle.entry
        size = cycle.entry if early else cycle.before
        height, weight = size.get("height_cm"), size.get("weight_kg")
        return DoseDay(
            dose_day=number,
            day=cycle.visit.day + number - 1,
            since=since,
            value=_Knowing(
                book=self,
                cycle=cycle,
                number=number,
                found=self._known.setdefault(_place(cycle, number), {}),
            ).value,
            events=cycle.spans,
            body=body_of(height_cm=height, weight_kg=weight, cap_m2=tables.drug.largest_bsa),
        )


def dose_book(study: Study, regimen: Regimen) -> DoseBook:
    """Return a regimen made ready."""
    return DoseBook(
        study=study,
        regimen=regimen,
        drugs=drug_tables(study, regimen),
        types=form_names(study),
        graded=graded_items(study),
        entry_visits=visits_at_entry(study),
        computed=frozenset(
            {name for name, item in items_of(study).items() if item.computed} | set(study.strata)
        ),
        blood=frozenset(
            name
            for form in study.forms.values()
            if form.purpose is FormPurpose.LABORATORY
            for name in form.items
        ),
    )


def _place(cycle: Cycle, number: int) -> tuple[int, str, int, int]:
    """Return what tells one dose day from the others, before and after a delay."""
    return (cycle.owner, cycle.visit.plan.occurrence, cycle.visit.day, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knowing:
    """What is known on one day of a cycle."""

    book: DoseBook
    cycle: Cycle
    number: int
    found: dict[str, Known]

    def value(self, name: str) -> Known:
        """Return the value of a name; grades are of the value of the day."""
        if name not in self.found:
            self.found[name] = self._look_up(name)
        return self.found[name]

    def _look_up(self, name: str) -> Known:
        cycle, laboratory = self.cycle, self.cycle.laboratory[self.number]
        item = name.removesuffix(_GRADE)
        if name.endswith(_GRADE) and item in self.book.graded:
            return self._grade(item, laboratory.get(item))
        visit, _, of_visit = name.partition(".")
        if of_visit:
            return cycle.entry.get(of_visit) if visit in self.book.entry_visits else None
        if name == "randomisation_date":
            return virtual_date(0)
        known = {**self._lasting(), **laboratory, **cycle.surgery}
        if name in self.book.computed and name not in known:
            return self._computed(name)
        return known.get(name)

    def _lasting(self) -> Values:
        """Return what was known before, but for blood values: those are fresh or unknown."""
        before, blood = self.cycle.before, self.book.blood
        return {name: value for name, value in before.items() if name not in blood}

    def _computed(self, name: str) -> Known:
        """Return an item that is computed, from what is known on the day."""
        row = {**self._lasting(), **self.cycle.laboratory[self.number]}
        found: Known = complete(self.book.study, [row], names=[name])[name].item()
        return found

    def _grade(self, item: str, value: Value) -> int | None:
        before = self.cycle.entry or self.cycle.before
        sample = Sample(
            laboratory=_text(before.get("site")),
            sex=_text(before.get("sex")),
            age_years=_number(before.get("age")),
        )
        return grade_of_value(
            self.book.study,
            self.book.graded[item],
            taken=_taken(value, sample),
            baseline=_taken(before.get(item), sample),
        )


def _taken(value: Value, sample: Sample) -> Taken | None:
    number = _number(value)
    return None if number is None else Taken(value=number, sample=sample)


def _number(value: Value) -> float | None:
    """Return a value that is a number; yes and no are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
