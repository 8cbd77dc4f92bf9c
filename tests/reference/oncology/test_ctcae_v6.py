"""Boundaries of CTCAE v6.0 where it grades otherwise than v5.0.

Written from the cells of two transcriptions of the document of the NCI, which were compared row by
row for every laboratory term: ``data-raw/adlb_grading/ncictcaev6.json`` of pharmaverse admiral and
``importCtcae/v6/ctcae-v6-bundle.json`` of uscnewplatform/irccs-docker.
"""

import pytest

from equipoise.oncology import ctcae_grade
from equipoise.oncology.toxicity.ctcae import Baseline, GradingRules, UnknownSymptoms
from equipoise.oncology.toxicity.ctcae_editions import CTCAE_6_0, WITHOUT_CUTS
from equipoise.oncology.toxicity.ctcae_limits import Limits
from equipoise.oncology.toxicity.ctcae_rows import Edition, Term
from equipoise.oncology.toxicity.ctcae_table import CTCAE_V5

V6 = (
    "paper: NCI, CTCAE v6.0, 22 July 2025, as pharmaverse admiral ncictcaev6.json and "
    "uscnewplatform/irccs-docker ctcae-v6-bundle.json give it"
)
RULES = GradingRules(edition=Edition.V6)
GAP = None
UNCHANGED = """
white_cells white_cells_high lymphocytes_high cd4 haemoglobin haemoglobin_high inr
inr_anticoagulated aptt fibrinogen haptoglobin ldh cholesterol albumin sodium_high potassium_low
potassium_high calcium_low calcium_high calcium_ionised_low calcium_ionised_high magnesium_low
magnesium_high glucose_low ph_low ph_high uric_acid triglycerides
"""


def grade(term, value, *, low=None, high=None, baseline=None, **said):
    return ctcae_grade(
        term,
        value,
        limits=Limits(lower=low, upper=high),
        baseline=None if baseline is None else Baseline(value=baseline),
        **{"rules": RULES, **said},
    ).grade


def at(steps, term, **said):
    return [grade(term, value, **said) for value, _ in steps] == [step for _, step in steps]


@pytest.mark.source(V6 + ": <1.5 - 1.0; <1.0 - 0.5; <0.5 - 0.1; <0.1 x 10^9/L")
@pytest.mark.parametrize("low", [1.2, 2.0, None])
def test_neutrophils_at_every_boundary_whatever_is_normal(low):
    steps = [(1.5, 0), (1.49, 1), (1, 1), (0.99, 2), (0.5, 2), (0.49, 3), (0.1, 3), (0.09, 4)]
    assert at(steps, Term.NEUTROPHILS, low=low)


@pytest.mark.source(V6 + ": <LLN - 75; <75 - 50; <50 - 10; <10 x 10^9/L")
def test_platelets_at_every_boundary():
    steps = [(125, 0), (124, 1), (75, 1), (74, 2), (50, 2), (49, 3), (10, 3), (9.9, 4), (0, 4)]
    assert at(steps, Term.PLATELETS, low=125)
    assert CTCAE_6_0[Term.PLATELETS].name == "Thrombocytopenia"


@pytest.mark.source(V6 + ": >ULN - 3 - 5 - 20 x ULN; 1 - 1.5 - 2 - 4 x baseline if >ULN")
@pytest.mark.parametrize("term", [Term.ALT, Term.AST])
def test_transaminases_at_every_boundary(term):
    steps = [(40, 0), (41, 1), (120, 1), (121, 2), (200, 2), (201, 3), (800, 3), (801, 4)]
    assert at(steps, term, high=40, baseline=40)
    steps = [(99, 0), (100, 1), (150, 1), (151, 2), (200, 2), (201, 3), (400, 3), (401, 4)]
    assert at(steps, term, high=40, baseline=100)


