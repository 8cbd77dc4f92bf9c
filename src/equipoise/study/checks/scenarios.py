"""Scenarios: each draws items that the study asks, from values that the items may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import assert_never

from equipoise.study.checks.problem import Problem, Whole, suggest, unknown, visited_forms
from equipoise.study.entry import dates_at_entry
from equipoise.study.folder import standard_form, standard_form_names
from equipoise.study.forms import FormPurpose, Item, ItemType
from equipoise.study.scenarios import (
    Chance,
    Choice,
    Distribution,
    LaterDistribution,
    Like,
    LogNormal,
    Normal,
    Scenario,
    Uniform,
    say_distribution,
)
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "scenario_unknown_item": "A scenario draws an item that the study does not ask.",
    "scenario_draws_computed": "A scenario draws an item that the server computes.",
    "scenario_wrong_distribution": "A scenario draws an item from values of another type.",
    "scenario_code_unknown": "A scenario draws a code that is not in the list.",
    "scenario_outside_range": "A scenario draws values that the item's range refuses.",
    "scenario_not_like": "An item is to be like one that is not drawn before randomisation.",
    "scenario_spread": "A distribution has a negative spread, or a centre outside its range.",
    "scenario_cannot_fill": "A scenario cannot fill in a required item.",
    "scenario_cannot_place": "A visit counts from a date that a rehearsal cannot know.",
}

_COURSE_FILLS = frozenset(
    {
        FormPurpose.DOSING,
        FormPurpose.ADVERSE_EVENTS,
        FormPurpose.MEDICATIONS,
        FormPurpose.SURGERY,
        FormPurpose.COMPLICATIONS,
        FormPurpose.PATHOLOGY,
        FormPurpose.FOLLOW_UP,
        FormPurpose.DEATH,
        FormPurpose.DISPOSITION,
    }
)
"""Forms whose standard items follow from the course of a virtual subject."""

_SCAN_FILLS = frozenset({"lesion", "lesion_kind", "lesion_state", "diameter_mm"})

_PLACED_DATES = frozenset({"randomisation_date", "registration_date", "surgery_date"})

_NUMBERS = frozenset({ItemType.NUMBER, ItemType.INTEGER})
_DATES = frozenset({ItemType.DATE, ItemType.PARTIAL_DATE})


def check_draws(whole: Whole) -> Iterator[Problem]:
    """Find distributions that fit no item."""
    for name, scenario in whole.study.scenarios.items():
        for path, drawn, distribution in _draws(scenario, path=("scenarios", name)):
            item = whole.items.get(drawn)
            if item is None:
                what = f"scenario '{name}' draws '{drawn}', which no form asks"
                kind = "scenario_unknown_item"
                yield unknown(kind, path=path, got=drawn, known=whole.items, what=what)
            elif item.computed:
                yield Problem(
                    kind="scenario_draws_computed",
                    path=path,
                    what=f"'{drawn}' is computed by the server, and the draw would be lost",
                    got=drawn,
                    fix="draw the items that it is computed from",
                )
            elif isinstance(distribution, Like):
                yield from _likeness(whole, scenario, distribution, path=path)
            else:
                yield from _fits(item, distribution, name=drawn, path=path)
                yield from _spread(distribution, name=drawn, path=path)


def _likeness(whole: Whole, scenario: Scenario, like: Like, *, path: Path) -> Iterator[Problem]:
    """Find an item that cannot be like another: unknown, not a number, or not drawn before."""
    other = whole.items.get(like.item)
    if other is None:
        what = f"nothing can be like '{like.item}', which no form asks"
        kind = "scenario_unknown_item"
        yield unknown(kind, path=path, got=like.item, known=whole.items, what=what)
    elif like.item not in scenario.baseline or other.type not in {*_NUMBERS, ItemType.YES_NO}:
        yield Problem(
            kind="scenario_not_like",
            path=path,
            what=f"'{like.item}' is no number or yes-no that is drawn before randomisation",
            got=f"like {like.item}",
            fix="name an item that `baseline` of this scenario draws",
        )


def _draws(scenario: Scenario, *, path: Path) -> Iterator[tuple[Path, str, LaterDistribution]]:
    for word, drawn in (("baseline", scenario.baseline), ("fill", scenario.fill)):
        for item, distribution in drawn.items():
            yield (*path, word, item), item, distribution
    for item, by_arm in scenario.by_arm.items():
        for arm, distribution in by_arm.items():
            yield (*path, "by_arm", item, arm), item, distribution


def _fits(item: Item, distribution: Distribution, *, name: str, path: Path) -> Iterator[Problem]:
    said = str(say_distribution(distribution))
    if not _is_of_type(item, distribution):
        yield Problem(
            kind="scenario_wrong_distribution",
            path=path,
            what=f"'{name}' is of type {item.type}",
            got=said,
            fix=_distribution_for(item.type),
        )
    elif isinstance(distribution, Choice) and item.type is ItemType.CODE:
        yield from _codes(item, distribution, name=name, path=path)
    elif item.range is not None and any(value not in item.range for value in _ends(distribution)):
        yield Problem(
            kind="scenario_outside_range",
            path=path,
            what=f"'{name}' may be {item.range}",
            got=said,
            fix=f"draw within {item.range}",
        )


def _is_of_type(item: Item, distribution: Distribution) -> bool:
    match distribution:
        case Chance():
            return item.type is ItemType.YES_NO
        case Choice(shares=shares):
            if item.type in _NUMBERS:
                return all(_is_number(code, item.type) for code, _ in shares)
            return item.type in {ItemType.CODE, ItemType.TEXT}
        case Normal() | LogNormal() | Uniform():
            return item.type in _NUMBERS
        case _:
            assert_never(distribution)


def _is_number(code: str, kind: ItemType) -> bool:
    try:
        value = float(code)
    except ValueError:
        return False
    return kind is ItemType.NUMBER or value.is_integer()


def _distribution_for(kind: ItemType) -> str:
    if kind in _NUMBERS:
        return "write normal(mean, sd, low .. high), lognormal, uniform, or numbers with shares"
    if kind is ItemType.YES_NO:
        return "write the share of yes, for example 45 %"
    if kind in _DATES:
        return "take it out: dates follow from the schedule and the course"
    return "write codes with shares, for example {female: 40 %, male: 60 %}"


def _codes(item: Item, choice: Choice, *, name: str, path: Path) -> Iterator[Problem]:
    for code, _ in choice.shares:
        if code not in item.codes:
            yield Problem(
                kind="scenario_code_unknown",
                path=(*path, code),
                what=f"'{name}' is never '{code}'",
                got=code,
                fix=suggest(code, item.codes),
            )


def _ends(distribution: Distribution) -> tuple[float, ...]:
    """Return the least and the greatest value of a distribution, as far as it says them."""
    match distribution:
        case Choice(shares=shares):
            return tuple(float(code) for code, _ in shares if _is_number(code, ItemType.NUMBER))
        case Normal(mean=centre, within=None) | LogNormal(median=centre, within=None):
            return (centre,)
        case Normal(within=span) | LogNormal(within=span) | Uniform(within=span):
            return (span.low, span.high) if span is not None else ()
        case Chance():
            return ()
        case _:
            assert_never(distribution)


def _spread(distribution: Distribution, *, name: str, path: Path) -> Iterator[Problem]:
    match distribution:
        case Normal(mean=centre, sd=sd, within=span):
            good = sd >= 0
        case LogNormal(median=centre, sd_log=sd, within=span):
            good = sd >= 0 and centre > 0
        case _:
            return
    if not good or (span is not None and centre not in span):
        yield Problem(
            kind="scenario_spread",
            path=path,
            what=f"'{name}' cannot be drawn from this",
            got=str(say_distribution(distribution)),
            fix="write a spread of 0 or more and a centre that lies in the range",
        )


def check_required_drawn(whole: Whole) -> Iterator[Problem]:
    """Find required items that a scenario neither draws nor lets follow from the course."""
    visited = visited_forms(whole.study)
    required = {
        name: form
        for name, form in whole.form_of.items()
        if form in visited and whole.items[name].required and not whole.items[name].computed
    }
    for scenario_name, scenario in whole.study.scenarios.items():
        drawn = scenario.baseline.keys() | scenario.fill.keys() | scenario.by_arm.keys()
        for name, form in required.items():
            if name not in drawn and not _follows(whole, name, form=form):
                yield Problem(
                    kind="scenario_cannot_fill",
                    path=("scenarios", scenario_name, "baseline"),
                    what=f"form '{form}' requires '{name}', and scenario '{scenario_name}' does "
                    "not draw it",
                    got=name,
                    fix=f"write {name}: ... under baseline or fill; "
                    f"{_distribution_for(whole.items[name].type)}",
                )


def _follows(whole: Whole, name: str, *, form: str) -> bool:
    if whole.items[name].type in _DATES:
        return True
    purpose = whole.study.forms[form].purpose
    if purpose is FormPurpose.LESIONS:
        return name in _SCAN_FILLS
    return purpose in _COURSE_FILLS and name in _standard_items()


@cache
def _standard_items() -> frozenset[str]:
    """Return the items of the standard forms of the package."""
    found: set[str] = set()
    for form in standard_form_names():
        said = standard_form(form).value
        items = said.get("items") if isinstance(said, dict) else None
        found.update(items if isinstance(items, dict) else ())
    return frozenset(found)


def check_visits_placed(whole: Whole) -> Iterator[Problem]:
    """Find visits that no virtual subject comes to, as they count from a date unknown to it."""
    schedule = whole.study.schedule
    known = _PLACED_DATES | dates_at_entry(whole.study) | _days_of_timed_forms(whole)
    for name, visit in schedule.visits.items() if whole.study.scenarios else ():
        date = schedule.clocks.get(visit.start or "")
        if visit.any_time or date not in whole.names or date in known:
            continue
        yield Problem(
            kind="scenario_cannot_place",
            path=("schedule", "visits", name, "from"),
            what=f"a rehearsal cannot know when '{date}' falls, so visit '{name}' never happens",
            got=str(visit.start),
            fix="count from randomisation, registration, surgery, a date asked at screening, or "
            "the day of a form that a visit with a time asks",
        )


def _days_of_timed_forms(whole: Whole) -> frozenset[str]:
    visits = whole.study.schedule.visits.values()
    return frozenset(
        f"{form}_date" for visit in visits if not visit.any_time for form in visit.forms
    )
