"""Rows of a dose table: which are followed, whatever the values are."""

from collections.abc import Callable

import pytest

from equipoise.study.checks.dose_rules import check_reductions, check_rows_reached, check_tables
from equipoise.study.checks.problem import Whole

Changed = Callable[..., Whole]

TABLE = "regimens/cf/modify/cisplatin"


def rows(*conditions: str) -> list[dict[str, str]]:
    return [{"when": condition, "then": "omit"} for condition in conditions]


def unreachable(changed: Changed, *conditions: str) -> list[str]:
    whole = changed((TABLE, {"day_1": rows(*conditions)}))
    return [problem.path[-2] for problem in check_rows_reached(whole)]


@pytest.mark.parametrize(
    "conditions",
    [
        ("neutrophils < 0.5", "neutrophils < 1.0", "neutrophils < 1.5"),
        ("neutrophils < 1.5", "platelets < 100"),
        ("neutrophils < 1.0 and platelets < 75", "neutrophils < 1.0"),
        ("alt > 10 * 50", "alt > 5 * 50"),
        ("neutropenia_grade = 3", "neutropenia_grade >= 3"),
        ("ecog = 1 or ecog = 2", "ecog between 1 and 3"),
        ("dose_change = 'reduced'", "dose_change <> 'none'"),
        ("surgery_date is null", "surgery_date is not null"),
        ("neutrophils < 1.0", "true"),
        ("neutrophils + platelets < 3", "neutrophils < 1"),
    ],
)
def test_rows_from_strict_to_mild_are_all_followed(
    changed: Changed, conditions: tuple[str, ...]
) -> None:
    assert unreachable(changed, *conditions) == []


@pytest.mark.parametrize(
    ("conditions", "never"),
    [
        (("neutrophils < 1.5", "neutrophils < 1.0"), ["1"]),
        (("true", "platelets < 75"), ["1"]),
        (("neutrophils < 1.0 and neutrophils > 2.0",), ["0"]),
        (("platelets < 75 or neutrophils < 1.0", "neutrophils < 0.5 and platelets < 50"), ["1"]),
        (("neutrophils < 1.0", "neutrophils >= 1.0", "neutrophils between 0.5 and 2"), ["2"]),
        (("dose_change in ('reduced', 'omitted')", "dose_change = 'omitted'"), ["1"]),
        (("neutropenia_grade >= 3", "neutropenia_grade = 4"), ["1"]),
        (("alt > 5 * 50", "alt > 10 * 50"), ["1"]),
        (("neutrophils < 1.0", "neutrophils < 1.0"), ["1"]),
    ],
)
def test_a_row_that_others_always_precede_is_never_followed(
    changed: Changed, conditions: tuple[str, ...], never: list[str]
) -> None:
    assert unreachable(changed, *conditions) == never


def test_a_table_of_one_day_and_one_of_any_day_may_not_contradict(changed: Changed) -> None:
    stop = [{"when": "platelets < 75", "then": "stop"}]
    whole = changed((TABLE, {"day_1": rows("platelets < 75"), "any_day": stop}))
    kinds = [problem.kind for problem in check_rows_reached(whole)]
    assert kinds == ["dose_rule_contradiction"]


def test_tables_of_different_days_may_differ(changed: Changed) -> None:
    stop = [{"when": "platelets < 75", "then": "stop"}]
    whole = changed(
        ("regimens/cf/drugs/cisplatin/days", [1, 8]),
        (TABLE, {"day_1": rows("platelets < 75"), "day_8": stop}),
    )
    assert list(check_rows_reached(whole)) == []


@pytest.mark.parametrize("action", ["reduce 100 %", "reduce 0 %", "reduce to 80 mg/m2"])
def test_a_reduction_gives_less(changed: Changed, action: str) -> None:
    row = [{"when": "platelets < 75", "then": action}]
    kinds = [problem.kind for problem in check_reductions(changed((TABLE, {"day_1": row})))]
    assert kinds == ["reduce_not_less"]


@pytest.mark.parametrize("action", ["reduce 75 %", "reduce to 60 mg/m2", "omit", "stop"])
def test_a_reduction_to_less_passes(changed: Changed, action: str) -> None:
    row = [{"when": "platelets < 75", "then": action}]
    assert list(check_reductions(changed((TABLE, {"day_1": row})))) == []


def test_a_daily_drug_has_every_day_of_its_cycle(changed: Changed) -> None:
    whole = changed(
        ("regimens/cf/drugs/cisplatin/days", "daily"), (TABLE, {"day_21": [], "day_22": []})
    )
    assert [problem.got for problem in check_tables(whole)] == ["day_22"]
