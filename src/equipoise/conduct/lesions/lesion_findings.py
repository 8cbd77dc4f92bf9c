"""What RECIST 1.1 asks about recorded lesions: soft findings, each on the row it belongs to.

A finding about several rows stands on the row of the last lesion that it names. What one row says
may change the findings of its siblings: they are judged together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from equipoise.base.errors import Fault
from equipoise.conduct.entries import Action, Draft, Place, Stamp
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.grades import enrolment_date
from equipoise.conduct.lesions.lesion_rows import LesionsSeen, lesion_forms, lesions_seen
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.oncology.response.recist import LesionKind
from equipoise.oncology.response.recist_baseline import (
    SelectionFinding,
    Use,
    baseline_finding,
    lesion_use,
    selection_findings,
)
from equipoise.study.forms import CheckLevel
from equipoise.study.tumour_assessment import (
    RecordedAssessment,
    RecordedLesion,
    imaged_of,
    judge_assessments,
    lesion_of,
)

RECIST = "recist."
"""What the names of these checks begin with; no check of a study has a name with a point."""

RowKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLesions:
    """All lesions of a subject judged: their rows, the assessments, the findings of each row."""

    rows: tuple[Row, ...]
    seen: LesionsSeen
    findings: Mapping[RowKey, tuple[Finding, ...]]

    def of(self, row: Row) -> tuple[Finding, ...]:
        """Return the findings of a row."""
        return self.findings.get(row.key, ())


def judge_lesions(subject: SubjectRecord, *, rulebook: Rulebook) -> JudgedLesions:
    """Return the tumour assessments of a subject and what is to be asked about them."""
    seen = lesions_seen(subject, rulebook=rulebook)
    told: dict[RowKey, dict[FindingKind, list[tuple[str, str]]]] = {}
    for row, kind, say, got in _told(seen, subject=subject, rulebook=rulebook):
        told.setdefault(row.key, {}).setdefault(kind, []).append((say, got))
    findings = {
        key: tuple(_finding(kind, several) for kind, several in kinds.items())
        for key, kinds in told.items()
    }
    rows = (row for form in lesion_forms(rulebook) for row in subject.rows_of(form))
    return JudgedLesions(rows=tuple(rows), seen=seen, findings=findings)


def _finding(kind: FindingKind, told: Sequence[tuple[str, str]]) -> Finding:
    """Return what is told of one kind of a row as one finding, which is overridden as a whole."""
    return Finding(
        kind=kind,
        item=f"{RECIST}{kind}",
        say="; ".join(say for say, _ in told),
        got="; ".join(got for _, got in told),
        level=CheckLevel.SOFT,
    )


_Told = tuple[Row, FindingKind, str, str]
"""Row, what it is about, what is wrong, what was found."""


def _told(seen: LesionsSeen, *, subject: SubjectRecord, rulebook: Rulebook) -> Iterator[_Told]:
    if not seen.found:
        return
    baseline = seen.found[0]
    if seen.judged.points:
        yield from _of_targets(baseline)
        yield from _of_no_lesions(baseline)
    start = enrolment_date(subject, study=rulebook.study)
    late = None if start is None else baseline_finding(baseline.date, start=start)
    if late is not None:
        first = baseline.lesions[0].origin
        yield first, FindingKind.BASELINE_DAY, late, str(baseline.date)
    if seen.judged.faults:
        yield from _contradictions(seen.found)


def _of_targets(baseline: RecordedAssessment[Row]) -> Iterator[_Told]:
    """Yield what is to be asked about the choice of targets, and about each of them."""
    rows = {one.row.lesion: one for one in baseline.lesions}
    asked = selection_findings(baseline.as_recist().lesions)
    for finding in asked:
        if len(finding.lesions) > 1:
            last = rows[finding.lesions[-1]].origin
            yield last, FindingKind.TARGET_CHOICE, finding.say, ", ".join(finding.lesions)
    small = {finding.lesions[0]: finding for finding in asked if len(finding.lesions) == 1}
    for name, one in rows.items():
        say = _not_measurable(one, small.get(name))
        if say is not None:
            yield one.origin, FindingKind.TARGET_NOT_MEASURABLE, say, name


def _of_no_lesions(baseline: RecordedAssessment[Row]) -> Iterator[_Told]:
    """Yield the non-targets that baseline does not show: what was never there can never be CR."""
    for one in baseline.lesions:
        lesion = lesion_of(one.row)
        if lesion.kind is LesionKind.NON_TARGET and lesion.gone:
            say = f"{lesion.name}: absent, or a node below 10 mm, is no lesion of baseline"
            yield one.origin, FindingKind.LESIONS_CONTRADICT, say, one.row.state


def _not_measurable(one: RecordedLesion[Row], small: SelectionFinding | None) -> str | None:
    """Return why a target is none; None when it is one, or what would tell is unknown."""
    if one.row.kind != LesionKind.TARGET:
        return None
    use = lesion_use(imaged_of(one.row))
    if use.use in {Use.NON_TARGET, Use.NO_LESION}:
        return f"{one.row.lesion}: {use.reason}"
    return None if small is None else small.say


def _contradictions(found: Sequence[RecordedAssessment[Row]]) -> Iterator[_Told]:
    """Yield why RECIST cannot take assessments; without a baseline no later one can be judged."""
    baseline = found[0]
    faults = judge_assessments([baseline]).faults
    yield from (_contradiction(baseline, fault) for fault in faults)
    for one in () if faults else found[1:]:
        for fault in judge_assessments([baseline, one]).faults:
            yield _contradiction(one, fault)


def _contradiction(one: RecordedAssessment[Row], fault: Fault) -> _Told:
    """Return a fault with the last row that it names, or else the last of the assessment."""
    words = f"{fault.where} {fault.got}"
    named = [lesion for lesion in one.lesions if f"'{lesion.row.lesion}'" in words]
    about = f"{fault.where}: " if fault.where.startswith("lesion") else ""
    say = f"RECIST cannot take the assessment of {one.date}: {fault.what} ({about}{fault.got})"
    return (named or one.lesions)[-1].origin, FindingKind.LESIONS_CONTRADICT, say, fault.got


def lesion_drafts(
    judged: JudgedLesions, *, subject: str, stamp: Stamp, own: RowKey | None = None
) -> list[Draft]:
    """Return the entries that open and close findings of lesion rows.

    Parameters
    ----------
    judged : JudgedLesions
        The lesions of the subject as they would stand.
    subject : str
        Whose they are.
    stamp : Stamp
        What the entries share.
    own : tuple of visit, form, row, or None
        A row whose findings are told elsewhere.
    """
    return [
        draft
        for row in judged.rows
        if row.key != own
        for draft in _row_drafts(row, judged.of(row), subject=subject, stamp=stamp)
    ]


def _row_drafts(
    row: Row, findings: Iterable[Finding], *, subject: str, stamp: Stamp
) -> Iterator[Draft]:
    """Yield what changes on a row; what somebody found right in the same words stays so."""
    place = Place(subject=subject, visit=row.visit, form=row.form, row=row.row)
    standing = {name: mark.text for name, mark in row.findings.items() if name.startswith(RECIST)}
    said = {each.item: each.say for each in findings}
    for name, say in said.items():
        if standing.get(name) != say and row.overridden.get(name) != say:
            old = standing.get(name)
            yield Draft(stamp=stamp, action=Action.FINDING, place=place.at(name), old=old, new=say)
    for name, text in standing.items():
        if name not in said:
            yield Draft(stamp=stamp, action=Action.FINDING, place=place.at(name), old=text)
