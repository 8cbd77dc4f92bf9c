"""A log in memory: for tests, and for rehearsals that leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock

from equipoise.conduct.chain import GENESIS, Head, blanked, redacted_seq, seal_all
from equipoise.conduct.entries import Draft, Entry


class MemoryLog:
    """The port `Log` in memory; an entry is as durable as the process."""

    def __init__(self, *, salts: Callable[[], str]) -> None:
        """Begin an empty log; `salts` gives a new hexadecimal salt at each call."""
        self._salts = salts
        self._entries: list[Entry] = []
        self._lock = Lock()

    def append(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Seal drafts behind the head and return their entries."""
        with self._lock:
            entries = seal_all(drafts, previous=self._head(), salts=self._salts)
            self._entries += entries
            for entry in entries:
                if (seq := redacted_seq(entry)) is not None:
                    self._entries[seq - 1] = blanked(self._entries[seq - 1])
        return entries

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """Read the entries behind a number, as they stand at the call."""
        with self._lock:
            return iter(self._entries[after:])

    def head(self) -> str:
        """Return the hash of the last entry, 64 zeros for an empty log."""
        return self._head().hash

    def batch(self) -> AbstractContextManager[None]:
        """Do nothing: memory has nothing to wait for."""
        return nullcontext()

    def close(self) -> None:
        """Do nothing: there is no file to let go of."""

    def _head(self) -> Head:
        if not self._entries:
            return GENESIS
        return Head(seq=self._entries[-1].seq, hash=self._entries[-1].hash)
