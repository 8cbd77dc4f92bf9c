"""CTCAE v6.0 (22 July 2025): the laboratory terms that it grades otherwise than v5.0, or has not.

Each row was read in two transcriptions of the document of the NCI: of pharmaverse admiral
(``data-raw/adlb_grading/ncictcaev6.json``) and of uscnewplatform/irccs-docker
(``importCtcae/v6/ctcae-v6-bundle.json``, made from the spreadsheet of January 2026). Both name the
same cut-offs for every term of this table. Where their print differs, the cut-offs do not:

- creatinine: "1.5 - 3.0 x if baseline is below LLN" in the first, whose criteria count from the
  baseline, is "x baseline" in the second;
- CD4: "0.2 x 0.05 - 10^9/L" is "0.2 - 0.05 x 10^9/L" in the second;
- platelets: the "<" of "<10.0 x 10^9/L" stands in the second only. Grade 5 also does: it is kept,
  so that nobody is told that it does not exist.

Left out, and why (`LEFT_OUT_6_0`): lymphocytes decreased, CK, TSH, bicarbonate and phosphate.
New terms without a number or in one transcription only are left out too: vitamin D decreased,
urinary protein increased, eosinophilia, methemoglobinemia, and those whose one grade is "present"
(lymphopenia, thrombocytosis, neutrophils increased). The clinical terms of v6.0 are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from equipoise.oncology.toxicity.ctcae_table import CTCAE_V5

LEFT_OUT_6_0: Mapping[Term, str] = MappingProxyType(
    {
        Term.LYMPHOCYTES: "its term is Lymphopenia, one grade without a cut-off",
        Term.CK: "it has no term CPK increased",
        Term.TSH: "its one grade of TSH names no limit",
        Term.BICARBONATE_LOW: "one transcription of two has the term",
        Term.PHOSPHATE_LOW: "it grades hypophosphatemia by treatment",
    }
)
"""Terms of other editions that this table does not grade -> why."""


def _worst_first(*rows: Row) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: -row.grade))


def _of_abnormal(*grades: tuple[int, float]) -> tuple[Row, ...]:
    """Return rows above multiples of an abnormal baseline; grade 1 begins at the baseline."""
    first = Row(grade=1, side=Side.AT_LEAST, times=1, of=Of.BASELINE, when=When.ABNORMAL_BASELINE)
    return (*multiples(*grades, of=Of.BASELINE, when=When.ABNORMAL_BASELINE), first)


_THREE_FROM_BASELINE = Row(
    grade=3, side=Side.ABOVE, times=2, of=Of.BASELINE, when=When.ABNORMAL_TO_5
)
_TRANSAMINASE = _worst_first(
    *multiples((4, 20), (3, 5), (2, 3), (1, 1), when=When.NORMAL_BASELINE),
    *_of_abnormal((4, 4), (2, 1.5)),
    _THREE_FROM_BASELINE,
    replace(
        _THREE_FROM_BASELINE,
        when=When.ABNORMAL_BEYOND_5,
        gap="the text names no grade for 2 to 4 x a baseline above 5 x ULN",
    ),
)
_GGT = _worst_first(
    *multiples((4, 20), (3, 5), (2, 2.5), (1, 1), when=When.NORMAL_BASELINE),
    *_of_abnormal((4, 10), (3, 3), (2, 1.5)),
)
_BILIRUBIN = _worst_first(
    *multiples((4, 10), (3, 3), (2, 1.5), (1, 1), when=When.NORMAL_BASELINE),
    *_of_abnormal((4, 10), (3, 2.5), (2, 1.5)),
)
_ALP = multiples((1, 1), when=When.ABOVE_BASELINE)
_CREATININE = _worst_first(
    *multiples((4, 6), (3, 3), (2, 1.5), (1, 1)),
    *multiples((3, 3), (2, 1.5), of=Of.BASELINE, when=When.LOW_BASELINE),
)
_LIPASE = _worst_first(
    *multiples((4, 5), (3, 3), when=When.SYMPTOMATIC), *multiples((3, 5), (2, 1.5), (1, 1))
)
_AMYLASE = _worst_first(
    *multiples((4, 5), when=When.SYMPTOMATIC),
    *multiples((3, 2), when=When.MORE_THAN_MILD),
    *multiples((3, 5), (2, 1.5), (1, 1)),
)
_SODIUM_LOW = (
    *cuts(Side.BELOW, (4, 120), (3, 125)),
    Row(grade=3, side=Side.BELOW, times=130, when=When.SYMPTOMATIC),
    Row(grade=2, side=Side.BELOW, times=130),
    Row(grade=1, side=Side.BELOW, times=1, of=Of.LOWER_LIMIT),
)
_CLEARANCE = (
    Row(grade=4, side=Side.BELOW, times=10, gap="the text names no grade below 10"),
    Row(grade=3, side=Side.AT_MOST, times=25),
    Row(grade=2, side=Side.AT_MOST, times=49),
)
_FROM_BASELINE_ON = "From an abnormal baseline, exactly the baseline is grade 1, below it grade 0."


def _changed(term: Term, rows: tuple[Row, ...], *, note: str = "") -> LaboratoryTerm:
    return replace(CTCAE_V5[term], rows=rows, note=note)


def _glucose(label: str, rows: tuple[Row, ...], *, note: str = "") -> LaboratoryTerm:
    return LaboratoryTerm(
        name="Hyperglycemia", label=label, soc=Soc.METABOLISM, unit="mmol/L", rows=rows, note=note
    )


def _added(
    name: str, label: str, unit: str, *, rows: tuple[Row, ...], note: str = ""
) -> LaboratoryTerm:
    return LaboratoryTerm(
        name=name, label=label, soc=Soc.INVESTIGATIONS, unit=unit, rows=rows, note=note
    )


DIFFERENT_6_0: Mapping[Term, LaboratoryTerm] = MappingProxyType(
    {
        Term.NEUTROPHILS: _changed(
            Term.NEUTROPHILS,
            cuts(Side.BELOW, (4, 0.1), (3, 0.5), (2, 1.0), (1, 1.5)),
            note="Grade 1 begins below 1.5, whatever the laboratory calls normal.",
        ),
        Term.PLATELETS: LaboratoryTerm(
            name="Thrombocytopenia",
            label="Platelets",
            soc=Soc.BLOOD,
            unit="10^9/L",
            rows=below((4, 10), (3, 50), (2, 75)),
            not_by_number=(5,),
            note="A transfusion that is needed is grade 3. One transcription has no grade 5.",
        ),
        Term.ALT: _changed(Term.ALT, _TRANSAMINASE, note=_FROM_BASELINE_ON),
        Term.AST: _changed(Term.AST, _TRANSAMINASE, note=_FROM_BASELINE_ON),
        Term.ALP: _changed(
            Term.ALP, _ALP, note="A baseline not known that counts as normal is within the limit."
        ),
        Term.GGT: _changed(Term.GGT, _GGT, note=_FROM_BASELINE_ON),
        Term.BILIRUBIN: _changed(Term.BILIRUBIN, _BILIRUBIN, note=_FROM_BASELINE_ON),
        Term.CREATININE: _changed(
            Term.CREATININE,
            _CREATININE,
            note="The worse of the upper limit and of a baseline below normal.",
        ),
        Term.CREATININE_CLEARANCE: _added(
            "Creatinine clearance decreased",
            "Creatinine clearance",
            "mL/min",
            rows=_CLEARANCE,
            note="There is no grade 1. Above 25 and below 26 is grade 2, above 49 grade 0.",
        ),
        Term.LIPASE: _changed(Term.LIPASE, _LIPASE),
        Term.AMYLASE: _changed(
            Term.AMYLASE,
            _AMYLASE,
            note=(
                "How severe symptoms are is not recorded: what a study takes symptoms for that "
                "nobody recorded decides whether they are more than mild."
            ),
        ),
        Term.HDL_LOW: _added("HDL decreased", "HDL", "mmol/L", rows=below()),
        Term.LDL_HIGH: _added("LDL increased", "LDL", "mmol/L", rows=above()),
        Term.SODIUM_LOW: _changed(Term.SODIUM_LOW, _SODIUM_LOW),
        Term.GLUCOSE_FASTING_HIGH: _glucose(
            "Fasting glucose", above((4, 27.8), (3, 13.9), (2, 8.9))
        ),
        Term.GLUCOSE_HIGH: _glucose(
            "Glucose",
            cuts(Side.ABOVE, (4, 27.8), (3, 13.9)),
            note="Not fasting: the text gives grades 1 and 2 for fasting values only.",
        ),
    }
)
"""Laboratory terms of v6.0 that are not those of v5.0."""
