import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.watched_arm import WatchedArm, watched_characteristics


def test_a_trial_that_never_stops_early_is_one_binomial_test():
    arm = WatchedArm(looks=(5, 10), futile_upto=(-1, 4), go_from=(None, None))
    course = watched_characteristics(arm, rate=0.5)
    assert course.early_stop_probability == 0
    assert course.expected_subjects == 10
    assert course.go_probability == pytest.approx(1 - 386 / 1024)
    assert sum(course.futile_per_look) + sum(course.go_per_look) == pytest.approx(1)


def test_all_trials_go_at_a_rate_of_one_and_none_at_zero():
    arm = WatchedArm(looks=(5, 10), futile_upto=(1, 4), go_from=(5, None))
    assert watched_characteristics(arm, rate=1.0).go_per_look == (1.0, 0.0)
    assert watched_characteristics(arm, rate=0.0).futile_per_look == (1.0, 0.0)


def test_every_look_has_its_counts():
    with pytest.raises(BadInput, match="every look has a count"):
        WatchedArm(looks=(5, 10), futile_upto=(1,), go_from=(None, None))


@pytest.mark.parametrize(("futile", "go"), [(3, 3), (-2, None)])
def test_one_count_does_not_stop_for_both_reasons(futile, go):
    with pytest.raises(BadInput, match="more responses stop for efficacy"):
        WatchedArm(looks=(5, 10), futile_upto=(futile, 4), go_from=(go, None))


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_out_of_range_is_refused(rate):
    arm = WatchedArm(looks=(5,), futile_upto=(1,), go_from=(None,))
    with pytest.raises(BadInput, match="rate"):
        watched_characteristics(arm, rate=rate)
