"""Values before enrolment, what is computed from them, and how much risk they carry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from equipoise.base.errors import BadInput
from equipoise.simulate.dice import Dice
from equipoise.simulate.quantiles import as_item, quantile
from equipoise.study.forms import Item
from equipoise.study.functions import FUNCTIONS, Value
from equipoise.study.namespace import form_names
from equipoise.study.rules import judge, rule_names
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study

Values = dict[str, Value]


def draw_baseline(study: Study, scenario: Scenario, *, dice: Dice) -> Values:
    """Return the values that the scenario draws before enrolment, by item."""
    items = items_of(study)
    values: Values = {}
    for name, distribution in scenario.baseline.items():
        value = quantile(distribution, dice.uniform(f"baseline/{name}"))
        values[name] = as_item(value, items[name]) if name in items else value
    return values


def items_of(study: Study) -> dict[str, Item]:
    """Return every item of the study by its name."""
    return {name: item for form in study.forms.values() for name, item in form.items.items()}


def complete(
    study: Study, rows: Sequence[Mapping[str, Value]], *, names: Iterable[str]
) -> pl.DataFrame:
    """Return a frame of rows with the computed items and strata that some names depend on.

    What cannot be computed from the row is unknown.
    """
    types = form_names(study)
    known = {name: types[name] for row in rows for name in row if name in types}
    frame = pl.DataFrame([dict(row) for row in rows], schema=known, orient="row")
    items = items_of(study)
    for name in _needed(study, names):
        if name not in frame.columns:
            frame = frame.with_columns(_computed(study, frame, name=name, item=items.get(name)))
    return frame


def _needed(study: Study, names: Iterable[str]) -> list[str]:
    """Return computed items and strata behind some names, those needed first in front."""
    items, order = items_of(study), list[str]()

    def follow(name: str, path: frozenset[str]) -> None:
        behind = _behind(study, name, items.get(name))
        if not behind or name in path or name in order:
            return
        for each in behind:
            follow(each, path | {name})
        order.append(name)

    for name in names:
        follow(name, frozenset())
    return order


def _behind(study: Study, name: str, item: Item | None) -> tuple[str, ...]:
    """Return what a name is worked out from; nothing for what is asked."""
    if name in study.strata:
        return rule_names(study.strata[name].rule)
    if item is not None and item.compute is not None:
        return rule_names(item.compute)
    if item is not None and item.function in FUNCTIONS:
        return tuple(_inputs(item).values())
    return ()


def _inputs(item: Item) -> dict[str, str]:
    needs = FUNCTIONS[item.function or ""].needs
    return {argument: item.inputs.get(argument, argument) for argument in needs}


def _computed(study: Study, frame: pl.DataFrame, *, name: str, item: Item | None) -> pl.Series:
    kind = form_names(study)[name]
    if name in study.strata:
        return judge({name: study.strata[name].rule}, frame)[name].cast(kind)
    if item is not None and item.compute is not None:
        return judge({name: item.compute}, frame)[name].cast(kind)
    answers = [_answer(item, row) for row in frame.to_dicts()] if item is not None else []
    return pl.Series(name, answers, dtype=kind)


def _answer(item: Item, row: Mapping[str, Value]) -> Value:
    known = {argument: row.get(name) for argument, name in _inputs(item).items()}
    optional = FUNCTIONS[item.function or ""].optional
    given = {
        argument: value
        for argument, value in known.items()
        if value is not None or argument not in optional
    }
    try:
        return FUNCTIONS[item.function or ""].call(**given)
    except BadInput:
        return None


def hazard_ratios(
    study: Study, scenario: Scenario, rows: Sequence[Mapping[str, Value]]
) -> tuple[float, ...]:
    """Return for each row the product of the hazard ratios of the risk factors it has.

    A factor that is unknown counts as absent.
    """
    rules = {name: factor.when for name, factor in scenario.risk.items()}
    if not rules or not rows:
        return (1.0,) * len(rows)
    names = [name for rule in rules.values() for name in rule_names(rule)]
    answers = judge(rules, complete(study, rows, names=names))
    ratios = [factor.hazard_ratio for factor in scenario.risk.values()]
    return tuple(
        math.prod(ratio for ratio, has in zip(ratios, row, strict=True) if has)
        for row in answers.rows()
    )
