"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from equipoise.base.errors import Fault, StorageFault


def storage_fault(error: OSError, *, doing: str, where: Path) -> StorageFault:
    """Return an operating-system error in words: what, where, got, fix."""
    got = error.strerror or str(error)
    fixes = {
        2: "name a folder that can be made, with --out",
        20: "name a folder with --out, not a place below a file",
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


def _refuse_others(target: Path, *, ours: Collection[str]) -> None:
    if not target.exists():
        return
    if target.is_dir():
        names = sorted(entry.name for entry in target.iterdir())
        others = [name for name in names if not any(fnmatch(name, mine) for mine in ours)]
        got = f"it holds {', '.join(others[:3])}"
    else:
        others, got = [target.name], "a file"
    if others:
        raise StorageFault(
            Fault(
                kind="not_ours",
                what="this is not only what Equipoise wrote, and it is left alone",
                where=str(target),
                got=got,
                fix="name a new or an empty folder with --out",
            )
        )


@contextmanager
def whole_folder(target: Path, *, ours: Collection[str]) -> Iterator[Path]:
    """Give a scratch folder that becomes `target` when the block ends well.

    An older `target` is replaced in the end only; when the block fails the scratch is removed and
    the older one stays.

    Parameters
    ----------
    target : Path
        The folder to make.
    ours : collection of str
        Names (with `*` for any part) that such a folder may hold. A folder with anything else in it
        is somebody's, and is never replaced.

    Raises
    ------
    StorageFault
        When `target` is somebody else's, or the disk refuses; nothing is half-written.
    """
    target = target.resolve()
    _refuse_others(target, ours=ours)
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
