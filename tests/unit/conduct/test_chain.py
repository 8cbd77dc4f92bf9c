from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from hashlib import sha256

import pytest

from equipoise.base.hashes import canonical
from equipoise.conduct.chain import GENESIS, Head, blanked, seal, seal_all, verify
from equipoise.conduct.entries import Action, Draft, Entry, Place, Stamp

STAMP = Stamp(
    at=dt.datetime(2026, 3, 2, 8, 0, 0, 7000, tzinfo=dt.UTC),
    who="ünal",
    role="doctor",
    study="ab" * 32,
    version="1.0",
    request="r-1",
)
PLACE = Place(subject="01", visit="cycle_2", form="body", row=1, item="weight_kg")


def draft(**words) -> Draft:
    return Draft(**({"stamp": STAMP, "action": Action.RECORD, "place": PLACE, "new": "72"} | words))


def chain(*drafts: Draft) -> tuple[Entry, ...]:
    salts = (f"{k:032x}" for k in range(1, 99))
    return seal_all(drafts, previous=GENESIS, salts=lambda: next(salts))


def redacted_chain() -> list[Entry]:
    entries = list(
        chain(
            draft(),
            draft(old="72", new="73", why="typing error"),
            draft(action=Action.REDACT, new="1", why="a name was in it"),
        )
    )
    entries[0] = blanked(entries[0])
    return entries


def test_a_seal_is_what_the_format_says():
    previous = Head(seq=4, hash="cd" * 32)
    entry = seal(draft(old=None, new="72", why="ß"), previous=previous, salt="00ff")
    commitment = sha256(b"00ff" + canonical([None, "72", "ß"])).hexdigest()
    public = [
        5,
        "2026-03-02T08:00:00.007+00:00",
        "ünal",
        "doctor",
        "record",
        "01",
        "cycle_2",
        "body",
        1,
        "weight_kg",
        "ab" * 32,
        "1.0",
        "r-1",
        commitment,
    ]
    assert entry.commitment == commitment
    assert entry.hash == sha256(previous.hash.encode() + canonical(public)).hexdigest()
    assert json.loads(canonical(public)) == public


def test_the_same_value_under_another_salt_has_another_commitment():
    one, two = chain(draft(), draft())
    assert one.new == two.new
    assert one.commitment != two.commitment


def test_an_untouched_chain_is_intact():
    verdict = verify(chain(*[draft()] * 5))
    assert (verdict.intact, verdict.entries, verdict.first_bad) == (True, 5, None)


def test_an_empty_log_is_intact():
    assert verify([]).intact


CHANGES = {
    "at": STAMP.at + dt.timedelta(milliseconds=1),
    "who": "other",
    "role": "nurse",
    "action": Action.COMPUTE,
    "subject": "02",
    "visit": "cycle_1",
    "form": "risk",
    "row": 2,
    "item": "height_cm",
    "old": "71",
    "new": "74",
    "why": "because",
    "study": "00" * 32,
    "version": "1.1",
    "request": "r-2",
    "salt": "ff" * 16,
    "commitment": "11" * 32,
    "previous": "22" * 32,
    "hash": "33" * 32,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_any_field_is_seen_at_its_entry(name):
    entries = list(chain(*[draft()] * 4))
    entries[1] = replace(entries[1], **{name: CHANGES[name]})
    verdict = verify(entries)
    assert (verdict.intact, verdict.first_bad) == (False, 2)
    assert verdict.reason.startswith("entry 2: ")


def test_every_field_but_the_number_is_among_the_changes_tried():
    assert {*CHANGES, "seq"} == set(Entry.__slots__)


def test_a_missing_entry_is_named():
    one, _, three = chain(draft(), draft(), draft())
    assert verify([one, three]).first_bad == 2


def test_two_entries_that_changed_places_are_seen_at_the_first():
    entries = chain(*[draft(new=str(k)) for k in range(4)])
    swapped = [entries[0], replace(entries[2], seq=2), replace(entries[1], seq=3), entries[3]]
    assert verify(swapped).first_bad == 2


def test_an_entry_put_in_between_is_seen():
    entries = chain(draft(), draft())
    false = seal(draft(new="99"), previous=Head(seq=1, hash=entries[0].hash), salt="aa")
    moved = replace(entries[1], seq=3)
    verdict = verify([entries[0], false, moved])
    assert verdict.first_bad == 3


def test_a_log_cut_short_is_seen_by_a_hash_kept_outside():
    entries = chain(draft(), draft(), draft())
    anchors = {3: entries[2].hash}
    assert verify(entries, anchors=anchors).intact
    assert verify(entries[:2]).intact
    assert verify(entries[:2], anchors=anchors).first_bad == 3


def test_a_log_written_anew_is_seen_by_a_hash_kept_outside():
    honest, false = chain(draft(), draft()), chain(draft(), draft(new="73"))
    assert verify(false).intact
    assert verify(false, anchors={2: honest[1].hash}).first_bad == 2


def test_a_redacted_value_leaves_the_chain_intact():
    assert verify(redacted_chain()).intact


def test_a_value_that_nobody_redacted_is_missed():
    entries = redacted_chain()
    entries[1] = blanked(entries[1])
    verdict = verify(entries)
    assert (verdict.intact, verdict.first_bad) == (False, 2)
    assert "no entry redacts it" in verdict.reason


def test_a_redaction_cannot_be_redacted():
    entries = redacted_chain()
    head = Head(seq=3, hash=entries[2].hash)
    entries.append(seal(draft(action=Action.REDACT, new="3"), previous=head, salt="ee"))
    entries[2] = blanked(entries[2])
    assert verify(entries).first_bad == 1


def test_the_first_bad_entry_is_a_missing_value_before_a_broken_link():
    entries = list(chain(*[draft()] * 3))
    entries[0] = blanked(entries[0])
    entries[2] = replace(entries[2], who="other")
    assert verify(entries).first_bad == 1
