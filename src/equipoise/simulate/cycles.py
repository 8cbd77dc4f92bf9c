"""The cycles of a regimen for all subjects of an arm: doses, and the visits that delays move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from equipoise.oncology.recist import Response
from equipoise.simulate.arm import ArmView, OnArm, phase_at
from equipoise.simulate.baseline import Values
from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.measures import measure_form, measure_laboratory
from equipoise.simulate.plan import PlannedVisit
from equipoise.simulate.subject import Fate, GivenDose
from equipoise.simulate.treatment import Cycle, dose_days, give_cycles
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import Regimen, RegimenPhase


def treat(view: ArmView, subjects: Sequence[OnArm], *, phase: RegimenPhase) -> list[OnArm]:
    """Return the subjects of an arm with the doses of one regimen, and what its delays moved."""
    regimen = view.plan.regimens[phase]
    cycles = [
        _cycle(view, each, place, owner=owner, regimen=regimen)
        for owner, each in enumerate(subjects)
        for place, visit in enumerate(each.visits)
        if _has_cycle(view, visit, fate=each.fate, phase=phase)
        if visit.plan.number <= regimen.cycles.planned
    ]
    given = give_cycles(view.study, regimen, cycles=cycles)
    moved: dict[int, list[Cycle]] = {}
    for cycle in given.cycles:
        if cycle.delayed:
            moved.setdefault(cycle.owner, []).append(cycle)
    return [
        _treated(each, moved.get(owner, []), doses=given.doses.get(owner, ()))
        for owner, each in enumerate(subjects)
    ]


def _has_cycle(view: ArmView, visit: PlacedVisit, *, fate: Fate, phase: RegimenPhase) -> bool:
    return view.has(visit, FormPurpose.DOSING) and phase_at(visit, fate=fate) is phase


def _cycle(view: ArmView, each: OnArm, place: int, *, owner: int, regimen: Regimen) -> Cycle:
    visit = each.visits[place]
    following = [other.day for other in each.visits[place + 1 :]]
    return Cycle(
        owner=owner,
        visit=visit,
        room=min([visit.latest, each.fate.last_day - 1, *(day - 1 for day in following)]),
        before=each.one.baseline | _vital_signs(view, each, visit.plan),
        laboratory={
            number: _laboratory(view, each, visit, dose_day=number) for number in dose_days(regimen)
        },
        recovered=_laboratory(view, each, visit, dose_day=1, recovered=True),
        events=each.events,
        surgery_day=each.surgery_day if regimen.phase is RegimenPhase.NEOADJUVANT else None,
    )


def _vital_signs(view: ArmView, each: OnArm, visit: PlannedVisit) -> Values:
    """Return the vital signs of the visit, if it has any."""
    values: Values = {}
    for name in view.forms[FormPurpose.VITAL_SIGNS]:
        if name in visit.forms:
            form = view.study.forms[name]
            values |= measure_form(form, of=each.measured, visit=visit, day=0)
    return values


def _laboratory(
    view: ArmView, each: OnArm, visit: PlacedVisit, *, dose_day: int, recovered: bool = False
) -> Values:
    """Return the laboratory values of one day of a cycle, on the visit's forms or not."""
    values: Values = {}
    treated = not recovered and each.measured.is_treated(visit.day + dose_day - 1)
    for name in view.forms[FormPurpose.LABORATORY]:
        form, plan = view.study.forms[name], visit.plan
        values |= measure_laboratory(
            form, of=each.measured, visit=plan, treated=treated, dose_day=dose_day
        )
    return values


def _treated(each: OnArm, moved: list[Cycle], *, doses: tuple[GivenDose, ...]) -> OnArm:
    days = {cycle.visit.plan.occurrence: cycle.visit.day for cycle in moved}
    values = {cycle.visit.plan.occurrence: cycle.recovered for cycle in moved}
    return replace(
        each,
        visits=tuple(
            replace(visit, day=days.get(visit.plan.occurrence, visit.day)) for visit in each.visits
        ),
        doses=(*each.doses, *_given(doses, fate=each.fate)),
        laboratory={**each.laboratory, **values},
    )


def _given(doses: Iterable[GivenDose], *, fate: Fate) -> Iterator[GivenDose]:
    """Yield the doses that still come, runs cut to end before progression, surgery and the end."""
    ends = [fate.last_day]
    if fate.response == Response.PD and fate.progression_day is not None:
        ends.append(fate.progression_day)
    if fate.recurrence_day is not None:
        ends.append(fate.recurrence_day)
    surgery = None if fate.surgery is None else fate.surgery.planned_day
    for dose in doses:
        begun = dose.day - dose.dose_day + 1
        before = surgery is not None and begun < surgery
        end = min([*ends, surgery] if surgery is not None and before else ends)
        if dose.day < end:
            yield replace(dose, days=min(dose.days, end - dose.day))
