"""Everything that changes the record. Each command looks, decides, writes, and answers.

A command holds the desk while it does so. What it does not accept it refuses as a whole, with
every finding; then nothing was written.
"""

from __future__ import annotations

import datetime as dt
import re

from equipoise.conduct.allocating import allocate_subject, record_arm
from equipoise.conduct.answering import answer_form
from equipoise.conduct.computing import recompute
from equipoise.conduct.desk import Desk, Person, known_subject, permit
from equipoise.conduct.entering import (
    broken_signature,
    drafts_of,
    judge_form,
    reached_drafts,
)
from equipoise.conduct.entries import FORM_DATE, Action, Draft, Place
from equipoise.conduct.findings import Finding, FindingKind, refusal, refuse
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.lesions.lesion_findings import judge_lesions, lesion_drafts
from equipoise.conduct.lesions.lesion_rows import lesion_forms
from equipoise.conduct.receipt import Receipt, receipt_of
from equipoise.conduct.record import REGISTRATION_DATE, SITE, Row
from equipoise.conduct.redacting import redact_value
from equipoise.conduct.values import is_plain_text
from equipoise.study.identity import Permission

__all__ = [
    "allocate_subject",
    "answer_query",
    "override_finding",
    "raise_query",
    "record_arm",
    "record_form",
    "redact_value",
    "register_subject",
    "remove_row",
    "sign_form",
]

_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,39}")


def register_subject(
    desk: Desk, person: Person, *, subject: str, site: str, on: dt.date
) -> Receipt:
    """Enter a new subject of a site.

    Raises
    ------
    RecordRefused
        For a number that is taken or cannot be one, an unknown site, a day in the future, or a
        person who may not.
    """
    place = Place(subject=subject)
    with desk.lock:
        permit(desk, person, to=Permission.REGISTER, place=place)
        if findings := _registration_findings(desk, person, subject=subject, site=site, on=on):
            raise refusal(findings, place=place)
        stamp = desk.stamp(person)
        values = {REGISTRATION_DATE: on.isoformat(), SITE: site}
        drafts = [
            Draft(stamp=stamp, action=Action.REGISTER, place=place.at(item), new=new)
            for item, new in values.items()
        ]
        return receipt_of(desk.write(drafts))


def _registration_findings(
    desk: Desk, person: Person, *, subject: str, site: str, on: dt.date
) -> list[Finding]:
    findings = [
        (
            FindingKind.BAD_SUBJECT,
            not _SUBJECT.fullmatch(subject),
            "no number of a subject",
            subject,
        ),
        (
            FindingKind.SUBJECT_EXISTS,
            subject in desk.record.subjects,
            "the number is taken",
            subject,
        ),
        (FindingKind.UNKNOWN_SITE, site not in (desk.study.sites or {site}), "no such site", site),
        (FindingKind.ANOTHER_SITE, person.site not in {None, site}, "not the person's site", site),
        (FindingKind.DATE_IN_FUTURE, on > desk.today, "the day lies in the future", str(on)),
    ]
    return [
        Finding(kind=kind, item="", say=say, got=got) for kind, wrong, say, got in findings if wrong
    ]


def record_form(desk: Desk, person: Person, filled: FilledForm) -> Receipt:
    """Enter a form, or change one; computed items are filled in and checks judged.

    Items left out keep their value. Soft checks that fail are recorded as findings; a finding
    closes when the form is entered again and the check no longer fails.

    Raises
    ------
    RecordRefused
        With every hard finding: place, arm, type, code, range, required items, reasons, checks.
    """
    with desk.lock:
        permit(desk, person, to=Permission.RECORD, place=filled.place)
        judgement = judge_form(
            filled,
            subject=desk.record.subjects.get(filled.subject),
            rulebook=desk.rulebook,
            today=desk.today,
        )
        if judgement.hard:
            raise refusal(judgement.hard, place=filled.place)
        computed = desk.rulebook.forms[filled.form].computed
        drafts = drafts_of(judgement, stamp=desk.stamp(person), computed=computed)
        entries = desk.write(drafts)
        return answer_form(desk, person, judgement, entries=entries)


