"""Worst grades so far: of adverse events as recorded, of laboratory values by the study's CTCAE."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.sources import (
    AGE,
    EVENT_GRADE,
    SEX,
    EventGradeSource,
    LaboratoryGradeSource,
    forms_with,
)
from equipoise.conduct.values import Value
from equipoise.oncology.toxicity.ctcae_limits import Sample
from equipoise.study.laboratory_grade import GradedItem, Taken, grade_of_value
from equipoise.study.study import Study


def event_grade(subject: SubjectRecord, *, source: EventGradeSource) -> int | None:
    """Return the worst grade of an adverse event, None when it never was recorded."""
    grades = (
        row.value(EVENT_GRADE)
        for row in subject.rows_of(source.form)
        if row.value(source.term_item) == source.code
    )
    return max((grade for grade in grades if isinstance(grade, int)), default=None)


def laboratory_grade(
    subject: SubjectRecord, *, source: LaboratoryGradeSource, study: Study
) -> int | None:
    """Return the worst grade of a laboratory item, None when none could be graded.

    Limits are those of the study for the subject's site, sex and age on the day of each value. The
    baseline is the last value up to the day of randomisation (of registration where nobody is
    randomised); only later values are graded against it, and it is normal or not by the limits of
    its own day.
    """
    enrolled = enrolment_date(subject, study=study)
    item = GradedItem(name=source.item, term=source.term, unit=source.unit)
    baseline: Taken | None = None
    worst: int | None = None
    for row, written in _values(subject, source):
        before = enrolled is None or row.date <= enrolled
        taken = Taken(value=written, sample=sample_of(subject, row, study=study))
        known = None if before else baseline
        grade = grade_of_value(study, item, taken=taken, baseline=known)
        baseline = taken if before else baseline
        worst = max((each for each in (grade, worst) if each is not None), default=None)
    return worst


def enrolment_date(subject: SubjectRecord, *, study: Study) -> dt.date | None:
    """Return the day of randomisation, or of registration where nobody is randomised."""
    return subject.registration_date if study.randomise is None else subject.randomisation_date


def _values(subject: SubjectRecord, source: LaboratoryGradeSource) -> Iterator[tuple[Row, float]]:
    every = (row for form in source.forms for row in subject.rows_of(form))
    measured = [
        (row, value) for row in every if (value := measurement(row, source.item)) is not None
    ]
    return iter(sorted(measured, key=lambda each: entered(each[0], source.item)))


def measurement(row: Row, item: str) -> float | None:
    """Return a value that can be graded: a number, and none below 0."""
    value = row.value(item)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return float(value)


def entered(row: Row, item: str) -> tuple[dt.date, float]:
    """Return what the values of an item are ordered by: their day, then the entry that set them.

    The datasets order them likewise. A value that is being entered has no entry yet: it is the
    newest.
    """
    return row.date, row.cells[item].seq or math.inf


def sample_of(subject: SubjectRecord, row: Row, *, study: Study) -> Sample:
    """Return what decides the normal limits of a value of a row."""
    sex, age = (_first(subject, item, study=study) for item in (SEX, AGE))
    return Sample(
        laboratory=subject.site or None,
        sex=sex if isinstance(sex, str) else None,
        age_years=float(age) if isinstance(age, int | float) else None,
        date=row.date,
    )


def _first(subject: SubjectRecord, item: str, *, study: Study) -> Value:
    """Return the first value of an item that a subject has."""
    rows = (row for form in forms_with(item, study=study) for row in subject.rows_of(form))
    return next((value for row in rows if (value := row.value(item)) is not None), None)
