import numpy as np
import pytest

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.adjusted_rmst import adjusted_rmst
from equipoise.stats.time_to_event.milestone import survival_difference
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning
from equipoise.stats.time_to_event.rmst import compare_rmst, rmst
from equipoise.stats.time_to_event.survival import kaplan_meier

OPEN = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
LONG = kaplan_meier([2, 3, 5, 8], [1, 1, 0, 0])
CLOSED = kaplan_meier([1, 2, 3], [1, 1, 1])
UNTOUCHED = kaplan_meier([6, 7, 8], [0, 0, 0])

ROWS = {
    "time": [2, 3, 5, 8, 1, 2, 3, 9],
    "event": [1, 1, 0, 0, 1, 1, 1, 0],
    "arm": [1, 1, 1, 1, 0, 0, 0, 0],
}


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    fault = error.value.faults[0]
    assert fault.where == where
    return fault


class TestTau:
    @pytest.mark.parametrize("tau", [0, -1, np.nan, np.inf])
    def test_is_a_time_above_0(self, tau):
        refused("tau", lambda: rmst(OPEN, tau=tau))

    def test_lies_within_follow_up_and_the_error_says_how_far_that_goes(self):
        assert rmst(OPEN, tau=4).tau == 4
        fault = refused("tau", lambda: rmst(OPEN, tau=4.001))
        assert "4" in fault.fix

    def test_lies_within_the_shorter_follow_up_of_two_arms(self):
        assert compare_rmst(LONG, control=OPEN, tau=4).tau == 4
        refused("tau", lambda: compare_rmst(LONG, control=OPEN, tau=5))

    def test_may_lie_after_an_arm_in_which_all_had_the_event(self):
        found = compare_rmst(LONG, control=CLOSED, tau=8)
        assert found.control.estimate == pytest.approx(2)
        refused("tau", lambda: compare_rmst(LONG, control=CLOSED, tau=8.5))

    def test_of_an_adjusted_comparison_has_the_same_limits(self):
        time, event, arm = [2, 3, 5, 8, 1, 2, 3], [1, 1, 0, 0, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0]
        covariate = [3, 1, 2, 2, 1, 3, 2]
        assert adjusted_rmst(time, event, arm, covariates=covariate, tau=8).tau == 8
        refused("tau", lambda: adjusted_rmst(time, event, arm, covariates=covariate, tau=9))


class TestRestrictedMean:
    def test_until_the_first_event_is_tau_without_error(self):
        found = rmst(OPEN, tau=0.5)
        assert (found.estimate, found.std_err, found.lost, found.events) == (0.5, 0, 0, 0)

    def test_of_a_curve_that_ends_at_0_has_an_error(self):
        assert rmst(CLOSED, tau=3).std_err == pytest.approx(np.std([1, 2, 3]) / np.sqrt(3))

    def test_has_a_wider_interval_at_a_higher_level(self):
        assert rmst(OPEN, tau=3, confidence=0.99).lower < rmst(OPEN, tau=3).lower

    def test_of_sampling_weights_is_refused(self):
        weights = CaseWeights(values=[1, 2, 1], meaning=WeightMeaning.SAMPLING)
        curve = kaplan_meier([1, 2, 3], [1, 1, 0], weights=weights)
        refused("curve", lambda: rmst(curve, tau=2))


