"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from equipoise.base.errors import Fault, StorageFault


def storage_fault(error: OSError, *, doing: str, where: Path) -> StorageFault:
    """Return an operating-system error in words: what, where, got, fix."""
    got = error.strerror or str(error)
    fixes = {
        28: "free some space or name another folder with --out",
        13: "name a folder you may write to",
        30: "name a folder on a disk that can be written to",
    }
    return StorageFault(
        Fault(
            kind="storage",
            what=f"{doing} failed; nothing half-written was left",
            where=str(where),
            got=got,
            fix=fixes.get(error.errno or 0, "look at the disk, then run the same command again"),
        )
    )


def _refuse_others(target: Path, *, mark: str) -> None:
    if target.is_dir() and ((target / mark).is_file() or not any(target.iterdir())):
        return
    if target.exists():
        raise StorageFault(
            Fault(
                kind="not_ours",
                what="this is not a folder that Equipoise wrote, and it is left alone",
                where=str(target),
                got="a file" if target.is_file() else f"a folder without {mark}",
                fix="name a new or an empty folder with --out",
            )
        )


@contextmanager
def whole_folder(target: Path, *, mark: str) -> Iterator[Path]:
    """Give a scratch folder that becomes `target` when the block ends well.

    An older `target` is replaced in the end only; when the block fails the scratch is removed and
    the older one stays.

    Parameters
    ----------
    target : Path
        The folder to make.
    mark : str
        A file that every such folder holds. What stands at `target` without it is somebody's, and
        is never replaced.

    Raises
    ------
    StorageFault
        When `target` is somebody else's, or the disk refuses; nothing is half-written.
    """
    _refuse_others(target, mark=mark)
    scratch = target.with_name(f".{target.name}.{os.getpid()}.part")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        scratch.mkdir(parents=True)
        yield scratch
        if target.exists():
            target.rename(old)
        scratch.rename(target)
    except OSError as error:
        if old.exists() and not target.exists():
            old.rename(target)
        raise storage_fault(error, doing="writing the folder", where=target) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
