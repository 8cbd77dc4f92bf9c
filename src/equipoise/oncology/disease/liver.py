"""Liver function: Child-Pugh class and ALBI grade."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from equipoise.oncology.exact import as_written, not_negative, plain, positive

UMOL_L_PER_MG_DL_BILIRUBIN = 17.1


class Ascites(StrEnum):
    """Ascites as Child-Pugh counts it, from the best to the worst."""

    NONE = "none"
    SLIGHT = "slight"
    MODERATE_OR_SEVERE = "moderate_or_severe"


class Encephalopathy(StrEnum):
    """Hepatic encephalopathy as Child-Pugh counts it, from the best to the worst."""

    NONE = "none"
    GRADE_1_2 = "grade_1_2"
    GRADE_3_4 = "grade_3_4"


class LiverUnits(StrEnum):
    """Units of bilirubin and albumin; Child-Pugh has limits of its own in each."""

    SI = "umol/L and g/L"
    CONVENTIONAL = "mg/dL and g/dL"


@dataclass(frozen=True, slots=True)
class Inr:
    """Clotting as international normalised ratio."""

    ratio: float | None


@dataclass(frozen=True, slots=True)
class Prolongation:
    """Clotting as seconds by which the prothrombin time is longer than the control's."""

    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiverTests:
    """Laboratory values of the Child-Pugh score; None is unknown.

    Attributes
    ----------
    bilirubin, albumin : float | None
        Total bilirubin and albumin in the units named.
    clotting : Inr | Prolongation
        INR, or the prolongation of the prothrombin time where that is what is measured.
    units : LiverUnits
        Units of bilirubin and albumin.
    """

    bilirubin: float | None
    albumin: float | None
    clotting: Inr | Prolongation
    units: LiverUnits = LiverUnits.SI


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """The limits of one measured item: both belong to 2 points.

    Attributes
    ----------
    item, unit : str
        What is measured, and in what.
    low, high : Decimal
        2 points from `low` to `high`.
    worse : str
        Which side of them is worse: ``"higher"`` has 3 points, or ``"lower"``.
    """

    item: str
    unit: str
    low: Decimal
    high: Decimal
    worse: str


def _limits(item: str, unit: str, *, low: str, high: str, worse: str = "higher") -> LimitRow:
    return LimitRow(item=item, unit=unit, low=Decimal(low), high=Decimal(high), worse=worse)


_BILIRUBIN = {
    LiverUnits.SI: _limits("bilirubin", "umol/L", low="34", high="50"),
    LiverUnits.CONVENTIONAL: _limits("bilirubin", "mg/dL", low="2", high="3"),
}
_ALBUMIN = {
    LiverUnits.SI: _limits("albumin", "g/L", low="28", high="35", worse="lower"),
    LiverUnits.CONVENTIONAL: _limits("albumin", "g/dL", low="2.8", high="3.5", worse="lower"),
}
_INR = _limits("INR", "", low="1.7", high="2.3")
_SECONDS = _limits("prothrombin time prolonged", "s", low="4", high="6")


class ChildPughClass(StrEnum):
    """Class by points."""

    A = "A"
    B = "B"
    C = "C"


_MOST_POINTS = {ChildPughClass.A: 6, ChildPughClass.B: 9, ChildPughClass.C: 15}


def child_pugh_rows() -> tuple[LimitRow, ...]:
    """Return the limits of the measured items in all units, for proof-reading.

    Ascites and encephalopathy have 1, 2 and 3 points in the order of their words.
    """
    return (*_BILIRUBIN.values(), *_ALBUMIN.values(), _INR, _SECONDS)


