"""A filled form judged against the study and the record: what is wrong, and what would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from equipoise.conduct.computing import Recomputed, compute_row, recompute
from equipoise.conduct.doses.dose_findings import dose_findings, guidance_of_row
from equipoise.conduct.doses.guidance import Guidance
from equipoise.conduct.entries import FORM_DATE, Action, Draft, Place, Stamp
from equipoise.conduct.event_findings import event_findings
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.lesions.lesion_findings import JudgedLesions, judge_lesions, lesion_drafts
from equipoise.conduct.placing import place_findings
from equipoise.conduct.reasons import Reason, reasons_behind
from equipoise.conduct.record import Cell, Row, SubjectRecord
from equipoise.conduct.rulebook import CHECK, FormRules, Rulebook
from equipoise.conduct.values import (
    Given,
    InUnit,
    Value,
    converted,
    fitting,
    is_plain_text,
    to_text,
)
from equipoise.conduct.view import CheckView
from equipoise.conduct.visit_windows import window_findings
from equipoise.study.forms import Check, CheckLevel, FormPurpose
from equipoise.study.rules import rule_names

_NOT_YET = 1 << 62  # a row without entry comes after all rows of its day


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the record would say with a filled form, and everything found on the way.

    Attributes
    ----------
    filled : FilledForm
        The form.
    before : Row | None
        The row as it stands.
    after : Row
        The row as it would stand.
    reached : tuple of Recomputed
        Computed items of other rows that change with it.
    findings : tuple of Finding
        Hard ones refuse the form.
    guidance : Guidance | None
        What the study says of a dose that the form records.
    reasons : tuple of Reason
        Why each computed item says what it says.
    lesions : JudgedLesions | None
        All lesions of the subject, when the form records some.
    """

    filled: FilledForm
    before: Row | None
    after: Row
    reached: tuple[Recomputed, ...] = ()
    findings: tuple[Finding, ...] = ()
    guidance: Guidance | None = None
    reasons: tuple[Reason, ...] = ()
    lesions: JudgedLesions | None = None

    @property
    def hard(self) -> tuple[Finding, ...]:
        """The findings that refuse the form."""
        return tuple(each for each in self.findings if each.level is CheckLevel.HARD)


def judge_form(
    filled: FilledForm, *, subject: SubjectRecord | None, rulebook: Rulebook, today: dt.date
) -> Judgement:
    """Return what a filled form would do; `today` is the last day that is not in the future."""
    findings = place_findings(filled.place, subject=subject, rulebook=rulebook)
    findings += _date_findings(filled, today=today)
    before = subject.rows.get(filled.place.row_key) if subject is not None else None
    if subject is None or filled.form not in rulebook.forms:
        return Judgement(filled=filled, before=None, after=_row(filled, None), findings=findings)
    judging = _Judging(filled=filled, subject=subject, rulebook=rulebook, before=before)
    return judging.judge(findings)


def _row(filled: FilledForm, before: Row | None) -> Row:
    return Row(
        visit=filled.visit,
        form=filled.form,
        row=filled.row,
        date=filled.date,
        first=before.first if before is not None else _NOT_YET,
        cells=dict(before.cells) if before is not None else {},
        signature=before.signature if before is not None else None,
        findings=before.findings if before is not None else {},
        overridden=before.overridden if before is not None else {},
    )


def _date_findings(filled: FilledForm, *, today: dt.date) -> tuple[Finding, ...]:
    if filled.date <= today:
        return ()
    say, got = "the day of the form lies in the future", str(filled.date)
    return (Finding(kind=FindingKind.DATE_IN_FUTURE, item=FORM_DATE, say=say, got=got),)


