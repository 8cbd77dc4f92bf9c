"""The forms of a virtual subject before enrolment."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.rehearse.pen import Page, Pen
from equipoise.rehearse.standard_values import lesion_values
from equipoise.rehearse.steps import Step
from equipoise.study.forms import FormPurpose

CONSENT_DATE = "consent_date"


def fill_screening(pen: Pen) -> Iterator[Step]:
    """Yield the forms before enrolment; consent is given on the day of screening."""
    subject = pen.subject
    visits = {visit.occurrence: visit for visit in subject.screening}
    consent = {CONSENT_DATE: pen.on(subject.screening_day - subject.enrolment_day)}
    for asked in subject.values:
        page = Page(visit=visits[asked.occurrence], form=asked.form)
        match pen.purpose(asked.form):
            case FormPurpose.LESIONS:
                for row, lesion in enumerate(subject.lesions, start=1):
                    at = Page(visit=page.visit, form=page.form, row=row)
                    yield from pen.fill(at, lesion_values(lesion))
            case FormPurpose.SUBJECT:
                yield from pen.fill(page, {**asked.values, **consent})
            case _:
                yield from pen.fill(page, asked.values)
