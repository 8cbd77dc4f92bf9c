import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.evidence.between_trials import TauEstimator, q_profile, tau_squared
from equipoise.stats.evidence.effect_sizes import (
    EffectMeasure,
    ZeroCells,
    effects_of_tables,
    trial_effects,
)
from equipoise.stats.evidence.mantel_haenszel import mantel_haenszel
from equipoise.stats.evidence.meta_analysis import (
    PredictionQuantile,
    common_effect,
    prediction_interval,
    random_effects,
)
from equipoise.stats.proportions.fourfold import FourfoldTable

TRIALS = trial_effects([0.1, 0.5, 0.9], variances=[0.04, 0.05, 0.06])
ZERO = FourfoldTable(x1=0, n1=10, x2=5, n2=10)
PLAIN = FourfoldTable(x1=3, n1=10, x2=5, n2=10)


@pytest.mark.parametrize(
    ("effects", "variances"),
    [([0.1], [0.2]), ([0.1, 0.2], [0.2]), ([0.1, 0.2], [0.2, 0.0]), ([0.1, np.nan], [0.2, 0.2])],
)
def test_each_of_two_trials_or_more_has_an_effect_and_a_variance(effects, variances):
    with pytest.raises(BadInput):
        trial_effects(effects, variances=variances)


def test_a_refused_zero_names_the_method_without_logs():
    with pytest.raises(BadInput, match="Mantel-Haenszel"):
        effects_of_tables(
            [ZERO, PLAIN], measure=EffectMeasure.LOG_ODDS_RATIO, zero_cells=ZeroCells.REFUSE
        )
    kept = effects_of_tables(
        [PLAIN, PLAIN], measure=EffectMeasure.LOG_ODDS_RATIO, zero_cells=ZeroCells.REFUSE
    )
    assert kept.effects[0] == kept.effects[1]


@pytest.mark.parametrize("measure", list(EffectMeasure))
def test_without_events_in_an_arm_there_is_no_pooled_ratio(measure):
    with pytest.raises(BadInput, match="a pooled ratio needs"):
        mantel_haenszel([ZERO, ZERO], measure=measure)
    assert np.isfinite(mantel_haenszel([ZERO, PLAIN], measure=measure).estimate)


def test_an_empty_arm_is_no_trial():
    empty = FourfoldTable(x1=0, n1=0, x2=5, n2=10)
    with pytest.raises(BadInput, match="subjects in both"):
        effects_of_tables([empty, PLAIN, PLAIN], measure=EffectMeasure.LOG_RISK_RATIO)


@pytest.mark.parametrize("level", [0, 1, 2, np.nan])
def test_levels_lie_between_0_and_1(level):
    for method in (common_effect, random_effects, q_profile):
        with pytest.raises(BadInput, match="confidence level"):
            method(TRIALS, confidence=level)


def test_a_common_effect_predicts_nothing_more():
    with pytest.raises(BadInput, match="a common effect"):
        prediction_interval(common_effect(TRIALS), quantile=PredictionQuantile.NORMAL)


def test_two_trials_are_too_few_for_k_minus_2():
    pooled = random_effects(trial_effects([0.0, 1.0], variances=[0.1, 0.1]))
    with pytest.raises(BadInput, match="2 trials"):
        prediction_interval(pooled, quantile=PredictionQuantile.T_K_MINUS_2)


def test_equal_effects_have_no_spread_at_all():
    trials = trial_effects([0.3, 0.3, 0.3], variances=[0.1, 0.2, 0.3])
    found = random_effects(trials)
    assert (found.std_err, found.lower, found.upper) == pytest.approx((0, 0.3, 0.3), abs=1e-8)
    assert common_effect(trials).heterogeneity.p_value == pytest.approx(1)


def test_the_highest_of_two_peaks_of_the_restricted_likelihood_is_taken():
    trials = trial_effects([0.0, 0.02, -0.02, 0.01, 6.0], variances=[1e-4, 1e-4, 1e-4, 1e-4, 9.0])
    near = tau_squared(trials, estimator=TauEstimator.REML)
    assert near < 1e-2


def test_shares_are_read_only_and_whole():
    pooled = random_effects(TRIALS)
    assert pooled.shares.sum() == pytest.approx(1)
    assert pooled.trials == 3
    with pytest.raises(ValueError, match="read-only"):
        pooled.shares[0] = 1
