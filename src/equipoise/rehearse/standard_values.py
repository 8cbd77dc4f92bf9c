"""Facts of a virtual course in the words of the standard forms.

A form need not ask all of it; what it does not ask is left out when it is filled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from equipoise.conduct.values import Value
from equipoise.simulate.subject import AdverseEvent, Fate, GivenDose, LesionSeen, Surgery

On = Callable[[int], dt.date]
"""Day after enrolment -> date."""

Values = dict[str, Value]

COMPLETED, DIED = "completed", "died"
WORST_COMPLICATION = "V"


def lesion_values(lesion: LesionSeen) -> Values:
    """Return a row of the form of lesions."""
    return {
        "lesion": lesion.lesion,
        "lesion_kind": lesion.kind,
        "lesion_organ": lesion.organ,
        "lesion_state": lesion.state,
        "diameter_mm": lesion.diameter_mm,
    }


def dose_values(dose: GivenDose) -> Values:
    """Return a row of the form of doses."""
    return {
        "drug": dose.drug,
        "dose_day": dose.dose_day,
        "planned_mg": dose.planned_mg,
        "given_mg": dose.given_mg,
        "dose_days": dose.days if dose.given_mg > 0 else 0,
        "dose_change": dose.change,
        "dose_reason": dose.reason,
    }


def surgery_values(surgery: Surgery, *, on: On) -> Values:
    """Return the form of surgery."""
    if surgery.day is None:
        return {"operated": False, "not_operated_reason": surgery.reason}
    return {
        "operated": True,
        "surgery_date": on(surgery.day),
        "surgery_outcome": "resected" if surgery.resected else "explored_only",
    }


def pathology_values(surgery: Surgery, *, drawn: Mapping[str, Value]) -> Values:
    """Return the form of pathology; no more nodes have tumour than were examined."""
    values = {**drawn, "margin": surgery.margin, "viable_percent": surgery.viable_percent}
    examined, positive = values.get("nodes_examined"), values.get("nodes_positive")
    if isinstance(examined, int) and isinstance(positive, int):
        values["nodes_positive"] = min(examined, positive)
    return values


def fatal_complication(drawn: Mapping[str, Value]) -> Values:
    """Return the form of complications of a subject who died of the operation."""
    named = drawn.get("complication") or "death"
    return {**drawn, "complicated": True, "clavien": WORST_COMPLICATION, "complication": named}


def follow_up_values(fate: Fate, *, day: int, drawn: Mapping[str, Value], on: On) -> Values:
    """Return the form of follow-up as things stand on a day."""
    values = {name: value for name, value in drawn.items() if not name.startswith("recurrence")}
    surgery = fate.surgery
    if surgery is not None and surgery.resected and surgery.planned_day <= day:
        values |= _recurrence(fate, day=day, on=on)
    else:
        values |= _progression(fate, day=day, on=on)
    return values | {"new_therapy_date": _until(fate.new_therapy_day, day=day, on=on)}


def _recurrence(fate: Fate, *, day: int, on: On) -> Values:
    date = _until(fate.recurrence_day, day=day, on=on)
    if date is None:
        return {"recurrence": False}
    site = fate.recurrence_site
    return {"recurrence": True, "recurrence_date": date, "recurrence_site": site}


def _progression(fate: Fate, *, day: int, on: On) -> Values:
    date = _until(fate.progression_day, day=day, on=on)
    return {"progression": date is not None, "progression_date": date}


def _until(happens: int | None, *, day: int, on: On) -> dt.date | None:
    return on(happens) if happens is not None and happens <= day else None


def event_values(event: AdverseEvent, *, on: On) -> Values:
    """Return a row of the form of adverse events as it begins."""
    return {
        "ae_term": event.term,
        "ae_grade": event.grade,
        "ae_start": on(event.start).isoformat(),
        "ae_serious": event.serious,
        "ae_related": event.related,
    }


def event_end(event: AdverseEvent, *, day: int, on: On) -> Values:
    """Return what is added when an adverse event ends: its day, or the month if forgotten."""
    date = on(day)
    return {"ae_end": date.isoformat() if event.end_known else f"{date:%Y-%m}"}


def death_values(fate: Fate, *, on: On) -> Values:
    """Return the form of death."""
    return {"death_date": on(fate.death_day), "death_cause": fate.death_cause}


def end_values(reason: str, *, day: int, on: On) -> Values:
    """Return the form of the end of the study."""
    return {"end_reason": reason, "end_date": on(day)}
