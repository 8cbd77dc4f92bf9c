"""CTCAE v5.0 (27 November 2017): the laboratory terms of this package as a table.

Cut-offs are those of the NCI document in SI units, read from the transcription of pharmaverse
admiral (``ncictcaev5.json``). A row is one way to reach a grade; rows stand worst first and the
first that holds gives the grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Term(StrEnum):
    """A laboratory value read in one direction."""

    NEUTROPHILS = "neutrophils"
    WHITE_CELLS = "white_cells"
    LYMPHOCYTES = "lymphocytes"
    PLATELETS = "platelets"
    HAEMOGLOBIN = "haemoglobin"
    ALT = "alt"
    AST = "ast"
    ALP = "alp"
    GGT = "ggt"
    BILIRUBIN = "bilirubin"
    CREATININE = "creatinine"
    ALBUMIN = "albumin"
    INR = "inr"
    INR_ANTICOAGULATED = "inr_anticoagulated"
    SODIUM_LOW = "sodium_low"
    SODIUM_HIGH = "sodium_high"
    POTASSIUM_LOW = "potassium_low"
    POTASSIUM_HIGH = "potassium_high"


class Side(StrEnum):
    """On which side of its bound a value meets a row."""

    BELOW = "below"
    AT_MOST = "at most"
    ABOVE = "above"
    AT_LEAST = "at least"


class Of(StrEnum):
    """What the bound of a row is a multiple of."""

    ONE = "an absolute value"
    LOWER_LIMIT = "the lower limit of normal"
    UPPER_LIMIT = "the upper limit of normal"
    BASELINE = "the baseline"


class When(StrEnum):
    """Under what condition a row applies."""

    ALWAYS = "always"
    NORMAL_BASELINE = "baseline normal or not given"
    ABNORMAL_BASELINE = "baseline above normal"
    BASELINE_GIVEN = "baseline given"
    SYMPTOMATIC = "with symptoms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way to reach a grade: ``value <side> times * of``, under a condition."""

    grade: int
    side: Side
    times: float
    of: Of = Of.ONE
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryTerm:
    """A CTCAE term, its unit and its rows, worst first."""

    name: str
    unit: str
    rows: tuple[Row, ...]


def _below(*cuts: tuple[int, float]) -> tuple[Row, ...]:
    """Grade 1 below the lower limit, worse grades below absolute cuts."""
    worse = (Row(grade=grade, side=Side.BELOW, times=cut) for grade, cut in cuts)
    return (*worse, Row(grade=1, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT))


def _above(*cuts: tuple[int, float]) -> tuple[Row, ...]:
    """Grade 1 above the upper limit, worse grades above absolute cuts."""
    worse = (Row(grade=grade, side=Side.ABOVE, times=cut) for grade, cut in cuts)
    return (*worse, Row(grade=1, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT))


def _multiples(*cuts: tuple[int, float], first: Row) -> tuple[Row, ...]:
    """Above multiples of the upper limit, or of an abnormal baseline, whose grade 1 is `first`."""
    references = ((Of.UPPER_LIMIT, When.NORMAL_BASELINE), (Of.BASELINE, When.ABNORMAL_BASELINE))
    worse = (
        Row(grade=grade, side=Side.ABOVE, times=times, of=of, when=when)
        for grade, times in cuts
        for of, when in references
    )
    limit = Row(grade=1, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT, when=When.NORMAL_BASELINE)
    return (*worse, limit, first)


def _first_of_abnormal(side: Side, times: float) -> Row:
    return Row(grade=1, side=side, times=times, of=Of.BASELINE, when=When.ABNORMAL_BASELINE)


