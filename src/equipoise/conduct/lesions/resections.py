"""The resection of a subject in the record: its day, and whether tumour was left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from equipoise.conduct.doses.dose_days import SURGERY_DATE
from equipoise.conduct.record import SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.sources import forms_with
from equipoise.conduct.values import Value
from equipoise.oncology.event_free.event_free_history import SurgeryOutcome
from equipoise.oncology.surgery.resection import Margin

SURGERY_OUTCOME, MARGIN = "surgery_outcome", "margin"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedResection:
    """A resection: its day, and whether tumour was left; None is not known."""

    day: dt.date
    tumour_left: bool | None


def resection_of(subject: SubjectRecord, *, rulebook: Rulebook) -> RecordedResection | None:
    """Return the resection of a subject; None without one.

    Surgery is one unless it was an exploration only; an outcome that is not known may be one.
    """
    day = _last(subject, SURGERY_DATE, rulebook=rulebook)
    outcome = _last(subject, SURGERY_OUTCOME, rulebook=rulebook)
    if not isinstance(day, dt.date) or outcome == SurgeryOutcome.EXPLORED_ONLY:
        return None
    margin = _last(subject, MARGIN, rulebook=rulebook)
    left = None if margin in {None, Margin.RX} else margin == Margin.R2
    return RecordedResection(day=day, tumour_left=left)


def _last(subject: SubjectRecord, item: str, *, rulebook: Rulebook) -> Value:
    """Return the last value of an item of the forms that do not repeat; None without one."""
    study = rulebook.study
    known = [
        (row.date, row.cells[item].seq, row.value(item))
        for form in forms_with(item, study=study)
        if study.forms[form].repeats is None
        for row in subject.rows_of(form)
        if row.value(item) is not None
    ]
    return max(known, key=lambda one: one[:2])[2] if known else None
