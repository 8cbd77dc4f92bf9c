"""Every rule of a study, with the names it may use and the answer it should give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.study.checks.problem import Whole
from equipoise.study.endpoints import Binary, Measured, RecordedEvent, ResponseEvent, TimeToEvent
from equipoise.study.forms import ItemType
from equipoise.study.namespace import form_names
from equipoise.study.regimens import Hold
from equipoise.study.yaml_tree import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRule:
    """One rule of the study.

    Attributes
    ----------
    path : Path
        Where it stands.
    rule : str
        Its words.
    answers : ItemType
        The sort of answer it should give.
    names : Mapping[str, polars.DataType]
        What it may name.
    """

    path: Path
    rule: str
    answers: ItemType
    names: Mapping[str, pl.DataType]


def said_rules(whole: Whole) -> Iterator[SaidRule]:
    """Return every rule of a study."""
    on_forms = form_names(whole.study)
    for path, rule, answers in _rules_on_forms(whole):
        yield SaidRule(path=path, rule=rule, answers=answers, names=on_forms)
    for path, rule, answers in _rules_of_subjects(whole):
        yield SaidRule(path=path, rule=rule, answers=answers, names=whole.names)


_Said = Iterator[tuple[Path, str, ItemType]]


def _rules_on_forms(whole: Whole) -> _Said:
    for form_name, form in whole.study.forms.items():
        for name, item in form.items.items():
            here = ("forms", form_name, "items", name)
            if item.required_when is not None:
                yield (*here, "required_when"), item.required_when, ItemType.YES_NO
            if item.compute is not None and item.risk is None:  # a table has rules of its own
                yield (*here, "compute"), item.compute, item.type
        for name, check in form.checks.items():
            yield ("forms", form_name, "checks", name, "rule"), check.rule, ItemType.YES_NO


def _rules_of_subjects(whole: Whole) -> _Said:
    yield from _rules_of_population(whole)
    yield from _rules_of_doses(whole)
    yield from _rules_of_events(whole)
    yield from _rules_of_endpoints(whole)
    for table, one in whole.study.risk.items():
        for factor, found in one.factors.items():
            yield ("risk", table, "factors", factor, "when"), found.when, ItemType.YES_NO
    for name, scenario in whole.study.scenarios.items():
        for factor, risk in scenario.risk.items():
            path = ("scenarios", name, "risk", factor, "when")
            yield path, risk.when, ItemType.YES_NO


def _rules_of_population(whole: Whole) -> _Said:
    study = whole.study
    for side, criteria in (
        ("include", study.eligibility.include),
        ("exclude", study.eligibility.exclude),
    ):
        for name, criterion in criteria.items():
            yield ("eligibility", side, name, "rule"), criterion.rule, ItemType.YES_NO
    for name, stratum in study.strata.items():
        yield ("strata", name, "rule"), stratum.rule, ItemType.YES_NO
    for name, analysis_set in study.analysis_sets.items():
        yield ("analysis_sets", name, "rule"), analysis_set.rule, ItemType.YES_NO


def _rules_of_doses(whole: Whole) -> _Said:
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            for when, rows in tables.items():
                for k, row in enumerate(rows):
                    here = ("regimens", name, "modify", drug, when, str(k))
                    yield (*here, "when"), row.when, ItemType.YES_NO
                    for word, action in (("then", row.then), ("again", row.again)):
                        if isinstance(action, Hold) and action.until is not None:
                            yield (*here, word), action.until, ItemType.YES_NO


def _rules_of_events(whole: Whole) -> _Said:
    for name, event in whole.study.events.items():
        match event:
            case RecordedEvent(when=str(rule)):
                yield ("events", name, "when"), rule, ItemType.YES_NO
            case ResponseEvent(unless=str(rule)):
                yield ("events", name, "unless"), rule, ItemType.YES_NO
            case _:
                pass


def _rules_of_endpoints(whole: Whole) -> _Said:
    for name, endpoint in whole.study.endpoints.items():
        match endpoint:
            case Binary():
                yield ("endpoints", name, "rule"), endpoint.rule, ItemType.YES_NO
            case Measured():
                yield ("endpoints", name, "value"), endpoint.value, ItemType.NUMBER
            case TimeToEvent(recorded=recorded) if recorded is not None:
                path = ("endpoints", name, "recorded", "event")
                yield path, recorded.event, ItemType.YES_NO
            case _:
                pass
