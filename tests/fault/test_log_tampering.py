"""A log changed by hand is seen at its entry or refused by the file; a redacted value is gone."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from equipoise.conduct.chain import verify
from equipoise.conduct.entries import Action

from .log_kit import LENGTH, REDACTED, draft, edit, judged, opened


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
