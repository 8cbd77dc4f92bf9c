"""The command that takes a value out of the log and leaves the chain whole."""

from __future__ import annotations

from dataclasses import replace

from equipoise.conduct.computing import compute_row, recompute
from equipoise.conduct.desk import Desk, Person, permit
from equipoise.conduct.entering import Judgement, broken_signature, value_drafts
from equipoise.conduct.entries import FORM_DATE, Action, Draft, Entry, Place, Stamp
from equipoise.conduct.findings import FindingKind, refuse
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.receipt import Receipt, receipt_of
from equipoise.conduct.record import Row
from equipoise.conduct.values import is_plain_text
from equipoise.study.identity import Permission

_REDACTABLE = frozenset({Action.RECORD, Action.COMPUTE, Action.QUERY, Action.ANSWER})


def redact_value(desk: Desk, person: Person, *, entry: int, why: str) -> Receipt:
    """Take the value of an entry out of the log, for example personal data put in by mistake.

    Every entry of the same place that holds the value, as old or as new, loses old, new and
    reason; entries of other places are other values. If another value stands there now, it is
    recorded again behind the redaction; otherwise the item is empty afterwards, and what is
    computed from it is computed anew. A copy of the log made before still holds the value.

    Raises
    ------
    RecordRefused
        When the entry holds no value that can be taken out, there is no reason, or the person
        may not.
    """
    with desk.lock:
        chosen = _chosen(desk, entry)
        place = chosen.place
        permit(desk, person, to=Permission.SIGN, place=place)
        if not is_plain_text(why):
            say = "the reason is missing or not plain"
            raise refuse(FindingKind.BAD_TEXT, place=place, say=say, got=repr(why)[:80])
        stamp = desk.stamp(person)
        seqs = _entries_with(desk, chosen)
        drafts = [
            Draft(stamp=stamp, action=Action.REDACT, place=place, new=str(seq), why=why)
            for seq in seqs
        ]
        return receipt_of(desk.write([*drafts, *_after(desk, chosen, seqs=seqs, stamp=stamp)]))


def _chosen(desk: Desk, seq: int) -> Entry:
    entry = next(desk.log.entries(after=seq - 1), None) if seq > 0 else None
    if entry is None or entry.action not in _REDACTABLE or entry.item == FORM_DATE:
        place, say = Place(subject="entry", item=str(seq)), "it holds no value of its own"
        got = "no such entry" if entry is None else f"{entry.action} of {entry.place}"
        raise refuse(FindingKind.CANNOT_REDACT, place=place, say=say, got=got)
    if entry.new is None:
        say = "it took a value away, or was redacted before"
        raise refuse(FindingKind.CANNOT_REDACT, place=entry.place, say=say, got="no value")
    return entry


def _entries_with(desk: Desk, chosen: Entry) -> tuple[int, ...]:
    """Return every entry of the place that holds the value."""
    return tuple(
        entry.seq
        for entry in desk.log.entries()
        if entry.action in _REDACTABLE
        and chosen.new in {entry.old, entry.new}
        and entry.place == chosen.place
    )


def _after(desk: Desk, chosen: Entry, *, seqs: tuple[int, ...], stamp: Stamp) -> list[Draft]:
    """Return what else changes: the value that stands now, or what was computed from it."""
    row = desk.record.subjects[chosen.subject].rows.get(chosen.place.row_key)
    cell = row.cells.get(chosen.item) if row is not None else None
    if row is None or cell is None or cell.seq not in seqs:
        return []
    drafts = broken_signature(row, subject=chosen.subject, stamp=stamp)
    if cell.text == chosen.new:
        return [*drafts, *_computed_without(desk, chosen, row=row, stamp=stamp)]
    again = Draft(
        stamp=stamp,
        action=Action.COMPUTE if chosen.action is Action.COMPUTE else Action.RECORD,
        place=chosen.place,
        new=cell.text,
        why=f"stands unchanged beside the redaction of entry {chosen.seq}",
    )
    return [*drafts, again]


def _computed_without(desk: Desk, chosen: Entry, *, row: Row, stamp: Stamp) -> list[Draft]:
    """Return the computed items that change once the item is empty."""
    cells = {item: cell for item, cell in row.cells.items() if item != chosen.item}
    before = replace(row, cells=cells, signature=None)
    subject = desk.record.subjects[chosen.subject].with_row(before)
    after = compute_row(before, subject=subject, rulebook=desk.rulebook).row
    filled = FilledForm(
        subject=chosen.subject,
        visit=row.visit,
        form=row.form,
        row=row.row,
        date=row.date,
        values={},
    )
    changed = frozenset({chosen.item})
    reached = recompute(changed, subject=subject.with_row(after), own=after, rulebook=desk.rulebook)
    judgement = Judgement(filled=filled, before=before, after=after, reached=reached)
    computed = desk.rulebook.forms[row.form].computed
    return value_drafts(judgement, stamp=stamp, computed=computed)