@dataclass(slots=True, kw_only=True)
class _Judging:
    """One form being judged; findings gather here."""

    filled: FilledForm
    subject: SubjectRecord
    rulebook: Rulebook
    before: Row | None
    findings: list[Finding] = field(default_factory=list)
    unfit: set[str] = field(default_factory=set)

    @property
    def rules(self) -> FormRules:
        return self.rulebook.forms[self.filled.form]

    def judge(self, findings: tuple[Finding, ...]) -> Judgement:
        self.findings += findings
        row = _row(self.filled, self.before)
        self._fill(row)
        computed = compute_row(row, subject=self.subject, rulebook=self.rulebook)
        self.findings += computed.findings
        row = computed.row
        self._check(row)
        guidance, lesions = self._guide(row), self._read_lesions(row)
        changed = frozenset(each.item for each in changes(self.before, row))
        return Judgement(
            filled=self.filled,
            before=self.before,
            after=row,
            reached=recompute(
                changed, subject=self.subject.with_row(row), own=row, rulebook=self.rulebook
            ),
            findings=tuple(self.findings),
            guidance=guidance,
            lesions=lesions,
            reasons=reasons_behind(computed, rulebook=self.rulebook),
        )

    def _guide(self, row: Row) -> Guidance | None:
        """Compare a dose with the guidance for it, and the day with the window of the visit."""
        subject = self.subject.with_row(row)
        self.findings += window_findings(row, subject=subject, rulebook=self.rulebook)
        self.findings += event_findings(row, rulebook=self.rulebook)
        if self.rules.form.purpose is not FormPurpose.DOSING:
            return None
        guidance = guidance_of_row(row, subject=subject, rulebook=self.rulebook)
        self.findings += dose_findings(row, guidance=guidance, rulebook=self.rulebook)
        return guidance

    def _read_lesions(self, row: Row) -> JudgedLesions | None:
        """Judge the lesions of the subject as they would stand."""
        if self.rules.form.purpose is not FormPurpose.LESIONS:
            return None
        judged = judge_lesions(self.subject.with_row(row), rulebook=self.rulebook)
        self.findings += judged.of(row)
        return judged

    def _fill(self, row: Row) -> None:
        """Put the values given into the row, and say which do not fit."""
        self._take(row, FORM_DATE, (self.filled.date, to_text(self.filled.date)))
        for name, value in self.filled.values.items():
            item = self.rules.form.items.get(name)
            if item is None:
                self._find(FindingKind.UNKNOWN_ITEM, name, say="the form has no such item")
            elif item.computed:
                self._find(FindingKind.COMPUTED_BY_HAND, name, say=f"'{name}' is computed")
            else:
                self._fit(row, name, value)
        if self.filled.why is not None and not is_plain_text(self.filled.why):
            self._find(FindingKind.BAD_TEXT, "", say="the reason is no plain text")

    def _fit(self, row: Row, name: str, given: Given) -> None:
        item = self.rules.form.items[name]
        fitted: tuple[Value, str | None] | Finding
        if isinstance(given, InUnit):
            fitted = converted(given, name=name, item=item)
        else:
            kept = fitting(given, name=name, item=item)
            fitted = kept if isinstance(kept, Finding) else (kept, to_text(kept))
        if isinstance(fitted, Finding):
            self.findings.append(fitted)
            self.unfit.add(name)
            row.cells.pop(name, None)
        else:
            self._take(row, name, fitted)

    def _take(self, row: Row, name: str, fitted: tuple[Value, str | None]) -> None:
        (value, text), old = fitted, row.cells.get(name)
        if old is not None and old.text == text:
            return
        if old is not None and self.filled.why is None:
            say = f"'{name}' changes from {old.text} to {text or 'nothing'} without a reason"
            self._find(FindingKind.REASON_MISSING, name, say=say)
        if text is None:
            row.cells.pop(name, None)
        else:
            row.cells[name] = Cell(text=text, value=value, seq=0)

    def _find(self, kind: FindingKind, item: str, *, say: str) -> None:
        got = repr(self.filled.values.get(item))
        self.findings.append(Finding(kind=kind, item=item, say=say, got=got))

    def _check(self, row: Row) -> None:
        """Judge what is required and the checks, in one look."""
        subject = self.subject.with_row(row)
        view = CheckView(rulebook=self.rulebook, subject=subject, row=row)
        answers = self.rules.judged.answers(view.value)
        for name, item in self.rules.form.items.items():
            needed = not item.computed and (item.required or answers.get(name) is True)
            if needed and name not in row.cells and name not in self.unfit:
                self._find(FindingKind.MISSING_REQUIRED, name, say=f"'{name}' is required")
        for name, check in self.rules.form.checks.items():
            if answers[f"{CHECK}{name}"] is False:
                self.findings.append(_failed(name, check, view))


