from __future__ import annotations

import datetime as dt

import pytest

from equipoise.base.errors import RecordRefused
from equipoise.conduct.eligibility import Eligible, NotEligible, NotYet, eligibility_of

from .conftest import DAY, WORDS, Ward


def verdict(ward: Ward, subject: str = "01"):
    return eligibility_of(ward.desk.record.subjects[subject], rulebook=ward.desk.rulebook)


def failed(ward: Ward, subject: str = "01") -> tuple[str, ...]:
    """Return the criteria that are not met."""
    said = verdict(ward, subject)
    assert isinstance(said, NotEligible)
    return said.criteria


def test_what_is_missing_is_named_and_is_not_yet_eligible(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50})
    said = verdict(ward)
    assert isinstance(said, NotYet)
    assert said.criteria == ("fit", "giant")
    assert said.missing == ("neutrophils", "weight_kg")
    assert said.reasons[0].why == "Not known: neutrophils >= 1.5; neutrophils is missing."


def test_a_criterion_that_is_not_met_says_its_rule_and_its_values(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 17})
    ward.fill("body", {"weight_kg": 201.0})
    said = verdict(ward)
    assert isinstance(said, NotEligible)
    assert [(each.item, each.value, each.why) for each in said.reasons] == [
        ("adult", False, "No: age >= 18, where age = 17."),
        ("giant", True, "Yes: weight_kg > 200, where weight_kg = 201."),
    ]


def test_the_refusal_to_randomise_says_why(ward: Ward):
    ward.screen(age=17)
    with pytest.raises(RecordRefused) as refused:
        ward.allocate()
    assert refused.value.faults[0].got == "not met: adult (No: age >= 18, where age = 17)"


def test_all_criteria_met_is_eligible_and_later_criteria_do_not_count(ward: Ward):
    ward.screen()
    assert verdict(ward) == Eligible()


def test_a_criterion_that_failed_counts_before_one_that_is_unknown(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 17})
    assert failed(ward) == ("adult",)


def test_an_exclusion_that_is_true_fails(ward: Ward):
    ward.screen()
    ward.fill("body", {"weight_kg": 201.0}, why="typing error")
    assert failed(ward) == ("giant",)


def test_a_study_may_say_that_unknown_is_not_eligible(make_ward):
    ward = make_ward(eligibility=dict(WORDS["eligibility"]) | {"unknown": "not_eligible"})
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50})
    assert failed(ward) == ("fit", "giant")


def test_values_after_randomisation_do_not_change_eligibility(ward: Ward):
    subject = ward.in_arm("drug")
    day = DAY + dt.timedelta(7)
    ward.fill("laboratory", {"neutrophils": 0.4}, at="cycle_1", date=day, subject=subject)
    assert verdict(ward, subject) == Eligible()


def test_a_corrected_baseline_value_does(ward: Ward):
    subject = ward.in_arm("drug")
    ward.fill("laboratory", {"neutrophils": 0.4}, why="typing error", subject=subject)
    assert failed(ward, subject) == ("fit",)


def test_where_nobody_is_randomised_the_visits_before_the_start_count(make_ward):
    ward = make_ward(randomise=None, arms={"drug": {"label": "Drug"}})
    ward.screen()
    day = DAY + dt.timedelta(7)
    ward.fill("laboratory", {"neutrophils": 0.4}, at="cycle_1", date=day)
    assert verdict(ward) == Eligible()
