"""Doses of one regimen: planned from body size, changed by the tables of the study.

A cycle that a table delays is given at the end of its visit's window, once the values have
recovered; a delay that the window has no room for leaves the dose out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from equipoise.oncology.dosing.dose_changes import DoseAction
from equipoise.oncology.dosing.dose_standing import Decision, Standing, decide_dose
from equipoise.oncology.dosing.surgery_pause import first_dose_day, last_dose_day
from equipoise.simulate.dose_cycle import Cycle, DoseBook, dose_book
from equipoise.simulate.dose_rules import judge_days
from equipoise.simulate.subject import GivenDose
from equipoise.study.dose_tables import DrugTables, TablesSay
from equipoise.study.regimens import Delay, Drug, Regimen
from equipoise.study.study import Study

BEFORE_SURGERY = "stopped before surgery"
AFTER_SURGERY = "too soon after surgery"

_CODES = {
    DoseAction.FULL: "none",
    DoseAction.REDUCE: "reduced",
    DoseAction.DELAY: "omitted",
    DoseAction.OMIT: "omitted",
    DoseAction.HOLD: "omitted",
    DoseAction.STOP: "stopped",
}
"""Codes of the form of doses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Cycles after delays, the doses of each owner, and what has become of each drug."""

    cycles: tuple[Cycle, ...]
    doses: Mapping[int, tuple[GivenDose, ...]]
    standings: Mapping[int, Mapping[str, Standing]]


def give_cycles(
    study: Study,
    regimen: Regimen,
    *,
    cycles: Sequence[Cycle],
    before: Mapping[int, Mapping[str, Standing]] | None = None,
) -> Given:
    """Return what is given in each cycle, cycles of one owner in the order of their days.

    `before` is what became of drugs under the regimen before this one, by owner.
    """
    book = dose_book(study, regimen)
    said = _judge(book, cycles)
    given = tuple(
        cycle.after_delay() if _waits(rows) and cycle.room > cycle.visit.day else cycle
        for cycle, rows in zip(cycles, said, strict=True)
    )
    if any(cycle.delayed for cycle in given):
        said = _judge(book, given)
    doses: dict[int, list[GivenDose]] = {}
    standings = {
        owner: {drug: standing.carried() for drug, standing in own.items()}
        for owner, own in (before or {}).items()
    }
    for cycle, rows in zip(given, said, strict=True):
        own = standings.setdefault(cycle.owner, {})
        doses.setdefault(cycle.owner, []).extend(_doses(cycle, own, book=book, rows=rows))
    return Given(
        cycles=given,
        doses={owner: tuple(rows) for owner, rows in doses.items()},
        standings=standings,
    )


_Said = Mapping[tuple[str, int], TablesSay]
"""Drug, day of the cycle -> what its tables say."""


def _judge(book: DoseBook, cycles: Sequence[Cycle]) -> Sequence[_Said]:
    said: list[dict[tuple[str, int], TablesSay]] = [{} for _ in cycles]
    for name, tables in book.drugs.items():
        days = book.days_of(tables, cycles=cycles)
        rows = iter(judge_days(tables, days=days, types=book.types))
        for own in said:
            own |= {(name, number): next(rows) for number in tables.starts}
    return said


def _waits(said: _Said) -> bool:
    return any(
        isinstance(row.rule.then, Delay)
        for (_, number), rows in said.items()
        if number == 1
        for row in rows.followed
    )


def _doses(
    cycle: Cycle, standings: dict[str, Standing], *, book: DoseBook, rows: _Said
) -> Iterator[GivenDose]:
    """Yield the doses of one cycle in the order of their days; what they change stands on."""
    for number in book.dose_days:
        for name, tables in book.drugs.items():
            before = standings.get(name, Standing())
            if number not in tables.starts or before.stopped is not None:
                continue
            day = rows[name, number]
            standings[name], decision = decide_dose(before, tables.plan, day=day.facts)
            dose = _given(cycle, tables, decision=decision, said=day)
            if dose is not None:
                yield _around_surgery(dose, tables.drug, cycle=cycle)


def _run_days(tables: DrugTables, start: int) -> int:
    """Return how many consecutive days of the cycle a drug is given from one of them on."""
    end = start
    while end + 1 in tables.days:
        end += 1
    return end - start + 1


def _given(
    cycle: Cycle, tables: DrugTables, *, decision: Decision, said: TablesSay
) -> GivenDose | None:
    """Return a dose as it was decided; a full one of a cycle that had to wait is delayed.

    What a row asks and nobody knows is no reason to give a dose: it is left out. None when body
    size is unknown.
    """
    number = said.facts.dose_day
    if decision.planned_mg is None or decision.given_mg is None:
        return None
    waited = decision.action is DoseAction.FULL and cycle.delayed and number == 1
    dose = GivenDose(
        occurrence=cycle.visit.plan.occurrence,
        day=cycle.visit.day + number - 1,
        drug=tables.name,
        dose_day=number,
        days=_run_days(tables, number),
        planned_mg=decision.planned_mg,
        given_mg=decision.given_mg,
        change="delayed" if waited else _CODES[decision.action],
        reason="values had to recover" if waited else _reason(decision),
    )
    if not said.unjudged or dose.given_mg == 0:
        return dose
    return replace(dose, given_mg=0.0, change="omitted", reason=_unjudged(said))


def _reason(decision: Decision) -> str | None:
    return None if decision.because is None else decision.because.reason


def _unjudged(said: TablesSay) -> str:
    return f"cannot be judged: {said.unjudged[0].rule.when}"


def _around_surgery(dose: GivenDose, drug: Drug, *, cycle: Cycle) -> GivenDose:
    """Return a dose cut to end long enough before surgery, or left out too near to it."""
    if dose.given_mg == 0:
        return dose
    off, again = drug.stop_before_surgery, drug.restart_after_surgery
    if off is not None and cycle.surgery_day is not None:
        room = last_dose_day(cycle.surgery_day, days_off=off.days) - dose.day + 1
        if room <= 0:
            return replace(dose, given_mg=0.0, change="omitted", reason=BEFORE_SURGERY)
        return replace(dose, days=min(dose.days, room))
    if again is not None and cycle.operated_day is not None:
        first = first_dose_day(cycle.operated_day, days_off=again.days)
        if dose.day < first:
            return replace(dose, given_mg=0.0, change="omitted", reason=AFTER_SURGERY)
    return dose
