"""Grades of drawn adverse events: those that exist, in the shares that the scenario says."""

from __future__ import annotations

from itertools import product

import pytest

from equipoise.base.randomness import Seed
from equipoise.simulate.draw import draw_subjects
from equipoise.simulate.habits import GRADE_2_SHARE, GRADE_4_SHARE
from equipoise.simulate.toxicity import drawn_grade
from equipoise.study.scenarios import Scenario, Toxicity
from equipoise.study.study import Study

TOXICITY = Toxicity.model_validate({"any_grade": "60 %", "grade_3_or_more": "20 %"})
ANY = frozenset({1, 2, 3, 4, 5})
GRID = [(k + 0.5) / 100 for k in range(100)]


def drawn(exist: frozenset[int]) -> list[int | None]:
    return [drawn_grade(TOXICITY, pair, exist=exist) for pair in product(GRID, GRID)]


def test_any_grade_is_drawn_in_its_share_where_all_exist():
    grades = drawn(ANY)
    assert grades.count(4) == round(2000 * GRADE_4_SHARE)
    assert grades.count(3) == 2000 - grades.count(4)
    assert grades.count(2) == round(4000 * GRADE_2_SHARE)
    assert grades.count(1) == 4000 - grades.count(2)


@pytest.mark.parametrize(
    ("exist", "others"),
    [({1, 2, 3}, {4: 3}), ({2, 3, 4, 5}, {1: 2}), ({1, 3}, {4: 3, 2: 1}), ({1, 2, 4, 5}, {3: 4})],
)
def test_a_grade_that_does_not_exist_is_the_one_beside_it(exist, others):
    capped = drawn(frozenset(exist))
    assert capped == [others.get(grade, grade) for grade in drawn(ANY)]


def test_a_share_without_any_grade_draws_no_event():
    assert [grade for grade in drawn(frozenset({3, 4, 5})) if grade in {1, 2}] == []
    assert drawn(frozenset({3, 4, 5})).count(None) == 8000
    assert {grade for grade in drawn(frozenset({1, 2})) if grade is not None} == {1, 2}


def named(study: Study, label: str) -> Study:
    words = study.model_dump(by_alias=True, exclude_none=True)
    words["forms"]["events"]["items"]["ae_term"]["codes"] = {"rash": label}
    return Study.model_validate(words)


def test_a_subject_has_the_same_events_but_for_the_grade_that_does_not_exist(
    study: Study, scenario: Scenario
):
    free, held = (
        [
            event
            for one in draw_subjects(
                named(study, label), scenario, seed=Seed(value=3), numbers=range(300)
            )
            for event in one.courses["drug"].adverse_events
        ]
        for label in ("Rash", "Rash maculo-papular")
    )
    assert 4 in {event.grade for event in free}
    assert [event.grade for event in held] == [min(event.grade, 3) for event in free]
    assert [event.start for event in held] == [event.start for event in free]
