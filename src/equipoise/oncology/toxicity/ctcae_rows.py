"""What a table of CTCAE laboratory terms is made of: terms, rows, and what a row counts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Edition(StrEnum):
    """An edition of the CTCAE that the package grades by."""

    V5 = "ctcae_5"
    V4_03 = "ctcae_4_03"
    V6 = "ctcae_6"

    @property
    def spoken(self) -> str:
        """The name people use."""
        return {
            Edition.V5: "CTCAE v5.0",
            Edition.V4_03: "CTCAE v4.03",
            Edition.V6: "CTCAE v6.0",
        }[self]


class Soc(StrEnum):
    """System organ class, as CTCAE takes it from MedDRA."""

    BLOOD = "Blood and lymphatic system disorders"
    CARDIAC = "Cardiac disorders"
    EAR = "Ear and labyrinth disorders"
    ENDOCRINE = "Endocrine disorders"
    GASTROINTESTINAL = "Gastrointestinal disorders"
    GENERAL = "General disorders and administration site conditions"
    HEPATOBILIARY = "Hepatobiliary disorders"
    IMMUNE = "Immune system disorders"
    INFECTIONS = "Infections and infestations"
    INJURY = "Injury, poisoning and procedural complications"
    INVESTIGATIONS = "Investigations"
    METABOLISM = "Metabolism and nutrition disorders"
    MUSCULOSKELETAL = "Musculoskeletal and connective tissue disorders"
    NERVOUS = "Nervous system disorders"
    PSYCHIATRIC = "Psychiatric disorders"
    RENAL = "Renal and urinary disorders"
    RESPIRATORY = "Respiratory, thoracic and mediastinal disorders"
    SKIN = "Skin and subcutaneous tissue disorders"
    VASCULAR = "Vascular disorders"


class Term(StrEnum):
    """A laboratory value read in one direction."""

    NEUTROPHILS = "neutrophils"
    WHITE_CELLS = "white_cells"
    WHITE_CELLS_HIGH = "white_cells_high"
    LYMPHOCYTES = "lymphocytes"
    LYMPHOCYTES_HIGH = "lymphocytes_high"
    CD4 = "cd4"
    PLATELETS = "platelets"
    HAEMOGLOBIN = "haemoglobin"
    HAEMOGLOBIN_HIGH = "haemoglobin_high"
    ALT = "alt"
    AST = "ast"
    ALP = "alp"
    GGT = "ggt"
    BILIRUBIN = "bilirubin"
    LDH = "ldh"
    CREATININE = "creatinine"
    CREATININE_CLEARANCE = "creatinine_clearance"
    CK = "ck"
    LIPASE = "lipase"
    AMYLASE = "amylase"
    ALBUMIN = "albumin"
    INR = "inr"
    INR_ANTICOAGULATED = "inr_anticoagulated"
    APTT = "aptt"
    FIBRINOGEN = "fibrinogen"
    HAPTOGLOBIN = "haptoglobin"
    SODIUM_LOW = "sodium_low"
    SODIUM_HIGH = "sodium_high"
    POTASSIUM_LOW = "potassium_low"
    POTASSIUM_HIGH = "potassium_high"
    CALCIUM_LOW = "calcium_low"
    CALCIUM_HIGH = "calcium_high"
    CALCIUM_IONISED_LOW = "calcium_ionised_low"
    CALCIUM_IONISED_HIGH = "calcium_ionised_high"
    MAGNESIUM_LOW = "magnesium_low"
    MAGNESIUM_HIGH = "magnesium_high"
    PHOSPHATE_LOW = "phosphate_low"
    GLUCOSE_LOW = "glucose_low"
    GLUCOSE_HIGH = "glucose_high"
    GLUCOSE_FASTING_HIGH = "glucose_fasting_high"
    BICARBONATE_LOW = "bicarbonate_low"
    PH_LOW = "ph_low"
    PH_HIGH = "ph_high"
    URIC_ACID = "uric_acid"
    CHOLESTEROL = "cholesterol"
    HDL_LOW = "hdl_low"
    LDL_HIGH = "ldl_high"
    TRIGLYCERIDES = "triglycerides"
    TSH = "tsh"


class Side(StrEnum):
    """On which side of its bound a value meets a row."""

    BELOW = "below"
    AT_MOST = "at most"
    ABOVE = "above"
    AT_LEAST = "at least"

    @property
    def sign(self) -> str:
        """The mathematical sign: ``<``, ``<=``, ``>`` or ``>=``."""
        return {"below": "<", "at most": "<=", "above": ">", "at least": ">="}[self.value]


class Of(StrEnum):
    """What the bound of a row is a multiple of."""

    ONE = "an absolute value"
    LOWER_LIMIT = "the lower limit of normal"
    UPPER_LIMIT = "the upper limit of normal"
    BASELINE = "the baseline"

    @property
    def short(self) -> str:
        """How a clinician writes it: LLN, ULN, baseline."""
        short = {Of.LOWER_LIMIT: "LLN", Of.UPPER_LIMIT: "ULN", Of.BASELINE: "baseline"}
        return short.get(self, "")


class When(StrEnum):
    """Under what condition a row applies."""

    ALWAYS = "always"
    NORMAL_BASELINE = "baseline normal or not given"
    ABNORMAL_BASELINE = "baseline above normal"
    ABNORMAL_TO_5 = "baseline above normal, up to 5 x the upper limit"
    ABNORMAL_BEYOND_5 = "baseline above 5 x the upper limit"
    LOW_BASELINE = "baseline below normal"
    BASELINE_GIVEN = "baseline given"
    ABOVE_BASELINE = "the value above the baseline, or the baseline normal and not given"
    BELOW_NORMAL = "baseline given and the value below normal"
    SYMPTOMATIC = "with symptoms"
    MORE_THAN_MILD = "with symptoms that are more than mild"

    @property
    def asks(self) -> Of | None:
        """The limit of normal that has to be known to judge the condition."""
        return _ASKS.get(self)


ABNORMAL: frozenset[When] = frozenset(
    {When.ABNORMAL_BASELINE, When.ABNORMAL_TO_5, When.ABNORMAL_BEYOND_5}
)
"""Conditions that only a baseline above its upper limit meets."""

_ASKS: Mapping[When, Of] = MappingProxyType(
    {
        **dict.fromkeys(ABNORMAL, Of.UPPER_LIMIT),
        When.NORMAL_BASELINE: Of.UPPER_LIMIT,
        When.LOW_BASELINE: Of.LOWER_LIMIT,
        When.BELOW_NORMAL: Of.LOWER_LIMIT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way to reach a grade: ``value <side> times * of + plus``, under a condition.

    A row with a `gap` stands where the text names no grade, in these words: its grade is the worst
    that the rows around it leave possible, and whether it is reached stays open.
    """

    grade: int
    side: Side
    times: float
    of: Of = Of.ONE
    plus: float = 0
    when: When = When.ALWAYS
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryTerm:
    """A CTCAE term, its unit and its rows.

    Attributes
    ----------
    name : str
        The term of the NCI.
    label : str
        What a clinician calls the value: ``ALT``, ``Sodium``.
    soc : Soc
        System organ class.
    unit : str
        Unit of the absolute cut-offs; '' for a number without one. Where all rows are multiples,
        any unit does as long as limits and baseline share it.
    rows : tuple[Row, ...]
        Worst grade first.
    not_by_number : tuple[int, ...]
        Grades of the term that only a clinician can give.
    note : str
        A choice made where the text is silent.
    """

    name: str
    label: str
    soc: Soc
    unit: str
    rows: tuple[Row, ...]
    not_by_number: tuple[int, ...] = ()
    note: str = ""

    @property
    def by_number(self) -> frozenset[int]:
        """The grades that a number can give."""
        return frozenset(row.grade for row in self.rows if not row.gap)

    @property
    def counts_from(self) -> frozenset[Of]:
        """What the rows and their conditions ask for beside the value."""
        asked = {row.when.asks for row in self.rows if row.when.asks is not None}
        return frozenset({row.of for row in self.rows} | asked)


def cuts(side: Side, *grades: tuple[int, float]) -> tuple[Row, ...]:
    """Return rows beyond absolute cut-offs."""
    return tuple(Row(grade=grade, side=side, times=cut) for grade, cut in grades)


def below(*grades: tuple[int, float]) -> tuple[Row, ...]:
    """Return grade 1 below the lower limit, worse grades below absolute cut-offs."""
    first = Row(grade=1, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT)
    return (*cuts(Side.BELOW, *grades), first)


def above(*grades: tuple[int, float]) -> tuple[Row, ...]:
    """Return grade 1 above the upper limit, worse grades above absolute cut-offs."""
    first = Row(grade=1, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT)
    return (*cuts(Side.ABOVE, *grades), first)


def multiples(
    *grades: tuple[int, float], of: Of = Of.UPPER_LIMIT, when: When = When.ALWAYS
) -> tuple[Row, ...]:
    """Return rows above multiples of a limit or of the baseline."""
    return tuple(
        Row(grade=grade, side=Side.ABOVE, times=times, of=of, when=when) for grade, times in grades
    )
