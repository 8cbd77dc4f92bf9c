"""Doses of one regimen: planned from body size, changed by the tables of the study.

A cycle that a table delays is given at the end of its visit's window, once the values have
recovered; a delay that the window has no room for leaves the dose out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from equipoise.simulate.baseline import Values
from equipoise.simulate.calendar import PlacedVisit
from equipoise.simulate.dose_rules import DayRows, DoseDay, followed_rows
from equipoise.simulate.standing import Decision, Standing, decide_dose, stand_on
from equipoise.simulate.subject import AdverseEvent, GivenDose
from equipoise.study.functions import Value
from equipoise.study.regimens import Delay, Drug, Regimen
from equipoise.study.study import Study

BEFORE_SURGERY = "stopped before surgery"


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
    surgery_day : int | None
        Day for which surgery is arranged; None after it, and where there is none.
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
    surgery_day: int | None = None
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
    standings: dict[int, _Standings] = {}
    for cycle, rows in zip(given, decided, strict=True):
        own = standings.setdefault(cycle.owner, {})
        doses.setdefault(cycle.owner, []).extend(_doses(cycle, own, regimen=regimen, rows=rows))
    return Given(cycles=given, doses={owner: tuple(rows) for owner, rows in doses.items()})


_Rows = Mapping[int, DayRows]
"""Day of the cycle -> what the tables say."""

_Standings = dict[str, Standing]
"""Drug -> what has become of it so far."""


def _decide(study: Study, regimen: Regimen, cycles: Sequence[Cycle]) -> list[_Rows]:
    numbers = dose_days(regimen)
    days = [cycle.dose_day(number) for cycle in cycles for number in numbers]
    rows = iter(followed_rows(study, regimen, days=days))
    return [{number: next(rows) for number in numbers} for _ in cycles]


def _waits(rows: _Rows) -> bool:
    return any(isinstance(followed.action, Delay) for followed in rows[1].followed.values())


def _doses(
    cycle: Cycle, standings: _Standings, *, regimen: Regimen, rows: _Rows
) -> Iterator[GivenDose]:
    """Yield the doses of one cycle in the order of their days; what they change stands on."""
    for number in dose_days(regimen):
        for name, drug in regimen.drugs.items():
            before = standings.get(name, Standing())
            if number not in dose_starts(drug) or before.stopped:
                continue
            today = rows[number]
            now = stand_on(before, drug, name=name, today=today, body=cycle.before)
            standings[name] = now
            decision = decide_dose(now, drug, row=today.followed.get(name), body=cycle.before)
            if decision is not None:
                days = _run_days(drug, number, cycle_days=round(regimen.cycle.days))
                dose = _given(cycle, name, decision=decision, number=number, days=days)
                yield _before_surgery(dose, drug, surgery_day=cycle.surgery_day)


def _run_days(drug: Drug, start: int, *, cycle_days: int) -> int:
    """Return how many consecutive days of the cycle a drug is given from one of them on."""
    if drug.days == "daily":
        return cycle_days - start + 1
    end = start
    while end + 1 in drug.days:
        end += 1
    return end - start + 1


def _given(cycle: Cycle, drug: str, *, decision: Decision, number: int, days: int) -> GivenDose:
    """Return a dose as it was decided; a full one of a cycle that had to wait is delayed."""
    waited = decision.change == "none" and cycle.delayed and number == 1
    return GivenDose(
        occurrence=cycle.visit.plan.occurrence,
        day=cycle.visit.day + number - 1,
        drug=drug,
        dose_day=number,
        days=days,
        planned_mg=decision.planned,
        given_mg=decision.given,
        change="delayed" if waited else decision.change,
        reason="values had to recover" if waited else decision.reason,
    )


def _before_surgery(dose: GivenDose, drug: Drug, *, surgery_day: int | None) -> GivenDose:
    """Return a dose cut to end long enough before surgery, or left out when none of it does."""
    if surgery_day is None or drug.stop_before_surgery is None:
        return dose
    room = surgery_day - ceil(drug.stop_before_surgery.days) - dose.day
    if dose.given_mg == 0:
        return dose
    if room > 0:
        return replace(dose, days=min(dose.days, room))
    return replace(dose, given_mg=0.0, change="omitted", reason=BEFORE_SURGERY)
