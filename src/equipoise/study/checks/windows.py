"""Windows and lengths of time: no day belongs to two visits, no length is zero or negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from equipoise.base.quantities import Duration
from equipoise.study.checks.problem import Problem, Whole, open_to
from equipoise.study.endpoints import (
    AtLandmark,
    AtSurgery,
    DatedEvent,
    NotAnEvent,
    TimeToEvent,
)
from equipoise.study.scenarios import Course, Exponential, Weibull
from equipoise.study.schedule import DurationSpan, Visit, occurrences
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "window_overlap": "A day lies in the windows of two visits that ask the same form.",
    "duration_not_positive": "A length of time is zero or negative.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interval:
    """The days on which one occurrence of a visit may be."""

    visit: str
    occurrence: str
    clock: str
    forms: frozenset[str]
    first: float
    last: float


def check_windows(whole: Whole) -> Iterator[Problem]:
    """Find two occurrences, of one arm and with a form in common, whose windows overlap."""
    told: set[tuple[str, str]] = set()
    for arm in whole.study.arms:
        for one, other in combinations(sorted(_intervals(whole, arm), key=lambda i: i.first), 2):
            pair = (one.visit, other.visit)
            if other.first >= one.last or one.clock != other.clock or pair in told:
                continue
            if shared := sorted(one.forms & other.forms):
                told.add(pair)
                yield _overlap(one, other, shared=shared)


def _overlap(one: _Interval, other: _Interval, *, shared: list[str]) -> Problem:
    return Problem(
        kind="window_overlap",
        path=("schedule", "visits", other.visit),
        what=f"{one.occurrence} and {other.occurrence} both take {', '.join(shared)} on some days",
        got=f"days {one.first:g} .. {one.last:g} and {other.first:g} .. {other.last:g} "
        f"from {one.clock}",
        fix="make the windows narrower, or move one of the visits",
    )


def _intervals(whole: Whole, arm: str) -> Iterator[_Interval]:
    for name, visit in whole.study.schedule.visits.items():
        if visit.start is None or not open_to(visit, arm):
            continue
        before = visit.window.before_days if visit.window else 0
        after = visit.window.after_days if visit.window else 0
        for occurrence, first, last in _planned(name, visit, arm):
            yield _Interval(
                visit=name,
                occurrence=occurrence,
                clock=visit.start,
                forms=frozenset(visit.forms),
                first=first - before,
                last=last + after,
            )


def _planned(name: str, visit: Visit, arm: str) -> Iterator[tuple[str, float, float]]:
    if visit.every is not None:
        if visit.every.days > 0:
            yield from ((each, day, day) for each, day in occurrences(name, visit))
        return
    span: DurationSpan | None = visit.at.get(arm) if isinstance(visit.at, dict) else visit.at
    if span is not None:
        yield name, span[0].days, span[1].days


def check_lengths(whole: Whole) -> Iterator[Problem]:
    """Find lengths of time that are zero or negative where time has to pass."""
    for path, length in _lengths(whole):
        if length is not None and length.days <= 0:
            yield Problem(
                kind="duration_not_positive",
                path=path,
                what=f"{' / '.join(path)} is a length of time that has to pass",
                got=str(length),
                fix="write a length above 0, for example '21 d'",
            )


_Lengths = Iterator[tuple[Path, Duration | None]]


def _lengths(whole: Whole) -> _Lengths:
    study = whole.study
    for name, visit in study.schedule.visits.items():
        yield ("schedule", "visits", name, "every"), visit.every
    for name, regimen in study.regimens.items():
        yield ("regimens", name, "cycle"), regimen.cycle
        for drug, said in regimen.drugs.items():
            path = ("regimens", name, "drugs", drug)
            yield (*path, "stop_before_surgery"), said.stop_before_surgery
            yield (*path, "restart_after_surgery"), said.restart_after_surgery
    for name, endpoint in study.endpoints.items():
        if isinstance(endpoint, TimeToEvent):
            yield from _of_endpoint(name, endpoint)
    if study.design is not None:
        assume = study.design.assume
        yield ("design", "assume", "control_median"), assume.control_median
        yield ("design", "assume", "accrual", "over"), assume.accrual.over
    yield from _lifetimes(whole)


def _of_endpoint(name: str, endpoint: TimeToEvent) -> _Lengths:
    at = ("endpoints", name, "intercurrent")
    missed = endpoint.intercurrent.missed_visits
    yield (*at, "missed_visits", "longest_gap"), missed.longest_gap if missed else None
    yield (*at, "incomplete_resection"), _landmark(endpoint.intercurrent.incomplete_resection)
    for k, event in enumerate(endpoint.events):
        dating = event.date if isinstance(event, DatedEvent) else None
        yield ("endpoints", name, "events", str(k), "date"), _landmark(dating)


def _landmark(dating: AtSurgery | NotAnEvent | AtLandmark | None) -> Duration | None:
    return dating.after if isinstance(dating, AtLandmark) else None


def _lifetimes(whole: Whole) -> _Lengths:
    for name, scenario in whole.study.scenarios.items():
        path = ("scenarios", name, "follow_up_after_last")
        yield path, scenario.follow_up_after_last
        for arm, course in scenario.arms.items():
            for word in Course.model_fields:
                here = ("scenarios", name, "arms", arm, word)
                match getattr(course, word):
                    case Weibull(scale=length) | Exponential(median=length):
                        yield here, length
                    case _:
                        pass
