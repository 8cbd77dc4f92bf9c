from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.design.adaptive.adapted_inference import (
    AdaptedEnd,
    adapted_inference,
    adapted_p_value,
)
from equipoise.design.adaptive.conditional_error import (
    Adaptation,
    NewRest,
    adapt_rest,
    chw_statistic,
    conditional_error,
    integrated_bounds,
    obeyed,
    rest_after,
    size_rest,
)
from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.crossing import Bounds, crossings
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending
from equipoise.design.group_sequential.stagewise import stagewise_inference

THIRDS = efficacy_boundary(
    (1 / 3, 2 / 3, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
).bounds
TWO_NEW = NewRest(information_fractions=(0.5, 1.0), spending=PocockSpending())
FREE = Binding.NON_BINDING
TRIALS = 100_000


@pytest.mark.source("program: lrstat 0.3.3: adaptDesign(MullerSchafer = TRUE)")
def test_the_new_rest_of_lrstat(stored):
    truth = stored("adaptive_designs.json")["cases"]["lr-adapt"]["found"]
    old, new, whole = (
        truth[part] for part in ("primaryTrial", "secondaryTrial", "integratedTrial")
    )
    adapted = adapt_rest(THIRDS, look=1, z=1.24, rest=TWO_NEW, binding=FREE)
    assert adapted.conditional_error == pytest.approx(old["conditionalAlpha"], abs=5e-6)
    assert adapted.rest.upper == pytest.approx(new["efficacyBounds"], abs=5e-6)
    added = size_rest(adapted, effect=10, power=0.9)
    # lrstat finds its bounds to 1e-6, and with them the information to a relative 2e-7.
    assert added == pytest.approx(new["maxInformation"], rel=1e-6)
    bounds = integrated_bounds(adapted, information=0.047 / 3, rest_information=added)
    assert bounds.upper == pytest.approx(whole["efficacyBounds"][1:], abs=5e-6)
    assert bounds.information_fractions == pytest.approx(whole["informationRates"][1:], abs=5e-6)


@pytest.mark.source("by hand: two looks, one normal integral")
def test_conditional_error_of_two_looks():
    bounds = Bounds(information_fractions=(0.6, 1.0), lower=(0.3, 2.0), upper=(2.7, 2.0))
    for z in (-1.0, 0.8, 2.5):
        truth = norm.sf((2.0 - z * sqrt(0.6)) / sqrt(0.4))
        for binding in Binding:
            found = conditional_error(bounds, look=1, z=z, binding=binding)
            assert found == pytest.approx(truth, rel=1e-12)


@pytest.mark.source("by hand: lower bounds that bind stop trials that would still reject")
def test_futility_that_binds_lowers_the_conditional_error():
    bounds = Bounds(
        information_fractions=(0.4, 0.7, 1.0), lower=(0.0, 1.0, 2.0), upper=(3.0, 2.5, 2.0)
    )
    free = conditional_error(bounds, look=1, z=1.0, binding=FREE)
    assert conditional_error(bounds, look=1, z=1.0, binding=Binding.BINDING) < 0.97 * free


@pytest.mark.source("by hand: the conditional error averages to what is left of alpha")
def test_conditional_errors_average_to_the_error_left():
    nodes, weights = np.polynomial.legendre.leggauss(60)
    upper = THIRDS.upper[0]
    z = -8 + (upper + 8) * (nodes + 1) / 2
    errors = [conditional_error(THIRDS, look=1, z=at, binding=FREE) for at in z.tolist()]
    mean = float((weights * norm.pdf(z)) @ np.array(errors)) * (upper + 8) / 2
    assert mean == pytest.approx(0.025 - norm.sf(upper), abs=1e-12)


@pytest.mark.source("by hand: a rest that is as planned, its inference stage-wise")
def test_an_unchanged_rest_changes_nothing():
    left = rest_after(THIRDS, look=1, z=1.24, binding=FREE)
    error = conditional_error(THIRDS, look=1, z=1.24, binding=FREE)
    whole = left.information_fractions[-1]
    assert sum(crossings(left, means=(0.0, 0.0)).upper) == pytest.approx(error, abs=1e-14)
    same = Adaptation(
        primary=THIRDS,
        binding=FREE,
        look=1,
        z=1.24,
        conditional_error=error,
        rest=Bounds(
            information_fractions=tuple(at / whole for at in left.information_fractions),
            lower=left.lower,
            upper=left.upper,
        ),
    )
    for look, added in ((1, 2.9), (2, 1.5)):
        at = 1 / 3 + look / 3
        end = AdaptedEnd(look=look, z=added, information=40.0, rest_information=40 * whole)
        found = adapted_inference(same, end=end, confidence=0.95)
        z = (1.24 * sqrt(1 / 3) + added * sqrt(look / 3)) / sqrt(at)
        truth = stagewise_inference(
            THIRDS, look=1 + look, z=z, information=40 * at, confidence=0.95
        )
        for name in ("p_value", "estimate", "lower", "upper"):
            assert getattr(found, name) == pytest.approx(getattr(truth, name), abs=1e-10)


@pytest.mark.source("by hand: at the last new bound the p-value is alpha, and 0 ends the interval")
def test_inference_agrees_with_the_test():
    adapted = adapt_rest(THIRDS, look=1, z=1.24, rest=TWO_NEW, binding=FREE)
    end = AdaptedEnd(look=2, z=adapted.rest.upper[1], information=0.047, rest_information=0.088)
    found = adapted_inference(adapted, end=end, confidence=0.95)
    assert found.p_value == pytest.approx(0.025, abs=1e-12)
    assert found.lower == pytest.approx(0.0, abs=1e-9)
    assert adapted_p_value(adapted, end=end, effect=found.estimate) == pytest.approx(0.5)


@pytest.mark.source("paper: Cui, Hung and Wang 1999, doi:10.1111/j.0006-341X.1999.00853.x")
def test_increments_keep_their_planned_weight():
    # As planned it is Z itself; with a second stage three times as large its weight stays 1/2.
    assert chw_statistic((1.0, 2.2), information=(50.0, 100.0), information_fractions=(0.5, 1)) == (
        pytest.approx((1.0, 2.2))
    )
    grown = (1.0, (1.0 * sqrt(50) + 2.0 * sqrt(150)) / sqrt(200))
    assert chw_statistic(grown, information=(50.0, 200.0), information_fractions=(0.5, 1)) == (
        pytest.approx((1.0, 3.0 / sqrt(2)))
    )


@pytest.mark.source("simulation: 1e5 trials without effect, a new rest after promising results")
def test_error_of_a_rest_planned_anew():
    rng = np.random.default_rng(21)
    grid = np.linspace(0.5, 2.5, 81)
    # Between 0.5 and 2.5 one longer look replaces two; the bound is smooth in z.
    one = NewRest(information_fractions=(1.0,), spending=PocockSpending())
    places = [
        adapt_rest(THIRDS, look=1, z=z, rest=one, binding=FREE).rest.upper[0] for z in grid.tolist()
    ]
    first = rng.standard_normal(TRIALS)
    steps = rng.standard_normal((TRIALS, 2))
    changed = (first >= 0.5) & (first <= 2.5)
    second = (first + steps[:, 0]) / sqrt(2)
    third = (first + steps.sum(axis=1)) / sqrt(3)
    kept = (second >= THIRDS.upper[1]) | (third >= THIRDS.upper[2])
    new = steps[:, 0] >= np.interp(first, grid, places)
    rejected = (first >= THIRDS.upper[0]) | np.where(changed, new, kept)
    error = sqrt(0.025 * 0.975 / TRIALS)
    assert abs(float(rejected.mean()) - 0.025) < 3 * error


@pytest.mark.source("simulation: 1000 trials of a true effect, rests sized by their first look")
def test_the_p_value_at_the_true_effect_is_uniform():
    rng = np.random.default_rng(22)
    effect, information, trials = 0.3, 60.0, 1000
    p_values = []
    for z in (rng.standard_normal(trials) + effect * sqrt(information / 3)).tolist():
        if z >= THIRDS.upper[0]:
            p_values.append(norm.sf(z - effect * sqrt(information / 3)))
            continue
        adapted = adapt_rest(THIRDS, look=1, z=z, rest=TWO_NEW, binding=FREE)
        rest = 30.0 if z > 1 else 120.0
        path = np.cumsum(rng.standard_normal(2)) * sqrt(rest / 2)
        path += effect * rest * np.array([0.5, 1.0])
        z_rest = (path / np.sqrt(rest * np.array([0.5, 1.0]))).tolist()
        look = 1 if z_rest[0] >= adapted.rest.upper[0] else 2
        end = AdaptedEnd(
            look=look, z=z_rest[look - 1], information=information, rest_information=rest
        )
        p_values.append(adapted_p_value(adapted, end=end, effect=effect))
    for level in (0.1, 0.5, 0.9):
        share = float(np.mean(np.array(p_values) <= level))
        assert abs(share - level) < 3 * sqrt(level * (1 - level) / trials)


@pytest.mark.source("by hand: nothing to obey below, the same bounds without them")
def test_lower_bounds_that_do_not_bind_are_left_out():
    bounds = Bounds(information_fractions=(0.5, 1.0), lower=(0.0, 2.0), upper=(2.8, 2.0))
    assert obeyed(bounds, binding=FREE).lower == (-inf, -inf)
    assert obeyed(bounds, binding=Binding.BINDING) == bounds
    assert rest_after(bounds, look=1, z=1.0, binding=FREE).lower == (-inf,)
    assert rest_after(bounds, look=1, z=1.0, binding=Binding.BINDING).lower[0] > -inf
