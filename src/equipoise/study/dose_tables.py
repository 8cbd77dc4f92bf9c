"""Which rows of the dose tables are followed on a day, and what they do to the drug.

A table is for one day of the cycle (`day_8`) or for any day. Of each table that speaks of a day
the first row that is true is followed; of two rows the graver one rules the dose of the day. A row
that cannot be judged because something is not known is told, and never taken for false.

Rooms that judge rules (many days at once, or one form) ask the questions of `questions` and hand
the answers to `tables_say`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import assert_never

from equipoise.oncology.dosing.dose_changes import FollowedRow
from equipoise.oncology.dosing.dose_standing import Body, DayFacts, DosePlan
from equipoise.oncology.dosing.event_grades import EventSpan, worst_begun, worst_grade
from equipoise.study.dose_actions import change_of, gravity, may_lower, planned_dose, rung_of
from equipoise.study.forms import FormPurpose, ItemType
from equipoise.study.functions import Value
from equipoise.study.regimens import DoseRule, Drug, Hold, Regimen, RegimenPhase
from equipoise.study.rules import rule_names
from equipoise.study.schedule import Visit
from equipoise.study.study import Study

Known = Value | dt.date
"""A value that a rule of a table may name."""

ANY_DAY = "any_day"
_GRADE = "_grade"


class Asked(StrEnum):
    """Of which time a question asks.

    WHEN: whether a row is true, by values of the day and the worst grades since the dose day
    before. BEGUN: whether adverse events that began since then make it true by themselves. UNTIL:
    whether a hold may end, by values and grades of the day.
    """

    WHEN = "when"
    BEGUN = "begun"
    UNTIL = "until"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of a table: its drug, its table, its number from 1, and what it says."""

    drug: str
    table: str
    number: int
    rule: DoseRule

    @property
    def label(self) -> str:
        """What tells it from the other rows of its drug."""
        return f"{self.table}/{self.number}"


@dataclass(frozen=True, kw_only=True)
class DrugTables:
    """A drug of a regimen with its tables.

    Attributes
    ----------
    name : str
        Name of the drug.
    drug : Drug
        What the regimen says of it.
    cycle_days : int
        Days of a cycle.
    rows : tuple[TableRow, ...]
        The rows of all its tables.
    terms : frozenset[str]
        Adverse events whose grade a rule may name.
    """

    name: str
    drug: Drug
    cycle_days: int
    rows: tuple[TableRow, ...]
    terms: frozenset[str]

    @cached_property
    def questions(self) -> Mapping[Asked, Mapping[str, str]]:
        """The questions by time: label of a row -> its rule, or rule -> itself for `until`."""
        whens = {row.label: row.rule.when for row in self.rows}
        actions = [one for row in self.rows for one in (row.rule.then, row.rule.again)]
        untils = [one.until for one in actions if isinstance(one, Hold) and one.until is not None]
        of_events = {
            label: rule
            for label, rule in whens.items()
            if any(event_term(name, terms=self.terms) for name in rule_names(rule))
        }
        return {
            Asked.WHEN: whens,
            Asked.BEGUN: of_events,
            Asked.UNTIL: {until: until for until in dict.fromkeys(untils)},
        }

    @cached_property
    def plan(self) -> DosePlan:
        """What the protocol plans, in plain values."""
        ladder = tuple(rung_of(level) for level in self.drug.levels)
        return DosePlan(rule=planned_dose(self.drug), days=self.days, ladder=ladder)

    @cached_property
    def days(self) -> frozenset[int]:
        """The days of the cycle on which it is given."""
        listed = range(1, self.cycle_days + 1) if self.drug.days == "daily" else self.drug.days
        return frozenset(listed)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The days of the cycle on which a run of consecutive days begins: its dose days."""
        return tuple(day for day in sorted(self.days) if day - 1 not in self.days)


def drug_tables(study: Study, regimen: Regimen) -> Mapping[str, DrugTables]:
    """Return each drug of a regimen with its tables, in the order of the regimen."""
    terms = event_terms(study)
    return {
        name: DrugTables(
            name=name,
            drug=drug,
            cycle_days=round(regimen.cycle.days),
            rows=tuple(
                TableRow(drug=name, table=table, number=number, rule=rule)
                for table, rules in regimen.modify.get(name, {}).items()
                for number, rule in enumerate(rules, start=1)
            ),
            terms=terms,
        )
        for name, drug in regimen.drugs.items()
    }


def regimens_of(study: Study, arm: str) -> dict[RegimenPhase, str]:
    """Return the name of the regimen of an arm in each phase: the one it names before others."""
    own = study.arms[arm].regimen
    given = [own] if own is not None and own in study.regimens else []
    given += [name for name, regimen in study.regimens.items() if arm in regimen.arms]
    return {study.regimens[name].phase: name for name in reversed(given)}


def cycle_visits(study: Study, regimen: Regimen, *, arm: str) -> tuple[str, ...]:
    """Return the visits of an arm that are the cycles of a regimen: doses, in its rhythm."""
    return tuple(
        name
        for name, visit in study.schedule.visits.items()
        if not visit.arms or arm in visit.arms
        if are_cycles(visit, regimen) and _gives_doses(study, visit)
    )


def are_cycles(visit: Visit, regimen: Regimen) -> bool:
    """Tell whether visits come in the rhythm of a regimen's cycles, and as often."""
    if visit.every is None:
        return regimen.cycles.planned == 1
    return visit.every.days == regimen.cycle.days and visit.times == regimen.cycles.planned


