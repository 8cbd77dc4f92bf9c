import pytest

from equipoise.base import BadInput
from equipoise.oncology import ctcae_grade
from equipoise.oncology.ctcae_table import CTCAE_V5, Term


def graded(term, value, *, low=None, high=None, baseline=None, symptomatic=None):
    return ctcae_grade(
        term,
        value,
        lower_limit=low,
        upper_limit=high,
        baseline=baseline,
        symptomatic=symptomatic,
    )


def test_every_term_has_rows_worst_first_and_states_its_unit():
    assert set(CTCAE_V5) == set(Term)
    for laboratory_term in CTCAE_V5.values():
        grades = [row.grade for row in laboratory_term.rows]
        assert grades == sorted(grades, reverse=True)
        assert grades[-1] == 1
    without_unit = {term for term, entry in CTCAE_V5.items() if not entry.unit}
    assert without_unit == {Term.INR, Term.INR_ANTICOAGULATED}


def test_the_rule_is_told():
    words = graded(Term.NEUTROPHILS, 0.99, low=2.0).rule
    assert words == "Grade 3: 0.99 10^9/L is below 1 10^9/L"
    words = graded(Term.ALT, 180, high=40, baseline=100).rule
    assert words == (
        "Grade 1: 180 U/L is at least 150 U/L (1.5 x the baseline), baseline above normal"
    )
    words = graded(Term.SODIUM_LOW, 127, symptomatic=True).rule
    assert words == "Grade 3: 127 mmol/L is at most 129 mmol/L, with symptoms"
    words = graded(Term.INR, 1.6).rule
    assert words == "Grade 2: 1.6 is above 1.5"
    assert graded(Term.INR, 1.0).rule == "Grade 0: 1 meets no criterion"


def test_a_value_not_measured_has_no_grade():
    assert graded(Term.ALT, None, high=40).grade is None
    assert graded(Term.ALT, None, high=40).rule == "No grade: not measured"


def test_absolute_cuts_need_no_limit_and_grade_1_does():
    assert graded(Term.PLATELETS, 60).grade == 2
    assert graded(Term.PLATELETS, 80).grade is None
    assert graded(Term.PLATELETS, 80).rule == "No grade: the lower limit of normal is missing"
    assert graded(Term.POTASSIUM_HIGH, 5.6).grade == 2
    assert graded(Term.POTASSIUM_HIGH, 5.5).grade is None


def test_multiples_of_a_missing_upper_limit_are_unknown():
    for baseline in (None, 50):
        result = graded(Term.ALT, 500, baseline=baseline)
        assert (result.grade, result.rule) == (
            None,
            "No grade: the upper limit of normal is missing",
        )
    assert graded(Term.CREATININE, 500, baseline=60).grade is None


def test_a_missing_baseline_counts_as_normal():
    assert graded(Term.ALT, 121, high=40).grade == 2
    assert graded(Term.ALT, 121, high=40, baseline=40).grade == 2
    assert graded(Term.ALT, 121, high=40, baseline=40.1).grade == 2
    assert graded(Term.ALT, 121, high=40, baseline=41).grade == 1


def test_symptoms_not_recorded_leave_the_grade_open():
    result = graded(Term.SODIUM_LOW, 127)
    assert result.grade is None
    assert result.rule == "No grade: grade 3 with symptoms, milder without; symptoms not recorded"
    assert graded(Term.SODIUM_LOW, 124).grade == 3
    assert graded(Term.POTASSIUM_LOW, 3.2, low=3.5).grade is None
    assert graded(Term.POTASSIUM_LOW, 3.5, low=3.5).grade == 0
    assert graded(Term.POTASSIUM_LOW, 3.2, symptomatic=False).grade is None


def test_under_anticoagulation_the_inr_counts_from_its_baseline_only():
    assert graded(Term.INR_ANTICOAGULATED, 2.6, baseline=2.5).grade == 1
    assert graded(Term.INR_ANTICOAGULATED, 2.5, baseline=2.5).grade == 0
    assert graded(Term.INR_ANTICOAGULATED, 2.6, baseline=1.0).grade == 3
    missing = graded(Term.INR_ANTICOAGULATED, 2.6)
    assert (missing.grade, missing.rule) == (None, "No grade: the baseline is missing")


def test_a_baseline_of_zero_is_no_reference():
    assert graded(Term.CREATININE, 80, high=100, baseline=0).grade == 0
    assert graded(Term.INR_ANTICOAGULATED, 1.1, baseline=0).grade is None


def test_a_laboratory_may_have_a_lower_limit_of_zero():
    assert graded(Term.BILIRUBIN, 10, low=0, high=17).grade == 0


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
