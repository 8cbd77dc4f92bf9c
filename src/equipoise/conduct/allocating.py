"""Commands that put a subject into an arm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from equipoise.base.randomness import Seed
from equipoise.conduct.allocation import Allocation, allocation_list
from equipoise.conduct.desk import Desk, Person, known_subject, permit
from equipoise.conduct.eligibility import Eligible, NotEligible, NotYet, Verdict, eligibility_of
from equipoise.conduct.entries import Action, Draft, Place
from equipoise.conduct.findings import Finding, FindingKind, refusal, refuse
from equipoise.conduct.lesions.lesion_findings import judge_lesions, lesion_drafts
from equipoise.conduct.reasons import Reason, tells_hidden
from equipoise.conduct.receipt import Receipt, receipt_of
from equipoise.conduct.record import ARM, RANDOMISATION_DATE, STRATUM, SubjectRecord
from equipoise.conduct.view import say_stratum, strata_now
from equipoise.study.forms import FormPurpose
from equipoise.study.identity import Permission
from equipoise.study.rules import rule_names

CONSENT_DATE = "consent_date"


def allocate_subject(desk: Desk, person: Person, *, subject: str, on: dt.date) -> Allocation:
    """Randomise a subject: the next arm of the list of its stratum.

    Looking, choosing and writing happen while the desk is held, so no place of a list is given
    twice and the order of the list is the order of the log.

    Raises
    ------
    RecordRefused
        Before consent and eligibility (unknown is not yet), twice, with an unknown stratum, for
        a day before registration or in the future, or when the study does not randomise.
    """
    place = Place(subject=subject)
    with desk.lock:
        permit(desk, person, to=Permission.ALLOCATE, place=place)
        who = known_subject(desk, place=place)
        seed = _seed(desk, place)
        strata = _strata(desk, who)
        findings = [
            *_unready(desk, who, on=on),
            *_eligibility_findings(desk, person, eligibility_of(who, rulebook=desk.rulebook)),
            *_stratum_findings(strata),
        ]
        if findings:
            raise refusal(findings, place=place)
        stratum = say_stratum(strata)
        arm = _next_arm(desk, seed=seed, stratum=stratum)
        values = {ARM: arm, STRATUM: stratum, RANDOMISATION_DATE: on.isoformat()}
        started = replace(who, randomisation_date=on)
        entries = _write(desk, person, who=started, values=values).entries
        return Allocation(subject=subject, arm=arm, stratum=stratum, on=on, entry=entries[0])


def record_arm(desk: Desk, person: Person, *, subject: str, arm: str, on: dt.date) -> Receipt:
    """Record the arm of a subject in a study that does not randomise here.

    Raises
    ------
    RecordRefused
        When the study randomises, the arm is unknown, or the subject has one.
    """
    place = Place(subject=subject)
    with desk.lock:
        permit(desk, person, to=Permission.ALLOCATE, place=place)
        who = known_subject(desk, place=place)
        findings = list(_unready(desk, who, on=on))
        if desk.study.randomise is not None:
            say = "this study randomises its subjects"
            findings.append(_finding(FindingKind.NOT_RANDOMISED_HERE, say, got=arm))
        if arm not in desk.study.arms:
            findings.append(_finding(FindingKind.UNKNOWN_ARM, "no such arm", got=arm))
        if findings:
            raise refusal(findings, place=place)
        values = {ARM: arm, RANDOMISATION_DATE: on.isoformat()}
        started = replace(who, randomisation_date=on)
        return _write(desk, person, who=started, values=values)


def _write(desk: Desk, person: Person, *, who: SubjectRecord, values: Mapping[str, str]) -> Receipt:
    """Write what allocates a subject, and what is found about its lesions now that it started."""
    stamp, place = desk.stamp(person), Place(subject=who.subject)
    drafts = [
        Draft(stamp=stamp, action=Action.ALLOCATE, place=place.at(item), new=new)
        for item, new in values.items()
    ]
    judged = judge_lesions(who, rulebook=desk.rulebook)
    drafts += lesion_drafts(judged, subject=who.subject, stamp=stamp)
    return receipt_of(desk.write(drafts))


def _seed(desk: Desk, place: Place) -> Seed:
    if desk.study.randomise is None:
        say = "the study does not randomise"
        raise refuse(FindingKind.NOT_RANDOMISED_HERE, place=place, say=say, got="nothing")
    if desk.seed is None:
        say = "the record was opened without the seed of the allocation list"
        raise refuse(FindingKind.NO_SEED, place=place, say=say, got="nothing")
    return desk.seed


def _finding(kind: FindingKind, say: str, *, got: object) -> Finding:
    return Finding(kind=kind, item="", say=say, got=str(got))


def _unready(desk: Desk, who: SubjectRecord, *, on: dt.date) -> list[Finding]:
    """Return what bars any allocation: a former one, no consent, an impossible day."""
    findings: list[Finding] = []
    if who.allocation_seq is not None:
        say = f"allocated by entry {who.allocation_seq}"
        findings.append(_finding(FindingKind.ALREADY_ALLOCATED, say, got=who.subject))
    if not _consented(desk, who):
        findings.append(_finding(FindingKind.NO_CONSENT, "no informed consent", got="nothing"))
    if on > desk.today:
        findings.append(_finding(FindingKind.DATE_IN_FUTURE, "the day lies in the future", got=on))
    if who.registration_date is not None and on < who.registration_date:
        say = f"the day lies before registration ({who.registration_date})"
        findings.append(_finding(FindingKind.DATE_IN_FUTURE, say, got=on))
    return findings


def _consented(desk: Desk, who: SubjectRecord) -> bool:
    """Tell whether the form about the subject is there, with its day of consent if it has one."""
    forms = [form for form in desk.study.forms.values() if form.purpose is FormPurpose.SUBJECT]
    return all(
        any(
            CONSENT_DATE not in form.items or row.value(CONSENT_DATE)
            for row in who.rows_of(form.form)
        )
        for form in forms
    )


def _told(reason: Reason, desk: Desk, person: Person) -> str:
    """Return a criterion with its rule and values, unless the role must not see one of them."""
    said = desk.study.eligibility
    names = rule_names((said.include | said.exclude)[reason.item].rule)
    hidden = desk.study.roles[person.role].hidden
    if tells_hidden(names, hidden=hidden, study=desk.study):
        return reason.item
    return f"{reason.item} ({reason.why.removesuffix('.')})"


def _eligibility_findings(desk: Desk, person: Person, verdict: Verdict) -> list[Finding]:
    match verdict:
        case Eligible():
            return []
        case NotEligible(reasons=reasons):
            say = "the subject is not eligible"
            got = f"not met: {', '.join(_told(each, desk, person) for each in reasons)}"
            return [_finding(FindingKind.NOT_ELIGIBLE, say, got=got)]
        case NotYet(criteria=criteria, missing=missing):
            say = f"eligibility is not known yet: {', '.join(criteria)}"
            got = f"missing: {', '.join(missing)}"
            return [_finding(FindingKind.NOT_YET_ELIGIBLE, say, got=got)]


def _strata(desk: Desk, who: SubjectRecord) -> dict[str, bool | None]:
    by = desk.study.randomise.by if desk.study.randomise is not None else ()
    answers = strata_now(who, rulebook=desk.rulebook)
    return {name: answers[name] for name in by}


def _stratum_findings(strata: Mapping[str, bool | None]) -> list[Finding]:
    unknown = [name for name, said in strata.items() if said is None]
    say = "the stratum is not known"
    return [_finding(FindingKind.STRATUM_UNKNOWN, say, got=", ".join(unknown))] if unknown else []


def _next_arm(desk: Desk, *, seed: Seed, stratum: str) -> str:
    before = sum(other.stratum == stratum for other in desk.record.subjects.values())
    return allocation_list(desk.study, seed=seed, stratum=stratum, length=before + 1)[-1]
