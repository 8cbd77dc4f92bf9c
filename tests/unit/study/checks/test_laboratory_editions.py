"""What a study is told whose edition of the CTCAE does not grade its laboratory items."""

from collections.abc import Callable, Iterator

import pytest

from equipoise.study.checks.catalogue import CHECKS
from equipoise.study.checks.laboratory import check_grades
from equipoise.study.checks.problem import Problem, Whole

Changed = Callable[..., Whole]
V6 = ("toxicity", {"criteria": "ctcae_6"})


def item(term: str, unit: str) -> tuple[str, object]:
    asked = {"label": "Another value", "type": "number", "unit": unit, "ctcae": term}
    return "forms/laboratory/items/another", asked


def limits(unit: str, **ends: float) -> tuple[str, object]:
    return "laboratory/another", {"unit": unit, **ends}


def test_a_healthy_study_by_v6_needs_the_lower_limit_of_creatinine(changed: Changed) -> None:
    without = ("laboratory/creatinine", {"unit": "umol/L", "high": 110})
    (problem,) = check_grades(changed(V6, without))
    assert problem.kind == "normal_range_missing"
    assert "counts from the lower limit of normal" in problem.what
    assert [list(check_grades(changed(*words))) for words in ((V6,), (without,))] == [[], []]


def test_a_term_left_out_of_v6_is_told_with_the_reason_and_what_to_do(changed: Changed) -> None:
    words = (item("lymphocytes", "10^9/L"), limits("10^9/L", low=1, high=4))
    (problem,) = check_grades(changed(V6, *words))
    assert problem.kind == "ctcae_term_of_another_edition"
    assert problem.what == (
        "CTCAE v6.0 has no cut-offs for the term of 'another': "
        "its term is Lymphopenia, one grade without a cut-off"
    )
    assert problem.fix == "take the term out, or let toxicity name another edition"
    assert list(check_grades(changed(*words))) == []


def test_a_term_that_v6_was_the_first_to_have_is_told_by_others(changed: Changed) -> None:
    words = (item("creatinine_clearance", "mL/min"), limits("mL/min", low=90))
    (problem,) = check_grades(changed(*words))
    assert problem.what.endswith(": v6.0 was the first to have the term")
    assert list(check_grades(changed(V6, *words))) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_check_finds_anything_in_the_healthy_study_by_v6(
    changed: Changed, check: Callable[[Whole], Iterator[Problem]]
) -> None:
    assert list(check(changed(V6))) == []
