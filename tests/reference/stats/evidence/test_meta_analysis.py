from math import log, sqrt

import numpy as np
import pytest

from equipoise.stats.evidence.between_trials import (
    TauEstimator,
    heterogeneity_test,
    q_profile,
    tau_squared,
    weighted_mean,
)
from equipoise.stats.evidence.effect_sizes import (
    EffectMeasure,
    ZeroCells,
    effects_of_tables,
    trial_effects,
)
from equipoise.stats.evidence.mantel_haenszel import mantel_haenszel
from equipoise.stats.evidence.meta_analysis import (
    PooledInterval,
    PredictionQuantile,
    common_effect,
    prediction_interval,
    random_effects,
)
from equipoise.stats.proportions.fourfold import FourfoldTable

RISK, ODDS = EffectMeasure.LOG_RISK_RATIO, EffectMeasure.LOG_ODDS_RATIO


def table(x1, failed1, *, against):
    x2, failed2 = against
    return FourfoldTable(x1=x1, n1=x1 + failed1, x2=x2, n2=x2 + failed2)


@pytest.fixture
def vaccine(stored):
    """Return 13 trials of a vaccine against tuberculosis, vaccinated against not."""
    counts = stored("meta_bcg.json")
    columns = zip(*(counts[name] for name in ("tpos", "tneg", "cpos", "cneg")), strict=True)
    return [table(a, b, against=(c, d)) for a, b, c, d in columns]


@pytest.fixture
def metafor(stored):
    return {name: row["value"] for name, row in stored("meta_bcg.json")["results"].items()}


@pytest.mark.source("program: R 4.2.2, metafor 3.8.1: rma(yi, vi, method = 'FE')")
def test_common_effect_of_metafor(vaccine, metafor):
    found, theirs = common_effect(effects_of_tables(vaccine, measure=RISK)), metafor["meta_bcg_FE"]
    assert found.estimate == pytest.approx(theirs["b"], rel=1e-12)
    assert found.std_err == pytest.approx(theirs["se"], rel=1e-12)
    assert (found.lower, found.upper) == pytest.approx(theirs["ci"], rel=1e-12)
    assert 100 * found.i_squared == pytest.approx(theirs["I2"], rel=1e-12)
    assert found.heterogeneity.chi_square == pytest.approx(theirs["Q"], rel=1e-12)
    assert found.heterogeneity.p_value == pytest.approx(theirs["Qp"], rel=1e-10)


@pytest.mark.source("program: R 4.2.2, metafor 3.8.1: rma(yi, vi, method = 'DL' or 'PM')")
@pytest.mark.parametrize(
    ("estimator", "name", "tolerance"),
    [
        (TauEstimator.DER_SIMONIAN_LAIRD, "meta_bcg_DL", 1e-12),
        # metafor stops the search for Paule and Mandel's root once Q is within about 1e-3 of k - 1
        (TauEstimator.PAULE_MANDEL, "meta_bcg_PM", 1e-4),
    ],
)
def test_random_effects_of_metafor(vaccine, metafor, estimator, *, name, tolerance):
    trials = effects_of_tables(vaccine, measure=RISK)
    found = random_effects(trials, estimator=estimator, interval=PooledInterval.NORMAL)
    theirs = metafor[name]
    assert found.tau_squared == pytest.approx(theirs["tau2"], rel=tolerance)
    assert found.estimate == pytest.approx(theirs["b"], rel=tolerance)
    assert found.std_err == pytest.approx(theirs["se"], rel=tolerance)
    assert (found.lower, found.upper) == pytest.approx(theirs["ci"], rel=tolerance)
    assert 100 * found.i_squared == pytest.approx(theirs["I2"], rel=tolerance)


