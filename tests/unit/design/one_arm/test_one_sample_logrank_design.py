from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.one_sample_logrank_design import (
    one_sample_logrank_power,
    size_one_sample_logrank,
)
from equipoise.design.one_arm.one_sample_trial import (
    AccrualAt,
    AccrualOver,
    OneSampleLogrankTest,
    OneSampleTrial,
    reference_through,
)
from equipoise.stats.time_to_event.one_sample_logrank import OneSampleVariance
from equipoise.stats.time_to_event.reference_hazard import WeibullHazard, cumulative_hazard

TEST = OneSampleLogrankTest(alpha_one_sided=0.05)


def trial(**changes):
    assumed = {
        "reference": reference_through(0.5, months=9.0),
        "hazard_ratio": 0.6,
        "accrual": AccrualOver(months=18.0),
        "follow_up_months": 12.0,
        "dropout_hazard": 0.0025,
    }
    return OneSampleTrial(**(assumed | changes))


def test_a_reference_passes_through_its_point():
    reference = reference_through(0.62, months=24.0, shape=1.4)
    assert cumulative_hazard(reference, [24.0])[0] == pytest.approx(0.4780358)


def test_no_effect_leaves_the_error():
    power = one_sample_logrank_power(trial(hazard_ratio=1.0), subjects=50, test=TEST)
    assert power == pytest.approx(0.05, abs=1e-12)


def test_longer_follow_up_and_less_dropout_need_fewer_subjects():
    size = size_one_sample_logrank(trial(), test=TEST, power=0.8).subjects
    longer = size_one_sample_logrank(trial(follow_up_months=24.0), test=TEST, power=0.8).subjects
    lossy = size_one_sample_logrank(trial(dropout_hazard=0.03), test=TEST, power=0.8).subjects
    assert longer < size < lossy


def test_the_balanced_statistic_needs_fewer_subjects():
    balanced = OneSampleLogrankTest(alpha_one_sided=0.05, variance=OneSampleVariance.AVERAGE)
    assert (
        size_one_sample_logrank(trial(), test=balanced, power=0.8).n
        < size_one_sample_logrank(trial(), test=TEST, power=0.8).n
    )


def test_accrual_at_a_rate_lasts_as_long_as_its_subjects_need():
    for rate in (0.5, 3.0, 50.0):
        found = size_one_sample_logrank(
            trial(accrual=AccrualAt(per_month=rate)), test=TEST, power=0.8
        )
        same = trial(accrual=AccrualOver(months=found.subjects / rate))
        again = size_one_sample_logrank(same, test=TEST, power=0.8)
        assert again.subjects == pytest.approx(found.subjects, rel=1e-8)
        assert found.study_months == pytest.approx(found.n / rate + 12.0)


def test_the_integrals_do_not_depend_on_the_unit_of_time():
    years = OneSampleTrial(
        reference=reference_through(0.5, months=0.75),
        hazard_ratio=0.6,
        accrual=AccrualOver(months=1.5),
        follow_up_months=1.0,
        dropout_hazard=0.03,
    )
    assert size_one_sample_logrank(years, test=TEST, power=0.8).subjects == pytest.approx(
        size_one_sample_logrank(trial(), test=TEST, power=0.8).subjects, rel=1e-9
    )


def test_no_follow_up_after_the_last_entry_is_allowed():
    found = size_one_sample_logrank(trial(follow_up_months=0.0), test=TEST, power=0.8)
    assert found.attained_power >= 0.8
    assert found.expected_events < found.reference_events < found.n * 10


def test_a_hazard_ratio_that_does_not_help_is_not_sized():
    with pytest.raises(BadInput, match="fewer events"):
        size_one_sample_logrank(trial(hazard_ratio=1.0), test=TEST, power=0.8)


@pytest.mark.parametrize("power", [0.05, 1.0, nan])
def test_a_power_out_of_range_is_refused(power):
    with pytest.raises(BadInput, match="power"):
        size_one_sample_logrank(trial(), test=TEST, power=power)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hazard_ratio", 0.0),
        ("hazard_ratio", nan),
        ("accrual", AccrualOver(months=0.0)),
        ("accrual", AccrualAt(per_month=inf)),
        ("follow_up_months", -1.0),
        ("dropout_hazard", -0.1),
    ],
)
def test_a_trial_nobody_can_carry_out_is_refused_by_name(name, value):
    with pytest.raises(BadInput) as refused:
        trial(**{name: value})
    assert refused.value.faults[0].where == name


def test_a_curve_that_is_none_is_refused():
    with pytest.raises(BadInput, match="a scale, a shape"):
        WeibullHazard(scale=0.0, shape=1.0)
    with pytest.raises(BadInput, match="a share lies"):
        reference_through(1.0, months=9)
    with pytest.raises(BadInput, match="above 0"):
        reference_through(0.5, months=-9)


@pytest.mark.parametrize("subjects", [0, -1, nan, inf])
def test_a_trial_without_subjects_has_no_power(subjects):
    with pytest.raises(BadInput, match="a trial has subjects"):
        one_sample_logrank_power(trial(), subjects=subjects, test=TEST)


def test_an_error_out_of_range_is_refused():
    with pytest.raises(BadInput, match="one-sided error"):
        OneSampleLogrankTest(alpha_one_sided=0.5)
