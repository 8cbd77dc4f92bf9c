"""The desk: everything a command needs, and who stands before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import RLock

from equipoise.base.randomness import Seed
from equipoise.conduct.entries import Draft, Entry, Place, Stamp
from equipoise.conduct.findings import FindingKind, refuse
from equipoise.conduct.ports import Log
from equipoise.conduct.record import Record, SubjectRecord
from equipoise.conduct.rulebook import Rulebook, rulebook_of
from equipoise.study.identity import Permission
from equipoise.study.study import Study

EASTERNMOST = dt.timedelta(hours=14)
"""How far the first time zone is ahead of UTC: a later day is in the future everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who gives a command.

    Attributes
    ----------
    name : str
        The account.
    role : str
        The role of the study they act in.
    site : str | None
        Their site; None in the trial office, which sees all sites.
    request : str
        Number of the request the command came with, for the log.
    """

    name: str
    role: str
    site: str | None = None
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a command needs. Made by `open_desk`.

    Attributes
    ----------
    study : Study
        The protocol.
    log : Log
        Where entries go.
    record : Record
        What the log says now; commands keep it up to date.
    clock : callable
        Current time, with a time zone.
    seed : Seed | None
        The secret of the allocation list; None where nobody is randomised.
    rulebook : Rulebook
        The study made ready for entry.
    lock : RLock
        Held while a command looks, decides and writes, so that two cannot cross.
    """

    study: Study
    log: Log
    record: Record
    clock: Callable[[], dt.datetime]
    rulebook: Rulebook
    seed: Seed | None = None
    lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def today(self) -> dt.date:
        """The last day that is not in the future somewhere on earth."""
        return (self.clock().astimezone(dt.UTC) + EASTERNMOST).date()

    def stamp(self, person: Person) -> Stamp:
        """Return what the entries of one command share."""
        now = self.clock().astimezone(dt.UTC)
        return Stamp(
            at=now.replace(microsecond=now.microsecond // 1000 * 1000),
            who=person.name,
            role=person.role,
            study=self.rulebook.study_hash,
            version=self.study.version,
            request=person.request,
        )

    def write(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Append drafts to the log and bring the record up to date."""
        if not drafts:
            return ()
        entries = self.log.append(drafts)
        self.record.take(entries)
        return entries


def open_desk(
    study: Study, *, log: Log, clock: Callable[[], dt.datetime], seed: Seed | None = None
) -> Desk:
    """Return the desk of a study over a log, its record folded from the beginning.

    Raises
    ------
    RecordRefused
        When the study changed but its version did not.
    StorageFault
        When the log cannot be read or does not fold.
    """
    rulebook = rulebook_of(study)
    record = Record(kinds=rulebook.kinds)
    record.take(log.entries())
    if record.version == study.version and record.study_hash != rulebook.study_hash:
        raise refuse(
            FindingKind.STUDY_CHANGED,
            place=Place(subject=study.study),
            say=f"the study is not the one that version {study.version} of the log was made with",
            got=f"{rulebook.study_hash[:12]} instead of {record.study_hash[:12]}",
        )
    return Desk(study=study, log=log, record=record, clock=clock, rulebook=rulebook, seed=seed)


def permit(desk: Desk, person: Person, *, to: Permission, place: Place) -> None:
    """Refuse a command that the person's role may not give, or for a subject of another site.

    Raises
    ------
    RecordRefused
        When the role is unknown or may not, or the site is another.
    """
    role = desk.study.roles.get(person.role)
    if role is None:
        say = "the study has no such role"
        raise refuse(FindingKind.UNKNOWN_ROLE, place=place, say=say, got=person.role)
    if to not in role.may:
        say = f"the role '{person.role}' may not {to}"
        raise refuse(FindingKind.NOT_PERMITTED, place=place, say=say, got=", ".join(role.may))
    subject = desk.record.subjects.get(place.subject)
    if subject is not None and person.site not in {None, subject.site}:
        say = f"the subject is not of the site '{person.site}'"
        raise refuse(FindingKind.ANOTHER_SITE, place=place, say=say, got=person.site)


def known_subject(desk: Desk, *, place: Place) -> SubjectRecord:
    """Return a subject of the record, or refuse.

    Raises
    ------
    RecordRefused
        When there is no such subject.
    """
    subject = desk.record.subjects.get(place.subject)
    if subject is None:
        say = "no such subject"
        raise refuse(FindingKind.UNKNOWN_SUBJECT, place=place, say=say, got=place.subject)
    return subject
