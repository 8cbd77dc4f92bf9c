import numpy as np
import pytest

from equipoise.stats import ProbabilityScale, kaplan_meier, median, survival_at


def test_a_curve_without_events_stays_at_1_and_has_no_median():
    curve = kaplan_meier([1, 2, 3], [0, 0, 0])
    assert curve.survival.tolist() == [1, 1, 1]
    assert curve.std_err.tolist() == [0, 0, 0]
    found = median(curve)
    assert np.isnan([found.estimate, found.lower, found.upper]).all()


@pytest.mark.parametrize("interval", list(ProbabilityScale))
def test_before_the_first_event_the_interval_is_1(interval):
    curve = kaplan_meier([1, 2, 3, 4], [0, 1, 0, 0], interval=interval)
    assert (curve.lower[0], curve.upper[0]) == (1, 1)
    at = survival_at(curve, [0.5])
    assert (at.estimate[0], at.std_err[0], at.lower[0], at.upper[0]) == (1, 0, 1, 1)


@pytest.mark.parametrize("interval", list(ProbabilityScale))
def test_where_the_curve_is_0_nothing_is_known_of_its_error(interval):
    curve = kaplan_meier([1, 2], [1, 1], interval=interval)
    assert curve.survival[-1] == 0
    assert np.isnan([curve.std_err[-1], curve.lower[-1], curve.upper[-1]]).all()
    assert curve.lower[0] < 0.5 < curve.upper[0]


def test_after_the_last_time_the_curve_is_carried_on_with_nobody_at_risk():
    at = survival_at(kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0]), [3.5, 100])
    assert at.estimate.tolist() == [0.375, 0.375]
    assert at.at_risk.tolist() == [1, 0]


def test_a_subject_censored_at_an_event_time_is_at_risk_for_it():
    curve = kaplan_meier([2, 2, 3], [1, 0, 1])
    assert curve.survival[0] == pytest.approx(2 / 3)


def test_an_event_at_time_0_counts():
    curve = kaplan_meier([0, 1, 2, 3], [1, 0, 0, 0])
    assert survival_at(curve, [0]).estimate[0] == 0.75


def test_a_higher_confidence_makes_wider_intervals():
    narrow = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 0], confidence=0.8)
    wide = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 0], confidence=0.99)
    assert (wide.lower < narrow.lower).all()
    assert (wide.upper > narrow.upper).all()
    assert wide.confidence == 0.99


def test_the_result_cannot_be_changed():
    curve = kaplan_meier([1, 2], [1, 0])
    with pytest.raises(ValueError, match="read-only"):
        curve.survival[0] = 0.9


def test_the_input_stays_writable_and_as_it_was():
    time = np.array([2.0, 1.0])
    at = np.array([1.0])
    survival_at(kaplan_meier(time, [1, 1]), at)
    time[0], at[0] = 7.0, 7.0
    assert time.tolist() == [7.0, 1.0]
