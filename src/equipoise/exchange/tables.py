"""Somebody else's tables (CSV) into the record, through the mapping of the study folder.

Every cell becomes an entry, so a number of the report can be traced to it.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from equipoise.base.dates import parse_partial_date
from equipoise.base.errors import BadInput, Fault, RecordRefused, StorageFault
from equipoise.conduct.commands import record_arm, record_form, register_subject
from equipoise.conduct.desk import Desk, Person
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.values import Given, parse_value
from equipoise.study.forms import Form
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedRow:
    """One row of a table in the study's words, its file and line, and the arm it names, if any."""

    filled: FilledForm
    place: str
    arm: str | None = None


def read_tables(study: Study, folder: Path) -> tuple[MappedRow, ...]:
    """Return the rows of every mapped table, by subject and day.

    Rows of a form that repeats are numbered for each subject and visit, in the table's order.

    Raises
    ------
    StorageFault
        When a file is missing or unreadable.
    BadInput
        With every cell that cannot be read, by file, line and column.
    """
    rows: list[MappedRow] = []
    faults: list[Fault] = []
    for name, mapped in study.data.items():
        for row in _rows_of(folder / mapped.file, columns=_columns(mapped)):
            try:
                rows.append(_mapped(study.forms[name], mapped, row))
            except BadInput as error:
                faults.extend(error.faults)
    if faults:
        raise BadInput(*faults)
    ordered = sorted(rows, key=lambda row: (row.filled.subject, row.filled.date))
    return tuple(_numbered(study, ordered))


def _numbered(study: Study, rows: Iterable[MappedRow]) -> Iterator[MappedRow]:
    reached: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        filled = row.filled
        key = (filled.subject, filled.form, filled.visit)
        reached[key] += 1
        repeats = study.forms[filled.form].repeats is not None
        yield replace(row, filled=replace(filled, row=reached[key] if repeats else 1))


def record_tables(
    desk: Desk,
    person: Person,
    *,
    rows: tuple[MappedRow, ...],
    progress: Callable[[str, int, int], None],
) -> int:
    """Register every subject of the rows and record every row; return the number of subjects.

    A row that names an arm puts its subject into it, once. Rows that the record refuses are all
    told, by file and line; the caller then throws the whole log away.
    `progress` is told what is done, how many rows are in, and of how many.
    """
    faults: list[Fault] = []
    for number, row in enumerate(rows, start=1):
        try:
            _record(desk, person, row)
        except RecordRefused as error:
            faults += [replace(f, where=f"{row.place} ({f.where})") for f in error.faults]
        progress("Recording the tables", number, len(rows))
    if faults:
        raise RecordRefused(*faults)
    return len({row.filled.subject for row in rows})


def _record(desk: Desk, person: Person, row: MappedRow) -> None:
    subject, on = row.filled.subject, row.filled.date
    if subject not in desk.record.subjects:
        site = next(iter(desk.study.sites), "")
        register_subject(desk, person, subject=subject, site=site, on=on)
    record_form(desk, person, row.filled)
    if row.arm is not None and desk.record.subjects[subject].arm is None:
        record_arm(desk, person, subject=subject, arm=row.arm, on=on)


def _rows_of(file: Path, *, columns: tuple[str, ...]) -> Iterator[Row]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            names = list(reader.fieldnames or ())
            if faults := [*_bad_heads(file, names, columns=columns)]:
                raise BadInput(*faults)
            for cells in reader:
                row = Row(file=str(file), line=reader.line_num, cells=cells)
                if None in cells or None in cells.values():
                    raise BadInput(_bad_row(row, len(names)))
                yield row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StorageFault(_unreadable(file, error)) from None


def _bad_heads(file: Path, names: list[str], *, columns: tuple[str, ...]) -> Iterator[Fault]:
    for name in columns:
        if name not in names:
            yield _bad_head(file, f"the table has no column '{name}'", names)
        elif names.count(name) > 1:
            yield _bad_head(file, f"the table has two columns '{name}'", names)


def _columns(mapped: MappedForm) -> tuple[str, ...]:
    items = (_as_item(said).column for said in mapped.items.values())
    arm = None if mapped.arm is None else _as_item(mapped.arm).column
    others = (mapped.subject, mapped.date, arm)
    return tuple(dict.fromkeys(name for name in (*others, *items) if name is not None))


def _as_item(said: str | MappedItem) -> MappedItem:
    return MappedItem(column=said) if isinstance(said, str) else said


def _mapped(form: Form, mapped: MappedForm, row: Row) -> MappedRow:
    values: dict[str, Given] = {}
    faults: list[Fault] = []
    for name, said in mapped.items.items():
        try:
            text = _said(_as_item(said), row)
            value = None if text is None else parse_value(form.items[name], _TRUTH.get(text, text))
        except ValueError as error:
            faults.append(_bad_cell(row, _as_item(said).column, str(error)))
            continue
        if value is not None:
            values[name] = value
    if faults:
        raise BadInput(*faults)
    filled = FilledForm(
        subject=row.cell(mapped.subject),
        form=form.form,
        visit=mapped.visit,
        date=_date(mapped, row),
        values=values,
    )
    return MappedRow(filled=filled, place=f"{row.file}:{row.line}", arm=_arm(mapped, row))


_TRUTH = {"yes": "true", "no": "false"}


def _arm(mapped: MappedForm, row: Row) -> str | None:
    if mapped.arm is None:
        return None
    try:
        return _said(_as_item(mapped.arm), row)
    except ValueError as error:
        raise BadInput(_bad_cell(row, _as_item(mapped.arm).column, str(error))) from None


def _said(said: MappedItem, row: Row) -> str | None:
    """Return a cell in the study's words, None when it is empty."""
    text = row.cell(said.column)
    if not text:
        return None
    if said.values and text not in said.values:
        raise ValueError(f"'{text}' is none of {', '.join(said.values)}")
    return said.values.get(text, text)


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


def _bad_head(file: Path, what: str, names: list[str]) -> Fault:
    return Fault(
        kind="bad_head",
        what=what,
        where=f"{file}:1",
        got=", ".join(names) or "no first line",
        fix="correct data.yaml or the first line; cells are parted by commas",
    )


def _bad_row(row: Row, columns: int) -> Fault:
    cells = [cell for cell in row.cells.values() if isinstance(cell, str)]
    return Fault(
        kind="bad_row",
        what=f"the row does not have {columns} cells",
        where=f"{row.file}:{row.line}",
        got=", ".join(cells),
        fix="quote a text that holds a comma, and leave no cell out",
    )


def _unreadable(file: Path, error: Exception) -> Fault:
    return Fault(
        kind="unreadable_table",
        what="the table cannot be read",
        where=str(file),
        got=str(error),
        fix=(
            "name the folder that holds the tables with --data"
            if isinstance(error, OSError)
            else "store it as comma-separated UTF-8 text, every quote closed"
        ),
    )
