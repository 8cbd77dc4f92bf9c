from __future__ import annotations

import datetime as dt

from equipoise.conduct.eligibility import Eligible, NotEligible, NotYet, eligibility_of

from .conftest import DAY, WORDS, Ward


def verdict(ward: Ward, subject: str = "01"):
    return eligibility_of(ward.desk.record.subjects[subject], rulebook=ward.desk.rulebook)


def test_what_is_missing_is_named_and_is_not_yet_eligible(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50})
    assert verdict(ward) == NotYet(criteria=("fit", "giant"), missing=("neutrophils", "weight_kg"))


def test_all_criteria_met_is_eligible_and_later_criteria_do_not_count(ward: Ward):
    ward.screen()
    assert verdict(ward) == Eligible()


def test_a_criterion_that_failed_counts_before_one_that_is_unknown(ward: Ward):
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 17})
    assert verdict(ward) == NotEligible(criteria=("adult",))


def test_an_exclusion_that_is_true_fails(ward: Ward):
    ward.screen()
    ward.fill("body", {"weight_kg": 201.0}, why="typing error")
    assert verdict(ward) == NotEligible(criteria=("giant",))


def test_a_study_may_say_that_unknown_is_not_eligible(make_ward):
    ward = make_ward(eligibility=dict(WORDS["eligibility"]) | {"unknown": "not_eligible"})
    ward.register()
    ward.fill("consent", {"consent_date": DAY, "age": 50})
    assert verdict(ward) == NotEligible(criteria=("fit", "giant"))


def test_values_after_randomisation_do_not_change_eligibility(ward: Ward):
    subject = ward.in_arm("drug")
    day = DAY + dt.timedelta(7)
    ward.fill("laboratory", {"neutrophils": 0.4}, at="cycle_1", date=day, subject=subject)
    assert verdict(ward, subject) == Eligible()


def test_a_corrected_baseline_value_does(ward: Ward):
    subject = ward.in_arm("drug")
    ward.fill("laboratory", {"neutrophils": 0.4}, why="typing error", subject=subject)
    assert verdict(ward, subject) == NotEligible(criteria=("fit",))


def test_where_nobody_is_randomised_the_visits_before_the_start_count(make_ward):
    ward = make_ward(randomise=None, arms={"drug": {"label": "Drug"}})
    ward.screen()
    day = DAY + dt.timedelta(7)
    ward.fill("laboratory", {"neutrophils": 0.4}, at="cycle_1", date=day)
    assert verdict(ward) == Eligible()
