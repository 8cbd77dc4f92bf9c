"""The parts of Bayesian and pooled estimates, by R and by a line of arithmetic."""

import numpy as np
import pytest

from equipoise.stats.evidence.beta_binomial import Beta, BetaMixture, beta_quantile, mixed
from equipoise.stats.evidence.between_trials import typical_variance
from equipoise.stats.evidence.effect_sizes import trial_effects

SHARES = np.array([0.025, 0.5, 0.975])


@pytest.mark.source("program: R 4.2.2: qbeta(c(0.025, 0.5, 0.975), 3, 7) and (0.5, 1.0001)")
@pytest.mark.parametrize(
    ("belief", "quantiles"),
    [
        (Beta(a=3, b=7), (0.0748546314196918, 0.28623666802278258, 0.60009357371631211)),
        (Beta(a=0.5, b=1.0001), (0.00062492332198049022, 0.24997384020325153, 0.95060848100762274)),
    ],
)
def test_quantiles_of_beta_distributions(belief, quantiles):
    assert beta_quantile(belief, SHARES) == pytest.approx(quantiles, rel=1e-10)


@pytest.mark.source("by hand: one distribution is a mixture of one, and a mixture stays as it is")
def test_a_belief_as_a_mixture():
    one = Beta(a=3, b=7)
    assert mixed(one) == BetaMixture(parts=(one,), weights=(1.0,))
    both = BetaMixture(parts=(one, Beta(a=1, b=1)), weights=(0.8, 0.2))
    assert mixed(both) is both


@pytest.mark.source("by hand: weights 1, 2 and 4: 2 * 7 / (49 - 21); of equal variances, their own")
def test_the_variance_within_a_typical_trial():
    found = typical_variance(trial_effects([0.1, 0.2, 0.3], variances=[1.0, 0.5, 0.25]))
    assert found == pytest.approx(2 * 7 / (49 - 21), rel=1e-14)
    equal = typical_variance(trial_effects([0.1, 0.2, 0.3], variances=[0.3, 0.3, 0.3]))
    assert equal == pytest.approx(0.3, rel=1e-14)
