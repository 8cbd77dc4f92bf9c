"""A report on disk: the whole page or nothing of it."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from equipoise.base.errors import Fault, StorageFault


def write_report(html: str, path: Path) -> None:
    """Write a page so that a reader finds the old page or the new one, never a part.

    The page goes to a new file in the same folder, is forced to disk, and is then renamed over
    the old one. When any of that fails the new file is removed and the old page stands.

    Parameters
    ----------
    html : str
        The page.
    path : pathlib.Path
        Where it shall stand.

    Raises
    ------
    StorageFault
        When the disk is full, the folder is missing or may not be written, or any other reason
        that the operating system gives.
    """
    content = html.encode()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.draft")
    try:
        _write_to_disk(content, draft)
        draft.replace(path)
    except OSError as error:
        raise _not_written(error, path=path, size=len(content)) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    try:
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_durable(error, path=path) from error


def _write_to_disk(content: bytes, draft: Path) -> None:
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Force the new name to disk: the rename itself may otherwise be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_written(error: OSError, *, path: Path, size: int) -> StorageFault:
    return StorageFault(
        Fault(
            kind="report_not_written",
            what="the report could not be written; what stood there before is untouched",
            where=str(path),
            got=error.strerror or str(error),
            fix=_fix(error.errno, path=path, size=size),
        )
    )


def _not_durable(error: OSError, *, path: Path) -> StorageFault:
    return StorageFault(
        Fault(
            kind="report_not_durable",
            what="the report is written whole, but a power cut now may still undo it",
            where=str(path),
            got=error.strerror or str(error),
            fix="write it again once the disk answers",
        )
    )


def _fix(number: int | None, *, path: Path, size: int) -> str:
    match number:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return f"free at least {size / 1e6:.1f} MB where {path.parent} lies, then write again"
        case errno.ENOENT | errno.ENOTDIR:
            return f"make the folder {path.parent} first, or name another"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"name a folder that you may write, or ask for the right to write {path.parent}"
        case errno.EISDIR:
            return "name a file, not a folder"
        case _:
            return "remove the cause that the operating system names, then write again"
