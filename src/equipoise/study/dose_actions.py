"""Actions of dose tables and doses of drugs in plain values, and how grave an action is."""

from __future__ import annotations

from typing import assert_never

from equipoise.base.quantities import Dose
from equipoise.oncology.dosing.body_size import body_surface_area
from equipoise.oncology.dosing.dose import DoseByWeight
from equipoise.oncology.dosing.dose import WeightBand as BandOfMg
from equipoise.oncology.dosing.dose_changes import (
    BackToPlan,
    Change,
    DoseAction,
    HoldUntil,
    LeaveOut,
    Lower,
    Rung,
    Share,
    StopForGood,
)
from equipoise.oncology.dosing.dose_standing import Body
from equipoise.study.functions import Value
from equipoise.study.regimens import (
    AnyAction,
    Delay,
    Drug,
    Hold,
    Level,
    Omit,
    Reduce,
    Restore,
    Stop,
)


def gravity(action: AnyAction) -> int:
    """Return how grave an action is: of two rows the graver one rules the dose of the day."""
    match action:
        case Restore():
            return 0
        case Reduce():
            return 1
        case Delay():
            return 2
        case Hold() | Omit():
            return 3
        case Stop():
            return 4
        case _:
            assert_never(action)


def may_lower(action: AnyAction, *, than: int) -> bool:
    """Tell whether an action may leave less of the dose than what rules the day."""
    return gravity(action) > than or (isinstance(action, Reduce) and than == gravity(action))


def change_of(action: AnyAction, drug: Drug) -> Change:
    """Return what an action does to a drug, in plain values."""
    match action:
        case Hold(until=str(until), then=then):
            return HoldUntil(until=until, then=None if then is None else lower_of(then, drug))
        case Reduce(percent=float(percent)):
            return Share(share=1 - percent / 100)
        case Reduce():
            return lower_of(action, drug)
        case Stop():
            return StopForGood()
        case Restore():
            return BackToPlan()
        case Omit() | Delay() | Hold():
            return LeaveOut(action=DoseAction(action.kind))
        case _:
            assert_never(action)


def lower_of(action: Reduce, drug: Drug) -> Lower:
    """Return the levels of a lasting reduction: the one it names, or the ladder of the drug."""
    levels = drug.levels if action.to is None else (action.to,)
    return Lower(ladder=tuple(rung_of(level) for level in levels))


def rung_of(level: Level) -> Rung:
    """Return a level in plain values."""
    return Rung(dose=level.dose, every=level.every, on=frozenset(level.on))


def planned_dose(drug: Drug) -> Dose | DoseByWeight:
    """Return the planned dose of a drug: one for all, or one for each band of weight."""
    if drug.dose is not None:
        return drug.dose
    bands = (BandOfMg(from_kg=band.from_kg, mg=band.dose.mg) for band in drug.by_weight)
    return DoseByWeight(bands=tuple(bands))


def body_of(*, height_cm: Value, weight_kg: Value, cap_m2: float | None = None) -> Body:
    """Return the body size that doses count, from values that may be unknown."""
    height, weight = _number(height_cm), _number(weight_kg)
    return Body(weight_kg=weight, bsa_m2=body_surface_area(height, weight_kg=weight, cap_m2=cap_m2))


def _number(value: Value) -> float | None:
    """Return a value that is a number above 0; yes and no are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