def child_pugh_classes() -> tuple[tuple[ChildPughClass, int], ...]:
    """Return each class with the most points that have it, for proof-reading."""
    return tuple(_MOST_POINTS.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildPugh:
    """Child-Pugh score.

    Attributes
    ----------
    points : int | None
        5 to 15; None when an item is unknown.
    liver_class : ChildPughClass | None
        A: 5 to 6 points, B: 7 to 9, C: 10 to 15; None when what is known leaves several open.
    explanation : str
        Why, in one sentence.
    """

    points: int | None
    liver_class: ChildPughClass | None
    explanation: str


@dataclass(frozen=True, slots=True)
class _Scored:
    """One item with its points, None when unknown, and how it is called."""

    points: int | None
    words: str

    def __str__(self) -> str:
        return f"{self.words} ({self.points})" if self.points else f"{self.words} unknown (1 to 3)"


def child_pugh(
    tests: LiverTests, *, ascites: Ascites | None, encephalopathy: Encephalopathy | None
) -> ChildPugh:
    """Return Child-Pugh points and class.

    Parameters
    ----------
    tests : LiverTests
        Bilirubin has 1 point below 34 umol/L (2 mg/dL), 2 up to 50 (3), 3 above; albumin 1 above
        35 g/L (3.5 g/dL), 2 down to 28 (2.8), 3 below; INR 1 below 1.7, 2 up to 2.3, 3 above;
        a prolongation of the prothrombin time 1 below 4 s, 2 up to 6 s, 3 above.
    ascites, encephalopathy : Ascites | None, Encephalopathy | None
        1 point for none, 3 for the worst.

    Notes
    -----
    Pugh et al. 1973, doi:10.1002/bjs.1800600817. Both limits of a range have 2 points, as in the
    usual table; some print 35 g/L of albumin with 1 point. The limits are those of the units of
    measurement, not converted: 3 mg/dL has 2 points, the 51.3 umol/L that it is have 3. An
    unknown item counts 1 to 3 points; the class is given where that does not matter.
    """
    items = (
        _measured(tests.bilirubin, limits=_BILIRUBIN[tests.units]),
        _measured(tests.albumin, limits=_ALBUMIN[tests.units]),
        _clotting(tests.clotting),
        _graded(ascites, name="ascites"),
        _graded(encephalopathy, name="encephalopathy"),
    )
    least = sum(item.points or 1 for item in items)
    most = sum(item.points or 3 for item in items)
    decided = _class_of(least) if _class_of(least) is _class_of(most) else None
    counted = f"{least}" if least == most else f"{least} to {most}"
    name = f"Child-Pugh {decided}" if decided else "Child-Pugh class not decided"
    return ChildPugh(
        points=least if least == most else None,
        liver_class=decided,
        explanation=f"{name}, {counted} points: {', '.join(map(str, items))}.",
    )


def _measured(value: float | None, *, limits: LimitRow) -> _Scored:
    if value is None:
        return _Scored(None, limits.item)
    number = as_written(not_negative(value, where=limits.item))
    points = 1 + (number >= limits.low) + (number > limits.high)
    words = f"{limits.item} {plain(number)} {limits.unit}".rstrip()
    return _Scored(points if limits.worse == "higher" else 4 - points, words)


def _clotting(clotting: Inr | Prolongation) -> _Scored:
    match clotting:
        case Inr(ratio=ratio):
            return _measured(ratio, limits=_INR)
        case Prolongation(seconds=seconds):
            return _measured(seconds, limits=_SECONDS)
        case _:
            assert_never(clotting)


def _graded(grade: Ascites | Encephalopathy | None, *, name: str) -> _Scored:
    if grade is None:
        return _Scored(None, name)
    return _Scored(1 + list(type(grade)).index(grade), f"{name} {grade.replace('_', ' ')}")


def _class_of(points: int) -> ChildPughClass:
    return next(one for one, most in _MOST_POINTS.items() if points <= most)


class AlbiGrade(StrEnum):
    """ALBI grade; 2a and 2b are the modified ALBI."""

    ONE = "1"
    TWO_A = "2a"
    TWO_B = "2b"
    THREE = "3"


_ALBI_MOST = (
    (AlbiGrade.ONE, Decimal("-2.60")),
    (AlbiGrade.TWO_A, Decimal("-2.27")),
    (AlbiGrade.TWO_B, Decimal("-1.39")),
)


def albi_rows() -> tuple[tuple[AlbiGrade, Decimal | None], ...]:
    """Return each modified grade with the highest score that has it, for proof-reading."""
    return (*_ALBI_MOST, (AlbiGrade.THREE, None))


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
    explanation : str
        Why, in one sentence.
    """

    score: float
    grade: int
    modified_grade: AlbiGrade
    explanation: str


def albi(
    *,
    bilirubin_umol_l: float | None,
    albumin_g_l: float | None,
    assay_limit_umol_l: float | None = None,
) -> Albi | None:
    """Return the ALBI score ``0.66 log10(bilirubin) - 0.085 albumin`` and its grade.

    Parameters
    ----------
    bilirubin_umol_l : float | None
        Total bilirubin in umol/L.
    albumin_g_l : float | None
        Albumin in g/L.
    assay_limit_umol_l : float | None
        Lowest bilirubin that the assay tells from 0; a lower value counts as this one.

    Returns
    -------
    Albi | None
        None when a value is unknown. Grade 1 up to -2.60, 2 up to -1.39, 3 above.

    Raises
    ------
    BadInput
        For negative values, and for a bilirubin of 0 (which has no logarithm) without the limit
        of the assay.

    Notes
    -----
    Johnson et al. 2015, doi:10.1200/JCO.2014.57.9151; the split of grade 2 at -2.27 is the
    modified ALBI of Hiraoka et al. The score is not rounded before it is graded.
    """
    if bilirubin_umol_l is None or albumin_g_l is None:
        return None
    measured = not_negative(bilirubin_umol_l, where="bilirubin_umol_l")
    if assay_limit_umol_l is not None:
        measured = max(measured, positive(assay_limit_umol_l, where="assay_limit_umol_l"))
    bilirubin = positive(measured, where="bilirubin_umol_l")
    albumin = not_negative(albumin_g_l, where="albumin_g_l")
    score = 0.66 * math.log10(bilirubin) - 0.085 * albumin
    modified = _albi_grade(as_written(score))
    return Albi(
        score=score,
        grade=int(modified[0]),
        modified_grade=modified,
        explanation=f"ALBI grade {modified[0]} (modified {modified}): 0.66 log10({bilirubin:g}) "
        f"- 0.085 x {albumin:g} = {score:.3f}.",
    )


def _albi_grade(score: Decimal) -> AlbiGrade:
    return next((grade for grade, most in _ALBI_MOST if score <= most), AlbiGrade.THREE)
