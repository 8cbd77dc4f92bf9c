"""Rules judged together: one look of polars at one row, with partial dates taken at their word."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

import polars as pl
from polars.exceptions import PolarsError

from equipoise.base.dates import parse_partial_date
from equipoise.base.errors import bad_input
from equipoise.conduct.values import Value
from equipoise.study.rules import read_rule, rule_names

MOST_RECENT = 4096
"""Answers that a set of rules keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rules that are judged together, in one look at one row.

    Attributes
    ----------
    labels : tuple of str
        What each rule is called.
    names : tuple of str
        The names that the rules use.
    schema : Mapping[str, polars.DataType]
        Their types.
    partial : tuple of int
        Which of the names are partial dates.
    expressions : tuple of polars.Expr
        The rules, parsed.

    Notes
    -----
    A rule answers the same to the same values, so recent answers are kept: half the forms of a
    trial are the dose of yesterday once more.
    """

    labels: tuple[str, ...]
    names: tuple[str, ...]
    schema: Mapping[str, pl.DataType]
    partial: tuple[int, ...]
    expressions: tuple[pl.Expr, ...]
    _recent: dict[tuple[Value, ...], dict[str, Value]] = field(default_factory=dict, repr=False)

    def answers(self, value_of: Callable[[str], Value]) -> dict[str, Value]:
        """Return the answer of each rule, None when unknown.

        A partial date stands for all the days it can be: an answer is given when the earliest
        and the latest of them agree, otherwise it is unknown.

        Raises
        ------
        BadInput
            When a rule cannot be worked out, which a study that passed `check` does not have.
        """
        if not self.labels:
            return {}
        values = tuple(value_of(name) for name in self.names)
        known = self._recent.get(values)
        if known is None:
            if len(self._recent) >= MOST_RECENT:
                self._recent.clear()
            known = self._recent[values] = self._judge(values)
        return dict(known)

    def _judge(self, values: tuple[Value, ...]) -> dict[str, Value]:
        rows = _corners(values, partial=self.partial)
        try:
            frame = pl.DataFrame(rows, schema=dict(self.schema), orient="row")
            answers = frame.select_seq(self.expressions).rows()
        except PolarsError as error:
            raise bad_input(
                "a rule of the study cannot be worked out",
                where=", ".join(self.labels),
                got=str(error).splitlines()[0],
                fix="correct the rule; `equipoise check` names it",
            ) from None
        agreed = (_agreed(said) for said in zip(*answers, strict=True))
        return dict(zip(self.labels, agreed, strict=True))


def _corners(values: tuple[Value, ...], *, partial: tuple[int, ...]) -> list[tuple[Value, ...]]:
    """Return the row with each incomplete date at its earliest and its latest day."""
    ends: list[tuple[Value, ...]] = [(value,) for value in values]
    for k in partial:
        text = values[k]
        if isinstance(text, str):
            date = parse_partial_date(text)
            days = (date.earliest().isoformat(), date.latest().isoformat())
            ends[k] = days[:1] if date.complete else days
    return list(product(*ends))


def _agreed(answers: tuple[Value | Decimal, ...]) -> Value:
    """Return the one answer of all corners, None when they differ or it is no number."""
    first = answers[0]
    if any(answer != first for answer in answers[1:]):
        return None
    if isinstance(first, Decimal):  # what SQL makes of a whole number times 2.5
        return float(first)
    return None if isinstance(first, float) and not math.isfinite(first) else first


def rule_set(
    rules: Mapping[str, str], *, types: Mapping[str, pl.DataType], partial: frozenset[str]
) -> RuleSet:
    """Return rules made ready.

    Parameters
    ----------
    rules : Mapping[str, str]
        Label -> rule.
    types : Mapping[str, polars.DataType]
        Types of the names; a name that is not there is unknown.
    partial : frozenset of str
        The names that are partial dates.
    """
    names = dict.fromkeys(name for rule in rules.values() for name in rule_names(rule))
    # A frame without columns has no row, so rules without names get a column they ignore.
    schema = {name: types.get(name, pl.Null()) for name in names} or {"subject": pl.String()}
    return RuleSet(
        labels=tuple(rules),
        names=tuple(schema),
        schema=schema,
        partial=tuple(k for k, name in enumerate(schema) if name in partial),
        expressions=tuple(read_rule(rule).alias(label) for label, rule in rules.items()),
    )
