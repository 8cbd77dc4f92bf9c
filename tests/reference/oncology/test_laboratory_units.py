"""Units of laboratory values against factors worked by hand, and molar masses by formula."""

import re
from fractions import Fraction

import pytest

from equipoise.base import BadInput
from equipoise.oncology import ctcae_grade
from equipoise.oncology.toxicity.corrected_calcium import corrected_calcium
from equipoise.oncology.toxicity.ctcae_limits import Limits
from equipoise.oncology.toxicity.ctcae_rows import Term
from equipoise.oncology.toxicity.laboratory_units import (
    SUBSTANCES,
    factor_to,
    in_unit_of,
    limits_in_unit_of,
)

ATOMIC = {
    "H": "1.008",
    "C": "12.011",
    "N": "14.007",
    "O": "15.999",
    "Na": "22.990",
    "Mg": "24.305",
    "P": "30.974",
    "K": "39.098",
    "Ca": "40.078",
}


@pytest.mark.source(
    "by hand: 10.2 x 10, 0.9 x 1000, 1.5 / 1000, 8 x 10, 1 ukat/L = 60 U/L, 1 mL/s = 60 mL/min"
)
@pytest.mark.parametrize(
    ("term", "value", "unit", "expected"),
    [
        (Term.HAEMOGLOBIN, 10.2, "g/dL", 102),
        (Term.ALBUMIN, 2.9, "g/dL", 29),
        (Term.NEUTROPHILS, 900, "/uL", 0.9),
        (Term.NEUTROPHILS, 900, "cells/µL", 0.9),
        (Term.NEUTROPHILS, 1.5, "10^3/uL", 1.5),
        (Term.PLATELETS, 75000, "/mm3", 75),
        (Term.PLATELETS, 75, "10*9/L", 75),
        (Term.WHITE_CELLS, 3000, "10^6/L", 3),
        (Term.ALT, 2, "ukat/L", 120),
        (Term.FIBRINOGEN, 50, "mg/dL", 0.5),
        (Term.BILIRUBIN, 0.0171, "mmol/L", 17.1),
        (Term.INR, 1.3, "1", 1.3),
        (Term.APTT, 40, "sec", 40),
        (Term.TSH, 4.2, "uIU/mL", 4.2),
        (Term.CREATININE_CLEARANCE, 0.5, "mL/s", 30),
    ],
)
def test_a_value_in_another_unit_of_its_kind_is_exact(*, term, value, unit, expected):
    assert in_unit_of(term, value, unit=unit) == expected


@pytest.mark.source(
    "by hand: an equivalent is a mole of charges; Ca and Mg carry two, Na and K one"
)
@pytest.mark.parametrize(
    ("term", "value", "expected"),
    [
        (Term.SODIUM_LOW, 129, 129),
        (Term.POTASSIUM_HIGH, 5.5, 5.5),
        (Term.BICARBONATE_LOW, 22, 22),
        (Term.CALCIUM_HIGH, 5.8, 2.9),
        (Term.MAGNESIUM_LOW, 1.0, 0.5),
    ],
)
def test_equivalents_of_an_ion_are_its_amount(*, term, value, expected):
    assert in_unit_of(term, value, unit="mEq/L") == expected
    assert factor_to(Term.GLUCOSE_LOW, unit="mEq/L") is None


@pytest.mark.source("paper: American Medical Association, Manual of Style, 11th ed., SI conversion")
@pytest.mark.parametrize(
    ("term", "unit", "factor"),
    [
        (Term.CREATININE, "mg/dL", 88.4),
        (Term.BILIRUBIN, "mg/dL", 17.104),
        (Term.GLUCOSE_LOW, "mg/dL", 0.0555),
        (Term.CALCIUM_LOW, "mg/dL", 0.25),
        (Term.MAGNESIUM_LOW, "mg/dL", 0.4114),
        (Term.PHOSPHATE_LOW, "mg/dL", 0.323),
        (Term.CHOLESTEROL, "mg/dL", 0.0259),
        (Term.HDL_LOW, "mg/dL", 0.0259),
        (Term.LDL_HIGH, "mg/dL", 0.0259),
        (Term.TRIGLYCERIDES, "mg/dL", 0.0113),
        (Term.URIC_ACID, "mg/dL", 59.48),
    ],
)
def test_molar_factors_are_those_of_the_tables(term, unit, factor):
    assert float(factor_to(term, unit=unit)) == pytest.approx(factor, rel=3e-3)


