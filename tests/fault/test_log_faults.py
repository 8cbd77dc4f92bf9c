"""The log on disk under bad hands and bad luck: tampering, kill, power cut, full disk, races."""

from __future__ import annotations

import datetime as dt
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Thread

import apsw
import pytest

from equipoise.base.errors import StorageFault
from equipoise.conduct.chain import ChainVerdict, verify
from equipoise.conduct.entries import Action, Draft, Place, Stamp
from equipoise.store import schema, writer
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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a log of twelve entries, the third redacted by the ninth."""
    file = tmp_path / "record.db"
    with closing(opened(file)) as log:
        for k in range(1, LENGTH + 1):
            if k == REDACTION:
                log.append([draft(str(REDACTED), action=Action.REDACT, why="a name")])
            else:
                log.append([draft(str(70 + k), old=str(69 + k), why=f"because {k}")])
    return file


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


def test_an_untouched_file_verifies(path: Path):
    verdict = judged(path)
    assert (verdict.intact, verdict.entries) == (True, LENGTH)


EDITS = {
    "at": "UPDATE log SET at = '2026-03-02T08:15:00.251+00:00' WHERE seq = 5",
    "at in another spelling": "UPDATE log SET at = '2026-03-02T08:15:00.25+00:00' WHERE seq = 5",
    "at in another zone": "UPDATE log SET at = '2026-03-02T09:15:00.250+01:00' WHERE seq = 5",
    "at unreadable": "UPDATE log SET at = 'yesterday' WHERE seq = 5",
    "who": "UPDATE log SET who = 'other' WHERE seq = 5",
    "role": "UPDATE log SET role = 'nurse' WHERE seq = 5",
    "action": "UPDATE log SET action = 'compute' WHERE seq = 5",
    "action unreadable": "UPDATE log SET action = 'invent' WHERE seq = 5",
    "action to redaction": "UPDATE log SET action = 'redact' WHERE seq = 5",
    "subject": "UPDATE log SET subject = '02' WHERE seq = 5",
    "visit": "UPDATE log SET visit = 'cycle_1' WHERE seq = 5",
    "form": "UPDATE log SET form = 'bodies' WHERE seq = 5",
    "row": "UPDATE log SET row = 2 WHERE seq = 5",
    "item": "UPDATE log SET item = 'height_cm' WHERE seq = 5",
    "study": "UPDATE log SET study = x'00' WHERE seq = 5",
    "version": "UPDATE log SET version = '2' WHERE seq = 5",
    "request": "UPDATE log SET request = '' WHERE seq = 5",
    "commitment": "UPDATE log SET commitment = zeroblob(32) WHERE seq = 5",
    "previous": "UPDATE log SET previous = zeroblob(32) WHERE seq = 5",
    "hash": "UPDATE log SET hash = zeroblob(32) WHERE seq = 5",
    "old": "UPDATE payload SET old = '1' WHERE seq = 5",
    "old to nothing": "UPDATE payload SET old = NULL WHERE seq = 5",
    "new": "UPDATE payload SET new = '1' WHERE seq = 5",
    "new to nothing": "UPDATE payload SET new = NULL WHERE seq = 5",
    "why": "UPDATE payload SET why = 'no reason' WHERE seq = 5",
    "salt": "UPDATE payload SET salt = zeroblob(16) WHERE seq = 5",
    "values swapped": "UPDATE payload SET seq = CASE seq WHEN 5 THEN -5 ELSE 99 END "
    "WHERE seq IN (5, 6); UPDATE payload SET seq = CASE seq WHEN -5 THEN 6 ELSE 5 END "
    "WHERE seq IN (-5, 99)",
    "value deleted": "DELETE FROM payload WHERE seq = 5",
    "entry deleted": "DELETE FROM payload WHERE seq = 5; DELETE FROM log WHERE seq = 5",
    "entries swapped": "UPDATE log SET seq = -seq WHERE seq IN (5, 6); "
    "UPDATE log SET seq = 11 + seq WHERE seq < 0",
    "entry inserted": "UPDATE log SET seq = -seq - 1 WHERE seq >= 5; "
    "UPDATE log SET seq = -seq WHERE seq < 0; "
    "INSERT INTO log SELECT 5, at, who, role, action, subject, visit, form, row, item, study, "
    "version, request, commitment, previous, hash FROM log WHERE seq = 4; "
    "UPDATE payload SET seq = -seq - 1 WHERE seq >= 5; "
    "UPDATE payload SET seq = -seq WHERE seq < 0; "
    "INSERT INTO payload SELECT 5, salt, old, new, why FROM payload WHERE seq = 4",
}


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_is_seen_at_its_entry(path: Path, name: str):
    edit(path, EDITS[name])
    verdict = judged(path)
    assert (verdict.intact, verdict.first_bad) == (False, 5)
    assert verdict.reason.startswith("entry 5")


def test_an_edit_of_every_column_is_tried(path: Path):
    with closing(apsw.Connection(str(path))) as connection:
        columns = {
            name
            for table in ("log", "payload")
            for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")
        }
    assert columns - {"seq"} <= EDITS.keys()


def test_a_lost_redaction_leaves_its_value_missing(path: Path):
    edit(path, "DELETE FROM payload WHERE seq = 9")
    assert judged(path).first_bad == REDACTED


def test_an_entry_added_at_the_end_by_hand_is_seen(path: Path):
    edit(
        path,
        "INSERT INTO log SELECT 13, at, who, role, action, subject, visit, form, row, item, study, "
        "version, request, commitment, hash, hash FROM log WHERE seq = 12; "
        "INSERT INTO payload SELECT 13, salt, old, new, why FROM payload WHERE seq = 12",
    )
    assert judged(path).first_bad == LENGTH + 1


def test_a_tail_cut_off_is_seen_by_a_head_kept_outside(path: Path):
    with closing(opened(path)) as log:
        anchors = {LENGTH: log.head()}
    edit(path, "DELETE FROM payload WHERE seq > 10; DELETE FROM log WHERE seq > 10")
    assert judged(path).intact
    assert judged(path, anchors=anchors).first_bad == 11


def test_an_older_copy_of_the_file_is_seen_by_a_head_kept_outside(path: Path, tmp_path: Path):
    copy = shutil.copy(path, tmp_path / "old.db")
    with closing(opened(path)) as log:
        log.append([draft("99")])
        anchors = {LENGTH + 1: log.head()}
    shutil.copy(copy, path)
    assert judged(path, anchors=anchors).first_bad == LENGTH + 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log SET who = 'other' WHERE seq = 5",
        "DELETE FROM log WHERE seq = 12",
        "UPDATE payload SET new = '1' WHERE seq = 5",
        "DELETE FROM payload WHERE seq = 5",
        "DELETE FROM payload WHERE seq = 9",
        (
            "INSERT INTO log SELECT 20, at, who, role, action, subject, visit, form, row, item, "
            "study, version, request, commitment, hash, hash FROM log WHERE seq = 12"
        ),
    ],
)
def test_the_file_itself_refuses_what_no_program_should_do(path: Path, sql: str):
    with (
        closing(apsw.Connection(str(path))) as connection,
        pytest.raises(apsw.ConstraintError, match=r"never|only|without gaps"),
    ):
        connection.execute(sql)
    assert judged(path).intact


def test_a_redacted_value_is_in_no_byte_of_the_file(tmp_path: Path):
    path = tmp_path / "record.db"
    with closing(opened(path)) as log:
        log.append([draft(f"value {k}") for k in range(200)])
        log.append([draft("Mrs Smith of 12 High Street", why="Mrs Smith said so")])
        log.append([draft(f"value {k}") for k in range(200)])
        assert any(b"Mrs Smith" in file.read_bytes() for file in tmp_path.iterdir())
        log.append([draft("201", action=Action.REDACT, why="a name")])
        assert not any(b"Mrs Smith" in file.read_bytes() for file in tmp_path.iterdir())
        assert verify(log.entries()).intact


WRITE_FOR_EVER = """
import sys
from tests_log import draft, opened
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
    (tmp_path / "tests_log.py").write_text(Path(__file__).read_text())
    words = [sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path / "record.db"), mode]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
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


