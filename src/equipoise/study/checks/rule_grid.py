"""Rules tried out over values on both sides of every limit that they name, and over missing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import polars as pl

from equipoise.study.checks.problem import Whole
from equipoise.study.checks.rule_tree import compares_only, tree_of
from equipoise.study.rules import UnreadableRuleError, judge, rule_type

_MOST_POINTS = 4000
"""Above this many combinations of values a rule is not tried out."""


def tried_out(whole: Whole, rules: list[str], *, names: tuple[str, ...]) -> pl.DataFrame | None:
    """Return the answers of rules, in columns `0`, `1` ..., over all combinations of some values.

    Items that are not named stay unknown. None when a rule cannot be judged, counts or calls a
    function, names a date, or has too many combinations to try.
    """
    try:
        points = _points(whole, rules, names=names)
        if points is None:
            return None
        return judge({str(k): rule for k, rule in enumerate(rules)}, points)
    except UnreadableRuleError:
        return None


def _points(whole: Whole, rules: list[str], *, names: tuple[str, ...]) -> pl.DataFrame | None:
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
