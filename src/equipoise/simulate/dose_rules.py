"""Which row of a dose table is followed, judged for many days of many subjects together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import polars as pl

from equipoise.oncology.ctcae import Baseline, ctcae_grade
from equipoise.oncology.ctcae_limits import Sample
from equipoise.oncology.ctcae_rows import Term
from equipoise.oncology.laboratory_units import factor_to, in_unit_of, limits_in_unit_of
from equipoise.simulate.baseline import items_of
from equipoise.simulate.subject import AdverseEvent
from equipoise.study.forms import Item
from equipoise.study.functions import Value
from equipoise.study.namespace import form_names
from equipoise.study.normal_ranges import normal_limits
from equipoise.study.regimens import Delay, DoseRule, Hold, Omit, Reduce, Regimen, Stop
from equipoise.study.rules import judge, rule_names
from equipoise.study.study import Study

ANY_DAY = "any_day"
GRADE = "_grade"
_UNTIL = "until "

Action = Omit | Delay | Reduce | Hold | Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseDay:
    """What is known when doses of one day of a cycle are decided.

    Attributes
    ----------
    dose_day : int
        Day of the cycle.
    day : int
        Day after enrolment.
    known : Mapping[str, Value]
        Laboratory values of the day, and values before enrolment.
    before : Mapping[str, Value]
        Values before enrolment.
    events : tuple[AdverseEvent, ...]
        Adverse events of the subject; those of that day have a grade.
    """

    dose_day: int
    day: int
    known: Mapping[str, Value]
    before: Mapping[str, Value]
    events: tuple[AdverseEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The row of a table that is followed: what it does, and its rule."""

    action: Action
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRows:
    """What the tables say on one day.

    Attributes
    ----------
    followed : Mapping[str, Followed]
        Drug -> the row that is followed; no entry means full dose.
    released : frozenset[str]
        Rules after `hold until` that are true.
    """

    followed: Mapping[str, Followed]
    released: frozenset[str]


def followed_rows(
    study: Study, regimen: Regimen, *, days: Sequence[DoseDay]
) -> tuple[DayRows, ...]:
    """Return for each day the row that is followed for each drug, and the holds that may end.

    In each table the first row that is true is followed; of the table of the day and the table of
    any day the graver one. What is unknown does not hold.
    """
    labelled = {
        f"{drug}/{when}/{number}": rule
        for drug, tables in regimen.modify.items()
        for when, rules in tables.items()
        for number, rule in enumerate(rules)
    }
    if not labelled or not days:
        return tuple(DayRows(followed={}, released=frozenset()) for _ in days)
    untils = _untils(labelled.values())
    judged = {label: rule.when for label, rule in labelled.items()}
    judged |= {f"{_UNTIL}{rule}": rule for rule in untils}
    answers = judge(judged, _frame(study, days, rules=judged)).to_dicts()
    return tuple(
        DayRows(
            followed=_followed(regimen, answer, day=day.dose_day),
            released=frozenset(rule for rule in untils if answer[f"{_UNTIL}{rule}"] is True),
        )
        for day, answer in zip(days, answers, strict=True)
    )


def _untils(rules: Iterable[DoseRule]) -> tuple[str, ...]:
    """Return the rules that end holds, each once."""
    holds = (rule.then for rule in rules if isinstance(rule.then, Hold))
    return tuple(dict.fromkeys(hold.until for hold in holds if hold.until is not None))


def _frame(study: Study, days: Sequence[DoseDay], *, rules: Mapping[str, str]) -> pl.DataFrame:
    types = form_names(study)
    used = dict.fromkeys(name for rule in rules.values() for name in rule_names(rule))
    schema = {name: types[name] for name in used if name in types} or {"subject": pl.String()}
    items = items_of(study)
    rows = [{name: _known(study, day, name, items=items) for name in schema} for day in days]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _known(study: Study, day: DoseDay, name: str, *, items: Mapping[str, Item]) -> Value:
    if not name.endswith(GRADE):
        return day.known.get(name)
    term = name.removesuffix(GRADE)
    if term in items:
        return _laboratory_grade(study, day, name=term, item=items[term])
    grades = [event.grade for event in day.events if event.term == term and _lasts(event, day.day)]
    # Of an adverse event that the subject does not have it is known that it is of grade 0.
    return max(grades, default=0)


def _lasts(event: AdverseEvent, day: int) -> bool:
    return event.start <= day and (event.end is None or day <= event.end)


def _laboratory_grade(study: Study, day: DoseDay, *, name: str, item: Item) -> int | None:
    value, before = _measured(day.known.get(name)), _measured(day.before.get(name))
    unit = item.unit or ""
    if item.ctcae not in set(Term) or factor_to(Term(item.ctcae), unit=unit) is None:
        return None
    term, sex, site = Term(item.ctcae), day.before.get("sex"), day.before.get("site")
    sample = Sample(
        laboratory=site if isinstance(site, str) else None,
        sex=sex if isinstance(sex, str) else None,
        age_years=_measured(day.before.get("age")),
    )
    limits = normal_limits(study.laboratory.get(name), sample=sample)
    return ctcae_grade(
        term,
        None if value is None else in_unit_of(term, value, unit=unit),
        limits=limits_in_unit_of(term, limits, unit=unit),
        baseline=None if before is None else Baseline(value=in_unit_of(term, before, unit=unit)),
        rules=study.toxicity.rules,
    ).grade


def _measured(value: Value) -> float | None:
    """Return a value that is a number; yes and no are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _followed(regimen: Regimen, answer: Mapping[str, object], *, day: int) -> dict[str, Followed]:
    found: dict[str, Followed] = {}
    for drug, tables in regimen.modify.items():
        for when in (f"day_{day}", ANY_DAY):
            for number, rule in enumerate(tables.get(when, ())):
                if answer[f"{drug}/{when}/{number}"] is True:
                    row = Followed(action=rule.then, reason=rule.when)
                    found[drug] = max(found.get(drug, row), row, key=_gravity)
                    break
    return found


def _gravity(row: Followed) -> int:
    match row.action:
        case Reduce():
            return 1
        case Delay():
            return 2
        case Hold() | Omit():
            return 3
        case Stop():
            return 4
        case _:
            assert_never(row.action)
