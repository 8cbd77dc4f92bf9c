"""Dose changes: each row of a table names a drug and a day that exist, and can come true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, product

import polars as pl

from equipoise.base.quantities import Dose
from equipoise.study.checks.problem import Problem, Whole, suggest, unknown
from equipoise.study.checks.rule_tree import compares_only, tree_of
from equipoise.study.regimens import DoseRule, Drug, Reduce, Regimen, say_action
from equipoise.study.rules import UnreadableRuleError, judge, read_rule, rule_names, rule_type
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "modify_unknown_drug": "A table changes the dose of a drug that the regimen does not have.",
    "modify_day_unknown": "A table is for a day on which its drug is not given.",
    "dose_rule_unreachable": "A row of a table is never followed: it cannot be true, or rows above "
    "it always come first.",
    "dose_rule_contradiction": "Two rows say different things on the same condition.",
    "reduce_without_levels": "A row goes down a ladder that the drug does not have.",
    "reduce_not_less": "A reduced dose is not less than the planned one.",
}

_MOST_POINTS = 4000
"""Above this many combinations of values a row is not tried out."""


def check_tables(whole: Whole) -> Iterator[Problem]:
    """Find tables of drugs and days that the regimen does not have."""
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            path = ("regimens", name, "modify", drug)
            if drug not in regimen.drugs:
                what = f"'{drug}' is no drug of regimen '{name}'"
                known = regimen.drugs
                yield unknown("modify_unknown_drug", path=path, got=drug, known=known, what=what)
                continue
            days = _days(regimen, drug)
            for when in tables:
                if when not in days:
                    yield Problem(
                        kind="modify_day_unknown",
                        path=(*path, when),
                        what=f"{drug} is not given on '{when}'",
                        got=when,
                        fix=suggest(when, days),
                    )


def _days(regimen: Regimen, drug: str) -> tuple[str, ...]:
    days = regimen.drugs[drug].days
    listed = range(1, int(regimen.cycle.days) + 1) if days == "daily" else days
    return ("any_day", *(f"day_{day}" for day in listed))


def check_reductions(whole: Whole) -> Iterator[Problem]:
    """Find rows whose reduced dose cannot be worked out or is no reduction."""
    for path, row, drug in _rows(whole):
        match row.then:
            case Reduce(percent=None, to=None) if not drug.levels:
                yield Problem(
                    kind="reduce_without_levels",
                    path=(*path, "then"),
                    what="the row goes one level down, and the drug has no levels",
                    got=say_action(row.then),
                    fix="write levels: [...] for the drug, or reduce to a dose",
                )
            case Reduce() if not _is_less(row.then, drug):
                yield Problem(
                    kind="reduce_not_less",
                    path=(*path, "then"),
                    what="the reduced dose is not less than the planned one in the same unit",
                    got=f"{say_action(row.then)}; planned {drug.dose or 'by weight'}",
                    fix="reduce to a share between 0 % and 100 % or to a smaller dose",
                )
            case _:
                pass


def _rows(whole: Whole) -> Iterator[tuple[Path, DoseRule, Drug]]:
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            for when, rows in tables.items() if drug in regimen.drugs else ():
                for k, row in enumerate(rows):
                    path = ("regimens", name, "modify", drug, when, str(k))
                    yield path, row, regimen.drugs[drug]


def _is_less(action: Reduce, drug: Drug) -> bool:
    match action:
        case Reduce(percent=float(percent)):
            return 0 < percent < 100
        case Reduce(to=Dose() as dose) if drug.dose is not None:
            return dose.basis is drug.dose.basis and dose.mg < drug.dose.mg
        case _:
            return True


def check_rows_reached(whole: Whole) -> Iterator[Problem]:
    """Find rows that are never followed, and rows that contradict each other."""
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            path = ("regimens", name, "modify", drug)
            yield from _contradictions(tables, path=path)
            for when, rows in tables.items():
                yield from _unreachable(whole, rows, path=(*path, when))


def _contradictions(tables: Mapping[str, tuple[DoseRule, ...]], *, path: Path) -> Iterator[Problem]:
    said: dict[str, tuple[str, DoseRule]] = {}
    for when, rows in tables.items():
        for k, row in enumerate(rows):
            condition = _plain(row.when)
            other, first = said.setdefault(condition, (when, row))
            together = other == when or "any_day" in {other, when}
            if together and say_action(first.then) != say_action(row.then):
                yield Problem(
                    kind="dose_rule_contradiction",
                    path=(*path, when, str(k)),
                    what=f"on '{row.when}' {other} says '{say_action(first.then)}' and {when} says "
                    f"'{say_action(row.then)}'",
                    got=row.when,
                    fix="keep one of the two rows",
                )


def _plain(rule: str) -> str:
    try:
        return str(read_rule(rule))
    except UnreadableRuleError:
        return rule


def _unreachable(whole: Whole, rows: tuple[DoseRule, ...], *, path: Path) -> Iterator[Problem]:
    for k, row in enumerate(rows):
        if _is_shadowed(whole, [above.when for above in rows[:k]], row.when):
            yield Problem(
                kind="dose_rule_unreachable",
                path=(*path, str(k), "when"),
                what="this row is never followed: it cannot be true, or a row above it is true "
                "whenever it is",
                got=row.when,
                fix="write the rows from the strictest condition to the mildest",
            )


def _is_shadowed(whole: Whole, above: list[str], rule: str) -> bool:
    """Tell whether no values of a rule's items make it the first true one of its table.

    Items that only rows above name stay unknown: a row above must be true whatever they are.
    """
    try:
        points = _points(whole, [*above, rule], names=rule_names(rule))
        if points is None:
            return False
        answers = judge({str(k): one for k, one in enumerate([rule, *above])}, points)
    except UnreadableRuleError:
        return False
    true = pl.all_horizontal(pl.col("0").fill_null(value=False))
    earlier = [pl.col(str(k + 1)).fill_null(value=False) for k in range(len(above))]
    shadow = pl.any_horizontal(earlier) if earlier else pl.lit(value=False)
    return not answers.select((true & ~shadow).any()).item()


def _points(whole: Whole, rules: list[str], *, names: tuple[str, ...]) -> pl.DataFrame | None:
    """Return values of some items on both sides of every limit in the rules, in all combinations.

    None when a rule cannot be judged, counts or calls a function, names a date, or has too many
    combinations to try.
    """
    for rule in rules:
        if rule_type(rule, whole.names) != pl.Boolean or not compares_only(rule):
            return None
    tried = [_values(whole.names[name], rules) for name in names]
    size = 1
    for values in tried:
        size *= len(values)
    if not 0 < size <= _MOST_POINTS:
        return None
    rows = list(product(*tried)) or [()]
    frame = pl.DataFrame({"always": [True] * len(rows)})
    columns = [
        pl.Series(name, [row[k] for row in rows], dtype=whole.names[name], strict=False)
        for k, name in enumerate(names)
    ]
    return frame.with_columns(columns)


def _values(kind: pl.DataType, rules: list[str]) -> list[object]:
    found = {value for rule in rules for value in _constants(rule)}
    if kind == pl.Boolean:
        return [None, False, True]
    if kind == pl.String:
        return [None, *sorted(value for value in found if isinstance(value, str)), ""]
    if not kind.is_numeric():
        return []
    limits = sorted(float(value) for value in found if isinstance(value, int | float)) or [0.0]
    middles = [(low + high) / 2 for low, high in pairwise(limits)]
    return [None, limits[0] - 1, *limits, *middles, limits[-1] + 1]


def _constants(rule: str) -> Iterator[object]:
    for node in tree_of(rule).steps():
        if node.constant:
            yield from node.values()
