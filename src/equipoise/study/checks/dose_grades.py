"""Grades that dose tables ask: each one exists, by the study's CTCAE, for the term it is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from equipoise.oncology.toxicity.ctcae_editions import TABLES
from equipoise.study.checks.problem import Problem, Whole
from equipoise.study.checks.rule_tree import COMPARISONS, Node, tree_of
from equipoise.study.event_terms import event_terms, grades_of_events
from equipoise.study.laboratory_grade import graded_items
from equipoise.study.regimens import DoseRule, Hold
from equipoise.study.rules import UnreadableRuleError
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "dose_rule_grade_unknown": "A row of a table asks a grade that its CTCAE term does not have.",
}


def check_grades_exist(whole: Whole) -> Iterator[Problem]:
    """Find comparisons with a grade that are true for no grade of its term, nor without event."""
    grades = _grades_of_names(whole)
    for path, rule in _rules(whole):
        for node in _comparisons(rule):
            (name,) = node.expression.meta.root_names()
            if name in grades and not _ever_true(node, name=name, grades=grades[name]):
                yield _never(whole, node, name=name, grades=grades[name], path=path)


def _grades_of_names(whole: Whole) -> dict[str, frozenset[int]]:
    """Return the grades that a rule can find under each name; 0 is none of them.

    Blood values have the grades that a number can reach, without those only a clinician gives.
    """
    study = whole.study
    rows = TABLES[study.toxicity.criteria]
    blood = {
        item.name: rows[item.term].by_number
        for item in graded_items(study).values()
        if item.term in rows
    }
    events = event_terms(study)
    found = {item: grades for item, grades in blood.items() if item not in events}
    return {f"{name}_grade": grades for name, grades in (found | grades_of_events(study)).items()}


def _rules(whole: Whole) -> Iterator[tuple[Path, str]]:
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            for when, rows in tables.items():
                for k, row in enumerate(rows):
                    yield from _of_row(row, path=("regimens", name, "modify", drug, when, str(k)))


def _of_row(row: DoseRule, *, path: Path) -> Iterator[tuple[Path, str]]:
    yield (*path, "when"), row.when
    for word, action in (("then", row.then), ("again", row.again)):
        if isinstance(action, Hold) and action.until is not None:
            yield (*path, word), action.until


def _comparisons(rule: str) -> Iterator[Node]:
    """Yield the steps of a rule that compare one name with a constant; none of an unreadable."""
    try:
        steps = tuple(tree_of(rule).steps())
    except UnreadableRuleError:
        return
    for node in steps:
        names = [part.column for part in node.parts if part.column is not None]
        constant = any(part.constant for part in node.parts)
        if node.operator in COMPARISONS and constant and len(names) == 1:
            yield node


def _ever_true(node: Node, *, name: str, grades: frozenset[int]) -> bool:
    possible = pl.DataFrame({name: [0, *sorted(grades)]})
    return bool(possible.select(node.expression.any()).item())


def _never(whole: Whole, node: Node, *, name: str, grades: frozenset[int], path: Path) -> Problem:
    one = name.removesuffix("_grade")
    term = event_terms(whole.study).get(one) or whole.items[one].label
    have = ", ".join(str(grade) for grade in sorted(grades))
    spoken = whole.study.toxicity.criteria.spoken
    return Problem(
        kind="dose_rule_grade_unknown",
        path=path,
        what=f"the row asks a grade of {term} that does not exist: {spoken} has {have}",
        got=_in_words(node),
        fix=f"ask one of the grades {have}, or take it out of the row",
    )


def _in_words(node: Node) -> str:
    """Return a comparison as a person writes it."""
    sides = (part.column or ", ".join(str(one) for one in part.values()) for part in node.parts)
    spelled = str(node.operator).removesuffix("v")
    return f" {'=' if spelled == '==' else spelled} ".join(sides)
