"""Laboratory: normal limits and CTCAE grades speak of the same items in the same units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from equipoise.oncology.toxicity.ctcae_editions import TABLES, WITHOUT_CUTS, unit_of
from equipoise.oncology.toxicity.ctcae_rows import LaboratoryTerm, Of, Term
from equipoise.oncology.toxicity.laboratory_units import factor_to
from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.forms import ItemType, LimitsFor, NormalRange
from equipoise.study.normal_ranges import range_for
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "normal_range_unknown_item": "Normal limits are given for an item that no form asks.",
    "normal_range_unit_mismatch": "Normal limits and their item have different units.",
    "normal_range_order": "A lower normal limit lies above the upper one.",
    "normal_range_missing": "A CTCAE grade counts from a normal limit that is not given.",
    "normal_range_without_sex": "Normal limits differ by sex, and no form asks the sex.",
    "normal_range_without_age": "Normal limits differ by age, and no form asks the age.",
    "normal_range_unknown_site": "Normal limits are those of a site that the study does not have.",
    "normal_range_days": "Normal limits end before the day on which they begin.",
    "normal_range_overlap": "Two normal ranges hold for the same samples, and neither says more.",
    "unit_missing": "An item with limits or a CTCAE grade has no unit.",
    "ctcae_term_unknown": "An item names a CTCAE term that the package does not grade.",
    "ctcae_term_of_another_edition": "An item names a term without cut-offs in the study's CTCAE.",
    "ctcae_unit_mismatch": "An item has a unit that its CTCAE term cannot be graded in.",
    "ctcae_on_other_type": "An item that holds no number has a CTCAE term.",
}

_NO_UNIT = frozenset({"", "1"})


def check_normal_ranges(whole: Whole) -> Iterator[Problem]:
    """Find normal limits that fit no item."""
    for name, limits in whole.study.laboratory.items():
        path = ("laboratory", name)
        item = whole.items.get(name)
        if item is None:
            yield unknown(
                "normal_range_unknown_item",
                path=path,
                got=name,
                known=[other for other, item in whole.items.items() if item.unit],
                what=f"no form asks '{name}'",
            )
        else:
            kind = "normal_range_unit_mismatch"
            yield from _units(whole, name, other=limits.unit, kind=kind, path=(*path, "unit"))
        yield from _order(limits, path=path)
        if (limits.female or limits.male) and "sex" not in whole.items:
            yield Problem(
                kind="normal_range_without_sex",
                path=(*path, "female" if limits.female else "male"),
                what=f"the limits of '{name}' differ by sex, and no form asks 'sex'",
                got=name,
                fix="use the standard form demographics, or give one range for all",
            )


def _units(whole: Whole, name: str, *, other: str, kind: str, path: Path) -> Iterator[Problem]:
    """Compare the unit of an item with another one for it."""
    item = whole.items[name]
    mine, theirs = (set() if unit in _NO_UNIT else {unit} for unit in (item.unit or "", other))
    if theirs and not mine:
        yield Problem(
            kind="unit_missing",
            path=("forms", whole.form_of[name], "items", name),
            what=f"item '{name}' has no unit",
            got=name,
            fix=f"write unit: {other}",
        )
    elif mine != theirs:
        yield Problem(
            kind=kind,
            path=path,
            what=f"'{name}' is asked in {item.unit} and judged in {other or 'no unit'}",
            got=f"{item.unit} and {other or '1'}",
            fix="write both in one unit",
        )


def _order(limits: NormalRange | LimitsFor, *, path: Path) -> Iterator[Problem]:
    if limits.low is not None and limits.high is not None and limits.low > limits.high:
        yield Problem(
            kind="normal_range_order",
            path=(*path, "low"),
            what="the lower limit lies above the upper one",
            got=f"{limits.low:g} .. {limits.high:g}",
            fix="exchange the two",
        )


def check_particular_ranges(whole: Whole) -> Iterator[Problem]:
    """Find normal limits of some sites, sexes, ages or days that cannot be looked up."""
    for name, limits in whole.study.laboratory.items():
        path = ("laboratory", name)
        for number, own in enumerate(limits.ranges):
            here = (*path, "ranges", str(number))
            yield from _order(own, path=here)
            yield from _asked_of_subject(whole, name, own, path=here)
            yield from _days(own, path=here)
        yield from _overlaps(limits, path=path)


def _asked_of_subject(whole: Whole, name: str, own: LimitsFor, *, path: Path) -> Iterator[Problem]:
    sites = whole.study.sites
    if own.site is not None and own.site not in sites:
        what = f"limits of '{name}' are those of a site that the study does not have"
        kind = "normal_range_unknown_site"
        yield unknown(kind, path=(*path, "site"), got=own.site, known=sites, what=what)
    for word in ("sex", "age"):
        if getattr(own, word) is not None and word not in whole.items:
            yield Problem(
                kind=f"normal_range_without_{word}",
                path=(*path, word),
                what=f"the limits of '{name}' differ by {word}, and no form asks '{word}'",
                got=name,
                fix="use the standard form demographics, or give one range for all",
            )


def _days(own: LimitsFor, *, path: Path) -> Iterator[Problem]:
    if own.since is not None and own.until is not None and own.since > own.until:
        yield Problem(
            kind="normal_range_days",
            path=(*path, "since"),
            what="the first day of the limits lies after the last one",
            got=f"{own.since} .. {own.until}",
            fix="exchange the two",
        )


def _overlaps(limits: NormalRange, *, path: Path) -> Iterator[Problem]:
    """Find two ranges of which neither is more particular, for the same samples."""
    for (one, first), (other, second) in combinations(enumerate(limits.ranges), 2):
        pair = (range_for(first), range_for(second))
        if pair[0].precedence == pair[1].precedence and pair[0].meets(pair[1]):
            yield Problem(
                kind="normal_range_overlap",
                path=(*path, "ranges", str(other)),
                what="two ranges hold for the same samples, and neither says more than the other",
                got=f"ranges {one + 1} and {other + 1}",
                fix="let their sites, sexes, ages or days exclude each other",
            )


def check_grades(whole: Whole) -> Iterator[Problem]:
    """Find items that cannot be graded by CTCAE."""
    for name, item in whole.items.items():
        if item.ctcae is None:
            continue
        here = ("forms", whole.form_of[name], "items", name)
        if item.ctcae not in set(Term):
            what = f"there are no CTCAE limits for the term of '{name}'"
            known = [term.value for term in Term]
            path = (*here, "ctcae")
            yield unknown("ctcae_term_unknown", path=path, got=item.ctcae, known=known, what=what)
            continue
        if item.type not in {ItemType.NUMBER, ItemType.INTEGER}:
            yield Problem(
                kind="ctcae_on_other_type",
                path=(*here, "type"),
                what=f"item '{name}' holds no number to grade",
                got=f"type: {item.type}",
                fix="let the type be number, or take the term out",
            )
        term = Term(item.ctcae)
        yield from _convertible(whole, name, term=term, path=(*here, "unit"))
        entry = TABLES[whole.study.toxicity.criteria].get(term)
        if entry is None:
            yield _of_another_edition(whole, name, term=term, path=(*here, "ctcae"))
        else:
            yield from _limits(whole, name, entry=entry)


def _convertible(whole: Whole, name: str, *, term: Term, path: Path) -> Iterator[Problem]:
    """Compare the unit of an item with those that its term can be told in."""
    unit = whole.items[name].unit or ""
    if factor_to(term, unit=unit) is None:
        yield from _units(whole, name, other=unit_of(term), kind="ctcae_unit_mismatch", path=path)


def _of_another_edition(whole: Whole, name: str, *, term: Term, path: Path) -> Problem:
    edition = whole.study.toxicity.criteria
    why = WITHOUT_CUTS[edition][term]
    return Problem(
        kind="ctcae_term_of_another_edition",
        path=path,
        what=f"{edition.spoken} has no cut-offs for the term of '{name}': {why}",
        got=term.value,
        fix="take the term out, or let toxicity name another edition",
    )


def _limits(whole: Whole, name: str, *, entry: LaboratoryTerm) -> Iterator[Problem]:
    needed = entry.counts_from
    limits = whole.study.laboratory.get(name)
    for of, end in ((Of.LOWER_LIMIT, "low"), (Of.UPPER_LIMIT, "high")):
        given = limits is not None and (
            getattr(limits, end) is not None
            or (limits.female and limits.male)
            or any(getattr(own, end) is not None for own in limits.ranges)
        )
        if of in needed and not given:
            yield Problem(
                kind="normal_range_missing",
                path=("laboratory", name),
                what=f"the CTCAE grade of '{name}' counts from {of}, which is not given",
                got="no limit",
                fix=f"give '{end}' for '{name}' in the normal limits of the laboratory",
            )
