"""The record: what the log says now. A fold of entries, and nothing else changes it.

The classes here are the one mutable thing of this room: a projection that `Record.take` moves
forward entry by entry. Everybody else reads; a change goes through a command and the log.
"""

from __future__ import annotations

import datetime as dt
from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from equipoise.base.errors import Fault, StorageFault
from equipoise.conduct.chain import GENESIS, Head, redacted_seq
from equipoise.conduct.entries import FORM_DATE, Action, Entry, Place
from equipoise.conduct.values import Value, from_text
from equipoise.study.forms import ItemType

SITE = "site"
REGISTRATION_DATE = "registration_date"
ARM = "arm"
STRATUM = "stratum"
RANDOMISATION_DATE = "randomisation_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The current value of one item.

    Attributes
    ----------
    text : str
        Canonical text, as in the log.
    value : Value
        Typed value; None when the text is of a type the item no longer has.
    seq : int
        The entry that set it.
    """

    text: str
    value: Value
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What an entry says about a row or an item beside values: a signature, a finding."""

    text: str
    seq: int
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question about an item and its answer, None while open."""

    place: Place
    asked: Mark
    answered: Mark | None = None


@dataclass(slots=True, kw_only=True)
class Row:
    """One row of a form.

    Attributes
    ----------
    visit : str
        Occurrence of a visit, for example `cycle_2`.
    form, row
        The form, and the number of the row from 1.
    date : date
        The day it was filled.
    first : int
        The entry it began with.
    cells : dict of item to Cell
        Current values; missing items have no cell.
    signature : Mark | None
        The signature that stands.
    findings : dict of check to Mark
        Soft findings that stand open.
    overridden : dict of check to str
        What the findings said that somebody found right as they are.
    """

    visit: str
    form: str
    row: int
    date: dt.date
    first: int
    cells: dict[str, Cell] = field(default_factory=dict)
    signature: Mark | None = None
    findings: dict[str, Mark] = field(default_factory=dict)
    overridden: dict[str, str] = field(default_factory=dict)

    def value(self, item: str) -> Value:
        """Return the current value of an item, None when missing."""
        cell = self.cells.get(item)
        return None if cell is None else cell.value

    @property
    def key(self) -> tuple[str, str, int]:
        """Visit, form and row."""
        return (self.visit, self.form, self.row)


def _by_day(row: Row) -> tuple[dt.date, int]:
    return (row.date, row.first)


@dataclass(slots=True, kw_only=True)
class SubjectRecord:
    """Everything the record says about one subject.

    `by_form` holds the rows of each form in the order of their days.
    """

    subject: str
    site: str = ""
    registration_date: dt.date | None = None
    registration_seq: int = 0
    arm: str | None = None
    stratum: str | None = None
    randomisation_date: dt.date | None = None
    allocation_seq: int | None = None
    rows: dict[tuple[str, str, int], Row] = field(default_factory=dict)
    by_form: dict[str, list[Row]] = field(default_factory=dict)

    def rows_of(self, form: str) -> list[Row]:
        """Return the rows of a form, the earliest day first."""
        return self.by_form.get(form, [])

    def put(self, row: Row) -> None:
        """Add a row, or put it in the place of the one it follows."""
        self.remove(row.key)
        self.rows[row.key] = row
        insort(self.by_form.setdefault(row.form, []), row, key=_by_day)

    def remove(self, key: tuple[str, str, int]) -> None:
        """Take a row out, if it is there."""
        row = self.rows.pop(key, None)
        if row is not None:
            self.by_form[row.form] = [other for other in self.by_form[row.form] if other is not row]

    def with_row(self, row: Row) -> SubjectRecord:
        """Return a copy that has this row; the rows themselves are shared."""
        copy = self._copy(dict(self.rows), dict(self.by_form))
        copy.by_form[row.form] = list(self.rows_of(row.form))
        copy.put(row)
        return copy

    def where(self, keep: Callable[[Row], bool]) -> SubjectRecord:
        """Return a copy with some of the rows."""
        rows = {key: row for key, row in self.rows.items() if keep(row)}
        by_form = {form: [row for row in kept if keep(row)] for form, kept in self.by_form.items()}
        return self._copy(rows, by_form)

    def _copy(
        self, rows: dict[tuple[str, str, int], Row], by_form: dict[str, list[Row]]
    ) -> SubjectRecord:
        return SubjectRecord(
            subject=self.subject,
            site=self.site,
            registration_date=self.registration_date,
            registration_seq=self.registration_seq,
            arm=self.arm,
            stratum=self.stratum,
            randomisation_date=self.randomisation_date,
            allocation_seq=self.allocation_seq,
            rows=rows,
            by_form=by_form,
        )


@dataclass(slots=True, kw_only=True)
class Record:
    """Current values of all subjects.

    Attributes
    ----------
    kinds : Mapping[str, ItemType]
        Type of each item of the study.
    subjects : dict of number to SubjectRecord
        In the order of registration.
    queries : dict of entry to Query
        All queries, by the entry that asked.
    head : Head
        The last entry folded in.
    study_hash, version : str
        The study that entry was made under, empty when there is none.
    """

    kinds: Mapping[str, ItemType]
    subjects: dict[str, SubjectRecord] = field(default_factory=dict)
    queries: dict[int, Query] = field(default_factory=dict)
    head: Head = GENESIS
    study_hash: str = ""
    version: str = ""

    def take(self, entries: Iterable[Entry]) -> None:
        """Fold entries in, in the order of the log.

        Raises
        ------
        StorageFault
            When an entry speaks of a subject or row that no earlier entry began, which only a log
            that was touched can do.
        """
        for entry in entries:
            try:
                self._take(entry)
            except (KeyError, ValueError) as error:
                raise StorageFault(_cannot_fold(entry, error)) from None
            self.head = Head(seq=entry.seq, hash=entry.hash)
            self.study_hash, self.version = entry.study, entry.version

    def _take(self, entry: Entry) -> None:
        match entry.action:
            case Action.RECORD | Action.COMPUTE:
                self._take_value(entry)
            case Action.REGISTER:
                self._take_registration(entry)
            case Action.ALLOCATE:
                self._take_allocation(entry)
            case Action.QUERY | Action.ANSWER:
                self._take_query(entry)
            case Action.REDACT:
                self._take_redaction(entry)
            case _:
                self._take_mark(entry)

    def _take_registration(self, entry: Entry) -> None:
        subject = self.subjects.setdefault(entry.subject, SubjectRecord(subject=entry.subject))
        if entry.item == SITE:
            subject.site = entry.new or ""
        else:
            subject.registration_date = _day(entry)
            subject.registration_seq = entry.seq

    def _take_allocation(self, entry: Entry) -> None:
        subject = self.subjects[entry.subject]
        match entry.item:
            case "arm":
                subject.arm = entry.new
                subject.allocation_seq = entry.seq
            case "stratum":
                subject.stratum = entry.new
            case _:
                subject.randomisation_date = _day(entry)

    def _take_value(self, entry: Entry) -> None:
        subject = self.subjects[entry.subject]
        if entry.item == FORM_DATE:
            _take_date(subject, entry)
        elif entry.new is None:
            subject.rows[entry.visit, entry.form, entry.row].cells.pop(entry.item, None)
        else:
            cell = Cell(text=entry.new, value=self._typed(entry), seq=entry.seq)
            subject.rows[entry.visit, entry.form, entry.row].cells[entry.item] = cell

    def _typed(self, entry: Entry) -> Value:
        kind = self.kinds.get(entry.item, ItemType.TEXT)
        try:
            return from_text(entry.new, kind=kind)
        except ValueError:
            return None  # written when the item was of another type

    def _take_mark(self, entry: Entry) -> None:
        row = self.subjects[entry.subject].rows[entry.visit, entry.form, entry.row]
        mark = Mark(text=entry.new or "", seq=entry.seq, who=entry.who)
        match entry.action:
            case Action.SIGN:
                row.signature = mark if entry.new is not None else None
            case Action.FINDING if entry.new is not None:
                row.findings[entry.item] = mark
            case _:
                row.findings.pop(entry.item, None)
                if entry.action is Action.OVERRIDE:
                    row.overridden[entry.item] = entry.old or ""

    def _take_query(self, entry: Entry) -> None:
        mark = Mark(text=entry.new or "", seq=entry.seq, who=entry.who)
        if entry.action is Action.QUERY:
            self.queries[entry.seq] = Query(place=entry.place, asked=mark)
            return
        open_query = self.open_query(entry.place)
        if open_query is None:
            raise KeyError("no open query")
        self.queries[open_query.asked.seq] = replace(open_query, answered=mark)

    def open_query(self, place: Place) -> Query | None:
        """Return the query that stands open at a place."""
        for query in self.queries.values():
            if query.place == place and query.answered is None:
                return query
        return None

    def _take_redaction(self, entry: Entry) -> None:
        seq = redacted_seq(entry) or 0
        row = self.subjects[entry.subject].rows.get((entry.visit, entry.form, entry.row))
        if row is not None and (cell := row.cells.get(entry.item)) and cell.seq == seq:
            del row.cells[entry.item]
        for asked, query in self.queries.items():
            self.queries[asked] = _without_words(query, seq)


def _without_words(query: Query, seq: int) -> Query:
    """Return a query without the words of one entry."""
    if query.asked.seq == seq:
        return replace(query, asked=replace(query.asked, text=""))
    if query.answered is not None and query.answered.seq == seq:
        return replace(query, answered=replace(query.answered, text=""))
    return query


def _day(entry: Entry) -> dt.date:
    return dt.date.fromisoformat(entry.new or "")


def _take_date(subject: SubjectRecord, entry: Entry) -> None:
    key = (entry.visit, entry.form, entry.row)
    if entry.new is None:
        subject.remove(key)
        return
    row = subject.rows.get(key) or Row(
        visit=entry.visit, form=entry.form, row=entry.row, date=_day(entry), first=entry.seq
    )
    subject.remove(key)
    row.date = _day(entry)
    row.cells[FORM_DATE] = Cell(text=entry.new, value=row.date, seq=entry.seq)
    subject.put(row)


def _cannot_fold(entry: Entry, error: Exception) -> Fault:
    return Fault(
        kind="log_inconsistent",
        what="an entry speaks of something that no earlier entry began",
        where=f"entry {entry.seq} ({entry.place})",
        got=f"{type(error).__name__}: {error}",
        fix="verify the log; restore a copy whose chain is intact",
    )
