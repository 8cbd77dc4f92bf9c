"""Rules: each can be read, names what the study has, and compares like with like."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import polars as pl

from equipoise.study.checks.problem import Problem, Whole, suggest
from equipoise.study.checks.rule_tree import compared_values, mismatches, sort_of
from equipoise.study.checks.said_rules import SaidRule, said_rules
from equipoise.study.forms import ItemType
from equipoise.study.rules import (
    POLARS_TYPE,
    ManyRowsError,
    UnreadableRuleError,
    read_rule,
    rule_names,
    rule_type,
)

KINDS: Mapping[str, str] = {
    "rule_syntax": "A rule is no SQL expression.",
    "rule_unknown_function": "A rule calls a function that does not exist.",
    "rule_unknown_item": "A rule names what the study does not have.",
    "rule_type_mismatch": "A rule puts together what does not belong together (a date, a number).",
    "rule_many_rows": "A rule sums over many subjects or rows instead of speaking of one.",
    "rule_not_yes_no": "A rule that should be true or false answers with something else.",
    "rule_wrong_answer": "A rule that computes a value answers with another sort of value.",
    "code_not_in_list": "A rule compares an item with a code that is not in its list.",
}

_NO_FUNCTION = re.compile(r"unsupported function '([^']+)'")


def check_rules(whole: Whole) -> Iterator[Problem]:
    """Find what is wrong with each rule of the study."""
    for said in said_rules(whole):
        try:
            read_rule(said.rule)
        except UnreadableRuleError as error:
            yield _unreadable(said, str(error))
            continue
        missing = [name for name in rule_names(said.rule) if name not in said.names]
        yield from (_unknown_name(said, name) for name in missing)
        if not missing:
            yield from _meaning(said)
        yield from _codes(whole, said)


def _unreadable(said: SaidRule, message: str) -> Problem:
    function = _NO_FUNCTION.search(message)
    return Problem(
        kind="rule_unknown_function" if function else "rule_syntax",
        path=said.path,
        what=f"the rule cannot be read: {message}",
        got=said.rule,
        fix="use the functions of SQL, for example coalesce, abs, least, greatest"
        if function
        else "write an SQL expression, for example: ecog <= 1 and age between 18 and 75",
    )


def _unknown_name(said: SaidRule, name: str) -> Problem:
    return Problem(
        kind="rule_unknown_item",
        path=said.path,
        what=f"the rule names '{name}', which is no item, stratum or date of the study",
        got=said.rule,
        fix=_advice_on_name(name, said.names),
    )


def _advice_on_name(name: str, known: Collection[str]) -> str:
    if "." not in name and any(other.endswith(f".{name}") for other in known):
        return "take the name of an item or VISIT.ITEM"
    return suggest(name, known)


def _meaning(said: SaidRule) -> Iterator[Problem]:
    try:
        answer = rule_type(said.rule, said.names)
    except ManyRowsError as error:
        yield _many_rows(said, str(error))
        return
    except UnreadableRuleError as error:
        yield _mismatch(said, str(error))
        return
    for words in dict.fromkeys(mismatches(said.rule, said.names)):
        yield _mismatch(said, words)
    if not _fits(answer, said.answers):
        yield _wrong_answer(said, answer)


def _many_rows(said: SaidRule, message: str) -> Problem:
    return Problem(
        kind="rule_many_rows",
        path=said.path,
        what=message,
        got=said.rule,
        fix="compare items of one subject; counts over subjects are analyses",
    )


def _mismatch(said: SaidRule, message: str) -> Problem:
    return Problem(
        kind="rule_type_mismatch",
        path=said.path,
        what=f"the rule puts together what does not belong together: {message}",
        got=said.rule,
        fix="write a code as 'code', a day as date '2026-03-02', a length of time as "
        "interval '7 days', and yes or no by the item's name alone",
    )


def _fits(answer: pl.DataType, expected: ItemType) -> bool:
    if expected is ItemType.NUMBER:
        return answer.is_numeric()
    if expected is ItemType.INTEGER:
        return answer.is_integer()
    return answer == POLARS_TYPE[expected]


def _wrong_answer(said: SaidRule, answer: pl.DataType) -> Problem:
    yes_no = said.answers is ItemType.YES_NO
    wanted = "true or false" if yes_no else f"a value of type {said.answers}"
    return Problem(
        kind="rule_not_yes_no" if yes_no else "rule_wrong_answer",
        path=said.path,
        what=f"the rule should answer with {wanted}, and answers with {sort_of(answer)}",
        got=said.rule,
        fix="compare it with something" if yes_no else "let rule and type of the item agree",
    )


def _codes(whole: Whole, said: SaidRule) -> Iterator[Problem]:
    for name, value in dict.fromkeys(compared_values(said.rule)):
        codes = _code_list(whole, name.rpartition(".")[2])
        if codes and isinstance(value, str) and value not in codes:
            yield Problem(
                kind="code_not_in_list",
                path=said.path,
                what=f"'{name}' is never '{value}'",
                got=said.rule,
                fix=suggest(value, codes),
            )


def _code_list(whole: Whole, name: str) -> Collection[str]:
    if name == "arm":
        return whole.study.arms
    if name == "site":
        return whole.study.sites
    item = whole.items.get(name)
    return item.codes if item is not None and item.type is ItemType.CODE else ()
