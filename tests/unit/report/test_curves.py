from dataclasses import replace

import pytest

from equipoise.report.curves import describe_curves, draw_curves
from equipoise.report.sheet import Sheet, sheets_of
from equipoise.report.svg import Canvas

CANVAS = Canvas(name="efs_curve", title="Event-free survival", description="Two curves.")


@pytest.fixture(scope="module")
def sheets(results):
    return sheets_of(results)


@pytest.fixture
def shown(study, sheets):
    analysis = study.analyses["efs_curve"]
    return describe_curves(study, sheets, name="efs_curve", analysis=analysis)


def test_a_curve_has_a_corner_for_each_result_in_per_cent(shown, sheets):
    rows = sheets["efs_curve"].only(group="chemo", level="curve", statistic="survival")
    assert shown.curves[0].steps == tuple((row.at, 100 * row.value) for row in rows)


def test_a_curve_starts_at_time_zero_with_everybody(shown):
    assert [curve.steps[0] for curve in shown.curves] == [(0.0, 100.0), (0.0, 100.0)]


def test_ticks_mark_the_times_at_which_somebody_was_censored(shown, sheets):
    rows = sheets["efs_curve"].only(group="surgery_first", statistic="censored")
    times = {row.at for row in rows if row.value}
    assert {time for time, _ in shown.curves[1].censored} == times


def test_subjects_at_risk_are_told_at_the_ticks_of_the_axis(shown, sheets):
    rows = sheets["efs_curve"].only(group="chemo", level="at_risk")
    assert shown.ticks == (0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 36.0, 42.0)
    assert shown.curves[0].at_risk == tuple(round(row.value) for row in rows)
    assert shown.curves[0].at_risk[0] == 60


def test_the_head_tells_events_subjects_and_median_with_interval(shown, sheets):
    rows = sheets["efs_curve"].only(group="chemo", level="")
    assert shown.curves[0].summary == f"{rows.value('events'):.0f} / 60"
    ends = "\u2013".join(f"{rows.value(end):.1f}" for end in ("median_lower", "median_upper"))
    assert shown.curves[0].median == f"{rows.value('median'):.1f} ({ends})"


def test_a_median_that_is_not_reached_is_ne_and_has_no_line(study, sheets):
    found = describe_curves(study, sheets, name="os_curve", analysis=study.analyses["os_curve"])
    assert found.curves[0].median_at is None
    assert found.curves[0].median.startswith("NE (")


def test_the_comparison_comes_from_the_regression_and_the_test_of_the_same_estimand(shown, sheets):
    ratio = sheets["efs_ratio"].value("hazard_ratio")
    assert shown.comparison.startswith(f"Hazard ratio {ratio:.2f} (95 % CI ")
    assert "stratified log-rank p = 0.0" in shown.comparison


def test_without_regression_or_test_there_is_no_comparison(study, sheets):
    found = describe_curves(study, sheets, name="os_curve", analysis=study.analyses["os_curve"])
    assert found.comparison is None


def test_another_estimand_has_no_share_in_the_comparison(study, sheets):
    curve = study.analyses["efs_curve"].model_copy(update={"estimand": "sensitivity"})
    assert describe_curves(study, sheets, name="efs_curve", analysis=curve).comparison is None


def test_axes_are_named_by_endpoint_and_clock(shown):
    assert shown.time_label == "Months from randomisation"
    assert shown.height_label == "Event-free survival (%)"


def test_a_long_name_is_shortened_to_the_height_of_the_plot(study, sheets):
    label = "Survival free of everything (in the resected; not a randomised comparison)"
    efs = study.endpoints["efs"].model_copy(update={"label": label})
    wordy = study.model_copy(update={"endpoints": {**study.endpoints, "efs": efs}})
    analysis = study.analyses["efs_curve"]
    found = describe_curves(wordy, sheets, name="efs_curve", analysis=analysis)
    assert found.height_label == "Survival free of everything (%)"


def test_the_drawing_has_the_table_at_risk_and_the_head(shown):
    svg = draw_curves(shown, canvas=CANVAS)
    for words in ("Subjects at risk", "Chemotherapy then surgery", shown.comparison, "100"):
        assert f">{words}<" in svg
    assert shown.curves[0].median in svg


def test_numbers_at_risk_stand_under_their_ticks(shown):
    numbers = tuple(range(901, 901 + len(shown.ticks)))
    one = replace(shown, curves=(replace(shown.curves[0], at_risk=numbers),))
    svg = draw_curves(one, canvas=CANVAS)
    for tick, number in zip(one.ticks, numbers, strict=True):
        assert across(svg, f"{number}") == pytest.approx(across(svg, f"{tick:g}"), abs=0.01)


def across(svg, words):
    """Return how far from the left the first text that reads as given stands, in points."""
    before = svg[: svg.index(f">{words}</text>")]
    return float(before[before.rindex("<text") :].split('x="')[1].split('"')[0])


def test_one_curve_of_everybody_is_drawn_without_comparison(study, sheets):
    rows = tuple(replace(row, group="all") for row in sheets["os_curve"].only(group="chemo"))
    curve = study.analyses["os_curve"].model_copy(update={"by": None})
    one = {"os_curve": Sheet(rows=rows)}
    found = describe_curves(study, one, name="os_curve", analysis=curve)
    assert [curve.label for curve in found.curves] == ["All subjects"]
    assert found.comparison is None
    assert ">All subjects<" in draw_curves(found, canvas=CANVAS)


def test_a_group_without_subjects_has_no_curve_and_stops_nothing(study, sheets):
    kept = tuple(
        replace(row, value=None) if row.statistic.startswith("median") else row
        for row in sheets["efs_curve"]
        if row.group == "chemo" or row.level == ""
    )
    curve = study.analyses["efs_curve"]
    lone = {"efs_curve": Sheet(rows=kept)}
    found = describe_curves(study, lone, name="efs_curve", analysis=curve)
    assert found.curves[1].steps == ()
    assert found.curves[1].median == "NE (NE\u2013NE)"
    assert ">NE (NE\u2013NE)<" in draw_curves(found, canvas=CANVAS)