def _gives_doses(study: Study, visit: Visit) -> bool:
    forms = (study.forms[form] for form in visit.forms if form in study.forms)
    return any(form.purpose is FormPurpose.DOSING for form in forms)


def event_terms(study: Study) -> frozenset[str]:
    """Return the codes of adverse events whose grade a rule may name."""
    return frozenset(
        code
        for form in study.forms.values()
        if form.purpose is FormPurpose.ADVERSE_EVENTS
        for item in form.items.values()
        if item.type is ItemType.CODE
        for code in item.codes
    )


def event_term(name: str, *, terms: frozenset[str]) -> str | None:
    """Return the adverse event whose grade a name is; None for all other names."""
    term = name.removesuffix(_GRADE)
    return term if name.endswith(_GRADE) and term in terms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseDay:
    """What is known on one dose day of one drug; days are whole numbers on one calendar.

    Attributes
    ----------
    dose_day : int
        Day of the cycle.
    day, since : int, int | None
        The day, and the dose day of the drug before it; None for its first one.
    value : callable
        Name -> value, for names that are no grade of an adverse event; of items the value of the
        day, of `ITEM_grade` the grade of that value. None is unknown.
    events : callable
        Adverse event -> what the subject had of it.
    body : Body
        Body size that the dose counts.
    """

    dose_day: int
    day: int
    since: int | None
    value: Callable[[str], Known]
    events: Callable[[str], Sequence[EventSpan]]
    body: Body

    def look_up(self, name: str, *, asked: Asked, terms: frozenset[str]) -> Known:
        """Return the value of a name in a question."""
        term = event_term(name, terms=terms)
        if term is None:
            return None if asked is Asked.BEGUN else self.value(name)
        first = self.day if self.since is None else self.since + 1
        match asked:
            case Asked.WHEN:
                return worst_grade(self.events(term), first=first, last=self.day)
            case Asked.BEGUN:
                return worst_begun(self.events(term), first=first, last=self.day)
            case Asked.UNTIL:
                return worst_grade(self.events(term), first=self.day, last=self.day)
            case _:
                assert_never(asked)


Answers = Mapping[Asked, Mapping[str, object]]
"""Time -> label of a question -> true, false, or None when it cannot be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesSay:
    """What the tables say of one drug on one day.

    Attributes
    ----------
    followed : tuple[TableRow, ...]
        Rows that are followed, the graver one first.
    unjudged : tuple[TableRow, ...]
        Rows that cannot be judged and would lead to a lesser dose.
    facts : DayFacts
        The day in plain values.
    waiting : frozenset[str]
        Rules that would end a hold and cannot be judged.
    """

    followed: tuple[TableRow, ...]
    unjudged: tuple[TableRow, ...]
    facts: DayFacts
    waiting: frozenset[str] = frozenset()


def tables_say(tables: DrugTables, day: DoseDay, *, answers: Answers) -> TablesSay:
    """Return what the tables of a drug say on a day, from the answers to their questions."""
    when = answers[Asked.WHEN]
    followed, unjudged = list[TableRow](), list[TableRow]()
    for table in (f"day_{day.dose_day}", ANY_DAY):
        rows = [row for row in tables.rows if row.table == table]
        first = next((k for k, row in enumerate(rows) if when[row.label] is True), len(rows))
        followed += rows[first : first + 1]
        unjudged += [row for row in rows[:first] if when[row.label] is None]
    followed.sort(key=lambda row: -gravity(row.rule.then))
    gravest = max((gravity(row.rule.then) for row in followed), default=0)
    facts = DayFacts(
        dose_day=day.dose_day,
        body=day.body,
        followed=tuple(_followed(row, tables.drug) for row in followed),
        lasting=frozenset(label for label, answer in when.items() if answer is not False),
        begun=_true(answers[Asked.BEGUN]),
        released=_true(answers[Asked.UNTIL]),
    )
    graver = tuple(row for row in unjudged if may_lower(row.rule.then, than=gravest))
    unknown = (rule for rule, answer in answers[Asked.UNTIL].items() if answer is None)
    return TablesSay(
        followed=tuple(followed), unjudged=graver, facts=facts, waiting=frozenset(unknown)
    )


def _true(answers: Mapping[str, object]) -> frozenset[str]:
    return frozenset(label for label, answer in answers.items() if answer is True)


def _followed(row: TableRow, drug: Drug) -> FollowedRow:
    again = row.rule.again
    return FollowedRow(
        label=row.label,
        reason=row.rule.when,
        change=change_of(row.rule.then, drug),
        again=None if again is None else change_of(again, drug),
    )
