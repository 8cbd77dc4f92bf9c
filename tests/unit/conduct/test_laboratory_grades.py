"""Worst laboratory grades in the record: units, limits by site, age and day, editions."""

from __future__ import annotations

import datetime as dt

import pytest

from .conftest import DAY, Ward

FORMS = {
    "person": {
        "form": "person",
        "title": "Person",
        "items": {"age": {"label": "Age", "type": "integer"}},
    },
    "blood": {
        "form": "blood",
        "title": "Blood",
        "items": {
            "alt": {"label": "ALT", "type": "number", "unit": "U/L", "ctcae": "alt"},
            "hb": {"label": "Hb", "type": "number", "unit": "g/dL", "ctcae": "haemoglobin"},
            "pg": {"label": "Odd", "type": "number", "unit": "pg", "ctcae": "haemoglobin"},
            "alt_now": {"label": "ALT grade", "type": "integer", "compute": "alt_grade"},
            "hb_now": {"label": "Hb grade", "type": "integer", "compute": "hb_grade"},
            "pg_now": {"label": "Odd grade", "type": "integer", "compute": "pg_grade"},
        },
    },
}
SCHEDULE = {
    "clocks": {"registration": "registration_date"},
    "epochs": {"trial": "Trial"},
    "visits": {
        "screening": {"epoch": "trial", "forms": ["person", "blood"]},
        "later": {"epoch": "trial", "forms": ["blood"]},
        "second": {"epoch": "trial", "forms": ["blood"]},
    },
}
LIMITS = {
    "alt": {"unit": "U/L", "high": 40},
    "hb": {"unit": "g/dL", "low": 12, "high": 16},
}


@pytest.fixture
def begin(make_ward):
    def begun(**words: object) -> Ward:
        said = {"laboratory": LIMITS, "eligibility": {}, "strata": {}, "randomise": None} | words
        ward = make_ward(forms=FORMS, schedule=SCHEDULE, **said)
        ward.register()
        return ward

    return begun


def graded(ward: Ward, item: str, value: float, *, days: int = 0) -> object:
    date = DAY + dt.timedelta(days=days)
    at = "later" if days else "screening"
    return ward.fill("blood", {item: value}, at=at, date=date).computed[f"{item}_now"]


@pytest.mark.parametrize(("value", "grade"), [(12.0, 0), (11.9, 1), (10.0, 1), (9.9, 2), (7.9, 3)])
def test_a_value_in_another_unit_of_its_kind_is_graded_in_that_of_its_term(begin, value, grade):
    assert graded(begin(), "hb", value) == grade


def test_a_value_in_a_unit_of_another_kind_is_not_graded(begin):
    assert graded(begin(), "pg", 5.0) is None


@pytest.mark.parametrize(
    ("words", "first", "worst"),
    [
        ({}, 1, 1),
        ({"criteria": "ctcae_4_03"}, 1, 3),
        ({"baseline_missing": "unknown"}, None, 1),
    ],
)
def test_the_edition_and_the_choices_of_the_study_grade(begin, *, words, first, worst):
    ward = begin(toxicity=words)
    assert graded(ward, "alt", 100.0) == first
    assert graded(ward, "alt", 201.0, days=21) == worst


def test_limits_are_those_of_the_site_the_age_and_the_day(begin):
    ranges = [
        {"site": "south", "high": 10},
        {"age": "60 .. 120", "high": 50},
        {"since": str(DAY + dt.timedelta(days=10)), "high": 60},
    ]
    ward = begin(laboratory={"alt": {"unit": "U/L", "high": 40, "ranges": ranges[:2]}})
    ward.fill("person", {"age": 59})
    assert graded(ward, "alt", 45.0) == 1
    ward.fill("person", {"age": 60}, why="typing error")
    assert ward.row("blood").value("alt_now") == 0
    dated = begin(laboratory={"alt": {"unit": "U/L", "high": 40, "ranges": ranges[2:]}})
    assert graded(dated, "alt", 39.0) == 0
    assert graded(dated, "alt", 60.0, days=10) == 0
    later = begin(laboratory={"alt": {"unit": "U/L", "high": 40, "ranges": ranges[2:]}})
    assert graded(later, "alt", 39.0) == 0
    assert graded(later, "alt", 60.0, days=9) == 1


def test_a_value_below_0_is_recorded_and_has_no_grade(begin):
    ward = begin()
    assert graded(ward, "alt", -5.0) is None
    assert graded(ward, "alt", 100.0, days=21) == 1


def test_of_two_baselines_of_one_day_the_one_entered_last_counts(begin):
    ward = begin()
    graded(ward, "alt", 30.0)
    ward.fill("blood", {"alt": 100.0}, at="later", date=DAY)
    late = DAY + dt.timedelta(days=21)
    ward.fill("blood", {"alt": 180.0}, at="second", date=late)
    assert ward.row("blood", at="second").value("alt_now") == 1
    ward.fill("blood", {"alt": 31.0}, at="screening", why="typing error")
    assert ward.row("blood", at="second").value("alt_now") == 2
    again = ward.fill("blood", {"alt": 181.0}, at="second", date=late, why="typing error")
    assert [each.baseline.value for each in again.grades] == [31.0]
