"""A log in one SQLite file, with one writer.

One thread owns the only connection that may write (WAL, `synchronous=FULL`): it takes whatever
has queued up, seals it behind the head and commits it as one transaction, so ten people who save
at once wait for one flush of the disk. Readers have connections of their own that cannot write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

import apsw

from equipoise.base.errors import StorageFault
from equipoise.conduct.entries import Draft, Entry
from equipoise.store.faults import fault, storage_fault
from equipoise.store.rows import SELECT, entry_of
from equipoise.store.writer import WAIT_MS, Request, Writer, open_writer

Answer = TypeVar("Answer")


class SqliteLog:
    """The port `Log` in a SQLite file.

    Parameters
    ----------
    path : Path
        The file; it is made when it does not exist, its folder is not.
    salts : callable
        Gives a new hexadecimal salt at each call.

    Raises
    ------
    StorageFault
        When the file is no log, is of a newer version, or cannot be opened.
    """

    def __init__(self, path: Path, *, salts: Callable[[], str]) -> None:
        """Open the file and start its writer."""
        self._path = path
        self._queue: SimpleQueue[Request] = SimpleQueue()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="log-writer")
        try:
            self._writer: Writer = self._run(lambda: open_writer(path, salts=salts))
        except StorageFault:
            self._thread.shutdown()
            raise

    def append(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Seal drafts behind the head, make them durable and return their entries.

        Raises
        ------
        StorageFault
            When they could not be written; then none was.
        """
        request = Request(drafts=drafts)
        self._queue.put(request)
        self._run(self._write_queue)
        if request.fault is not None:
            raise request.fault
        return request.entries

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """Read the entries behind a number, on a connection of their own.

        Raises
        ------
        StorageFault
            When the file or an entry cannot be read.
        """
        self._run(self._writer.commit)
        try:
            with closing(_reader(self._path)) as connection:
                for row in connection.execute(SELECT, (after,)):
                    yield entry_of(row)
        except apsw.Error as error:
            raise storage_fault(error, path=self._path) from None

    def head(self) -> str:
        """Return the hash of the last entry, 64 zeros for an empty log."""
        return self._run(lambda: self._writer.head).hash

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Promise durability at the end of the `with` block only: one commit for many appends.

        Raises
        ------
        StorageFault
            At the end, when what was appended could not be made durable; the log then stops.
        """
        self._run(self._writer.begin_batch)
        try:
            yield
        finally:
            self._run(self._writer.end_batch)

    def close(self) -> None:
        """Finish what was appended, fold the WAL into the file and let go of it."""
        try:
            self._run(self._writer.close)
        finally:
            self._thread.shutdown()

    def _run(self, work: Callable[[], Answer]) -> Answer:
        """Do something on the writer's thread and wait for its answer."""
        try:
            future = self._thread.submit(work)
        except RuntimeError as error:
            raise fault(
                "log_closed",
                path=self._path,
                what="the log was closed",
                got=str(error),
                fix="open it again",
            ) from None
        try:
            return future.result()
        except apsw.Error as error:
            raise storage_fault(error, path=self._path) from None

    def _write_queue(self) -> None:
        """Take everything that waits and write it as one group (on the writer's thread)."""
        waiting: list[Request] = []
        while True:
            try:
                waiting.append(self._queue.get_nowait())
            except Empty:
                break
        if waiting:
            self._writer.write(waiting)


def _reader(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(WAIT_MS)
    connection.pragma("query_only", value=True)
    return connection
