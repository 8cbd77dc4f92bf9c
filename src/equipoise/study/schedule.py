"""When: the clocks, the epochs, and the visits with their windows and forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from equipoise.base.quantities import Duration, parse_duration_span
from equipoise.study.words import DurationWord, Name, Source, WindowWord, Words

DurationSpan = tuple[Duration, Duration]


def _read_span(text: object) -> object:
    return parse_duration_span(text) if isinstance(text, str) else text


def _say_span(span: DurationSpan) -> str:
    low, high = span
    return str(low) if low == high else f"{low} .. {high}"


def _say_at(at: DurationSpan | dict[str, DurationSpan] | None) -> str | dict[str, str] | None:
    if isinstance(at, dict):
        return {arm: _say_span(span) for arm, span in at.items()}
    return None if at is None else _say_span(at)


DurationSpanWord = Annotated[
    DurationSpan,
    BeforeValidator(_read_span),
    PlainSerializer(_say_span, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["-28 d .. 0 d", "9 wk"]}),
]

ClockWord = Name
"""A date of the subject: `randomisation_date`, `registration_date`, a date item, or `FORM_date`
(the day that form was first filled)."""


class Visit(Words):
    """One visit, or a series of them.

    Attributes
    ----------
    start : Name
        The clock that the visit is relative to (written `from`).
    at : span of durations, or one per arm; absent for a series and for forms of any time.
    every, times, until
        A series: first at `every` after the clock, then again, `times` times or `until`.
        With `first` the series starts there instead.
    """

    label: str | None = None
    epoch: Name
    start: Name | None = Field(default=None, alias="from")
    at: Annotated[
        DurationSpanWord | dict[Name, DurationSpanWord] | None, PlainSerializer(_say_at)
    ] = None
    first: DurationWord | None = None
    every: DurationWord | None = None
    times: int | None = Field(default=None, gt=0)
    until: DurationWord | None = None
    window: WindowWord | None = None
    arms: tuple[Name, ...] = ()
    forms: tuple[Name, ...] = Field(min_length=1)
    source: Source | None = None

    @property
    def any_time(self) -> bool:
        """Whether its forms are filled whenever something happens."""
        return self.at is None and self.every is None


class Schedule(Words):
    """Clocks, epochs and visits."""

    clocks: dict[Name, ClockWord] = Field(min_length=1)
    epochs: dict[Name, str] = Field(min_length=1)
    visits: dict[Name, Visit] = Field(min_length=1)


_OCCURRENCE = re.compile(r"^([a-z][a-z0-9_]*?)_(\d+)$")


def visit_of(schedule: Schedule, occurrence: str) -> tuple[str, Visit] | None:
    """Return name and visit of an occurrence: `screening`, or `cycle_2` of the series `cycle`."""
    if occurrence in schedule.visits:
        return occurrence, schedule.visits[occurrence]
    match = _OCCURRENCE.match(occurrence)
    if match is None or match[1] not in schedule.visits:
        return None
    visit = schedule.visits[match[1]]
    return (match[1], visit) if visit.every is not None else None


def occurrences(name: str, visit: Visit) -> tuple[tuple[str, float], ...]:
    """Return (occurrence, planned day after the clock) for each visit of a series.

    A visit that is no series answers with itself once; a visit of any time, and a series without a
    step, with nothing. The day
    of a span is its end that lies nearest the clock; a visit with a day per arm has the earliest.
    """
    if visit.every is not None:
        first = visit.first.days if visit.first is not None else visit.every.days
        step = visit.every.days
        if step <= 0:
            return ()
        last = (
            visit.until.days if visit.until is not None else first + step * ((visit.times or 1) - 1)
        )
        count = int((last - first) // step) + 1
        return tuple((f"{name}_{k + 1}", first + k * step) for k in range(count))
    if visit.at is None:
        return ()
    spans = list(visit.at.values()) if isinstance(visit.at, dict) else [visit.at]
    return ((name, min(min(span, key=lambda end: abs(end.days)).days for span in spans)),)


_STARTS = ("randomisation_date", "registration_date")


def visits_before_start(schedule: Schedule) -> tuple[str, ...]:
    """Return the visits planned at or before randomisation or registration."""
    return tuple(
        name for name, visit in schedule.visits.items() if _planned_before(schedule, visit)
    )


def _planned_before(schedule: Schedule, visit: Visit) -> bool:
    if visit.at is None or schedule.clocks.get(visit.start or "") not in _STARTS:
        return False
    spans = visit.at.values() if isinstance(visit.at, dict) else [visit.at]
    return all(high.days <= 0 for _, high in spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDays:
    """One occurrence of a visit, in days after its clock; the window is in earliest and latest."""

    occurrence: str
    earliest: int
    planned: int
    latest: int


def visit_days(name: str, visit: Visit, *, arm: str) -> Iterator[VisitDays]:
    """Yield the days of each occurrence of a visit in one arm, whole days.

    The planned day of a span is its end that lies nearest the clock. A visit of any time has none.
    """
    before = visit.window.before_days if visit.window else 0
    after = visit.window.after_days if visit.window else 0
    for occurrence, low, planned, high in _days_in_arm(name, visit, arm=arm):
        yield VisitDays(
            occurrence=occurrence, earliest=low - before, planned=planned, latest=high + after
        )


def _days_in_arm(name: str, visit: Visit, *, arm: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield occurrence, first, planned and last day, without window."""
    if visit.every is not None:
        for occurrence, day in occurrences(name, visit):
            yield occurrence, round(day), round(day), round(day)
        return
    span = visit.at.get(arm) if isinstance(visit.at, dict) else visit.at
    if span is not None:
        low, high = (round(end.days) for end in span)
        yield name, low, low if abs(low) < abs(high) else high, high
