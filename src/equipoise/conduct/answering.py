"""The receipt of a recorded form: everything worked out, but what the role must not see."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from equipoise.conduct.desk import Desk, Person
from equipoise.conduct.doses.dose_findings import guidance_of_row
from equipoise.conduct.doses.guidance import Guidance
from equipoise.conduct.entering import Judgement
from equipoise.conduct.entries import Entry
from equipoise.conduct.finding_items import items_of_guidance, items_told
from equipoise.conduct.findings import Finding
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.lesions.lesion_rows import rests_on_hidden
from equipoise.conduct.lesions.tumour_reading import TumourReading, reading_at
from equipoise.conduct.readings import Reading, readings_of
from equipoise.conduct.reasons import Reason, reasons_seen, tells_hidden
from equipoise.conduct.receipt import Receipt
from equipoise.conduct.values import Value
from equipoise.study.forms import FormPurpose


def answer_form(
    desk: Desk, person: Person, judgement: Judgement, *, entries: tuple[Entry, ...]
) -> Receipt:
    """Return the receipt of a form that was just recorded."""
    hidden = frozenset(desk.study.roles[person.role].hidden)
    answering = _Answering(desk=desk, judgement=judgement, hidden=hidden)
    return Receipt(
        entries=tuple(entry.seq for entry in entries),
        findings=answering.findings(),
        computed=answering.computed(),
        reasons=answering.reasons(),
        grades=answering.grades(),
        guidance=answering.guidance(),
        response=answering.response(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answering:
    """A form as it was judged, and the items, forms and arm that its author must not see."""

    desk: Desk
    judgement: Judgement
    hidden: AbstractSet[str]

    @property
    def filled(self) -> FilledForm:
        return self.judgement.filled

    def findings(self) -> tuple[Finding, ...]:
        found = self.judgement.findings
        if not self.hidden:
            return found
        filled, study = self.filled, self.desk.study
        return tuple(
            one
            for one in found
            if self.hidden.isdisjoint(
                items_told(study, visit=filled.visit, form=filled.form, check=one.item)
            )
        )

    def computed(self) -> dict[str, Value]:
        names = self.desk.rulebook.forms[self.filled.form].computed
        return {
            name: self.judgement.after.value(name)
            for name in names
            if name not in self.hidden and self.filled.form not in self.hidden
        }

    def reasons(self) -> tuple[Reason, ...]:
        return reasons_seen(
            self.judgement.reasons,
            form=self.filled.form,
            hidden=self.hidden,
            rulebook=self.desk.rulebook,
        )

    def grades(self) -> tuple[Reading, ...]:
        """Return what the CTCAE says of the row as it stands in the record."""
        subject = self.desk.record.subjects[self.filled.subject]
        row = subject.rows[self.filled.place.row_key]
        readings = readings_of(row, subject=subject, rulebook=self.desk.rulebook)
        return tuple(
            one
            for one in readings
            if not self.hidden
            or not tells_hidden(one.names, hidden=self.hidden, study=self.desk.study)
        )

    def guidance(self) -> Guidance | None:
        """Return the guidance for the dose, or that which blood values in the record lead to."""
        if self.hidden and not self.hidden.isdisjoint(items_of_guidance(self.desk.study)):
            return None
        purpose = self.desk.rulebook.forms[self.filled.form].form.purpose
        if self.judgement.guidance is not None or purpose is not FormPurpose.LABORATORY:
            return self.judgement.guidance
        subject = self.desk.record.subjects[self.filled.subject]
        row = subject.rows[self.filled.place.row_key]
        return guidance_of_row(row, subject=subject, rulebook=self.desk.rulebook)

    def response(self) -> TumourReading | None:
        lesions = self.judgement.lesions
        if lesions is None or rests_on_hidden(self.hidden, rulebook=self.desk.rulebook):
            return None
        return reading_at(self.filled.visit, seen=lesions.seen)
