"""A file that is no log this program can open is refused by name; a log is marked as one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from equipoise.store import schema

from .log_kit import judged, kind_of, opened


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
