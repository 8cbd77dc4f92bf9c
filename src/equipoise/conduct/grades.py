"""Worst grades so far: of adverse events as recorded, of laboratory values by CTCAE v5.0."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.sources import (
    EVENT_GRADE,
    SEX,
    EventGradeSource,
    LaboratoryGradeSource,
    forms_with,
)
from equipoise.oncology.ctcae import ctcae_grade
from equipoise.study.forms import NormalRange
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

    Limits are those of the study for the subject's sex. The baseline is the last value up to the
    day of randomisation (of registration where nobody is randomised); only later values are
    graded against it.
    """
    low, high = limits(study.laboratory.get(source.item), sex=_sex(subject, study=study))
    enrolled = enrolment_date(subject, study=study)
    baseline, worst = None, None
    for row, value in _values(subject, source):
        before = enrolled is None or row.date <= enrolled
        grade = ctcae_grade(
            source.term,
            value,
            lower_limit=low,
            upper_limit=high,
            baseline=None if before else baseline,
        ).grade
        baseline = (value or None) if before else baseline
        worst = max((each for each in (grade, worst) if each is not None), default=None)
    return worst


def limits(normal: NormalRange | None, *, sex: str | None) -> tuple[float | None, float | None]:
    """Return the normal limits of an item for one sex; a lower limit of 0 is no limit.

    Limits by sex are unknown while the sex is.
    """
    if normal is None:
        return None, None
    span = {"female": normal.female, "male": normal.male}.get(sex or "")
    if span is not None:
        return span.low or None, span.high
    return normal.low or None, normal.high


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


def _sex(subject: SubjectRecord, *, study: Study) -> str | None:
    for form in forms_with(SEX, study=study):
        for row in subject.rows_of(form):
            sex = row.value(SEX)
            if isinstance(sex, str):
                return sex
    return None
