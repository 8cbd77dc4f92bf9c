"""Doses in mg: planned from body size, in amounts that can be measured out."""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.base.quantities import Dose
from equipoise.oncology.body_size import body_surface_area
from equipoise.oncology.dosing import DoseByWeight, WeightBand, dose_mg
from equipoise.study.functions import Value
from equipoise.study.regimens import Drug

_WHOLE_MG_FROM = 20.0


def planned_mg(drug: Drug, *, before: Mapping[str, Value]) -> float | None:
    """Return the planned dose of one day in mg, in whole mg from 20 mg on; None when unknown."""
    if drug.dose is not None:
        return milligrams(drug.dose, before=before)
    bands = tuple(WeightBand(from_kg=band.from_kg, mg=band.dose.mg) for band in drug.by_weight)
    return milligrams(DoseByWeight(bands=bands), before=before)


def milligrams(rule: Dose | DoseByWeight, *, before: Mapping[str, Value]) -> float | None:
    """Return a dose in mg for the body size of a subject; None when unknown."""
    height, weight = _number(before.get("height_cm")), _number(before.get("weight_kg"))
    area = body_surface_area(height, weight_kg=weight)
    mg = dose_mg(rule, weight_kg=weight, bsa_m2=area)
    return None if mg is None else measured_out(mg)


def measured_out(mg: float) -> float:
    """Return an amount in whole mg from 20 mg on, in tenths below."""
    return float(round(mg)) if mg >= _WHOLE_MG_FROM else round(mg, 1)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None
