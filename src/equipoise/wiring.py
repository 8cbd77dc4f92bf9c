"""The one place where a port meets its adapter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from equipoise.conduct.ports import Log
from equipoise.store import MemoryLog, SqliteLog


def open_log(path: Path | None, *, salts: Callable[[], str]) -> Log:
    """Open the log of a study: a SQLite file, made when there is none, or memory for None.

    Parameters
    ----------
    path : Path | None
        The file.
    salts : callable
        Gives a new hexadecimal salt at each call: ``lambda: secrets.token_hex(16)`` for a living
        record, an addressed stream for a rehearsal that is to be repeated to the byte.

    Raises
    ------
    StorageFault
        When the file is no log, is in use, or cannot be opened.
    """
    return MemoryLog(salts=salts) if path is None else SqliteLog(path, salts=salts)
