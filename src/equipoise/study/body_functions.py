"""Clinical functions of body size and liver: codes and items of a form meet words of `oncology`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypedDict, Unpack

from equipoise.oncology.disease.ecog import performance_status
from equipoise.oncology.disease.liver import (
    Albi,
    Ascites,
    Encephalopathy,
    Inr,
    LiverTests,
    Prolongation,
    albi,
    child_pugh,
)
from equipoise.oncology.dosing.body_size import BsaFormula, Sex, body_surface_area, cockcroft_gault
from equipoise.oncology.surgery.future_liver_remnant import (
    LiverQuality,
    MeasuredVolume,
    Remnant,
    StandardVolume,
    VolumeFormula,
    future_liver_remnant,
)
from equipoise.study.clinical_function import Answer, ClinicalFunction
from equipoise.study.forms import ItemType

_ASCITES = {
    "none": Ascites.NONE,
    "slight": Ascites.SLIGHT,
    "moderate": Ascites.MODERATE_OR_SEVERE,
}
_ENCEPHALOPATHY = {
    "none": Encephalopathy.NONE,
    "grade_1_2": Encephalopathy.GRADE_1_2,
    "grade_3_4": Encephalopathy.GRADE_3_4,
}
_QUALITY = {quality.value: quality for quality in LiverQuality}
_SEX = {sex.value: sex for sex in Sex}


def _body_surface(
    formula: BsaFormula, *, height_cm: float | None, weight_kg: float | None
) -> Answer:
    area = body_surface_area(height_cm, weight_kg=weight_kg, formula=formula)
    if area is None:
        return Answer(None, "Not known: height or weight is missing.")
    name = {BsaFormula.MOSTELLER: "Mosteller", BsaFormula.DUBOIS: "Du Bois"}[formula]
    return Answer(area, f"{area:.2f} m2 by {name} from {height_cm:g} cm and {weight_kg:g} kg.")


def _mosteller(*, height_cm: float | None, weight_kg: float | None) -> Answer:
    """Return the body surface area in m2 by Mosteller's formula."""
    return _body_surface(BsaFormula.MOSTELLER, height_cm=height_cm, weight_kg=weight_kg)


def _dubois(*, height_cm: float | None, weight_kg: float | None) -> Answer:
    """Return the body surface area in m2 by the formula of Du Bois."""
    return _body_surface(BsaFormula.DUBOIS, height_cm=height_cm, weight_kg=weight_kg)


def _creatinine_clearance(
    *, creatinine: float | None, age: float | None, weight_kg: float | None, sex: str | None
) -> Answer:
    """Return the clearance in mL/min by Cockcroft and Gault (creatinine in umol/L)."""
    clearance = cockcroft_gault(
        creatinine, age_years=age, weight_kg=weight_kg, sex=_SEX.get(sex or "")
    )
    if clearance is None:
        return Answer(None, "Not known: creatinine, age, weight or sex is missing.")
    words = f"{creatinine:g} umol/L, {age:g} years, {weight_kg:g} kg, {sex}"
    return Answer(clearance, f"{clearance:.0f} mL/min by Cockcroft and Gault from {words}.")


def _ecog(*, ecog: int | None) -> Answer:
    """Return what a performance status means."""
    status = performance_status(ecog)
    if status is None:
        return Answer(None, "Not known: the performance status is missing.")
    return Answer(status.explanation, status.explanation)


class _Liver(TypedDict):
    """What Child-Pugh counts beside clotting (bilirubin in umol/L, albumin in g/L)."""

    bilirubin: float | None
    albumin: float | None
    ascites: str | None
    encephalopathy: str | None


def _child_pugh(*, inr: float | None, **liver: Unpack[_Liver]) -> Answer:
    """Return the Child-Pugh class with clotting as INR.

    A code other than none, slight, moderate and none, grade_1_2, grade_3_4 counts as unknown.
    """
    return _class_of(Inr(inr), **liver)


def _child_pugh_seconds(*, prothrombin_s: float | None, **liver: Unpack[_Liver]) -> Answer:
    """Return the Child-Pugh class with clotting as seconds of prolonged prothrombin time."""
    return _class_of(Prolongation(prothrombin_s), **liver)


def _class_of(clotting: Inr | Prolongation, **liver: Unpack[_Liver]) -> Answer:
    answer = child_pugh(
        LiverTests(bilirubin=liver["bilirubin"], albumin=liver["albumin"], clotting=clotting),
        ascites=_ASCITES.get(liver["ascites"] or ""),
        encephalopathy=_ENCEPHALOPATHY.get(liver["encephalopathy"] or ""),
    )
    return Answer(answer.liver_class and answer.liver_class.value, answer.explanation)


def _albi(*, bilirubin: float | None, albumin: float | None) -> Albi | None:
    return albi(bilirubin_umol_l=bilirubin, albumin_g_l=albumin)


_NO_ALBI = Answer(None, "Not known: bilirubin or albumin is missing.")


def _albi_score(*, bilirubin: float | None, albumin: float | None) -> Answer:
    """Return the ALBI score (bilirubin in umol/L, albumin in g/L)."""
    found = _albi(bilirubin=bilirubin, albumin=albumin)
    return Answer(found.score, found.explanation) if found else _NO_ALBI


def _albi_grade(*, bilirubin: float | None, albumin: float | None) -> Answer:
    """Return the ALBI grade, 1 to 3."""
    found = _albi(bilirubin=bilirubin, albumin=albumin)
    return Answer(found.grade, found.explanation) if found else _NO_ALBI


def _modified_albi(*, bilirubin: float | None, albumin: float | None) -> Answer:
    """Return the modified ALBI grade: 1, 2a, 2b or 3."""
    found = _albi(bilirubin=bilirubin, albumin=albumin)
    return Answer(found.modified_grade.value, found.explanation) if found else _NO_ALBI


