"""Blood values that dose tables ask: some visit takes them shortly before the dose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.study.checks.dosing import arms_of
from equipoise.study.checks.problem import Problem, Whole, forms_for, open_to
from equipoise.study.dose_tables import ANY_DAY, DrugTables, cycle_visits, drug_tables
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import Regimen
from equipoise.study.rules import UnreadableRuleError, rule_names
from equipoise.study.schedule import visit_days

KINDS: Mapping[str, str] = {
    "dose_values_not_taken": "A table asks blood values that no visit takes before the dose.",
}

_GRADE = "_grade"


def check_values_taken(whole: Whole) -> Iterator[Problem]:
    """Find tables that ask blood values on a dose day before which no visit takes them."""
    for name, regimen in whole.study.regimens.items():
        for arm in arms_of(whole.study, name):
            if arm in whole.study.arms:
                yield from _of_arm(whole, regimen, name=name, arm=arm)


def _of_arm(whole: Whole, regimen: Regimen, *, name: str, arm: str) -> Iterator[Problem]:
    for drug, tables in drug_tables(whole.study, regimen).items():
        for table in regimen.modify.get(drug, {}):
            asked = _blood_of(whole, tables, table=table)
            days = [day for day in tables.starts if table in {ANY_DAY, f"day_{day}"}]
            lacking = [day for day in days if not _taken(whole, regimen, arm=arm, day=day)]
            if asked and lacking:
                yield Problem(
                    kind="dose_values_not_taken",
                    path=("regimens", name, "modify", drug, table),
                    what=f"the table asks {asked[0]}, and in arm '{arm}' no visit takes blood "
                    f"within {regimen.values_within} before day {lacking[0]} of the cycle",
                    got=f"day {lacking[0]}",
                    fix="let a visit with the laboratory form stand on that day, or widen "
                    "values_within",
                )


def _blood_of(whole: Whole, tables: DrugTables, *, table: str) -> list[str]:
    """Return the laboratory items that the rows of a table name, or whose grade they name."""
    blood = {
        item for _, form in forms_for(whole.study, FormPurpose.LABORATORY) for item in form.items
    }
    found: list[str] = []
    for row in tables.rows:
        if row.table == table:
            found += [name.removesuffix(_GRADE) for name in _names(row.rule.when)]
    return [name for name in dict.fromkeys(found) if name in blood]


def _names(rule: str) -> tuple[str, ...]:
    try:
        return rule_names(rule)
    except UnreadableRuleError:
        return ()


def _taken(whole: Whole, regimen: Regimen, *, arm: str, day: int) -> bool:
    """Tell whether each cycle of a regimen has blood taken shortly before one of its days.

    Where no visit is the cycles of the regimen there is another fault, and none of this sort.
    """
    blood = {name for name, _ in forms_for(whole.study, FormPurpose.LABORATORY)}
    visits = {n: one for n, one in whole.study.schedule.visits.items() if open_to(one, arm)}
    within = round(regimen.values_within.days)
    for name in cycle_visits(whole.study, regimen, arm=arm):
        visit = visits[name]
        due = [one.planned + day - 1 for one in visit_days(name, visit, arm=arm)]
        taken = [
            one.planned
            for other, own in visits.items()
            if own.start == visit.start and blood & set(own.forms)
            for one in visit_days(other, own, arm=arm)
        ]
        if not all(any(at - within <= one <= at for one in taken) for at in due):
            return False
    return True
