"""The cycles of a regimen for all subjects of an arm: doses, and the visits that delays move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from equipoise.oncology.response.recist import Response
from equipoise.simulate.arm import ArmView, OnArm, phase_at
from equipoise.simulate.baseline import Values
from equipoise.simulate.blood import Blood
from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.dose_cycle import Cycle, dose_book, virtual_date
from equipoise.simulate.measures import measure_form
from equipoise.simulate.plan import PlannedVisit
from equipoise.simulate.subject import Fate, GivenDose
from equipoise.simulate.treatment import give_cycles
from equipoise.study.dose_tables import Known
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import RegimenPhase


def treat(view: ArmView, subjects: Sequence[OnArm], *, phase: RegimenPhase) -> list[OnArm]:
    """Return the subjects of an arm with the doses of one regimen, and what its delays moved."""
    regimen = view.plan.regimens[phase]
    numbers = dose_book(view.study, regimen).dose_days
    cycles = [
        _cycle(view, each, place, owner=owner, blood=Blood(view, each, regimen), numbers=numbers)
        for owner, each in enumerate(subjects)
        for place, visit in enumerate(each.visits)
        if _has_cycle(view, visit, fate=each.fate, phase=phase)
        if visit.plan.number <= regimen.cycles.planned
    ]
    before = {owner: each.standings for owner, each in enumerate(subjects)}
    given = give_cycles(view.study, regimen, cycles=cycles, before=before)
    moved: dict[int, list[Cycle]] = {}
    for cycle in given.cycles:
        if cycle.delayed:
            moved.setdefault(cycle.owner, []).append(cycle)
    return [
        replace(
            _treated(each, moved.get(owner, []), doses=given.doses.get(owner, ())),
            standings={**each.standings, **given.standings[owner]},
        )
        for owner, each in enumerate(subjects)
    ]


def _has_cycle(view: ArmView, visit: PlacedVisit, *, fate: Fate, phase: RegimenPhase) -> bool:
    return view.has(visit, FormPurpose.DOSING) and phase_at(visit, fate=fate) is phase


def _cycle(
    view: ArmView,
    each: OnArm,
    place: int,
    *,
    owner: int,
    blood: Blood,
    numbers: tuple[int, ...],
) -> Cycle:
    visit = each.visits[place]
    occurrence = visit.plan.occurrence
    following = [other.day for other in each.visits[place + 1 :] if other.plan.cycle != occurrence]
    operated = phase_at(visit, fate=each.fate) is RegimenPhase.ADJUVANT
    return Cycle(
        owner=owner,
        visit=visit,
        room=min([visit.latest, each.fate.last_day - 1, *(day - 1 for day in following)]),
        before=each.one.baseline | _vital_signs(view, each, each.visits[: place + 1]),
        entry=each.one.baseline,
        laboratory={number: blood.on(visit.day + number - 1) for number in numbers},
        recovered=blood.recovered(visit),
        events=each.events,
        surgery=_shown(each.fate) if operated else {},
        surgery_day=None if operated else each.surgery_day,
        operated_day=each.fate.surgery.day if operated and each.fate.surgery else None,
    )


def _vital_signs(view: ArmView, each: OnArm, visits: Sequence[PlacedVisit]) -> Values:
    """Return the vital signs of the last of some visits that has any."""
    forms = view.forms[FormPurpose.VITAL_SIGNS]
    for visit in reversed(visits):
        if not set(forms).isdisjoint(visit.plan.forms):
            return _measured_signs(view, each, visit.plan)
    return {}


def _measured_signs(view: ArmView, each: OnArm, visit: PlannedVisit) -> Values:
    values: Values = {}
    for name in view.forms[FormPurpose.VITAL_SIGNS]:
        if name in visit.forms:
            form = view.study.forms[name]
            values |= measure_form(form, of=each.measured, visit=visit, day=0)
    return values


def _shown(fate: Fate) -> dict[str, Known]:
    """Return what an operation has shown, by the items of the standard forms."""
    surgery = fate.surgery
    if surgery is None or surgery.day is None:
        return {}
    return {
        "operated": True,
        "surgery_date": virtual_date(surgery.day),
        "surgery_outcome": "resected" if surgery.resected else "explored_only",
        "margin": surgery.margin,
    }


def _treated(each: OnArm, moved: list[Cycle], *, doses: tuple[GivenDose, ...]) -> OnArm:
    """Return a subject with doses; a cycle that was delayed takes the visits of its days along.

    A visit that would come to lie on the day of the operation or of the end, or later, is left out.
    """
    days = {cycle.visit.plan.occurrence: cycle.visit.day for cycle in moved}
    values = {cycle.visit.plan.occurrence: cycle.recovered for cycle in moved}
    return replace(
        each,
        visits=tuple(sorted(_moved(each, days), key=lambda one: one.day)),
        doses=(*each.doses, *_given(doses, fate=each.fate)),
        laboratory={**each.laboratory, **values},
    )


def _moved(each: OnArm, days: Mapping[str, int]) -> Iterator[PlacedVisit]:
    """Yield the visits of a subject, those of delayed cycles on their new days."""
    surgery = None if each.fate.surgery is None else each.fate.surgery.day
    for visit in each.visits:
        cycle = visit.plan.cycle or visit.plan.occurrence
        day = days[cycle] + visit.plan.cycle_day - 1 if cycle in days else visit.day
        operated_first = surgery is not None and visit.day < surgery <= day
        if day == visit.day or (day < each.fate.last_day and not operated_first):
            yield replace(visit, day=day)


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
