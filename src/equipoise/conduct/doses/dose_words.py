"""Guidance for one drug in words a clinician can read, with the row and its source."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from equipoise.conduct.doses.dose_days import CycleDay
from equipoise.conduct.doses.guidance import DrugGuidance, FiredRow, GuidedAction, OpenRow
from equipoise.conduct.doses.surgery_room import SurgeryRoom
from equipoise.conduct.values import to_text
from equipoise.oncology.dosing.dose_standing import (
    DayFacts,
    Decision,
    Standing,
    decide_dose,
    done_today,
)
from equipoise.study.dose_tables import (
    ANY_DAY,
    Asked,
    DoseDay,
    DrugTables,
    Known,
    TableRow,
    TablesSay,
)
from equipoise.study.regimens import say_action
from equipoise.study.rules import rule_names


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfDrug:
    """One drug on one day: what is known, what the tables say, and what follows.

    Attributes
    ----------
    tables, day, on : DrugTables, DoseDay, CycleDay
        The drug and the day.
    said : TablesSay
        Rows that are followed, and rows that cannot be judged.
    before, standing : Standing
        What had become of the drug, and what has now.
    decision : Decision
        The dose.
    judge : callable
        Label of a row, and what names stand for -> whether the row is true.
    """

    tables: DrugTables
    day: DoseDay
    on: CycleDay
    said: TablesSay
    before: Standing
    standing: Standing
    decision: Decision
    judge: Callable[[str, Callable[[str], Known]], object]


def drug_guidance(
    of: DayOfDrug, *, room: SurgeryRoom, latest: dt.date | None, label: str
) -> DrugGuidance:
    """Return the guidance for a drug.

    Parameters
    ----------
    of : DayOfDrug
        The drug and the day.
    room : SurgeryRoom
        What surgery leaves.
    latest : datetime.date | None
        The last day to which the cycle can be delayed.
    label : str
        What the drug is called.
    """
    action = _action(of, room)
    known = action not in {GuidedAction.UNKNOWN, GuidedAction.NOT_DUE}
    left_out = action not in {GuidedAction.FULL, GuidedAction.REDUCE} and known
    guidance = DrugGuidance(
        drug=of.tables.name,
        label=label,
        action=action,
        planned_mg=of.decision.planned_mg,
        dose_mg=0.0 if left_out else of.decision.given_mg if known else None,
        fired=tuple(_fired(of, row) for row in of.said.followed),
        open=tuple(_open(of, row) for row in of.said.unjudged),
        next_mg=_next_mg(of),
        resume=_resume(of, action, room=room, latest=latest),
        last=None if left_out else _last(of, room),
    )
    return replace(guidance, say=_sentence(of, guidance, room=room))


def _last(of: DayOfDrug, room: SurgeryRoom) -> dt.date | None:
    """Return the last day before surgery when the consecutive days from now on reach beyond it."""
    day = of.on.dose_day
    while day + 1 in of.tables.days:
        day += 1
    end = of.on.date + dt.timedelta(days=day - of.on.dose_day)
    return room.last if room.last is not None and end > room.last else None


def _action(of: DayOfDrug, room: SurgeryRoom) -> GuidedAction:
    """Return what to do: what is not known may only be passed over where no dose is given."""
    action = GuidedAction(of.decision.action)
    if action in {GuidedAction.STOP, GuidedAction.HOLD}:
        return action
    if room.first is not None:
        return GuidedAction.HOLD
    if room.last is not None and of.on.date > room.last:
        return GuidedAction.OMIT
    if of.decision.given_mg == 0:
        return action
    return GuidedAction.UNKNOWN if of.said.unjudged or of.decision.given_mg is None else action


def _fired(of: DayOfDrug, row: TableRow) -> FiredRow:
    followed = next(one for one in of.said.facts.followed if one.label == row.label)
    repeated = done_today(of.before, followed, day=of.said.facts).repeated
    again = row.rule.again if repeated else None
    values = {name: _look_up(of, name, Asked.WHEN) for name in _causes(of, row)}
    return FiredRow(
        row=row,
        action=say_action(again or row.rule.then),
        values={name: text for name, text in values.items() if text is not None},
    )


def _causes(of: DayOfDrug, row: TableRow) -> tuple[str, ...]:
    """Return the names that make a row true: enough by themselves, or not to be done without."""
    names = rule_names(row.rule.when)

    def true(known: Callable[[str], bool]) -> bool:
        def look(name: str) -> Known:
            return of.day.look_up(name, asked=Asked.WHEN, terms=of.tables.terms)

        said = of.judge(row.label, lambda name: look(name) if known(name) else None)
        return said is True

    found = [
        name
        for name in names
        if true(partial(operator.eq, name)) or not true(partial(operator.ne, name))
    ]
    return tuple(found) or names


def _open(of: DayOfDrug, row: TableRow) -> OpenRow:
    names = rule_names(row.rule.when)
    missing = (name for name in names if _look_up(of, name, Asked.WHEN) is None)
    return OpenRow(row=row, missing=tuple(missing))


def _look_up(of: DayOfDrug, name: str, asked: Asked) -> str | None:
    return to_text(of.day.look_up(name, asked=asked, terms=of.tables.terms))


def _next_mg(of: DayOfDrug) -> float | None:
    """Return the dose to go on with, once every hold has ended."""
    over = DayFacts(
        dose_day=of.on.dose_day, body=of.day.body, released=frozenset(of.standing.holds)
    )
    standing, decision = decide_dose(of.standing, of.tables.plan, day=over)
    return None if standing.stopped is not None else decision.usual_mg


def _resume(
    of: DayOfDrug, action: GuidedAction, *, room: SurgeryRoom, latest: dt.date | None
) -> str:
    """Return when a dose that is not given today may be given again."""
    match action:
        case GuidedAction.HOLD if of.standing.holds:
            return f"when {' and '.join(of.standing.holds)}"
        case GuidedAction.HOLD if room.first is not None:
            return f"on {room.first}"
        case GuidedAction.DELAY:
            until = "" if latest is None else f", at the latest on {latest}"
            return f"when the row is no longer true{until}"
        case GuidedAction.OMIT if room.last is not None and of.on.date > room.last:
            return "after surgery"
        case GuidedAction.OMIT | GuidedAction.HOLD:
            return "on its next day"
        case _:
            return ""


def _sentence(of: DayOfDrug, guidance: DrugGuidance, *, room: SurgeryRoom) -> str:
    on = of.on
    where = f"{guidance.label}, {on.occurrence} day {on.dose_day} ({on.date})"
    parts = [f"{_what(of, guidance)}{_because(of, guidance, room=room)}"]
    if guidance.resume:
        mg = guidance.next_mg
        go_on = "go on" if mg is None else f"go on with {_amount(of, mg)}"
        parts.append(f"{go_on} {guidance.resume}")
    if guidance.last is not None:
        parts.append(f"last dose on {guidance.last} ({room.say})")
    if guidance.action is not GuidedAction.STOP:
        parts += [*_not_judged(guidance), *_not_ended(of)]
    return f"{where[:1].upper()}{where[1:]}: {'; '.join(parts)}."


_DONE = {
    GuidedAction.DELAY: "delay the cycle",
    GuidedAction.OMIT: "leave this dose out",
    GuidedAction.HOLD: "hold",
    GuidedAction.STOP: "stop for good",
    GuidedAction.NOT_DUE: "not due",
    GuidedAction.UNKNOWN: "no dose can be named",
}


def _what(of: DayOfDrug, guidance: DrugGuidance) -> str:
    planned, dose = guidance.planned_mg, guidance.dose_mg
    if guidance.action is GuidedAction.FULL:
        return f"full dose, {planned:g} mg"
    if guidance.action is GuidedAction.REDUCE:
        return f"reduce to {_amount(of, dose)} of {planned:g} mg"
    unsized = guidance.action is GuidedAction.UNKNOWN and planned is None
    return f"{_DONE[guidance.action]}{', body size is not known' if unsized else ''}"


def _amount(of: DayOfDrug, mg: float | None) -> str:
    """Return an amount; of a level that is given every other day its dose, and the mean."""
    level = of.standing.lowered
    if level is None or level.every == 1 or mg == 0:
        return f"{mg:g} mg"
    return f"{level.dose} every other day ({mg:g} mg a day)"


def _because(of: DayOfDrug, guidance: DrugGuidance, *, room: SurgeryRoom) -> str:
    because = of.decision.because
    around = guidance.action in {GuidedAction.HOLD, GuidedAction.OMIT} and room.say
    if around and (because is None or guidance.action is not GuidedAction(of.decision.action)):
        return f" ({room.say})"
    row = None if because is None else _row(of, because.label)
    if because is None or guidance.action is GuidedAction.UNKNOWN:
        return ""
    if row is None:
        return f" ({because.reason})"
    fired = next((one for one in guidance.fired if one.row is row), None)
    if fired is None:
        return f", as before, by {_said(row)}"
    values = ", ".join(f"{in_words(name)} {text}" for name, text in fired.values.items())
    return f" because {values or row.rule.when} ({_said(row)})"


def _row(of: DayOfDrug, label: str) -> TableRow | None:
    return next((row for row in of.tables.rows if row.label == label), None)


def _said(row: TableRow) -> str:
    source = f"; {row.rule.source}" if row.rule.source else ""
    return f"{_table(row.table)}, row {row.number}: {row.rule.when}{source}"


def _table(table: str) -> str:
    return "table of any day" if table == ANY_DAY else f"table of {table.replace('_', ' ')}"


def _not_judged(guidance: DrugGuidance) -> Iterator[str]:
    """Yield what is not known, and the rows of each table that wait for it."""
    tables = dict.fromkeys(one.row.table for one in guidance.open)
    for table in tables:
        rows = [one for one in guidance.open if one.row.table == table]
        names = dict.fromkeys(in_words(name) for one in rows for name in one.missing)
        numbers = [str(one.row.number) for one in rows]
        told = f"row {numbers[0]}" if len(rows) == 1 else f"rows {_listed(numbers)}"
        yield f"{_listed(list(names))} not known: {told} of the {_table(table)} cannot be judged"


def _not_ended(of: DayOfDrug) -> Iterator[str]:
    """Yield what is not known of the rules that would end holds."""
    waiting = [until for until in of.standing.holds if until in of.said.waiting]
    names = dict.fromkeys(name for until in waiting for name in rule_names(until))
    missing = [in_words(name) for name in names if _look_up(of, name, Asked.UNTIL) is None]
    if missing:
        yield f"{_listed(missing)} not known: whether the hold may end cannot be judged"


def in_words(name: str) -> str:
    """Return a name as a clinician reads it: `febrile neutropenia grade`."""
    return name.replace("_", " ")


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
