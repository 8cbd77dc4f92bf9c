"""What the study plans for one arm: its visits, the operation, the regimens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from equipoise.study.entry import dates_at_entry
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import Regimen, RegimenPhase
from equipoise.study.schedule import Visit, occurrences
from equipoise.study.study import Study

SURGERY_DATE = "surgery_date"


class Clock(StrEnum):
    """What a visit counts from."""

    ENROLMENT = "enrolment"
    REGISTRATION = "registration"
    SURGERY = "surgery"
    FORM = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVisit:
    """One occurrence of a visit in one arm.

    Attributes
    ----------
    occurrence, visit : str
        `cycle_2` and `cycle`.
    number : int
        Number in its series, from 1.
    clock, clock_form : Clock, str
        What it counts from; the form whose first day is meant, where it is one.
    earliest, planned, latest : int
        Days after the clock.
    forms : tuple[str, ...]
        Forms of the visit.
    """

    occurrence: str
    visit: str
    number: int
    clock: Clock
    clock_form: str
    earliest: int
    planned: int
    latest: int
    forms: tuple[str, ...]

    @property
    def before_enrolment(self) -> bool:
        """Whether it is planned at or before enrolment."""
        return self.clock in {Clock.ENROLMENT, Clock.REGISTRATION} and self.latest <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPlan:
    """What the study plans for one arm.

    Attributes
    ----------
    arm : str
        Name of the arm.
    visits : tuple[PlannedVisit, ...]
        By planned day, those of a later clock last.
    surgery : PlannedVisit | None
        The visit with the form of surgery.
    regimens : Mapping[RegimenPhase, Regimen]
        What is given before and after surgery.
    """

    arm: str
    visits: tuple[PlannedVisit, ...]
    surgery: PlannedVisit | None
    regimens: dict[RegimenPhase, Regimen]


def forms_of(study: Study, purpose: FormPurpose) -> tuple[str, ...]:
    """Return the names of the forms of a purpose."""
    return tuple(name for name, form in study.forms.items() if form.purpose is purpose)


def plan_arm(study: Study, arm: str) -> ArmPlan:
    """Return what the study plans for one arm."""
    found = [
        planned
        for name, visit in study.schedule.visits.items()
        if not visit.arms or arm in visit.arms
        for planned in _planned(study, name, arm=arm)
    ]
    order = list(Clock)
    visits = tuple(sorted(found, key=lambda one: (order.index(one.clock) // 2, one.planned)))
    surgical = set(forms_of(study, FormPurpose.SURGERY))
    return ArmPlan(
        arm=arm,
        visits=visits,
        surgery=next((one for one in visits if surgical & set(one.forms)), None),
        regimens=_regimens(study, arm),
    )


def _regimens(study: Study, arm: str) -> dict[RegimenPhase, Regimen]:
    own = study.arms[arm].regimen
    given = [study.regimens[own]] if own in study.regimens else []
    given += [regimen for regimen in study.regimens.values() if arm in regimen.arms]
    return {regimen.phase: regimen for regimen in reversed(given)}


def _planned(study: Study, name: str, *, arm: str) -> Iterator[PlannedVisit]:
    visit = study.schedule.visits[name]
    clock, clock_form = _clock(study, visit)
    before = visit.window.before_days if visit.window else 0
    after = visit.window.after_days if visit.window else 0
    for number, (occurrence, low, planned, high) in enumerate(_days(name, visit, arm=arm), start=1):
        yield PlannedVisit(
            occurrence=occurrence,
            visit=name,
            number=number,
            clock=clock,
            clock_form=clock_form,
            earliest=low - before,
            planned=planned,
            latest=high + after,
            forms=visit.forms,
        )


def _days(name: str, visit: Visit, *, arm: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield occurrence, first, planned and last day of each visit of a series, without window."""
    if visit.every is not None:
        for occurrence, day in occurrences(name, visit):
            yield occurrence, round(day), round(day), round(day)
        return
    span = visit.at.get(arm) if isinstance(visit.at, dict) else visit.at
    if span is not None:
        low, high = (round(end.days) for end in span)
        yield name, low, low if abs(low) < abs(high) else high, high


def _clock(study: Study, visit: Visit) -> tuple[Clock, str]:
    word = study.schedule.clocks.get(visit.start or "", visit.start or "")
    match word:
        case "randomisation_date":
            return Clock.ENROLMENT, ""
        case "registration_date":
            return Clock.REGISTRATION, ""
        case _ if word == SURGERY_DATE:
            return Clock.SURGERY, ""
        case _ if word in dates_at_entry(study):
            return Clock.REGISTRATION, ""
        case _:
            return Clock.FORM, word.removesuffix("_date")
