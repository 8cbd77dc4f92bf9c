"""`adtte`: from a clock to the first event that counts, or to where follow-up without it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

import polars as pl

from equipoise.derive.estimands import Dating, Switches, estimands_of, switches_of
from equipoise.derive.events import dates_of
from equipoise.derive.follow_up import (
    CENSORED,
    EVENT,
    FollowUp,
    censored_by_gap,
    censored_by_therapy,
    follow_up,
    with_events,
    without_event,
)
from equipoise.derive.frames import ADTTE, IMPOSSIBLE
from equipoise.derive.recorded import Recorded
from equipoise.derive.subjects import SubjectFrame
from equipoise.study.endpoints import (
    AtLandmark,
    AtSurgery,
    CensorAt,
    NotAnEvent,
    RecordedEvent,
    RecordedTime,
    TimeToEvent,
)
from equipoise.study.rules import rule_names

NEW_THERAPY_EVENT = "New therapy"
RECORDED_EVENT = "Event as recorded"
RECORDED_CENSORED = "Censored as recorded"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Histories:
    """What the record says of subjects and their events.

    Attributes
    ----------
    recorded : Recorded
        Values up to the cut.
    subjects : SubjectFrame
        One row a subject.
    happened : Mapping[str, polars.DataFrame]
        Event of the study -> its occurrences.
    not_evaluable : polars.DataFrame
        USUBJID, FORM and ADT of scans that could not be evaluated: no adequate assessments.
    """

    recorded: Recorded
    subjects: SubjectFrame
    happened: Mapping[str, pl.DataFrame]
    not_evaluable: pl.DataFrame


def derive_adtte(histories: Histories) -> pl.DataFrame:
    """Return one row a subject of the population, endpoint and estimand.

    Notes
    -----
    ``AVAL = ADT - STARTDT + 1`` days. The earliest event counts and, on one day, the first that the
    endpoint lists; one after the cut or before the start does not. Without event a subject is
    censored when last assessed (or last seen), and at the start when never.

    A recurrence counts from its first suspicion when the event names one, once it is confirmed. A
    scan that cannot be evaluated is no assessment.

    A new therapy that is an event is one. One that censors, and that precedes the event or the last
    assessment, moves the end to the last assessment on or before it. A gap before the event that is
    longer than the study allows moves it to the assessment before the gap. For both, an event dated
    at a landmark happened when it happened. Sensitivity rows are there only where a switch of the
    study differs from the primary estimand. A time that is recorded ready made needs both the days
    and the answer to the event's rule.
    """
    parts = [
        part
        for name, endpoint in histories.subjects.study.endpoints.items()
        if isinstance(endpoint, TimeToEvent)
        for part in _endpoint(name, endpoint, histories)
    ]
    return ADTTE.checked(pl.concat([ADTTE.empty(), *parts]))


def events_before_start(histories: Histories) -> pl.DataFrame:
    """Return the events and new therapies that lie before the start of an endpoint."""
    early = [
        _before(follow, name, dates=dates, clock=endpoint.start or "entry")
        for endpoint in histories.subjects.study.endpoints.values()
        if isinstance(endpoint, TimeToEvent) and endpoint.recorded is None
        for follow in [_followed(endpoint, histories)]
        for name, dates in _dated(endpoint, histories).items()
    ]
    return pl.concat([IMPOSSIBLE.empty(), *early]).unique(maintain_order=True)


def _endpoint(name: str, endpoint: TimeToEvent, histories: Histories) -> list[pl.DataFrame]:
    """Return the rows of an endpoint, one frame an estimand."""
    labels = {"PARAMCD": name, "PARAM": endpoint.label}
    estimands = estimands_of(endpoint)
    if endpoint.recorded is not None:
        rows = _as_recorded(endpoint, endpoint.recorded, histories.subjects)
        return [_shaped(rows, labels | {"ESTIMAND": str(one)}) for one in estimands]
    follow = _followed(endpoint, histories)
    return [
        _shaped(
            _timed(_endings(switches_of(endpoint, one), follow, histories), follow),
            labels | {"ESTIMAND": str(one)},
        )
        for one in estimands
    ]


def _followed(endpoint: TimeToEvent, histories: Histories) -> FollowUp:
    follow = follow_up(endpoint, recorded=histories.recorded, subjects=histories.subjects)
    if follow.censor is CensorAt.LAST_CONTACT:
        return follow
    bad = histories.not_evaluable
    seen = follow.seen.join(bad, on=["USUBJID", "FORM", "ADT"], how="anti", maintain_order="left")
    return replace(follow, seen=seen)


def _endings(switches: Switches, follow: FollowUp, histories: Histories) -> pl.DataFrame:
    endings = with_events(without_event(follow), _first_events(switches, follow, histories))
    if switches.censored_by is not None:
        therapies = _since_start(_dates(switches.censored_by, histories), follow)
        endings = censored_by_therapy(endings, therapies, follow=follow)
    if switches.longest_gap_days is not None:
        endings = censored_by_gap(endings, longest_days=switches.longest_gap_days, follow=follow)
    return endings


def _first_events(switches: Switches, follow: FollowUp, histories: Histories) -> pl.DataFrame:
    """Return the earliest event of each subject; on one day the first listed, therapy last."""
    cut = histories.recorded.cut
    study = histories.subjects.study
    found = [
        _labelled(
            _redated(_since_start(histories.happened[event.name], follow), event.dating),
            study.events[event.name].label,
        )
        for event in switches.events
    ]
    if switches.ended_by is not None:
        therapies = _since_start(_dates(switches.ended_by, histories), follow)
        found.append(_labelled(_redated(therapies, AtSurgery()), NEW_THERAPY_EVENT))
    known = pl.concat([part.filter(pl.col("ADT") <= cut) for part in found])
    ordered = known.sort("ADT", maintain_order=True)
    return ordered.group_by("USUBJID", maintain_order=True).first()


def _labelled(dates: pl.DataFrame, label: str) -> pl.DataFrame:
    return dates.select(
        "USUBJID",
        "ADT",
        "HAPPENED",
        pl.lit(EVENT, dtype=pl.Int64()).alias("CNSR"),
        pl.lit(label).alias("EVNTDESC"),
        "ENTRIES",
    )


def _redated(dates: pl.DataFrame, dating: Dating) -> pl.DataFrame:
    """Return the occurrences on the day that counts (ADT), and when they happened (HAPPENED)."""
    dates = dates.with_columns(pl.col("ADT").alias("HAPPENED"))
    match dating:
        case AtSurgery():
            return dates
        case NotAnEvent():
            return dates.clear()
        case AtLandmark(after=after):
            landmark = pl.col("STARTDT") + pl.duration(days=round(after.days))
            return dates.with_columns(landmark.alias("ADT"))
        case _:
            assert_never(dating)


def _since_start(dates: pl.DataFrame, follow: FollowUp) -> pl.DataFrame:
    both = dates.join(
        follow.starts.select("USUBJID", "STARTDT"), on="USUBJID", maintain_order="left"
    )
    return both.filter(pl.col("ADT") >= pl.col("STARTDT"))


def _dates(name: str, histories: Histories) -> pl.DataFrame:
    return dates_of(name, recorded=histories.recorded, subjects=histories.subjects)


def _dated(endpoint: TimeToEvent, histories: Histories) -> dict[str, pl.DataFrame]:
    """Return what an endpoint counts that is recorded with a date: label -> occurrences.

    A scan before the start is an earlier assessment, no mistake, and is not in here.
    """
    study = histories.subjects.study
    names = [event if isinstance(event, str) else event.event for event in endpoint.events]
    events = {
        study.events[name].label: histories.happened[name]
        for name in names
        if isinstance(study.events[name], RecordedEvent)
    }
    therapy = endpoint.intercurrent.new_therapy
    return events if therapy is None else events | {therapy.date: _dates(therapy.date, histories)}


def _before(follow: FollowUp, name: str, *, dates: pl.DataFrame, clock: str) -> pl.DataFrame:
    both = dates.join(
        follow.starts.select("USUBJID", "STARTDT"), on="USUBJID", maintain_order="left"
    )
    early = both.filter(pl.col("ADT") < pl.col("STARTDT"))
    words = (pl.lit(name), "ADT", pl.lit(clock), "STARTDT")
    said = pl.format("{} of {} lies before {} of {}", *words)
    return early.select(pl.col("USUBJID").alias("subject"), said.alias("reason"))


def _timed(endings: pl.DataFrame, follow: FollowUp) -> pl.DataFrame:
    whole = endings.join(follow.starts, on="USUBJID", maintain_order="left")
    days = (pl.col("ADT") - pl.col("STARTDT")).dt.total_days() + 1
    return whole.with_columns(
        days.cast(pl.Float64()).alias("AVAL"),
        pl.concat_list("START", "ENTRIES").list.unique().list.sort().alias("ENTRIES"),
    )


def _as_recorded(
    endpoint: TimeToEvent, recorded: RecordedTime, subjects: SubjectFrame
) -> pl.DataFrame:
    """Return the times that the record holds ready made."""
    judged = subjects.judged({"DAYS": recorded.days, "HAPPENED": recorded.event})
    used = [recorded.days, *rule_names(recorded.event)]
    happened = pl.col("HAPPENED").cast(pl.Boolean())
    known = judged.drop_nulls().join(subjects.entries_of(used), on="USUBJID", maintain_order="left")
    population = subjects.frame.filter(pl.col(endpoint.population)).select("USUBJID", "ARMCD")
    return population.join(known, on="USUBJID", maintain_order="left").with_columns(
        pl.lit(None, dtype=pl.Date()).alias("STARTDT"),
        pl.lit(None, dtype=pl.Date()).alias("ADT"),
        pl.col("DAYS").cast(pl.Float64()).alias("AVAL"),
        pl.when(happened).then(EVENT).otherwise(CENSORED).cast(pl.Int64()).alias("CNSR"),
        pl.when(happened)
        .then(pl.lit(RECORDED_EVENT))
        .otherwise(pl.lit(RECORDED_CENSORED))
        .alias("EVNTDESC"),
    )


def _shaped(rows: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    whole = rows.with_columns(pl.lit(text).alias(column) for column, text in labels.items())
    return whole.select(list(ADTTE.columns)).sort("USUBJID")
