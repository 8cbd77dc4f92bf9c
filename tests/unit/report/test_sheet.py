import polars as pl
import pytest

from equipoise.base.errors import BadInput
from equipoise.report.sheet import Sheet, sheets_of


def test_every_row_is_on_the_sheet_of_its_analysis(results):
    sheets = sheets_of(results)
    assert sum(len(sheet.rows) for sheet in sheets.values()) == results.height
    assert set(sheets) == set(results["analysis"])


def test_rows_stay_in_the_order_of_the_analysis(results):
    asked = results.filter(pl.col("analysis") == "safety")["cell"].to_list()
    assert [row.cell for row in sheets_of(results)["safety"]] == asked


def test_groups_come_in_the_order_of_the_rows(results):
    assert sheets_of(results)["baseline"].groups == ("chemo", "surgery_first", "all")


def test_only_the_rows_that_agree_with_every_word_remain(results):
    rows = sheets_of(results)["rates"].only(endpoint="r0", group="chemo", statistic="successes")
    assert [row.value for row in rows] == [46.0]


def test_a_statistic_that_nobody_gave_is_none():
    assert Sheet().first("median") is None
    assert Sheet().value("median") is None


def test_a_frame_of_something_else_is_refused():
    with pytest.raises(BadInput, match="results"):
        sheets_of(pl.DataFrame({"cell": ["a"]}))
