"""The log under bad luck: a writer killed, a power cut, a flush that fails, a full disk."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from equipoise.conduct.chain import verify
from equipoise.store import writer
from equipoise.store.sqlite import SqliteLog

from .log_kit import draft, judged, kind_of, opened

WRITE_FOR_EVER = """
import sys
from log_kit import draft, opened
from pathlib import Path
log = opened(Path(sys.argv[1]))
k = 0
with log.batch() if sys.argv[2] == "batch" else open("/dev/null"):
    while True:
        k += 1
        last = log.append([draft(str(k)), draft(str(-k)), draft(None)])[-1]
        print(last.seq, last.hash, flush=True)
"""


def killed(tmp_path: Path, *, mode: str, acknowledged: int) -> dict[int, str]:
    """Run a writer, kill it without warning, and return what it acknowledged before."""
    words = [sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path / "record.db"), mode]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
    )
    with process:
        lines = [process.stdout.readline() for _ in range(acknowledged)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    told = (line.split() for line in lines if line.endswith("\n"))
    return {int(seq): digest for seq, digest in told}


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path):
    told = killed(tmp_path, mode="durable", acknowledged=40)
    with closing(opened(tmp_path / "record.db")) as log:
        kept = {entry.seq: entry.hash for entry in log.entries()}
        verdict = verify(log.entries(), anchors=told)
        (following,) = log.append([draft("after")])
    assert len(told) >= 40
    assert verdict.intact
    assert told.items() <= kept.items()
    assert len(kept) % 3 == 0
    assert following.seq == len(kept) + 1


def test_a_batch_killed_half_way_leaves_a_whole_chain(tmp_path: Path):
    told = killed(tmp_path, mode="batch", acknowledged=3400)
    with closing(opened(tmp_path / "record.db")) as log:
        verdict = verify(log.entries())
    assert verdict.intact
    assert verdict.entries % 3 == 0
    assert writer.GROUP <= verdict.entries <= max(told)


class Disk(apsw.VFS):
    """A disk that remembers what was not flushed, and fails to flush when told to."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.unflushed: dict[str, list[tuple[int, bytes, int]]] = {}
        self.broken = False

    def xOpen(self, name, flags):  # noqa: N802 - SQLite's own name
        file = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.unflushed.setdefault(file, [])
        return DiskFile(self, name, flags, file=file)


class DiskFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name, flags, *, file: str) -> None:
        super().__init__("", name, flags)
        self.disk, self.file = disk, file

    def _remember(self, offset: int, amount: int) -> None:
        size = self.xFileSize()
        there = max(0, min(amount, size - offset))
        before = self.xRead(there, offset) if there else b""
        self.disk.unflushed[self.file].append((offset, before, size))

    def xWrite(self, data, offset):  # noqa: N802 - SQLite's own name
        self._remember(offset, len(data))
        super().xWrite(data, offset)

    def xTruncate(self, size):  # noqa: N802 - SQLite's own name
        self._remember(size, max(0, self.xFileSize() - size))
        super().xTruncate(size)

    def xSync(self, flags):  # noqa: N802 - SQLite's own name
        if self.disk.broken:
            raise apsw.IOError("the disk does not answer")
        super().xSync(flags)
        self.disk.unflushed[self.file].clear()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    faulty = Disk("faulty")
    monkeypatch.setattr(apsw, "Connection", functools.partial(apsw.Connection, vfs="faulty"))
    yield faulty
    faulty.unregister()


def after_power_cut(disk: Disk, path: Path, *, into: Path) -> Path:
    """Copy the files as the disk would hold them had the power failed now."""
    into.mkdir()
    for file in (path, path.with_name(f"{path.name}-wal")):
        if file.exists():
            shutil.copy(file, into / file.name)
        with (into / file.name).open("r+b") as copy:
            for offset, before, size in reversed(disk.unflushed.get(str(file), [])):
                copy.seek(offset)
                copy.write(before)
                copy.truncate(size)
    return into / path.name


def kept_after_power_cuts(disk: Disk, tmp_path: Path, *, appends: int) -> list[tuple[int, int]]:
    """Return how many entries were acknowledged, and found again, at a cut after each append."""
    path, counts = tmp_path / "record.db", []
    log = opened(path)
    for k in range(1, appends + 1):
        log.append([draft(str(k)), draft(str(-k))])
        copy = after_power_cut(disk, path, into=tmp_path / f"cut{k}")
        with closing(opened(copy)) as again:
            verdict = verify(again.entries())
        assert verdict.intact
        counts.append((2 * k, verdict.entries))
    log.close()
    return counts


def test_a_power_cut_loses_nothing_that_was_acknowledged(disk: Disk, tmp_path: Path):
    counts = kept_after_power_cuts(disk, tmp_path, appends=25)
    assert all(found == acknowledged for acknowledged, found in counts)


def test_the_test_of_power_cuts_can_see_a_loss(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(writer._PRAGMAS, "synchronous", "normal")
    counts = kept_after_power_cuts(disk, tmp_path, appends=5)
    assert any(found < acknowledged for acknowledged, found in counts)


def test_after_a_flush_that_failed_nothing_is_written_any_more(disk: Disk, tmp_path: Path):
    log = opened(tmp_path / "record.db")
    log.append([draft("1")])
    disk.broken = True
    assert kind_of(lambda: log.append([draft("2")])) == "storage_error"
    disk.broken = False
    assert kind_of(lambda: log.append([draft("3")])) == "storage_error"
    log.close()
    assert judged(tmp_path / "record.db").intact


def limit(log: SqliteLog, pages: int) -> None:
    log._run(lambda: log._writer.connection.pragma("max_page_count", pages))


def pages(log: SqliteLog) -> int:
    return log._run(lambda: log._writer.connection.pragma("page_count"))


def test_a_full_disk_refuses_the_append_and_keeps_the_log(tmp_path: Path):
    with closing(opened(tmp_path / "record.db")) as log:
        log.append([draft("1")])
        head = log.head()
        limit(log, pages(log))
        assert kind_of(lambda: log.append([draft("x" * 9000)])) == "disk_full"
        assert log.head() == head
        limit(log, 100_000)
        log.append([draft("2")])
        assert [entry.new for entry in log.entries()] == ["1", "2"]
        assert verify(log.entries()).intact


def test_a_disk_that_fills_up_in_a_batch_stops_the_log(tmp_path: Path):
    log = opened(tmp_path / "record.db")
    log.append([draft("1")])

    def fill() -> None:
        with log.batch():
            log.append([draft("2")])
            limit(log, pages(log))
            log.append([draft("x" * 9000)])

    assert kind_of(fill) == "disk_full"
    limit(log, 100_000)
    assert kind_of(lambda: log.append([draft("3")])) == "disk_full"
    log.close()
    assert judged(tmp_path / "record.db").entries == 1
