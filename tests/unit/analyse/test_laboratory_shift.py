"""Shift tables, counted by hand."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.study.analyses import LaboratoryShiftAnalysis

ROWS = [
    {
        "USUBJID": f"S{k:02}",
        "ARMCD": "chemo",
        "PARAMCD": "neutrophils",
        "BTOXGR": before,
        "WTOXGR": worst,
    }
    for k, (before, worst) in enumerate(
        [(0, 0), (0, 3), (0, None), (1, 0), (3, 3), (3, 4), (None, 4), (None, None)], start=1
    )
]
PEOPLE = [{"USUBJID": row["USUBJID"], "ARMCD": "chemo", "treated": True} for row in ROWS]


@pytest.fixture
def counts(make_data, run):
    """Level -> count of a table of these subjects."""
    analysis = LaboratoryShiftAnalysis(
        method="laboratory_shift",
        title="Grades",
        by="arm",
        items=("neutrophils",),
        population="treated",
    )
    rows = run(analysis, make_data(adsl=PEOPLE, adlbsum=ROWS))
    return rows.filter(pl.col("group") == "chemo")


def of(rows, statistic="count"):
    return dict(rows.filter(statistic=statistic).select("level", "value").iter_rows())


def test_each_pair_of_grades_has_its_subjects_and_missing_is_one_of_the_grades(counts):
    told = {level: n for level, n in of(counts).items() if n}
    assert told == {
        "worse": 2,
        "severe": 2,
        "0_to_0": 1,
        "0_to_3": 1,
        "0_to_missing": 1,
        "1_to_0": 1,
        "3_to_3": 1,
        "3_to_4": 1,
        "missing_to_4": 1,
        "missing_to_missing": 1,
    }


def test_the_pairs_add_up_to_the_subjects_of_the_group(counts):
    pairs = [n for level, n in of(counts).items() if "_to_" in level]
    assert sum(pairs) == of(counts, "n")[""] == len(ROWS)


def test_a_grade_that_nobody_had_at_baseline_has_no_rows(counts):
    assert not [level for level in of(counts) if level.startswith(("2_to", "4_to"))]


def test_per_cents_are_of_the_group(counts):
    assert of(counts, "percent")["0_to_3"] == 12.5
    assert of(counts, "percent")["worse"] == 25.0


def test_the_condition_of_a_row_selects_the_rows_behind_it(counts):
    row = counts.filter(level="missing_to_4", statistic="count").row(0, named=True)
    assert pl.DataFrame(ROWS).filter(pl.sql_expr(row["where"]))["USUBJID"].to_list() == ["S07"]
