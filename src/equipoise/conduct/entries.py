"""One change in the log: what is asked for (`Draft`) and what stands for ever (`Entry`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

FORM_DATE = "form_date"
"""The item that holds the day a row was filled; it is the first entry of the row."""


class Action(StrEnum):
    """What an entry does."""

    REGISTER = "register"
    ALLOCATE = "allocate"
    RECORD = "record"
    COMPUTE = "compute"
    FINDING = "finding"
    OVERRIDE = "override"
    QUERY = "query"
    ANSWER = "answer"
    SIGN = "sign"
    REDACT = "redact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the record: subject, occurrence of a visit, form, row of the form, item.

    What does not apply is empty (row 0). `item` is the name of the check in a finding.
    """

    subject: str
    visit: str = ""
    form: str = ""
    row: int = 0
    item: str = ""

    def at(self, item: str) -> Place:
        """Return the place of an item of the same row."""
        return Place(
            subject=self.subject, visit=self.visit, form=self.form, row=self.row, item=item
        )

    @property
    def row_key(self) -> tuple[str, str, int]:
        """Visit, form and row."""
        return (self.visit, self.form, self.row)

    def __str__(self) -> str:
        """Return `subject/visit/form/row/item`, cut where it ends."""
        row = str(self.row) if self.row else ""
        return "/".join(
            part for part in (self.subject, self.visit, self.form, row, self.item) if part
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What all entries of one command share.

    Attributes
    ----------
    at : datetime
        The server's clock, UTC, whole milliseconds.
    who, role : str
        The person and the role they acted in.
    study, version : str
        Content hash and version of the study they acted under.
    request : str
        Number of the request, empty when there was none.
    """

    at: dt.datetime
    who: str
    role: str
    study: str
    version: str
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change that a command asks the log to take in."""

    stamp: Stamp
    action: Action
    place: Place
    old: str | None = None
    new: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link of the log.

    Attributes
    ----------
    seq : int
        Number in the log, from 1 without gaps.
    at, who, role, study, version, request
        As in `Stamp`.
    action, subject, visit, form, row, item
        What was done and where, as in `Place`.
    old, new, why : str | None
        Values as canonical text, and the reason; None once redacted.
    salt : str
        Hexadecimal salt of the commitment; empty once redacted.
    commitment : str
        SHA-256 over salt, old, new and why.
    previous, hash : str
        SHA-256 of the entry before, and of this one.
    """

    seq: int
    at: dt.datetime
    who: str
    role: str
    action: Action
    subject: str
    visit: str
    form: str
    row: int
    item: str
    old: str | None
    new: str | None
    why: str | None
    study: str
    version: str
    request: str
    salt: str
    commitment: str
    previous: str
    hash: str

    @property
    def place(self) -> Place:
        """Where in the record it stands."""
        return Place(
            subject=self.subject, visit=self.visit, form=self.form, row=self.row, item=self.item
        )
