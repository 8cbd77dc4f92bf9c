"""The expression behind a rule as a tree, to see what it compares with what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from polars.exceptions import PolarsError

from equipoise.study.rules import read_rule

COMPARISONS = frozenset({"==", "!=", "==v", "!=v", "<", "<=", ">", ">="})
_LOGICAL = frozenset({"&", "|"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%"})
_WITH_DECIMALS: Mapping[str, str] = {
    "lt": "<",
    "lt_eq": "<=",
    "gt": ">",
    "gt_eq": ">=",
    "eq": "==",
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "rem": "%",
}
"""How polars spells an operator beside an exact decimal (`neutrophils < 1.5`)."""

_COLUMN = re.compile(r'^col\("([^"]+)"\)$')
_BOOLEAN_CAST = ".strict_cast(Boolean)"

Literal = str | bool | int | float


@dataclass(frozen=True, slots=True)
class Node:
    """One step of an expression.

    Attributes
    ----------
    expression : polars.Expr
        The step with everything below it.
    parts : tuple[Node, ...]
        What it is made of, from left to right.
    """

    expression: pl.Expr
    parts: tuple[Node, ...]

    @property
    def text(self) -> str:
        """The step as polars spells it."""
        return str(self.expression)

    @property
    def column(self) -> str | None:
        """The name it stands for, when it is a name and nothing else."""
        match = _COLUMN.match(self.text)
        return match[1] if match else None

    @property
    def operator(self) -> str | None:
        """The operator between its two parts, or None."""
        if len(self.parts) != 2:
            return None
        first, second = (part.text for part in self.parts)
        text = self.text
        head, tail = f"[({first}) ", f" ({second})]"
        if text.startswith(head) and text.endswith(tail):
            return text[len(head) : -len(tail)]
        head, tail = f"{first}.sql_", f"([{second}])"
        if text.startswith(head) and text.endswith(tail):
            return _WITH_DECIMALS.get(text[len(head) : -len(tail)])
        return None

    @property
    def constant(self) -> bool:
        """Whether no name is in it."""
        return not self.expression.meta.root_names()

    def steps(self) -> Iterator[Node]:
        """Return this step and every one below it."""
        yield self
        for part in self.parts:
            yield from part.steps()

    def values(self) -> tuple[Literal, ...]:
        """Return the values of a constant step: one, or those of a list."""
        found = pl.select(self.expression).to_series()
        column = found.explode() if isinstance(found.dtype, pl.List) else found
        return tuple(_literal(value) for value in column.to_list() if _is_literal(value))


def _is_literal(value: object) -> bool:
    return isinstance(value, str | bool | int | float | Decimal)


def _literal(value: Literal | Decimal) -> Literal:
    # SQL reads 0.5 as an exact decimal
    return float(value) if isinstance(value, Decimal) else value


def tree_of(rule: str) -> Node:
    """Return the tree of a rule.

    Raises
    ------
    UnreadableRuleError
        When the rule cannot be read.
    """
    return _node(read_rule(rule))


def _node(expression: pl.Expr) -> Node:
    # polars gives the parts last first
    return Node(expression, tuple(_node(part) for part in reversed(expression.meta.pop())))


def mismatches(rule: str, names: Mapping[str, pl.DataType]) -> Iterator[str]:
    """Say what a rule puts together that does not belong together, though polars would take it.

    A date beside a number, yes or no beside a number, `and` between numbers: polars reads them by
    the bits; a person who wrote them meant something else.
    """
    for node in tree_of(rule).steps():
        sorts = [_sort(part, names) for part in node.parts]
        operator = node.operator
        if operator in COMPARISONS and len(set(sorts) - {"nothing"}) > 1:
            yield f"it compares {sorts[0]} with {sorts[1]}"
        if operator in _LOGICAL and set(sorts) - {"yes or no", "nothing"}:
            yield "'and' and 'or' stand between what is not yes or no"
        if operator in _ARITHMETIC and "yes or no" in sorts:
            yield "it counts with yes or no"
        if _is_negation(node) and set(sorts) - {"yes or no", "nothing"}:
            yield "'not' stands before what is not yes or no"


def _is_negation(node: Node) -> bool:
    return len(node.parts) == 1 and node.text == node.parts[0].text + _BOOLEAN_CAST


def _sort(node: Node, names: Mapping[str, pl.DataType]) -> str:
    """Return the sort of value a step answers with, in words."""
    used = node.expression.meta.root_names()
    known = {name: names[name] for name in used if name in names}
    try:
        kinds = pl.LazyFrame(schema=known).select(node.expression).collect_schema().dtypes()
    except PolarsError:
        return "nothing"
    return sort_of(kinds[0])


def sort_of(kind: pl.DataType) -> str:
    """Return the sort of values of a type, in words."""
    if kind == pl.Boolean:
        return "yes or no"
    if kind.is_numeric():
        return "a number"
    if kind == pl.Duration:
        return "a length of time"
    if kind.is_temporal():
        return "a date"
    return "nothing" if kind == pl.Null else "text"


def compares_only(rule: str) -> bool:
    """Tell whether a rule only compares names with constants or names, joined by and, or, not.

    Then values on both sides of each constant show every way in which it can be true.
    """
    return all(_is_simple(node) for node in tree_of(rule).steps() if not node.constant)


def _is_simple(node: Node) -> bool:
    if not node.parts:
        return True
    first = node.parts[0]
    if node.operator in COMPARISONS or (len(node.parts) == 2 and _is_in(node)):
        return all(part.constant or part.column is not None for part in node.parts)
    ends = (_BOOLEAN_CAST, ".not()", ".is_null()", ".is_not_null()")
    return node.operator in _LOGICAL or node.text in {f"{first.text}{end}" for end in ends}


def compared_values(rule: str) -> Iterator[tuple[str, Literal]]:
    """Return (name, value) for each value that a rule compares a name with."""
    for node in tree_of(rule).steps():
        if len(node.parts) != 2 or not (node.operator in COMPARISONS or _is_in(node)):
            continue
        for one, other in (node.parts, node.parts[::-1]):
            if one.column is not None and other.constant:
                yield from ((one.column, value) for value in other.values())


def _is_in(node: Node) -> bool:
    return node.text.startswith(f"{node.parts[0].text}.sql_is_in(")
