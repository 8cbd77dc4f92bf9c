"""Dosing: each arm's regimen exists, each drug has one dose on days that its cycle has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from equipoise.base.quantities import Dose, DoseBasis
from equipoise.study.checks.problem import (
    Problem,
    Whole,
    forms_for,
    open_to,
    unknown,
    visited_forms,
)
from equipoise.study.dose_tables import are_cycles
from equipoise.study.forms import FormPurpose
from equipoise.study.regimens import Drug, Level, Regimen
from equipoise.study.schedule import Visit, occurrences
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "unknown_regimen": "An arm is given a regimen that the study does not have.",
    "regimen_unused": "No arm is given a regimen.",
    "dose_missing": "A drug has no dose.",
    "dose_two_ways": "A drug has a dose and bands of weight as well.",
    "dose_basis_without_item": "A dose counts against a body size that no visit measures in time.",
    "largest_bsa_unused": "A drug has a largest body surface, and its dose does not count per m2.",
    "weight_band_order": "Bands of weight leave a gap below or do not rise.",
    "dose_levels_not_falling": "The ladder of a drug does not fall step by step.",
    "level_day_unknown": "A level of a ladder is for a day on which its drug is not given.",
    "day_beyond_cycle": "A drug is given on a day that its cycle does not have.",
    "day_said_twice": "A drug names a day of the cycle twice.",
    "cycles_not_visited": "The visits of an arm are not the cycles of its regimen.",
}

_BODY_SIZE: Mapping[DoseBasis, tuple[str, ...]] = {
    DoseBasis.FLAT: (),
    DoseBasis.BODY_SURFACE: ("height_cm", "weight_kg"),
    DoseBasis.BODY_WEIGHT: ("weight_kg",),
}


def arms_of(study: Study, regimen: str) -> tuple[str, ...]:
    """Return the arms that are given a regimen."""
    named = study.regimens[regimen].arms
    return tuple(
        name for name, arm in study.arms.items() if arm.regimen == regimen or name in named
    )


def check_regimens(whole: Whole) -> Iterator[Problem]:
    """Find regimens that no arm has, and arms whose regimen does not exist."""
    study = whole.study
    for name, arm in study.arms.items():
        if arm.regimen is not None and arm.regimen not in study.regimens:
            what = f"arm '{name}' is given a regimen that the study does not have"
            path = ("arms", name, "regimen")
            known = study.regimens
            yield unknown("unknown_regimen", path=path, got=arm.regimen, known=known, what=what)
    for name, regimen in study.regimens.items():
        for k, arm_name in enumerate(regimen.arms):
            if arm_name not in study.arms:
                what = f"regimen '{name}' is for an arm that the study does not have"
                here = ("regimens", name, "arms", str(k))
                yield unknown("unknown_arm", path=here, got=arm_name, known=study.arms, what=what)
        if not arms_of(study, name):
            yield Problem(
                kind="regimen_unused",
                path=("regimens", name),
                what=f"no arm is given the regimen '{name}'",
                got=name,
                fix="name it in an arm, name arms in it, or take it out",
            )


def check_drugs(whole: Whole) -> Iterator[Problem]:
    """Find drugs without a dose that can be worked out, and days that do not exist."""
    for name, regimen in whole.study.regimens.items():
        for drug_name, drug in regimen.drugs.items():
            path = ("regimens", name, "drugs", drug_name)
            yield from _dose(drug, path=path)
            yield from _ladder(drug, regimen=regimen, path=path)
            yield from _days(drug, regimen, path=path)
            yield from _body_size(whole, drug, regimen=name, path=path)


def _dose(drug: Drug, *, path: Path) -> Iterator[Problem]:
    def of(kind: str, *, word: str, got: str, fix: str) -> Problem:
        what = f"{path[-1]}: {KINDS[kind][0].lower()}{KINDS[kind][1:-1]}"
        return Problem(kind=kind, path=(*path, word), what=what, got=got, fix=fix)

    if drug.dose is None and not drug.by_weight:
        yield of("dose_missing", word="dose", got="nothing", fix="write dose: or by_weight:")
    if drug.dose is not None and drug.by_weight:
        fix = "keep one of the two"
        yield of("dose_two_ways", word="by_weight", got="dose and by_weight", fix=fix)
    if drug.largest_bsa is not None and (
        drug.dose is None or drug.dose.basis is not DoseBasis.BODY_SURFACE
    ):
        got, fix = f"{drug.largest_bsa:g} m2", "take it out, or write the dose in mg/m2"
        yield of("largest_bsa_unused", word="largest_bsa", got=got, fix=fix)
    starts = [band.from_kg for band in drug.by_weight]
    rising = all(light < heavy for light, heavy in pairwise(starts))
    if starts and (starts[0] != 0 or not rising):
        got = ", ".join(f"from {start:g} kg" for start in starts)
        fix = "start at 0 kg and let each band begin above the one before"
        yield of("weight_band_order", word="by_weight", got=got, fix=fix)


def _ladder(drug: Drug, *, regimen: Regimen, path: Path) -> Iterator[Problem]:
    """Find levels that are not less than the one before, from each planned dose down."""
    days = days_of_cycle(drug, cycle_days=round(regimen.cycle.days))
    # A ladder serves every band of weight: the drug enters it below its own dose.
    highest = max(planned_doses(drug), key=lambda dose: dose.mg, default=None)
    steps = [*([Level(dose=highest)] if highest else []), *drug.levels]
    units = {step.dose.basis for step in steps if step.dose is not None}
    falling = all(is_less(low, high, days=days) for high, low in pairwise(steps))
    if drug.levels and not (falling and len(units) == 1):
        yield Problem(
            kind="dose_levels_not_falling",
            path=(*path, "levels"),
            what=f"the ladder of {path[-1]} does not fall from the planned dose",
            got=", ".join(str(step) for step in steps),
            fix="write the levels from high to low, in the unit of the dose, 'stop' last",
        )
    for k, level in enumerate(drug.levels):
        for day in level.on:
            if day not in days:
                yield Problem(
                    kind="level_day_unknown",
                    path=(*path, "levels", str(k)),
                    what=f"a level of {path[-1]} is for day {day}, on which it is not given",
                    got=str(level),
                    fix=f"name days among {', '.join(str(one) for one in sorted(days))}",
                )


def planned_doses(drug: Drug) -> tuple[Dose, ...]:
    """Return the planned doses: one, or one a band of weight."""
    return (drug.dose,) if drug.dose is not None else tuple(band.dose for band in drug.by_weight)


def days_of_cycle(drug: Drug, *, cycle_days: int) -> frozenset[int]:
    """Return the days of the cycle on which a drug is given."""
    return frozenset(range(1, cycle_days + 1) if drug.days == "daily" else drug.days)


def is_less(low: Level, high: Level, *, days: frozenset[int]) -> bool:
    """Tell whether a level gives less in a cycle than another, and on no day more."""
    pairs = [(_on_day(low, day), _on_day(high, day)) for day in days]
    return all(less <= more for less, more in pairs) and any(less < more for less, more in pairs)


def _on_day(level: Level, day: int) -> float:
    """Return how much of its unit a level gives on a day, in the mean; nothing for a stop."""
    if level.dose is None or (level.on and day not in level.on):
        return 0.0
    return level.dose.mg / level.every


def _days(drug: Drug, regimen: Regimen, *, path: Path) -> Iterator[Problem]:
    days = () if drug.days == "daily" else drug.days
    for k, day in enumerate(days):
        here = (*path, "days", str(k))
        if day > regimen.cycle.days:
            yield Problem(
                kind="day_beyond_cycle",
                path=here,
                what=f"{path[-1]} is given on day {day} of a cycle of {regimen.cycle}",
                got=f"day {day}",
                fix="name a day that the cycle has",
            )
        if day in days[:k]:
            yield Problem(
                kind="day_said_twice",
                path=here,
                what=f"{path[-1]} names day {day} twice",
                got=f"day {day}",
                fix="name each day once",
            )


def _body_size(whole: Whole, drug: Drug, *, regimen: str, path: Path) -> Iterator[Problem]:
    doses = [(drug.dose, "dose")] if drug.dose else []
    doses += [(band.dose, "by_weight") for band in drug.by_weight]
    needed = {item: word for dose, word in doses for item in _BODY_SIZE[dose.basis]}
    if drug.by_weight:
        needed["weight_kg"] = "by_weight"
    for arm in arms_of(whole.study, regimen):
        asked = _asked_before_treatment(whole, arm)
        for item, word in needed.items():
            if item not in asked:
                yield Problem(
                    kind="dose_basis_without_item",
                    path=(*path, word),
                    what=f"the dose of {path[-1]} needs '{item}', which no visit of arm '{arm}' "
                    "asks before or at the first dose",
                    got=str(drug.dose or "bands of weight"),
                    fix=f"let a form with '{item}' stand in an early visit (standard form "
                    "vital_signs has it)",
                )


def _asked_before_treatment(whole: Whole, arm: str) -> frozenset[str]:
    study = whole.study
    visits = {name: one for name, one in study.schedule.visits.items() if open_to(one, arm)}
    dosing = {name for name, _ in forms_for(study, FormPurpose.DOSING)}
    first = {name for name, visit in visits.items() if dosing & set(visit.forms)}
    by_then = min((_day(name, visits[name]) for name in first), default=float("inf"))
    return frozenset(
        item
        for name, visit in visits.items()
        if name in first or _day(name, visit) <= by_then
        for form in visit.forms
        if form in study.forms
        for item in study.forms[form].items
    )


def _day(name: str, visit: Visit) -> float:
    """Return the first planned day of a visit; one of any time may come too late."""
    if visit.every is not None and visit.every.days <= 0:
        return float("inf")
    return min((day for _, day in occurrences(name, visit)), default=float("inf"))


def check_cycles_visited(whole: Whole) -> Iterator[Problem]:
    """Find arms whose visits with a dosing form are not the cycles of the regimen."""
    study = whole.study
    dosing = {name for name, _ in forms_for(study, FormPurpose.DOSING)} & visited_forms(study)
    for name, regimen in study.regimens.items() if dosing else ():
        for arm in arms_of(study, name):
            series = [
                visit
                for visit in study.schedule.visits.values()
                if open_to(visit, arm) and dosing & set(visit.forms)
            ]
            if not any(are_cycles(visit, regimen) for visit in series):
                yield Problem(
                    kind="cycles_not_visited",
                    path=("regimens", name, "cycles"),
                    what=f"no series of visits with a dosing form gives arm '{arm}' the cycles of "
                    f"'{name}'",
                    got=f"{regimen.cycles.planned} cycles of {regimen.cycle}",
                    fix=f"let a visit with the dosing form come every: {regimen.cycle}, "
                    f"times: {regimen.cycles.planned}",
                )
