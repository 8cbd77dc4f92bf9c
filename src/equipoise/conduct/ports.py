"""What the record needs of a log; `store` has the adapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from equipoise.conduct.entries import Draft, Entry


class Log(Protocol):
    """An append-only chain of entries with one writer.

    Any thread may call any method.
    """

    def append(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Seal drafts behind the head, all or none, and return their entries.

        When it returns the entries are durable, except inside `batch`. An entry that redacts
        takes the value of the entry it names out of the log in the same step.

        Raises
        ------
        StorageFault
            When they could not be written; then none was.
        """

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """Read the entries behind a number, in order."""

    def head(self) -> str:
        """Return the hash of the last entry, 64 zeros for an empty log."""

    def batch(self) -> AbstractContextManager[None]:
        """Promise durability at the end of the `with` block only.

        For rehearsals and imports, which start again when they are interrupted: appended entries
        are written in large groups, and a crash inside the block may lose the last of them (never
        the chain). Leaving the block waits until everything is durable.
        """

    def close(self) -> None:
        """Finish what was appended and let go of the file."""
