"""What the words of a finding may tell."""

from __future__ import annotations

from typing import Any

from equipoise.conduct.entries import FORM_DATE
from equipoise.conduct.finding_items import items_told


def test_a_check_tells_what_its_rule_asks_and_what_stands_behind_it(small_study: Any):
    told = items_told(small_study, visit="any_time", form="events", check="tired")
    assert {"fatigue_grade", "ae_term", "ae_grade"} <= told
    assert "ae_start" not in told


def test_the_window_of_a_visit_tells_its_clock_and_the_arm_only_where_arms_differ(small_study: Any):
    cycle = items_told(small_study, visit="cycle_2", form="body", check=FORM_DATE)
    operation = items_told(small_study, visit="operation", form="surgery", check=FORM_DATE)
    assert "randomisation_date" in cycle & operation
    assert "arm" in operation
    assert "arm" not in cycle


def test_a_finding_about_an_item_tells_the_other_items_of_its_form(small_study: Any):
    told = items_told(small_study, visit="any_time", form="events", check="ae_grade")
    assert {"ae_grade", "ae_term"} <= told


def test_a_form_that_the_study_no_longer_has_tells_its_check(small_study: Any):
    assert items_told(small_study, visit="any_time", form="gone", check="x") == {"x"}
