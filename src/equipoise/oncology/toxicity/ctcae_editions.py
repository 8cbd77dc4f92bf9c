"""CTCAE v4.03 (14 June 2010) where it differs from v5.0, and the table of each edition.

What v6.0 (22 July 2025) has otherwise stands in `ctcae_6_0.py`.

Cut-offs of v4.03 are those of two transcriptions that agree: of pharmaverse admiral
(``data-raw/adlb_grading/ncictcaev4.json``) and of KohSoonho/CTCAE (``CTCAE_4.03.csv``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from equipoise.oncology.toxicity.ctcae_6_0 import DIFFERENT_6_0, LEFT_OUT_6_0
from equipoise.oncology.toxicity.ctcae_rows import (
    Edition,
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
from equipoise.oncology.toxicity.ctcae_table import CTCAE_V5

_NEW_IN_V5: Mapping[Term, str] = dict.fromkeys(
    (Term.LDH, Term.TSH, Term.BICARBONATE_LOW), "v5.0 was the first to have the term"
)
_NEW_IN_V6: Mapping[Term, str] = dict.fromkeys(
    (Term.CREATININE_CLEARANCE, Term.HDL_LOW, Term.LDL_HIGH), "v6.0 was the first to have the term"
)
_BY_TREATMENT: Mapping[Term, str] = {
    Term.PHOSPHATE_LOW: "it grades hypophosphatemia by treatment",
    Term.GLUCOSE_HIGH: "it grades hyperglycemia by treatment",
    Term.GLUCOSE_FASTING_HIGH: "it grades hyperglycemia by treatment",
}

_TRANSAMINASE = multiples((4, 20), (3, 5), (2, 3), (1, 1))
_CHOLESTASIS = multiples((4, 20), (3, 5), (2, 2.5), (1, 1))
_PANCREAS = multiples((4, 5), (3, 2), (2, 1.5), (1, 1))
_CREATININE = tuple(
    sorted(
        (
            *multiples((4, 6), (3, 3), (2, 1.5), (1, 1)),
            *multiples((3, 3), (2, 1.5), (1, 1), of=Of.BASELINE, when=When.BASELINE_GIVEN),
        ),
        key=lambda row: -row.grade,
    )
)
_FIBRINOGEN = (
    *(
        replace(row, when=When.BASELINE_GIVEN) if row.of is Of.BASELINE else row
        for row in CTCAE_V5[Term.FIBRINOGEN].rows
    ),
    Row(grade=1, side=Side.BELOW, times=1, of=Of.BASELINE, when=When.BASELINE_GIVEN),
)
_HAEMOGLOBIN_HIGH = tuple(
    Row(grade=grade, side=Side.ABOVE, times=1, of=of, plus=plus, when=when)
    for grade, plus in ((3, 40), (2, 20), (1, 0))
    for of, when in (
        (Of.UPPER_LIMIT, When.NORMAL_BASELINE),
        (Of.BASELINE, When.ABNORMAL_BASELINE),
    )
)
_SODIUM_LOW = below((4, 120), (3, 130))
_URIC_ACID = (
    *cuts(Side.ABOVE, (4, 590)),
    Row(grade=3, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT, when=When.SYMPTOMATIC),
    Row(grade=1, side=Side.ABOVE, times=1, of=Of.UPPER_LIMIT),
)
_LIMIT_ALONE = "Multiples of the upper limit, whatever the baseline."


def _changed(
    term: Term, rows: tuple[Row, ...], *, note: str = "", clinical: tuple[int, ...] | None = None
) -> LaboratoryTerm:
    ours = CTCAE_V5[term]
    grades = ours.not_by_number if clinical is None else clinical
    return replace(ours, rows=rows, note=note, not_by_number=grades)


def _added(name: str, label: str, rows: tuple[Row, ...], *, note: str = "") -> LaboratoryTerm:
    return LaboratoryTerm(
        name=name,
        label=label,
        soc=Soc.METABOLISM,
        unit="mmol/L",
        rows=rows,
        not_by_number=(5,),
        note=note,
    )


_DIFFERENT: Mapping[Term, LaboratoryTerm] = {
    Term.ALT: _changed(Term.ALT, _TRANSAMINASE, note=_LIMIT_ALONE),
    Term.AST: _changed(Term.AST, _TRANSAMINASE, note=_LIMIT_ALONE),
    Term.ALP: _changed(Term.ALP, _CHOLESTASIS, note=_LIMIT_ALONE),
    Term.GGT: _changed(Term.GGT, _CHOLESTASIS, note=_LIMIT_ALONE),
    Term.BILIRUBIN: _changed(
        Term.BILIRUBIN, multiples((4, 10), (3, 3), (2, 1.5), (1, 1)), note=_LIMIT_ALONE
    ),
    Term.CREATININE: _changed(
        Term.CREATININE, _CREATININE, note="Above the baseline is grade 1 even within normal."
    ),
    Term.LIPASE: _changed(Term.LIPASE, _PANCREAS, note="By the number alone."),
    Term.AMYLASE: _changed(Term.AMYLASE, _PANCREAS, note="By the number alone."),
    Term.INR: _changed(
        Term.INR,
        multiples((3, 2.5), (2, 1.5), (1, 1)),
        note="Without anticoagulation; multiples of the upper limit.",
    ),
    Term.FIBRINOGEN: _changed(
        Term.FIBRINOGEN, _FIBRINOGEN, note="A fall from baseline counts even within normal."
    ),
    Term.HAEMOGLOBIN_HIGH: _changed(
        Term.HAEMOGLOBIN_HIGH,
        _HAEMOGLOBIN_HIGH,
        note="The increase counts from the upper limit, or from a baseline above it.",
    ),
    Term.SODIUM_LOW: _changed(Term.SODIUM_LOW, _SODIUM_LOW, note="There is no grade 2."),
    Term.URIC_ACID: _changed(
        Term.URIC_ACID,
        _URIC_ACID,
        clinical=(5,),
        note="Symptoms stand for physiologic consequences; there is no grade 2.",
    ),
    Term.PHOSPHATE_LOW: _added(
        "Hypophosphatemia", "Phosphate", below((4, 0.3), (3, 0.6), (2, 0.8))
    ),
    Term.GLUCOSE_FASTING_HIGH: _added(
        "Hyperglycemia", "Fasting glucose", above((4, 27.8), (3, 13.9), (2, 8.9))
    ),
    Term.GLUCOSE_HIGH: _added(
        "Hyperglycemia",
        "Glucose",
        cuts(Side.ABOVE, (4, 27.8), (3, 13.9)),
        note="Not fasting: the text gives grades 1 and 2 for fasting values only.",
    ),
}

WITHOUT_CUTS: Mapping[Edition, Mapping[Term, str]] = MappingProxyType(
    {
        Edition.V5: MappingProxyType({**_BY_TREATMENT, **_NEW_IN_V6}),
        Edition.V4_03: MappingProxyType({**_NEW_IN_V5, **_NEW_IN_V6}),
        Edition.V6: LEFT_OUT_6_0,
    }
)
"""The terms that an edition does not grade by numbers -> why, as the end of a sentence."""


def _table(
    edition: Edition, *, different: Mapping[Term, LaboratoryTerm]
) -> Mapping[Term, LaboratoryTerm]:
    """Return the terms of an edition: its own, and for the others those of v5.0."""
    return MappingProxyType(
        {
            term: different[term] if term in different else CTCAE_V5[term]
            for term in Term
            if term not in WITHOUT_CUTS[edition]
        }
    )


CTCAE_4_03 = _table(Edition.V4_03, different=_DIFFERENT)
CTCAE_6_0 = _table(Edition.V6, different=DIFFERENT_6_0)

TABLES: Mapping[Edition, Mapping[Term, LaboratoryTerm]] = MappingProxyType(
    {Edition.V5: CTCAE_V5, Edition.V4_03: CTCAE_4_03, Edition.V6: CTCAE_6_0}
)
"""The laboratory terms that each edition grades by numbers."""


def unit_of(term: Term) -> str:
    """Return the unit of a term; it is the same in every edition that has it."""
    return next(table[term].unit for table in TABLES.values() if term in table)
