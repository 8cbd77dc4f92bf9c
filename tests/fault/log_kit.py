"""A log on disk and hands to break it with, for the tests of its faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import apsw
import pytest

from equipoise.base.errors import StorageFault
from equipoise.conduct.chain import ChainVerdict, verify
from equipoise.conduct.entries import Action, Draft, Place, Stamp
from equipoise.store.sqlite import SqliteLog

STAMP = Stamp(
    at=dt.datetime(2026, 3, 2, 8, 15, 0, 250_000, tzinfo=dt.UTC),
    who="dora",
    role="doctor",
    study="ab" * 32,
    version="1",
    request="r-1",
)
REDACTED, REDACTION, LENGTH = 3, 9, 12


def draft(new: str | None = "72", **words: object) -> Draft:
    place = Place(subject="01", visit="cycle_2", form="body", row=1, item="weight_kg")
    asked: dict[str, object] = {"stamp": STAMP, "action": Action.RECORD, "place": place}
    return Draft(new=new, **(asked | words))


def counted() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):032x}"


def opened(path: Path) -> SqliteLog:
    return SqliteLog(path, salts=counted())


def kind_of(call: Callable[[], object]) -> str:
    with pytest.raises(StorageFault) as error:
        call()
    (fault,) = error.value.faults
    assert fault.what
    assert fault.got
    assert fault.fix
    return fault.kind


def edit(path: Path, sql: str) -> None:
    """Change the file as somebody with the right tools would: triggers dropped first."""
    with closing(apsw.Connection(str(path))) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            )
        ]
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(sql)


def judged(path: Path, **words: object) -> ChainVerdict:
    with closing(opened(path)) as log:
        return verify(log.entries(), **words)