@pytest.mark.source("program: R 4.2.2, metafor 3.8.1: rma(method = 'REML', test = 'knha'), predict")
def test_hartung_knapp_and_prediction_of_metafor(vaccine, metafor):
    found, theirs = random_effects(effects_of_tables(vaccine, measure=RISK)), metafor["meta_bcg_hk"]
    # metafor's Fisher scoring stops at steps below 1e-5 of tau squared
    assert found.estimate == pytest.approx(theirs["b"], rel=1e-7)
    assert found.std_err == pytest.approx(theirs["se"], rel=1e-7)
    assert (found.lower, found.upper) == pytest.approx(theirs["ci"], rel=1e-7)
    ahead = prediction_interval(found, quantile=PredictionQuantile.T_K_MINUS_1)
    assert (ahead.lower, ahead.upper) == pytest.approx(theirs["pi"], rel=1e-6)


@pytest.mark.source("paper: Viechtbauer 2010, doi:10.18637/jss.v036.i03")
def test_published_reml_and_q_profile_of_the_vaccine(vaccine):
    trials = effects_of_tables(vaccine, measure=RISK)
    found = random_effects(trials, interval=PooledInterval.NORMAL)
    assert round(found.tau_squared, 4) == 0.3132
    assert round(100 * found.i_squared, 2) == 92.22
    assert (round(found.estimate, 4), round(found.std_err, 4)) == (-0.7145, 0.1798)
    assert (round(found.lower, 4), round(found.upper, 4)) == (-1.0669, -0.3622)
    ends = q_profile(trials)
    assert (round(ends.lower, 4), round(ends.upper, 4)) == (0.1197, 1.1115)


@pytest.mark.source("program: R 4.2.2: mantelhaen.test of the 13 tables")
def test_mantel_haenszel_odds_ratio_of_r(vaccine, stored):
    found, theirs = mantel_haenszel(vaccine, measure=ODDS), stored("meta_bcg.json")
    theirs = theirs["mantel_haenszel_odds"]
    assert np.exp(found.estimate) == pytest.approx(theirs["ratio"], rel=1e-13)
    ends = np.exp([found.lower, found.upper])
    assert ends == pytest.approx([theirs["lower"], theirs["upper"]], rel=1e-13)


@pytest.mark.source("by hand: one table's risk ratio is its own, with the variance of its log")
def test_mantel_haenszel_of_one_table_is_its_ratio():
    found = mantel_haenszel([table(12, 28, against=(20, 30))], measure=RISK)
    assert found.estimate == pytest.approx(log((12 / 40) / (20 / 50)), rel=1e-14)
    assert found.std_err == pytest.approx(sqrt(1 / 12 - 1 / 40 + 1 / 20 - 1 / 50), rel=1e-14)


@pytest.mark.source("by hand: risks 2/10 v 4/20 and 3/20 v 3/10: sums 2*20/30 + 1, 4*10/30 + 2")
def test_mantel_haenszel_risk_ratio_by_hand():
    tables = [table(2, 8, against=(4, 16)), table(3, 17, against=(3, 7))]
    found = mantel_haenszel(tables, measure=RISK)
    above, below = 2 * 20 / 30 + 3 * 10 / 30, 4 * 10 / 30 + 3 * 20 / 30
    assert found.estimate == pytest.approx(log(above / below), rel=1e-13)
    spread = (10 * 20 * 6 - 8 * 30) / 900 + (20 * 10 * 6 - 9 * 30) / 900
    assert found.std_err == pytest.approx(sqrt(spread / (above * below)), rel=1e-13)


@pytest.mark.source("by hand: with one variance v for all, tau squared is s squared less v")
@pytest.mark.parametrize("estimator", list(TauEstimator))
def test_equal_variances_have_one_answer(estimator):
    effects = [0.1, 0.9, -0.4, 0.3, 0.6]
    trials = trial_effects(effects, variances=[0.04] * 5)
    spread = float(np.var(effects, ddof=1))
    assert tau_squared(trials, estimator=estimator) == pytest.approx(spread - 0.04, rel=1e-10)
    found = random_effects(trials, estimator=estimator)
    assert found.estimate == pytest.approx(0.3, rel=1e-13)
    assert found.std_err == pytest.approx(sqrt(spread / 5), rel=1e-10)
    assert found.shares == pytest.approx([0.2] * 5, rel=1e-13)


