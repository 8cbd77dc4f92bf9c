"""What the dose tables say of many days of many subjects, judged together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from equipoise.study.dose_tables import (
    Answers,
    Asked,
    DoseDay,
    DrugTables,
    TablesSay,
    tables_say,
)
from equipoise.study.rules import judge, rule_names


def judge_days(
    tables: DrugTables, *, days: Sequence[DoseDay], types: Mapping[str, pl.DataType]
) -> tuple[TablesSay, ...]:
    """Return what the tables of one drug say on each of its dose days.

    Parameters
    ----------
    tables : DrugTables
        The drug.
    days : Sequence[DoseDay]
        Its dose days, of all subjects.
    types : Mapping[str, polars.DataType]
        Types of the names that a rule may use.
    """
    answered = {asked: _answers(tables, asked, days=days, types=types) for asked in Asked}
    return tuple(
        tables_say(tables, day, answers=_of_day(answered, k)) for k, day in enumerate(days)
    )


def _answers(
    tables: DrugTables,
    asked: Asked,
    *,
    days: Sequence[DoseDay],
    types: Mapping[str, pl.DataType],
) -> list[dict[str, object]]:
    rules = tables.questions[asked]
    if not rules or not days:
        return [{} for _ in days]
    used = dict.fromkeys(name for rule in rules.values() for name in rule_names(rule))
    schema = {name: types[name] for name in used if name in types} or {"subject": pl.String()}
    rows = [
        {name: day.look_up(name, asked=asked, terms=tables.terms) for name in schema}
        for day in days
    ]
    return judge(rules, pl.DataFrame(rows, schema=schema, orient="row")).to_dicts()


def _of_day(answered: Mapping[Asked, list[dict[str, object]]], k: int) -> Answers:
    return {asked: rows[k] for asked, rows in answered.items()}
