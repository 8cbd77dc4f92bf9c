"""When visits take place: planned days moved within their windows, some of them missed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from equipoise.simulate.dice import Dice
from equipoise.simulate.plan import ArmPlan, Clock, PlannedVisit
from equipoise.simulate.subject import VisitDay


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedVisit:
    """A visit with its day after enrolment, the last day its window allows, and whether missed."""

    plan: PlannedVisit
    day: int
    latest: int
    missed: bool

    @property
    def visit_day(self) -> VisitDay:
        """The visit as a plain value."""
        return VisitDay(occurrence=self.plan.occurrence, visit=self.plan.visit, day=self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """Whose visits they are: random numbers, the share missed, and which forms are never missed."""

    dice: Dice
    missed_share: float
    never_missed: frozenset[str]


def place_before_surgery(plan: ArmPlan, *, diary: Diary, registered: int) -> list[PlacedVisit]:
    """Return the visits that count from enrolment or registration, in the order of their days.

    Each lies in its window, no visit before one that is planned earlier; one that is planned
    before the operation takes place before it, or not at all.
    """
    starts = {Clock.ENROLMENT: 0, Clock.REGISTRATION: registered}
    timed = [one for one in plan.visits if one.clock in starts and not one.before_enrolment]
    timed.sort(key=lambda one: starts[one.clock] + one.planned)
    surgery_day = None
    if plan.surgery is not None and plan.surgery.clock in starts:
        surgery_day = starts[plan.surgery.clock] + _moved(plan.surgery, diary=diary)
    placed: list[PlacedVisit] = []
    least = 0
    for one in timed:
        start = starts[one.clock]
        tied = _tied(one, placed=placed)
        day = max(start + _moved(one, diary=diary), least) if tied is None else tied
        if plan.surgery is not None and surgery_day is not None and one is not plan.surgery:
            before = start + one.planned < starts[plan.surgery.clock] + plan.surgery.planned
            day = min(day, surgery_day - 1) if before else max(day, surgery_day)
        if start + one.earliest <= day <= start + one.latest and day >= least:
            placed.append(_placed(one, day=day, start=start, diary=diary))
            least = day
    return placed


def place_later(
    plan: ArmPlan, *, diary: Diary, surgery_day: int | None, placed: Iterable[PlacedVisit]
) -> list[PlacedVisit]:
    """Return the visits that count from surgery or from the first day of another form."""
    first_days = _first_days(placed)
    later: list[PlacedVisit] = []
    for one in plan.visits:
        match one.clock:
            case Clock.SURGERY:
                start = surgery_day
            case Clock.FORM:
                start = first_days.get(one.clock_form)
            case Clock.ENROLMENT | Clock.REGISTRATION:
                start = None
        if start is not None:
            tied = _tied(one, placed=later)
            day = max(start + _moved(one, diary=diary), start) if tied is None else tied
            later.append(_placed(one, day=day, start=start, diary=diary))
    return later


def _tied(one: PlannedVisit, *, placed: Iterable[PlacedVisit]) -> int | None:
    """Return the day of a visit that belongs to a dose day of a cycle; None for all others."""
    cycles = (other for other in placed if other.plan.occurrence == one.cycle)
    cycle = next(cycles, None) if one.cycle is not None else None
    return None if cycle is None else cycle.day + one.cycle_day - 1


def _first_days(placed: Iterable[PlacedVisit]) -> Mapping[str, int]:
    days: dict[str, int] = {}
    for one in placed:
        if not one.missed:
            for form in one.plan.forms:
                days.setdefault(form, one.day)
    return days


def _placed(one: PlannedVisit, *, day: int, start: int, diary: Diary) -> PlacedVisit:
    kept = bool(diary.never_missed & set(one.forms))
    u = diary.dice.uniform(f"visit/{one.visit}/missed", number=one.number)
    missed = not kept and u < diary.missed_share
    return PlacedVisit(plan=one, day=day, latest=start + one.latest, missed=missed)


def _moved(one: PlannedVisit, *, diary: Diary) -> int:
    """Return the day after the clock; days in the middle of the window come more often."""
    first = diary.dice.uniform(f"visit/{one.visit}/first", number=one.number)
    second = diary.dice.uniform(f"visit/{one.visit}/second", number=one.number)
    return one.earliest + int((one.latest - one.earliest + 1) * (first + second) / 2)
