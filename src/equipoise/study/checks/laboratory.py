"""Laboratory: normal limits and CTCAE grades speak of the same items in the same units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.oncology.ctcae_table import CTCAE_V5, Of, Term
from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.forms import ItemType, NormalRange
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "normal_range_unknown_item": "Normal limits are given for an item that no form asks.",
    "normal_range_unit_mismatch": "Normal limits and their item have different units.",
    "normal_range_order": "A lower normal limit lies above the upper one.",
    "normal_range_missing": "A CTCAE grade counts from a normal limit that is not given.",
    "normal_range_without_sex": "Normal limits differ by sex, and no form asks the sex.",
    "unit_missing": "An item with limits or a CTCAE grade has no unit.",
    "ctcae_term_unknown": "An item names a CTCAE term that the package does not grade.",
    "ctcae_unit_mismatch": "A CTCAE term is graded in another unit than its item has.",
    "ctcae_on_other_type": "An item that holds no number has a CTCAE term.",
}

_NO_UNIT = frozenset({"", "1"})


def check_normal_ranges(whole: Whole) -> Iterator[Problem]:
    """Find normal limits that fit no item."""
    for name, limits in whole.study.laboratory.items():
        path = ("laboratory", name)
        item = whole.items.get(name)
        if item is None:
            yield unknown(
                "normal_range_unknown_item",
                path=path,
                got=name,
                known=[other for other, item in whole.items.items() if item.unit],
                what=f"no form asks '{name}'",
            )
        else:
            kind = "normal_range_unit_mismatch"
            yield from _units(whole, name, other=limits.unit, kind=kind, path=(*path, "unit"))
        yield from _order(limits, path=path)
        if (limits.female or limits.male) and "sex" not in whole.items:
            yield Problem(
                kind="normal_range_without_sex",
                path=(*path, "female" if limits.female else "male"),
                what=f"the limits of '{name}' differ by sex, and no form asks 'sex'",
                got=name,
                fix="use the standard form demographics, or give one range for all",
            )


def _units(whole: Whole, name: str, *, other: str, kind: str, path: Path) -> Iterator[Problem]:
    """Compare the unit of an item with another one for it."""
    item = whole.items[name]
    mine, theirs = (set() if unit in _NO_UNIT else {unit} for unit in (item.unit or "", other))
    if theirs and not mine:
        yield Problem(
            kind="unit_missing",
            path=("forms", whole.form_of[name], "items", name),
            what=f"item '{name}' has no unit",
            got=name,
            fix=f"write unit: {other}",
        )
    elif mine != theirs:
        yield Problem(
            kind=kind,
            path=path,
            what=f"'{name}' is asked in {item.unit} and judged in {other or 'no unit'}",
            got=f"{item.unit} and {other or '1'}",
            fix="write both in one unit",
        )


def _order(limits: NormalRange, *, path: Path) -> Iterator[Problem]:
    if limits.low is not None and limits.high is not None and limits.low > limits.high:
        yield Problem(
            kind="normal_range_order",
            path=(*path, "low"),
            what="the lower limit lies above the upper one",
            got=f"{limits.low:g} .. {limits.high:g}",
            fix="exchange the two",
        )


def check_grades(whole: Whole) -> Iterator[Problem]:
    """Find items that cannot be graded by CTCAE."""
    for name, item in whole.items.items():
        if item.ctcae is None:
            continue
        here = ("forms", whole.form_of[name], "items", name)
        if item.ctcae not in set(Term):
            what = f"there are no CTCAE limits for the term of '{name}'"
            known = [term.value for term in Term]
            path = (*here, "ctcae")
            yield unknown("ctcae_term_unknown", path=path, got=item.ctcae, known=known, what=what)
            continue
        if item.type not in {ItemType.NUMBER, ItemType.INTEGER}:
            yield Problem(
                kind="ctcae_on_other_type",
                path=(*here, "type"),
                what=f"item '{name}' holds no number to grade",
                got=f"type: {item.type}",
                fix="let the type be number, or take the term out",
            )
        unit = CTCAE_V5[Term(item.ctcae)].unit
        path = (*here, "unit")
        yield from _units(whole, name, other=unit, kind="ctcae_unit_mismatch", path=path)
        yield from _limits(whole, name, term=Term(item.ctcae))


def _limits(whole: Whole, name: str, *, term: Term) -> Iterator[Problem]:
    needed = {row.of for row in CTCAE_V5[term].rows}
    limits = whole.study.laboratory.get(name)
    for of, end in ((Of.LOWER_LIMIT, "low"), (Of.UPPER_LIMIT, "high")):
        given = limits is not None and (
            getattr(limits, end) is not None or (limits.female and limits.male)
        )
        if of in needed and not given:
            yield Problem(
                kind="normal_range_missing",
                path=("laboratory", name),
                what=f"the CTCAE grade of '{name}' counts from {of}, which is not given",
                got="no limit",
                fix=f"give '{end}' for '{name}' in the normal limits of the laboratory",
            )
