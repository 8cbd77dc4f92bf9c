import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.exact_single_stage import SizeConvention, size_exact_single_stage
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.predictive_probability_design import (
    Monitoring,
    predictive_probability_design,
    size_predictive_probability,
)
from equipoise.design.one_arm.simon import size_simon
from equipoise.stats.evidence.beta_binomial import Beta

GOAL = SingleArmGoal(p0=0.1, p1=0.3, alpha_one_sided=0.05, power=0.8)
PRIOR = Beta(a=0.1, b=0.9)


def test_every_design_keeps_error_and_power():
    found = size_predictive_probability(
        GOAL, prior=PRIOR, monitoring=Monitoring(first=5, every=5), n_limit=40
    )
    for design in found.designs:
        assert design.type_one_error <= 0.05
        assert design.attained_power >= 0.8
        assert design.theta_low[0] < design.theta_low[1]
        assert design.theta_high[0] < design.theta_high[1]


def test_no_trial_is_smaller_than_one_without_looks():
    found = size_predictive_probability(
        GOAL, prior=PRIOR, monitoring=Monitoring(first=10), n_limit=40
    )
    single = size_exact_single_stage(GOAL, convention=SizeConvention.FIRST)
    assert found.minimax.n >= single.n


def test_more_looks_expect_fewer_subjects_than_two_stages():
    found = size_predictive_probability(
        GOAL, prior=PRIOR, monitoring=Monitoring(first=5), n_limit=45
    )
    simon = size_simon(GOAL).optimal
    assert found.optimal.under_p0.expected_subjects < simon.under_p0.expected_subjects


def test_cutoffs_within_the_ranges_are_the_same_design():
    found = size_predictive_probability(
        GOAL, prior=PRIOR, monitoring=Monitoring(first=10, every=5), n_limit=32
    ).minimax
    (low, up), (under, over) = found.theta_low, found.theta_high
    for share in (0.01, 0.5, 0.99):
        again = predictive_probability_design(
            GOAL,
            prior=PRIOR,
            looks=found.arm.looks,
            theta_low=low + share * (up - low),
            theta_high=under + share * (over - under),
        )
        assert again.arm == found.arm


def test_looks_end_with_the_trial():
    assert Monitoring(first=10, every=10).looks(30) == (10, 20, 30)
    assert Monitoring(first=10, every=10).looks(34) == (10, 20, 30, 34)


def test_a_limit_too_small_for_any_design_is_told():
    with pytest.raises(BadInput, match="allow more subjects"):
        size_predictive_probability(GOAL, prior=PRIOR, monitoring=Monitoring(), n_limit=15)
    with pytest.raises(BadInput, match="larger than its first look"):
        size_predictive_probability(GOAL, prior=PRIOR, monitoring=Monitoring(), n_limit=10)


@pytest.mark.parametrize(("first", "every"), [(0, 1), (10, 0), (2.5, 1)])
def test_looks_are_at_whole_numbers_of_subjects(first, every):
    with pytest.raises(BadInput, match="whole numbers of subjects"):
        Monitoring(first=first, every=every)


@pytest.mark.parametrize(("name", "value"), [("theta_low", 0.0), ("theta_high", 1.0)])
def test_cutoffs_are_probabilities(name, value):
    cutoffs = {"theta_low": 0.1, "theta_high": 0.9, name: value}
    with pytest.raises(BadInput, match=name):
        predictive_probability_design(GOAL, prior=PRIOR, looks=(10, 20), **cutoffs)


def test_a_final_cutoff_above_all_results_is_refused():
    with pytest.raises(BadInput, match="some result is above"):
        predictive_probability_design(
            GOAL, prior=PRIOR, looks=(1, 2), theta_low=0.1, theta_high=0.9999
        )
