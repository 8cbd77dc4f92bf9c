import pytest

from equipoise.report.labels import (
    arms_compared,
    category_label,
    covariate_label,
    events_of,
    group_label,
    mid_sentence,
    name_label,
    population_label,
    time_label,
)
from equipoise.study.analyses import TimeUnit


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("chemo", "arm"), "Chemotherapy then surgery"),
        (("all", "arm"), "All subjects"),
        (("all", None), "All subjects"),
        (("chemo v surgery_first", "arm"), "Chemotherapy then surgery v Surgery"),
        (("yes", "older"), "Older than 60 years: yes"),
        (("no", "r0"), "R0 resection: no"),
        (("female", "sex"), "Female"),
        (("R0", "margin"), "Resection margin: R0"),
        (("some_group", None), "Some group"),
    ],
)
def test_a_group_is_called_what_the_study_calls_it(study, asked, told):
    group, by = asked
    assert group_label(study, group, by=by) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("age", "Age, years"),
        ("ecog", "ECOG performance status"),
        ("efs", "Event-free survival"),
        ("older", "Older than 60 years"),
        ("treated", "Treated subjects"),
        ("nobody_knows", "Nobody knows"),
    ],
)
def test_a_name_is_found_wherever_the_study_says_it(study, name, told):
    assert name_label(study, name) == told


def test_a_category_is_its_code_in_words(study):
    assert category_label(study, "explored_only", of="surgery_outcome") == "Explored, not resected"
    assert category_label(study, "yes", of="operated") == "Yes"
    assert category_label(study, "R0", of="nobody_knows") == "R0"


def test_a_covariate_says_what_is_compared(study):
    assert covariate_label(study, "arm") == "Chemotherapy then surgery v Surgery"
    assert covariate_label(study, "sex=male") == "Sex: Male"
    assert covariate_label(study, "older") == "Older than 60 years"


def test_arms_without_a_control_are_just_arms(study):
    one = study.model_copy(update={"arms": {"chemo": study.arms["chemo"]}})
    assert arms_compared(one) == "Arm"


def test_an_abbreviation_keeps_its_capitals_within_a_sentence():
    told = [mid_sentence(label) for label in ("Event-free survival", "R0 resection", "pCR", "OS")]
    assert told == ["event-free survival", "R0 resection", "pCR", "OS"]


def test_a_time_axis_names_its_clock(study):
    assert time_label(study, endpoint="efs", unit=TimeUnit.DAYS) == "Days from randomisation"
    assert time_label(study, endpoint="r0", unit=TimeUnit.MONTHS) == "Months"


def test_events_and_population_of_an_endpoint_are_told_in_words(study):
    assert events_of(study, endpoint="os") == "death"
    assert events_of(study, endpoint="r0") is None
    assert population_label(study, endpoint="os") == "All randomised subjects"
    assert population_label(study, endpoint="nobody_knows") is None
