"""Progression of each subject by response criteria: its day, and the scans that say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from equipoise.derive.scans import Scan, Scans
from equipoise.oncology.response.irecist_best import IProgression, irecist_progression
from equipoise.oncology.response.irecist_words import IResponse
from equipoise.oncology.response.recist import Response
from equipoise.oncology.response.recist_duration import recurrence_after
from equipoise.study.endpoints import ResponseEvent, Unconfirmed
from equipoise.study.response import is_irecist


@dataclass(frozen=True, slots=True, kw_only=True)
class Progression:
    """A progression of a subject.

    Attributes
    ----------
    date : datetime.date
        Day from which it counts.
    scan : Scan
        The scan of that day, or where a reader was certain of what was first suspected then.
    why : str
        The reason in words.
    entries : tuple[int, ...]
        Entries of the record behind it.
    counts : bool
        Whether it is an event; one by iRECIST that was never confirmed may be none.
    by_irecist : IResponse | None
        iCPD, or iUPD of one that was never confirmed; None of what iRECIST did not judge.
    """

    date: dt.date
    scan: Scan
    why: str
    entries: tuple[int, ...]
    counts: bool = True
    by_irecist: IResponse | None = None


def progressions_of(
    event: ResponseEvent, scans: Scans, *, ends: Mapping[str, dt.date]
) -> Iterator[tuple[str, Progression]]:
    """Give subject and progression, for each scan on or before the subject's end that shows one.

    By RECIST 1.1 PD counts from the day on which a new lesion was first suspected. By iRECIST there
    is at most one, on the first iUPD of its episode, since confirmation by a later scan is looked
    for. After a resection a new lesion is one by either criteria.
    """
    for subject, own in scans.of.items():
        end = ends.get(subject, dt.date.max)
        until = [scan for scan in own if scan.date <= end]
        before = [scan for scan in until if scan.after is None]
        if is_irecist(event.criteria):
            found = _by_irecist(before, event.unconfirmed or Unconfirmed.AN_EVENT)
        else:
            found = _by_recist(before)
        for one in (*found, *_after_resection(until)):
            yield subject, one


def _by_recist(scans: Sequence[Scan]) -> Iterator[Progression]:
    for scan in scans:
        if scan.point.response is Response.PD:
            yield Progression(
                date=scan.point.progressed_on or scan.date,
                scan=scan,
                why=scan.point.explanation,
                entries=_behind(scan, scans, since=scan.point.progressed_on),
            )


def _by_irecist(scans: Sequence[Scan], unconfirmed: Unconfirmed) -> Iterator[Progression]:
    judged = [(scan, scan.irecist) for scan in scans if scan.irecist is not None]
    found = irecist_progression([judgement.point for _, judgement in judged])
    if found is None:
        return
    last = found.confirmed_on or judged[-1][0].date
    episode = [pair for pair in judged if found.date <= pair[0].date <= last]
    yield Progression(
        date=found.date,
        scan=episode[0][0],
        counts=found.confirmed_on is not None or unconfirmed is Unconfirmed.AN_EVENT,
        why=_told(found, unconfirmed),
        entries=_all(judgement.entries for _, judgement in episode),
        by_irecist=IResponse.IUPD if found.confirmed_on is None else IResponse.ICPD,
    )


def _told(found: IProgression, unconfirmed: Unconfirmed) -> str:
    first = f"iUPD of {found.date}"
    if found.confirmed_on is not None:
        return f"iCPD: {first}, confirmed by the scan of {found.confirmed_on}"
    said = {
        Unconfirmed.AN_EVENT: "an event from that day",
        Unconfirmed.NOT_AN_EVENT: "no event",
    }
    after = "never confirmed, nothing but iUPD or NE after it"
    return f"iUPD: {first}, {after}: {said[unconfirmed]} (unconfirmed: {unconfirmed})"


def _after_resection(scans: Sequence[Scan]) -> Iterator[Progression]:
    """Give the scans after a resection that show a recurrence, or progression of what was left."""
    judged = [(scan, scan.after) for scan in scans if scan.after is not None]
    if not judged:
        return
    first = recurrence_after([scan.point for scan, _ in judged], surgery=judged[0][1].surgery)
    for scan, after in judged:
        if after.progressed:
            dated_back = first is not None and first.seen_on == scan.date
            date = first.date if first is not None and dated_back else scan.date
            suspected = [one.entries for earlier, one in judged if date <= earlier.date < scan.date]
            yield Progression(
                date=date,
                scan=scan,
                why=after.explanation,
                entries=_all([after.entries, *suspected]),
            )


def _behind(scan: Scan, scans: Iterable[Scan], *, since: dt.date | None) -> tuple[int, ...]:
    """Return the entries behind a scan, and behind those from which its progression counts."""
    first = since or scan.date
    return _all(one.entries for one in scans if one is scan or first <= one.date < scan.date)


def _all(several: Iterable[Iterable[int]]) -> tuple[int, ...]:
    return tuple(sorted({seq for entries in several for seq in entries}))
