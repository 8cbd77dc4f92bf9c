"""Tables of the SQLite log, and the named steps that bring an older file up to date.

A step and the note that it was taken are one transaction: a file is before a step or after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import apsw

APPLICATION_ID = 0x45515053
"""`EQPS`: marks the file as a log of Equipoise."""


def create_log(connection: apsw.Connection) -> None:
    """Make the log and its values.

    The public part of an entry stands in `log`, which nobody may change or delete from. What can
    be redacted stands in `payload`, which nobody may change, and delete from only when an entry
    of the log redacts it; a redaction itself stays. Hashes and salts are bytes.
    """
    connection.execute(
        """
        CREATE TABLE log (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            role TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            visit TEXT NOT NULL,
            form TEXT NOT NULL,
            row INTEGER NOT NULL,
            item TEXT NOT NULL,
            study BLOB NOT NULL,
            version TEXT NOT NULL,
            request TEXT NOT NULL,
            commitment BLOB NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE TABLE payload (
            seq INTEGER PRIMARY KEY REFERENCES log (seq),
            salt BLOB NOT NULL,
            old TEXT,
            new TEXT,
            why TEXT
        ) STRICT;
        CREATE INDEX redactions ON log (seq) WHERE action = 'redact';
        CREATE TRIGGER log_is_never_changed BEFORE UPDATE ON log
        BEGIN SELECT RAISE(ABORT, 'an entry of the log is never changed'); END;
        CREATE TRIGGER log_is_never_deleted BEFORE DELETE ON log
        BEGIN SELECT RAISE(ABORT, 'an entry of the log is never deleted'); END;
        CREATE TRIGGER log_has_no_gap BEFORE INSERT ON log
        WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM log)
        BEGIN SELECT RAISE(ABORT, 'entries of the log are numbered without gaps'); END;
        CREATE TRIGGER payload_is_never_changed BEFORE UPDATE ON payload
        BEGIN SELECT RAISE(ABORT, 'a value of the log is never changed'); END;
        CREATE TRIGGER payload_is_redacted_only BEFORE DELETE ON payload
        WHEN EXISTS (SELECT 1 FROM log WHERE seq = OLD.seq AND action = 'redact')
          OR NOT EXISTS (
            SELECT 1 FROM log JOIN payload USING (seq)
            WHERE log.action = 'redact' AND payload.new = CAST(OLD.seq AS TEXT))
        BEGIN SELECT RAISE(ABORT, 'a value leaves the log by a redaction only'); END;
        """
    )


MIGRATIONS: Mapping[str, Callable[[apsw.Connection], None]] = MappingProxyType(
    {"create_log": create_log}
)
"""Steps by name, in the order they are taken; a step once released is never changed."""


def steps_missing(connection: apsw.Connection) -> tuple[str, ...]:
    """Return the steps that a file has not taken yet."""
    connection.execute(
        """
        CREATE TABLE IF NOT EXISTS migration (
            name TEXT PRIMARY KEY,
            taken TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
        ) STRICT
        """
    )
    taken = {name for (name,) in connection.execute("SELECT name FROM migration")}
    return tuple(name for name in MIGRATIONS if name not in taken)


def migrate(connection: apsw.Connection) -> None:
    """Take every step that is missing and mark the file, in one transaction."""
    with connection:
        missing = steps_missing(connection)
        for name in missing:
            MIGRATIONS[name](connection)
            connection.execute("INSERT INTO migration (name) VALUES (?)", (name,))
        if missing:
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", len(MIGRATIONS))
