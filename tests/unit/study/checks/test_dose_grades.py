"""Grades that dose tables ask exist for the terms they are of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from equipoise.study.checks.dose_grades import check_grades_exist
from equipoise.study.checks.problem import Whole

Changed = Callable[..., Whole]
TABLE = "regimens/cf/modify/cisplatin"


def asked(changed: Changed, when: str, *, then: str = "omit") -> list[tuple[str, str]]:
    row = [{"when": when, "then": then}]
    problems = check_grades_exist(changed((TABLE, {"any_day": row})))
    return [(problem.path[-1], problem.got) for problem in problems]


@pytest.mark.parametrize(
    ("rule", "got"),
    [
        ("fatigue_grade >= 4", "fatigue_grade >= 4"),
        ("fatigue_grade > 3", "fatigue_grade > 3"),
        ("platelets < 75 or nausea_grade = 4", "nausea_grade = 4"),
        ("4 <= fatigue_grade", "4 <= fatigue_grade"),
        ("myocarditis_grade = 1", "myocarditis_grade = 1"),
        ("febrile_neutropenia_grade = 2", "febrile_neutropenia_grade = 2"),
        ("neutrophils_grade = 5", "neutrophils_grade = 5"),
    ],
)
def test_a_grade_that_the_term_does_not_have_is_told(changed: Changed, rule: str, got: str) -> None:
    assert asked(changed, rule) == [("when", got)]


@pytest.mark.parametrize(
    "rule",
    [
        "fatigue_grade >= 3",
        "fatigue_grade <= 1",
        "febrile_neutropenia_grade >= 1",  # true for its grades 3 to 5
        "febrile_neutropenia_grade = 0",
        "neutrophils_grade >= 4",
        "hepatitis_grade >= 4",  # no term of the CTCAE: nothing is known of its grades
        "platelets < 25",
    ],
)
def test_a_grade_that_exists_passes(changed: Changed, rule: str) -> None:
    assert asked(changed, rule) == []


def test_the_end_of_a_hold_is_looked_at_as_well(changed: Changed) -> None:
    found = asked(changed, "fatigue_grade = 3", then="hold until fatigue_grade = 4")
    assert found == [("then", "fatigue_grade = 4")]


def test_the_grades_that_exist_are_named(changed: Changed) -> None:
    row = [{"when": "fatigue_grade >= 4", "then": "stop"}]
    (problem,) = check_grades_exist(changed((TABLE, {"any_day": row})))
    assert "CTCAE v5.0 has 1, 2, 3" in problem.what
    assert "Fatigue" in problem.what
