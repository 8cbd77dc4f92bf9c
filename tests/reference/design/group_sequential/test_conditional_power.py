from math import inf, log, sqrt

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import t

from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.conditional_power import (
    FlatDrift,
    GivenDrift,
    NormalDrift,
    assurance,
    assurance_after,
    conditional_power,
    current_trend,
    posterior_drift,
    predictive_power,
    remaining_bounds,
)
from equipoise.design.group_sequential.crossing import Bounds, crossings, proportional_means
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import size_group_sequential
from equipoise.design.group_sequential.spending import OBrienFlemingSpending

HALVES = efficacy_boundary(
    (0.5, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
).bounds
ANCHOR = efficacy_boundary(
    (77 / 128, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
).bounds
WITH_FUTILITY = Bounds(
    information_fractions=(0.3, 0.6, 1.0), lower=(-0.5, 0.4, 2.0), upper=(3.2, 2.6, 2.0)
)


def found_in(stored, name):
    return stored("group_sequential.json")["cases"][name]["found"]


def averaged(bounds, *, centre, spread, look=0, z=0.0):
    """Return crossing probabilities averaged over a normal drift, by a fine sum."""
    steps, weights = np.polynomial.hermite_e.hermegauss(80)
    total = np.zeros(len(bounds.upper) - look)
    for step, weight in zip(steps, weights / weights.sum(), strict=True):
        drift = centre + spread * step
        left = remaining_bounds(bounds, look=look, z=z) if look else bounds
        means = proportional_means(left.information_fractions, drift=drift)
        total += weight * np.array(crossings(left, means=means).upper)
    return total


@pytest.mark.source("program: lrstat 0.3.3: getCP; rpact 4.5: getAnalysisResults(thetaH1 = 0.6)")
def test_conditional_power_under_the_planned_effect(stored):
    found = conditional_power(
        ANCHOR, look=1, z=1.8, under=GivenDrift(drift=-log(0.6) * sqrt(128 / 4))
    )
    assert found.power == pytest.approx(found_in(stored, "lr-getCP")["cp"][0], abs=5e-7)
    interim = found_in(stored, "analysis-surv-gs-interim-cp")
    assert found.power == pytest.approx(interim["conditionalPower"][1], abs=5e-7)
    error = conditional_power(ANCHOR, look=1, z=1.8, under=GivenDrift(drift=0.0)).power
    assert error == pytest.approx(interim["conditionalRejectionProbabilities"][0], abs=5e-7)


@pytest.mark.source("program: lrstat 0.3.3: adaptDesign, three looks, its primary trial")
def test_conditional_error_conditional_and_predictive_power_of_lrstat(stored):
    truth = found_in(stored, "lr-adapt")
    bounds = efficacy_boundary(
        (1 / 3, 2 / 3, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
    ).bounds
    planned = GivenDrift(drift=10 * sqrt(truth["maxInformation"]))
    for found, name in (
        (
            conditional_power(bounds, look=1, z=1.24, under=GivenDrift(drift=0.0)),
            "conditionalAlpha",
        ),
        (conditional_power(bounds, look=1, z=1.24, under=planned), "conditionalPower"),
        (predictive_power(bounds, look=1, z=1.24, prior=FlatDrift()), "predictivePower"),
    ):
        assert found.power == pytest.approx(truth[name], abs=2e-7)


@pytest.mark.source("program: rpact 4.5: getConditionalPower of means, a t-test as its Z")
def test_conditional_power_with_more_subjects_than_planned(stored):
    # rpact turns the p-value of the t-test into Z, and adds 120 subjects with an effect of 0.4.
    z = float(-ndtri(t.sf(0.3 / sqrt(2 / 60), df=118)))
    left = remaining_bounds(HALVES, look=1, z=z)
    found = crossings(left, means=(0.4 * sqrt(120 / 4),)).upper
    assert found[0] == pytest.approx(found_in(stored, "cp-means")["conditionalPower"][1], abs=1e-6)


@pytest.mark.source("program: gsDesign 3.11: condPower(z1 = 1.5, n2 = 100), current trend, z2NC")
def test_conditional_power_of_gsdesign(stored):
    planned = 200 * size_group_sequential(halves_of_power_90()).inflation_factor
    left = remaining_bounds(HALVES, look=1, z=1.5)
    found = crossings(left, means=(1.5 / sqrt(planned / 2) * sqrt(100),)).upper
    assert found[0] == pytest.approx(found_in(stored, "condPower")["cp"], abs=1e-6)


@pytest.mark.source("program: gsDesign 3.11: gsPP with a normal prior")
def test_predictive_power_of_gsdesign(stored):
    drift = size_group_sequential(halves_of_power_90()).drift
    prior = NormalDrift(mean=drift / 2, standard_deviation=10.0)
    found = predictive_power(HALVES, look=1, z=1.5, prior=prior)
    assert found.power == pytest.approx(found_in(stored, "gsPP")["pp"], abs=1e-6)


def halves_of_power_90():
    return SequentialPlan(
        information_fractions=(0.5, 1.0),
        alpha_one_sided=0.025,
        power=0.9,
        efficacy=OBrienFlemingSpending(),
    )


@pytest.mark.source("by hand: power averaged over the prior by Gauss-Hermite sums")
@pytest.mark.parametrize("spread", [0.3, 1.0, 2.0])
def test_assurance_is_power_averaged_over_the_prior(spread):
    found = assurance(WITH_FUTILITY, prior=NormalDrift(mean=2.5, standard_deviation=spread))
    truth = averaged(WITH_FUTILITY, centre=2.5, spread=spread)
    assert found.crossings.upper == pytest.approx(truth, abs=1e-7)
    assert found.power == pytest.approx(truth.sum(), abs=1e-7)
    assert sum(found.crossings.stops) == pytest.approx(1, abs=1e-12)
    after = sum(found.crossings.upper[1:]) / (1 - found.crossings.stops[0])
    assert assurance_after(found, look=1) == pytest.approx(after, rel=1e-14)


@pytest.mark.source("by hand: conditional power averaged over the posterior by Gauss-Hermite sums")
@pytest.mark.parametrize("prior", [FlatDrift(), NormalDrift(mean=1.0, standard_deviation=1.5)])
def test_predictive_power_is_conditional_power_averaged_over_the_posterior(prior):
    belief = posterior_drift(prior, z=1.3, information_fraction=0.3)
    found = predictive_power(WITH_FUTILITY, look=1, z=1.3, prior=prior)
    truth = averaged(
        WITH_FUTILITY, centre=belief.mean, spread=belief.standard_deviation, look=1, z=1.3
    )
    assert found.crossings.upper == pytest.approx(truth, abs=1e-6)


@pytest.mark.source("by hand: normal prior and normal likelihood")
def test_the_posterior_weighs_prior_and_trial_by_their_information():
    belief = posterior_drift(
        NormalDrift(mean=2.0, standard_deviation=0.5), z=1.0, information_fraction=0.25
    )
    assert belief.mean == pytest.approx((1.0 * 0.5 + 2.0 * 4) / 4.25, rel=1e-14)
    assert belief.standard_deviation == pytest.approx(4.25**-0.5, rel=1e-14)
    flat = posterior_drift(FlatDrift(), z=1.0, information_fraction=0.25)
    assert flat.mean == current_trend(1.0, information_fraction=0.25).drift == 2.0
    assert flat.standard_deviation == 2.0


@pytest.mark.source("by hand: power is the mean of conditional power over the first look")
def test_power_is_conditional_power_averaged_over_the_first_look():
    drift = 2.7
    steps, weights = np.polynomial.legendre.leggauss(60)
    low, high = WITH_FUTILITY.lower[0], WITH_FUTILITY.upper[0]
    places = (high + low) / 2 + (high - low) / 2 * steps
    density = np.exp(-((places - drift * sqrt(0.3)) ** 2) / 2) / sqrt(2 * np.pi)
    later = [
        conditional_power(WITH_FUTILITY, look=1, z=float(z), under=GivenDrift(drift=drift)).power
        for z in places
    ]
    means = proportional_means(WITH_FUTILITY.information_fractions, drift=drift)
    truth = sum(crossings(WITH_FUTILITY, means=means).upper[1:])
    assert (high - low) / 2 * np.sum(weights * density * later) == pytest.approx(truth, abs=1e-12)


@pytest.mark.source("by hand: no bound stays no bound")
def test_remaining_bounds_keep_their_infinities():
    skipping = Bounds(
        information_fractions=(0.3, 0.6, 1.0), lower=(-inf, -inf, 2.0), upper=(3.0, inf, 2.0)
    )
    left = remaining_bounds(skipping, look=1, z=1.0)
    assert left.upper[0] == inf
    assert left.lower[0] == -inf
    assert left.upper[1] == left.lower[1] == pytest.approx((2 - sqrt(0.3)) / sqrt(0.7))
