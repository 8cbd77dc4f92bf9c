"""Tumour assessments of a subject, as RECIST takes them in, and what it makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from equipoise.base.frames import FrameSchema
from equipoise.derive.baseline import baseline_visits
from equipoise.derive.recorded import Recorded
from equipoise.derive.resections import Resection, ScanAfter, resections_of, scan_after
from equipoise.derive.standard import standard_rows
from equipoise.derive.subjects import SubjectFrame
from equipoise.oncology.response.irecist import irecist_of
from equipoise.oncology.response.irecist_words import IResponse, ITimepoint
from equipoise.oncology.response.recist_words import Timepoint
from equipoise.study.forms import FormPurpose
from equipoise.study.response import asks_irecist
from equipoise.study.tumour_assessment import (
    LesionRow,
    RecordedAssessment,
    RecordedLesion,
    assessments_from_baseline,
    judge_assessments,
)

_LESIONS = FrameSchema(
    name="lesions",
    columns={
        "LESION": pl.String(),
        "KIND": pl.String(),
        "ORGAN": pl.String(),
        "STATE": pl.String(),
        "DIAMETER": pl.Float64(),
    },
)
_COLUMNS = {
    "lesion": "LESION",
    "lesion_kind": "KIND",
    "lesion_organ": "ORGAN",
    "lesion_state": "STATE",
    "diameter_mm": "DIAMETER",
}
_NEEDED = ("LESION", "KIND", "STATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByIrecist:
    """What iRECIST made of an assessment, and the entries behind it."""

    point: ITimepoint
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One tumour assessment: where it was recorded, what was made of it, the entries behind it.

    Attributes
    ----------
    visit : str
        Where it was recorded.
    point : Timepoint
        What RECIST 1.1 made of it; after a resection that is no response.
    entries : tuple[int, ...]
        Those of the assessment itself, of the baseline and of the nadir that it is judged by.
    irecist : ByIrecist | None
        What iRECIST made of it, where the study asks.
    after : ScanAfter | None
        What it says after a resection; None before, and without one.
    """

    visit: str
    point: Timepoint
    entries: tuple[int, ...]
    irecist: ByIrecist | None = None
    after: ScanAfter | None = None

    @property
    def date(self) -> dt.date:
        """Date of the assessment."""
        return self.point.date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scans:
    """The tumour assessments of all subjects.

    Attributes
    ----------
    of : Mapping[str, tuple[Scan, ...]]
        Subject -> assessments from baseline on, in the order of their days.
    contradictions : tuple[tuple[str, str], ...]
        Subject and reason of each assessment that cannot be meant. Neither it nor a later one of
        that subject is in `of`.
    """

    of: Mapping[str, tuple[Scan, ...]]
    contradictions: tuple[tuple[str, str], ...]


NO_SCANS = Scans(of={}, contradictions=())


_Entries = tuple[int, ...]
"""Entries of the record behind a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """What is fixed about judging the scans of a subject.

    `confirm_days` is None where nothing is judged by iRECIST.
    """

    confirm_days: int | None
    resection: Resection | None


def judge_scans(recorded: Recorded, subjects: SubjectFrame) -> Scans:
    """Return what RECIST 1.1, and iRECIST where the study asks, make of every tumour assessment.

    The rows of one visit are one assessment on the first of their days; visits of the same day are
    one assessment. The baseline is the last assessment on or before the start, or else the last of
    a visit planned there; a subject without baseline has no assessments. What comes after a
    resection is judged for recurrence.
    """
    study = recorded.study
    asked = any(asks_irecist(events=study.events, endpoints=study.endpoints))
    days = study.response.progression_days if asked else None
    resections = resections_of(subjects)
    of: dict[str, tuple[Scan, ...]] = {}
    contradictions: list[tuple[str, str]] = []
    for subject, found in _assessments(recorded, subjects).items():
        judging = _Judging(confirm_days=days, resection=resections.get(subject))
        scans, reasons = _judged(found, judging)
        of[subject] = scans
        contradictions += [(subject, reason) for reason in reasons]
    return Scans(of=of, contradictions=tuple(contradictions))


def _assessments(
    recorded: Recorded, subjects: SubjectFrame
) -> dict[str, tuple[RecordedAssessment[_Entries], ...]]:
    """Return the assessments of each subject from baseline on."""
    lesions = standard_rows(recorded, FormPurpose.LESIONS, names=_COLUMNS, schema=_LESIONS)
    known = lesions.drop_nulls(["ADT", *_NEEDED])
    starts = dict(subjects.frame.select("USUBJID", "BASEDT").iter_rows())
    planned = baseline_visits(subjects.study)
    return {
        subject: assessments_from_baseline(
            _lesions(rows.iter_rows(named=True)), start=starts[subject], planned=planned
        )
        for (subject,), rows in known.sort("USUBJID", maintain_order=True)
        .partition_by("USUBJID", maintain_order=True, as_dict=True)
        .items()
    }


def _lesions(rows: Iterable[Mapping[str, Any]]) -> Iterator[RecordedLesion[_Entries]]:
    for row in rows:
        said = LesionRow(
            lesion=row["LESION"],
            kind=row["KIND"],
            organ=row["ORGAN"],
            state=row["STATE"],
            diameter_mm=row["DIAMETER"],
        )
        yield RecordedLesion(
            visit=row["VISIT"],
            number=row["ROW"],
            date=row["ADT"],
            row=said,
            origin=tuple(row["ENTRIES"]),
        )


def _judged(
    found: Sequence[RecordedAssessment[_Entries]], judging: _Judging
) -> tuple[tuple[Scan, ...], list[str]]:
    """Return the longest run of assessments that RECIST accepts, and why it ends."""
    judged = judge_assessments(found)
    own = {
        one.date: frozenset(seq for lesion in one.lesions for seq in lesion.origin) for one in found
    }
    behind = [_entries(point, found[0].date, own) for point in judged.points]
    by_irecist = _by_irecist(judged.points, behind, confirm_days=judging.confirm_days)
    scans = tuple(
        Scan(
            visit=one.visit,
            point=point,
            entries=entries,
            irecist=judgement,
            after=scan_after(point, judging.resection, entries=own[point.date]),
        )
        for one, point, entries, judgement in zip(
            found, judged.points, behind, by_irecist, strict=False
        )
    )
    return scans, [
        f"{judged.refused}: {fault.where}: {fault.what} ({fault.got})" for fault in judged.faults
    ]


def _by_irecist(
    points: Sequence[Timepoint], behind: Sequence[_Entries], *, confirm_days: int | None
) -> list[ByIrecist | None]:
    """Return what iRECIST makes of each assessment; None where nobody asks.

    From the first iUPD on every assessment decides what the next one is.
    """
    if confirm_days is None:
        return [None] * len(points)
    found: list[ByIrecist | None] = []
    since: frozenset[int] = frozenset()
    judged = irecist_of(points, confirm_days=confirm_days)
    for point, entries in zip(judged, behind, strict=True):
        whole = since | frozenset(entries)
        if since or point.response is IResponse.IUPD:
            since = whole
        found.append(ByIrecist(point=point, entries=tuple(sorted(whole))))
    return found


def _entries(
    point: Timepoint, baseline: dt.date, entries: Mapping[dt.date, frozenset[int]]
) -> _Entries:
    days = {point.date, baseline, point.nadir_date or baseline}
    return tuple(sorted(frozenset().union(*(entries[day] for day in days))))
