"""Doses of one regimen: planned from body size, changed by the tables of the study.

A cycle that a table delays is given at the end of its visit's window, once the values have
recovered; a delay that the window has no room for leaves the dose out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from equipoise.base.quantities import Dose
from equipoise.oncology.body_size import body_surface_area
from equipoise.oncology.dosing import DoseByWeight, WeightBand, dose_mg
from equipoise.simulate.baseline import Values
from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.dose_rules import DoseDay, Followed, followed_rows
from equipoise.simulate.subject import AdverseEvent, GivenDose
from equipoise.study.functions import Value
from equipoise.study.regimens import Delay, Drug, Hold, Omit, Reduce, Regimen, Stop
from equipoise.study.study import Study

_WHOLE_MG_FROM = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One cycle of one subject, as it stands on its first day.

    Attributes
    ----------
    owner : int
        Whose cycle it is.
    visit : PlacedVisit
        Its visit.
    room : int
        Last day to which it may be delayed.
    before : Mapping[str, Value]
        Values before enrolment, with the weight of the visit.
    laboratory : Mapping[int, Values]
        Values by day of the cycle.
    recovered : Values
        Values on day 1 without what treatment does to them.
    events : tuple[AdverseEvent, ...]
        Adverse events of the subject.
    delayed : bool
        Whether it was delayed.
    """

    owner: int
    visit: PlacedVisit
    room: int
    before: Mapping[str, Value]
    laboratory: Mapping[int, Values]
    recovered: Values
    events: tuple[AdverseEvent, ...]
    delayed: bool = False

    def dose_day(self, number: int) -> DoseDay:
        """Return what is known on one day of the cycle."""
        return DoseDay(
            dose_day=number,
            day=self.visit.day + number - 1,
            known={**self.before, **self.laboratory[number]},
            before=self.before,
            events=self.events,
        )

    def after_delay(self) -> Cycle:
        """Return the cycle as given at the end of its window."""
        return replace(
            self,
            visit=replace(self.visit, day=self.room),
            laboratory={**self.laboratory, 1: self.recovered},
            delayed=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Cycles after delays, and the doses of each owner."""

    cycles: tuple[Cycle, ...]
    doses: Mapping[int, tuple[GivenDose, ...]]


def dose_starts(drug: Drug) -> tuple[int, ...]:
    """Return the days of the cycle on which a run of consecutive days of a drug begins."""
    if drug.days == "daily":
        return (1,)
    return tuple(day for day in sorted(drug.days) if day - 1 not in drug.days)


def dose_days(regimen: Regimen) -> tuple[int, ...]:
    """Return the days of the cycle on which some dose is decided; the first one always is."""
    starts = {day for drug in regimen.drugs.values() for day in dose_starts(drug)}
    return tuple(sorted(starts | {1}))


def give_cycles(study: Study, regimen: Regimen, *, cycles: Sequence[Cycle]) -> Given:
    """Return what is given in each cycle, cycles of one owner in the order of their days."""
    decided = _decide(study, regimen, cycles)
    given = tuple(
        cycle.after_delay() if _waits(rows) and cycle.room > cycle.visit.day else cycle
        for cycle, rows in zip(cycles, decided, strict=True)
    )
    if any(cycle.delayed for cycle in given):
        decided = _decide(study, regimen, given)
    doses: dict[int, list[GivenDose]] = {}
    stopped: set[tuple[int, str]] = set()
    for cycle, rows in zip(given, decided, strict=True):
        for dose in _doses(cycle, regimen=regimen, rows=rows):
            if (cycle.owner, dose.drug) not in stopped:
                doses.setdefault(cycle.owner, []).append(dose)
            if dose.change == "stopped":
                stopped.add((cycle.owner, dose.drug))
    return Given(cycles=given, doses={owner: tuple(rows) for owner, rows in doses.items()})


_Rows = Mapping[int, Mapping[str, Followed]]
"""Day of the cycle -> drug -> row of its tables that is followed."""


def _decide(study: Study, regimen: Regimen, cycles: Sequence[Cycle]) -> list[_Rows]:
    numbers = dose_days(regimen)
    days = [cycle.dose_day(number) for cycle in cycles for number in numbers]
    rows = iter(followed_rows(study, regimen, days=days))
    return [{number: next(rows) for number in numbers} for _ in cycles]


def _waits(rows: _Rows) -> bool:
    return any(isinstance(followed.action, Delay) for followed in rows[1].values())


def _doses(cycle: Cycle, *, regimen: Regimen, rows: _Rows) -> Iterator[GivenDose]:
    for number in dose_days(regimen):
        for name, drug in regimen.drugs.items():
            if number in dose_starts(drug):
                followed = rows[number].get(name)
                dose = _dose(cycle, name, drug=drug, number=number, followed=followed)
                if dose is not None:
                    yield dose


def _dose(
    cycle: Cycle, name: str, *, drug: Drug, number: int, followed: Followed | None
) -> GivenDose | None:
    """Return one dose; None when body size is unknown."""
    planned = planned_mg(drug, before=cycle.before)
    if planned is None:
        return None
    given, change, reason = planned, "none", None
    if followed is not None:
        given, change = _changed(followed, planned=planned, drug=drug, before=cycle.before)
        reason = None if change == "none" else followed.reason
    elif cycle.delayed and number == 1:
        change, reason = "delayed", "values had to recover"
    return GivenDose(
        occurrence=cycle.visit.plan.occurrence,
        day=cycle.visit.day + number - 1,
        drug=name,
        dose_day=number,
        planned_mg=planned,
        given_mg=given,
        change=change,
        reason=reason,
    )


def planned_mg(drug: Drug, *, before: Mapping[str, Value]) -> float | None:
    """Return the planned dose of one day in mg, in whole mg from 20 mg on; None when unknown."""
    if drug.dose is not None:
        return _milligrams(drug.dose, before=before)
    bands = tuple(WeightBand(from_kg=band.from_kg, mg=band.dose.mg) for band in drug.by_weight)
    return _milligrams(DoseByWeight(bands=bands), before=before)


def _milligrams(rule: Dose | DoseByWeight, *, before: Mapping[str, Value]) -> float | None:
    height, weight = _number(before.get("height_cm")), _number(before.get("weight_kg"))
    area = body_surface_area(height, weight_kg=weight)
    mg = dose_mg(rule, weight_kg=weight, bsa_m2=area)
    return None if mg is None else _measured_out(mg)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _measured_out(mg: float) -> float:
    return float(round(mg)) if mg >= _WHOLE_MG_FROM else round(mg, 1)


def _changed(
    followed: Followed, *, planned: float, drug: Drug, before: Mapping[str, Value]
) -> tuple[float, str]:
    """Return the dose given and the code of the change; `reduce 25 %` takes a quarter away."""
    match followed.action:
        case Reduce(percent=float(percent)):
            return _measured_out(planned * (1 - percent / 100)), "reduced"
        case Reduce(to=to):
            lower = to or next(iter(drug.levels), None)
            reduced = None if lower is None else _milligrams(lower, before=before)
            if reduced is None or reduced >= planned:
                return planned, "none"
            return reduced, "reduced"
        case Omit() | Hold() | Delay():
            return 0.0, "omitted"
        case Stop():
            return 0.0, "stopped"
        case _:
            assert_never(followed.action)