class TestComparison:
    def test_favours_the_arm_with_the_higher_curve(self):
        found = compare_rmst(LONG, control=OPEN, tau=4)
        assert found.difference.z > 0
        assert found.ratio.estimate > 1 > found.lost_ratio.estimate
        assert found.ratio.estimate == pytest.approx(
            found.experimental.estimate / found.control.estimate
        )

    def test_cannot_tell_a_ratio_of_times_lost_when_an_arm_lost_none(self):
        found = compare_rmst(UNTOUCHED, control=OPEN, tau=4)
        assert np.isnan([found.lost_ratio.estimate, found.lost_ratio.p_value]).all()
        assert found.difference.z > 0

    def test_without_any_event_has_no_test(self):
        found = compare_rmst(UNTOUCHED, control=UNTOUCHED, tau=4).difference
        assert (found.estimate, found.lower, found.upper) == (0, 0, 0)
        assert np.isnan([found.z, found.p_value]).all()

    def test_follows_the_level(self):
        narrow = compare_rmst(LONG, control=OPEN, tau=4, confidence=0.5)
        wide = compare_rmst(LONG, control=OPEN, tau=4)
        assert narrow.difference.lower > wide.difference.lower
        assert narrow.ratio.upper < wide.ratio.upper


class TestAdjusted:
    def test_refuses_one_arm(self):
        rows = ROWS | {"arm": [1] * 8}
        refused("arm", lambda: adjusted_rmst(**rows, covariates=range(8), tau=4))

    @pytest.mark.parametrize("covariates", [[1] * 8, [1, 1, 1, 1, 0, 0, 0, 0]])
    def test_refuses_a_covariate_that_is_constant_or_the_arm_again(self, covariates):
        refused("covariates", lambda: adjusted_rmst(**ROWS, covariates=covariates, tau=4))

    def test_cannot_tell_a_ratio_of_times_lost_when_an_arm_lost_none(self):
        rows = ROWS | {"event": [0, 0, 0, 0, 1, 1, 1, 0], "time": [6, 7, 8, 9, 1, 2, 3, 9]}
        found = adjusted_rmst(**rows, covariates=[1, 2, 3, 5, 4, 2, 1, 3], tau=4)
        assert np.isnan(found.lost_ratio.estimate)
        assert found.difference.estimate > 0
        assert found.experimental is None

    def test_that_finds_no_ratio_says_so(self):
        rows = ROWS | {"event": [1, 1, 0, 0, 1, 0, 0, 0], "time": [2, 9, 9, 9, 1, 9, 9, 9]}
        alone = [1, 0, 0, 0, 1, 0, 0, 0]  # every time lost is of those with 1
        with pytest.raises(NotConverged):
            adjusted_rmst(**rows, covariates=alone, tau=4)


class TestMilestone:
    def test_z_favours_the_arm_with_the_higher_curve(self):
        for scale in ProbabilityScale:
            found = survival_difference(LONG, control=OPEN, at=2.5, scale=scale)
            assert found.estimate == 0
            later = survival_difference(LONG, control=OPEN, at=3, scale=scale)
            assert later.z * later.estimate > 0
            assert later.scale is scale

    def test_the_plain_interval_is_not_narrowed_by_ends_of_the_arms_at_1(self):
        found = survival_difference(LONG, control=OPEN, at=2.5)
        assert found.upper == pytest.approx(1.959963984540054 * np.hypot(*[np.sqrt(3) / 8] * 2))

    def test_lies_within_follow_up(self):
        refused("at", lambda: survival_difference(LONG, control=OPEN, at=5))
        refused("experimental", lambda: survival_difference(CLOSED, control=LONG, at=5))

    def test_a_curve_at_1_has_an_error_on_the_plain_scale_only(self):
        assert survival_difference(UNTOUCHED, control=OPEN, at=2).z > 0
        for scale in set(ProbabilityScale) - {ProbabilityScale.PLAIN}:
            refused(
                "experimental",
                lambda scale=scale: survival_difference(UNTOUCHED, control=OPEN, at=2, scale=scale),
            )

    def test_two_arms_without_events_are_refused(self):
        refused(
            "experimental, control",
            lambda: survival_difference(UNTOUCHED, control=UNTOUCHED, at=2),
        )

    def test_a_higher_level_makes_a_wider_interval(self):
        wide = survival_difference(LONG, control=OPEN, at=3, confidence=0.99)
        assert wide.upper > survival_difference(LONG, control=OPEN, at=3).upper