@pytest.mark.source("by hand: y 0 and 2 with v 1 each: Q 2, tau squared 1, t on 1 df is Cauchy's")
def test_two_trials_by_hand():
    trials = trial_effects([0.0, 2.0], variances=[1.0, 1.0])
    assert heterogeneity_test(trials).chi_square == pytest.approx(2)
    found = random_effects(trials, estimator=TauEstimator.DER_SIMONIAN_LAIRD)
    assert (found.tau_squared, found.estimate, found.std_err) == pytest.approx((1.0, 1.0, 1.0))
    cauchy = np.tan(np.pi * 0.475)
    assert (found.lower, found.upper) == pytest.approx((1 - cauchy, 1 + cauchy))
    assert found.p_value == pytest.approx(0.5)
    ahead = prediction_interval(found, quantile=PredictionQuantile.T_K_MINUS_1)
    assert ahead.upper == pytest.approx(1 + cauchy * sqrt(2))
    normal = prediction_interval(found, quantile=PredictionQuantile.NORMAL)
    assert normal.upper == pytest.approx(1 + 1.959963984540054 * sqrt(2))


@pytest.mark.source("by hand: with three trials t has 1 degree of freedom for k - 2, 2 for k - 1")
def test_prediction_by_higgins_has_one_degree_less():
    found = random_effects(trial_effects([0.0, 1.0, 2.0], variances=[0.1, 0.1, 0.1]))
    higgins = prediction_interval(found, quantile=PredictionQuantile.T_K_MINUS_2)
    half = np.tan(np.pi * 0.475) * sqrt(found.tau_squared + found.std_err**2)
    assert higgins.upper == pytest.approx(1 + half)


@pytest.mark.source("by hand: Q at each end is the quantile of the chi-square, k - 1 for the point")
def test_q_at_the_ends_of_the_profile(vaccine):
    trials = effects_of_tables(vaccine, measure=ODDS)
    ends = q_profile(trials, confidence=0.9)
    assert weighted_mean(trials, ends.lower).q == pytest.approx(21.02606981748307, rel=1e-9)
    assert weighted_mean(trials, ends.upper).q == pytest.approx(5.226029488392639, rel=1e-9)
    point = tau_squared(trials, estimator=TauEstimator.PAULE_MANDEL)
    assert weighted_mean(trials, point).q == pytest.approx(12, rel=1e-12)


@pytest.mark.source("by hand: trials closer together than chance have no variance between them")
@pytest.mark.parametrize("estimator", list(TauEstimator))
def test_agreement_leaves_no_variance_between(estimator):
    trials = trial_effects([0.2, 0.21, 0.19], variances=[0.1, 0.2, 0.3])
    found = random_effects(trials, estimator=estimator, interval=PooledInterval.HARTUNG_KNAPP_WIDER)
    assert (found.tau_squared, found.i_squared) == (0.0, 0.0)
    assert common_effect(trials).i_squared == 0
    assert found.std_err == pytest.approx(common_effect(trials).std_err, rel=1e-14)
    assert random_effects(trials).std_err < found.std_err
    ends = q_profile(trials)
    assert ends.lower == ends.upper == 0.0


@pytest.mark.source("by hand: a table 0/10 v 5/15 with a half in each cell is 0.5/10.5, 5.5/10.5")
def test_a_half_is_added_where_asked():
    tables = [table(0, 10, against=(5, 10)), table(4, 6, against=(3, 7))]
    lone = effects_of_tables(tables, measure=ODDS)
    assert lone.effects == pytest.approx([log(0.5 * 10.5 / (10.5 * 5.5)), log(4 * 7 / (6 * 3))])
    assert lone.variances[0] == pytest.approx(1 / 0.5 + 1 / 10.5 + 1 / 5.5 + 1 / 10.5)
    every = effects_of_tables(tables, measure=RISK, zero_cells=ZeroCells.HALF_EVERYWHERE)
    assert every.effects == pytest.approx([log(0.5 / 11 / (5.5 / 16)), log(4.5 / 3.5)])
    assert every.variances[1] == pytest.approx(1 / 4.5 - 1 / 11 + 1 / 3.5 - 1 / 11)
