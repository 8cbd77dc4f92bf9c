"""Rows of dose tables: each can be followed, none contradicts another, and every hold can end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import polars as pl

from equipoise.study.checks.problem import Problem, Whole
from equipoise.study.checks.rule_grid import tried_out
from equipoise.study.dose_tables import ANY_DAY
from equipoise.study.regimens import DoseRule, Hold, say_action
from equipoise.study.rules import UnreadableRuleError, read_rule, rule_names
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "dose_rule_unreachable": "A row of a table is never followed: it cannot be true, or rows above "
    "it always come first.",
    "dose_rule_contradiction": "Two rows say different things on the same condition.",
    "hold_never_ends": "A hold waits for what is never true, or only while its own row is true.",
}

_Tables = Mapping[str, tuple[DoseRule, ...]]


def check_rows_reached(whole: Whole) -> Iterator[Problem]:
    """Find rows that are never followed, and rows that contradict each other."""
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            path = ("regimens", name, "modify", drug)
            yield from _contradictions(whole, tables, path=path)
            for when, rows in tables.items():
                yield from _unreachable(whole, rows, path=(*path, when))


def _contradictions(whole: Whole, tables: _Tables, *, path: Path) -> Iterator[Problem]:
    """Find pairs of rows, of one table or of tables that speak of one day, on one condition."""
    rows = [(when, k, row) for when, said in tables.items() for k, row in enumerate(said)]
    for (other, _, first), (when, k, row) in combinations(rows, 2):
        together = other == when or ANY_DAY in {other, when}
        if not together or say_action(first.then) == say_action(row.then):
            continue
        if _same(whole, first.when, row.when):
            yield Problem(
                kind="dose_rule_contradiction",
                path=(*path, when, str(k)),
                what=f"on '{row.when}' {other} says '{say_action(first.then)}' and {when} says "
                f"'{say_action(row.then)}'",
                got=row.when,
                fix="keep one of the two rows",
            )


def _same(whole: Whole, one: str, other: str) -> bool:
    """Tell whether two rules say the same: in the same words, or for all values of their items."""
    try:
        if str(read_rule(one)) == str(read_rule(other)):
            return True
        names = set(rule_names(one))
        if names != set(rule_names(other)):
            return False
    except UnreadableRuleError:
        return one == other
    answers = tried_out(whole, [one, other], names=tuple(sorted(names)))
    if answers is None:
        return False
    alike = answers.select((pl.col("0").eq_missing(pl.col("1"))).all()).item()
    return bool(alike) and bool(answers["0"].any())


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

    Items that only rows above name stay unknown: a row above must be true whatever they are. Rows
    above that cannot be tried out are taken to leave room.
    """
    try:
        names = rule_names(rule)
    except UnreadableRuleError:
        return False
    simple = [one for one in above if tried_out(whole, [one], names=()) is not None]
    answers = tried_out(whole, [rule, *simple], names=names)
    if answers is None:
        return False
    true = pl.col("0").fill_null(value=False)
    earlier = [pl.col(str(k + 1)).fill_null(value=False) for k in range(len(simple))]
    shadow = pl.any_horizontal(earlier) if earlier else pl.lit(value=False)
    return not answers.select((true & ~shadow).any()).item()


def check_holds_end(whole: Whole) -> Iterator[Problem]:
    """Find holds that wait for what is never true, or only while their own row is true."""
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            for when, rows in tables.items():
                for k, row in enumerate(rows):
                    path = ("regimens", name, "modify", drug, when, str(k))
                    yield from _endless(whole, row, path=path)


def _endless(whole: Whole, row: DoseRule, *, path: Path) -> Iterator[Problem]:
    for word, action in (("then", row.then), ("again", row.again)):
        if isinstance(action, Hold) and _never_ends(whole, row.when, until=action.until):
            yield Problem(
                kind="hold_never_ends",
                path=(*path, word),
                what="the hold waits for what is never true while its own row is not",
                got=say_action(action),
                fix="wait for the other side of the row's own limit",
            )


def _never_ends(whole: Whole, when: str, *, until: str | None) -> bool:
    if until is None:
        return False
    try:
        names = tuple(dict.fromkeys((*rule_names(when), *rule_names(until))))
    except UnreadableRuleError:
        return False
    answers = tried_out(whole, [when, until], names=names)
    if answers is None:
        return False
    true = pl.col("1").fill_null(value=False)
    row = pl.col("0").fill_null(value=False)
    return not answers.select((true & ~row).any()).item()
