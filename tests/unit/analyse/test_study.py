"""All analyses of a study at once: every number can be walked back to its rows."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.analyse import RESULTS, analyse_study
from equipoise.derive import entries_behind


@pytest.fixture(scope="module")
def results(study, data):
    return analyse_study(study, data)


def test_analyses_come_in_the_order_of_the_study(results, study):
    assert list(dict.fromkeys(results["analysis"])) == list(study.analyses)


def test_results_keep_to_their_schema(results):
    assert RESULTS.checked(results).equals(results)


def test_every_address_is_one_word_and_its_own(results):
    assert results["cell"].is_unique().all()
    assert not results["cell"].str.contains(r"\s").any()


def test_every_condition_selects_as_many_rows_as_the_number_says(results, data):
    wrong = [
        row["cell"]
        for row in results.iter_rows(named=True)
        if data.datasets[row["dataset"]].filter(pl.sql_expr(row["where"])).height != row["n"]
    ]
    assert wrong == []


def test_every_number_can_be_walked_back_to_entries(results, data):
    asked = results.select("dataset", "where", "column", "n").unique().sample(60, seed=1)
    for row in asked.iter_rows(named=True):
        words = {name: row[name] for name in ("dataset", "where", "column")}
        assert entries_behind(data, **words).height == row["n"]


def test_a_count_of_subjects_is_the_number_of_rows_behind_it(results):
    counts = results.filter(
        pl.col("statistic").is_in(["count", "n", "events", "successes", "at_risk", "censored"]),
        ~pl.col("analysis").is_in(["safety", "change"]),
    )
    assert counts.height > 200
    assert counts.filter(pl.col("value") != pl.col("n")).height == 0


def test_a_row_without_value_says_why_and_only_such_a_row_does(results):
    says = results["text"].fill_null("").str.starts_with("not estimable: ")
    assert (says == results["value"].is_null()).all()


def test_no_value_is_nan_or_infinite(results):
    assert results["value"].drop_nulls().is_finite().all()


def test_a_trial_that_nobody_entered_has_results_all_the_same(study, empty, results):
    found = analyse_study(study, empty)
    assert list(dict.fromkeys(found["analysis"])) == list(dict.fromkeys(results["analysis"]))
    assert set(found["value"].drop_nulls()) == {0.0}


def test_a_trial_of_one_arm_has_results_all_the_same(study, data):
    alone = {"chemo": study.arms["chemo"]}
    found = analyse_study(study.model_copy(update={"arms": alone, "randomise": None}), data)
    assert found.filter(analysis="efs_test", statistic="p_value")["value"].to_list() == [None]
    assert set(found.filter(analysis="efs_curve")["group"]) == {"chemo"}
