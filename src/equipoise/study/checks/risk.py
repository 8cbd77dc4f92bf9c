"""Risk tables: ratios lie in their intervals, classes cover, and items ask what a table gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.forms import Item, ItemType
from equipoise.study.risk import ANSWERS, RiskTable, risk_rule
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "risk_ratio_outside_interval": "A hazard ratio does not lie in its own interval.",
    "risk_hazards_mixed": "A risk table multiplies ratios of different hazards.",
    "risk_classes_do_not_cover": "The classes of a risk table do not begin at 0 and rise.",
    "risk_unknown_table": "An item asks a risk table that the study does not have.",
    "risk_item_type": "An item asks a risk table for a type that no table answers with.",
    "risk_class_not_in_list": "A class of a risk table is no code of the item that asks for it.",
    "risk_item_two_ways": "An item asks a risk table and is computed otherwise as well.",
}


def check_tables(whole: Whole) -> Iterator[Problem]:
    """Find risk tables whose figures cannot be meant."""
    for name, table in whole.study.risk.items():
        path = ("risk", name)
        yield from _intervals(table, path=path)
        hazards = list(dict.fromkeys(factor.hazard for factor in table.factors.values()))
        if len(hazards) > 1:
            yield Problem(
                kind="risk_hazards_mixed",
                path=(*path, "factors"),
                what=f"table '{name}' multiplies ratios of different hazards",
                got=", ".join(hazards),
                fix="give each hazard a table of its own",
            )
        if not _covers(table):
            yield Problem(
                kind="risk_classes_do_not_cover",
                path=(*path, "classes"),
                what=f"the classes of table '{name}' do not begin at 0 and rise",
                got=", ".join(f"{one} {start:g}" for one, start in table.classes.items()),
                fix="write classes: {low: 0, intermediate: 1.5, high: 2.5}",
            )


def _intervals(table: RiskTable, *, path: Path) -> Iterator[Problem]:
    for name, factor in table.factors.items():
        if factor.interval is not None and factor.hazard_ratio not in factor.interval:
            yield Problem(
                kind="risk_ratio_outside_interval",
                path=(*path, "factors", name, "interval"),
                what=f"the hazard ratio of '{name}' does not lie in its interval",
                got=f"{factor.hazard_ratio:g} and {factor.interval}",
                fix="copy both from one line of the source",
            )


def _covers(table: RiskTable) -> bool:
    starts = list(table.classes.values())
    return starts[0] == 0 and all(one < other for one, other in pairwise(starts))


def check_items(whole: Whole) -> Iterator[Problem]:
    """Find items that ask a risk table for what it does not give."""
    for form_name, form in whole.study.forms.items():
        for name, item in form.items.items():
            if item.risk is None:
                continue
            path = ("forms", form_name, "items", name)
            table = whole.study.risk.get(item.risk)
            if table is None:
                what = f"item '{name}' asks a risk table that the study does not have"
                here = (*path, "risk")
                known = whole.study.risk
                yield unknown(
                    "risk_unknown_table", path=here, got=item.risk, known=known, what=what
                )
            else:
                yield from _item(item, table=table, path=path)


def _item(item: Item, *, table: RiskTable, path: Path) -> Iterator[Problem]:
    if item.type not in ANSWERS:
        yield Problem(
            kind="risk_item_type",
            path=(*path, "type"),
            what=f"'{path[-1]}' asks a risk table, which has no answer of this type",
            got=f"type: {item.type}",
            fix="write code (class), number (hazard ratio), integer (how many) or text (which)",
        )
        return
    two_ways = item.function is not None or (
        _covers(table) and item.compute != risk_rule(table, answers=item.type)
    )
    if two_ways:
        yield Problem(
            kind="risk_item_two_ways",
            path=(*path, "risk"),
            what=f"'{path[-1]}' asks a risk table and has a rule or function as well",
            got=item.function or item.compute or "nothing",
            fix="keep one of them",
        )
    for code in table.classes if item.type is ItemType.CODE else ():
        if code not in item.codes:
            what = f"class '{code}' of table '{item.risk}' is no code of '{path[-1]}'"
            here = (*path, "codes")
            known = item.codes
            yield unknown("risk_class_not_in_list", path=here, got=code, known=known, what=what)
