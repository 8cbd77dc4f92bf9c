import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.evidence.beta_binomial import (
    Beta,
    BetaMixture,
    belief_quantile,
    beta_quantile,
    posterior,
    predictive_distribution,
    probability_above,
    robust_prior,
)
from equipoise.stats.evidence.credible_interval import (
    equal_tailed_interval,
    highest_density_interval,
)
from equipoise.stats.evidence.power_prior import power_prior
from equipoise.stats.evidence.predictive_probability import (
    OneArmPlan,
    TwoArmPlan,
    predictive_probability,
    predictive_probability_two_arms,
    successes_needed,
)
from equipoise.stats.evidence.two_rates import probability_better
from equipoise.stats.proportions.fourfold import FourfoldTable

FLAT = Beta(a=1, b=1)
PLAN = OneArmPlan(n=20, prior=FLAT, p0=0.3, threshold=0.9)


@pytest.mark.parametrize(("a", "b"), [(0, 1), (1, -2), (np.nan, 1), (np.inf, 1)])
def test_a_beta_distribution_has_two_finite_parameters_above_0(a, b):
    with pytest.raises(BadInput, match="two finite parameters above 0"):
        Beta(a=a, b=b)


@pytest.mark.parametrize("weights", [(), (1.0, 0.0), (0.9,), (np.nan,)])
def test_a_mixture_has_one_share_for_each_part(weights):
    with pytest.raises(BadInput, match="one weight for each part"):
        BetaMixture(parts=(FLAT,), weights=weights)


@pytest.mark.parametrize("counts", [(5, 4), (-1, 4), (1.5, 4)])
def test_counts_are_part_of_a_whole(counts):
    with pytest.raises(BadInput, match="counts are whole"):
        posterior(FLAT, counts[0], n=counts[1])
    with pytest.raises(BadInput, match="counts are whole"):
        predictive_probability(counts[0], n=counts[1], plan=PLAN)
    with pytest.raises(BadInput, match="counts are whole"):
        power_prior(FLAT, successes=counts[0], n=counts[1], discount=0.5)


def test_nobody_to_come_has_one_outcome():
    assert predictive_distribution(FLAT, 0).tolist() == [1.0]
    with pytest.raises(BadInput):
        predictive_distribution(FLAT, -1)


@pytest.mark.parametrize("share", [0, 1, -0.1, 2, np.nan])
def test_probabilities_lie_inside_0_and_1(share):
    with pytest.raises(BadInput):
        belief_quantile(FLAT, share)
    for interval in (equal_tailed_interval, highest_density_interval):
        with pytest.raises(BadInput):
            interval(FLAT, probability=share)
    with pytest.raises(BadInput):
        robust_prior(FLAT, vague=FLAT, vague_weight=share)
    with pytest.raises(BadInput):
        OneArmPlan(n=20, prior=FLAT, p0=share, threshold=0.9)
    with pytest.raises(BadInput):
        TwoArmPlan(n1=20, n2=20, prior1=FLAT, prior2=FLAT, threshold=share)


def test_rates_margins_and_discounts_have_ranges():
    with pytest.raises(BadInput, match="a rate lies"):
        probability_above(FLAT, 1.1)
    with pytest.raises(BadInput, match="a difference of rates"):
        probability_better(FLAT, control=FLAT, margin=-1.5)
    with pytest.raises(BadInput, match="an earlier subject"):
        power_prior(FLAT, successes=1, n=2, discount=1.2)


def test_the_vaguest_beliefs_cannot_be_compared():
    with pytest.raises(BadInput, match=r"no parameter of their beliefs is below 0\.05"):
        probability_better(Beta(a=0.01, b=1), control=FLAT)


def test_quantiles_that_scipy_loses_are_found():
    belief = Beta(a=1.5, b=4.0)
    share = np.array([1e-200, 0.1])
    near_0 = (share[0] * 1.5 * 0.1523809523809524) ** (1 / 1.5)  # B(1.5, 4) is 16/105
    assert beta_quantile(belief, share)[0] == pytest.approx(near_0, rel=1e-12)
    lost = Beta(a=4.0, b=1.5)
    assert beta_quantile(lost, share)[0] == pytest.approx(
        (share[0] * 4 * 0.1523809523809524) ** 0.25, rel=1e-12
    )


def test_a_density_high_at_both_ends_has_no_densest_range():
    with pytest.raises(BadInput, match="highest at both 0 and 1"):
        highest_density_interval(Beta(a=0.5, b=0.5))


def test_more_subjects_than_planned_have_no_predictive_probability():
    with pytest.raises(BadInput, match="at most its planned number"):
        predictive_probability(3, n=21, plan=PLAN)
    plan = TwoArmPlan(n1=10, n2=10, prior1=FLAT, prior2=FLAT, threshold=0.9)
    with pytest.raises(BadInput, match="at most its planned number"):
        predictive_probability_two_arms(FourfoldTable(x1=3, n1=9, x2=2, n2=11), plan=plan)


@pytest.mark.parametrize("n", [0, 2.5])
def test_a_plan_ends_with_somebody(n):
    with pytest.raises(BadInput, match="final number"):
        OneArmPlan(n=n, prior=FLAT, p0=0.3, threshold=0.9)
    with pytest.raises(BadInput, match="final number"):
        TwoArmPlan(n1=10, n2=n, prior1=FLAT, prior2=FLAT, threshold=0.9)


def test_an_aim_out_of_reach_is_never_met():
    plan = OneArmPlan(n=3, prior=FLAT, p0=0.9, threshold=0.95)
    assert successes_needed(plan) is None
    assert predictive_probability(3, n=3, plan=plan).probability == 0


def test_an_empty_two_arm_trial_has_a_predictive_probability():
    plan = TwoArmPlan(n1=8, n2=8, prior1=FLAT, prior2=FLAT, threshold=0.5, margin=0.0)
    found = predictive_probability_two_arms(FourfoldTable(x1=0, n1=0, x2=0, n2=0), plan=plan)
    assert found.now == pytest.approx(0.5)
    assert 0.3 < found.probability < 0.5  # equal counts, one in nine, are no success


def test_a_margin_is_harder_to_beat():
    strict, lax = (
        TwoArmPlan(n1=20, n2=20, prior1=FLAT, prior2=FLAT, threshold=0.9, margin=margin)
        for margin in (0.2, -0.2)
    )
    so_far = FourfoldTable(x1=6, n1=10, x2=4, n2=10)
    hard, easy = (predictive_probability_two_arms(so_far, plan=plan) for plan in (strict, lax))
    assert hard.probability < 0.5 < easy.probability
    assert hard.now < easy.now


def test_predicted_chances_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        predictive_distribution(FLAT, 4)[0] = 1
