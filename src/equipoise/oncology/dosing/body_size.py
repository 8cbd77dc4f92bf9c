"""Body surface area and creatinine clearance."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import positive

UMOL_L_PER_MG_DL = 88.42  # creatinine; 88.4 elsewhere


class BsaFormula(StrEnum):
    """Formula of the body surface area."""

    MOSTELLER = "mosteller"
    DUBOIS = "dubois"


class Sex(StrEnum):
    """Sex as the clearance formula counts it."""

    FEMALE = "female"
    MALE = "male"


def body_surface_area(
    height_cm: float | None,
    *,
    weight_kg: float | None,
    formula: BsaFormula = BsaFormula.MOSTELLER,
    cap_m2: float | None = None,
) -> float | None:
    """Return the body surface area in m2, not rounded; None when a measurement is unknown.

    Parameters
    ----------
    height_cm, weight_kg : float | None
        Height and actual weight.
    formula : BsaFormula
        Mosteller 1987, doi:10.1056/NEJM198710223171717: ``sqrt(cm * kg / 3600)``. Du Bois 1916,
        doi:10.1001/archinte.1916.00080130010002: ``0.20247 * m**0.725 * kg**0.425``.
    cap_m2 : float | None
        Largest area a dose may count on; None when the protocol has no cap.
    """
    if height_cm is None or weight_kg is None:
        return None
    height, weight = positive(height_cm, where="height_cm"), positive(weight_kg, where="weight_kg")
    area = _area(height, weight_kg=weight, formula=formula)
    return area if cap_m2 is None else min(area, positive(cap_m2, where="cap_m2"))


def _area(height_cm: float, *, weight_kg: float, formula: BsaFormula) -> float:
    match formula:
        case BsaFormula.MOSTELLER:
            return math.sqrt(height_cm * weight_kg / 3600)
        case BsaFormula.DUBOIS:
            return 0.20247 * math.pow(height_cm / 100, 0.725) * math.pow(weight_kg, 0.425)
        case _:
            assert_never(formula)


def cockcroft_gault(
    creatinine_umol_l: float | None,
    *,
    age_years: float | None,
    weight_kg: float | None,
    sex: Sex | None,
) -> float | None:
    """Return the creatinine clearance in mL/min; None when an input is unknown.

    ``(140 - age) * kg / (72 * mg/dL)``, times 0.85 for women, with actual weight and without
    reference to body surface; umol/L are mg/dL times 88.42.

    Raises
    ------
    BadInput
        For measurements that are not above 0 and an age of 140 or more.

    Notes
    -----
    Cockcroft and Gault 1976, doi:10.1159/000180580. The form in umol/L with 1.23 and 1.04 differs
    by 0.2 % for men and 0.4 % for women, because those constants are rounded.
    """
    if creatinine_umol_l is None or age_years is None or weight_kg is None or sex is None:
        return None
    if not 0 <= age_years < 140:
        raise bad_input("no such age", where="age_years", got=age_years, fix="below 140")
    creatinine = positive(creatinine_umol_l, where="creatinine_umol_l") / UMOL_L_PER_MG_DL
    clearance = (140 - age_years) * positive(weight_kg, where="weight_kg") / (72 * creatinine)
    match sex:
        case Sex.FEMALE:
            return 0.85 * clearance
        case Sex.MALE:
            return clearance
        case _:
            assert_never(sex)
