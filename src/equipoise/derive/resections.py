"""Scans after a resection: judged for recurrence by new lesions, not against a baseline cut out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.derive.subjects import SubjectFrame
from equipoise.oncology.event_free.event_free_history import SurgeryOutcome
from equipoise.oncology.response.after_resection import AfterResection, call_after_resection
from equipoise.oncology.response.recist_words import Timepoint
from equipoise.oncology.surgery.resection import Margin

_DATE, _OUTCOME, _MARGIN = "surgery_date", "surgery_outcome", "margin"
_KINDS: Mapping[str, pl.DataType] = {
    _DATE: pl.Date(),
    _OUTCOME: pl.String(),
    _MARGIN: pl.String(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resection:
    """The resection of a subject: its day, whether tumour was left (None: unknown), its entries."""

    day: dt.date
    tumour_left: bool | None
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanAfter:
    """What a scan after a resection says: the call, why, the day of surgery, entries behind it."""

    call: AfterResection
    why: str
    surgery: dt.date
    entries: tuple[int, ...]

    @property
    def explanation(self) -> str:
        """One sentence that says why."""
        return f"{self.call}: {self.why}"

    @property
    def progressed(self) -> bool:
        """Whether disease came back, or what was left of it progressed."""
        return self.call in {AfterResection.RECURRENCE, AfterResection.PROGRESSION}


def resections_of(subjects: SubjectFrame) -> Mapping[str, Resection]:
    """Return the resection of each subject that had one.

    Surgery is one unless it was an exploration only; an outcome that is not known may be one. None
    in a study that does not ask the date of surgery.
    """
    frame = subjects.frame
    known = [name for name, kind in _KINDS.items() if frame.schema.get(name) == kind]
    if _DATE not in known:
        return {}
    lacking = [pl.lit(None, dtype=kind).alias(name) for name, kind in _KINDS.items()]
    rows = frame.select("USUBJID", *known).with_columns(
        one for one in lacking if one.meta.output_name() not in known
    )
    explored = pl.col(_OUTCOME).eq_missing(str(SurgeryOutcome.EXPLORED_ONLY))
    cut_out = rows.drop_nulls(_DATE).filter(~explored)
    told = cut_out.join(subjects.entries_of(known), on="USUBJID", maintain_order="left")
    return {
        subject: Resection(
            day=day,
            tumour_left=None if margin in {None, Margin.RX} else margin == Margin.R2,
            entries=tuple(entries),
        )
        for subject, day, margin, entries in told.select(
            "USUBJID", _DATE, _MARGIN, "ENTRIES"
        ).iter_rows()
    }


def scan_after(
    point: Timepoint, resection: Resection | None, *, entries: Iterable[int]
) -> ScanAfter | None:
    """Return what a scan says of which the entries are given; None unless it is after a resection.

    The rule is `call_after_resection`.
    """
    if resection is None:
        return None
    left = resection.tumour_left
    called = call_after_resection(point, resected=resection.day, tumour_left=left)
    if called is None:
        return None
    behind = tuple(sorted({*entries, *resection.entries}))
    return ScanAfter(call=called.call, why=called.why, surgery=resection.day, entries=behind)