def _failed(name: str, check: Check, view: CheckView) -> Finding:
    values = ((used, to_text(view.value(used))) for used in rule_names(check.rule))
    got = ", ".join(f"{used} = {text or 'missing'}" for used, text in values)
    return Finding(
        kind=FindingKind.CHECK_FAILED, item=name, say=check.say, got=got, level=check.level
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One item of a row that changes."""

    item: str
    old: str | None
    new: str | None


def changes(before: Row | None, after: Row) -> tuple[Change, ...]:
    """Return the items whose text differs, the day of the form first."""
    old = before.cells if before is not None else {}
    return tuple(
        Change(
            item=item,
            old=old[item].text if item in old else None,
            new=after.cells[item].text if item in after.cells else None,
        )
        for item in dict.fromkeys((FORM_DATE, *after.cells, *old))
        if item not in old or item not in after.cells or old[item].text != after.cells[item].text
    )


def drafts_of(judgement: Judgement, *, stamp: Stamp, computed: tuple[str, ...]) -> list[Draft]:
    """Return what the log is asked to take in: values, computed values, findings.

    A signature that stood on a changed row is broken, and the log says so. When nothing changes
    nothing is asked.
    """
    drafts = value_drafts(judgement, stamp=stamp, computed=computed)
    if not drafts:
        return []
    return [*drafts, *_finding_drafts(judgement, stamp), *_sibling_drafts(judgement, stamp)]


def value_drafts(judgement: Judgement, *, stamp: Stamp, computed: tuple[str, ...]) -> list[Draft]:
    """Return the entries of changed values, those of other rows that they reach included."""
    place, before = judgement.filled.place, judgement.before
    why = judgement.filled.why if before is not None else None
    changed = changes(before, judgement.after)
    drafts = [
        Draft(
            stamp=stamp,
            action=Action.COMPUTE if change.item in computed else Action.RECORD,
            place=place.at(change.item),
            old=change.old,
            new=change.new,
            why=None if change.item in computed else why,
        )
        for change in changed
    ]
    if changed and before is not None:
        drafts += broken_signature(before, subject=place.subject, stamp=stamp)
    return drafts + reached_drafts(judgement.reached, subject=place.subject, stamp=stamp)


def reached_drafts(reached: tuple[Recomputed, ...], *, subject: str, stamp: Stamp) -> list[Draft]:
    """Return the entries of computed items of other rows."""
    rows = {each.row.key: each.row for each in reached}
    drafts = [
        Draft(
            stamp=stamp,
            action=Action.COMPUTE,
            place=place_of(each.row, subject=subject).at(each.item),
            old=each.old,
            new=each.new,
        )
        for each in reached
    ]
    for row in rows.values():
        drafts += broken_signature(row, subject=subject, stamp=stamp)
    return drafts


def place_of(row: Row, *, subject: str) -> Place:
    """Return the place of a row of a subject."""
    return Place(subject=subject, visit=row.visit, form=row.form, row=row.row)


def broken_signature(row: Row, *, subject: str, stamp: Stamp) -> list[Draft]:
    """Return the entry that says a signature no longer stands, if one stood."""
    if row.signature is None:
        return []
    place = place_of(row, subject=subject)
    return [Draft(stamp=stamp, action=Action.SIGN, place=place, old=row.signature.text)]


def _finding_drafts(judgement: Judgement, stamp: Stamp) -> Iterator[Draft]:
    """Open what fails now and did not before or in other words, close what fails no more."""
    place = judgement.filled.place
    failed = {each.item: each.say for each in judgement.findings}
    standing = judgement.before.findings if judgement.before is not None else {}
    for check, say in failed.items():
        old = standing[check].text if check in standing else None
        if old != say:
            at = place.at(check)
            yield Draft(stamp=stamp, action=Action.FINDING, place=at, old=old, new=say)
    for check, mark in standing.items():
        if check not in failed:
            yield Draft(stamp=stamp, action=Action.FINDING, place=place.at(check), old=mark.text)


def _sibling_drafts(judgement: Judgement, stamp: Stamp) -> list[Draft]:
    """Return the entries of findings of other lesions that change with this one."""
    if judgement.lesions is None:
        return []
    place = judgement.filled.place
    return lesion_drafts(judgement.lesions, subject=place.subject, stamp=stamp, own=place.row_key)