def test_a_file_that_another_program_holds_is_in_use(path: Path):
    with closing(opened(path)) as log, closing(apsw.Connection(str(path))) as other:
        log._run(lambda: log._writer.connection.set_busy_timeout(10))
        other.execute("BEGIN IMMEDIATE")
        assert kind_of(lambda: log.append([draft("x")])) == "log_in_use"
        other.execute("ROLLBACK")
        assert log.append([draft("x")])[0].seq == LENGTH + 1


def test_two_programs_cannot_fork_the_chain(path: Path):
    with closing(opened(path)) as one, closing(opened(path)) as two:
        one.append([draft("from one")])
        assert kind_of(lambda: two.append([draft("from two")])) == "log_changed_elsewhere"
        one.append([draft("from one again")])
    assert judged(path).entries == LENGTH + 2


def test_two_threads_that_append_while_a_third_reads_lose_nothing(path: Path):
    with closing(opened(path)) as log:
        told: list[int] = []

        def write(name: str) -> None:
            for k in range(60):
                told.extend(entry.seq for entry in log.append([draft(f"{name}{k}")]))

        threads = [Thread(target=write, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            assert verify(log.entries()).intact
        for thread in threads:
            thread.join()
        assert sorted(told) == list(range(LENGTH + 1, LENGTH + 121))
        assert verify(log.entries()).entries == LENGTH + 120


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 500)
    assert kind_of(lambda: opened(file)) == "not_a_log"
    assert file.read_text() == "Dear diary, " * 500


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path):
    file = tmp_path / "other.db"
    with closing(apsw.Connection(str(file))) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    before = file.read_bytes()
    assert kind_of(lambda: opened(file)) == "not_a_log"
    assert file.read_bytes() == before


