"""`adtr` and `adrs`: sums of lesions, response at each time point, best overall response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from equipoise.derive.frames import ADRS, ADTR
from equipoise.derive.recorded import Recorded, forms_of
from equipoise.derive.scans import Scan, Scans
from equipoise.derive.subjects import SubjectFrame, clock_column
from equipoise.oncology import Response, best_overall_response
from equipoise.study.endpoints import ResponseEndpoint
from equipoise.study.forms import FormPurpose

TIME_POINT = "OVR"
_SURGERY_DATE = "surgery_date"
_NEVER_ASSESSED = "No assessment after baseline"
Row = Mapping[str, object]


def derive_adtr(scans: Scans, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a tumour assessment.

    NADIR is the smallest earlier sum in mm, PCHG the change from baseline and PCHGNAD that from the
    nadir in per cent. PREFL is true up to the day of surgery, and where no surgery is known; after
    a resection no target lesion is left, so rows without it are no measure of response.
    """
    surgery = _dates(subjects, _SURGERY_DATE)
    arms = _arms(subjects)
    rows: list[Row] = [
        {
            "USUBJID": subject,
            "ARMCD": arms[subject],
            "VISIT": scan.visit,
            "ADT": scan.point.date,
            "SUMDIAM": _float(scan.point.sum_mm),
            "NADIR": _float(scan.point.nadir_mm),
            "PCHG": scan.point.change_from_baseline_percent,
            "PCHGNAD": scan.point.change_from_nadir_percent,
            "PREFL": scan.point.date <= surgery.get(subject, dt.date.max),
            "ENTRIES": list(scan.entries),
        }
        for subject, own in scans.of.items()
        for scan in own
    ]
    return ADTR.of(rows).sort("USUBJID", "ADT")


def derive_adrs(scans: Scans, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a time point after baseline, and one a subject of each response endpoint.

    The row of an endpoint has the best overall response up to its last day (`until`), scans on
    that day included; AVALC is missing when the subject was never assessed by then. EXPLAIN says
    why.
    """
    rows = [
        row
        for name, endpoint in subjects.study.endpoints.items()
        if isinstance(endpoint, ResponseEndpoint)
        for row in _best_rows(name, endpoint, scans=scans, subjects=subjects)
    ]
    return ADRS.of([*_time_points(scans, subjects), *rows]).sort("PARAMCD", "USUBJID", "ADT")


def not_evaluable(adrs: pl.DataFrame, recorded: Recorded) -> pl.DataFrame:
    """Return USUBJID, FORM and ADT of the days of scans that RECIST cannot evaluate."""
    points = adrs.filter(pl.col("PARAMCD") == TIME_POINT, pl.col("AVALC") == str(Response.NE))
    here = recorded.values.filter(
        pl.col("form").is_in(list(forms_of(recorded.study, FormPurpose.LESIONS)))
    )
    days = here.select(USUBJID="subject", VISIT="visit", FORM="form", ADT="date").unique()
    return days.join(points, on=["USUBJID", "VISIT"], how="semi").select("USUBJID", "FORM", "ADT")


def _time_points(scans: Scans, subjects: SubjectFrame) -> list[Row]:
    arms = _arms(subjects)
    return [
        {
            "USUBJID": subject,
            "ARMCD": arms[subject],
            "PARAMCD": TIME_POINT,
            "VISIT": scan.visit,
            "ADT": scan.point.date,
            "AVALC": str(scan.point.response),
            "EXPLAIN": scan.point.explanation,
            "ENTRIES": list(scan.entries),
        }
        for subject, own in scans.of.items()
        for scan in own
        if scan.point.response is not None
    ]


def _best_rows(
    name: str, endpoint: ResponseEndpoint, *, scans: Scans, subjects: SubjectFrame
) -> list[Row]:
    who = subjects.frame.filter(pl.col(endpoint.population)).select("USUBJID", "ARMCD")
    if endpoint.recorded is not None:
        found = _as_recorded(endpoint.recorded, subjects)
    else:
        found = _as_judged(endpoint, scans=scans, subjects=subjects)
    missing: Row = {"EXPLAIN": _NEVER_ASSESSED, "ENTRIES": []}
    return [
        {"USUBJID": subject, "ARMCD": arm, "PARAMCD": name, **found.get(subject, missing)}
        for subject, arm in who.iter_rows()
    ]


def _as_recorded(item: str, subjects: SubjectFrame) -> dict[str, Row]:
    """Return the response that the record holds ready made."""
    entries = subjects.entries_of([item])
    known = subjects.frame.select("USUBJID", item).drop_nulls(item).join(entries, on="USUBJID")
    return {
        subject: {"AVALC": text, "EXPLAIN": f"As recorded in '{item}'", "ENTRIES": behind}
        for subject, text, behind in known.iter_rows()
    }


def _as_judged(
    endpoint: ResponseEndpoint, *, scans: Scans, subjects: SubjectFrame
) -> dict[str, Row]:
    starts = _dates(subjects, "BASEDT")
    study = subjects.study
    ends = _dates(subjects, clock_column(study, endpoint.until)) if endpoint.until else {}
    found = {
        subject: _best(
            own,
            since=starts.get(subject, own[0].point.date),
            until=ends.get(subject),
            confirmed=endpoint.confirmed,
        )
        for subject, own in scans.of.items()
        if own
    }
    return {subject: row for subject, row in found.items() if row is not None}


def _best(
    scans: Sequence[Scan], *, since: dt.date, until: dt.date | None, confirmed: bool
) -> Row | None:
    """Return best overall response, the scan that gives it, and the entries of all that counted."""
    points = [scan.point for scan in scans]
    best = best_overall_response(points, since=since, until=until, confirmed=confirmed)
    if best.response is None:
        return None
    counted = [scan for scan in scans if until is None or scan.point.date <= until]
    scan = next(scan for scan in counted if scan.point.date == best.date)
    return {
        "VISIT": scan.visit,
        "ADT": best.date,
        "AVALC": str(best.response),
        "EXPLAIN": f"{best.response} by the assessment of {best.date} ({scan.point.explanation})",
        "ENTRIES": sorted({seq for one in counted for seq in one.entries}),
    }


def _arms(subjects: SubjectFrame) -> dict[str, str | None]:
    return dict(subjects.frame.select("USUBJID", "ARMCD").iter_rows())


def _dates(subjects: SubjectFrame, column: str) -> dict[str, dt.date]:
    """Return the date of each subject that has one; none when the study has no such column."""
    if subjects.frame.schema.get(column) != pl.Date():
        return {}
    return dict(subjects.frame.select("USUBJID", column).drop_nulls().iter_rows())


def _float(length: Decimal | None) -> float | None:
    return None if length is None else float(length)
