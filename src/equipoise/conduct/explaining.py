"""Everything the record works out for a subject, form by form, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from equipoise.conduct.doses.dose_findings import guidance_of_row
from equipoise.conduct.lesions.tumour_reading import TumourReading, tumour_readings
from equipoise.conduct.readings import EventReading, readings_of
from equipoise.conduct.reasons import reasons_of
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.values import Value
from equipoise.study.forms import FormPurpose

BASELINE = "baseline"
"""What the first assessment says of response."""


class Aspect(StrEnum):
    """What kind of thing is worked out."""

    COMPUTED = "computed"
    GRADE = "grade"
    RESPONSE = "response"
    DOSE = "dose"
    FINDING = "finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that is worked out.

    Attributes
    ----------
    aspect : Aspect
        What kind of thing.
    item : str
        The item, drug or check that it is about; of a response the visit.
    label : str
        What a reader calls it.
    value : Value
        What it comes to; None when it is not known.
    why : str
        The reason in a sentence.
    """

    aspect: Aspect
    item: str
    label: str
    value: Value
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedForm:
    """What is worked out on one form of one visit, all its rows together."""

    visit: str
    date: dt.date
    form: str
    title: str
    said: tuple[Said, ...]


def explain_subject(subject: SubjectRecord, *, rulebook: Rulebook) -> tuple[ExplainedForm, ...]:
    """Return what is worked out for a subject, the earliest form first.

    Forms of which nothing is worked out are left out.
    """
    explaining = _Explaining(
        subject=subject,
        rulebook=rulebook,
        responses=tuple(tumour_readings(subject, rulebook=rulebook)),
    )
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(subject.rows.values(), key=lambda one: (one.date, one.first)):
        grouped.setdefault((row.visit, row.form), []).append(row)
    forms = (explaining.form(rows) for rows in grouped.values())
    return tuple(form for form in forms if form.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explaining:
    """A subject whose forms are explained."""

    subject: SubjectRecord
    rulebook: Rulebook
    responses: tuple[TumourReading, ...]

    def form(self, rows: Sequence[Row]) -> ExplainedForm:
        first = rows[0]
        form = self.rulebook.forms[first.form].form
        said = [one for row in rows for one in self._row(row)]
        if form.purpose is FormPurpose.LESIONS:
            said = [*self._responses(first.visit), *said]
        return ExplainedForm(
            visit=first.visit,
            date=first.date,
            form=first.form,
            title=form.title,
            said=tuple(said),
        )

    def _row(self, row: Row) -> Iterator[Said]:
        yield from self._computed(row)
        yield from self._grades(row)
        if self.rulebook.forms[row.form].form.purpose is FormPurpose.DOSING:
            yield from self._doses(row)
        for check, mark in row.findings.items():
            label = self._label(row, check)
            yield Said(aspect=Aspect.FINDING, item=check, label=label, value=None, why=mark.text)

    def _computed(self, row: Row) -> Iterator[Said]:
        for one in reasons_of(row, subject=self.subject, rulebook=self.rulebook):
            yield Said(
                aspect=Aspect.COMPUTED,
                item=one.item,
                label=self._label(row, one.item),
                value=one.value,
                why=one.why,
            )

    def _grades(self, row: Row) -> Iterator[Said]:
        for one in readings_of(row, subject=self.subject, rulebook=self.rulebook):
            yield Said(
                aspect=Aspect.GRADE,
                item=one.item,
                label=one.term if isinstance(one, EventReading) else self._label(row, one.item),
                value=one.grade,
                why=one.why,
            )

    def _doses(self, row: Row) -> Iterator[Said]:
        guidance = guidance_of_row(row, subject=self.subject, rulebook=self.rulebook)
        for one in () if guidance is None else guidance.drugs:
            yield Said(
                aspect=Aspect.DOSE, item=one.drug, label=one.drug, value=one.action, why=one.say
            )

    def _responses(self, visit: str) -> Iterator[Said]:
        for one in self.responses:
            if one.visit == visit:
                call = one.response or one.after_resection or BASELINE
                yield Said(
                    aspect=Aspect.RESPONSE,
                    item=visit,
                    label="Response",
                    value=str(call),
                    why=one.explanation,
                )

    def _label(self, row: Row, name: str) -> str:
        item = self.rulebook.forms[row.form].form.items.get(name)
        return name if item is None else item.label
