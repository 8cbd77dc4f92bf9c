"""What is known of a subject when: the visits an arm reaches, and what precedes allocation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.study.checks.problem import Whole, open_to
from equipoise.study.forms import Form, Item
from equipoise.study.functions import FUNCTIONS
from equipoise.study.rules import UnreadableRuleError, rule_names
from equipoise.study.schedule import Visit, occurrences
from equipoise.study.study import Study

_AT_ENTRY = frozenset({"subject", "site", "registration_date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What an arm comes to.

    Attributes
    ----------
    visits : frozenset[str]
        Visits whose clock is filled at some time.
    names : frozenset[str]
        Items and days of forms that are filled at some time.
    """

    visits: frozenset[str]
    names: frozenset[str]


def reached_by(study: Study, arm: str) -> Reached:
    """Return the visits that an arm reaches: those whose clock some earlier visit fills."""
    names = set(_AT_ENTRY)
    if study.randomise is not None:
        names |= {"randomisation_date", "arm"}
    visits: set[str] = set()
    while new := [
        name
        for name, visit in study.schedule.visits.items()
        if name not in visits and open_to(visit, arm) and _clock_filled(study, visit, names)
    ]:
        visits.update(new)
        names.update(*(_asked(study, study.schedule.visits[name]) for name in new))
    return Reached(visits=frozenset(visits), names=frozenset(names))


def _clock_filled(study: Study, visit: Visit, names: set[str]) -> bool:
    # A clock that does not exist is a fault of its own: the visit counts as reached.
    if visit.start is None or visit.start not in study.schedule.clocks:
        return True
    return study.schedule.clocks[visit.start] in names


def _asked(study: Study, visit: Visit) -> Iterator[str]:
    for form in visit.forms:
        if form in study.forms:
            yield f"{form}_date"
            yield from study.forms[form].items


def known_before_entry(whole: Whole) -> frozenset[str]:
    """Return what a rule may name before a subject is allocated (or, without allocation, entered).

    Items of visits that lie at or before that day for every arm, what is computed from them, and
    strata over them.
    """
    study = whole.study
    names = set(_AT_ENTRY)
    visits: set[str] = set()
    while new := [
        name
        for name, visit in study.schedule.visits.items()
        if name not in visits and _before_entry(study, name, names)
    ]:
        visits.update(new)
        names.update(*(_asked(study, study.schedule.visits[name]) for name in new))
    return _with_what_follows(whole, names, visits=visits)


def _before_entry(study: Study, name: str, names: set[str]) -> bool:
    visit = study.schedule.visits[name]
    if visit.arms or visit.any_time or visit.start is None:
        return False
    date = study.schedule.clocks.get(visit.start)
    entry = "registration_date" if study.randomise is None else "randomisation_date"
    if date == entry:
        return _last_day(name, visit) <= 0
    return date in names


def _last_day(name: str, visit: Visit) -> float:
    """Return the last planned day of a single visit, or the first of a series."""
    if visit.every is not None:
        return min((day for _, day in occurrences(name, visit)), default=1.0)
    spans = visit.at.values() if isinstance(visit.at, dict) else (visit.at,)
    return max(span[1].days for span in spans if span is not None)


def _with_what_follows(whole: Whole, asked: set[str], *, visits: set[str]) -> frozenset[str]:
    study = whole.study
    names = {name for name in asked if name not in whole.items or not whole.items[name].computed}
    while new := {name for name in asked - names if needs_of(whole.items[name]) <= names}:
        names |= new
    names |= {f"{name}_grade" for name in names if name in whole.items and whole.items[name].ctcae}
    names |= {
        f"{visit}.{name}"
        for visit in visits
        for form in _forms(study, study.schedule.visits[visit])
        for name in form.items
        if name in names
    }
    names |= {name for name, stratum in study.strata.items() if _names(stratum.rule) <= names}
    return frozenset(names)


def _forms(study: Study, visit: Visit) -> Iterator[Form]:
    return (study.forms[form] for form in visit.forms if form in study.forms)


def needs_of(item: Item) -> frozenset[str]:
    """Return the names a computed item is made of; what a function can do without left out."""
    if item.compute is not None:
        return _names(item.compute)
    function = FUNCTIONS.get(item.function or "")
    if function is None:
        return frozenset()
    needed = [name for name in function.needs if name not in function.optional]
    return frozenset(item.inputs.get(name, name) for name in needed)


def _names(rule: str) -> frozenset[str]:
    try:
        return frozenset(rule_names(rule))
    except UnreadableRuleError:
        return frozenset()
