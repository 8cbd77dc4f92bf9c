"""The hash chain: how an entry is sealed, and how anybody can check that none was touched.

``commitment = SHA-256(salt + canonical([old, new, why]))`` and
``hash = SHA-256(previous + canonical(public fields + commitment))``, both over UTF-8 text with
hashes and salts in hexadecimal. The chain holds the commitment, never the value, so a value and
its salt can be taken out and the chain still verifies.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import MappingProxyType

from equipoise.base.errors import StorageFault
from equipoise.conduct.entries import Action, Draft, Entry

# The spelling of `equipoise.base.hashes.canonical`, with the encoder kept between calls.
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Number and hash of the last entry of a log."""

    seq: int
    hash: str


GENESIS = Head(seq=0, hash="0" * 64)
"""The head of an empty log."""

NO_ANCHORS: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainVerdict:
    """Whether a log is as it was written.

    Attributes
    ----------
    entries : int
        Entries that hold, up to the first broken link.
    intact : bool
        Whether every link holds.
    first_bad : int | None
        Number of the first entry that does not hold.
    reason : str
        What does not hold there, in one sentence; empty for an intact log.
    """

    entries: int
    intact: bool
    first_bad: int | None
    reason: str


def commit(*, salt: str, old: str | None, new: str | None, why: str | None) -> str:
    """Return the commitment to a value and its reason."""
    return sha256(f"{salt}{_encode([old, new, why])}".encode()).hexdigest()


def written_at(at: dt.datetime) -> str:
    """Return a time as it is hashed and stored: ISO 8601, UTC, milliseconds."""
    return at.isoformat(timespec="milliseconds")


def link(entry: Entry) -> str:
    """Return the hash that an entry should bear."""
    public = _encode(
        [
            entry.seq,
            written_at(entry.at),
            entry.who,
            entry.role,
            entry.action,
            entry.subject,
            entry.visit,
            entry.form,
            entry.row,
            entry.item,
            entry.study,
            entry.version,
            entry.request,
            entry.commitment,
        ]
    )
    return sha256(f"{entry.previous}{public}".encode()).hexdigest()


def seal(draft: Draft, *, previous: Head, salt: str) -> Entry:
    """Return the entry that a draft becomes behind the head of a log."""
    stamp, place = draft.stamp, draft.place
    entry = Entry(
        seq=previous.seq + 1,
        at=stamp.at,
        who=stamp.who,
        role=stamp.role,
        action=draft.action,
        subject=place.subject,
        visit=place.visit,
        form=place.form,
        row=place.row,
        item=place.item,
        old=draft.old,
        new=draft.new,
        why=draft.why,
        study=stamp.study,
        version=stamp.version,
        request=stamp.request,
        salt=salt,
        commitment=commit(salt=salt, old=draft.old, new=draft.new, why=draft.why),
        previous=previous.hash,
        hash="",
    )
    # Filled in here, once, before anybody has seen the entry: a second copy would cost a quarter.
    object.__setattr__(entry, "hash", link(entry))
    return entry


def seal_all(
    drafts: Sequence[Draft], *, previous: Head, salts: Callable[[], str]
) -> tuple[Entry, ...]:
    """Return the entries of several drafts, each behind the one before."""
    head, entries = previous, []
    for draft in drafts:
        entry = seal(draft, previous=head, salt=salts())
        head = Head(seq=entry.seq, hash=entry.hash)
        entries.append(entry)
    return tuple(entries)


def blanked(entry: Entry) -> Entry:
    """Return an entry without its value, as a redaction leaves it."""
    return replace(entry, salt="", old=None, new=None, why=None)


def redacted_seq(entry: Entry) -> int | None:
    """Return the number of the entry whose value this entry takes out, or None."""
    if entry.action is not Action.REDACT or entry.new is None or not entry.new.isdecimal():
        return None
    return int(entry.new)


@dataclass(slots=True)
class _Walk:
    """Where a verification stands: the head so far, and values seen missing, by entry."""

    anchors: Mapping[int, str]
    head: Head = GENESIS
    missing: dict[int, Action] = field(default_factory=dict)

    def fault_of(self, entry: Entry) -> str | None:
        """Return what is wrong with the next entry."""
        if entry.seq != self.head.seq + 1:
            return "it is missing"
        if entry.previous != self.head.hash:
            return "it does not follow the entry before"
        if entry.hash != link(entry):
            return "its content does not have its hash"
        if self.anchors.get(entry.seq, entry.hash) != entry.hash:
            return "it is not the entry whose hash was kept outside"
        return self._fault_of_value(entry)

    def _fault_of_value(self, entry: Entry) -> str | None:
        if entry.salt == "" and entry.old is None and entry.new is None and entry.why is None:
            self.missing[entry.seq] = entry.action
            return None
        said = commit(salt=entry.salt, old=entry.old, new=entry.new, why=entry.why)
        return None if said == entry.commitment else "its value does not have its commitment"

    def take(self, entry: Entry) -> None:
        """Go on to the next entry."""
        self.head = Head(seq=entry.seq, hash=entry.hash)
        self.clear(entry)

    def clear(self, entry: Entry) -> None:
        """Accept that the value which an entry redacts is missing; a redaction itself stays."""
        seq = redacted_seq(entry)
        if seq is not None and self.missing.get(seq) is not Action.REDACT:
            self.missing.pop(seq, None)

    def verdict(self, broken: str | None) -> ChainVerdict:
        """Name the first entry that does not hold: the one after the head, or a missing value."""
        if self.missing:
            return self._bad(min(self.missing), "its value is gone and no entry redacts it")
        if broken is not None:
            return self._bad(self.head.seq + 1, broken)
        if late := [seq for seq in self.anchors if seq > self.head.seq]:
            return self._bad(self.head.seq + 1, f"the log once reached entry {max(late)}")
        return ChainVerdict(entries=self.head.seq, intact=True, first_bad=None, reason="")

    def unreadable(self, reason: str) -> ChainVerdict:
        """Name the entry after the head; whether later ones redact a value cannot be known."""
        return self._bad(self.head.seq + 1, reason)

    def _bad(self, seq: int, reason: str) -> ChainVerdict:
        return ChainVerdict(
            entries=self.head.seq, intact=False, first_bad=seq, reason=f"entry {seq}: {reason}"
        )


def verify(entries: Iterable[Entry], *, anchors: Mapping[int, str] = NO_ANCHORS) -> ChainVerdict:
    """Check every link of a log from its beginning.

    Parameters
    ----------
    entries : Iterable[Entry]
        All entries, in order.
    anchors : Mapping[int, str]
        Hashes of entries that were kept outside (printed, mailed); they show a log that was cut
        short or replaced as a whole, which no chain can show by itself.

    Returns
    -------
    ChainVerdict
        With the number of the first entry that does not hold. An entry that cannot be read at
        all is the first bad one.

    Notes
    -----
    A missing value is accepted only when a later entry redacts it; behind a broken link entries
    are read for that alone.
    """
    walk, broken = _Walk(anchors=anchors), None
    try:
        for entry in entries:
            broken = broken or walk.fault_of(entry)
            if broken is None:
                walk.take(entry)
            else:
                walk.clear(entry)
    except StorageFault as fault:
        return walk.unreadable(broken or fault.faults[0].what)
    return walk.verdict(broken)
