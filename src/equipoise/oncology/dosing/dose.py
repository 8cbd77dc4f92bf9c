"""Doses from body size, and how much of the plan was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.base.quantities import Dose, DoseBasis
from equipoise.oncology.exact import as_written, not_negative, positive


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightBand:
    """A dose for weights from `from_kg` up to the next band."""

    from_kg: float
    mg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseByWeight:
    """A dose by bands of weight, the lightest band first.

    Raises
    ------
    BadInput
        When there is no band, or the bands are not in rising order.
    """

    bands: tuple[WeightBand, ...]

    def __post_init__(self) -> None:
        """Refuse bands that do not say one dose for a weight."""
        rising = all(light.from_kg < heavy.from_kg for light, heavy in pairwise(self.bands))
        if not self.bands or not rising:
            fix = "from 0 kg, then from 60 kg"
            raise bad_input("bands do not rise", where="bands", got=self.bands, fix=fix)


LENVATINIB_BY_WEIGHT = DoseByWeight(
    bands=(WeightBand(from_kg=0, mg=8), WeightBand(from_kg=60, mg=12))
)


def dose_mg(
    rule: Dose | DoseByWeight, *, weight_kg: float | None = None, bsa_m2: float | None = None
) -> float | None:
    """Return the dose of one administration in mg, not rounded.

    Parameters
    ----------
    rule : Dose | DoseByWeight
        Flat, per m2, per kg, or by bands; a band starts at its weight (60.0 kg of lenvatinib is
        12 mg).
    weight_kg, bsa_m2 : float | None
        Weight and body surface area; None when unknown.

    Returns
    -------
    float | None
        None when the measurement that the rule needs is unknown.

    Raises
    ------
    BadInput
        For measurements that are not above 0 and a weight below the first band.
    """
    weight = None if weight_kg is None else positive(weight_kg, where="weight_kg")
    area = None if bsa_m2 is None else positive(bsa_m2, where="bsa_m2")
    if isinstance(rule, DoseByWeight):
        return None if weight is None else _in_band(rule, weight)
    match rule.basis:
        case DoseBasis.FLAT:
            return rule.mg
        case DoseBasis.BODY_SURFACE:
            return None if area is None else rule.mg * area
        case DoseBasis.BODY_WEIGHT:
            return None if weight is None else rule.mg * weight
        case _:
            assert_never(rule.basis)


def _in_band(rule: DoseByWeight, weight_kg: float) -> float:
    weight = as_written(weight_kg)
    reached = [band.mg for band in rule.bands if weight >= as_written(band.from_kg)]
    if not reached:
        got, fix = f"{weight_kg} kg", f"from {rule.bands[0].from_kg} kg"
        raise bad_input("no band for this weight", where="weight_kg", got=got, fix=fix)
    return reached[-1]


def relative_dose_intensity(
    delivered_mg: Sequence[float | None], *, planned_mg: Sequence[float]
) -> float | None:
    """Return the delivered share of the planned dose; 1.0 is the whole plan.

    Parameters
    ----------
    delivered_mg : Sequence[float | None]
        What was given at each planned administration: 0 when held, None when unknown.
    planned_mg : Sequence[float]
        The plan by the calendar fixed at randomisation, so that a delay counts as well.

    Returns
    -------
    float | None
        None when a delivered dose is unknown or nothing was planned.

    Raises
    ------
    BadInput
        When the two are of different length, or a dose is negative.
    """
    if len(delivered_mg) != len(planned_mg):
        got = f"{len(delivered_mg)} delivered, {len(planned_mg)} planned"
        fix = "one delivered dose for each planned one, 0 for a dose that was held"
        raise bad_input("doses do not pair", where="delivered_mg", got=got, fix=fix)
    planned = sum(not_negative(mg, where="planned_mg") for mg in planned_mg)
    given = [mg for mg in delivered_mg if mg is not None]
    delivered = sum(not_negative(mg, where="delivered_mg") for mg in given)
    if len(given) < len(delivered_mg) or planned == 0:
        return None
    return delivered / planned


_WHOLE_MG_FROM = 20.0


def measured_out(mg: float) -> float:
    """Return an amount that can be measured out: whole mg from 20 mg on, tenths below."""
    return float(round(mg)) if mg >= _WHOLE_MG_FROM else round(mg, 1)


TOLERANCE = Decimal("0.05")
"""How far a dose may lie from another, as a share of it: what measuring out takes."""


def is_about(mg: float, *, of_mg: float) -> bool:
    """Tell whether a dose is another one as far as measuring out goes; exactly 5 % off still is."""
    given, other = as_written(mg), as_written(of_mg)
    return abs(given - other) <= TOLERANCE * other
