"""Rows of single subjects: the waterfall and the swimmer lanes."""

from __future__ import annotations

import datetime as dt

import pytest

from equipoise.analyse.lanes import lane_sources
from equipoise.base import BadInput
from equipoise.base.quantities import DAYS_PER_MONTH
from equipoise.study.analyses import SwimmerAnalysis, WaterfallAnalysis
from equipoise.study.endpoints import Measured

FALL = WaterfallAnalysis(method="waterfall", title="Change", endpoint="orr", by="arm")
LANES = SwimmerAnalysis(method="swimmer", title="Lanes", endpoint="efs", by="arm")


def test_bars_fall_from_growth_to_shrinkage_with_the_best_response(run, data):
    bars = run(FALL, data).filter(statistic="best_change")
    assert bars.select("subject", "value", "text").rows() == [
        ("S03", 25.0, "PD"),
        ("S02", -10.0, "SD"),
        ("S01", -40.0, "PR"),
    ]


def test_a_scan_after_surgery_is_no_change_of_the_tumour(run, data, value):
    assert value(run(FALL, data), "it/orr/chemo/S02/best_change") == -10.0


def test_every_scan_that_was_compared_is_behind_the_bar(run, data):
    assert run(FALL, data).filter(subject="S02")["n"].to_list() == [2]


def test_a_growing_tumour_does_not_count_its_baseline_as_best(run, data, value):
    assert value(run(FALL, data), "it/orr/chemo/S03/best_change") == 25.0


def test_subjects_without_a_change_are_counted(run, data, value):
    found = run(FALL, data)
    assert value(found, "it/orr/chemo/missing") == 1.0
    assert value(found, "it/orr/surgery_first/missing") == 4.0
    assert value(found, "it/orr/surgery_first/n") == 0.0


def test_a_measured_endpoint_can_fall_too(run, make_data, study):
    rows = [
        {"USUBJID": f"S{k}", "ARMCD": "chemo", "PARAMCD": "shrinkage", "AVAL": change}
        for k, change in enumerate([5.0, -80.0, None])
    ]
    measured = Measured(kind="measured", label="Change", value="0", population="treated")
    other = study.model_copy(update={"endpoints": {**study.endpoints, "shrinkage": measured}})
    analysis = FALL.model_copy(update={"endpoint": "shrinkage", "by": None})
    bars = run(analysis, make_data(adeff=rows), of=other).filter(statistic="best_change")
    assert bars.select("subject", "value").rows() == [("S0", 5.0), ("S1", -80.0)]


def test_an_endpoint_that_is_no_number_is_refused(run, data):
    with pytest.raises(BadInput, match="efs, which is time_to_event"):
        run(FALL.model_copy(update={"endpoint": "efs"}), data)


def test_a_waterfall_of_nobody_has_no_bars(run, empty):
    assert run(FALL, empty)["subject"].null_count() == 4


def test_a_scan_after_a_resection_is_a_scan_of_the_lane_too(study, make_data):
    rows = [
        {"USUBJID": "S01", "PARAMCD": parameter, "ADT": dt.date(2024, 2, k), "AVALC": "said"}
        for k, parameter in enumerate(("OVR", "IOVR", "RECUR", "orr"), start=1)
    ]
    scans = lane_sources(study, make_data(adrs=rows)).scans
    assert scans.rows["PARAMCD"].to_list() == ["OVR", "RECUR"]


@pytest.fixture(scope="module")
def lanes(run, data):
    return run(LANES, data)


def marks(lanes, subject):
    found = lanes.filter(subject=subject)
    return {row["level"]: row for row in found.iter_rows(named=True)}


def test_a_lane_has_what_happened_in_months_from_its_start(lanes):
    told = {
        level: round(row["value"] * DAYS_PER_MONTH) for level, row in marks(lanes, "S02").items()
    }
    assert told == {
        "start": 0,
        "first_dose": 3,
        "last_dose": 24,
        "scan": 49,
        "surgery": 70,
        "recurrence": 199,
        "end": 199,
    }


def test_the_place_of_a_mark_is_its_value(lanes):
    told = lanes.filter(statistic="month")
    assert told["at"].to_list() == told["value"].to_list()


def test_doses_after_surgery_are_told_apart(lanes):
    told = marks(lanes, "S01")
    assert round(told["last_dose"]["value"] * DAYS_PER_MONTH) == 24
    assert round(told["first_adjuvant_dose"]["value"] * DAYS_PER_MONTH) == 91


def test_a_dose_of_nothing_is_no_dose(lanes):
    assert set(marks(lanes, "S04")) == {"start", "end"}


def test_marks_say_what_they_mean(lanes):
    assert marks(lanes, "S01")["scan"]["text"] == "PR"
    assert marks(lanes, "S06")["surgery"]["text"] == "Explored, not resected"


@pytest.mark.parametrize(
    ("subject", "said"),
    [("S01", "ongoing"), ("S02", "Recurrence"), ("S07", "ongoing")],
)
def test_the_end_of_a_lane_is_its_event_or_ongoing(lanes, subject, said):
    assert marks(lanes, subject)["end"]["text"] == said


def test_who_left_the_study_is_not_ongoing(run, data):
    lanes = run(LANES.model_copy(update={"endpoint": "os"}), data)
    assert marks(lanes, "S08")["end"]["text"] == "Withdrew consent"


def test_the_longest_lane_of_a_group_comes_first(lanes):
    told = lanes.filter(level="end", group="surgery_first")
    assert told["subject"].to_list() == ["S07", "S05", "S08", "S06"]


def test_a_recorded_time_without_dates_has_a_start_and_an_end(run, make_data):
    row = {"USUBJID": "S1", "ARMCD": "chemo", "PARAMCD": "efs", "ESTIMAND": "primary"}
    told = make_data(adtte=[{**row, "AVAL": 60.875, "CNSR": 1}], adsl=[{"USUBJID": "S1"}])
    found = run(LANES, told).filter(subject="S1")
    assert found.select("level", "value").rows() == [("start", 0.0), ("end", 2.0)]


def test_lanes_of_nobody_are_none(run, empty):
    assert run(LANES, empty)["value"].to_list() == [0.0, 0.0]
