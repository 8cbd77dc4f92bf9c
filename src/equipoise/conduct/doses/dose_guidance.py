"""The query for dose guidance: worked out from the record each time, and never stored.

The tables are followed from the first dose day on: what they held, lowered and stopped then stands
now. A drug that somebody recorded as stopped stays stopped, and one that was given at a lower level
of its ladder stays there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import partial

from equipoise.conduct.doses.dose_days import (
    CycleDay,
    CycleSeen,
    RecordedDay,
    cycle_on,
    days_until,
    dose_rows,
)
from equipoise.conduct.doses.dose_words import DayOfDrug, drug_guidance
from equipoise.conduct.doses.guidance import DrugGuidance, Guidance, GuidedAction
from equipoise.conduct.doses.surgery_room import surgery_room
from equipoise.conduct.record import SubjectRecord
from equipoise.conduct.rulebook import DrugRules, Rulebook
from equipoise.conduct.visit_windows import DOSE_DAY, visit_day, visit_window
from equipoise.oncology.dosing.dose_standing import Because, Standing, as_prescribed, decide_dose
from equipoise.study.dose_tables import Asked, DoseDay, TablesSay, tables_say

DOSE_CHANGE, DOSE_REASON, STOPPED = "dose_change", "dose_reason", "stopped"
GIVEN = "given_mg"


def dose_guidance(
    subject: SubjectRecord,
    *,
    rulebook: Rulebook,
    visit: str,
    dose_day: int = 1,
    date: dt.date | None = None,
) -> Guidance | None:
    """Return what the study says of all drugs of a subject on one day of a cycle.

    Parameters
    ----------
    subject : SubjectRecord
        The subject.
    rulebook : Rulebook
        The study made ready.
    visit : str
        Occurrence of a visit with doses, for example `cycle_2`.
    dose_day : int
        Day of the cycle.
    date : datetime.date | None
        The day; None is the one that follows from the first day of the visit.

    Returns
    -------
    Guidance | None
        None when the visit is no cycle of the subject, or has no day yet.
    """
    first = visit_day(visit, subject=subject, rulebook=rulebook)
    if date is None and first is None:
        return None
    on = date or (first or dt.date.min) + dt.timedelta(days=dose_day - 1)
    day = CycleDay(occurrence=visit, dose_day=dose_day, date=on)
    begun = first or on - dt.timedelta(days=dose_day - 1)
    cycle = cycle_on(visit, day=begun, subject=subject, rulebook=rulebook)
    if cycle is None:
        return None
    guiding = _Guiding(rulebook=rulebook, subject=subject, cycle=cycle, on=day)
    return Guidance(
        subject=subject.subject,
        visit=visit,
        dose_day=dose_day,
        date=on,
        drugs=tuple(guiding.guide(rules) for rules in rulebook.drugs[cycle.regimen].values()),
    )


def guide_drug(
    drug: str, *, subject: SubjectRecord, rulebook: Rulebook, on: CycleDay
) -> DrugGuidance | None:
    """Return what the study says of one drug; None when it is not in the regimen that is due."""
    first = visit_day(on.occurrence, subject=subject, rulebook=rulebook)
    begun = first or on.date - dt.timedelta(days=on.dose_day - 1)
    cycle = cycle_on(on.occurrence, day=begun, subject=subject, rulebook=rulebook)
    rules = None if cycle is None else rulebook.drugs[cycle.regimen].get(drug)
    if cycle is None or rules is None:
        return None
    return _Guiding(rulebook=rulebook, subject=subject, cycle=cycle, on=on).guide(rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guiding:
    """One day of one subject, for which guidance is worked out."""

    rulebook: Rulebook
    subject: SubjectRecord
    cycle: CycleSeen
    on: CycleDay
    _days: dict[tuple[dt.date, str], RecordedDay] = field(default_factory=dict, repr=False)

    def guide(self, rules: DrugRules) -> DrugGuidance:
        """Return what the study says of a drug."""
        tables = rules.tables
        label = tables.drug.label or tables.name.replace("_", " ")
        if self.on.dose_day not in tables.days:
            due = ", ".join(str(day) for day in sorted(tables.days))
            say = f"{label}: not due on day {self.on.dose_day}, given on day {due} of the cycle"
            return DrugGuidance(
                drug=tables.name,
                label=label,
                action=GuidedAction.NOT_DUE,
                planned_mg=None,
                dose_mg=None,
                say=f"{say[:1].upper()}{say[1:]}.",
            )
        standing, since = self._history(tables.name)
        recorded = self._recorded(self.on.date, regimen=self.cycle.regimen)
        day = recorded.dose_day(rules, on=self.on, since=since)
        said = _ask(rules, day)
        now, decision = decide_dose(standing, tables.plan, day=said.facts)
        room = surgery_room(
            tables.drug, subject=self.subject, rulebook=self.rulebook, on=self.on.date
        )
        return drug_guidance(
            DayOfDrug(
                tables=tables,
                day=day,
                on=self.on,
                said=said,
                before=standing,
                standing=now,
                decision=decision,
                judge=lambda row, look: rules.asks[Asked.WHEN].answers(look)[row],
            ),
            room=room,
            latest=self._latest(),
            label=label,
        )

    def _history(self, drug: str) -> tuple[Standing, dt.date | None]:
        """Return what has become of a drug before this day, and its dose day before it.

        A regimen that comes after another takes over level and stop of a drug, nothing else. A
        lower level that somebody prescribed is not left upwards either.
        """
        standing, since, before = Standing(), None, self.cycle.regimen
        rows = dose_rows(self.subject, rulebook=self.rulebook, drug=drug)
        given = {(row.visit, row.value(DOSE_DAY)): row.value(GIVEN) for row in rows}
        days = days_until(self.on, drug=drug, subject=self.subject, rulebook=self.rulebook)
        for k, (regimen, day) in enumerate(days):
            if k > 0 and regimen != before:
                standing, since = standing.carried(), None
            before, rules = regimen, self.rulebook.drugs[regimen][drug]
            known = self._recorded(day.date, regimen=regimen)
            facts = _ask(rules, known.dose_day(rules, on=day, since=since)).facts
            plan = rules.tables.plan
            standing, named = decide_dose(standing, plan, day=facts)
            mg = given.get((day.occurrence, day.dose_day))
            if isinstance(mg, int | float):
                standing = as_prescribed(
                    standing, plan, named=named, given_mg=float(mg), body=facts.body
                )
            since = day.date
        if before != self.cycle.regimen:
            standing, since = standing.carried(), None
        return self._as_recorded(standing, drug), since

    def _as_recorded(self, standing: Standing, drug: str) -> Standing:
        """Return the standing, stopped where somebody recorded that the drug was stopped."""
        rows = dose_rows(self.subject, rulebook=self.rulebook, drug=drug)
        for row in rows:
            if row.value(DOSE_CHANGE) == STOPPED and row.date < self.on.date:
                reason = f"recorded as stopped on {row.date}: {row.value(DOSE_REASON) or '-'}"
                stopped = standing.stopped or Because(label="", reason=reason)
                return replace(standing, stopped=stopped)
        return standing

    def _recorded(self, date: dt.date, *, regimen: str) -> RecordedDay:
        if (date, regimen) not in self._days:  # what is known is the same for all drugs
            self._days[date, regimen] = RecordedDay(
                rulebook=self.rulebook,
                subject=self.subject,
                then=self.subject.where(lambda row: row.date <= date),
                regimen=self.rulebook.study.regimens[regimen],
                date=date,
            )
        return self._days[date, regimen]

    def _latest(self) -> dt.date | None:
        window = visit_window(self.cycle.occurrence, subject=self.subject, rulebook=self.rulebook)
        return None if window is None else window.latest


def _ask(rules: DrugRules, day: DoseDay) -> TablesSay:
    """Return what the tables of a drug say on a day."""
    terms = rules.tables.terms
    answers = {
        asked: ruleset.answers(partial(day.look_up, asked=asked, terms=terms))
        for asked, ruleset in rules.asks.items()
    }
    return tables_say(rules.tables, day, answers=answers)