@pytest.mark.source(V6 + ": >2.0 - 4.0 x baseline if baseline was >ULN up to 5 x ULN, else nothing")
@pytest.mark.parametrize("term", [Term.ALT, Term.AST])
def test_above_five_times_the_limit_before_treatment_two_to_four_times_it_has_no_grade(term):
    steps = [(200, 1), (300, 1), (301, 2), (400, 2), (401, 3), (800, 3), (801, 4)]
    assert at(steps, term, high=40, baseline=200)
    steps = [(202, 0), (203, 1), (304, 1), (305, 2), (406, 2), (407, GAP), (812, GAP), (813, 4)]
    assert at(steps, term, high=40, baseline=203)


@pytest.mark.source(V6 + ": >Baseline and ULN")
@pytest.mark.parametrize(
    ("baseline", "steps"),
    [
        (None, [(120, 0), (121, 1), (9000, 1)]),
        (80, [(100, 0), (120, 0), (121, 1), (9000, 1)]),
        (300, [(121, 0), (300, 0), (301, 1), (9000, 1)]),
    ],
)
def test_alkaline_phosphatase_has_one_grade_above_limit_and_baseline(baseline, steps):
    assert at(steps, Term.ALP, high=120, baseline=baseline)


@pytest.mark.source(V6 + ": >ULN - 2.5 - 5 - 20 x ULN; 1 - 1.5 - 3 - 10 x baseline if >ULN")
def test_ggt_at_every_boundary():
    steps = [(40, 0), (41, 1), (100, 1), (101, 2), (200, 2), (201, 3), (800, 3), (801, 4)]
    assert at(steps, Term.GGT, high=40, baseline=30)
    steps = [(99, 0), (100, 1), (150, 1), (151, 2), (300, 2), (301, 3), (1000, 3), (1001, 4)]
    assert at(steps, Term.GGT, high=40, baseline=100)


@pytest.mark.source(V6 + ": >ULN - 1.5 - 3 - 10 x ULN; 1 - 1.5 - 2.5 - 10 x baseline if >ULN")
def test_bilirubin_at_every_boundary():
    steps = [(20, 0), (21, 1), (30, 1), (31, 2), (60, 2), (61, 3), (200, 3), (201, 4)]
    assert at(steps, Term.BILIRUBIN, high=20, baseline=20)
    steps = [(29, 0), (30, 1), (45, 1), (46, 2), (75, 2), (76, 3), (300, 3), (301, 4)]
    assert at(steps, Term.BILIRUBIN, high=20, baseline=30)


@pytest.mark.source(V6 + ": >1.5 - 3.0 x baseline if baseline is below LLN; >1.5 - 3.0 x ULN")
@pytest.mark.parametrize(
    ("baseline", "steps"),
    [
        (None, [(110, 0), (111, 1), (165, 1), (166, 2), (330, 2), (331, 3), (660, 3), (661, 4)]),
        (45, [(110, 0), (111, 1), (165, 1), (166, 2), (330, 2), (331, 3), (660, 3), (661, 4)]),
        (40, [(59, 0), (60, 0), (61, 2), (120, 2), (121, 3), (660, 3), (661, 4)]),
        (200, [(110, 0), (165, 1), (166, 2), (331, 3)]),
    ],
)
def test_creatinine_counts_from_the_baseline_only_below_normal(baseline, steps):
    assert at(steps, Term.CREATININE, low=45, high=110, baseline=baseline)


@pytest.mark.source(V6 + ": 26 - 49 ml/min; 10 - 25 ml/min")
def test_creatinine_clearance_has_grades_2_and_3():
    steps = [(90, 0), (50, 0), (49, 2), (26, 2), (25, 3), (10, 3), (9, GAP), (0, GAP)]
    assert at(steps, Term.CREATININE_CLEARANCE)


