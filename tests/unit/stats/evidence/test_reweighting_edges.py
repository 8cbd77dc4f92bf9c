import numpy as np
import pytest

from equipoise.base.errors import BadInput, NotConverged
from equipoise.stats.evidence.balance import (
    DifferenceScale,
    covariate_balance,
    effective_sample_size,
)
from equipoise.stats.evidence.external_control import compare_with_external_control
from equipoise.stats.evidence.matching_adjusted import Target, matching_weights
from equipoise.stats.evidence.propensity import (
    CapWeights,
    ComparedSubjects,
    KeepAll,
    TrimScores,
    WeightScale,
    propensity_score,
    propensity_weights,
)

TREATED = np.array([1, 1, 0, 0, 1, 1, 1, 0])
X = np.array([0.0, 1, 0, 2, 1, 3, 2, 1])
SCORE = propensity_score(TREATED, X)
ALL = propensity_weights(SCORE, compared=ComparedSubjects.EVERYBODY)


@pytest.mark.parametrize("mean", [0, 1, -3, 1.5])
def test_a_mean_none_of_our_subjects_pass_is_out_of_reach(mean):
    with pytest.raises(BadInput, match="mean of covariate 0"):
        matching_weights([0, 0, 1, 1, 1], targets=[Target(mean=mean)])


def test_means_may_be_in_reach_alone_and_out_of_reach_together():
    corner = [[0, 0], [1, 0], [0, 1], [0.5, 0.4], [0.2, 0.2]]
    with pytest.raises(BadInput, match="the targets together, each alone within reach"):
        matching_weights(corner, targets=[Target(mean=0.9), Target(mean=0.9)])
    edge = [Target(mean=0.5), Target(mean=0.5)]
    with pytest.raises(BadInput, match="on its edge"):
        matching_weights(corner, targets=edge)
    inside = matching_weights(corner, targets=[Target(mean=0.3), Target(mean=0.3)])
    assert inside.after_means == pytest.approx([0.3, 0.3])


def test_a_spread_wider_than_our_subjects_is_out_of_reach():
    with pytest.raises(BadInput, match="a standard deviation"):
        matching_weights([0, 1, 2, 3], targets=[Target(mean=1.5, sd=4)])


def test_dependent_covariates_are_refused():
    with pytest.raises(BadInput, match="combination of others"):
        matching_weights([[0, 0], [1, 2], [2, 4]], targets=[Target(mean=1.2), Target(mean=2.4)])


@pytest.mark.parametrize(
    "targets", [[], [Target(mean=1), Target(mean=1)], [Target(mean=np.nan)], [Target(mean=1, sd=0)]]
)
def test_each_covariate_has_one_target(targets):
    with pytest.raises(BadInput, match="each covariate has one target"):
        matching_weights([0, 1, 2], targets=targets)


@pytest.mark.parametrize("covariates", [[], [0, np.nan, 2], 3, [["a"], ["b"]]])
def test_covariates_are_numbers_of_subjects(covariates):
    with pytest.raises(BadInput):
        matching_weights(covariates, targets=[Target(mean=1)])


def test_covariates_far_from_0_are_matched_as_well():
    near = matching_weights([0, 1, 2, 5], targets=[Target(mean=1.3)])
    far = matching_weights([1e6, 1e6 + 1, 1e6 + 2, 1e6 + 5], targets=[Target(mean=1e6 + 1.3)])
    assert far.weights == pytest.approx(near.weights, rel=1e-6)


def test_our_own_means_leave_weights_equal():
    found = matching_weights(X, targets=[Target(mean=X.mean())])
    assert found.weights == pytest.approx(np.ones(8))
    assert found.effective_size == pytest.approx(8)


def test_groups_that_do_not_overlap_have_no_score():
    with pytest.raises(NotConverged):
        propensity_score([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6])


def test_without_trimming_all_are_kept():
    assert ALL.trimming == KeepAll()
    assert (ALL.left_out, ALL.capped) == (0, 0)


def test_trimming_that_empties_a_group_is_refused():
    with pytest.raises(BadInput, match="leave somebody in both groups"):
        propensity_weights(
            SCORE,
            compared=ComparedSubjects.EVERYBODY,
            trimming=TrimScores(low=0.0, high=0.01),
        )


def test_trimmed_subjects_weigh_nothing_and_are_counted():
    middle = float(np.median(SCORE.score))
    found = propensity_weights(
        SCORE,
        compared=ComparedSubjects.EVERYBODY,
        trimming=TrimScores(low=0.0, high=middle),
    )
    assert found.left_out == int(np.sum(SCORE.score > middle)) > 0
    assert np.all(found.weights[SCORE.score > middle] == 0)


def test_stabilising_keeps_the_sum_near_the_subjects():
    found = propensity_weights(
        SCORE, compared=ComparedSubjects.EVERYBODY, scale=WeightScale.STABILISED
    )
    assert found.weights.sum() == pytest.approx(8, rel=0.02)
    assert found.effective_treated == pytest.approx(ALL.effective_treated)


@pytest.mark.parametrize(("low", "high"), [(0.9, 0.1), (-0.1, 0.5), (0.5, 1.1)])
def test_a_range_of_scores_has_two_ends(low, high):
    with pytest.raises(BadInput, match="a range of scores"):
        TrimScores(low=low, high=high)


@pytest.mark.parametrize("share", [0, 1, np.nan])
def test_weights_are_capped_at_a_share(share):
    with pytest.raises(BadInput, match="a share lies"):
        CapWeights(share=share)


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2], [np.nan, 1]])
def test_effective_sizes_need_weights(weights):
    with pytest.raises(BadInput):
        effective_sample_size(weights)


def test_tiny_weights_have_an_effective_size():
    assert effective_sample_size([1e-200, 1e-200, 1e-300]) == pytest.approx(2)


def test_balance_needs_two_groups_with_weight():
    with pytest.raises(BadInput, match="two groups of at least two"):
        covariate_balance([1, 2, 3], [1, 0, 0], weights=[1, 1, 1])
    with pytest.raises(BadInput, match="two groups of at least two"):
        covariate_balance([1, 2, 3, 4], [1, 1, 0, 0], weights=[1, 1, 0, 0])
    with pytest.raises(BadInput, match="same number of rows"):
        covariate_balance([1, 2, 3, 4], [1, 1, 0, 0], weights=[1, 1, 1])


def test_a_covariate_that_does_not_vary_has_no_difference():
    columns = [[1, 0], [1, 1], [2, 0], [3, 1]]
    with pytest.raises(BadInput, match="column 0"):
        covariate_balance(columns, [1, 1, 0, 0], weights=np.ones(4), scale=DifferenceScale.TREATED)
    assert covariate_balance(columns, [1, 1, 0, 0], weights=np.ones(4)).after[1] == 0


def test_times_belong_to_the_scored_subjects():
    with pytest.raises(BadInput, match="7 times for 8 weights"):
        compare_with_external_control([1, 2, 3, 4, 5, 6, 7], [1] * 7, weights=ALL)


def test_results_are_read_only():
    found = matching_weights(X, targets=[Target(mean=1.0)])
    for array in (found.weights, ALL.weights, SCORE.score):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 3
