"""One lane a subject: what happened, in months from its start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from equipoise.analyse.groups import groups_by
from equipoise.analyse.lanes import Sources, end_of_follow_up, lane_marks, lane_sources
from equipoise.analyse.results import Row, Topic, result
from equipoise.analyse.selection import Selection, equals
from equipoise.analyse.times import select_times
from equipoise.base.quantities import DAYS_PER_MONTH
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import Estimand, SwimmerAnalysis
from equipoise.study.study import Study

MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lane:
    """One subject: its row of `adtte`, the day its time starts, and how long it is in days."""

    subject: str
    rows: Selection
    start: dt.date | None
    days: float
    censored: bool
    event: str | None


def analyse_swimmer(
    study: Study, data: AnalysisData, *, name: str, analysis: SwimmerAnalysis
) -> Iterator[Row]:
    """Give one row a mark: the level says what it is, ``at`` and the value when, in months.

    Levels are ``start``, ``first_dose``, ``last_dose``, ``scan`` (text: the response, or
    after a resection whether disease came back), ``surgery``
    (text: the outcome), ``first_adjuvant_dose``, ``last_adjuvant_dose``, ``recurrence``,
    ``progression``, ``death`` and ``end``. The text of ``end`` is the event, ``ongoing``, or why
    follow-up ended. All months count from the start of the endpoint, which is at 0; the longest
    lane of a group comes first.
    """
    topic = Topic(analysis=name, endpoint=analysis.endpoint)
    whole = select_times(data, endpoint=analysis.endpoint, estimand=Estimand.PRIMARY)
    sources = lane_sources(study, data)
    for group in groups_by(study, data, by=analysis.by):
        rows = group.of(whole)
        yield result(topic.of_group(group.name), "n", rows.n, of=rows)
        for lane in sorted(_lanes(rows), key=lambda lane: (-lane.days, lane.subject)):
            here = replace(topic, group=group.name, subject=lane.subject)
            yield from _marks(here, lane=lane, sources=sources)


def _lanes(rows: Selection) -> Iterator[_Lane]:
    for row in rows.rows.iter_rows(named=True):
        start, end = row["STARTDT"], row["ADT"]
        dated = start is not None and end is not None
        yield _Lane(
            subject=row["USUBJID"],
            rows=rows.narrowed(equals("USUBJID", row["USUBJID"])),
            start=start,
            days=float((end - start).days) if dated else row["AVAL"],
            censored=row["CNSR"] == 1,
            event=row["EVNTDESC"],
        )


def _marks(topic: Topic, *, lane: _Lane, sources: Sources) -> Iterator[Row]:
    yield _mark(topic, "start", days=0.0, of=lane.rows.reading("STARTDT"))
    if lane.start is not None:
        for mark in lane_marks(sources, subject=lane.subject):
            days = float((mark.day - lane.start).days)
            yield _mark(topic, mark.level, days=days, of=mark.rows, text=mark.text)
    censored = lane.censored
    text = end_of_follow_up(sources, subject=lane.subject) if censored else lane.event
    yield _mark(topic, "end", days=lane.days, of=lane.rows, text=text)


def _mark(topic: Topic, level: str, *, days: float, of: Selection, text: str | None = None) -> Row:
    month = days / DAYS_PER_MONTH
    return result(topic.of_level(level, at=month), MONTH, month, of=of, text=text)
