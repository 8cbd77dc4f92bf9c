"""What a result row says, and what its address looks like."""

from __future__ import annotations

from math import inf, nan

import polars as pl
import pytest

from equipoise.analyse.results import (
    RESULTS,
    Topic,
    address,
    count_of,
    gather,
    no_results,
    result,
    subjects_of,
)
from equipoise.analyse.selection import EVERY, Selection
from equipoise.base import BadInput

ROWS = pl.DataFrame({"USUBJID": ["A", "A", "B"], "AVAL": [1.0, 2.0, None]})
TWO = Selection(dataset="adsl", where=EVERY, column="AVAL", rows=ROWS)
NONE = TWO.narrowed("false")
TOPIC = Topic(analysis="rates", endpoint="orr", group="chemo", level="wilson")


def test_the_address_leaves_out_the_parts_that_a_row_does_not_have():
    assert address(Topic(analysis="flow", level="screened"), "count") == "flow/all/screened/count"
    assert address(TOPIC, "lower") == "rates/orr/chemo/wilson/lower"


def test_the_address_of_a_time_ends_with_it():
    assert address(TOPIC.of_level("landmark", at=12.0), "survival").endswith("/survival@12")
    assert address(TOPIC.of_level("at_most", at=-30.0), "count").endswith("/count@-30")


def test_no_part_of_an_address_has_a_space_or_a_slash():
    strange = Topic(analysis="it", subject="north 1/2 @home", level="NON-CR/NON-PD")
    assert address(strange, "n") == "it/all/north~1%2F2~%40home/NON-CR%2FNON-PD/n"


def test_names_that_differ_only_in_a_space_keep_different_addresses():
    assert address(Topic(analysis="a b"), "n") != address(Topic(analysis="a~b"), "n")


def test_a_row_carries_the_rows_behind_it():
    row = result(TOPIC, "mean", 1.5, of=TWO.narrowed("AVAL is not null"))
    assert (row["n"], row["dataset"], row["column"]) == (2, "adsl", "AVAL")
    assert row["where"] == "AVAL is not null"


@pytest.mark.parametrize("value", [None, nan, inf, -inf])
def test_what_is_no_number_has_no_value_and_says_why(value):
    row = result(TOPIC, "median", value, of=TWO, text="a label", why="not reached")
    assert row["value"] is None
    assert row["text"] == "not estimable: not reached"


def test_every_statistic_that_cannot_be_estimated_has_its_row():
    rows = no_results(TOPIC, ("mean", "sd"), of=NONE, why="no values")
    assert [row["statistic"] for row in rows] == ["mean", "sd"]
    assert {row["text"] for row in rows} == {"not estimable: no values"}


def test_a_percentage_is_of_the_whole_and_its_n_is_the_whole():
    counted, percent = count_of(TOPIC, part=TWO.narrowed("AVAL = 1"), whole=TWO)
    assert (counted["value"], counted["n"]) == (1.0, 1)
    assert (percent["value"], percent["n"]) == (pytest.approx(100 / 3), 3)


def test_a_percentage_of_nobody_is_not_estimable():
    assert count_of(TOPIC, part=NONE, whole=NONE)[1]["text"] == "not estimable: no subjects"


def test_a_subject_with_two_rows_counts_once_and_both_rows_are_told():
    counted, _ = subjects_of(TOPIC, part=TWO.narrowed("USUBJID = 'A'"), whole=TWO)
    assert (counted["value"], counted["n"]) == (1.0, 2)


def test_results_have_the_columns_of_the_schema():
    frame = gather([result(TOPIC, "mean", 1.5, of=TWO)])
    assert frame.equals(RESULTS.checked(frame))


def test_two_rows_of_one_address_are_refused_with_the_address():
    rows = [result(TOPIC, "mean", value, of=TWO) for value in (1.0, 2.0)]
    with pytest.raises(BadInput, match="rates/orr/chemo/wilson/mean"):
        gather(rows)