def remove_row(desk: Desk, person: Person, *, place: Place, why: str) -> Receipt:
    """Take a row out that should not be there; the log keeps what it said.

    Raises
    ------
    RecordRefused
        When there is no such row, no reason, or the person may not.
    """
    with desk.lock:
        permit(desk, person, to=Permission.RECORD, place=place)
        row = _known_row(desk, place=place)
        _words(why, place=place)
        stamp = desk.stamp(person)
        items = [*(item for item in row.cells if item != FORM_DATE), FORM_DATE]
        drafts = broken_signature(row, subject=place.subject, stamp=stamp)
        drafts += [
            Draft(
                stamp=stamp,
                action=Action.RECORD,
                place=place.at(item),
                old=row.cells[item].text,
                why=why,
            )
            for item in items
        ]
        left = desk.record.subjects[place.subject].where(lambda other: other is not row)
        reached = recompute(frozenset(items), subject=left, own=row, rulebook=desk.rulebook)
        drafts += reached_drafts(reached, subject=place.subject, stamp=stamp)
        if row.form in lesion_forms(desk.rulebook):
            judged = judge_lesions(left, rulebook=desk.rulebook)
            drafts += lesion_drafts(judged, subject=place.subject, stamp=stamp)
        return receipt_of(desk.write(drafts))


def override_finding(desk: Desk, person: Person, *, place: Place, why: str) -> Receipt:
    """Close a soft finding whose values are right as they are; `place.item` names the check.

    Raises
    ------
    RecordRefused
        When no such finding stands open, there is no reason, or the person may not.
    """
    with desk.lock:
        permit(desk, person, to=Permission.RECORD, place=place)
        mark = _known_row(desk, place=place).findings.get(place.item)
        if mark is None:
            say = "no finding of this check stands open"
            raise refuse(FindingKind.UNKNOWN_FINDING, place=place, say=say, got=place.item)
        _words(why, place=place)
        return _one(desk, person, Action.OVERRIDE, place=place, old=mark.text, why=why)


def sign_form(desk: Desk, person: Person, *, place: Place, meaning: str) -> Receipt:
    """Sign a row as it stands; the next change of it breaks the signature.

    Raises
    ------
    RecordRefused
        When there is no such row, it is signed already, or the person may not.
    """
    place = place.at("")
    with desk.lock:
        permit(desk, person, to=Permission.SIGN, place=place)
        row = _known_row(desk, place=place)
        _words(meaning, place=place)
        if row.signature is not None:
            say = "the row is signed"
            raise refuse(FindingKind.ALREADY_SIGNED, place=place, say=say, got=row.signature.who)
        return _one(desk, person, Action.SIGN, place=place, new=meaning)


def raise_query(desk: Desk, person: Person, *, place: Place, text: str) -> Receipt:
    """Ask about an item; the entry of the receipt is the number of the query.

    Raises
    ------
    RecordRefused
        When a query stands open there, the subject is unknown, or the person may not.
    """
    with desk.lock:
        permit(desk, person, to=Permission.QUERY, place=place)
        known_subject(desk, place=place)
        _words(text, place=place)
        if (asked := desk.record.open_query(place)) is not None:
            say = "a query stands open there"
            raise refuse(FindingKind.UNKNOWN_QUERY, place=place, say=say, got=asked.asked.seq)
        return _one(desk, person, Action.QUERY, place=place, new=text)


def answer_query(desk: Desk, person: Person, *, query: int, text: str) -> Receipt:
    """Answer a query.

    Raises
    ------
    RecordRefused
        When no such query stands open, or the person may not.
    """
    with desk.lock:
        asked = desk.record.queries.get(query)
        if asked is None or asked.answered is not None:
            place, say = Place(subject="query", item=str(query)), "no such query stands open"
            raise refuse(FindingKind.UNKNOWN_QUERY, place=place, say=say, got=query)
        permit(desk, person, to=Permission.RECORD, place=asked.place)
        _words(text, place=asked.place)
        return _one(desk, person, Action.ANSWER, place=asked.place, new=text)


def _one(desk: Desk, person: Person, action: Action, *, place: Place, **words: str) -> Receipt:
    draft = Draft(stamp=desk.stamp(person), action=action, place=place, **words)
    return receipt_of(desk.write([draft]))


def _known_row(desk: Desk, *, place: Place) -> Row:
    row = known_subject(desk, place=place).rows.get(place.row_key)
    if row is None:
        say = "there is no such row"
        raise refuse(FindingKind.UNKNOWN_ROW, place=place, say=say, got=place)
    return row


def _words(text: str, *, place: Place) -> None:
    if not is_plain_text(text):
        say = "words are missing, too long or not plain"
        raise refuse(FindingKind.BAD_TEXT, place=place, say=say, got=repr(text)[:80])
