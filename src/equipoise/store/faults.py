"""What SQLite complains of, as storage faults that say what to do."""

from __future__ import annotations

from pathlib import Path

import apsw

from equipoise.base.errors import Fault, StorageFault

_KNOWN: tuple[tuple[type[apsw.Error], str, str, str], ...] = (
    (apsw.FullError, "disk_full", "the disk is full", "make room on the disk, then do it again"),
    (
        apsw.BusyError,
        "log_in_use",
        "another program is writing to the log",
        "close the other program, then do it again",
    ),
    (
        apsw.NotADBError,
        "not_a_log",
        "the file is no SQLite database",
        "name the log of a study, or a file that does not exist yet",
    ),
    (
        apsw.CorruptError,
        "log_damaged",
        "the file is damaged",
        "restore a copy whose chain verifies",
    ),
    (
        apsw.CantOpenError,
        "cannot_open",
        "the file cannot be opened",
        "look at the path and at who may write there",
    ),
    (
        apsw.ReadOnlyError,
        "read_only",
        "the file or its folder may not be written",
        "look at who may write there",
    ),
    (
        apsw.PermissionsError,
        "read_only",
        "the file or its folder may not be written",
        "look at who may write there",
    ),
    (
        apsw.ConstraintError,
        "log_refused",
        "the log does not take this in",
        "verify the log: it does not look as this program left it",
    ),
)


def storage_fault(error: apsw.Error, *, path: Path) -> StorageFault:
    """Return the fault that an error of SQLite stands for."""
    for kind_of_error, kind, what, fix in _KNOWN:
        if isinstance(error, kind_of_error):
            return fault(kind, path=path, what=what, got=str(error), fix=fix)
    return fault(
        "storage_error",
        path=path,
        what="the disk or the database failed",
        got=f"{type(error).__name__}: {error}",
        fix="look at the disk; close and open the log again",
    )


def fault(kind: str, *, path: Path, what: str, got: str, fix: str) -> StorageFault:
    """Return a storage fault of one file."""
    return StorageFault(Fault(kind=kind, what=what, where=str(path), got=got, fix=fix))
