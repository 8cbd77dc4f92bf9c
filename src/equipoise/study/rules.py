"""Rules: SQL expressions over item names, read by polars, with three-valued logic.

`visit.item` names the value of an item at one visit and becomes the column `visit.item`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl
from polars.exceptions import PolarsError

from equipoise.base.errors import bad_input
from equipoise.study.forms import ItemType

POLARS_TYPE: Mapping[ItemType, pl.DataType] = {
    ItemType.NUMBER: pl.Float64(),
    ItemType.INTEGER: pl.Int64(),
    ItemType.YES_NO: pl.Boolean(),
    ItemType.DATE: pl.Date(),
    ItemType.PARTIAL_DATE: pl.String(),
    ItemType.TEXT: pl.String(),
    ItemType.CODE: pl.String(),
}
"""How the values of each kind of item are held in a frame."""

_QUOTED_OR_QUALIFIED = re.compile(r"'(?:[^']|'')*'|\b([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\b")


class UnreadableRuleError(ValueError):
    """A rule that is no SQL expression, or uses a function that does not exist."""


class ManyRowsError(UnreadableRuleError):
    """A rule that speaks of many rows at once."""


@lru_cache(maxsize=4096)
def read_rule(rule: str) -> pl.Expr:
    """Return the expression that a rule stands for.

    Raises
    ------
    UnreadableRuleError
        When the text is no SQL expression, or names an unknown function.
    """
    try:
        expression = pl.sql_expr(_QUOTED_OR_QUALIFIED.sub(_quote, rule))
    except PolarsError as error:
        raise UnreadableRuleError(str(error).splitlines()[0]) from None
    if str(expression.meta.undo_aliases()) != str(expression):
        # SQL takes `a = 1 b` for "a = 1, called b": in a rule the `and` has been forgotten.
        extra = expression.meta.output_name()
        raise UnreadableRuleError(f"the word '{extra}' stands where the rule should have ended")
    return expression


def _quote(match: re.Match[str]) -> str:
    return f'"{match[1]}.{match[2]}"' if match[1] else match[0]


@lru_cache(maxsize=4096)
def rule_names(rule: str) -> tuple[str, ...]:
    """Return the names a rule uses, each once, in order of appearance."""
    return tuple(dict.fromkeys(read_rule(rule).meta.root_names()))


def rule_type(rule: str, names: Mapping[str, pl.DataType]) -> pl.DataType:
    """Return the type of a rule's answer over items of the given types.

    Raises
    ------
    UnreadableRuleError
        When the rule compares what cannot be compared (a number with a text).
    ManyRowsError
        When the rule is an aggregate.
    """
    expression = read_rule(rule)
    used = [name for name in rule_names(rule) if name in names] or list(names)[:1]
    frame = pl.DataFrame(
        schema={name: names[name] for name in used}, data={name: [None, None] for name in used}
    )
    try:
        answer = frame.select(expression)
    except PolarsError as error:
        raise UnreadableRuleError(str(error).splitlines()[0]) from None
    counted = "len()" in str(expression)
    if counted or (rule_names(rule) and answer.height != frame.height):
        raise ManyRowsError("a rule speaks of one subject or row, not of a sum over many")
    return answer.dtypes[0]


def judge(rules: Mapping[str, str], frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame of answers: one column a rule, one row a row of the frame.

    A name of a rule that is no column of the frame counts as unknown.
    """
    absent = {name for rule in rules.values() for name in rule_names(rule)} - set(frame.columns)
    known = frame.with_columns(pl.lit(None).alias(name) for name in sorted(absent))
    answers = [read_rule(rule).alias(name) for name, rule in rules.items()]
    try:
        return known.with_columns(answers).select(list(rules)) if answers else pl.DataFrame()
    except PolarsError as error:
        raise bad_input(
            "a rule cannot be judged on these values",
            where="; ".join(rules.values()),
            got=str(error).splitlines()[0],
            fix="compare items with values of their own kind; do not cast",
        ) from None
