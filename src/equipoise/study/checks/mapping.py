"""Mapping: somebody else's tables fill forms, items and visits that the study has."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath

from equipoise.study.checks.problem import Problem, Whole, suggest, unknown
from equipoise.study.forms import Form, Item, ItemType
from equipoise.study.mapping import MappedForm, MappedItem
from equipoise.study.schedule import visit_of
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "mapping_unknown_form": "A table fills a form that the study does not have.",
    "mapping_unknown_item": "A table fills an item that its form does not ask.",
    "mapping_unknown_visit": "A table fills a visit that the study does not have, or that does not "
    "ask its form.",
    "mapping_unknown_value": "A table translates a value into none of the item's.",
    "mapping_without_day": "A table says neither in which column nor on which day it was filled.",
    "mapping_unknown_file": "A table stands in a file that is not in the study folder.",
    "mapping_unknown_column": "A table has no column of the name.",
}

_YES_NO = ("yes", "no", "true", "false")


def check_mapping(whole: Whole) -> Iterator[Problem]:
    """Find tables that fill what the study does not have."""
    for name, table in whole.study.data.items():
        path = ("data", name)
        form = whole.study.forms.get(name)
        if form is None:
            what = f"a table fills '{name}', which is no form of the study"
            known = whole.study.forms
            yield unknown("mapping_unknown_form", path=path, got=name, known=known, what=what)
        else:
            yield from _visit(whole, table, form=name, path=path)
            yield from _items(table, form, path=path)
        yield from _day(table, path=path)
        yield from _columns(whole.folder, table, path=path)


def _visit(whole: Whole, table: MappedForm, *, form: str, path: Path) -> Iterator[Problem]:
    found = visit_of(whole.study.schedule, table.visit)
    if found is None or form not in found[1].forms:
        visits = whole.study.schedule.visits
        known = [name for name, visit in visits.items() if form in visit.forms]
        yield unknown(
            "mapping_unknown_visit",
            path=(*path, "visit"),
            got=table.visit,
            known=known,
            what=f"'{table.visit}' is no visit that asks form '{form}'",
        )


def _items(table: MappedForm, form: Form, *, path: Path) -> Iterator[Problem]:
    for name, said in table.items.items():
        here = (*path, "items", name)
        item = form.items.get(name)
        if item is None:
            what = f"form '{path[-1]}' does not ask '{name}'"
            yield unknown("mapping_unknown_item", path=here, got=name, known=form.items, what=what)
        elif isinstance(said, MappedItem):
            yield from _values(item, said, path=here)


def _values(item: Item, said: MappedItem, *, path: Path) -> Iterator[Problem]:
    known = _YES_NO if item.type is ItemType.YES_NO else tuple(item.codes)
    for written, value in said.values.items():
        if known and value not in known:
            yield Problem(
                kind="mapping_unknown_value",
                path=(*path, "values", written),
                what=f"'{path[-1]}' is never '{value}'",
                got=value,
                fix=suggest(value, known),
            )


def _day(table: MappedForm, *, path: Path) -> Iterator[Problem]:
    if table.date is None and not _is_day(table.on):
        yield Problem(
            kind="mapping_without_day",
            path=(*path, "on") if table.on else path,
            what="the table does not say on which day its rows were filled",
            got=table.on or "neither 'date' nor 'on'",
            fix="write date: COLUMN, or on: '2026-03-02' for all rows",
        )


def _is_day(text: str | None) -> bool:
    try:
        return text is not None and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _columns(folder: FilePath, table: MappedForm, *, path: Path) -> Iterator[Problem]:
    file = folder / table.file
    if not file.is_file():
        yield from _no_file(folder, table, path=path)
        return
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        columns = next(csv.reader(lines), [])
    for here, name in _named_columns(table, path):
        if name not in columns:
            what = f"{table.file} has no column '{name}'"
            yield unknown("mapping_unknown_column", path=here, got=name, known=columns, what=what)


def _no_file(folder: FilePath, table: MappedForm, *, path: Path) -> Iterator[Problem]:
    # A study of which no table is here keeps its tables elsewhere (named when it is analysed).
    tables = sorted(file.name for file in folder.glob("*.csv"))
    if tables:
        what = f"there is no file {table.file} in the study folder"
        here = (*path, "file")
        kind = "mapping_unknown_file"
        yield unknown(kind, path=here, got=table.file, known=tables, what=what)


def _named_columns(table: MappedForm, path: Path) -> Iterator[tuple[Path, str]]:
    for word, column in (
        ("subject", table.subject),
        ("date", table.date),
        ("arm", _column(table.arm)),
    ):
        if column is not None:
            yield (*path, word), column
    for item, said in table.items.items():
        column = said.column if isinstance(said, MappedItem) else said
        yield (*path, "items", item), column


def _column(said: str | MappedItem | None) -> str | None:
    return said.column if isinstance(said, MappedItem) else said
