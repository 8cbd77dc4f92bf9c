"""What happened to one subject, and when: the marks of a lane of the swimmer plot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from equipoise.analyse.selection import Selection, equals, select
from equipoise.analyse.variables import standard_codes, standard_item
from equipoise.derive.frames import AnalysisData
from equipoise.study.forms import FormPurpose
from equipoise.study.study import Study

SCANS = "PARAMCD in ('OVR', 'RECUR')"
"""Rows of `adrs` that are a scan: by RECIST 1.1, and after a resection for recurrence."""

DATED = (
    ("recurrence", FormPurpose.FOLLOW_UP, "recurrence_date"),
    ("progression", FormPurpose.FOLLOW_UP, "progression_date"),
    ("death", FormPurpose.DEATH, "death_date"),
)
"""Marks that are a date of the subject: level, purpose of the form, and its item."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mark:
    """One thing on a lane.

    Attributes
    ----------
    level : str
        What it is.
    day : datetime.date
        When it was.
    rows : Selection
        The rows that say so.
    text : str or None
        More of it, in words.
    """

    level: str
    day: dt.date
    rows: Selection
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sources:
    """The rows that marks come from, and what the study calls things.

    Attributes
    ----------
    subjects, doses, scans : Selection
        All rows of `adsl`, doses above 0 mg, and what each scan said.
    surgery_date : str or None
        Item that dates surgery.
    dated : Mapping[str, str]
        Level to the item that dates it.
    outcomes, reasons : Mapping[str, str]
        Codes of the outcome of surgery and of the end of the study, with their labels.
    end_reason : str or None
        Item that says why follow-up of a subject ended.
    """

    subjects: Selection
    doses: Selection
    scans: Selection
    surgery_date: str | None
    dated: Mapping[str, str]
    outcomes: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    end_reason: str | None = None


def lane_sources(study: Study, data: AnalysisData) -> Sources:
    """Return where the marks of a study's lanes come from; a form it lacks gives none."""
    dated = {
        level: item
        for level, purpose, item in DATED
        if standard_item(study, purpose, item) is not None
    }
    scans = select(data, "adrs", column="AVALC").narrowed(SCANS)
    return Sources(
        subjects=select(data, "adsl"),
        doses=select(data, "adex", column="GIVEN").narrowed("GIVEN > 0").known("ADT"),
        scans=scans.known("ADT"),
        surgery_date=standard_item(study, FormPurpose.SURGERY, "surgery_date"),
        dated=dated,
        outcomes=standard_codes(study, FormPurpose.SURGERY, "surgery_outcome"),
        reasons=standard_codes(study, FormPurpose.DISPOSITION, "end_reason"),
        end_reason=standard_item(study, FormPurpose.DISPOSITION, "end_reason"),
    )


def lane_marks(sources: Sources, *, subject: str) -> Iterator[Mark]:
    """Give the marks of one subject that have a date: doses, scans, surgery, and events."""
    mine = equals("USUBJID", subject)
    own = sources.subjects.narrowed(mine)
    surgery = _date(own, sources.surgery_date)
    yield from _dosing(sources.doses.narrowed(mine), surgery=surgery)
    yield from _scanning(sources.scans.narrowed(mine))
    if surgery is not None and sources.surgery_date is not None:
        rows = own.reading(sources.surgery_date)
        yield Mark(level="surgery", day=surgery, rows=rows, text=_outcome(own, sources))
    for level, item in sources.dated.items():
        day = _date(own, item)
        if day is not None:
            yield Mark(level=level, day=day, rows=own.reading(item))


def end_of_follow_up(sources: Sources, *, subject: str) -> str:
    """Return why follow-up of a subject without the event ended, or ``ongoing``."""
    if sources.end_reason is None:
        return "ongoing"
    own = sources.subjects.narrowed(equals("USUBJID", subject))
    reason = _text(own, sources.end_reason)
    return "ongoing" if reason is None else sources.reasons.get(reason, reason)


def _dosing(doses: Selection, *, surgery: dt.date | None) -> Iterator[Mark]:
    """Give the first and last dose before surgery, and those after it."""
    after = f"ADT > {_day(surgery)}" if surgery is not None else "false"
    before = f"ADT <= {_day(surgery)}" if surgery is not None else ""
    for kind, condition in (("dose", before), ("adjuvant_dose", after)):
        rows = doses.narrowed(condition)
        days = rows.rows["ADT"].sort().to_list()
        if days:
            for place, day in (("first", days[0]), ("last", days[-1])):
                here = rows.narrowed(f"ADT = {_day(day)}")
                yield Mark(level=f"{place}_{kind}", day=day, rows=here)


def _scanning(scans: Selection) -> Iterator[Mark]:
    for day, response in scans.rows.select("ADT", "AVALC").iter_rows():
        rows = scans.narrowed(f"ADT = {_day(day)}")
        yield Mark(level="scan", day=day, rows=rows, text=response)


def _day(day: dt.date) -> str:
    return f"date '{day.isoformat()}'"


def _date(own: Selection, item: str | None) -> dt.date | None:
    value = own.rows[item].first() if item is not None else None
    return value if isinstance(value, dt.date) else None


def _text(own: Selection, item: str) -> str | None:
    value = own.rows[item].first() if item in own.rows.columns else None
    return value if isinstance(value, str) else None


def _outcome(own: Selection, sources: Sources) -> str | None:
    code = _text(own, "surgery_outcome") if sources.outcomes else None
    return sources.outcomes.get(code) if code is not None else None
