"""The cycles of a subject in the record, and what was known on each dose day of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from equipoise.base.dates import parse_partial_date
from equipoise.conduct.grades import enrolment_date, sample_of
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import DrugRules, Rulebook
from equipoise.conduct.sources import (
    EVENT_GRADE,
    EventGradeSource,
    ItemSource,
    LaboratoryGradeSource,
    forms_with,
)
from equipoise.conduct.values import Value
from equipoise.conduct.view import SubjectView, arm_of, beside_items, latest_value, rows_backwards
from equipoise.conduct.visit_windows import DOSE_DAY, visit_day
from equipoise.oncology.dosing.event_grades import EventSpan
from equipoise.study.dose_actions import body_of
from equipoise.study.dose_tables import DoseDay, Known, regimens_of
from equipoise.study.forms import FormPurpose
from equipoise.study.laboratory_grade import Taken, grade_of_value
from equipoise.study.regimens import BodySize, Regimen, RegimenPhase

SURGERY_DATE = "surgery_date"
DRUG = "drug"
EVENT_START, EVENT_END = "ae_start", "ae_end"
HEIGHT, WEIGHT = "height_cm", "weight_kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDay:
    """A dose day of a subject: a cycle, the day of the cycle, and its date."""

    occurrence: str
    dose_day: int
    date: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleSeen:
    """A cycle that took place: its visit, the regimen that was due, and its first day."""

    occurrence: str
    regimen: str
    first_day: dt.date


def cycles_of(subject: SubjectRecord, *, rulebook: Rulebook) -> tuple[CycleSeen, ...]:
    """Return the cycles that took place, the earliest first."""
    occurrences = dict.fromkeys(
        row.visit for row in subject.rows.values() if _gives_doses(row.visit, rulebook)
    )
    found = [
        seen
        for occurrence in occurrences
        if (day := visit_day(occurrence, subject=subject, rulebook=rulebook)) is not None
        if (seen := cycle_on(occurrence, day=day, subject=subject, rulebook=rulebook)) is not None
    ]
    return tuple(sorted(found, key=lambda seen: seen.first_day))


def cycle_on(
    occurrence: str, *, day: dt.date, subject: SubjectRecord, rulebook: Rulebook
) -> CycleSeen | None:
    """Return a cycle that begins on a day; None when no regimen of the arm has it.

    From the day of surgery on the adjuvant regimen is due.
    """
    arm, study = arm_of(subject, rulebook=rulebook), rulebook.study
    if arm is None or not _gives_doses(occurrence, rulebook):
        return None
    operated = surgery_date(subject, rulebook=rulebook)
    after = operated is not None and day >= operated
    phase = RegimenPhase.ADJUVANT if after else RegimenPhase.NEOADJUVANT
    name = regimens_of(study, arm).get(phase)
    if name is None or _number_of(occurrence, rulebook) > study.regimens[name].cycles.planned:
        return None
    return CycleSeen(occurrence=occurrence, regimen=name, first_day=day)


def _gives_doses(occurrence: str, rulebook: Rulebook) -> bool:
    found = rulebook.visit(occurrence)
    forms = rulebook.forms
    return found is not None and any(
        forms[name].form.purpose is FormPurpose.DOSING for name in found[1].forms if name in forms
    )


def _number_of(occurrence: str, rulebook: Rulebook) -> int:
    """Return the number of a visit in its series; 1 for one that is no series."""
    found = rulebook.visit(occurrence)
    series = found is not None and found[1].every is not None
    return int(occurrence.rpartition("_")[2]) if series else 1


def surgery_date(subject: SubjectRecord, *, rulebook: Rulebook) -> dt.date | None:
    """Return the day of the operation; None when none is recorded."""
    if not forms_with(SURGERY_DATE, study=rulebook.study):
        return None
    date = SubjectView(rulebook=rulebook, subject=subject).value(SURGERY_DATE)
    return date if isinstance(date, dt.date) else None


def dose_rows(subject: SubjectRecord, *, rulebook: Rulebook, drug: str) -> Iterator[Row]:
    """Yield the recorded doses of a drug, the earliest first."""
    for name, rules in rulebook.forms.items():
        if rules.form.purpose is FormPurpose.DOSING:
            yield from (row for row in subject.rows_of(name) if row.value(DRUG) == drug)


def days_until(
    last: CycleDay, *, drug: str, subject: SubjectRecord, rulebook: Rulebook
) -> Iterator[tuple[str, CycleDay]]:
    """Yield the dose days of a drug before a day, each with its regimen.

    A dose that is recorded gives its own day, another the day that follows from its cycle.
    """
    dated = {
        (row.visit, row.value(DOSE_DAY)): row.date
        for row in dose_rows(subject, rulebook=rulebook, drug=drug)
    }
    for cycle in cycles_of(subject, rulebook=rulebook):
        rules = rulebook.drugs[cycle.regimen].get(drug)
        for number in () if rules is None else rules.tables.starts:
            usual = cycle.first_day + dt.timedelta(days=number - 1)
            date = dated.get((cycle.occurrence, number), usual)
            same = cycle.occurrence == last.occurrence
            if (number < last.dose_day) if same else (date < last.date):
                day = CycleDay(occurrence=cycle.occurrence, dose_day=number, date=date)
                yield cycle.regimen, day


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDay:
    """What the record knows of a subject on one day.

    Attributes
    ----------
    rulebook, subject : Rulebook, SubjectRecord
        The study, and all of the record.
    then : SubjectRecord
        The rows up to that day.
    regimen : Regimen
        Says how old a laboratory value may be.
    date : datetime.date
        The day.
    """

    rulebook: Rulebook
    subject: SubjectRecord
    then: SubjectRecord
    regimen: Regimen
    date: dt.date
    _found: dict[str, Known] = field(default_factory=dict, repr=False)

    def known(self, name: str) -> Known:
        """Return the value of a name on that day; of `ITEM_grade` the grade of that value."""
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def _look_up(self, name: str) -> Known:
        source = self.rulebook.source(name)
        if isinstance(source, ItemSource):
            return self._item(source)
        if isinstance(source, LaboratoryGradeSource):
            return self._grade(source)
        return beside_items(SubjectView(rulebook=self.rulebook, subject=self.then), source)

    def events(self, term: str) -> tuple[EventSpan, ...]:
        """Return what the subject has of one adverse event, whenever it was written down."""
        source = self.rulebook.source(f"{term}_grade")
        if not isinstance(source, EventGradeSource):
            return ()
        rows = self.subject.rows_of(source.form)
        return tuple(_span(row) for row in rows if row.value(source.term_item) == source.code)

    def dose_day(self, rules: DrugRules, *, on: CycleDay, since: dt.date | None) -> DoseDay:
        """Return the day as the tables of a drug ask for it."""
        early = rules.tables.drug.body_size is BodySize.BEFORE_TREATMENT
        size = self._before_treatment if early else self._latest
        return DoseDay(
            dose_day=on.dose_day,
            day=on.date.toordinal(),
            since=None if since is None else since.toordinal(),
            value=self.known,
            events=self.events,
            body=body_of(
                height_cm=_plain(size(HEIGHT)),
                weight_kg=_plain(size(WEIGHT)),
                cap_m2=rules.tables.drug.largest_bsa,
            ),
        )

    def _latest(self, item: str) -> Value:
        forms = forms_with(item, study=self.rulebook.study)
        return latest_value(iter(rows_backwards(self.then, forms)), item) if forms else None

    def _before_treatment(self, item: str) -> Value:
        """Return the last value up to enrolment, or else the first there is."""
        enrolled = enrolment_date(self.subject, study=self.rulebook.study)
        forms = forms_with(item, study=self.rulebook.study)
        rows = [row for row in rows_backwards(self.then, forms) if row.value(item) is not None]
        early = [row for row in rows if enrolled is None or row.date <= enrolled]
        return next((row.value(item) for row in (*early, *reversed(rows))), None)

    def _item(self, source: ItemSource) -> Value:
        """Return the latest value of an item; of a laboratory item only one that is fresh."""
        forms = self.rulebook.forms
        laboratory = any(
            forms[name].form.purpose is FormPurpose.LABORATORY for name in source.forms
        )
        rows = rows_backwards(self.then, source.forms)
        if laboratory:
            return latest_value((row for row in rows if self._fresh(row)), source.item)
        return latest_value(rows, source.item)

    def _fresh(self, row: Row) -> bool:
        within = dt.timedelta(days=round(self.regimen.values_within.days))
        return row.date >= self.date - within

    def _grade(self, source: LaboratoryGradeSource) -> int | None:
        rows = [row for row in rows_backwards(self.then, source.forms) if self._fresh(row)]
        return grade_of_value(
            self.rulebook.study,
            self.rulebook.graded[source.item],
            taken=self._taken(rows, source.item),
            baseline=self._baseline(source),
        )

    def _baseline(self, source: LaboratoryGradeSource) -> Taken | None:
        """Return the last value up to the day of enrolment."""
        enrolled = enrolment_date(self.subject, study=self.rulebook.study)
        rows = rows_backwards(self.then, source.forms)
        early = [row for row in rows if enrolled is None or row.date <= enrolled]
        return self._taken(early, source.item)

    def _taken(self, rows: Iterable[Row], item: str) -> Taken | None:
        """Return the first number among some rows with the sample it is of."""
        for row in rows:
            value = row.value(item)
            if isinstance(value, int | float) and not isinstance(value, bool):
                sample = sample_of(self.then, row, study=self.rulebook.study)
                return Taken(value=float(value), sample=sample)
        return None


def _span(row: Row) -> EventSpan:
    grade, end = row.value(EVENT_GRADE), row.value(EVENT_END)
    starts = _days(row.value(EVENT_START)) or (row.date.toordinal(), row.date.toordinal())
    ends = _days(end)
    if ends is not None:
        ends = (max(ends[0], starts[0]), max(ends[1], starts[0]))
    return EventSpan(grade=grade if isinstance(grade, int) else None, starts=starts, ends=ends)


def _days(written: Value) -> tuple[int, int] | None:
    """Return the first and the last day that a date can be."""
    if not isinstance(written, str):
        return None
    date = parse_partial_date(written)
    return date.earliest().toordinal(), date.latest().toordinal()


def _plain(value: Value) -> bool | float | str | None:
    return None if isinstance(value, dt.date) else value
