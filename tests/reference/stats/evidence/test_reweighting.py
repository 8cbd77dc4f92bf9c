from math import log, sqrt

import numpy as np
import pytest

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
    TrimScores,
    WeightScale,
    propensity_score,
    propensity_weights,
)
from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.survival import survival_at

DAYS = (365, 1096, 1826)
WEIGHTS = {
    "ate": (ComparedSubjects.EVERYBODY, WeightScale.RAW, None),
    "ate_stab": (ComparedSubjects.EVERYBODY, WeightScale.STABILISED, None),
    "att": (ComparedSubjects.TREATED, WeightScale.RAW, None),
    "overlap": (ComparedSubjects.OVERLAP, WeightScale.RAW, None),
    "trim": (ComparedSubjects.EVERYBODY, WeightScale.RAW, TrimScores(low=0.45, high=0.55)),
}
IN_R = "program: R 4.2.2, survival 3.5-3: glm, coxph and survfit(weights, robust = TRUE) on colon"


@pytest.fixture
def colon(data_set, stored):
    """Return time, event, treatment and five covariates of 619 subjects, and R's numbers."""
    frame = data_set("colon").filter(data_set("colon")["rx"] != "Lev")
    theirs = stored("propensity_colon.json")
    more = [[int(digit) for digit in theirs[name]] for name in ("perfor", "obstruct", "adhere")]
    covariates = np.column_stack((frame["age"], frame["sex"], *more)).astype(float)
    treated = (frame["rx"] == "Lev+5FU").to_numpy()
    return frame["time"].to_numpy(), frame["status"].to_numpy(), treated, covariates, theirs


def weights_of(name, *, treated, covariates):
    compared, scale, trimming = WEIGHTS[name]
    score = propensity_score(treated, covariates)
    return propensity_weights(score, compared=compared, scale=scale, trimming=trimming)


@pytest.mark.source("program: R 4.2.2: glm(t ~ age + sex + perfor + obstruct + adhere, binomial)")
def test_scores_of_glm(colon):
    _, _, treated, covariates, theirs = colon
    score = propensity_score(treated, covariates)
    assert score.model.coef == pytest.approx(theirs["glm"], rel=1e-9)
    assert score.score[:6] == pytest.approx(theirs["ps_first"], rel=1e-10)
    assert score.score.sum() == pytest.approx(theirs["ps_sum"], rel=1e-12)


@pytest.mark.source(IN_R)
@pytest.mark.parametrize("name", list(WEIGHTS))
def test_weighted_comparison_of_r(colon, name):
    time, event, treated, covariates, theirs = colon
    weights = weights_of(name, treated=treated, covariates=covariates)
    expected = theirs["weights"][name]
    assert weights.weights.sum() == pytest.approx(expected["sum"], rel=1e-11)
    sizes = weights.effective_treated, weights.effective_control
    assert sizes == pytest.approx(expected["ess"], rel=1e-10)
    found = compare_with_external_control(time, event, weights=weights)
    assert found.hazard_ratio.coef[0] == pytest.approx(expected["coef"], rel=1e-8)
    assert found.hazard_ratio.std_err[0] == pytest.approx(expected["robust_se"], rel=1e-8)
    heights = [survival_at(curve, DAYS) for curve in (found.control, found.treated)]
    survival = np.concatenate([curve.estimate for curve in heights])
    errors = np.concatenate([curve.std_err for curve in heights])
    assert survival == pytest.approx(expected["surv"], rel=1e-10)
    assert errors == pytest.approx(expected["std_err"], rel=1e-8)


@pytest.mark.source(IN_R)
@pytest.mark.parametrize("name", list(WEIGHTS))
def test_standardised_differences_of_r(colon, name):
    _, _, treated, covariates, theirs = colon
    weights = weights_of(name, treated=treated, covariates=covariates)
    found = covariate_balance(covariates, treated, weights=weights.weights)
    assert found.before == pytest.approx(theirs["smd_before"], rel=1e-11)
    assert found.after == pytest.approx(theirs["weights"][name]["smd"], rel=1e-8, abs=1e-10)
    other = covariate_balance(
        covariates, treated, weights=weights.weights, scale=DifferenceScale.TREATED
    )
    assert other.before == pytest.approx(theirs["smd_before_treated"], rel=1e-11)


@pytest.mark.source("program: R 4.2.2, survival 3.5-3: survfit(weights = w, robust, conf 'log')")
def test_weighted_curves_of_the_stored_call(colon):
    time, event, treated, covariates, theirs = colon
    expected = theirs["km_weighted"]["value"]
    weights = weights_of("ate", treated=treated, covariates=covariates)
    # glm's own tolerance leaves its scores 1e-8 off
    assert weights.weights.sum() == pytest.approx(expected["w_sum"], rel=1e-7)
    found = compare_with_external_control(
        time, event, weights=weights, interval=ProbabilityScale.LOG
    )
    heights = [survival_at(curve, DAYS) for curve in (found.control, found.treated)]
    for name, key in (("estimate", "surv"), ("lower", "lower"), ("upper", "upper")):
        ours = np.concatenate([getattr(curve, name) for curve in heights])
        assert ours == pytest.approx(expected[key], rel=1e-7)


