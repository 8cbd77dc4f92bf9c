"""Findings: what is wrong with a form, and the refusal that tells all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.errors import Fault, RecordRefused
from equipoise.conduct.entries import Place
from equipoise.study.forms import CheckLevel


class FindingKind(StrEnum):
    """What a finding is about."""

    UNKNOWN_ROLE = "unknown_role"
    NOT_PERMITTED = "not_permitted"
    ANOTHER_SITE = "another_site"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_SUBJECT = "unknown_subject"
    SUBJECT_EXISTS = "subject_exists"
    BAD_SUBJECT = "bad_subject"
    UNKNOWN_VISIT = "unknown_visit"
    VISIT_OF_OTHER_ARM = "visit_of_other_arm"
    NOT_YET_RANDOMISED = "not_yet_randomised"
    UNKNOWN_FORM = "unknown_form"
    FORM_NOT_IN_VISIT = "form_not_in_visit"
    BAD_ROW = "bad_row"
    UNKNOWN_ROW = "unknown_row"
    UNKNOWN_ITEM = "unknown_item"
    COMPUTED_BY_HAND = "computed_by_hand"
    WRONG_TYPE = "wrong_type"
    CODE_NOT_IN_LIST = "code_not_in_list"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_UNIT = "unknown_unit"
    MISSING_REQUIRED = "missing_required"
    REASON_MISSING = "reason_missing"
    CHECK_FAILED = "check_failed"
    CANNOT_COMPUTE = "cannot_compute"
    DATE_IN_FUTURE = "date_in_future"
    ALREADY_ALLOCATED = "already_allocated"
    NOT_RANDOMISED_HERE = "not_randomised_here"
    UNKNOWN_ARM = "unknown_arm"
    NO_CONSENT = "no_consent"
    NOT_ELIGIBLE = "not_eligible"
    NOT_YET_ELIGIBLE = "not_yet_eligible"
    STRATUM_UNKNOWN = "stratum_unknown"
    NO_SEED = "no_seed"
    UNKNOWN_QUERY = "unknown_query"
    UNKNOWN_FINDING = "unknown_finding"
    ALREADY_SIGNED = "already_signed"
    CANNOT_REDACT = "cannot_redact"
    BAD_TEXT = "bad_text"
    STUDY_CHANGED = "study_changed"
    VISIT_OUTSIDE_WINDOW = "visit_outside_window"
    DOSE_DEVIATION = "dose_deviation"
    DOSE_NOT_JUDGED = "dose_not_judged"
    TARGET_CHOICE = "target_choice"
    TARGET_NOT_MEASURABLE = "target_not_measurable"
    BASELINE_DAY = "baseline_day"
    LESIONS_CONTRADICT = "lesions_contradict"
    IMPOSSIBLE_GRADE = "impossible_grade"


_FIX = {
    FindingKind.UNKNOWN_ROLE: "act in a role of the study",
    FindingKind.NOT_PERMITTED: "ask somebody whose role may do it",
    FindingKind.ANOTHER_SITE: "ask somebody of the subject's site",
    FindingKind.UNKNOWN_SITE: "name a site of the study",
    FindingKind.UNKNOWN_SUBJECT: "register the subject first",
    FindingKind.SUBJECT_EXISTS: "use the next free number",
    FindingKind.BAD_SUBJECT: "use 1 to 40 letters, digits, '-', '_' and '.', for example 01-0007",
    FindingKind.UNKNOWN_VISIT: "name a visit of the schedule; a series has a number, as cycle_2",
    FindingKind.VISIT_OF_OTHER_ARM: "choose a visit of the subject's own arm",
    FindingKind.NOT_YET_RANDOMISED: "allocate the subject first",
    FindingKind.UNKNOWN_FORM: "name a form of the study",
    FindingKind.FORM_NOT_IN_VISIT: "choose a visit that has this form",
    FindingKind.BAD_ROW: "use row 1, or 1, 2, 3 ... in a form that repeats",
    FindingKind.UNKNOWN_ROW: "record the row first",
    FindingKind.UNKNOWN_ITEM: "leave it out, or correct the name of the item",
    FindingKind.COMPUTED_BY_HAND: "leave it out; it is computed from other items",
    FindingKind.WRONG_TYPE: "enter it as the message says, or leave it empty",
    FindingKind.CODE_NOT_IN_LIST: "choose one of the codes",
    FindingKind.OUT_OF_RANGE: "correct the value or its unit",
    FindingKind.UNKNOWN_UNIT: "enter it in a unit that the item takes",
    FindingKind.MISSING_REQUIRED: "fill the item in",
    FindingKind.REASON_MISSING: "say why the value changes",
    FindingKind.CHECK_FAILED: "correct the items that the check compares",
    FindingKind.CANNOT_COMPUTE: "correct the items it is computed from",
    FindingKind.DATE_IN_FUTURE: "enter the day on which it happened",
    FindingKind.ALREADY_ALLOCATED: "nothing to do: the allocation stands",
    FindingKind.NOT_RANDOMISED_HERE: "record the arm the way this study allocates it",
    FindingKind.UNKNOWN_ARM: "name an arm of the study",
    FindingKind.NO_CONSENT: "record the informed consent first",
    FindingKind.NOT_ELIGIBLE: "do not randomise; if a value is wrong, correct it with a reason",
    FindingKind.NOT_YET_ELIGIBLE: "record what is missing",
    FindingKind.STRATUM_UNKNOWN: "record what the stratum depends on",
    FindingKind.NO_SEED: "open the record with the seed of the allocation list",
    FindingKind.UNKNOWN_QUERY: "name an open query",
    FindingKind.UNKNOWN_FINDING: "name a check of this form that stands open",
    FindingKind.ALREADY_SIGNED: "nothing to do: the signature stands",
    FindingKind.CANNOT_REDACT: "name an entry of a value, a query or an answer",
    FindingKind.BAD_TEXT: "write 1 to 10000 characters without control characters",
    FindingKind.VISIT_OUTSIDE_WINDOW: "correct the day, or say why the visit lies there",
    FindingKind.DOSE_DEVIATION: "correct the dose, or say why it is another",
    FindingKind.DOSE_NOT_JUDGED: "record what the tables ask, then enter the dose again",
    FindingKind.IMPOSSIBLE_GRADE: "correct the grade or the term, or say why it stands",
    FindingKind.TARGET_CHOICE: "follow the others as non-targets, or say why these are the targets",
    FindingKind.TARGET_NOT_MEASURABLE: "follow it as a non-target, or say why it is a target",
    FindingKind.BASELINE_DAY: "correct the day, or say why this scan is the baseline",
    FindingKind.LESIONS_CONTRADICT: "correct the row; name each lesion of baseline once at every "
    "assessment, and others as new",
    FindingKind.STUDY_CHANGED: "raise the version of the study, or go back to its former words",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with a form.

    Attributes
    ----------
    kind : FindingKind
        What it is about.
    item : str
        The item; the name of the check when a check failed.
    say : str
        What is wrong, in the words of the study where it has some.
    got : str
        What was found.
    level : CheckLevel
        Hard refuses the form; soft is recorded with it.
    """

    kind: FindingKind
    item: str
    say: str
    got: str
    level: CheckLevel = CheckLevel.HARD


def refusal(findings: Iterable[Finding], *, place: Place) -> RecordRefused:
    """Return the error that tells every finding of one place."""
    return RecordRefused(*(_fault(finding, place) for finding in findings))


def refuse(kind: FindingKind, *, place: Place, say: str, got: object) -> RecordRefused:
    """Return the error for one finding of one place."""
    return refusal([Finding(kind=kind, item=place.item, say=say, got=str(got))], place=place)


def _fault(finding: Finding, place: Place) -> Fault:
    return Fault(
        kind=finding.kind,
        what=finding.say,
        where=str(place.at(finding.item)),
        got=finding.got,
        fix=_FIX[finding.kind],
    )
