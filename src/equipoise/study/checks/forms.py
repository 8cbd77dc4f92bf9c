"""Forms: each is filled at some visit, and each item holds one sort of value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.oncology.toxicity.ctcae_rows import Term
from equipoise.oncology.toxicity.laboratory_units import factor_to
from equipoise.study.checks.problem import Problem, Whole, visited_forms
from equipoise.study.forms import Item, ItemType
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "form_unused": "A form stands in no visit, so nobody fills it in.",
    "code_item_without_codes": "An item of codes has no list of them.",
    "codes_on_other_type": "An item that holds no codes has a list of codes.",
    "range_without_number": "An item that holds no number has a range.",
    "unit_without_number": "An item that holds no number has a unit.",
    "units_without_unit": "An item takes other units and has none of its own.",
    "units_without_number": "An item that a person fills with no decimal number takes other units.",
    "unit_said_twice": "An item names its own unit among the others.",
    "unit_factor_differs": "A unit is converted in another way than its CTCAE term says.",
    "computed_item_required": "An item that the server fills in is required of a person.",
    "computed_item_two_ways": "An item is computed by a rule and by a function.",
    "inputs_without_function": "An item names inputs but no function that takes them.",
    "required_two_ways": "An item is required always and under a condition.",
}

_NUMBERS = frozenset({ItemType.NUMBER, ItemType.INTEGER})
_NEAR = 0.01
"""A factor is rounded as laboratories round it: 17.1 and not 17.1035."""


def check_forms_used(whole: Whole) -> Iterator[Problem]:
    """Find forms that stand in no visit."""
    visited = visited_forms(whole.study)
    for name in whole.study.forms:
        if name not in visited:
            yield Problem(
                kind="form_unused",
                path=("forms", name),
                what=f"form '{name}' stands in no visit",
                got=name,
                fix="name it in the forms of a visit, or take it out of the study",
            )


def check_items(whole: Whole) -> Iterator[Problem]:
    """Find items whose words contradict each other."""
    for form_name, form in whole.study.forms.items():
        for name, item in form.items.items():
            path = ("forms", form_name, "items", name)
            yield from _value(item, name, path)
            yield from _units(item, name, path)
            yield from _computing(item, name, path)


def _value(item: Item, name: str, path: Path) -> Iterator[Problem]:
    if item.type is ItemType.CODE and not item.codes:
        fix = "write codes: {CODE: what it means, ...}"
        yield _of("code_item_without_codes", name, path, got=item.type, fix=fix)
    if item.codes and item.type is not ItemType.CODE:
        fix = "let the type be code, or take the codes out"
        yield _of("codes_on_other_type", name, (*path, "codes"), got=item.type, fix=fix)
    if item.range is not None and item.type not in _NUMBERS:
        fix = "let the type be number or integer, or take the range out"
        yield _of("range_without_number", name, (*path, "range"), got=item.type, fix=fix)
    if item.unit is not None and item.type not in _NUMBERS:
        fix = "let the type be number or integer, or take the unit out"
        yield _of("unit_without_number", name, (*path, "unit"), got=item.type, fix=fix)


def _units(item: Item, name: str, path: Path) -> Iterator[Problem]:
    here = (*path, "units")
    got = ", ".join(item.units)
    if item.units and (item.type is not ItemType.NUMBER or item.computed):
        fix = "let the type be number, entered by a person, or take the units out"
        yield _of("units_without_number", name, here, got=got, fix=fix)
    if item.units and item.unit is None:
        fix = "write unit: the one of the range, and the others as units: {mg/dL: 17.1}"
        yield _of("units_without_unit", name, here, got=got, fix=fix)
    if item.unit in item.units:
        yield _of("unit_said_twice", name, here, got=got, fix="name the other units only")
    for unit, factor in item.units.items():
        known = _factor(item, unit=unit)
        if known is not None and abs(factor / known - 1) > _NEAR:
            fix = f"write {unit}: {known:.5g}"
            got = f"{unit}: {factor:g}"
            yield _of("unit_factor_differs", name, (*here, unit), got=got, fix=fix)


def _factor(item: Item, *, unit: str) -> float | None:
    """Return what one of another unit is in the item's, by the CTCAE term; None when not known."""
    if item.ctcae not in set(Term) or item.unit is None:
        return None
    one, own = (factor_to(Term(item.ctcae), unit=name) for name in (unit, item.unit))
    return None if one is None or own is None else float(one / own)


def _computing(item: Item, name: str, path: Path) -> Iterator[Problem]:
    if item.computed and (item.required or item.required_when is not None):
        word = "required" if item.required else "required_when"
        fix = f"take '{word}' out: the server fills the item in"
        yield _of("computed_item_required", name, (*path, word), got=word, fix=fix)
    if item.compute is not None and item.function is not None:
        got = f"{item.compute} and {item.function}"
        yield _of("computed_item_two_ways", name, path, got=got, fix="keep one of the two")
    if item.inputs and item.function is None:
        got = ", ".join(item.inputs)
        fix = "name the function, or take the inputs out"
        yield _of("inputs_without_function", name, (*path, "inputs"), got=got, fix=fix)
    if item.required and item.required_when is not None:
        fix = "keep 'required_when' alone when it is required only sometimes"
        got = item.required_when
        yield _of("required_two_ways", name, (*path, "required_when"), got=got, fix=fix)


def _of(kind: str, name: str, path: Path, *, got: str, fix: str) -> Problem:
    what = f"item '{name}': {KINDS[kind][0].lower()}{KINDS[kind][1:-1]}"
    return Problem(kind=kind, path=path, what=what, got=got, fix=fix)
