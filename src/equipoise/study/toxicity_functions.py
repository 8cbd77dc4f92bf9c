"""Clinical functions of toxicity: what CTCAE grades that is not one laboratory value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TypedDict, Unpack

from equipoise.oncology.toxicity.corrected_calcium import corrected_calcium
from equipoise.oncology.toxicity.ctcae_rows import Edition
from equipoise.oncology.toxicity.ctcae_signs import (
    BloodPressure,
    Dipstick,
    Drugs,
    SignGrade,
    UrineProtein,
    hypertension_grade,
    proteinuria_grade,
)
from equipoise.study.clinical_function import Answer, ClinicalFunction
from equipoise.study.forms import ItemType

_DRUGS = {"unchanged": Drugs.UNCHANGED, "one": Drugs.ONE, "more": Drugs.MORE}
_DIPSTICK = {stick.value: stick for stick in Dipstick}


def _corrected_calcium(*, calcium: float | None, albumin: float | None) -> Answer:
    """Return total calcium corrected for albumin (mmol/L and g/L), the value that CTCAE grades."""
    found = corrected_calcium(calcium, albumin_g_l=albumin)
    if found is None:
        return Answer(None, "Not known: calcium or albumin is missing.")
    words = f"{calcium:g} mmol/L and albumin {albumin:g} g/L"
    return Answer(found, f"Corrected calcium {found:g} mmol/L from {words}.")


class _Pressure(TypedDict, total=False):
    """What a form may ask of blood pressure; what is not there is not collected."""

    systolic: float | None
    diastolic: float | None
    pressure_normal_before: bool | None
    pressure_lasting: bool | None
    pressure_drugs: str | None


def _hypertension(edition: Edition, **found: Unpack[_Pressure]) -> Answer:
    """Return the grade of hypertension; a danger to life is a grade that only a clinician gives.

    The codes of `pressure_drugs` are unchanged, one and more; without it treatment is unchanged.
    """
    pressure = BloodPressure(
        systolic_mm_hg=found.get("systolic"),
        diastolic_mm_hg=found.get("diastolic"),
        previously_normal=found.get("pressure_normal_before"),
        drugs=_DRUGS.get(found.get("pressure_drugs") or ""),
        lasting=found.get("pressure_lasting"),
    )
    return _told(hypertension_grade(pressure, edition=edition), edition=edition)


class _Urine(TypedDict, total=False):
    """What a form may ask of protein in urine; what is not there is not collected."""

    urine_protein: float | None
    urine_protein_limit: float | None
    dipstick: str | None


def _proteinuria(edition: Edition, **found: Unpack[_Urine]) -> Answer:
    """Return the grade of proteinuria by grams in 24 hours, or else by dipstick.

    The codes of `dipstick` are negative, trace, and 1+ to 4+.
    """
    urine = UrineProtein(
        grams_a_day=found.get("urine_protein"),
        dipstick=_DIPSTICK.get(found.get("dipstick") or ""),
        upper_limit_grams_a_day=found.get("urine_protein_limit"),
    )
    return _told(proteinuria_grade(urine, edition=edition), edition=edition)


def _told(found: SignGrade, *, edition: Edition) -> Answer:
    return Answer(found.grade, f"{found.rule} ({edition.spoken}).")


_NUMBER, _CODE, _YES_NO = ItemType.NUMBER, ItemType.CODE, ItemType.YES_NO
_PRESSURES = {"systolic": _NUMBER, "diastolic": _NUMBER}
_ABOUT_PRESSURE = {
    "pressure_normal_before": _YES_NO,
    "pressure_lasting": _YES_NO,
    "pressure_drugs": _CODE,
}
_ABOUT_URINE = {"urine_protein_limit": _NUMBER, "dipstick": _CODE}


def _hypertension_by(edition: Edition) -> ClinicalFunction:
    return ClinicalFunction(
        needs={**_PRESSURES, **_ABOUT_PRESSURE},
        optional=frozenset(_ABOUT_PRESSURE),
        answers=ItemType.INTEGER,
        rule=partial(_hypertension, edition),
    )


def _proteinuria_by(edition: Edition) -> ClinicalFunction:
    return ClinicalFunction(
        needs={"urine_protein": _NUMBER, **_ABOUT_URINE},
        optional=frozenset(_ABOUT_URINE),
        answers=ItemType.INTEGER,
        rule=partial(_proteinuria, edition),
    )


TOXICITY_FUNCTIONS: Mapping[str, ClinicalFunction] = MappingProxyType(
    {
        "corrected_calcium": ClinicalFunction(
            needs={"calcium": _NUMBER, "albumin": _NUMBER},
            answers=_NUMBER,
            rule=_corrected_calcium,
        ),
        "hypertension_ctcae_5": _hypertension_by(Edition.V5),
        "hypertension_ctcae_4_03": _hypertension_by(Edition.V4_03),
        "proteinuria_ctcae_5": _proteinuria_by(Edition.V5),
        "proteinuria_ctcae_4_03": _proteinuria_by(Edition.V4_03),
    }
)
"""Functions of toxicity, by name."""
