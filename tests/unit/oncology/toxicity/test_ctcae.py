import pytest

from equipoise.base import BadInput
from equipoise.oncology import ctcae_grade
from equipoise.oncology.toxicity.ctcae import (
    Baseline,
    GradingRules,
    MissingBaseline,
    UnknownSymptoms,
)
from equipoise.oncology.toxicity.ctcae_editions import (
    CTCAE_4_03,
    CTCAE_6_0,
    TABLES,
    WITHOUT_CUTS,
    unit_of,
)
from equipoise.oncology.toxicity.ctcae_limits import Limits
from equipoise.oncology.toxicity.ctcae_rows import Edition, Term
from equipoise.oncology.toxicity.ctcae_table import CTCAE_V5

OPEN_BASELINE = GradingRules(missing_baseline=MissingBaseline.UNKNOWN)


def graded(term, value, *, low=None, high=None, baseline=None, **said):
    return ctcae_grade(
        term,
        value,
        limits=Limits(lower=low, upper=high),
        baseline=None if baseline is None else Baseline(value=baseline),
        **said,
    )


@pytest.mark.parametrize("edition", Edition)
def test_every_term_has_rows_worst_first_and_one_unit(edition):
    for term, entry in TABLES[edition].items():
        grades = [row.grade for row in entry.rows]
        assert grades == sorted(grades, reverse=True)
        assert not set(grades) & set(entry.not_by_number)
        assert entry.unit == unit_of(term)


def test_every_term_is_in_some_edition():
    assert set(Term) == set(CTCAE_V5) | set(CTCAE_4_03) | set(CTCAE_6_0)
    only_before = {Term.PHOSPHATE_LOW, Term.GLUCOSE_HIGH, Term.GLUCOSE_FASTING_HIGH}
    assert set(CTCAE_4_03) - set(CTCAE_V5) == only_before
    assert set(CTCAE_V5) - set(CTCAE_4_03) == {Term.LDH, Term.TSH, Term.BICARBONATE_LOW}


@pytest.mark.parametrize("edition", Edition)
def test_a_term_without_cut_offs_says_why(edition):
    assert set(WITHOUT_CUTS[edition]) == set(Term) - set(TABLES[edition])
    assert all(WITHOUT_CUTS[edition].values())


V6 = GradingRules(edition=Edition.V6)
GAP = "the text names no grade for 2 to 4 x a baseline above 5 x ULN"


@pytest.mark.parametrize(
    ("words", "result"),
    [
        (
            "ALT 150 U/L is 2.5 x baseline (60), baseline abnormal: grade 3",
            graded(Term.ALT, 150, high=40, baseline=60, rules=V6),
        ),
        (
            f"ALT 900 U/L: grade 2 or 3, {GAP}",
            graded(Term.ALT, 900, high=40, baseline=300, rules=V6),
        ),
        (
            "ALP 140 U/L is above ULN (120), and above the baseline: grade 1",
            graded(Term.ALP, 140, high=120, baseline=130, rules=V6),
        ),
        (
            "ALP 130 U/L meets no criterion (ULN 120): grade 0",
            graded(Term.ALP, 130, high=120, baseline=130, rules=V6),
        ),
        (
            "Creatinine 80 umol/L is 2 x baseline (40), baseline below normal: grade 2",
            graded(Term.CREATININE, 80, low=45, high=110, baseline=40, rules=V6),
        ),
        (
            "Creatinine 80 umol/L: grade 0 or 2, the lower limit of normal is missing",
            graded(Term.CREATININE, 80, high=110, baseline=40, rules=V6),
        ),
        (
            "Creatinine clearance 8 mL/min: grade 3 or 4, the text names no grade below 10",
            graded(Term.CREATININE_CLEARANCE, 8, rules=V6),
        ),
        (
            "Amylase 300 U/L: grade 2 or 3, whether symptoms are more than mild is not recorded",
            graded(Term.AMYLASE, 300, high=100, symptomatic=True, rules=V6),
        ),
        (
            "No grade: CTCAE v6.0 has no cut-offs for ck",
            graded(Term.CK, 300, high=100, rules=V6),
        ),
    ],
)
def test_the_rule_of_v6_is_told(words, result):
    assert result.rule == words