def test_a_log_of_a_newer_version_is_refused(path: Path):
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("user_version", 99)
    assert kind_of(lambda: opened(path)) == "newer_log"


def test_a_missing_folder_is_named(tmp_path: Path):
    assert kind_of(lambda: opened(tmp_path / "nowhere" / "record.db")) == "no_folder"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_log(tmp_path: Path):
    assert kind_of(lambda: opened(tmp_path)) == "cannot_open"


def test_a_damaged_file_is_a_fault_and_no_answer(path: Path):
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content))

    def read() -> None:
        with closing(opened(path)) as log:
            list(log.entries())

    assert kind_of(read) in {"log_damaged", "not_a_log"}


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.40.1")
    assert kind_of(lambda: opened(tmp_path / "record.db")) == "old_sqlite"


def test_the_file_is_marked_and_its_steps_are_recorded(path: Path):
    with closing(apsw.Connection(str(path))) as connection:
        assert connection.pragma("application_id") == schema.APPLICATION_ID
        assert connection.pragma("user_version") == len(schema.MIGRATIONS)
        taken = [name for (name,) in connection.execute("SELECT name FROM migration")]
    assert taken == list(schema.MIGRATIONS)


def test_a_step_that_fails_leaves_the_file_before_it(path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(connection: apsw.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        connection.execute("CREATE TABLE half (x)")

    monkeypatch.setattr(schema, "MIGRATIONS", dict(schema.MIGRATIONS) | {"fail": fail})
    assert kind_of(lambda: opened(path)) == "storage_error"
    monkeypatch.undo()
    with closing(apsw.Connection(str(path))) as connection:
        assert connection.execute("SELECT * FROM sqlite_schema WHERE name = 'half'").get is None
    assert judged(path).intact
