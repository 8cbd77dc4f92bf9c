"""Entries as rows of the SQLite tables, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from equipoise.base.errors import Fault, StorageFault
from equipoise.conduct.chain import redacted_seq, written_at
from equipoise.conduct.entries import Action, Entry

INSERT_LOG = "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_PAYLOAD = "INSERT INTO payload VALUES (?, ?, ?, ?, ?)"
SELECT = """
    SELECT seq, at, who, role, action, subject, visit, form, row, item, study, version, request,
           commitment, previous, hash, salt, old, new, why
    FROM log LEFT JOIN payload USING (seq)
    WHERE seq > ?
    ORDER BY seq
"""


LogRow = tuple[int | str | bytes, ...]
PayloadRow = tuple[int | bytes | str | None, ...]


def rows_of(entry: Entry) -> tuple[LogRow, PayloadRow]:
    """Return the two rows of an entry.

    Raises
    ------
    ValueError
        When a hash or salt is not hexadecimal.
    """
    return _log_row(entry), _payload_row(entry)


def insert(connection: apsw.Connection, rows: Sequence[tuple[LogRow, PayloadRow]]) -> None:
    """Write the rows of some entries."""
    connection.executemany(INSERT_LOG, [log for log, _ in rows])
    connection.executemany(INSERT_PAYLOAD, [payload for _, payload in rows])


def take_out(connection: apsw.Connection, entries: Iterable[Entry]) -> bool:
    """Delete the values that entries redact, and tell whether there were any."""
    gone = [(seq,) for entry in entries if (seq := redacted_seq(entry)) is not None]
    connection.executemany("DELETE FROM payload WHERE seq = ?", gone)
    return bool(gone)


def _log_row(entry: Entry) -> LogRow:
    return (
        entry.seq,
        written_at(entry.at),
        entry.who,
        entry.role,
        entry.action.value,
        entry.subject,
        entry.visit,
        entry.form,
        entry.row,
        entry.item,
        bytes.fromhex(entry.study),
        entry.version,
        entry.request,
        bytes.fromhex(entry.commitment),
        bytes.fromhex(entry.previous),
        bytes.fromhex(entry.hash),
    )


def _payload_row(entry: Entry) -> PayloadRow:
    return (entry.seq, bytes.fromhex(entry.salt), entry.old, entry.new, entry.why)


def entry_of(row: tuple[Any, ...]) -> Entry:
    """Return the entry of a row.

    Raises
    ------
    StorageFault
        When the row does not hold what an entry holds, or its time is spelled in another way.
    """
    try:
        return _entry(row)
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageFault(_unreadable(row[0], error)) from None


def _time(text: str) -> dt.datetime:
    """Return the time of an entry; another spelling of the same time was not written here."""
    at = dt.datetime.fromisoformat(text)
    if written_at(at) != text:
        raise ValueError("the time is not written as the log writes it")
    return at


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, at, who, role, action, subject, visit, form, number, item, *rest = row
    study, version, request, commitment, previous, own, salt, old, new, why = rest
    return Entry(
        seq=seq,
        at=_time(at),
        who=who,
        role=role,
        action=Action(action),
        subject=subject,
        visit=visit,
        form=form,
        row=number,
        item=item,
        old=old,
        new=new,
        why=why,
        study=study.hex(),
        version=version,
        request=request,
        salt=salt.hex() if salt is not None else "",
        commitment=commitment.hex(),
        previous=previous.hex(),
        hash=own.hex(),
    )


def _unreadable(seq: int, error: Exception) -> Fault:
    return Fault(
        kind="entry_unreadable",
        what="an entry of the log cannot be read",
        where=f"entry {seq}",
        got=str(error),
        fix="verify the log; restore a copy whose chain is intact",
    )
