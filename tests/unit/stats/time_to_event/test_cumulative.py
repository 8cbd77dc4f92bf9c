import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.time_to_event.cumulative import CumulativeInterval, cumulative_at
from equipoise.stats.time_to_event.mean_cumulative import mean_cumulative
from equipoise.stats.time_to_event.nelson_aalen import (
    HazardMethod,
    HazardTies,
    HazardVariance,
    fleming_harrington,
    nelson_aalen,
)
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning

TIME, EVENT = [1, 2, 3, 4], [0, 1, 1, 0]


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    assert error.value.faults[0].where == where


def hazard_by(interval, **how):
    return nelson_aalen(TIME, EVENT, method=HazardMethod(interval=interval), **how)


@pytest.mark.parametrize("interval", list(CumulativeInterval))
def test_until_the_first_event_the_hazard_and_its_interval_are_0(interval):
    hazard = hazard_by(interval)
    assert (hazard.estimate[0], hazard.lower[0], hazard.upper[0]) == (0, 0, 0)
    at = cumulative_at(hazard, [0.5, 2.5])
    assert (at.estimate[0], at.std_err[0], at.upper[0]) == (0, 0, 0)
    assert at.estimate[1] == pytest.approx(1 / 3)


def test_a_plain_interval_is_cut_at_0_and_a_log_one_stays_above():
    assert hazard_by(CumulativeInterval.PLAIN).lower[1] == 0
    assert hazard_by(CumulativeInterval.LOG).lower[1] > 0
    assert hazard_by(CumulativeInterval.LOG).interval is CumulativeInterval.LOG


def test_a_higher_confidence_makes_a_wider_interval():
    for interval in CumulativeInterval:
        wide = hazard_by(interval, confidence=0.99)
        assert (wide.upper[1:] > hazard_by(interval).upper[1:]).all()
        assert wide.confidence == 0.99


def test_the_survival_curve_of_a_hazard_is_1_until_the_first_event_and_never_0():
    curve = fleming_harrington(nelson_aalen([1, 2], [0, 1]))
    assert curve.survival.tolist() == [1, np.exp(-1)]
    assert (curve.lower[0], curve.upper[0], curve.std_err[0]) == (1, 1, 0)


def test_greenwood_of_a_hazard_says_nothing_where_all_have_the_event():
    method = HazardMethod(variance=HazardVariance.GREENWOOD)
    assert nelson_aalen([1], [1], method=method).std_err.tolist() == [0]


def test_weights_that_count_repeat_the_row_but_not_its_tie():
    weights = CaseWeights(values=[1, 2, 1, 1], meaning=WeightMeaning.COUNT)
    hazard = nelson_aalen(TIME, EVENT, weights=weights)
    assert hazard.estimate.tolist() == [0, 0.5, 1, 1]
    corrected = HazardMethod(ties=HazardTies.FLEMING_HARRINGTON)
    same = nelson_aalen(TIME, EVENT, weights=weights, method=corrected)
    assert same.estimate.tolist() == hazard.estimate.tolist()


def test_sampling_weights_with_a_tie_correction_are_refused():
    weights = CaseWeights(values=[1, 2, 1, 1], meaning=WeightMeaning.SAMPLING)
    method = HazardMethod(ties=HazardTies.FLEMING_HARRINGTON)
    refused("method", lambda: nelson_aalen(TIME, EVENT, weights=weights, method=method))


class TestMeanCumulative:
    def test_a_subject_may_have_several_events_and_counts_once_at_risk(self):
        curve = mean_cumulative([1, 3, 4], [1, 1, 0], ["a", "a", "b"], entry=[0, 1, 0])
        assert curve.at_risk.tolist() == [2, 2, 1]
        assert curve.estimate.tolist() == [0.5, 1, 1]
        assert curve.n == 2

    def test_after_a_gap_a_subject_is_at_risk_again(self):
        curve = mean_cumulative([1, 5, 6], [1, 1, 0], [7, 7, 8], entry=[0, 3, 0])
        assert curve.at_risk.tolist() == [2, 2, 1]
        assert curve.std_err[1] > curve.std_err[0]

    def test_the_interval_follows_scale_and_level(self):
        rows = {"time": [1, 2, 3], "event": [1, 1, 0], "subject": [1, 2, 3], "entry": [0, 0, 0]}
        plain = mean_cumulative(**rows, interval=CumulativeInterval.PLAIN)
        assert plain.lower[0] == 0
        assert mean_cumulative(**rows).lower[0] > 0
        assert mean_cumulative(**rows, confidence=0.8).upper[0] < mean_cumulative(**rows).upper[0]

    def test_spells_that_overlap_are_refused(self):
        refused("entry", lambda: mean_cumulative([2, 3], [1, 0], [1, 1], entry=[0, 1]))

    def test_bad_columns_are_refused(self):
        refused("subject", lambda: mean_cumulative([2, 3], [1, 0], [1], entry=[0, 1]))
        refused("entry", lambda: mean_cumulative([2, 3], [1, 0], [1, 2], entry=[0, 3]))
        refused("time", lambda: mean_cumulative([2, np.nan], [1, 0], [1, 2], entry=[0, 1]))
