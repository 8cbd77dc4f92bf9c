"""CTCAE v5.0 (27 November 2017): the laboratory terms of this package as a table.

Cut-offs are those of the NCI document in SI units, read in two transcriptions that agree: of
pharmaverse admiral (``data-raw/adlb_grading/ncictcaev5.json``) and of KohSoonho/CTCAE
(``CTCAE_v5.0.csv``). A row is one way to reach a grade; of the rows that hold the worst gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from equipoise.oncology.toxicity.ctcae_rows import (
    LaboratoryTerm,
    Of,
    Row,
    Side,
    Soc,
    Term,
    When,
    above,
    below,
    cuts,
    multiples,
)


def _from_baseline(*grades: tuple[int, float], first: Row) -> tuple[Row, ...]:
    """Above multiples of the upper limit, or of an abnormal baseline, whose grade 1 is `first`."""
    by_limit = multiples(*grades, (1, 1), when=When.NORMAL_BASELINE)
    by_baseline = multiples(*grades, of=Of.BASELINE, when=When.ABNORMAL_BASELINE)
    return _worst_first(*by_limit, *by_baseline, first)


def _worst_first(*rows: Row) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: -row.grade))


def _first_of_abnormal(side: Side, times: float) -> Row:
    return Row(grade=1, side=side, times=times, of=Of.BASELINE, when=When.ABNORMAL_BASELINE)


_TRANSAMINASE = _from_baseline(
    (4, 20), (3, 5), (2, 3), first=_first_of_abnormal(Side.AT_LEAST, 1.5)
)
_CHOLESTASIS = _from_baseline((4, 20), (3, 5), (2, 2.5), first=_first_of_abnormal(Side.AT_LEAST, 2))
_BILIRUBIN = _from_baseline((4, 10), (3, 3), (2, 1.5), first=_first_of_abnormal(Side.ABOVE, 1))
_CREATININE = _worst_first(
    *multiples((4, 6), (3, 3), (2, 1.5), (1, 1)),
    *multiples((3, 3), (2, 1.5), of=Of.BASELINE, when=When.BASELINE_GIVEN),
)
_PANCREAS = _worst_first(
    *multiples((4, 5), (3, 2), when=When.SYMPTOMATIC),
    *multiples((3, 5), (2, 1.5), (1, 1)),
)
_APTT = multiples((3, 2.5), (2, 1.5), (1, 1))
_INR = cuts(Side.ABOVE, (3, 2.5), (2, 1.5), (1, 1.2))
_INR_ANTICOAGULATED = multiples((3, 2.5), (2, 1.5), (1, 1), of=Of.BASELINE)
_FIBRINOGEN = _worst_first(
    *cuts(Side.BELOW, (4, 0.5)),
    *(
        Row(grade=grade, side=Side.BELOW, times=times, of=Of.LOWER_LIMIT)
        for grade, times in ((4, 0.25), (3, 0.5), (2, 0.75), (1, 1.0))
    ),
    *(
        Row(grade=grade, side=Side.AT_MOST, times=left, of=Of.BASELINE, when=When.BELOW_NORMAL)
        for grade, left in ((4, 0.25), (3, 0.5), (2, 0.75))
    ),
)
_SODIUM_LOW = (
    *cuts(Side.BELOW, (4, 120), (3, 125)),
    Row(grade=3, side=Side.AT_MOST, times=129, when=When.SYMPTOMATIC),
    Row(grade=2, side=Side.AT_MOST, times=129),
    Row(grade=1, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT),
)
_POTASSIUM_LOW = (
    *cuts(Side.BELOW, (4, 2.5), (3, 3.0)),
    Row(grade=2, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT, when=When.SYMPTOMATIC),
    Row(grade=1, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT),
)
_HAEMOGLOBIN_HIGH = tuple(
    Row(grade=grade, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT, plus=plus)
    for grade, plus in ((3, 40), (2, 20), (1, 0))
)
_URIC_ACID = (
    Row(grade=3, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT, when=When.SYMPTOMATIC),
    Row(grade=1, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT),
)
_LOW_NOTE = "Below a cut-off is that grade even where the laboratory calls the value normal."
_ABNORMAL_NOTE = (
    "Between the upper limit and the first multiple of an abnormal baseline is grade 0; "
    "exactly the first multiple is grade 1."
)


def _liver(name: str, label: str, rows: tuple[Row, ...]) -> LaboratoryTerm:
    return LaboratoryTerm(
        name=name,
        label=label,
        soc=Soc.INVESTIGATIONS,
        unit="U/L",
        rows=rows,
        note=_ABNORMAL_NOTE,
    )


def _blood(name: str, label: str, rows: tuple[Row, ...]) -> LaboratoryTerm:
    return LaboratoryTerm(
        name=name, label=label, soc=Soc.INVESTIGATIONS, unit="10^9/L", rows=rows, note=_LOW_NOTE
    )


def _investigation(
    name: str, label: str, unit: str, *, rows: tuple[Row, ...], note: str = ""
) -> LaboratoryTerm:
    return LaboratoryTerm(
        name=name, label=label, soc=Soc.INVESTIGATIONS, unit=unit, rows=rows, note=note
    )


def _metabolic(
    name: str,
    label: str,
    unit: str = "mmol/L",
    *,
    rows: tuple[Row, ...],
    clinical: tuple[int, ...] = (5,),
    note: str = "",
) -> LaboratoryTerm:
    return LaboratoryTerm(
        name=name,
        label=label,
        soc=Soc.METABOLISM,
        unit=unit,
        rows=rows,
        not_by_number=clinical,
        note=note,
    )


_BLOOD: Mapping[Term, LaboratoryTerm] = {
    Term.NEUTROPHILS: _blood(
        "Neutrophil count decreased", "Neutrophils", below((4, 0.5), (3, 1.0), (2, 1.5))
    ),
    Term.WHITE_CELLS: _blood(
        "White blood cell decreased", "White cells", below((4, 1.0), (3, 2.0), (2, 3.0))
    ),
    Term.WHITE_CELLS_HIGH: LaboratoryTerm(
        name="Leukocytosis",
        label="White cells",
        soc=Soc.BLOOD,
        unit="10^9/L",
        rows=cuts(Side.ABOVE, (3, 100)),
        not_by_number=(4, 5),
        note="There is no grade 1 or 2.",
    ),
    Term.LYMPHOCYTES: _blood(
        "Lymphocyte count decreased", "Lymphocytes", below((4, 0.2), (3, 0.5), (2, 0.8))
    ),
    Term.LYMPHOCYTES_HIGH: _investigation(
        "Lymphocyte count increased",
        "Lymphocytes",
        "10^9/L",
        rows=cuts(Side.ABOVE, (3, 20), (2, 4)),
        note="There is no grade 1.",
    ),
    Term.CD4: _blood(
        "CD4 lymphocytes decreased", "CD4 lymphocytes", below((4, 0.05), (3, 0.2), (2, 0.5))
    ),
    Term.PLATELETS: _blood(
        "Platelet count decreased", "Platelets", below((4, 25), (3, 50), (2, 75))
    ),
    Term.HAEMOGLOBIN: LaboratoryTerm(
        name="Anemia",
        label="Haemoglobin",
        soc=Soc.BLOOD,
        unit="g/L",
        rows=below((3, 80), (2, 100)),
        not_by_number=(4, 5),
        note="A transfusion that is needed is grade 3 whatever the number.",
    ),
    Term.HAEMOGLOBIN_HIGH: _investigation(
        "Hemoglobin increased",
        "Haemoglobin",
        "g/L",
        rows=_HAEMOGLOBIN_HIGH,
        note="The increase counts from the upper limit of normal.",
    ),
    Term.INR: _investigation(
        "INR increased", "INR", "", rows=_INR, note="Without anticoagulation; bleeding is grade 3."
    ),
    Term.INR_ANTICOAGULATED: _investigation(
        "INR increased",
        "INR",
        "",
        rows=_INR_ANTICOAGULATED,
        note="Under anticoagulation; counts from the baseline only.",
    ),
    Term.APTT: _investigation(
        "Activated partial thromboplastin time prolonged",
        "aPTT",
        "s",
        rows=_APTT,
        note="Bleeding is grade 3 whatever the number.",
    ),
    Term.FIBRINOGEN: _investigation(
        "Fibrinogen decreased",
        "Fibrinogen",
        "g/L",
        rows=_FIBRINOGEN,
        note=(
            "A fall of 25, 50 or 75 % from baseline counts while the value is below normal; "
            "exactly 25 % is grade 2."
        ),
    ),
    Term.HAPTOGLOBIN: _investigation("Haptoglobin decreased", "Haptoglobin", "g/L", rows=below()),
}

_ORGANS: Mapping[Term, LaboratoryTerm] = {
    Term.ALT: _liver("Alanine aminotransferase increased", "ALT", _TRANSAMINASE),
    Term.AST: _liver("Aspartate aminotransferase increased", "AST", _TRANSAMINASE),
    Term.ALP: _liver("Alkaline phosphatase increased", "ALP", _CHOLESTASIS),
    Term.GGT: _liver("GGT increased", "GGT", _CHOLESTASIS),
    Term.BILIRUBIN: _investigation(
        "Blood bilirubin increased",
        "Bilirubin",
        "umol/L",
        rows=_BILIRUBIN,
        note="From an abnormal baseline, exactly the baseline is grade 0.",
    ),
    Term.LDH: _investigation("Blood lactate dehydrogenase increased", "LDH", "U/L", rows=above()),
    Term.CREATININE: _investigation(
        "Creatinine increased",
        "Creatinine",
        "umol/L",
        rows=_CREATININE,
        note="The worse of the upper limit and the baseline; grade 1 from the limit alone.",
    ),
    Term.CK: _investigation(
        "CPK increased", "CK", "U/L", rows=multiples((4, 10), (3, 5), (2, 2.5), (1, 1))
    ),
    Term.LIPASE: _investigation("Lipase increased", "Lipase", "U/L", rows=_PANCREAS),
    Term.AMYLASE: _investigation("Serum amylase increased", "Amylase", "U/L", rows=_PANCREAS),
    Term.CHOLESTEROL: _investigation(
        "Cholesterol high",
        "Cholesterol",
        "mmol/L",
        rows=above((4, 12.92), (3, 10.34), (2, 7.75)),
    ),
    Term.TSH: _investigation(
        "Thyroid stimulating hormone increased",
        "TSH",
        "mU/L",
        rows=above(),
        note="Once treated or symptomatic it is hypothyroidism, a clinical term.",
    ),
    Term.BICARBONATE_LOW: _investigation(
        "Blood bicarbonate decreased", "Bicarbonate", "mmol/L", rows=below()
    ),
}

_METABOLISM: Mapping[Term, LaboratoryTerm] = {
    Term.ALBUMIN: _metabolic(
        "Hypoalbuminemia", "Albumin", "g/L", rows=below((3, 20), (2, 30)), clinical=(4, 5)
    ),
    Term.SODIUM_LOW: _metabolic(
        "Hyponatremia",
        "Sodium",
        rows=_SODIUM_LOW,
        note="Above 129 and below 130 is grade 1, above 124 and below 125 grade 3.",
    ),
    Term.SODIUM_HIGH: _metabolic(
        "Hypernatremia", "Sodium", rows=above((4, 160), (3, 155), (2, 150))
    ),
    Term.POTASSIUM_LOW: _metabolic("Hypokalemia", "Potassium", rows=_POTASSIUM_LOW),
    Term.POTASSIUM_HIGH: _metabolic(
        "Hyperkalemia", "Potassium", rows=above((4, 7.0), (3, 6.0), (2, 5.5))
    ),
    Term.CALCIUM_LOW: _metabolic(
        "Hypocalcemia",
        "Corrected calcium",
        rows=below((4, 1.5), (3, 1.75), (2, 2.0)),
        note="Total calcium corrected for albumin.",
    ),
    Term.CALCIUM_HIGH: _metabolic(
        "Hypercalcemia",
        "Corrected calcium",
        rows=above((4, 3.4), (3, 3.1), (2, 2.9)),
        note="Total calcium corrected for albumin.",
    ),
    Term.CALCIUM_IONISED_LOW: _metabolic(
        "Hypocalcemia", "Ionised calcium", rows=below((4, 0.8), (3, 0.9), (2, 1.0))
    ),
    Term.CALCIUM_IONISED_HIGH: _metabolic(
        "Hypercalcemia", "Ionised calcium", rows=above((4, 1.8), (3, 1.6), (2, 1.5))
    ),
    Term.MAGNESIUM_LOW: _metabolic(
        "Hypomagnesemia", "Magnesium", rows=below((4, 0.3), (3, 0.4), (2, 0.5))
    ),
    Term.MAGNESIUM_HIGH: _metabolic(
        "Hypermagnesemia",
        "Magnesium",
        rows=above((4, 3.30), (3, 1.23)),
        note="There is no grade 2.",
    ),
    Term.GLUCOSE_LOW: _metabolic(
        "Hypoglycemia", "Glucose", rows=below((4, 1.7), (3, 2.2), (2, 3.0))
    ),
    Term.PH_LOW: _metabolic(
        "Acidosis",
        "Blood pH",
        "",
        rows=below((3, 7.3)),
        clinical=(4, 5),
        note="There is no grade 2.",
    ),
    Term.PH_HIGH: _metabolic(
        "Alkalosis",
        "Blood pH",
        "",
        rows=above((3, 7.5)),
        clinical=(4, 5),
        note="There is no grade 2.",
    ),
    Term.URIC_ACID: _metabolic(
        "Hyperuricemia",
        "Uric acid",
        "umol/L",
        rows=_URIC_ACID,
        clinical=(4, 5),
        note="Symptoms stand for physiologic consequences; there is no grade 2.",
    ),
    Term.TRIGLYCERIDES: _metabolic(
        "Hypertriglyceridemia",
        "Triglycerides",
        rows=(
            *cuts(Side.ABOVE, (4, 11.4), (3, 5.7), (2, 3.42)),
            *cuts(Side.AT_LEAST, (1, 1.71)),
        ),
        note="Grade 1 begins at 1.71 itself: the text names both ends of its first range.",
    ),
}

CTCAE_V5: Mapping[Term, LaboratoryTerm] = MappingProxyType({**_BLOOD, **_ORGANS, **_METABOLISM})
