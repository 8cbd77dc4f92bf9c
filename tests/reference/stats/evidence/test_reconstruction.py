"""Curves of known subjects, read off exactly or in steps of 0.005, and rebuilt."""

import numpy as np
import pytest

from equipoise.stats import cox, kaplan_meier, logrank, median
from equipoise.stats.evidence.digitised_curve import Mended, digitised_curve
from equipoise.stats.evidence.reconstruction import guyot_reconstruction
from equipoise.stats.time_to_event.survival import at_risk_at

# name of the data set: time, event, its value, group, months between columns of the risk table
KNOWN = {
    "ovarian": ("futime", "fustat", 1, "rx", 200),
    "lung": ("time", "status", 2, "sex", 200),
    "veteran": ("time", "status", 1, "trt", 100),
}
TRUTH = "program: R 4.2.2, survival 3.5-3: the data set, whose own subjects are the truth"


def arms_of(data_set, name):
    time, event, happened, group, every = KNOWN[name]
    frame = data_set(name)
    times, labels = frame[time].to_numpy().astype(float), frame[group].to_numpy()
    events = frame[event].to_numpy() == happened
    return [(times[labels == arm], events[labels == arm], every) for arm in (1, 2)]


def read_off(arm, *, step=None, table=True, total=True):
    """Click the foot of each step and the end of the curve; round heights to a step."""
    time, event, every = arm
    curve = kaplan_meier(time, event)
    columns = np.arange(0, time.max(), every) if table else np.zeros(1)
    clicked = (curve.events > 0) | (curve.times == curve.times[-1])
    heights = curve.survival[clicked]
    return digitised_curve(
        curve.times[clicked],
        np.round(heights / step) * step if step else heights,
        at_risk_times=columns,
        at_risk=at_risk_at(curve, columns),
        total_events=int(event.sum()) if total else None,
    )


def log_hazard_ratio(first, second):
    time = np.concatenate((first.time, second.time))
    event = np.concatenate((first.event, second.event))
    arm = np.repeat([0, 1], [first.time.size, second.time.size])
    return cox(time, event, arm).coef[0], logrank(time, event, arm).z


@pytest.mark.source(TRUTH)
@pytest.mark.parametrize("step", [None, 0.005])
@pytest.mark.parametrize("name", list(KNOWN))
def test_curve_risk_table_and_median_come_back(data_set, name, step):
    for arm in arms_of(data_set, name):
        time, event, _ = arm
        rebuilt = guyot_reconstruction(read_off(arm, step=step))
        assert rebuilt.time.size == time.size
        assert np.all(rebuilt.check.at_risk_differences == 0)
        # one event of the smallest arm is 0.08 high; nothing is off by a quarter of that
        assert rebuilt.check.largest_distance < 0.02
        assert abs(int(rebuilt.event.sum()) - int(event.sum())) <= 2
        before = median(kaplan_meier(time, event)).estimate
        after = median(kaplan_meier(rebuilt.time, rebuilt.event)).estimate
        assert after == pytest.approx(before, rel=0.01, nan_ok=True)


@pytest.mark.source(TRUTH)
@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize("step", [None, 0.005])
@pytest.mark.parametrize("name", list(KNOWN))
def test_hazard_ratio_and_log_rank_come_back(data_set, name, step, *, total):
    arms = arms_of(data_set, name)
    one, other = (guyot_reconstruction(read_off(arm, step=step, total=total)) for arm in arms)
    labels = np.repeat([0, 1], [arm[0].size for arm in arms])
    time, event = (np.concatenate([arm[column] for arm in arms]) for column in (0, 1))
    coef, z = log_hazard_ratio(one, other)
    # 3 % of the ratio; the smallest data set has 12 events and a standard error of 0.59
    assert coef == pytest.approx(cox(time, event, labels).coef[0], abs=0.03)
    assert z == pytest.approx(logrank(time, event, labels).z, abs=0.15)


@pytest.mark.source(TRUTH)
@pytest.mark.parametrize("name", list(KNOWN))
def test_without_a_risk_table_the_total_of_events_is_met(data_set, name):
    arms = arms_of(data_set, name)
    rebuilt = [guyot_reconstruction(read_off(arm, table=False)) for arm in arms]
    assert [one.check.events_difference for one in rebuilt] == [0, 0]
    assert max(one.check.largest_distance for one in rebuilt) < 0.07
    coef, _ = log_hazard_ratio(*rebuilt)
    whole = [np.concatenate([arm[column] for arm in arms]) for column in (0, 1)]
    labels = np.repeat([0, 1], [arm[0].size for arm in arms])
    assert coef == pytest.approx(cox(*whole, labels).coef[0], abs=0.06)


@pytest.mark.source("by hand: 10 subjects, deaths at 1, 2, 3 and 5; 2 censored between 3 and 5")
def test_ten_subjects_by_hand():
    curve = digitised_curve(
        [1, 2, 3, 5, 8],
        [0.9, 0.8, 0.7, 0.7 * 4 / 5, 0.7 * 4 / 5],
        at_risk_times=[0, 3, 5],
        at_risk=[10, 8, 5],
    )
    rebuilt = guyot_reconstruction(curve)
    between = 3 + 2 / 3, 4 + 1 / 3
    # after the last column: 2 censored in 5 months make 1 in the last 3, at the middle
    assert rebuilt.time == pytest.approx([1, 2, 3, *between, 5, 6.5, 8, 8, 8])
    assert rebuilt.event.tolist() == [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert rebuilt.check.largest_distance == pytest.approx(0, abs=1e-12)
    assert rebuilt.check.at_risk_differences.tolist() == [0, 0, 0]


@pytest.mark.source("by hand: without table and total nobody is censored before the end")
def test_subjects_alone_leave_censoring_to_the_end():
    curve = digitised_curve([2, 4, 6], [0.75, 0.5, 0.5], at_risk_times=[0], at_risk=[4])
    rebuilt = guyot_reconstruction(curve)
    assert rebuilt.time.tolist() == [2, 4, 6, 6]
    assert rebuilt.event.tolist() == [1, 1, 0, 0]


@pytest.mark.source("by hand: a click above 1, one too early, two at one time, and one too high")
def test_unsteady_clicks_are_mended_and_told():
    curve = digitised_curve(
        [0, 2, 1, 3, 3, 4],
        [1.01, 0.8, 0.9, 0.8, 0.7, 0.72],
        at_risk_times=[0],
        at_risk=[10],
    )
    assert curve.times.tolist() == [0, 1, 2, 3, 4]
    assert curve.survival.tolist() == [1, 0.9, 0.8, 0.7, 0.7]
    told = {one.mended: (one.points, round(one.largest, 9)) for one in curve.findings}
    assert told == {
        Mended.SORTED: (1, 0),
        Mended.CLIPPED: (1, 0.01),
        Mended.LOWEST_KEPT: (1, 0),
        Mended.RISE_REMOVED: (1, 0.02),
    }
    assert guyot_reconstruction(curve).findings == curve.findings
