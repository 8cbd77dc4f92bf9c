"""Somebody else's tables (CSV) into the record, through the mapping of the study folder.

Every cell becomes an entry, so a number of the report can be traced to it.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from equipoise.base.dates import parse_partial_date
from equipoise.base.errors import BadInput, Fault, StorageFault
from equipoise.conduct.commands import record_form, register_subject
from equipoise.conduct.desk import Desk, Person
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.values import Value, parse_value
from equipoise.study.forms import Form, Item
from equipoise.study.mapping import MappedForm, MappedItem
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table, with the place it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """Return the text of a column; empty when the cell is missing."""
        return (self.cells[column] or "").strip()


def read_tables(study: Study, folder: Path) -> tuple[FilledForm, ...]:
    """Return the rows of every mapped table, in the order of subjects and forms.

    Raises
    ------
    StorageFault
        When a file is missing or unreadable.
    BadInput
        With every cell that cannot be read, by file, line and column.
    """
    rows: list[FilledForm] = []
    faults: list[Fault] = []
    for name, mapped in study.data.items():
        for row in _rows_of(folder / mapped.file, columns=_columns(mapped)):
            try:
                rows.append(_mapped(study.forms[name], mapped, row))
            except BadInput as error:
                faults.extend(error.faults)
    if faults:
        raise BadInput(*faults)
    return tuple(sorted(rows, key=lambda row: (row.subject, row.date)))


def record_tables(
    desk: Desk,
    person: Person,
    *,
    rows: tuple[FilledForm, ...],
    progress: Callable[[str, int, int], None],
) -> int:
    """Register every subject of the rows and record every row; return the number of subjects.

    `progress` is told what is done, how many rows are in, and of how many.
    """
    subjects: set[str] = set()
    site = next(iter(desk.study.sites), "")
    for number, row in enumerate(rows, start=1):
        if row.subject not in subjects:
            subjects.add(row.subject)
            register_subject(desk, person, subject=row.subject, site=site, on=row.date)
        record_form(desk, person, row)
        progress("Recording the tables", number, len(rows))
    return len(subjects)


def _rows_of(file: Path, *, columns: tuple[str, ...]) -> Iterator[Row]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            absent = [name for name in columns if name not in (reader.fieldnames or ())]
            if absent:
                raise BadInput(*(_no_column(file, name, reader.fieldnames) for name in absent))
            for cells in reader:
                yield Row(file=str(file), line=reader.line_num, cells=cells)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StorageFault(_unreadable(file, error)) from None


def _columns(mapped: MappedForm) -> tuple[str, ...]:
    items = (_as_item(said).column for said in mapped.items.values())
    others = (mapped.subject, mapped.date)
    return tuple(dict.fromkeys(name for name in (*others, *items) if name is not None))


def _as_item(said: str | MappedItem) -> MappedItem:
    return MappedItem(column=said) if isinstance(said, str) else said


def _mapped(form: Form, mapped: MappedForm, row: Row) -> FilledForm:
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for name, said in mapped.items.items():
        try:
            value = _value(form.items[name], _as_item(said), row)
        except ValueError as error:
            faults.append(_bad_cell(row, _as_item(said).column, str(error)))
            continue
        if value is not None:
            values[name] = value
    if faults:
        raise BadInput(*faults)
    date = _date(mapped, row)
    return FilledForm(
        subject=row.cell(mapped.subject),
        form=form.form,
        visit=mapped.visit,
        date=date,
        values=values,
    )


def _value(item: Item, said: MappedItem, row: Row) -> Value:
    text = row.cell(said.column)
    if not text:
        return None
    if said.values and text not in said.values:
        raise ValueError(f"'{text}' is none of {', '.join(said.values)}")
    words = {"yes": "true", "no": "false"}
    text = said.values.get(text, text)
    return parse_value(item, words.get(text, text))


def _date(mapped: MappedForm, row: Row) -> dt.date:
    if mapped.date is None:
        return dt.date.fromisoformat(mapped.on or "1900-01-01")
    try:
        return parse_partial_date(row.cell(mapped.date)).earliest()
    except ValueError as error:
        raise BadInput(_bad_cell(row, mapped.date, str(error))) from None


def _bad_cell(row: Row, column: str, reason: str) -> Fault:
    return Fault(
        kind="bad_cell",
        what=f"the cell of column '{column}' cannot be read: {reason}",
        where=f"{row.file}:{row.line}",
        got=row.cells.get(column) or "nothing",
        fix="correct the cell, or the `values` of this column in data.yaml",
    )


def _no_column(file: Path, name: str, columns: object) -> Fault:
    return Fault(
        kind="no_column",
        what=f"the table has no column '{name}'",
        where=f"{file}:1",
        got=str(columns),
        fix="correct the column in data.yaml",
    )


def _unreadable(file: Path, error: Exception) -> Fault:
    return Fault(
        kind="unreadable_table",
        what="the table cannot be read",
        where=str(file),
        got=str(error),
        fix="name the folder that holds the tables with --data",
    )
