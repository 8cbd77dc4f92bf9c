"""`adtr` and `adrs`: sums of lesions, response at each time point, best overall response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import polars as pl

from equipoise.derive.frames import ADRS, ADTR
from equipoise.derive.progressions import progressions_of
from equipoise.derive.recorded import Recorded, forms_of
from equipoise.derive.scans import Scan, Scans
from equipoise.derive.subjects import SubjectFrame, dates_in, ends_at
from equipoise.oncology import Response, best_overall_response
from equipoise.oncology.response.after_resection import AfterResection
from equipoise.oncology.response.best_response import BestResponse
from equipoise.oncology.response.irecist_best import irecist_best
from equipoise.oncology.response.recist_words import Timepoint
from equipoise.study.endpoints import ResponseEndpoint, ResponseEvent
from equipoise.study.forms import FormPurpose
from equipoise.study.response import ResponseDays, is_irecist

TIME_POINT, BY_IRECIST, AFTER_RESECTION = "OVR", "IOVR", "RECUR"
_NEVER_ASSESSED = "No assessment after baseline"
_EVER = dt.date.max
Row = Mapping[str, object]


def derive_adtr(scans: Scans, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a tumour assessment.

    NADIR is the smallest earlier sum in mm, PCHG the change from baseline and PCHGNAD that from the
    nadir in per cent. PREFL is true up to the day of a resection, and without one; after it
    no target lesion is left, so rows without PREFL are no measure of response.
    """
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
            "PREFL": scan.after is None,
            "ENTRIES": list(scan.entries),
        }
        for subject, own in scans.of.items()
        for scan in own
    ]
    return ADTR.of(rows).sort("USUBJID", "ADT")


