"""Tumour assessments of a subject, as RECIST takes them in, and what it makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from equipoise.base.errors import BadInput
from equipoise.base.frames import FrameSchema
from equipoise.derive.baseline import baseline_visits, on_or_before_start
from equipoise.derive.recorded import Recorded
from equipoise.derive.standard import standard_rows
from equipoise.derive.subjects import SubjectFrame
from equipoise.oncology import recist_responses
from equipoise.oncology.recist_timepoints import Assessment
from equipoise.oncology.recist_words import Timepoint
from equipoise.study.forms import FormPurpose
from equipoise.study.tumour_assessment import LesionRow, assessment_of

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
class Scan:
    """One tumour assessment: where it was recorded, what RECIST made of it, the entries behind it.

    `entries` are those of the assessment itself, of the baseline and of the nadir that it is
    judged by.
    """

    visit: str
    point: Timepoint
    entries: tuple[int, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """The rows of one assessment."""

    date: dt.date
    visit: str
    rows: pl.DataFrame
    entries: frozenset[int]


def judge_scans(recorded: Recorded, subjects: SubjectFrame) -> Scans:
    """Return what RECIST 1.1 makes of every tumour assessment.

    The rows of one visit are one assessment on the first of their days; visits of the same day are
    one assessment. The baseline is the last assessment on or before the start, or else the last of
    a visit planned there; a subject without baseline has no assessments.
    """
    of: dict[str, tuple[Scan, ...]] = {}
    contradictions: list[tuple[str, str]] = []
    for subject, found in _assessments(recorded, subjects).items():
        scans, reasons = _judged(found)
        of[subject] = scans
        contradictions += [(subject, reason) for reason in reasons]
    return Scans(of=of, contradictions=tuple(contradictions))


def _assessments(recorded: Recorded, subjects: SubjectFrame) -> dict[str, list[_Found]]:
    """Return the assessments of each subject from baseline on."""
    lesions = standard_rows(recorded, FormPurpose.LESIONS, names=_COLUMNS, schema=_LESIONS)
    known = lesions.drop_nulls(["ADT", *_NEEDED])
    dated = known.with_columns(pl.col("ADT").min().over("USUBJID", "VISIT"))
    whole = _from_baseline(dated, subjects)
    found: dict[str, list[_Found]] = {}
    for rows in whole.partition_by("USUBJID", "ADT", maintain_order=True):
        first = rows.row(0, named=True)
        one = _Found(
            date=first["ADT"],
            visit=first["VISIT"],
            rows=rows.select(list(_LESIONS.columns)),
            entries=frozenset(rows["ENTRIES"].explode(empty_as_null=False)),
        )
        found.setdefault(first["USUBJID"], []).append(one)
    return found


def _from_baseline(lesions: pl.DataFrame, subjects: SubjectFrame) -> pl.DataFrame:
    starts = subjects.frame.select("USUBJID", "BASEDT")
    placed = lesions.join(starts, on="USUBJID", maintain_order="left")
    known = placed.sort("USUBJID", "ADT", "VISIT", "ROW", maintain_order=True)
    early = on_or_before_start("ADT")
    by_plan = pl.col("VISIT").is_in(list(baseline_visits(subjects.study)))
    candidates = known.filter(early | by_plan).sort(early, "ADT", maintain_order=True)
    last = candidates.group_by("USUBJID", maintain_order=True).last()
    baselines = last.select("USUBJID", pl.col("ADT").alias("BASELINE"))
    return known.join(baselines, on="USUBJID", maintain_order="left").filter(
        pl.col("ADT") >= pl.col("BASELINE")
    )


def _judged(found: Sequence[_Found]) -> tuple[tuple[Scan, ...], list[str]]:
    """Return the longest run of assessments that RECIST accepts, and why it ends."""
    try:
        points = recist_responses([_assessment(one) for one in found])
    except BadInput as error:
        scans, earlier = _judged(found[:-1])
        told = [f"{fault.where}: {fault.what} ({fault.got})" for fault in error.faults]
        return scans, earlier or [f"{found[-1].date}: {reason}" for reason in told]
    entries = {one.date: one.entries for one in found}
    return tuple(
        Scan(visit=one.visit, point=point, entries=_entries(point, points[0].date, entries))
        for one, point in zip(found, points, strict=True)
    ), []


def _entries(
    point: Timepoint, baseline: dt.date, entries: Mapping[dt.date, frozenset[int]]
) -> tuple[int, ...]:
    days = {point.date, baseline, point.nadir_date or baseline}
    return tuple(sorted(frozenset().union(*(entries[day] for day in days))))


def _assessment(found: _Found) -> Assessment:
    rows = (
        LesionRow(lesion=name, kind=kind, organ=organ, state=state, diameter_mm=diameter)
        for name, kind, organ, state, diameter in found.rows.iter_rows()
    )
    return assessment_of(rows, date=found.date)
