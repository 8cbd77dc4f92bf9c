"""Rows and the condition that selects them stay together."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.analyse.selection import EVERY, Selection, among, literal, number, select
from equipoise.base import BadInput

FRAME = pl.DataFrame(
    {"USUBJID": ["A", "B", "C'"], "order": [1.0, None, 3.0], "flag": [True, False, None]}
)
ALL = Selection(dataset="adsl", where=EVERY, column="order", rows=FRAME)


def selected(selection: Selection) -> list[str]:
    return FRAME.filter(pl.sql_expr(selection.where))["USUBJID"].to_list()


def test_narrowing_twice_joins_the_conditions():
    narrowed = ALL.narrowed("flag").narrowed("AVAL = 1" if "AVAL" in FRAME.columns else "true")
    assert narrowed.where == "flag and true"
    assert selected(narrowed) == ["A"]


def test_an_empty_condition_changes_nothing():
    assert ALL.narrowed("") is ALL


def test_a_condition_that_is_unknown_selects_no_row():
    assert ALL.narrowed("not flag").subjects == ("B",)


def test_known_names_a_column_only_when_it_lacks_values():
    assert ALL.known("USUBJID") is ALL
    assert selected(ALL.known("order")) == ["A", "C'"]


def test_unknown_selects_the_rows_that_known_leaves_out():
    assert ALL.unknown("order").subjects == ("B",)


def test_only_some_subjects_are_listed_in_the_condition():
    assert selected(ALL.only({"A", "C'", "Z"})) == ["A", "C'"]


def test_only_everybody_needs_no_condition():
    assert ALL.only({"A", "B", "C'", "Z"}) is ALL


def test_without_everybody_selects_nobody():
    assert selected(ALL.without({"A", "B", "C'"})) == []


def test_a_quotation_mark_in_a_name_survives():
    assert literal("C'") == "'C'''"
    assert selected(ALL.narrowed(among(["C'"]))) == ["C'"]


@pytest.mark.parametrize("days", [374.0, 182.625, 0.1, 1e-7, 12345678.0])
def test_a_number_in_a_condition_is_the_number(days):
    frame = pl.DataFrame({"AVAL": [days, days + 1]})
    assert frame.filter(pl.sql_expr(f"AVAL = {number(days)}")).height == 1


def test_an_unknown_dataset_is_refused_with_the_names_of_those_there(data):
    with pytest.raises(BadInput, match="adtte"):
        select(data, "adxx")
