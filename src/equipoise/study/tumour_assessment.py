"""Rows of a lesion form as RECIST takes them in, from the row to the response of a time point.

Codes of the form become words of `oncology`, rows of a visit become an assessment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

from equipoise.base.errors import BadInput, Fault, bad_input
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_baseline import THIN_SLICE_MM, Imaged, LocalTherapy, Method
from equipoise.oncology.response.recist_timepoints import Assessment, recist_responses
from equipoise.oncology.response.recist_words import Timepoint

NODE, OTHER = "lymph_node", "other"
"""Codes of an organ: of a lesion that is a lymph node, and of organs that have no code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionRow:
    """One row of a lesion form; None where nothing is recorded.

    Attributes
    ----------
    lesion : str
        Name of the lesion, such as T1.
    kind, state : str
        Codes of `lesion_kind` and `lesion_state`.
    organ : str | None
        Code of `lesion_organ`.
    diameter_mm : float | None
        Longest diameter, or short axis of a node.
    slice_mm : float | None
        Thickness of the sections.
    measured_by, treated_before : str | None
        Codes of these items.
    """

    lesion: str
    kind: str
    state: str
    organ: str | None = None
    diameter_mm: float | None = None
    slice_mm: float | None = None
    measured_by: str | None = None
    treated_before: str | None = None


def assessment_of(rows: Iterable[LesionRow], *, date: dt.date) -> Assessment:
    """Return the assessment of a day.

    Raises
    ------
    BadInput
        When a code is none of RECIST, and when a lesion cannot be meant.
    """
    return Assessment(date=date, lesions=tuple(lesion_of(row) for row in rows))


def lesion_of(row: LesionRow) -> Lesion:
    """Return a row as a lesion.

    Raises
    ------
    BadInput
        When a code is none of RECIST, and when the lesion cannot be meant.
    """
    return Lesion(
        name=row.lesion,
        kind=_known(LesionKind, row.kind, lesion=row.lesion),
        nodal=row.organ == NODE,
        state=_known(LesionState, row.state, lesion=row.lesion),
        diameter_mm=row.diameter_mm,
        organ=None if row.organ == OTHER else row.organ,
    )


def imaged_of(row: LesionRow) -> Imaged:
    """Return a row as baseline shows it, of which only what is known can speak against a target.

    Measured by unknown means is by CT or MRI, and sections of unknown thickness are thin; whether
    it was treated before stays unknown.

    Raises
    ------
    BadInput
        For a negative diameter.
    """
    methods, therapies = set(Method), set(LocalTherapy)
    return Imaged(
        nodal=row.organ == NODE,
        diameter_mm=row.diameter_mm,
        method=Method(row.measured_by) if row.measured_by in methods else Method.SECTIONS,
        slice_mm=row.slice_mm if (row.slice_mm or 0) > 0 else float(THIN_SLICE_MM),
        local_therapy=LocalTherapy(row.treated_before) if row.treated_before in therapies else None,
    )


_Word = TypeVar("_Word", LesionKind, LesionState)


def _known(words: type[_Word], text: str, *, lesion: str) -> _Word:
    """Return what a code of the form means to RECIST."""
    if text not in set(words):
        fix = ", ".join(words)
        raise bad_input("not a word of RECIST", where=f"lesion '{lesion}'", got=text, fix=fix)
    return words(text)


Origin = TypeVar("Origin")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLesion(Generic[Origin]):
    """A row of a lesion form and where it stands in the record of a subject.

    Attributes
    ----------
    visit : str
        Occurrence of the visit.
    number : int
        Number of the row within the form.
    date : datetime.date
        Day of the form; in an assessment the first day of the visit.
    row : LesionRow
        What it says.
    origin : Origin
        What the caller knows the row by.
    """

    visit: str
    number: int
    date: dt.date
    row: LesionRow
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAssessment(Generic[Origin]):
    """One tumour assessment: its day, the first of its visits, its rows by visit and number."""

    date: dt.date
    visit: str
    lesions: tuple[RecordedLesion[Origin], ...]

    def as_recist(self) -> Assessment:
        """Return the assessment as RECIST takes it in.

        Raises
        ------
        BadInput
            As `assessment_of`.
        """
        return assessment_of((one.row for one in self.lesions), date=self.date)


def assessments_from_baseline(
    lesions: Iterable[RecordedLesion[Origin]], *, start: dt.date | None, planned: Collection[str]
) -> tuple[RecordedAssessment[Origin], ...]:
    """Return the tumour assessments of a subject from baseline on, in the order of their days.

    The rows of one visit are one assessment on the first of their days; visits of the same day are
    one assessment. The baseline is the last assessment on or before the start, or else the last of
    a visit planned there; without a baseline there are no assessments.

    Parameters
    ----------
    lesions : Iterable[RecordedLesion]
        The rows of the subject.
    start : datetime.date | None
        Day of randomisation or registration; None is not known yet, and then no row is late.
    planned : Collection[str]
        Visits planned at or before the start.
    """
    placed = _on_first_days(lesions)
    early = [one.date for one in placed if start is None or one.date <= start]
    baseline = max(early or [one.date for one in placed if one.visit in planned], default=None)
    if baseline is None:
        return ()
    kept = (one for one in placed if one.date >= baseline)
    days = ((date, tuple(rows)) for date, rows in groupby(kept, key=lambda one: one.date))
    return tuple(
        RecordedAssessment(date=date, visit=rows[0].visit, lesions=rows) for date, rows in days
    )


def _on_first_days(lesions: Iterable[RecordedLesion[Origin]]) -> list[RecordedLesion[Origin]]:
    """Return the rows in order, each on the first day of its visit."""
    rows = list(lesions)
    first: dict[str, dt.date] = {}
    for one in rows:
        first[one.visit] = min(one.date, first.get(one.visit, one.date))
    placed = [one if one.date == first[one.visit] else _on(one, first[one.visit]) for one in rows]
    return sorted(placed, key=lambda one: (one.date, one.visit, one.number))


def _on(one: RecordedLesion[Origin], date: dt.date) -> RecordedLesion[Origin]:
    return RecordedLesion(
        visit=one.visit, number=one.number, date=date, row=one.row, origin=one.origin
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAssessments:
    """What RECIST 1.1 makes of the assessments of a subject.

    Attributes
    ----------
    points : tuple[Timepoint, ...]
        Of the assessments up to the first that RECIST cannot take, that one left out.
    refused : datetime.date | None
        Day of that assessment; None when RECIST takes all.
    faults : tuple[Fault, ...]
        Why not.
    """

    points: tuple[Timepoint, ...]
    refused: dt.date | None = None
    faults: tuple[Fault, ...] = ()


def judge_assessments(found: Sequence[RecordedAssessment[Origin]]) -> JudgedAssessments:
    """Return what RECIST 1.1 makes of assessments, the first of which is the baseline."""
    refused: dt.date | None = None
    faults: tuple[Fault, ...] = ()
    for length in range(len(found), 0, -1):
        try:
            points = recist_responses([one.as_recist() for one in found[:length]])
        except BadInput as error:
            refused, faults = found[length - 1].date, error.faults
        else:
            return JudgedAssessments(points=points, refused=refused, faults=faults)
    return JudgedAssessments(points=(), refused=refused, faults=faults)
