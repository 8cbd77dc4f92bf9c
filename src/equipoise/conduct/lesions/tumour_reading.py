"""The query for tumour response: worked out from the record each time, and never stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from equipoise.conduct.lesions.lesion_rows import LesionsSeen, lesions_seen
from equipoise.conduct.lesions.resections import RecordedResection
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.oncology.response.after_resection import AfterResection, call_after_resection
from equipoise.oncology.response.recist import Response
from equipoise.oncology.response.recist_words import Timepoint
from equipoise.study.tumour_assessment import RecordedAssessment


@dataclass(frozen=True, slots=True, kw_only=True)
class TumourReading:
    """What one tumour assessment says, by RECIST 1.1, as far as it is recorded.

    Attributes
    ----------
    visit : str
        Occurrence of the visit; of several visits on one day the first by name.
    date : datetime.date
        Day of the assessment: the first day of the visit.
    response : Response | None
        None at baseline and after a resection. A lesion of baseline that has no row yet counts as
        not evaluated.
    after_resection : AfterResection | None
        What an assessment after a resection says of recurrence; None before, and without one.
    explanation : str
        One sentence that says why, with the numbers that decided.
    sum_mm, nadir_mm : float | None
        Sum of the targets, and the smallest sum before; None when unknown.
    change_percent, change_from_nadir_percent : float | None
        Change of the sum from baseline and from the nadir; None when unknown and at baseline.
    """

    visit: str
    date: dt.date
    response: Response | None
    after_resection: AfterResection | None
    explanation: str
    sum_mm: float | None
    nadir_mm: float | None
    change_percent: float | None
    change_from_nadir_percent: float | None


def tumour_readings(subject: SubjectRecord, *, rulebook: Rulebook) -> tuple[TumourReading, ...]:
    """Return the readings of all tumour assessments from baseline on, the earliest first.

    Of an assessment that RECIST cannot take, and of those after it, there is none.
    """
    seen = lesions_seen(subject, rulebook=rulebook)
    return tuple(_reading(one, point, seen.resection) for one, point in seen.taken)


def tumour_reading(
    subject: SubjectRecord, *, rulebook: Rulebook, visit: str
) -> TumourReading | None:
    """Return the reading of the assessment that a visit belongs to.

    None when no lesion is recorded at the visit, when it lies before the baseline or there is none,
    and when RECIST cannot take it or an earlier assessment.
    """
    return reading_at(visit, seen=lesions_seen(subject, rulebook=rulebook))


def reading_at(visit: str, *, seen: LesionsSeen) -> TumourReading | None:
    """Return the reading of the assessment that a visit belongs to, as `tumour_reading`."""
    for one, point in seen.taken:
        if any(lesion.visit == visit for lesion in one.lesions):
            return _reading(one, point, seen.resection)
    return None


def _reading(
    one: RecordedAssessment[Row], point: Timepoint, resection: RecordedResection | None
) -> TumourReading:
    after = None
    if resection is not None:
        left = resection.tumour_left
        after = call_after_resection(point, resected=resection.day, tumour_left=left)
    return TumourReading(
        visit=one.visit,
        date=point.date,
        response=point.response if after is None else None,
        after_resection=None if after is None else after.call,
        explanation=point.explanation if after is None else after.explanation,
        sum_mm=_float(point.sum_mm),
        nadir_mm=_float(point.nadir_mm),
        change_percent=point.change_from_baseline_percent,
        change_from_nadir_percent=point.change_from_nadir_percent,
    )


def _float(length: Decimal | None) -> float | None:
    return None if length is None else float(length)