def derive_adrs(scans: Scans, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a time point after baseline, and one a subject of each response endpoint.

    Time points are judged by RECIST 1.1 (PARAMCD OVR) and, where the study asks, by iRECIST (IOVR);
    after a resection for recurrence by new lesions only (RECUR). The row of an endpoint has the
    best overall response up to its last day (`until`), scans on that day included, and never from
    a scan after a resection; AVALC is missing when the subject was never assessed by then. An event
    by iRECIST has a row for each subject with a progression: iCPD, or iUPD when it was never
    confirmed; ADT is the day from which it counts, whatever the event's rule says of the subject.
    EXPLAIN says why.
    """
    study = subjects.study
    arms = _arms(subjects)
    rows: list[Row] = [
        {"USUBJID": subject, "ARMCD": arms[subject], **row}
        for subject, own in scans.of.items()
        for scan in own
        for row in _time_point(scan)
    ]
    for name, endpoint in study.endpoints.items():
        if isinstance(endpoint, ResponseEndpoint):
            rows += _best_rows(name, endpoint, scans=scans, subjects=subjects)
    for name, event in study.events.items():
        if isinstance(event, ResponseEvent) and is_irecist(event.criteria):
            told = _progressions(event, scans=scans, subjects=subjects)
            rows += [
                {"USUBJID": subject, "ARMCD": arms[subject], "PARAMCD": name, **row}
                for subject, row in told
            ]
    return ADRS.of(rows).sort("PARAMCD", "USUBJID", "ADT")


def not_evaluable(adrs: pl.DataFrame, recorded: Recorded) -> pl.DataFrame:
    """Return USUBJID, FORM and ADT of the days of scans that cannot be evaluated."""
    of_time_points = pl.col("PARAMCD").is_in([TIME_POINT, AFTER_RESECTION])
    unknown = pl.col("AVALC").is_in([str(Response.NE), str(AfterResection.NOT_EVALUABLE)])
    points = adrs.filter(of_time_points, unknown)
    here = recorded.values.filter(
        pl.col("form").is_in(list(forms_of(recorded.study, FormPurpose.LESIONS)))
    )
    days = here.select(USUBJID="subject", VISIT="visit", FORM="form", ADT="date").unique()
    return days.join(points, on=["USUBJID", "VISIT"], how="semi").select("USUBJID", "FORM", "ADT")


def _time_point(scan: Scan) -> Iterator[Row]:
    """Give the rows of one scan; the baseline has none."""
    here: Row = {"VISIT": scan.visit, "ADT": scan.date}
    if scan.after is not None:
        yield {
            **here,
            "PARAMCD": AFTER_RESECTION,
            "AVALC": str(scan.after.call),
            "EXPLAIN": scan.after.explanation,
            "ENTRIES": list(scan.after.entries),
        }
        return
    if scan.point.response is not None:
        yield {
            **here,
            "PARAMCD": TIME_POINT,
            "AVALC": str(scan.point.response),
            "EXPLAIN": scan.point.explanation,
            "ENTRIES": list(scan.entries),
        }
    if scan.irecist is not None and scan.irecist.point.response is not None:
        yield {
            **here,
            "PARAMCD": BY_IRECIST,
            "AVALC": str(scan.irecist.point.response),
            "EXPLAIN": scan.irecist.point.explanation,
            "ENTRIES": list(scan.irecist.entries),
        }


def _progressions(
    event: ResponseEvent, *, scans: Scans, subjects: SubjectFrame
) -> Iterator[tuple[str, Row]]:
    """Give the progressions of an event by iRECIST; recurrences have rows of their own."""
    for subject, one in progressions_of(event, scans, ends=ends_at(event.until, subjects)):
        if one.by_irecist is not None:
            yield (
                subject,
                {
                    "VISIT": one.scan.visit,
                    "ADT": one.date,
                    "AVALC": str(one.by_irecist),
                    "EXPLAIN": one.why,
                    "ENTRIES": list(one.entries),
                },
            )


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
    starts = dates_in(subjects, "BASEDT")
    ends = ends_at(endpoint.until, subjects)
    days = subjects.study.response
    found: dict[str, Row] = {}
    for subject, own in scans.of.items():
        counted = [one for one in own if one.after is None and one.date <= ends.get(subject, _EVER)]
        if counted:
            since = starts.get(subject, counted[0].date)
            if is_irecist(endpoint.criteria):
                row = _best_by_irecist(counted, since=since, days=days)
            else:
                row = _best_by_recist(counted, since=since, days=days, confirmed=endpoint.confirmed)
            found |= {} if row is None else {subject: row}
    return found


def _best_by_recist(
    scans: Sequence[Scan], *, since: dt.date, days: ResponseDays, confirmed: bool
) -> Row | None:
    """Return best overall response, the scan that gives it, and the entries of all that counted."""
    points = [scan.point for scan in scans]
    best = best_overall_response(points, since=since, confirmed=confirmed, rules=days.rules)
    if best.response is None:
        return None
    scan = next(scan for scan in scans if scan.date == best.date)
    why = _why_best(points, best, early=_early(scan, since=since, days=days))
    entries = (seq for one in scans for seq in one.entries)
    return _best_row(scan, str(best.response), why=why, entries=entries)


def _early(scan: Scan, *, since: dt.date, days: ResponseDays) -> str:
    """Return that a scan is too early for stable disease; nothing when it is not."""
    first = since + dt.timedelta(days=days.rules.minimum_sd_days)
    return f"before {first}, the first day of stable disease" if scan.date < first else ""


def _why_best(points: Sequence[Timepoint], best: BestResponse, *, early: str) -> str:
    """Return why a scan counts as the best response, which may be less than it was."""
    point = next(one for one in points if one.date == best.date)
    if best.response is Response.PD and point.response is not Response.PD:
        point = next(one for one in points if one.progressed_on == best.date)
    if point.response is best.response:
        return point.explanation
    unconfirmed = "not confirmed" if point.response in {Response.CR, Response.PR} else ""
    counts = ", ".join(each for each in (unconfirmed, early) if each)
    return f"{point.explanation}; {counts}" if counts else point.explanation


def _best_by_irecist(scans: Sequence[Scan], *, since: dt.date, days: ResponseDays) -> Row | None:
    judged = [(scan, scan.irecist) for scan in scans if scan.irecist is not None]
    points = [one.point for _, one in judged]
    best = irecist_best(points, since=since, minimum_sd_days=days.rules.minimum_sd_days)
    if best.response is None:
        return None
    scan, one = next(pair for pair in judged if pair[0].date == best.date)
    early = _early(scan, since=since, days=days) if one.point.response != best.response else ""
    why = f"{one.point.explanation}; {early}" if early else one.point.explanation
    entries = (seq for _, each in judged for seq in each.entries)
    return _best_row(scan, str(best.response), why=why, entries=entries)


def _best_row(scan: Scan, response: str, *, why: str, entries: Iterable[int]) -> Row:
    return {
        "VISIT": scan.visit,
        "ADT": scan.date,
        "AVALC": response,
        "EXPLAIN": f"{response} by the assessment of {scan.date} ({why})",
        "ENTRIES": sorted(set(entries)),
    }


def _arms(subjects: SubjectFrame) -> dict[str, str | None]:
    return dict(subjects.frame.select("USUBJID", "ARMCD").iter_rows())


def _float(length: Decimal | None) -> float | None:
    return None if length is None else float(length)
