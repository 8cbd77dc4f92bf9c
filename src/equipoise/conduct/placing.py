"""Whether a row may stand where somebody wants to put it: subject, visit, arm, form, row."""

from __future__ import annotations

from equipoise.conduct.entries import Place
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.record import SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.view import arm_of
from equipoise.study.schedule import Visit


def place_findings(
    place: Place, *, subject: SubjectRecord | None, rulebook: Rulebook
) -> tuple[Finding, ...]:
    """Return everything that is wrong with the place of a row."""
    findings: list[Finding] = []
    if subject is None:
        findings.append(_finding(FindingKind.UNKNOWN_SUBJECT, "no such subject", place.subject))
    if place.form not in rulebook.forms:
        findings.append(
            _finding(FindingKind.UNKNOWN_FORM, "the study has no such form", place.form)
        )
    found = rulebook.visit(place.visit)
    if found is None:
        findings.append(_finding(FindingKind.UNKNOWN_VISIT, "no such visit", place.visit))
    else:
        findings += _visit_findings(place, visit=found[1], subject=subject, rulebook=rulebook)
    if (wrong := _row_finding(place, rulebook)) is not None:
        findings.append(wrong)
    return tuple(findings)


def _finding(kind: FindingKind, say: str, got: object) -> Finding:
    return Finding(kind=kind, item="", say=say, got=str(got))


def _visit_findings(
    place: Place, *, visit: Visit, subject: SubjectRecord | None, rulebook: Rulebook
) -> list[Finding]:
    findings: list[Finding] = []
    if place.form in rulebook.forms and place.form not in visit.forms:
        say = f"the visit '{place.visit}' does not have the form '{place.form}'"
        findings.append(_finding(FindingKind.FORM_NOT_IN_VISIT, say, place.form))
    if subject is None:
        return findings
    arm = arm_of(subject, rulebook=rulebook)
    if visit.arms and arm not in visit.arms:
        say = f"the visit '{place.visit}' belongs to {' and '.join(visit.arms)}"
        findings.append(_finding(FindingKind.VISIT_OF_OTHER_ARM, say, arm or "not allocated"))
    if _needs_randomisation(visit, rulebook) and subject.randomisation_date is None:
        say = f"the visit '{place.visit}' comes after randomisation"
        findings.append(_finding(FindingKind.NOT_YET_RANDOMISED, say, "not randomised"))
    return findings


def _needs_randomisation(visit: Visit, rulebook: Rulebook) -> bool:
    """Tell whether all of a visit is planned after randomisation."""
    study = rulebook.study
    clock = study.schedule.clocks.get(visit.start or "")
    if study.randomise is None or clock != "randomisation_date" or visit.any_time:
        return False
    if visit.every is not None:
        return visit.first is None or visit.first.days > 0
    spans = visit.at.values() if isinstance(visit.at, dict) else [visit.at]
    return all(span is not None and span[0].days > 0 for span in spans)


def _row_finding(place: Place, rulebook: Rulebook) -> Finding | None:
    rules = rulebook.forms.get(place.form)
    if rules is None or place.row == 1 or (rules.form.repeats is not None and place.row > 1):
        return None
    say = "the form does not repeat" if place.row > 1 else "rows are numbered from 1"
    return _finding(FindingKind.BAD_ROW, say, place.row)
