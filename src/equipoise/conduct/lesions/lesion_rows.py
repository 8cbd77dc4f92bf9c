"""Rows of the lesion forms of a subject in the record, and the assessments that they make."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from equipoise.conduct.doses.dose_days import SURGERY_DATE
from equipoise.conduct.grades import enrolment_date
from equipoise.conduct.lesions.resections import (
    MARGIN,
    SURGERY_OUTCOME,
    RecordedResection,
    resection_of,
)
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.oncology.response.recist_words import Timepoint
from equipoise.study.forms import FormPurpose
from equipoise.study.schedule import visits_before_start
from equipoise.study.tumour_assessment import (
    JudgedAssessments,
    LesionRow,
    RecordedAssessment,
    RecordedLesion,
    assessments_from_baseline,
    judge_assessments,
)

LESION_ITEMS = (
    "lesion",
    "lesion_kind",
    "lesion_organ",
    "lesion_state",
    "diameter_mm",
    "slice_mm",
    "measured_by",
    "treated_before",
)
"""Items of a lesion form that the package knows; a study's form need not ask all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionsSeen:
    """The tumour assessments of a subject from baseline on, and what RECIST 1.1 makes of them.

    `resection` is that of the subject: what comes after it is judged for recurrence.
    """

    found: tuple[RecordedAssessment[Row], ...]
    judged: JudgedAssessments
    resection: RecordedResection | None

    @property
    def taken(self) -> Iterator[tuple[RecordedAssessment[Row], Timepoint]]:
        """The assessments that RECIST takes, each with its time point."""
        return zip(self.found, self.judged.points, strict=False)


def lesions_seen(subject: SubjectRecord, *, rulebook: Rulebook) -> LesionsSeen:
    """Return the tumour assessments of a subject and what RECIST 1.1 makes of them."""
    study = rulebook.study
    found = assessments_from_baseline(
        _lesions(subject, rulebook=rulebook),
        start=enrolment_date(subject, study=study),
        planned=visits_before_start(study.schedule),
    )
    return LesionsSeen(
        found=found,
        judged=judge_assessments(found),
        resection=resection_of(subject, rulebook=rulebook),
    )


def lesion_forms(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the forms that record lesions."""
    forms = rulebook.study.forms.items()
    return tuple(name for name, form in forms if form.purpose is FormPurpose.LESIONS)


def rests_on_hidden(hidden: Collection[str], *, rulebook: Rulebook) -> bool:
    """Tell whether some of what a reading rests on is hidden: lesions or the resection."""
    of_surgery = (SURGERY_DATE, SURGERY_OUTCOME, MARGIN)
    forms = [
        name
        for name, form in rulebook.study.forms.items()
        if form.purpose is FormPurpose.LESIONS or not form.items.keys().isdisjoint(of_surgery)
    ]
    return not {*forms, *LESION_ITEMS, *of_surgery}.isdisjoint(hidden)


def _lesions(subject: SubjectRecord, *, rulebook: Rulebook) -> Iterator[RecordedLesion[Row]]:
    """Yield the rows that say what they are about; others are no lesion yet."""
    for form in lesion_forms(rulebook):
        asked = rulebook.study.forms[form].items.keys()
        for row in subject.rows_of(form):
            said = _said(row, asked=asked)
            if said is not None:
                yield RecordedLesion(
                    visit=row.visit, number=row.row, date=row.date, row=said, origin=row
                )


def _said(row: Row, *, asked: Collection[str]) -> LesionRow | None:
    text = {name: _text(row, name) for name in LESION_ITEMS if name in asked}
    lesion, kind, state = (text.get(name) for name in ("lesion", "lesion_kind", "lesion_state"))
    if lesion is None or kind is None or state is None:
        return None
    return LesionRow(
        lesion=lesion,
        kind=kind,
        state=state,
        organ=text.get("lesion_organ"),
        diameter_mm=_number(row, "diameter_mm", asked=asked),
        slice_mm=_number(row, "slice_mm", asked=asked),
        measured_by=text.get("measured_by"),
        treated_before=text.get("treated_before"),
    )


def _text(row: Row, item: str) -> str | None:
    value = row.value(item)
    return value if isinstance(value, str) else None


def _number(row: Row, item: str, *, asked: Collection[str]) -> float | None:
    value = row.value(item) if item in asked else None
    return float(value) if isinstance(value, int | float) else None