def test_a_baseline_is_low_by_the_limit_it_was_measured_under():
    def creatinine(**own):
        limits, baseline = Limits(lower=45, upper=110), Baseline(value=50, **own)
        return ctcae_grade(Term.CREATININE, 80, limits=limits, baseline=baseline, rules=V6).grade

    assert creatinine() == 0
    assert creatinine(lower_limit=55) == 2
    assert creatinine(lower_limit=40) == 0


def test_alkaline_phosphatase_of_v6_without_a_baseline_counts_from_the_limit_unless_left_open():
    open_rules = GradingRules(edition=Edition.V6, missing_baseline=MissingBaseline.UNKNOWN)
    assert graded(Term.ALP, 121, high=120, rules=V6).grade == 1
    assert graded(Term.ALP, 121, high=120, rules=open_rules).possible == (0, 1)
    assert graded(Term.ALP, 120, high=120, rules=open_rules).grade == 0


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("ALT 180 U/L is 4.5 x ULN (40): grade 2", graded(Term.ALT, 180, high=40)),
        (
            "ALT 180 U/L is 1.8 x baseline (100), baseline abnormal: grade 1",
            graded(Term.ALT, 180, high=40, baseline=100),
        ),
        ("ALT 120.004 U/L is 3.0001 x ULN (40): grade 2", graded(Term.ALT, 120.004, high=40)),
        ("ALT 41 U/L is above ULN (40): grade 1", graded(Term.ALT, 41, high=40)),
        ("ALT 30 U/L meets no criterion (ULN 40): grade 0", graded(Term.ALT, 30, high=40)),
        ("Neutrophils 0.99 10^9/L is below 1: grade 3", graded(Term.NEUTROPHILS, 0.99, low=2.0)),
        (
            "Sodium 127 mmol/L is at most 129, with symptoms: grade 3",
            graded(Term.SODIUM_LOW, 127, symptomatic=True),
        ),
        ("INR 1.6 is above 1.5: grade 2", graded(Term.INR, 1.6)),
        ("INR 1 meets no criterion: grade 0", graded(Term.INR, 1.0)),
        (
            "Haemoglobin 195 g/L is more than 20 above ULN (170): grade 2",
            graded(Term.HAEMOGLOBIN_HIGH, 195, high=170),
        ),
        (
            "Platelets 80 10^9/L: grade 0 or 1, the lower limit of normal is missing",
            graded(Term.PLATELETS, 80),
        ),
        (
            "Sodium 127 mmol/L: grade 2 or 3, symptoms are not recorded",
            graded(Term.SODIUM_LOW, 127),
        ),
        (
            "ALT 100 U/L: grade 0 or 1, the baseline is missing",
            graded(Term.ALT, 100, high=40, rules=OPEN_BASELINE),
        ),
        (
            "Fibrinogen 1.4 g/L: grade 2, 3 or 4, the baseline is missing",
            graded(Term.FIBRINOGEN, 1.4, low=2.0, rules=OPEN_BASELINE),
        ),
    ],
)
def test_the_rule_is_told(words, result):
    assert result.rule == words


def test_a_value_not_measured_has_no_grade():
    result = graded(Term.ALT, None, high=40)
    assert (result.grade, result.possible) == (None, ())
    assert result.rule == "No grade: ALT was not measured"


def test_a_term_that_an_edition_grades_by_treatment_has_no_grade_from_a_number():
    result = graded(Term.GLUCOSE_FASTING_HIGH, 20, high=6)
    assert (result.grade, result.possible) == (None, ())
    assert result.rule == "No grade: CTCAE v5.0 has no cut-offs for glucose_fasting_high"


def test_absolute_cuts_need_no_limit_and_grade_1_does():
    assert graded(Term.PLATELETS, 60).grade == 2
    assert graded(Term.PLATELETS, 80).possible == (0, 1)
    assert graded(Term.POTASSIUM_HIGH, 5.6).grade == 2
    assert graded(Term.POTASSIUM_HIGH, 5.5).grade is None


def test_multiples_of_a_missing_upper_limit_are_unknown():
    for baseline in (None, 50):
        result = graded(Term.ALT, 500, baseline=baseline)
        assert result.grade is None
        assert result.rule.endswith("the upper limit of normal is missing")
    assert graded(Term.CREATININE, 500, baseline=60).possible == (3, 4)


