"""Worst grades so far: of adverse events as recorded, of laboratory values by the study's CTCAE."""

from __future__ import annotations

import datetime as dt
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
from equipoise.oncology.ctcae import Baseline, ctcae_grade
from equipoise.oncology.ctcae_limits import Limits, Sample
from equipoise.oncology.laboratory_units import in_unit_of, limits_in_unit_of
from equipoise.study.normal_ranges import normal_limits
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
    baseline, worst = None, None
    for row, written in _values(subject, source):
        before = enrolled is None or row.date <= enrolled
        value = in_unit_of(source.term, written, unit=source.unit)
        limits = _limits(subject, row, source=source, study=study)
        grade = ctcae_grade(
            source.term,
            value,
            limits=limits,
            baseline=None if before else baseline,
            rules=study.toxicity.rules,
        ).grade
        baseline = Baseline(value=value, upper_limit=limits.upper) if before else baseline
        worst = max((each for each in (grade, worst) if each is not None), default=None)
    return worst


def enrolment_date(subject: SubjectRecord, *, study: Study) -> dt.date | None:
    """Return the day of randomisation, or of registration where nobody is randomised."""
    return subject.registration_date if study.randomise is None else subject.randomisation_date


def _values(subject: SubjectRecord, source: LaboratoryGradeSource) -> Iterator[tuple[Row, float]]:
    rows = sorted(
        (row for form in source.forms for row in subject.rows_of(form)),
        key=lambda row: (row.date, row.first),
    )
    for row in rows:
        value = row.value(source.item)
        if isinstance(value, int | float):
            yield row, float(value)


def _limits(
    subject: SubjectRecord, row: Row, *, source: LaboratoryGradeSource, study: Study
) -> Limits:
    """Return the limits of a value in the unit of its term."""
    sex, age = (_first(subject, item, study=study) for item in (SEX, AGE))
    sample = Sample(
        laboratory=subject.site or None,
        sex=sex if isinstance(sex, str) else None,
        age_years=float(age) if isinstance(age, int | float) else None,
        date=row.date,
    )
    limits = normal_limits(study.laboratory.get(source.item), sample=sample)
    return limits_in_unit_of(source.term, limits, unit=source.unit)


def _first(subject: SubjectRecord, item: str, *, study: Study) -> Value:
    """Return the first value of an item that a subject has."""
    rows = (row for form in forms_with(item, study=study) for row in subject.rows_of(form))
    return next((value for row in rows if (value := row.value(item)) is not None), None)
