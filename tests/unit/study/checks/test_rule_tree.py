"""What a rule puts together: polars takes more than a person can have meant."""

import polars as pl
import pytest

from equipoise.study.checks.rule_tree import compared_values, compares_only, mismatches, tree_of

NAMES = {
    "ecog": pl.Int64(),
    "operated": pl.Boolean(),
    "margin": pl.String(),
    "surgery_date": pl.Date(),
    "death_date": pl.Date(),
}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("surgery_date > 5", "it compares a date with a number"),
        ("death_date - surgery_date > 30", "it compares a length of time with a number"),
        ("operated = 1", "it compares yes or no with a number"),
        ("margin > 1.5", "it compares text with a number"),
        ("operated = 'yes'", "it compares yes or no with text"),
        ("2026-03-02 < surgery_date", "it compares a number with a date"),
        ("operated + 1 > 1", "it counts with yes or no"),
        ("not ecog", "'not' stands before what is not yes or no"),
    ],
)
def test_what_polars_would_take_is_still_a_slip(rule: str, words: str) -> None:
    assert words in list(mismatches(rule, NAMES))


@pytest.mark.parametrize(
    "rule",
    [
        "ecog <= 1 and not operated",
        "not (operated or ecog = 1)",
        "surgery_date is null or ecog in (0, 1)",
        "death_date <= surgery_date + interval '90 days'",
        "death_date - surgery_date > interval '90 days'",
        "surgery_date >= date '2026-03-02'",
        "case when operated then 1 else 0 end = 1",
        "operated is true and margin not in ('R1', 'R2')",
        "operated = true",
        "coalesce(ecog, 0) between 0 and 2",
        "ecog = null",
    ],
)
def test_a_rule_that_compares_like_with_like_passes(rule: str) -> None:
    assert list(mismatches(rule, NAMES)) == []


@pytest.mark.parametrize(
    ("rule", "pairs"),
    [
        ("margin = 'R0'", [("margin", "R0")]),
        ("'R0' <> margin", [("margin", "R0")]),
        ("margin in ('R1', 'R2') and ecog > 1", [("margin", "R1"), ("margin", "R2"), ("ecog", 1)]),
        ("margin not in ('R1')", [("margin", "R1")]),
        ("screening.margin = 'it''s'", [("screening.margin", "it's")]),
        ("case margin when 'R0' then 1 else 2 end = 1", [("margin", "R0")]),
        ("ecog < 1.25", [("ecog", 1.25)]),
        ("margin = other or margin is null", []),
    ],
)
def test_values_that_a_name_is_compared_with_are_found(
    rule: str, pairs: list[tuple[str, object]]
) -> None:
    assert sorted(compared_values(rule), key=str) == sorted(pairs, key=str)


def test_a_step_knows_its_operator_and_its_parts_from_left_to_right() -> None:
    node = tree_of("ecog - 1 >= 2")
    assert (node.operator, [part.text for part in node.parts]) == (
        ">=",
        ['[(col("ecog")) - (dyn int: 1)]', "dyn int: 2"],
    )
    assert node.parts[0].parts[0].column == "ecog"
    assert node.parts[1].constant
    assert node.parts[1].values() == (2,)


@pytest.mark.parametrize(
    "rule",
    [
        "ecog < 1 or not (operated and margin in ('R1', 'R2'))",
        "ecog between 0 and 2 * 5",
        "ecog < 1.5 or ecog > 2.5 * 2",
        "surgery_date is not null and death_date > surgery_date",
    ],
)
def test_a_rule_may_only_compare(rule: str) -> None:
    assert compares_only(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "ecog + 1 > 2",
        "ecog * 1.5 > 2",
        "coalesce(ecog, 0) > 2",
        "case when operated then 1 else 0 end = 1",
    ],
)
def test_a_rule_that_counts_does_more_than_compare(rule: str) -> None:
    assert not compares_only(rule)