def _standard_remnant(
    formula: VolumeFormula, *, remnant_ml: float | None, bsa_m2: float | None, quality: str | None
) -> Remnant | None:
    if bsa_m2 is None:
        return None
    volume = StandardVolume(bsa_m2=bsa_m2, formula=formula)
    known = _QUALITY.get(quality or "")
    return future_liver_remnant(remnant_ml, denominator=volume, quality=known)


_NO_REMNANT = Answer(None, "Not known: a volume or the body surface is missing.")


def _percent(remnant: Remnant | None) -> Answer:
    return Answer(remnant.percent, remnant.explanation) if remnant else _NO_REMNANT


def _remnant_vauthey(
    *, remnant_ml: float | None, bsa_m2: float | None, liver_quality: str | None = None
) -> Answer:
    """Return the remnant in percent of the standard volume by Vauthey."""
    formula = VolumeFormula.VAUTHEY
    found = _standard_remnant(formula, remnant_ml=remnant_ml, bsa_m2=bsa_m2, quality=liver_quality)
    return _percent(found)


def _remnant_urata(
    *, remnant_ml: float | None, bsa_m2: float | None, liver_quality: str | None = None
) -> Answer:
    """Return the remnant in percent of the standard volume by Urata."""
    formula = VolumeFormula.URATA
    found = _standard_remnant(formula, remnant_ml=remnant_ml, bsa_m2=bsa_m2, quality=liver_quality)
    return _percent(found)


def _remnant_measured(
    *,
    remnant_ml: float | None,
    liver_ml: float | None,
    tumour_ml: float | None,
    liver_quality: str | None = None,
) -> Answer:
    """Return the remnant in percent of the measured liver without tumour."""
    if liver_ml is None or tumour_ml is None:
        return _NO_REMNANT
    volume = MeasuredVolume(total_ml=liver_ml, tumour_ml=tumour_ml)
    quality = _QUALITY.get(liver_quality or "")
    return _percent(future_liver_remnant(remnant_ml, denominator=volume, quality=quality))


def _remnant_sufficient(
    *, remnant_ml: float | None, bsa_m2: float | None, liver_quality: str | None
) -> Answer:
    """Return whether the remnant is enough for the quality of the liver (Vauthey)."""
    formula = VolumeFormula.VAUTHEY
    found = _standard_remnant(formula, remnant_ml=remnant_ml, bsa_m2=bsa_m2, quality=liver_quality)
    return Answer(found.sufficient, found.explanation) if found else _NO_REMNANT


_NUMBER, _CODE = ItemType.NUMBER, ItemType.CODE
_SIZE = {"height_cm": _NUMBER, "weight_kg": _NUMBER}
_LIVER = {"bilirubin": _NUMBER, "albumin": _NUMBER}
_SIGNS = {"ascites": _CODE, "encephalopathy": _CODE}
_STANDARD = {"remnant_ml": _NUMBER, "bsa_m2": _NUMBER, "liver_quality": _CODE}
_OPTIONAL_QUALITY = frozenset({"liver_quality"})

BODY_FUNCTIONS: Mapping[str, ClinicalFunction] = MappingProxyType(
    {
        "body_surface_mosteller": ClinicalFunction(needs=_SIZE, answers=_NUMBER, rule=_mosteller),
        "body_surface_dubois": ClinicalFunction(needs=_SIZE, answers=_NUMBER, rule=_dubois),
        "creatinine_clearance": ClinicalFunction(
            needs={"creatinine": _NUMBER, "age": _NUMBER, "weight_kg": _NUMBER, "sex": _CODE},
            answers=_NUMBER,
            rule=_creatinine_clearance,
        ),
        "ecog_in_words": ClinicalFunction(
            needs={"ecog": ItemType.INTEGER}, answers=ItemType.TEXT, rule=_ecog
        ),
        "child_pugh": ClinicalFunction(
            needs={**_LIVER, "inr": _NUMBER, **_SIGNS}, answers=_CODE, rule=_child_pugh
        ),
        "child_pugh_prothrombin_time": ClinicalFunction(
            needs={**_LIVER, "prothrombin_s": _NUMBER, **_SIGNS},
            answers=_CODE,
            rule=_child_pugh_seconds,
        ),
        "albi": ClinicalFunction(needs=_LIVER, answers=_NUMBER, rule=_albi_score),
        "albi_grade": ClinicalFunction(needs=_LIVER, answers=ItemType.INTEGER, rule=_albi_grade),
        "modified_albi_grade": ClinicalFunction(needs=_LIVER, answers=_CODE, rule=_modified_albi),
        "liver_remnant_vauthey": ClinicalFunction(
            needs=_STANDARD, optional=_OPTIONAL_QUALITY, answers=_NUMBER, rule=_remnant_vauthey
        ),
        "liver_remnant_urata": ClinicalFunction(
            needs=_STANDARD, optional=_OPTIONAL_QUALITY, answers=_NUMBER, rule=_remnant_urata
        ),
        "liver_remnant_measured": ClinicalFunction(
            needs={
                "remnant_ml": _NUMBER,
                "liver_ml": _NUMBER,
                "tumour_ml": _NUMBER,
                "liver_quality": _CODE,
            },
            optional=_OPTIONAL_QUALITY,
            answers=_NUMBER,
            rule=_remnant_measured,
        ),
        "liver_remnant_sufficient": ClinicalFunction(
            needs=_STANDARD, answers=ItemType.YES_NO, rule=_remnant_sufficient
        ),
    }
)
"""Functions of body size and liver, by name."""