_TRANSAMINASE = _multiples((4, 20), (3, 5), (2, 3), first=_first_of_abnormal(Side.AT_LEAST, 1.5))
_CHOLESTASIS = _multiples((4, 20), (3, 5), (2, 2.5), first=_first_of_abnormal(Side.AT_LEAST, 2))
_BILIRUBIN = _multiples((4, 10), (3, 3), (2, 1.5), first=_first_of_abnormal(Side.ABOVE, 1))
_CREATININE = (
    Row(grade=4, side=Side.ABOVE, times=6, of=Of.UPPER_LIMIT),
    Row(grade=3, side=Side.ABOVE, times=3, of=Of.UPPER_LIMIT),
    Row(grade=3, side=Side.ABOVE, times=3, of=Of.BASELINE, when=When.BASELINE_GIVEN),
    Row(grade=2, side=Side.ABOVE, times=1.5, of=Of.UPPER_LIMIT),
    Row(grade=2, side=Side.ABOVE, times=1.5, of=Of.BASELINE, when=When.BASELINE_GIVEN),
    Row(grade=1, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT),
)
_INR = tuple(
    Row(grade=grade, side=Side.ABOVE, times=cut) for grade, cut in ((3, 2.5), (2, 1.5), (1, 1.2))
)
_INR_ANTICOAGULATED = tuple(
    Row(grade=grade, side=Side.ABOVE, times=times, of=Of.BASELINE)
    for grade, times in ((3, 2.5), (2, 1.5), (1, 1.0))
)
_SODIUM_LOW = (
    Row(grade=4, side=Side.BELOW, times=120),
    Row(grade=3, side=Side.BELOW, times=125),
    Row(grade=3, side=Side.AT_MOST, times=129, when=When.SYMPTOMATIC),
    Row(grade=2, side=Side.AT_MOST, times=129),
    Row(grade=1, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT),
)
_POTASSIUM_LOW = (
    Row(grade=4, side=Side.BELOW, times=2.5),
    Row(grade=3, side=Side.BELOW, times=3.0),
    Row(grade=2, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT, when=When.SYMPTOMATIC),
    Row(grade=1, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT),
)


def _term(name: str, unit: str, rows: tuple[Row, ...]) -> LaboratoryTerm:
    return LaboratoryTerm(name=name, unit=unit, rows=rows)


CTCAE_V5: Mapping[Term, LaboratoryTerm] = MappingProxyType(
    {
        Term.NEUTROPHILS: _term(
            "Neutrophil count decreased", "10^9/L", _below((4, 0.5), (3, 1.0), (2, 1.5))
        ),
        Term.WHITE_CELLS: _term(
            "White blood cell decreased", "10^9/L", _below((4, 1.0), (3, 2.0), (2, 3.0))
        ),
        Term.LYMPHOCYTES: _term(
            "Lymphocyte count decreased", "10^9/L", _below((4, 0.2), (3, 0.5), (2, 0.8))
        ),
        Term.PLATELETS: _term(
            "Platelet count decreased", "10^9/L", _below((4, 25), (3, 50), (2, 75))
        ),
        Term.HAEMOGLOBIN: _term("Anemia", "g/L", _below((3, 80), (2, 100))),
        Term.ALT: _term("Alanine aminotransferase increased", "U/L", _TRANSAMINASE),
        Term.AST: _term("Aspartate aminotransferase increased", "U/L", _TRANSAMINASE),
        Term.ALP: _term("Alkaline phosphatase increased", "U/L", _CHOLESTASIS),
        Term.GGT: _term("GGT increased", "U/L", _CHOLESTASIS),
        Term.BILIRUBIN: _term("Blood bilirubin increased", "umol/L", _BILIRUBIN),
        Term.CREATININE: _term("Creatinine increased", "umol/L", _CREATININE),
        Term.ALBUMIN: _term("Hypoalbuminemia", "g/L", _below((3, 20), (2, 30))),
        Term.INR: _term("INR increased", "", _INR),
        Term.INR_ANTICOAGULATED: _term("INR increased", "", _INR_ANTICOAGULATED),
        Term.SODIUM_LOW: _term("Hyponatremia", "mmol/L", _SODIUM_LOW),
        Term.SODIUM_HIGH: _term("Hypernatremia", "mmol/L", _above((4, 160), (3, 155), (2, 150))),
        Term.POTASSIUM_LOW: _term("Hypokalemia", "mmol/L", _POTASSIUM_LOW),
        Term.POTASSIUM_HIGH: _term("Hyperkalemia", "mmol/L", _above((4, 7.0), (3, 6.0), (2, 5.5))),
    }
)