def test_a_missing_baseline_counts_as_normal_unless_the_study_leaves_it_open():
    assert graded(Term.ALT, 121, high=40).grade == 2
    assert graded(Term.ALT, 121, high=40, baseline=40).grade == 2
    assert graded(Term.ALT, 121, high=40, baseline=40.1).grade == 2
    assert graded(Term.ALT, 121, high=40, baseline=41).grade == 1
    assert graded(Term.ALT, 121, high=40, rules=OPEN_BASELINE).possible == (0, 1, 2)
    assert graded(Term.ALT, 39, high=40, rules=OPEN_BASELINE).grade == 0
    assert graded(Term.CREATININE, 90, high=100).grade == 0
    assert graded(Term.CREATININE, 90, high=100, rules=OPEN_BASELINE).possible == (0, 2, 3)


def test_a_baseline_is_abnormal_by_the_limit_it_was_measured_under():
    there = Baseline(value=45, upper_limit=50)
    result = ctcae_grade(Term.ALT, 60, limits=Limits(upper=40), baseline=there)
    assert result.grade == 1
    here = Baseline(value=45)
    assert ctcae_grade(Term.ALT, 60, limits=Limits(upper=40), baseline=here).grade == 0


def test_symptoms_not_recorded_leave_the_grade_open_unless_the_study_says_otherwise():
    result = graded(Term.SODIUM_LOW, 127)
    assert (result.grade, result.possible) == (None, (2, 3))
    assert graded(Term.SODIUM_LOW, 124).grade == 3
    assert graded(Term.POTASSIUM_LOW, 3.2, low=3.5).possible == (1, 2)
    assert graded(Term.POTASSIUM_LOW, 3.5, low=3.5).grade == 0
    worst = GradingRules(unknown_symptoms=UnknownSymptoms.PRESENT)
    best = GradingRules(unknown_symptoms=UnknownSymptoms.ABSENT)
    assert graded(Term.LIPASE, 301, high=60, rules=worst).grade == 4
    assert graded(Term.LIPASE, 301, high=60, rules=best).grade == 3
    assert graded(Term.LIPASE, 301, high=60, symptomatic=False, rules=worst).grade == 3


def test_under_anticoagulation_the_inr_counts_from_its_baseline_only():
    assert graded(Term.INR_ANTICOAGULATED, 2.6, baseline=2.5).grade == 1
    assert graded(Term.INR_ANTICOAGULATED, 2.5, baseline=2.5).grade == 0
    assert graded(Term.INR_ANTICOAGULATED, 2.6, baseline=1.0).grade == 3
    missing = graded(Term.INR_ANTICOAGULATED, 2.6)
    assert (missing.grade, missing.possible) == (None, (0, 1, 2, 3))


def test_a_baseline_of_zero_is_no_reference():
    assert graded(Term.CREATININE, 80, high=100, baseline=0).grade == 0
    assert graded(Term.INR_ANTICOAGULATED, 1.1, baseline=0).grade is None


def test_a_laboratory_may_have_a_lower_limit_of_zero():
    assert graded(Term.BILIRUBIN, 10, low=0, high=17).grade == 0


def test_a_fall_of_fibrinogen_counts_only_below_normal():
    assert graded(Term.FIBRINOGEN, 2.0, low=2.0, baseline=8.0).grade == 0
    assert graded(Term.FIBRINOGEN, 1.99, low=2.0, baseline=8.0).grade == 4
    assert graded(Term.FIBRINOGEN, 1.8, low=2.0, baseline=2.4).grade == 2
    assert graded(Term.FIBRINOGEN, 1.81, low=2.0, baseline=2.4).grade == 1
    before = GradingRules(edition=Edition.V4_03)
    assert graded(Term.FIBRINOGEN, 2.0, low=2.0, baseline=8.0, rules=before).grade == 4


@pytest.mark.parametrize(
    ("numbers", "where"),
    [
        ({"value": -1}, "value"),
        ({"value": float("nan")}, "value"),
        ({"value": 1, "high": 0}, "upper_limit"),
        ({"value": 1, "low": -2}, "lower_limit"),
        ({"value": 1, "baseline": -2}, "baseline"),
        ({"value": 1, "low": 5, "high": 4}, "limits"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(numbers, where):
    with pytest.raises(BadInput, match=f"^{where}:"):
        graded(Term.ALT, **numbers)
    with pytest.raises(BadInput, match=r"^baseline upper limit:"):
        Baseline(value=1, upper_limit=0)
    with pytest.raises(BadInput, match=r"^baseline lower limit:"):
        Baseline(value=1, lower_limit=-1)
    with pytest.raises(BadInput, match=r"^limits:"):
        Baseline(value=1, lower_limit=3, upper_limit=2)
