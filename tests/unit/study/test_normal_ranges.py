import datetime as dt

import pytest
from pydantic import ValidationError

from equipoise.oncology.toxicity.ctcae import GradingRules, MissingBaseline, UnknownSymptoms
from equipoise.oncology.toxicity.ctcae_limits import UNKNOWN_LIMITS, Limits, Sample
from equipoise.oncology.toxicity.ctcae_rows import Edition
from equipoise.study.forms import NormalRange
from equipoise.study.normal_ranges import normal_limits
from equipoise.study.toxicity import Toxicity

WORDS = {
    "unit": "g/L",
    "low": 120,
    "high": 170,
    "female": "115 .. 150",
    "ranges": [
        {"sex": "female", "age": "65 .. 120", "low": 110, "high": 155},
        {"site": "north", "since": "2026-03-01", "low": 0, "high": 160},
    ],
}


@pytest.mark.parametrize(
    ("sample", "limits"),
    [
        (Sample(sex="male", laboratory="south", age_years=50), Limits(lower=120, upper=170)),
        (Sample(sex="female", laboratory="south", age_years=64), Limits(lower=115, upper=150)),
        (Sample(sex="female", laboratory="south", age_years=65), Limits(lower=110, upper=155)),
        (
            Sample(sex="male", laboratory="north", date=dt.date(2026, 3, 1)),
            Limits(upper=160),
        ),
        (
            Sample(sex="male", laboratory="north", date=dt.date(2026, 2, 28)),
            Limits(lower=120, upper=170),
        ),
        (Sample(laboratory="south", age_years=50), UNKNOWN_LIMITS),
    ],
)
def test_the_limits_of_a_study_are_those_for_the_sample(sample, limits):
    assert normal_limits(NormalRange.model_validate(WORDS), sample=sample) == limits


def test_no_limits_are_unknown_limits():
    assert normal_limits(None, sample=Sample()) == UNKNOWN_LIMITS
    assert normal_limits(NormalRange(unit="g/L"), sample=Sample()) == UNKNOWN_LIMITS


def test_limits_in_the_wrong_order_grade_nothing():
    wrong = NormalRange(unit="g/L", low=170, high=120)
    assert normal_limits(wrong, sample=Sample()) == UNKNOWN_LIMITS


def test_a_study_says_how_it_grades():
    said = {"criteria": "ctcae_4_03", "baseline_missing": "unknown", "symptoms_unknown": "present"}
    assert Toxicity.model_validate(said).rules == GradingRules(
        edition=Edition.V4_03,
        missing_baseline=MissingBaseline.UNKNOWN,
        unknown_symptoms=UnknownSymptoms.PRESENT,
    )
    assert Toxicity().rules == GradingRules()
    assert Toxicity.model_validate({"criteria": "ctcae_6"}).rules.edition is Edition.V6


def test_a_word_that_no_edition_has_is_refused():
    with pytest.raises(ValidationError):
        Toxicity.model_validate({"criteria": "ctcae_7"})
