import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.time_to_event.landmark import LandmarkRule, landmark
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning
from equipoise.stats.time_to_event.survival import (
    at_risk_at,
    kaplan_meier,
    median,
    reverse_kaplan_meier,
    survival_at,
)

TIME = [3.0, 1.0, 2.0, 5.0]
EVENT = [1, 1, 0, 1]


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    fault = error.value.faults[0]
    assert fault.where == where
    assert fault.fix
    return fault


def counts(values):
    return CaseWeights(values=values, meaning=WeightMeaning.COUNT)


def sampling(values):
    return CaseWeights(values=values, meaning=WeightMeaning.SAMPLING)


class TestDelayedEntry:
    def test_a_subject_is_at_risk_after_its_entry_until_its_time(self):
        curve = kaplan_meier([2, 3, 4], [1, 1, 1], entry=[0, 2, 1])
        assert curve.at_risk.tolist() == [2, 2, 1]
        assert at_risk_at(curve, [0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 4.5]).tolist() == [
            *(0, 1, 1, 2, 2, 2, 2, 1, 0)
        ]

    def test_while_nobody_is_at_risk_the_curve_stays_as_it_is(self):
        curve = kaplan_meier([1, 2, 5, 6], [1, 0, 1, 0], entry=[0, 0, 3, 3])
        assert curve.survival.tolist() == [0.5, 0.5, 0.25, 0.25]
        assert survival_at(curve, [2.5]).at_risk[0] == 0

    def test_once_all_at_risk_have_the_event_the_curve_is_0_for_good(self):
        curve = kaplan_meier([1, 2, 5, 6], [1, 1, 1, 0], entry=[0, 0, 3, 3])
        assert curve.survival.tolist() == [0.5, 0, 0, 0]
        assert np.isnan(curve.std_err[1:]).all()
        assert median(curve).estimate == 1.5

    def test_entry_of_all_at_0_changes_nothing(self):
        plain, entered = kaplan_meier(TIME, EVENT), kaplan_meier(TIME, EVENT, entry=np.zeros(4))
        assert entered.at_risk.tolist() == plain.at_risk.tolist()
        assert entered.lower == pytest.approx(plain.lower, nan_ok=True)

    def test_an_entry_at_or_after_the_time_is_refused(self):
        refused("entry", lambda: kaplan_meier(TIME, EVENT, entry=[0, 1, 0, 0]))
        refused("entry", lambda: kaplan_meier(TIME, EVENT, entry=[0, 0, 0]))


class TestWeights:
    def test_counts_of_subjects_stay_beside_their_weights(self):
        curve = kaplan_meier(TIME, EVENT, weights=counts([2, 1, 0.5, 1]))
        assert curve.at_risk.tolist() == [4, 3, 2, 1]
        assert curve.weighted.at_risk.tolist() == [4.5, 3.5, 3, 1]
        assert curve.weighted.events.tolist() == [1, 0, 2, 1]
        assert curve.weighted.censored.tolist() == [0, 0.5, 0, 0]
        assert kaplan_meier(TIME, EVENT).weighted is None

    def test_a_row_of_weight_0_is_left_out(self):
        curve = kaplan_meier(TIME, EVENT, weights=counts([1, 0, 1, 1]), entry=[0, 0, 1, 0])
        assert (curve.n, curve.times.tolist()) == (3, [2, 3, 5])

    def test_where_all_at_risk_have_the_event_survival_is_0_in_spite_of_rounding(self):
        weights = sampling([0.1, 0.2, 0.3, 0.7, 0.1])
        curve = kaplan_meier([1, 2, 2, 2, 2], [0, 1, 1, 1, 1], weights=weights)
        assert curve.survival.tolist() == [1, 0]
        assert np.isnan([curve.std_err[1], curve.lower[1], curve.upper[1]]).all()

    @pytest.mark.parametrize("values", [[1, -1, 1, 1], [0, 0, 0, 0], [1, 1, 1], [1, np.nan, 1, 1]])
    def test_bad_weights_are_refused(self, values):
        refused("weights", lambda: kaplan_meier(TIME, EVENT, weights=counts(values)))

    def test_weighted_counts_cannot_be_changed(self):
        curve = kaplan_meier(TIME, EVENT, weights=counts([2, 1, 1, 1]), entry=[0, 0, 0, 0])
        for array in (curve.weighted.at_risk, curve.entries):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 9


def test_a_time_of_minus_zero_is_time_0():
    curve = kaplan_meier([-0.0, 0.0, 1.0], [1, 0, 1])
    assert (curve.times.tolist(), curve.events.tolist()) == ([0, 1], [1, 1])


def test_a_strided_column_is_read_as_it_stands():
    time = np.array([[4.0, 9.0], [2.0, 9.0], [3.0, 9.0]])
    curve = kaplan_meier(time[:, 0], [1, 1, 0])
    assert (curve.times.tolist(), curve.events.tolist()) == ([2, 3, 4], [1, 0, 1])


def test_median_follow_up_is_that_of_the_censorings():
    curve = reverse_kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
    assert curve.survival == pytest.approx([1, 2 / 3, 2 / 3, 0])
    assert median(curve).estimate == 4
    assert curve.events.tolist() == [0, 1, 0, 1]


class TestLandmark:
    def test_the_clock_starts_at_the_landmark_for_those_still_at_risk(self):
        there = landmark([1, 2, 3, 5], [1, 0, 1, 0], at=2)
        assert there.rows.tolist() == [2, 3]
        assert there.time.tolist() == [1, 3]
        assert there.event.tolist() == [True, False]
        assert (there.events_before, there.censored_before, there.entered_later) == (1, 1, 0)

    def test_a_time_at_the_landmark_counts_if_the_rule_says_so(self):
        there = landmark([1, 2, 3, 5], [1, 1, 1, 0], at=2, rule=LandmarkRule.FROM)
        assert there.rows.tolist() == [1, 2, 3]
        assert there.time.tolist() == [0, 1, 3]

    def test_a_subject_that_enters_later_is_left_out(self):
        there = landmark([3, 4, 5], [1, 0, 1], at=2, entry=[0, 2, 2.5])
        assert there.rows.tolist() == [0, 1]
        assert (there.events_before, there.entered_later) == (0, 1)

    @pytest.mark.parametrize("at", [-1, np.nan, np.inf, 5, 9])
    def test_a_landmark_at_which_nobody_is_at_risk_is_refused(self, at):
        refused("at", lambda: landmark([1, 2, 3, 5], [1, 0, 1, 0], at=at))