@pytest.mark.source("by hand: Li, Morgan and Zaslavsky: overlap weights balance means exactly")
def test_overlap_weights_balance_every_mean(colon):
    _, _, treated, covariates, _ = colon
    weights = weights_of("overlap", treated=treated, covariates=covariates)
    found = covariate_balance(covariates, treated, weights=weights.weights)
    assert found.after == pytest.approx(np.zeros(5), abs=1e-10)
    assert found.treated_means == pytest.approx(found.control_means, rel=1e-10)
    assert np.abs(found.before).max() > 0.1


@pytest.mark.source("by hand: scores 1/2 and 3/4 of a table of 2 + 2 and 3 + 1 subjects")
def test_weights_of_a_table_by_hand():
    x = [0, 0, 0, 0, 1, 1, 1, 1]
    treated = [1, 1, 0, 0, 1, 1, 1, 0]
    score = propensity_score(treated, x)
    assert score.score == pytest.approx([0.5] * 4 + [0.75] * 4, rel=1e-9)
    everybody = propensity_weights(score, compared=ComparedSubjects.EVERYBODY)
    assert everybody.weights == pytest.approx([2, 2, 2, 2, 4 / 3, 4 / 3, 4 / 3, 4])
    like_treated = propensity_weights(
        score, compared=ComparedSubjects.TREATED, scale=WeightScale.STABILISED
    )
    # 5 of 8 are treated: odds 1 and 3 times 3/5
    assert like_treated.weights == pytest.approx([1, 1, 0.6, 0.6, 1, 1, 1, 1.8])
    capped = propensity_weights(
        score, compared=ComparedSubjects.EVERYBODY, trimming=CapWeights(share=0.5)
    )
    assert capped.weights == pytest.approx([4 / 3, 4 / 3, 2, 2, 4 / 3, 4 / 3, 4 / 3, 2])
    assert capped.capped == 3
    assert everybody.effective_control == pytest.approx(8**2 / (4 + 4 + 16))
    assert effective_sample_size([2, 2, 4]) == pytest.approx(8**2 / 24)


@pytest.mark.source("by hand: means 1/2 and 3/4, variances 1/3 and 1/4")
def test_a_standardised_difference_by_hand():
    x, treated = [0, 0, 1, 1, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1]
    found = covariate_balance(x, treated, weights=[1, 1, 1, 3, 1, 1, 1, 1])
    spread = sqrt((1 / 3 + 1 / 4) / 2)
    assert found.before == pytest.approx([0.25 / spread])
    assert found.after == pytest.approx([(3 / 4 - 4 / 6) / spread])


@pytest.mark.source("program: R 4.2.2: optim(BFGS) of sum(exp(X a)), lung, age 60, half men")
def test_matching_weights_of_r(data_set, stored):
    lung, theirs = data_set("lung"), stored("maic_lung.json")["value"]
    male = (lung["sex"] == 1).to_numpy()
    covariates = np.column_stack((lung["age"], male)).astype(float)
    found = matching_weights(covariates, targets=[Target(mean=60), Target(mean=0.5)])
    # BFGS meets the means to 1e-8 only, as it says itself
    assert found.coefficients == pytest.approx(theirs["alpha"], rel=1e-7)
    assert found.effective_size == pytest.approx(theirs["ess"], rel=1e-7)
    assert found.after_means == pytest.approx([60, 0.5], rel=1e-12)
    assert found.before_means == pytest.approx(covariates.mean(axis=0), rel=1e-13)
    assert found.weights.sum() == pytest.approx(228)


@pytest.mark.source("by hand: of 0 and 1 the weights are the ratio of the shares")
def test_a_share_is_matched_by_its_ratio():
    found = matching_weights([0, 0, 0, 1], targets=[Target(mean=0.5)])
    assert found.weights == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    assert found.coefficients == pytest.approx([log(3)])
    assert found.effective_size == pytest.approx(16 / (3 * 4 / 9 + 4))


@pytest.mark.source("by hand: values -1, 0, 1 with variance 1/2 weigh 3/4, 3/2, 3/4")
def test_a_standard_deviation_is_matched_as_well():
    found = matching_weights([-1, 0, 1], targets=[Target(mean=0, sd=sqrt(0.5))])
    assert found.weights == pytest.approx([0.75, 1.5, 0.75])
    assert (found.after_means[0], found.after_sds[0]) == pytest.approx((0, sqrt(0.5)), abs=1e-12)
    assert found.before_sds == pytest.approx([sqrt(2 / 3)])


@pytest.mark.source("by hand: the weights of lung have the asked means and standard deviations")
def test_several_means_and_spreads_are_met_together(data_set):
    lung = data_set("lung").drop_nulls(["age", "ph.karno"])
    covariates = lung.select("age", "sex", "ph.karno").to_numpy().astype(float)
    targets = [Target(mean=65, sd=7), Target(mean=1.3), Target(mean=78, sd=10)]
    found = matching_weights(covariates, targets=targets)
    assert found.after_means == pytest.approx([65, 1.3, 78], rel=1e-10)
    assert found.after_sds[[0, 2]] == pytest.approx([7, 10], rel=1e-9)
    assert np.isnan(found.target_sds).tolist() == [False, True, False]
    assert 0 < found.effective_size < len(lung)
