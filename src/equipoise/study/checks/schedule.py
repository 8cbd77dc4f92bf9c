"""Schedule: every visit has a clock that runs, a time, and forms that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from equipoise.study.checks.problem import Problem, Whole, open_to, unknown
from equipoise.study.checks.reach import reached_by
from equipoise.study.schedule import Visit, occurrences
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "form_unknown_in_visit": "A visit asks a form that the study does not have.",
    "form_twice_in_visit": "A visit names a form twice.",
    "unknown_epoch": "A visit belongs to an epoch that the schedule does not have.",
    "unknown_clock": "A visit or an endpoint counts from a clock that the schedule does not have.",
    "unknown_clock_date": "A clock starts at a date that the study does not record.",
    "clock_not_a_date": "A clock starts at something that is no date.",
    "visit_without_clock": "A visit has a day but does not say from when it counts.",
    "visit_without_time": "A visit counts from a clock but does not say when it is.",
    "visit_time_two_ways": "A visit says its time in two ways.",
    "series_without_end": "A series of visits says neither how many nor until when.",
    "arm_without_day": "A visit has a day for each arm, and leaves out an arm it is for.",
    "visit_name_taken": "A visit has the name of an occurrence of a series.",
    "unreachable_visit": "A visit never comes for some arm.",
}


def check_visits(whole: Whole) -> Iterator[Problem]:
    """Find visits whose forms, epoch or times do not stand."""
    for name, visit in whole.study.schedule.visits.items():
        path = ("schedule", "visits", name)
        yield from _forms(whole, visit, path=path)
        yield from _names(whole, visit, path=path)
        yield from _time(visit, path=path)
        yield from _days_of_arms(whole, visit, path=path)
        if _is_occurrence(whole, name):
            yield Problem(
                kind="visit_name_taken",
                path=path,
                what=f"visit '{name}' has the name of an occurrence of another series",
                got=name,
                fix="give it a name that does not end in a number",
            )


def _is_occurrence(whole: Whole, name: str) -> bool:
    visits = whole.study.schedule.visits
    series, _, number = name.rpartition("_")
    return number.isdigit() and series in visits and visits[series].every is not None


def _forms(whole: Whole, visit: Visit, *, path: Path) -> Iterator[Problem]:
    for k, form in enumerate(visit.forms):
        here = (*path, "forms", str(k))
        if form not in whole.study.forms:
            what = f"visit '{path[-1]}' asks form '{form}', which the study does not have"
            known = whole.study.forms
            yield unknown("form_unknown_in_visit", path=here, got=form, known=known, what=what)
        if form in visit.forms[:k]:
            yield Problem(
                kind="form_twice_in_visit",
                path=here,
                what=f"visit '{path[-1]}' names form '{form}' twice",
                got=form,
                fix="name it once; a form that repeats says so itself",
            )


def _names(whole: Whole, visit: Visit, *, path: Path) -> Iterator[Problem]:
    schedule = whole.study.schedule
    if visit.epoch not in schedule.epochs:
        what = f"visit '{path[-1]}' belongs to no epoch of the schedule"
        known = schedule.epochs
        here = (*path, "epoch")
        yield unknown("unknown_epoch", path=here, got=visit.epoch, known=known, what=what)
    if visit.start is not None and visit.start not in schedule.clocks:
        what = f"visit '{path[-1]}' counts from no clock of the schedule"
        known = schedule.clocks
        here = (*path, "from")
        yield unknown("unknown_clock", path=here, got=visit.start, known=known, what=what)
    named = [((*path, "arms", str(k)), arm) for k, arm in enumerate(visit.arms)]
    if isinstance(visit.at, dict):
        named += [((*path, "at", arm), arm) for arm in visit.at]
    for here, arm in named:
        if arm not in whole.study.arms:
            what = f"visit '{path[-1]}' is for an arm that the study does not have"
            yield unknown("unknown_arm", path=here, got=arm, known=whole.study.arms, what=what)


def _time(visit: Visit, *, path: Path) -> Iterator[Problem]:
    def of(kind: str, *, got: str, fix: str) -> Problem:
        what = f"visit '{path[-1]}': {KINDS[kind][8:-1]}"
        return Problem(kind=kind, path=path, what=what, got=got, fix=fix)

    series = visit.every is not None
    if visit.start is None and not visit.any_time:
        yield of("visit_without_clock", got="no 'from'", fix="write from: and the name of a clock")
    if visit.start is not None and visit.any_time:
        fix = "write at: or every:, or take 'from' out when it is of any time"
        yield of("visit_without_time", got=f"from: {visit.start}", fix=fix)
    if visit.at is not None and (series or visit.first is not None):
        yield of("visit_time_two_ways", got="at and a series", fix="keep 'at' or the series")
    if visit.times is not None and visit.until is not None:
        yield of("visit_time_two_ways", got="times and until", fix="keep one of the two")
    if not series and (visit.times is not None or visit.until is not None):
        yield of("visit_time_two_ways", got="an end without 'every'", fix="write every: as well")
    if series and visit.times is None and visit.until is None:
        yield of("series_without_end", got=f"every: {visit.every}", fix="write times: or until:")


def _days_of_arms(whole: Whole, visit: Visit, *, path: Path) -> Iterator[Problem]:
    if not isinstance(visit.at, dict):
        return
    for arm in whole.study.arms:
        if open_to(visit, arm) and arm not in visit.at:
            yield Problem(
                kind="arm_without_day",
                path=(*path, "at"),
                what=f"visit '{path[-1]}' has no day for arm '{arm}'",
                got=", ".join(visit.at),
                fix=f"give a day for '{arm}', or say in 'arms' whom the visit is for",
            )


def check_clocks(whole: Whole) -> Iterator[Problem]:
    """Find clocks that start at nothing."""
    for name, date in whole.study.schedule.clocks.items():
        path = ("schedule", "clocks", name)
        dates = [known for known, kind in whole.names.items() if kind == pl.Date]
        if date not in whole.names:
            what = f"clock '{name}' starts at a date that no form asks"
            yield unknown("unknown_clock_date", path=path, got=date, known=dates, what=what)
        elif whole.names[date] != pl.Date:
            what = f"clock '{name}' starts at something that is no date"
            yield unknown("clock_not_a_date", path=path, got=date, known=dates, what=what)


def check_visits_reached(whole: Whole) -> Iterator[Problem]:
    """Find visits that never come: an empty series, or a clock that nothing fills before."""
    reached = {arm: reached_by(whole.study, arm).visits for arm in whole.study.arms}
    for name, visit in whole.study.schedule.visits.items():
        path = ("schedule", "visits", name)
        if _empty_series(name, visit):
            yield Problem(
                kind="unreachable_visit",
                path=(*path, "until"),
                what=f"the series '{name}' ends before it starts",
                got=f"until: {visit.until}",
                fix="let 'until' lie after the first visit",
            )
        arms = [arm for arm in reached if open_to(visit, arm) and name not in reached[arm]]
        if arms:
            date = whole.study.schedule.clocks[visit.start or ""]
            yield Problem(
                kind="unreachable_visit",
                path=(*path, "from"),
                what=f"visit '{name}' never comes in arm {' and '.join(arms)}: no earlier visit of "
                f"it fills '{date}'",
                got=f"from: {visit.start}",
                fix="count from a date that every arm has, or say in 'arms' whom the visit is for",
            )


def _empty_series(name: str, visit: Visit) -> bool:
    if visit.every is None or visit.every.days <= 0:
        return False
    return not occurrences(name, visit)
