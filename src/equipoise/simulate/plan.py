"""What the study plans for one arm: its visits, the operation, the regimens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from equipoise.study.dose_tables import drug_tables, regimens_of
from equipoise.study.entry import dates_at_entry
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import Regimen, RegimenPhase
from equipoise.study.schedule import Visit, visit_days
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
    cycle, cycle_day : str | None, int
        The cycle whose later dose day it belongs to, and that day: blood that decides a dose is
        taken when the dose is due. None for other visits.
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
    cycle: str | None = None
    cycle_day: int = 1

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
    regimens = {phase: study.regimens[name] for phase, name in regimens_of(study, arm).items()}
    timed = sorted(found, key=lambda one: (order.index(one.clock) // 2, one.planned))
    visits = tuple(_of_cycle(study, one, cycles=timed, regimens=regimens) for one in timed)
    surgical = set(forms_of(study, FormPurpose.SURGERY))
    return ArmPlan(
        arm=arm,
        visits=visits,
        surgery=next((one for one in visits if surgical & set(one.forms)), None),
        regimens=regimens,
    )


def _of_cycle(
    study: Study,
    visit: PlannedVisit,
    *,
    cycles: list[PlannedVisit],
    regimens: Mapping[RegimenPhase, Regimen],
) -> PlannedVisit:
    """Return a visit tied to the cycle on whose later dose day it is planned."""
    dosing, blood = (set(forms_of(study, kind)) for kind in (_DOSING, _LABORATORY))
    if dosing & set(visit.forms) or not blood & set(visit.forms):
        return visit
    days = {
        day
        for regimen in regimens.values()
        for tables in drug_tables(study, regimen).values()
        for day in tables.starts
    }
    for cycle in cycles:
        day = visit.planned - cycle.planned + 1
        if dosing & set(cycle.forms) and cycle.clock is visit.clock and day > 1 and day in days:
            return replace(visit, cycle=cycle.occurrence, cycle_day=day)
    return visit


_DOSING, _LABORATORY = FormPurpose.DOSING, FormPurpose.LABORATORY


def _planned(study: Study, name: str, *, arm: str) -> Iterator[PlannedVisit]:
    visit = study.schedule.visits[name]
    clock, clock_form = _clock(study, visit)
    for number, days in enumerate(visit_days(name, visit, arm=arm), start=1):
        yield PlannedVisit(
            occurrence=days.occurrence,
            visit=name,
            number=number,
            clock=clock,
            clock_form=clock_form,
            earliest=days.earliest,
            planned=days.planned,
            latest=days.latest,
            forms=visit.forms,
        )


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
