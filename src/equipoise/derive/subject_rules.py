"""Every rule of the study that is judged on subjects, and the names it uses."""

from __future__ import annotations

from typing import assert_never

from equipoise.study.endpoints import (
    Binary,
    Endpoint,
    EventDefinition,
    Measured,
    RecordedEvent,
    ResponseEndpoint,
    ResponseEvent,
    TimeToEvent,
)
from equipoise.study.rules import rule_names
from equipoise.study.study import Study


def names_in_rules(study: Study) -> tuple[str, ...]:
    """Return every name that a rule about a subject uses, each once."""
    criteria = (study.eligibility.include | study.eligibility.exclude).values()
    rules = [
        *(stratum.rule for stratum in study.strata.values()),
        *(criterion.rule for criterion in criteria),
        *(chosen.rule for chosen in study.analysis_sets.values()),
        *(rule for event in study.events.values() for rule in _of_event(event)),
        *(rule for endpoint in study.endpoints.values() for rule in _of_endpoint(endpoint)),
    ]
    return tuple(dict.fromkeys(name for rule in rules for name in rule_names(rule)))


def visit_names(study: Study) -> tuple[str, ...]:
    """Return each ``visit.item`` that a rule about a subject uses."""
    return tuple(name for name in names_in_rules(study) if "." in name)


def repeating_forms(study: Study) -> dict[str, tuple[str, ...]]:
    """Return the forms that repeat and that a rule about a subject asks, with the items it uses."""
    names = set(names_in_rules(study))
    used = {
        name: tuple(item for item in form.items if item in names)
        for name, form in study.forms.items()
        if form.repeats is not None
    }
    return {name: items for name, items in used.items() if items}


def _of_event(event: EventDefinition) -> tuple[str, ...]:
    match event:
        case RecordedEvent(when=rule) | ResponseEvent(unless=rule):
            return () if rule is None else (rule,)
        case _:
            assert_never(event)


def _of_endpoint(endpoint: Endpoint) -> tuple[str, ...]:
    match endpoint:
        case Binary(rule=rule) | Measured(value=rule):
            return (rule,)
        case TimeToEvent(recorded=recorded):
            return () if recorded is None else (recorded.event,)
        case ResponseEndpoint():
            return ()
        case _:
            assert_never(endpoint)
