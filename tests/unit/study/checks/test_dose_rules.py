"""Rows of a dose table: which are followed, whatever the values are."""

from collections.abc import Callable

import pytest

from equipoise.study.checks.dose_rows import check_holds_end, check_rows_reached
from equipoise.study.checks.dose_rules import check_reductions, check_tables
from equipoise.study.checks.dose_values import check_values_taken
from equipoise.study.checks.dosing import check_drugs
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


def test_rows_that_say_the_same_in_other_words_contradict(changed: Changed) -> None:
    stop = [{"when": "platelets < 75 or neutrophils < 1.0", "then": "stop"}]
    whole = changed(
        (TABLE, {"day_1": rows("neutrophils < 1.0 or not platelets >= 75"), "any_day": stop})
    )
    kinds = [problem.kind for problem in check_rows_reached(whole)]
    assert kinds == ["dose_rule_contradiction"]


@pytest.mark.parametrize(
    ("when", "until"),
    [
        ("alt_grade >= 3", "alt_grade <= 1"),
        ("alt > 5 * 50", "alt_grade <= 1"),
        ("neutropenia_grade = 3", "neutropenia_grade <> 3"),
        ("platelets < 50", "platelets >= 75 and neutrophils >= 1.5"),
        ("ecog > 1", "coalesce(ecog, 0) <= 1"),
    ],
)
def test_a_hold_that_can_end_passes(changed: Changed, when: str, until: str) -> None:
    row = [{"when": when, "then": f"hold until {until}"}]
    assert list(check_holds_end(changed((TABLE, {"any_day": row})))) == []


@pytest.mark.parametrize(
    ("when", "until"),
    [
        ("alt_grade >= 3", "alt_grade >= 4"),
        ("alt_grade >= 3", "alt_grade < 2 and alt_grade > 2"),
        ("platelets < 50", "platelets < 25 and neutrophils >= 1.5"),
        ("ecog >= 1", "ecog = 2"),
    ],
)
def test_a_hold_that_waits_for_its_own_row_never_ends(
    changed: Changed, when: str, until: str
) -> None:
    for word in ("then", "again"):
        row = {"when": when, "then": "omit"} | {word: f"hold until {until} then reduce one level"}
        problems = list(check_holds_end(changed((TABLE, {"any_day": [row]}))))
        assert [(problem.kind, problem.path[-1]) for problem in problems] == [
            ("hold_never_ends", word)
        ]


def taken(changed: Changed, *words: tuple[str, object]) -> list[str]:
    return [problem.got for problem in check_values_taken(changed(*words))]


def test_blood_of_the_cycle_visit_serves_the_first_day(changed: Changed) -> None:
    assert taken(changed) == []


def test_a_later_day_needs_blood_of_its_own(changed: Changed) -> None:
    both = ("regimens/cf/drugs/cisplatin/days", [1, 8])
    day_8 = (TABLE, {"day_8": rows("platelets < 75")})
    assert taken(changed, both, day_8) == ["day 8"]
    assert taken(changed, both, (TABLE, {"day_8": rows("febrile_neutropenia_grade > 2")})) == []
    assert taken(changed, both, day_8, ("regimens/cf/values_within", "7 d")) == []
    visit = {
        "epoch": "neoadjuvant",
        "from": "randomisation",
        "first": "10 d",
        "every": "21 d",
        "times": 2,
        "arms": ["chemo"],
        "forms": ["laboratory"],
    }
    assert taken(changed, both, day_8, ("schedule/visits/midcycle", visit)) == []
    late = visit | {"first": "11 d"}
    assert taken(changed, both, day_8, ("schedule/visits/midcycle", late)) == ["day 8"]


def test_a_table_of_any_day_needs_blood_before_each_dose_day(changed: Changed) -> None:
    both = ("regimens/cf/drugs/cisplatin/days", [1, 8])
    assert taken(changed, both, (TABLE, {"any_day": rows("alt_grade > 2")})) == ["day 8"]


@pytest.mark.parametrize(
    ("levels", "falls"),
    [
        (["60 mg/m2", "40 mg/m2"], True),
        (["60 mg/m2", "60 mg/m2 every other day", "stop"], True),
        (["80 mg/m2"], False),
        (["60 mg/m2", "stop", "40 mg/m2"], False),
        (["60 mg/m2 every other day", "60 mg/m2"], False),
        (["60 mg"], False),
    ],
)
def test_a_ladder_gives_less_with_each_level(
    changed: Changed, *, levels: list[str], falls: bool
) -> None:
    whole = changed(("regimens/cf/drugs/cisplatin/levels", levels))
    kinds = [problem.kind for problem in check_drugs(whole)]
    assert kinds == ([] if falls else ["dose_levels_not_falling"])


def test_a_level_of_one_day_is_less_than_that_of_two_and_names_a_day_of_the_drug(
    changed: Changed,
) -> None:
    days = ("regimens/cf/drugs/cisplatin/days", [1, 8])
    path = "regimens/cf/drugs/cisplatin/levels"
    one = changed(days, (path, ["60 mg/m2", "60 mg/m2 on day 1"]))
    assert list(check_drugs(one)) == []
    never = changed(days, (path, ["60 mg/m2", "60 mg/m2 on day 2"]))
    assert {problem.kind for problem in check_drugs(never)} == {"level_day_unknown"}


def test_a_reduction_names_a_level_of_the_ladder_where_there_is_one(changed: Changed) -> None:
    levels = ("regimens/cf/drugs/cisplatin/levels", ["60 mg/m2", "60 mg/m2 every other day"])
    for words, kinds in (
        ("reduce to 60 mg/m2", []),
        ("reduce to 60 mg/m2 every other day", []),
        ("hold until ecog = 0 then reduce to 50 mg/m2", ["reduce_to_no_level"]),
    ):
        row = [{"when": "ecog > 1", "then": words}]
        whole = changed(levels, (TABLE, {"day_1": row}))
        assert [problem.kind for problem in check_reductions(whole)] == kinds
