"""Endpoints: each event has a date, each endpoint a form that feeds it and a way to end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

import polars as pl

from equipoise.study.checks.problem import Problem, Whole, forms_for, unknown, visited_forms
from equipoise.study.endpoints import (
    Binary,
    Censor,
    CensorAt,
    DatedEvent,
    Endpoint,
    EventDefinition,
    Measured,
    RecordedEvent,
    ResponseEndpoint,
    ResponseEvent,
    TimeToEvent,
    say_dating,
)
from equipoise.study.forms import FormPurpose
from equipoise.study.rules import UnreadableRuleError, rule_names
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "unknown_event": "An endpoint counts an event that the study does not define.",
    "event_said_twice": "An endpoint names an event twice.",
    "event_unused": "An event is defined and no endpoint counts it.",
    "event_date_unknown": "An event is dated by what the study does not record.",
    "event_not_a_date": "An event is dated by something that is no date.",
    "suspicion_is_confirmation": "A first suspicion is dated by the date that confirms the event.",
    "new_therapy_two_ways": "A new therapy is an event of an endpoint and a switch of it as well.",
    "endpoint_no_form": "An endpoint rests on what no visit asks.",
    "endpoint_incomplete": "A time-to-event endpoint lacks its start, its events or its censoring.",
    "endpoint_two_ways": "An endpoint is recorded ready made and derived as well.",
    "censor_without_assessment": "Follow-up ends at the last assessment, and no form is one.",
    "assessed_by_unused": "Follow-up ends at the last contact, and forms of assessment are named.",
    "switch_without_event": "Incomplete resection has a dating, and no event is one that dates.",
    "unknown_form": "An endpoint names a form that the study does not have.",
    "unknown_analysis_set": "Something counts an analysis set that the study does not have.",
    "recorded_wrong_type": "A ready-made time is no number, or a ready-made response no code.",
}


def check_events(whole: Whole) -> Iterator[Problem]:
    """Find events without a date, and events that nothing counts."""
    counted = {
        _name_of(event)
        for endpoint in whole.study.endpoints.values()
        if isinstance(endpoint, TimeToEvent)
        for event in endpoint.events
    }
    for name, event in whole.study.events.items():
        path = ("events", name)
        if isinstance(event, RecordedEvent):
            yield from _date(whole, event.date, path=(*path, "date"))
            yield from _suspected(whole, event, path=(*path, "suspected"))
        if isinstance(event, ResponseEvent) and event.until is not None:
            yield from _clock(whole, event.until, path=(*path, "until"))
        if name not in counted:
            yield Problem(
                kind="event_unused",
                path=path,
                what=f"no endpoint counts the event '{name}'",
                got=name,
                fix="name it in the events of an endpoint, or take it out",
            )


def _suspected(whole: Whole, event: RecordedEvent, *, path: Path) -> Iterator[Problem]:
    if event.suspected is None:
        return
    yield from _date(whole, event.suspected, path=path)
    if event.suspected == event.date:
        yield Problem(
            kind="suspicion_is_confirmation",
            path=path,
            what=f"event '{path[1]}' is suspected on the date that confirms it",
            got=event.suspected,
            fix="name the date of the first suspicion, or leave out suspected",
        )


def _name_of(event: str | DatedEvent) -> str:
    return event.event if isinstance(event, DatedEvent) else event


def _date(whole: Whole, name: str, *, path: Path) -> Iterator[Problem]:
    dates = [known for known, kind in whole.names.items() if kind == pl.Date]
    if name not in whole.names:
        what = f"'{name}' is no date of the study"
        yield unknown("event_date_unknown", path=path, got=name, known=dates, what=what)
    elif whole.names[name] != pl.Date:
        what = f"'{name}' holds no whole date"
        yield unknown("event_not_a_date", path=path, got=name, known=dates, what=what)


def _clock(whole: Whole, name: str, *, path: Path) -> Iterator[Problem]:
    clocks = whole.study.schedule.clocks
    if name not in clocks:
        what = f"'{name}' is no clock of the schedule"
        yield unknown("unknown_clock", path=path, got=name, known=clocks, what=what)


def check_endpoints(whole: Whole) -> Iterator[Problem]:
    """Find endpoints that cannot be derived."""
    for name, endpoint in whole.study.endpoints.items():
        path = ("endpoints", name)
        if endpoint.population not in whole.study.analysis_sets:
            yield unknown(
                "unknown_analysis_set",
                path=(*path, "population"),
                got=endpoint.population,
                known=whole.study.analysis_sets,
                what=f"endpoint '{name}' counts an analysis set that the study does not have",
            )
        match endpoint:
            case TimeToEvent():
                yield from _time_to_event(whole, endpoint, path=path)
            case ResponseEndpoint():
                yield from _response(whole, endpoint, path=path)
            case Binary() | Measured():
                pass
            case _:
                assert_never(endpoint)


def _response(whole: Whole, endpoint: ResponseEndpoint, *, path: Path) -> Iterator[Problem]:
    if endpoint.until is not None:
        yield from _clock(whole, endpoint.until, path=(*path, "until"))
    if endpoint.recorded is not None:
        here = (*path, "recorded")
        yield from _recorded(whole, endpoint.recorded, kind=pl.String(), path=here)
        yield from _confirmed_elsewhere(endpoint, path=path)


def _confirmed_elsewhere(endpoint: ResponseEndpoint, *, path: Path) -> Iterator[Problem]:
    """Find words about scans in an endpoint whose response arrives ready made."""
    said = {"confirmed": endpoint.confirmed, "until": endpoint.until}
    idle = [word for word, value in said.items() if value]
    if idle:
        yield _two_ways(idle, path=path)


def _two_ways(words: list[str], *, path: Path) -> Problem:
    return Problem(
        kind="endpoint_two_ways",
        path=(*path, "recorded"),
        what=f"endpoint '{path[-1]}' is recorded ready made and derived as well",
        got=", ".join(words),
        fix="keep 'recorded', or the words that derive it",
    )


def _recorded(whole: Whole, name: str, *, kind: pl.DataType, path: Path) -> Iterator[Problem]:
    item = whole.items.get(name)
    if item is None:
        what = f"no form asks '{name}'"
        yield unknown("rule_unknown_item", path=path, got=name, known=whole.items, what=what)
    elif kind.is_numeric() != whole.names[name].is_numeric():
        yield Problem(
            kind="recorded_wrong_type",
            path=path,
            what=f"'{name}' does not hold what the endpoint needs",
            got=f"type: {item.type}",
            fix="name an item of numbers (a time in days) or of codes (CR, PR, SD, PD)",
        )


def _time_to_event(whole: Whole, endpoint: TimeToEvent, *, path: Path) -> Iterator[Problem]:
    yield from _complete(endpoint, path=path)
    if endpoint.start is not None:
        yield from _clock(whole, endpoint.start, path=(*path, "from"))
    if endpoint.recorded is not None:
        here = (*path, "recorded", "days")
        yield from _recorded(whole, endpoint.recorded.days, kind=pl.Float64(), path=here)
    yield from _events(whole, endpoint, path=path)
    yield from _censoring(whole, endpoint, path=path)
    yield from _switch(endpoint, path=path)
    therapy = endpoint.intercurrent.new_therapy
    if therapy is not None:
        here = (*path, "intercurrent", "new_therapy", "date")
        yield from _date(whole, therapy.date, path=here)
        yield from _therapy_twice(whole, endpoint, date=therapy.date, path=here)


def _therapy_twice(
    whole: Whole, endpoint: TimeToEvent, *, date: str, path: Path
) -> Iterator[Problem]:
    """Find a new therapy that the endpoint counts among its events as well."""
    for event in endpoint.events:
        if date in _dates(_definition(whole, event)):
            yield Problem(
                kind="new_therapy_two_ways",
                path=path,
                what=f"a new therapy is the event '{_name_of(event)}' and a switch of '{path[1]}'",
                got=date,
                fix="take the event out and write primary: event, or take the switch out",
            )


def _complete(endpoint: TimeToEvent, *, path: Path) -> Iterator[Problem]:
    said = {"from": endpoint.start, "events": endpoint.events, "censor": endpoint.censor}
    missing = [word for word, value in said.items() if not value]
    if endpoint.recorded is None and missing:
        yield Problem(
            kind="endpoint_incomplete",
            path=path,
            what=f"endpoint '{path[-1]}' does not say {', '.join(missing)}",
            got="nothing",
            fix="write from:, events: and censor:, or recorded: when it arrives ready made",
        )
    if endpoint.recorded is not None and len(missing) < len(said):
        yield _two_ways([word for word in said if word not in missing], path=path)


def _events(whole: Whole, endpoint: TimeToEvent, *, path: Path) -> Iterator[Problem]:
    names = [_name_of(event) for event in endpoint.events]
    for k, name in enumerate(names):
        here = (*path, "events", str(k))
        if name not in whole.study.events:
            what = f"endpoint '{path[-1]}' counts an event that the study does not define"
            known = whole.study.events
            yield unknown("unknown_event", path=here, got=name, known=known, what=what)
        if name in names[:k]:
            yield Problem(
                kind="event_said_twice",
                path=here,
                what=f"endpoint '{path[-1]}' names '{name}' twice",
                got=name,
                fix="name it once",
            )


def _censoring(whole: Whole, endpoint: TimeToEvent, *, path: Path) -> Iterator[Problem]:
    censor = endpoint.censor
    if censor is None:
        return
    if censor.at is CensorAt.LAST_ASSESSMENT and not censor.assessed_by:
        yield Problem(
            kind="censor_without_assessment",
            path=(*path, "censor"),
            what=f"follow-up of '{path[-1]}' ends at the last assessment, and no form is one",
            got="at: last_assessment",
            fix="write assessed_by: [lesions, ...]",
        )
    if censor.at is CensorAt.LAST_CONTACT and censor.assessed_by:
        yield Problem(
            kind="assessed_by_unused",
            path=(*path, "censor", "assessed_by"),
            what=f"follow-up of '{path[-1]}' ends at the last contact, which any form is",
            got=", ".join(censor.assessed_by),
            fix="write at: last_assessment, or leave out assessed_by",
        )
    yield from _assessments(whole, censor, path=path)


def _assessments(whole: Whole, censor: Censor, *, path: Path) -> Iterator[Problem]:
    for k, form in enumerate(censor.assessed_by):
        if form not in whole.study.forms:
            here = (*path, "censor", "assessed_by", str(k))
            what = f"'{form}' is no form of the study"
            yield unknown("unknown_form", path=here, got=form, known=whole.study.forms, what=what)


def _switch(endpoint: TimeToEvent, *, path: Path) -> Iterator[Problem]:
    """Find a dating of the sensitivity estimand that no event takes."""
    dating = endpoint.intercurrent.incomplete_resection
    if dating is not None and not any(isinstance(one, DatedEvent) for one in endpoint.events):
        yield Problem(
            kind="switch_without_event",
            path=(*path, "intercurrent", "incomplete_resection"),
            what=f"endpoint '{path[-1]}' dates incomplete resection, and has no event to date",
            got=say_dating(dating),
            fix="write the event as {event: NAME, date: at_surgery}, or take this out",
        )


def check_endpoints_fed(whole: Whole) -> Iterator[Problem]:
    """Find endpoints that rest on forms which stand in no visit."""
    visited = visited_forms(whole.study)
    for name, endpoint in whole.study.endpoints.items():
        for path, needed in _needs(whole, endpoint, path=("endpoints", name)):
            form = whole.form_of.get(needed, needed.removesuffix("_date"))
            if form in whole.study.forms and form not in visited:
                yield _not_fed(path, f"'{needed}' of form '{form}'", got=needed)
        if _needs_scans(whole, endpoint):
            lesions = {form for form, _ in forms_for(whole.study, FormPurpose.LESIONS)}
            if not lesions & visited:
                yield _not_fed(("endpoints", name), "scans", got="no form of lesions")


def _not_fed(path: Path, what: str, *, got: str) -> Problem:
    return Problem(
        kind="endpoint_no_form",
        path=path,
        what=f"endpoint '{path[1]}' rests on {what}, which no visit asks",
        got=got,
        fix="let the form stand in a visit",
    )


def _needs(whole: Whole, endpoint: Endpoint, *, path: Path) -> Iterator[tuple[Path, str]]:
    match endpoint:
        case Binary(rule=rule):
            yield from (((*path, "rule"), name) for name in _names(rule))
        case Measured(value=rule):
            yield from (((*path, "value"), name) for name in _names(rule))
        case ResponseEndpoint(recorded=recorded):
            yield from (((*path, "recorded"), name) for name in (recorded,) if name)
        case TimeToEvent():
            if endpoint.recorded is not None:
                yield (*path, "recorded", "days"), endpoint.recorded.days
            for k, event in enumerate(endpoint.events):
                here = (*path, "events", str(k))
                yield from ((here, one) for one in _dates(_definition(whole, event)))


def _dates(event: EventDefinition | None) -> tuple[str, ...]:
    if not isinstance(event, RecordedEvent):
        return ()
    return (event.date,) if event.suspected is None else (event.date, event.suspected)


def _definition(whole: Whole, event: str | DatedEvent) -> EventDefinition | None:
    return whole.study.events.get(_name_of(event))


def _needs_scans(whole: Whole, endpoint: Endpoint) -> bool:
    match endpoint:
        case ResponseEndpoint(recorded=None):
            return True
        case TimeToEvent(events=events):
            return any(isinstance(_definition(whole, event), ResponseEvent) for event in events)
        case _:
            return False


def _names(rule: str) -> tuple[str, ...]:
    try:
        return rule_names(rule)
    except UnreadableRuleError:
        return ()