@pytest.mark.source(V6 + ": >1.5 - 3.0 x ULN; >3.0 - 5.0 x ULN by signs or symptoms; >5.0 x ULN")
@pytest.mark.parametrize(
    ("symptomatic", "steps"),
    [
        (False, [(60, 0), (61, 1), (90, 1), (91, 2), (180, 2), (300, 2), (301, 3)]),
        (True, [(60, 0), (61, 1), (90, 1), (91, 2), (180, 2), (181, 3), (300, 3), (301, 4)]),
        (None, [(90, 1), (180, 2), (181, None), (301, None)]),
    ],
)
def test_lipase_at_every_boundary(symptomatic, steps):
    assert at(steps, Term.LIPASE, high=60, symptomatic=symptomatic)


@pytest.mark.source(
    V6 + ": >2.0 - 5.0 x ULN, asymptomatic or mild grade 2, moderate or severe grade 3"
)
@pytest.mark.parametrize(
    ("symptomatic", "taken", "steps"),
    [
        (False, "unknown", [(90, 1), (91, 2), (120, 2), (121, 2), (300, 2), (301, 3)]),
        (True, "unknown", [(90, 1), (120, 2), (121, None), (300, None), (301, 4)]),
        (True, "present", [(120, 2), (121, 3), (300, 3), (301, 4)]),
        (True, "absent", [(120, 2), (121, 2), (300, 2), (301, 4)]),
        (None, "absent", [(121, 2), (301, 3)]),
        (None, "present", [(121, 3), (301, 4)]),
    ],
)
def test_amylase_with_symptoms_of_unknown_severity(symptomatic, taken, steps):
    rules = GradingRules(edition=Edition.V6, unknown_symptoms=UnknownSymptoms(taken))
    assert at(steps, Term.AMYLASE, high=60, symptomatic=symptomatic, rules=rules)


@pytest.mark.source(V6 + ": <LLN - 130; 125 - <130 by symptoms; 120 - <125; <120 mmol/L")
@pytest.mark.parametrize(
    ("symptomatic", "steps"),
    [
        (False, [(135, 0), (134, 1), (130, 1), (129.9, 2), (125, 2), (124.9, 3), (120, 3)]),
        (True, [(134, 1), (130, 1), (129.9, 3), (125, 3), (120, 3), (119.9, 4)]),
    ],
)
def test_low_sodium_at_every_boundary(symptomatic, steps):
    assert at(steps, Term.SODIUM_LOW, low=135, symptomatic=symptomatic)


@pytest.mark.source(V6 + ": fasting >ULN - 8.9 - 13.9; >13.9 - 27.8; >27.8 mmol/L")
def test_glucose_has_cut_offs_again():
    steps = [(5.6, 0), (5.7, 1), (8.9, 1), (9, 2), (13.9, 2), (14, 3), (27.8, 3), (27.9, 4)]
    assert at(steps, Term.GLUCOSE_FASTING_HIGH, high=5.6)
    assert at([(13.9, 0), (14, 3), (27.8, 3), (27.9, 4)], Term.GLUCOSE_HIGH)


@pytest.mark.source(V6 + ": <LLN; >ULN")
def test_two_lipoproteins_are_new_with_one_grade():
    assert at([(1.0, 0), (0.99, 1)], Term.HDL_LOW, low=1.0)
    assert at([(3.0, 0), (3.01, 1)], Term.LDL_HIGH, high=3.0)


@pytest.mark.source(V6 + ": the rows of these terms name the cut-offs of v5.0 in both")
def test_terms_that_did_not_change_are_those_of_v5():
    same = {term for term, entry in CTCAE_6_0.items() if entry == CTCAE_V5.get(term)}
    assert same == {Term(name) for name in UNCHANGED.split()}
    assert len(CTCAE_6_0) == len(same) + 16 == 44


@pytest.mark.source(V6 + ": neither, or one of the two alone, names a cut-off for these")
def test_terms_left_out_are_named_and_have_no_grade():
    left_out = {Term.LYMPHOCYTES, Term.CK, Term.TSH, Term.BICARBONATE_LOW, Term.PHOSPHATE_LOW}
    assert set(WITHOUT_CUTS[Edition.V6]) == left_out
    assert {grade(term, 1e-3, low=1, high=2) for term in left_out} == {None}
