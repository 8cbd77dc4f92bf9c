"""Liver function: Child-Pugh class and ALBI grade."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from equipoise.oncology.exact import as_written, not_negative, positive


class Ascites(StrEnum):
    """Ascites as Child-Pugh counts it."""

    NONE = "none"
    SLIGHT = "slight"
    MODERATE_OR_SEVERE = "moderate_or_severe"


class Encephalopathy(StrEnum):
    """Hepatic encephalopathy as Child-Pugh counts it."""

    NONE = "none"
    GRADE_1_2 = "grade_1_2"
    GRADE_3_4 = "grade_3_4"


class ChildPughClass(StrEnum):
    """A: 5 to 6 points, B: 7 to 9, C: 10 to 15."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildPugh:
    """Child-Pugh score.

    Attributes
    ----------
    points : int | None
        5 to 15; None when an item is unknown.
    liver_class : ChildPughClass | None
        None when the items that are known leave more than one class open.
    """

    points: int | None
    liver_class: ChildPughClass | None


class AlbiGrade(StrEnum):
    """ALBI grade; 2a and 2b are the modified ALBI."""

    ONE = "1"
    TWO_A = "2a"
    TWO_B = "2b"
    THREE = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Albi:
    """Albumin-bilirubin score.

    Attributes
    ----------
    score : float
        The lower the better.
    grade : int
        1 to 3.
    modified_grade : AlbiGrade
        Grade with 2 split at -2.27.
    """

    score: float
    grade: int
    modified_grade: AlbiGrade


def child_pugh(
    *,
    bilirubin_umol_l: float | None,
    albumin_g_l: float | None,
    inr: float | None,
    ascites: Ascites | None,
    encephalopathy: Encephalopathy | None,
) -> ChildPugh:
    """Return Child-Pugh points and class.

    Parameters
    ----------
    bilirubin_umol_l : float | None
        Total bilirubin; 1 point below 34, 2 from 34 to 50, 3 above 50 umol/L.
    albumin_g_l : float | None
        1 point above 35, 2 from 28 to 35, 3 below 28 g/L.
    inr : float | None
        1 point below 1.7, 2 from 1.7 to 2.3, 3 above 2.3.
    ascites, encephalopathy : Ascites | None, Encephalopathy | None
        1 point for none, 3 for the worst.

    Notes
    -----
    Pugh et al. 1973, doi:10.1002/bjs.1800600817. The limits are those of SI units; 3 mg/dL is
    51.3 umol/L and so counts 3 points here, 2 points in a table in mg/dL. An unknown item counts
    1 to 3 points; the class is given where that does not matter.
    """
    items = (
        _points(bilirubin_umol_l, where="bilirubin_umol_l", low="34", high="50"),
        _reverse(_points(albumin_g_l, where="albumin_g_l", low="28", high="35")),
        _points(inr, where="inr", low="1.7", high="2.3"),
        None if ascites is None else 1 + list(Ascites).index(ascites),
        None if encephalopathy is None else 1 + list(Encephalopathy).index(encephalopathy),
    )
    least = sum(item or 1 for item in items)
    most = sum(item or 3 for item in items)
    decided = _class_of(least) is _class_of(most)
    return ChildPugh(
        points=least if None not in items else None,
        liver_class=_class_of(least) if decided else None,
    )


def _points(value: float | None, *, where: str, low: str, high: str) -> int | None:
    """Return 1 below a range, 2 in it (both ends), 3 above it."""
    if value is None:
        return None
    number = as_written(not_negative(value, where=where))
    return 1 + (number >= Decimal(low)) + (number > Decimal(high))


def _reverse(points: int | None) -> int | None:
    return None if points is None else 4 - points


def _class_of(points: int) -> ChildPughClass:
    if points <= 6:
        return ChildPughClass.A
    return ChildPughClass.B if points <= 9 else ChildPughClass.C


def albi(*, bilirubin_umol_l: float | None, albumin_g_l: float | None) -> Albi | None:
    """Return the ALBI score ``0.66 log10(bilirubin) - 0.085 albumin`` and its grade.

    Parameters
    ----------
    bilirubin_umol_l : float | None
        Above 0; enter the limit of the assay for a value below it.
    albumin_g_l : float | None
        Albumin in g/L.

    Returns
    -------
    Albi | None
        None when a value is unknown. Grade 1 up to -2.60, 2 up to -1.39, 3 above.

    Raises
    ------
    BadInput
        For a bilirubin of 0, which has no logarithm, and negative values.

    Notes
    -----
    Johnson et al. 2015, doi:10.1200/JCO.2014.57.9151; the split of grade 2 at -2.27 is the
    modified ALBI of Hiraoka et al.
    """
    if bilirubin_umol_l is None or albumin_g_l is None:
        return None
    bilirubin = positive(bilirubin_umol_l, where="bilirubin_umol_l")
    score = 0.66 * math.log10(bilirubin) - 0.085 * not_negative(albumin_g_l, where="albumin_g_l")
    modified = _albi_grade(as_written(score))
    return Albi(score=score, grade=int(modified[0]), modified_grade=modified)


def _albi_grade(score: Decimal) -> AlbiGrade:
    if score <= Decimal("-2.60"):
        return AlbiGrade.ONE
    if score <= Decimal("-2.27"):
        return AlbiGrade.TWO_A
    return AlbiGrade.TWO_B if score <= Decimal("-1.39") else AlbiGrade.THREE
