"""Computed items: the function exists, its inputs are asked, and nothing computes itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.study.checks.problem import Problem, Whole, suggest, unknown
from equipoise.study.checks.reach import needs_of
from equipoise.study.clinical_function import UNIT_OF, in_unit_of_argument
from equipoise.study.forms import Item, ItemType
from equipoise.study.functions import FUNCTIONS, ClinicalFunction
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "unknown_function": "An item names a clinical function that the package does not have.",
    "function_input_missing": "A function needs an item that the study does not ask.",
    "function_input_unknown": "An item gives a function an input that it does not take.",
    "function_input_type": "A function is given an item of another type than it takes.",
    "function_input_unit": "A function is given an item in another unit than it counts in.",
    "function_answer_type": "A function answers with another type than its item holds.",
    "compute_cycle": "An item is computed from itself, directly or through others.",
}


def check_functions(whole: Whole) -> Iterator[Problem]:
    """Find functions that do not exist, or do not get what they need."""
    for form_name, form in whole.study.forms.items():
        for name, item in form.items.items():
            if item.function is None:
                continue
            path = ("forms", form_name, "items", name)
            function = FUNCTIONS.get(item.function)
            if function is None:
                yield unknown(
                    "unknown_function",
                    path=(*path, "function"),
                    got=item.function,
                    known=FUNCTIONS,
                    what=f"item '{name}' names a clinical function that does not exist",
                )
            else:
                yield from _answer(item, function, path=path)
                yield from _inputs(whole, item, function=function, path=path)


def _answer(item: Item, function: ClinicalFunction, *, path: Path) -> Iterator[Problem]:
    if not _takes(item.type, function.answers):
        yield Problem(
            kind="function_answer_type",
            path=(*path, "type"),
            what=f"'{item.function}' answers with {function.answers}",
            got=f"type: {item.type}",
            fix=f"write type: {function.answers}",
        )


def _inputs(
    whole: Whole, item: Item, *, function: ClinicalFunction, path: Path
) -> Iterator[Problem]:
    for argument in item.inputs:
        if argument not in function.needs:
            yield Problem(
                kind="function_input_unknown",
                path=(*path, "inputs", argument),
                what=f"'{item.function}' takes no '{argument}'",
                got=argument,
                fix=suggest(argument, function.needs),
            )
    for argument, kind in function.needs.items():
        source = item.inputs.get(argument, argument)
        here = (*path, "inputs", argument) if argument in item.inputs else (*path, "function")
        given = whole.items.get(source)
        if given is not None and not _takes(kind, given.type):
            yield Problem(
                kind="function_input_type",
                path=here,
                what=f"'{item.function}' takes {argument} as {kind}, '{source}' is {given.type}",
                got=source,
                fix=f"give an item of type {kind}",
            )
        unit = "" if given is None else given.unit or ""
        if unit and not in_unit_of_argument(unit, argument=argument):
            wanted = UNIT_OF[argument]
            yield Problem(
                kind="function_input_unit",
                path=here,
                what=f"'{item.function}' takes {argument} in {wanted}, '{source}' is in {unit}",
                got=source,
                fix=f"record '{source}' in {wanted}; write {unit} as one of its other units",
            )
        needed = argument in item.inputs or argument not in function.optional
        if given is None and needed:
            yield Problem(
                kind="function_input_missing",
                path=here,
                what=f"'{item.function}' needs {argument}, and no form asks '{source}'",
                got=source,
                fix=f"ask '{source}', or write inputs: {{{argument}: ITEM}}",
            )


def _takes(wanted: ItemType, given: ItemType) -> bool:
    return wanted is given or (wanted is ItemType.NUMBER and given is ItemType.INTEGER)


def check_no_cycle(whole: Whole) -> Iterator[Problem]:
    """Find items that are computed from themselves."""
    needs = {name: needs_of(item) & whole.items.keys() for name, item in whole.items.items()}
    told: set[str] = set()
    for name, form in whole.form_of.items():
        ring = _ring(name, needs)
        if ring and not told & set(ring):
            told |= set(ring)
            yield Problem(
                kind="compute_cycle",
                path=("forms", form, "items", name),
                what=f"'{name}' is computed from itself",
                got=" <- ".join((*ring, name)),
                fix="compute one of them from items that a person fills in",
            )


def _ring(name: str, needs: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return a way from a name back to itself, or nothing."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if name in needs[way[-1]]:
            return way
        fresh = needs[way[-1]] - seen
        seen |= fresh
        ways += [(*way, part) for part in sorted(fresh)]
    return ()
