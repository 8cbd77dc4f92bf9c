"""Rules are SQL expressions that are true, false or unknown."""

import polars as pl
import pytest

from equipoise.study.rules import (
    ManyRowsError,
    UnreadableRuleError,
    judge,
    read_rule,
    rule_names,
    rule_type,
)

NAMES = {
    "ecog": pl.Int64(),
    "ca199": pl.Float64(),
    "screening.ca199": pl.Float64(),
    "margin": pl.String(),
    "surgery_date": pl.Date(),
    "last_dose_date": pl.Date(),
}


def test_a_rule_names_each_item_once_in_order() -> None:
    rule = "ca199 > 200 or screening.ca199 > ca199 and margin = 'a.b'"
    assert rule_names(rule) == ("ca199", "screening.ca199", "margin")


@pytest.mark.parametrize("rule", ["ecog >", "", "ecog = 1; ecog = 2", "worst(ecog)", "*"])
def test_a_text_that_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(UnreadableRuleError):
        read_rule(rule)


@pytest.mark.parametrize("rule", ["ecog = 1 margin", "ecog = 1 as x", "ecog margin"])
def test_a_forgotten_and_is_not_taken_for_a_name_of_the_answer(rule: str) -> None:
    with pytest.raises(UnreadableRuleError, match="stands where the rule should have ended"):
        read_rule(rule)


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("ecog = 0", pl.Boolean()),
        ("ecog + 1", pl.Int64()),
        ("ca199 / 2", pl.Float64()),
        ("surgery_date >= last_dose_date + interval '7 days'", pl.Boolean()),
        ("true", pl.Boolean()),
        ("margin", pl.String()),
    ],
)
def test_a_rule_has_the_type_of_its_answer(rule: str, answer: pl.DataType) -> None:
    assert rule_type(rule, NAMES) == answer


@pytest.mark.parametrize("rule", ["ecog = 'zero'", "margin > 3", "surgery_date > '2026-01-01'"])
def test_a_number_beside_a_text_is_refused(rule: str) -> None:
    with pytest.raises(UnreadableRuleError):
        rule_type(rule, NAMES)


@pytest.mark.parametrize("rule", ["max(ecog) > 1", "count(*) > 1", "sum(ecog) over () > 1"])
def test_a_sum_over_many_rows_is_no_rule(rule: str) -> None:
    with pytest.raises(ManyRowsError):
        rule_type(rule, NAMES)


def test_a_missing_value_makes_a_rule_unknown_unless_the_rest_decides() -> None:
    frame = pl.DataFrame({"ecog": [0, 2, None, None], "ca199": [None, None, 300.0, 1.0]})
    rules = {"both": "ecog = 0 and ca199 > 200", "either": "ecog = 0 or ca199 > 200"}
    answers = judge(rules, frame)
    assert answers["both"].to_list() == [None, False, None, False]
    assert answers["either"].to_list() == [True, None, True, None]


def test_a_name_that_is_no_column_is_unknown() -> None:
    frame = pl.DataFrame({"ecog": [0, 1]})
    answers = judge({"rule": "ecog = 0 or ca199 > 200"}, frame)
    assert answers["rule"].to_list() == [True, None]


def test_an_item_at_a_visit_is_the_column_of_that_name() -> None:
    frame = pl.DataFrame({"ca199": [50.0], "screening.ca199": [200.0]})
    assert judge({"fell": "ca199 < screening.ca199 / 2"}, frame)["fell"].to_list() == [True]
