"""Dose changes: each row of a table names a drug, a day and a level that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.study.checks.dosing import days_of_cycle, is_less, planned_doses
from equipoise.study.checks.problem import Problem, Whole, suggest, unknown
from equipoise.study.regimens import (
    AnyAction,
    DoseRule,
    Drug,
    Hold,
    Level,
    Reduce,
    Regimen,
    say_action,
)
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "modify_unknown_drug": "A table changes the dose of a drug that the regimen does not have.",
    "modify_day_unknown": "A table is for a day on which its drug is not given.",
    "reduce_without_levels": "A row goes down a ladder that the drug does not have.",
    "reduce_not_less": "A reduced dose is not less than the planned one.",
    "reduce_to_no_level": "A row reduces to a dose that is no level of its drug.",
}


def check_tables(whole: Whole) -> Iterator[Problem]:
    """Find tables of drugs and days that the regimen does not have."""
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            path = ("regimens", name, "modify", drug)
            if drug not in regimen.drugs:
                what = f"'{drug}' is no drug of regimen '{name}'"
                known = regimen.drugs
                yield unknown("modify_unknown_drug", path=path, got=drug, known=known, what=what)
                continue
            days = _days(regimen, drug)
            for when in tables:
                if when not in days:
                    yield Problem(
                        kind="modify_day_unknown",
                        path=(*path, when),
                        what=f"{drug} is not given on '{when}'",
                        got=when,
                        fix=suggest(when, days),
                    )


def _days(regimen: Regimen, drug: str) -> tuple[str, ...]:
    days = regimen.drugs[drug].days
    listed = range(1, int(regimen.cycle.days) + 1) if days == "daily" else days
    return ("any_day", *(f"day_{day}" for day in listed))


def check_reductions(whole: Whole) -> Iterator[Problem]:
    """Find rows whose reduced dose cannot be worked out or is no reduction."""
    for path, row, drug in _rows(whole):
        for word, action in (("then", row.then), ("again", row.again)):
            if (less := _reduction(action)) is not None:
                yield from _reduced(less, drug=drug, path=(*path, word))


def _reduction(action: AnyAction | None) -> Reduce | None:
    """Return what an action reduces to, at once or after a hold."""
    match action:
        case Reduce():
            return action
        case Hold(then=Reduce() as less):
            return less
        case _:
            return None


def _reduced(action: Reduce, *, drug: Drug, path: Path) -> Iterator[Problem]:
    if action.percent is None and action.to is None and not drug.levels:
        yield Problem(
            kind="reduce_without_levels",
            path=path,
            what="the row goes one level down, and the drug has no levels",
            got=say_action(action),
            fix="write levels: [...] for the drug, or reduce to a dose",
        )
    elif not _is_less(action, drug):
        yield Problem(
            kind="reduce_not_less",
            path=path,
            what="the reduced dose is not less than the planned one in the same unit",
            got=f"{say_action(action)}; planned {drug.dose or 'by weight'}",
            fix="reduce to a share between 0 % and 100 % or to a smaller dose",
        )
    elif action.to is not None and drug.levels and action.to not in drug.levels:
        yield Problem(
            kind="reduce_to_no_level",
            path=path,
            what="the row reduces to a dose that is no level of the drug",
            got=say_action(action),
            fix=f"name one of {', '.join(str(level) for level in drug.levels)}, or add it",
        )


def _rows(whole: Whole) -> Iterator[tuple[Path, DoseRule, Drug]]:
    for name, regimen in whole.study.regimens.items():
        for drug, tables in regimen.modify.items():
            for when, rows in tables.items() if drug in regimen.drugs else ():
                for k, row in enumerate(rows):
                    path = ("regimens", name, "modify", drug, when, str(k))
                    yield path, row, regimen.drugs[drug]


def _is_less(action: Reduce, drug: Drug) -> bool:
    if action.percent is not None:
        return 0 < action.percent < 100
    if action.to is None or action.to.dose is None:
        return True
    days = days_of_cycle(drug, cycle_days=1)
    planned = planned_doses(drug)
    return not planned or any(
        dose.basis is action.to.dose.basis and is_less(action.to, Level(dose=dose), days=days)
        for dose in planned
    )
