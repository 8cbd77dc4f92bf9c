"""The one connection that writes to a SQLite log. Everything here runs on one thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from equipoise.base.errors import StorageFault
from equipoise.conduct.chain import GENESIS, Head, seal_all
from equipoise.conduct.entries import Draft, Entry
from equipoise.store.faults import fault, storage_fault
from equipoise.store.rows import LogRow, PayloadRow, insert, rows_of, take_out
from equipoise.store.schema import APPLICATION_ID, MIGRATIONS, migrate

OLDEST_SQLITE = (3, 51, 3)
"""Before it a race at the reset of the WAL could lose committed transactions."""

GROUP = 10_000
"""Entries in one transaction of a batch."""

WAIT_MS = 2_000
"""How long another program may hold the file before an append is refused."""


@dataclass(slots=True, kw_only=True)
class Request:
    """Drafts that wait for the writer, and what became of them."""

    drafts: Sequence[Draft]
    entries: tuple[Entry, ...] = ()
    fault: StorageFault | None = None


@dataclass(slots=True, kw_only=True)
class Writer:
    """The connection that writes, and the head of the log behind it.

    Attributes
    ----------
    connection : apsw.Connection
        The connection.
    path : Path
        The file, for faults.
    salts : callable
        Gives salts.
    head : Head
        The last entry sealed.
    version : int
        What SQLite counts up when somebody else writes to the file.
    batches : int
        How many batches stand open.
    pending : int
        Entries sealed and not committed.
    redacted : bool
        Whether the WAL still holds values that were taken out.
    stopped : StorageFault | None
        Why nothing is written any more: after a failed flush nobody knows what the disk holds.
    """

    connection: apsw.Connection
    path: Path
    salts: Callable[[], str]
    head: Head
    version: int
    batches: int = 0
    pending: int = 0
    redacted: bool = False
    stopped: StorageFault | None = None

    def write(self, requests: Sequence[Request]) -> None:
        """Seal the drafts of some requests and commit them together, or tell each what failed."""
        head, fresh = self.head, not self.pending
        try:
            self._begin()
            for request in requests:
                self._take(request)
            if not self.batches or self.pending >= GROUP:
                self.commit()
        except apsw.Error as error:
            self._fail(requests, self._undo(error, head=head, whole=fresh))
        except StorageFault as error:
            self._fail(requests, error)

    def commit(self) -> None:
        """Make what is sealed durable.

        Raises
        ------
        StorageFault
            When the log was stopped.
        """
        if self.stopped is not None:
            raise self.stopped
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")
        self.pending = 0
        if self.redacted:
            self._empty_wal()

    def begin_batch(self) -> None:
        """Commit in large groups from now on."""
        self.batches += 1

    def end_batch(self) -> None:
        """Make the batch durable.

        Raises
        ------
        StorageFault
            When that failed; the log then stops.
        """
        self.batches -= 1
        if self.batches:
            return
        try:
            self.commit()
        except apsw.Error as error:
            raise self._undo(error, head=self.head, whole=False) from None

    def close(self) -> None:
        """Commit, fold the WAL into the file and close the connection."""
        try:
            if self.stopped is None:
                self.commit()
                self._empty_wal()
        finally:
            self.connection.close()

    def _begin(self) -> None:
        if self.stopped is not None:
            raise self.stopped
        if self.connection.in_transaction:
            return
        self.connection.execute("BEGIN IMMEDIATE")
        if self.connection.pragma("data_version") != self.version:
            self.connection.execute("ROLLBACK")
            self.stopped = fault(
                "log_changed_elsewhere",
                path=self.path,
                what="another program wrote to the log while this one had it open",
                got="a change that did not come from here",
                fix="close one of the two programs and open the log again",
            )
            raise self.stopped

    def _take(self, request: Request) -> None:
        """Seal and insert the drafts of one request; what cannot be sealed fails alone."""
        try:
            entries = seal_all(request.drafts, previous=self.head, salts=self.salts)
            rows: list[tuple[LogRow, PayloadRow]] = [rows_of(entry) for entry in entries]
        except ValueError as error:
            request.fault = fault(
                "entry_unwritable",
                path=self.path,
                what="an entry has no canonical spelling",
                got=str(error),
                fix="use UTF-8 text, and hexadecimal hashes and salts",
            )
            return
        insert(self.connection, rows)
        self.redacted |= take_out(self.connection, entries)
        if entries:
            self.head = Head(seq=entries[-1].seq, hash=entries[-1].hash)
        self.pending += len(entries)
        request.entries = entries

    def _fail(self, requests: Sequence[Request], reason: StorageFault) -> None:
        for request in requests:
            request.entries = ()
            request.fault = reason

    def _undo(self, error: apsw.Error, *, head: Head, whole: bool) -> StorageFault:
        """Take a transaction back; stop when entries told to somebody went with it, or unknown.

        A failed flush (an I/O error) is never tried again: the disk may hold any part of it.
        """
        reason = storage_fault(error, path=self.path)
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.head, self.pending, self.redacted = head, 0, False
        if not whole or isinstance(error, apsw.IOError):
            self.stopped = reason
        return reason

    def _empty_wal(self) -> None:
        """Fold the WAL into the file and cut it to nothing, so that no old page stays in it."""
        try:
            self.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.BusyError:
            return  # a reader still looks at it; the next commit tries again
        self.redacted = False


def open_writer(path: Path, *, salts: Callable[[], str]) -> Writer:
    """Open a file for writing, bring it up to date and find its head.

    Raises
    ------
    StorageFault
        When there is no such folder, the file is no log, or it is of a newer version.
    apsw.Error
        When SQLite cannot open or read it.
    """
    _refuse_old_sqlite(path)
    if not path.parent.is_dir():
        what, got = "there is no such folder", f"{path.parent} is missing"
        raise fault("no_folder", path=path, what=what, got=got, fix="make the folder first")
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(WAIT_MS)
        _recognise(connection, path)
        for name, value in _PRAGMAS.items():
            connection.pragma(name, value)
        migrate(connection)
        version = connection.pragma("data_version")
        return Writer(
            connection=connection, path=path, salts=salts, head=_head(connection), version=version
        )
    except (apsw.Error, StorageFault):
        connection.close()
        raise


_PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,  # a redacted value is overwritten, not only unlinked
    "cache_size": -65_536,
}


def _refuse_old_sqlite(path: Path) -> None:
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < OLDEST_SQLITE:
        raise fault(
            "old_sqlite",
            path=path,
            what="this SQLite can lose committed entries",
            got=apsw.sqlite_lib_version(),
            fix="install apsw 3.51.3 or later with its own SQLite",
        )


def _recognise(connection: apsw.Connection, path: Path) -> None:
    """Refuse a file that is somebody else's, or of a later version than this program knows."""
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    marked, version = connection.pragma("application_id"), connection.pragma("user_version")
    if marked != APPLICATION_ID and (tables or marked):
        raise fault(
            "not_a_log",
            path=path,
            what="the file is a database of another program",
            got=f"application id {marked}, {tables} tables",
            fix="name the log of a study, or a file that does not exist yet",
        )
    if version > len(MIGRATIONS):
        raise fault(
            "newer_log",
            path=path,
            what="the log was written by a newer version of this program",
            got=f"version {version}, known are {len(MIGRATIONS)}",
            fix="use the newer version",
        )


def _head(connection: apsw.Connection) -> Head:
    last = connection.execute("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1").fetchone()
    return GENESIS if last is None else Head(seq=last[0], hash=last[1].hex())
