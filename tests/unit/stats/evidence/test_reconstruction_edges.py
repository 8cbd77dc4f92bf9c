import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.evidence.digitised_curve import Mended, digitised_curve
from equipoise.stats.evidence.reconstruction import guyot_reconstruction

TABLE = {"at_risk_times": [0, 6], "at_risk": [10, 5]}


@pytest.mark.parametrize(
    ("times", "survival"),
    [
        ([1, 2], [0.9]),
        ([1, 2], [90, 80]),
        ([1, 2], [0.9, np.nan]),
        ([-1, 2], [0.9, 0.8]),
        ([1, 2], [0.9, -0.1]),
    ],
)
def test_points_have_a_time_and_a_height(times, survival):
    with pytest.raises(BadInput):
        digitised_curve(times, survival, **TABLE)


@pytest.mark.parametrize(
    ("columns", "numbers"),
    [([1, 2], [10, 9]), ([0, 2, 2], [9, 8, 7]), ([0, 2], [8, 9]), ([0, 2], [8.5, 3]), ([0], [0])],
)
def test_a_risk_table_begins_at_0_and_never_rises(columns, numbers):
    with pytest.raises(BadInput, match="a risk table begins at time 0"):
        digitised_curve([1, 2], [0.9, 0.8], at_risk_times=columns, at_risk=numbers)


def test_a_risk_table_has_one_number_a_column():
    with pytest.raises(BadInput, match="2 times, 1 numbers"):
        digitised_curve([1, 2], [0.9, 0.8], at_risk_times=[0, 1], at_risk=[9])


def test_more_events_than_subjects_are_refused():
    with pytest.raises(BadInput, match="11 events among 10 subjects"):
        digitised_curve([1, 2], [0.9, 0.8], **TABLE, total_events=11)


def test_a_missing_start_is_added_and_told():
    curve = digitised_curve([1, 2], [0.9, 0.8], **TABLE)
    assert (curve.times[0], curve.survival[0]) == (0, 1)
    assert [finding.mended for finding in curve.findings] == [Mended.START_ADDED]


def test_a_clean_curve_has_no_findings():
    assert digitised_curve([0, 1, 2], [1, 0.9, 0.8], **TABLE).findings == ()


def test_numbers_that_cannot_be_met_are_told():
    curve = digitised_curve([1, 2, 9], [0.9, 0.2, 0.1], at_risk_times=[0, 6], at_risk=[10, 9])
    rebuilt = guyot_reconstruction(curve)
    assert rebuilt.time.size == 10
    assert rebuilt.check.at_risk_differences.tolist() == [0, -7]


def test_fewer_events_than_the_curve_shows_are_told():
    curve = digitised_curve(
        [1, 2, 9], [0.9, 0.5, 0.4], at_risk_times=[0, 6], at_risk=[10, 5], total_events=3
    )
    rebuilt = guyot_reconstruction(curve)
    assert rebuilt.check.events_difference == 2
    assert rebuilt.time[rebuilt.event].max() == 2


def test_a_curve_down_to_0_ends_with_events():
    curve = digitised_curve(
        [1, 2, 3, 4], [0.75, 0.5, 0.25, 0], at_risk_times=[0, 2], at_risk=[4, 3]
    )
    rebuilt = guyot_reconstruction(curve)
    assert rebuilt.event.all()
    assert rebuilt.time.tolist() == [1, 2, 3, 4]


def test_a_column_of_nobody_after_the_curve_is_the_end_of_the_curve():
    points = {"times": [1, 2, 3], "survival": [0.75, 0.5, 0.5]}
    plain = guyot_reconstruction(digitised_curve(**points, at_risk_times=[0], at_risk=[4]))
    longer = digitised_curve(**points, at_risk_times=[0, 6], at_risk=[4, 0])
    assert guyot_reconstruction(longer).time.tolist() == plain.time.tolist()


def test_somebody_at_risk_after_the_last_click_lengthens_the_curve():
    curve = digitised_curve([1, 2], [0.75, 0.5], at_risk_times=[0, 6], at_risk=[4, 2])
    rebuilt = guyot_reconstruction(curve)
    assert rebuilt.time.tolist() == [1, 2, 6, 6]
    assert rebuilt.check.at_risk_differences.tolist() == [0, 0]


def test_rebuilt_rows_are_read_only_and_in_order():
    rebuilt = guyot_reconstruction(digitised_curve([1, 5, 9], [0.9, 0.6, 0.4], **TABLE))
    assert np.all(np.diff(rebuilt.time) >= 0)
    with pytest.raises(ValueError, match="read-only"):
        rebuilt.time[0] = 4