@pytest.mark.source("paper: Prohaska 2022, doi:10.1515/pac-2019-0603, abridged atomic weights")
def test_molar_masses_are_the_sums_of_their_atoms():
    checked = set()
    for substance in SUBSTANCES.values():
        if substance.formula:
            atoms = re.findall(r"([A-Z][a-z]?)(\d*)", substance.formula)
            mass = sum(Fraction(ATOMIC[atom]) * int(count or 1) for atom, count in atoms)
            assert mass == substance.grams_per_mole, substance.name
            checked.add(substance.name)
    assert len(checked) == 11


@pytest.mark.source("paper: NCI, CTCAE v5.0: 10.0 g/dL is 6.2 mmol/L of haemoglobin")
def test_haemoglobin_in_moles_is_that_of_the_text():
    assert in_unit_of(Term.HAEMOGLOBIN, 6.2, unit="mmol/L") == pytest.approx(100, abs=0.2)


@pytest.mark.source("by hand: 8.0 g/dL is 80 g/L, 7.99 g/dL is 79.9 g/L")
def test_a_value_on_a_cut_off_stays_there_in_another_unit():
    grades = [
        ctcae_grade(
            Term.HAEMOGLOBIN, in_unit_of(Term.HAEMOGLOBIN, value, unit="g/dL"), limits=Limits()
        ).grade
        for value in (10.0, 9.99, 8.0, 7.99)
    ]
    assert grades == [None, 2, 2, 3]


@pytest.mark.source("by hand: 3.5 and 5.0 g/dL are 35 and 50 g/L")
def test_limits_are_told_in_the_unit_of_the_term_and_unknown_ones_stay_unknown():
    told = limits_in_unit_of(Term.ALBUMIN, Limits(lower=3.5, upper=5.0), unit="g/dL")
    assert told == Limits(lower=35, upper=50)
    assert limits_in_unit_of(Term.ALBUMIN, Limits(), unit="g/dL") == Limits()


@pytest.mark.source("by hand: no molar mass, another kind of quantity, an unknown word")
@pytest.mark.parametrize(
    ("term", "unit"),
    [(Term.ALBUMIN, "mmol/L"), (Term.PLATELETS, "g/L"), (Term.ALT, "furlongs"), (Term.INR, "s")],
)
def test_a_unit_that_cannot_be_told_is_refused(term, unit):
    assert factor_to(term, unit=unit) is None
    with pytest.raises(BadInput, match=r"^unit:"):
        in_unit_of(term, 1, unit=unit)


@pytest.mark.source("by hand: 1.9 + 0.02 x 10, 2.9 + 0.02 x 20, 2.5 - 0.02 x 5, 0.1 - 0.02 x 40")
@pytest.mark.parametrize(
    ("total", "albumin", "expected"),
    [(1.9, 30, 2.1), (2.9, 20, 3.3), (2.5, 45, 2.4), (2.2, 40, 2.2), (0.1, 80, 0)],
)
def test_calcium_is_corrected_for_albumin_exactly(total, albumin, expected):
    assert corrected_calcium(total, albumin_g_l=albumin) == expected


@pytest.mark.source("by hand: 1.7 is grade 3 and, with albumin 25, 2.0 is grade 1")
def test_corrected_calcium_is_what_is_graded():
    corrected = corrected_calcium(1.7, albumin_g_l=25)
    limits = Limits(lower=2.15, upper=2.55)
    assert ctcae_grade(Term.CALCIUM_LOW, 1.7, limits=limits).grade == 3
    assert ctcae_grade(Term.CALCIUM_LOW, corrected, limits=limits).grade == 1


@pytest.mark.source("by hand: nothing is corrected by what is not known")
def test_calcium_without_albumin_is_unknown():
    assert corrected_calcium(2.0, albumin_g_l=None) is None
    assert corrected_calcium(None, albumin_g_l=40) is None
    with pytest.raises(BadInput, match=r"^albumin_g_l:"):
        corrected_calcium(2.0, albumin_g_l=-1)
