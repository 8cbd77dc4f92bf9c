"""Days around surgery on which a drug is not given: before a planned one, after one that was."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from equipoise.conduct.doses.dose_days import surgery_date
from equipoise.conduct.record import SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.sources import forms_with
from equipoise.conduct.view import SubjectView
from equipoise.conduct.visit_windows import visit_window
from equipoise.oncology.dosing.surgery_pause import first_dose_day, last_dose_day
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import Drug

PLANNED_SURGERY_DATE = "planned_surgery_date"
OPERATED = "operated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeryRoom:
    """What surgery leaves for a drug.

    Attributes
    ----------
    last : datetime.date | None
        The last day with a dose before an operation; None where none is near.
    first : datetime.date | None
        The first day with a dose after one; None where it is free already.
    say : str
        Why, in words.
    """

    last: dt.date | None = None
    first: dt.date | None = None
    say: str = ""


def surgery_room(
    drug: Drug, *, subject: SubjectRecord, rulebook: Rulebook, on: dt.date
) -> SurgeryRoom:
    """Return what surgery leaves for a drug on a day.

    The day of the operation is the one that is recorded; before it the one that was arranged
    (`planned_surgery_date`, where the study asks it), or else the one that the schedule plans.
    """
    operated = surgery_date(subject, rulebook=rulebook)
    if operated is not None and operated <= on:
        return _after(drug, operated, on=on)
    if drug.stop_before_surgery is None:
        return SurgeryRoom()
    day = operated or _planned(subject, rulebook)
    if day is None:
        return SurgeryRoom()
    off = drug.stop_before_surgery
    last = dt.date.fromordinal(last_dose_day(day.toordinal(), days_off=off.days))
    return SurgeryRoom(last=last, say=f"{off} off before surgery planned for {day}")


def _after(drug: Drug, operated: dt.date, *, on: dt.date) -> SurgeryRoom:
    again = drug.restart_after_surgery
    if again is None:
        return SurgeryRoom()
    first = dt.date.fromordinal(first_dose_day(operated.toordinal(), days_off=again.days))
    return SurgeryRoom(first=first if on < first else None, say=f"{again} off after surgery")


def _planned(subject: SubjectRecord, rulebook: Rulebook) -> dt.date | None:
    view, study = SubjectView(rulebook=rulebook, subject=subject), rulebook.study
    if forms_with(OPERATED, study=study) and view.value(OPERATED) is False:
        return None
    if forms_with(PLANNED_SURGERY_DATE, study=study):
        arranged = view.value(PLANNED_SURGERY_DATE)
        if isinstance(arranged, dt.date):
            return arranged
    for name, visit in study.schedule.visits.items():
        surgical = any(
            rulebook.forms[form].form.purpose is FormPurpose.SURGERY
            for form in visit.forms
            if form in rulebook.forms
        )
        window = visit_window(name, subject=subject, rulebook=rulebook) if surgical else None
        if window is not None:
            return window.planned
    return None
