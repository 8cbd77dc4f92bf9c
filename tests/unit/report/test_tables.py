import pytest

from equipoise.report.formats import decimal, percent, ratio
from equipoise.report.sheet import Result, sheets_of
from equipoise.report.tables import (
    notes_of,
    number,
    part_of,
    with_interval,
)
from equipoise.report.tabulate_subjects import (
    tabulate_items,
    tabulate_proportions,
    tabulate_summary,
)
from equipoise.report.tabulate_survival import tabulate_curves, tabulate_logrank, tabulate_model


def plain(cell):
    return "".join(piece.text for piece in cell)


def addresses(table):
    pieces = (piece for line in table.lines for cell in line.cells for piece in cell)
    return [piece.address for piece in pieces if piece.address]


@pytest.fixture(scope="module")
def sheets(results):
    return sheets_of(results)


def told(value, cell="a/n"):
    return Result(
        cell=cell,
        endpoint="",
        group="all",
        level="",
        statistic="n",
        at=None,
        subject=None,
        value=value,
        text=None,
        n=1,
        method="",
    )


def line_of(table, label):
    return next(line for line in table.lines if line.label == label)


def test_each_number_of_an_interval_keeps_its_own_address():
    cell = with_interval(told(0.62, "hr"), told(0.41, "low"), told(0.93, "high"), spell=ratio)
    assert plain(cell) == "0.62 (0.41\u20130.93)"
    assert [piece.address for piece in cell if piece.address] == ["hr", "low", "high"]


def test_a_number_that_the_analysis_did_not_give_is_a_dash_without_address():
    piece = number(None, decimal)
    assert (piece.text, piece.address) == ("\u2013", None)


def test_a_number_that_could_not_be_estimated_is_ne_with_its_address():
    piece = number(told(None), decimal)
    assert (piece.text, piece.address) == ("NE", "a/n")


def test_a_part_of_nobody_has_no_per_cent():
    assert plain(part_of(told(0.0), told(None), spell=percent)) == "0"
    assert plain(part_of(told(14.0), told(31.818), spell=percent)) == "14 (31.8 %)"


def test_a_note_is_said_once():
    assert notes_of("A.", None, "B.", "A.", "") == ("A.", "B.")


def test_a_baseline_table_has_n_in_its_heads_and_missing_only_where_somebody_is(study, sheets):
    table = tabulate_items(study, sheets["baseline"], analysis=study.analyses["baseline"])
    assert [(head.label, head.below) for head in table.columns[1:]] == [
        ("Chemotherapy then surgery", "N = 60"),
        ("Surgery", "N = 58"),
        ("All subjects", "N = 118"),
    ]
    assert "Missing" not in [line.label for line in table.lines]
    assert table.notes == ("Analysis set: All randomised subjects.",)


def test_items_with_missing_values_say_so(study, sheets):
    analysis = study.analyses["surgery_outcomes"]
    table = tabulate_items(study, sheets["surgery_outcomes"], analysis=analysis)
    assert plain(line_of(table, "Missing").cells[0]) == "5 (8.3 %)"


def test_a_numeric_item_has_mean_median_and_range(study, sheets):
    rows = sheets["baseline"].only(endpoint="age", group="chemo")
    table = tabulate_items(study, sheets["baseline"], analysis=study.analyses["baseline"])
    mean, spread = rows.value("mean"), rows.value("sd")
    assert plain(line_of(table, "Mean (SD)").cells[0]) == f"{mean:.1f} ({spread:.1f})"
    ends = (rows.value("minimum"), rows.value("maximum"))
    assert plain(line_of(table, "Range").cells[0]) == f"{ends[0]:.0f}\u2013{ends[1]:.0f}"


def test_every_count_of_the_baseline_rows_is_in_the_table_once(study, sheets):
    table = tabulate_items(study, sheets["baseline"], analysis=study.analyses["baseline"])
    shown = addresses(table)
    counts = [
        row.cell for row in sheets["baseline"].only(statistic="count") if row.level != "missing"
    ]
    assert len(shown) == len(set(shown))
    assert set(counts) <= set(shown)


def test_proportions_come_with_every_interval_and_the_categories_of_response(study, sheets):
    table = tabulate_proportions(study, sheets["rates"], analysis=study.analyses["rates"])
    assert [line.label for line in table.lines[:5]] == [
        "Objective response before surgery",
        "Subjects with success / N",
        "Per cent (95 % CI, Clopper-Pearson)",
        "Partial response",
        "Complete",
    ]
    assert plain(table.lines[1].cells[0]) == "27 / 60"
    assert plain(table.lines[2].cells[0]) == "45.0 (32.1\u201358.4)"


def test_a_summary_counts_who_lies_at_or_beyond_a_limit(study, sheets):
    table = tabulate_summary(study, sheets["size"], analysis=study.analyses["size"])
    assert table.caption == "Viable tumour, %"
    assert plain(line_of(table, "At most 10 %").cells[0]) == "9 (15.0 %)"


def test_a_curve_table_has_the_median_and_a_line_for_each_landmark(study, sheets):
    table = tabulate_curves(study, sheets["efs_curve"], analysis=study.analyses["efs_curve"])
    assert [line.label for line in table.lines] == [
        "Events",
        "Median, months (95 % CI)",
        "At 12 months, % (95 % CI)",
        "At 24 months, % (95 % CI)",
    ]
    at_12 = next(
        row
        for row in sheets["efs_curve"].only(group="chemo", level="landmark", statistic="survival")
        if row.at == 12
    )
    assert plain(table.lines[2].cells[0]).startswith(f"{100 * at_12.value:.1f} (")


def test_the_median_line_has_the_address_of_the_median_and_not_of_follow_up(study, sheets):
    table = tabulate_curves(study, sheets["efs_curve"], analysis=study.analyses["efs_curve"])
    assert table.lines[1].cells[0][0].address == "efs_curve/efs/chemo/median"


def test_a_log_rank_table_tells_the_test_in_one_line_and_strata_in_words(study, sheets):
    table = tabulate_logrank(study, sheets["efs_test"], analysis=study.analyses["efs_test"])
    assert [line.label for line in table.lines] == [
        "Chemotherapy then surgery",
        "Surgery",
        "Test",
    ]
    assert table.lines[-1].spans
    assert "on 1 df, p = 0.0" in plain(table.lines[-1].cells[0])
    assert table.notes == ("Log-rank test, two-sided, stratified by Older than 60 years.",)


def test_a_cox_table_has_a_line_for_each_covariate_and_one_for_the_model(study, sheets):
    table = tabulate_model(study, sheets["efs_ratio"], analysis=study.analyses["efs_ratio"])
    assert [column.label for column in table.columns] == [
        "Covariate",
        "Hazard ratio (95 % CI)",
        "p",
    ]
    assert table.lines[0].label == "Chemotherapy then surgery v Surgery"
    assert plain(table.lines[-1].cells[0]).startswith("118 subjects, ")


def test_a_logistic_table_leaves_the_intercept_out(study, sheets):
    table = tabulate_model(study, sheets["r0_model"], analysis=study.analyses["r0_model"])
    assert [line.label for line in table.lines] == [
        "Chemotherapy then surgery v Surgery",
        "Sex: Male",
        "Model",
    ]
    assert plain(table.lines[0].cells[0]) == "1.36 (0.62\u20132.99)"
