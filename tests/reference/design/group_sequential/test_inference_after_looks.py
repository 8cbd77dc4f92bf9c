from math import inf, sqrt

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from equipoise.design.group_sequential.boundaries import (
    classic_boundary,
    efficacy_boundary,
    upper_bounds,
)
from equipoise.design.group_sequential.classic import PocockShape
from equipoise.design.group_sequential.crossing import Bounds, crossings
from equipoise.design.group_sequential.observed import LastLook, observed_boundary
from equipoise.design.group_sequential.repeated import (
    classic_repeated_p_values,
    repeated_interval,
    repeated_p_values,
    sequential_p_value,
)
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    OBrienFlemingSpending,
)
from equipoise.design.group_sequential.stagewise import stagewise_inference

LATE = HwangShihDeCaniSpending(gamma=-4)
EARLY_LITTLE = OBrienFlemingSpending()
THIRDS = (1 / 3, 2 / 3)
INFORMATION = 282 / (4 * 20**2)  # of lrstat's example, at the last look


def found_in(stored, name):
    return stored("group_sequential.json")["cases"][name]["found"]


@pytest.mark.source("program: lrstat 0.3.3: getRCI after two of three looks, sfHSD -4, alpha 0.05")
def test_repeated_interval_and_p_value_of_lrstat(stored):
    (truth,) = found_in(stored, "lr-getRCI")
    boundary = observed_boundary(THIRDS, alpha_one_sided=0.05, spending=LATE, last=LastLook.INTERIM)
    interval = repeated_interval(2.4, critical_z=boundary.z[1], information=INFORMATION * 2 / 3)
    assert interval.estimate == pytest.approx(truth["thetahat"], rel=1e-12)
    # lrstat's bounds are roots to 1e-6.
    assert interval.lower == pytest.approx(truth["lower"], abs=1e-6)
    assert interval.upper == pytest.approx(truth["upper"], abs=1e-6)
    p_values = repeated_p_values(
        (0.5, 2.4), observed_fractions=THIRDS, spending=LATE, last=LastLook.INTERIM
    )
    assert p_values[1] == pytest.approx(truth["pvalue"], abs=5e-8)
    assert p_values[0] == 1  # this spending keeps 95 % of any error for later


@pytest.mark.source("program: lrstat 0.3.3: getCI after two of three looks, sfHSD -4, alpha 0.05")
def test_stagewise_inference_of_lrstat(stored):
    (truth,) = found_in(stored, "lr-getCI")
    boundary = observed_boundary(THIRDS, alpha_one_sided=0.05, spending=LATE, last=LastLook.INTERIM)
    found = stagewise_inference(
        upper_bounds(THIRDS, z=boundary.z),
        look=2,
        z=2.425356250363,
        information=INFORMATION * 2 / 3,
        confidence=truth["cilevel"],
    )
    assert found.p_value == pytest.approx(truth["pvalue"], abs=1e-9)
    # lrstat's ends are roots to 1e-6 of a range.
    assert found.estimate == pytest.approx(truth["thetahat"], abs=5e-6)
    assert found.lower == pytest.approx(truth["lower"], abs=5e-6)
    assert found.upper == pytest.approx(truth["upper"], abs=5e-6)


@pytest.mark.source("program: lrstat 0.3.3: repeatedPValue with its own spending times")
def test_repeated_p_values_of_lrstat(stored):
    truth = found_in(stored, "lr-repeatedp")
    p_values = repeated_p_values(
        tuple(float(-ndtri(p)) for p in (0.2, 0.15, 0.1)),
        observed_fractions=(529 / 800, 700 / 800, 1.0),
        spending=EARLY_LITTLE,
        last=LastLook.FINAL,
        spending_times=(0.6271186, 0.8305085, 1.0),
    )
    assert p_values == pytest.approx(truth["p"], abs=2e-7)


@pytest.mark.source("program: gsDesign 3.11: sequentialPValue at 100 and 160 of 203.655")
def test_sequential_p_value_of_gsdesign(stored):
    truth = found_in(stored, "sequentialPValue")
    maximum = 200 * 1.01827576658324  # its plan: test.type 1, sfLDOF, power 0.9, n.fix 200
    found = sequential_p_value(
        (1.5, 2.4),
        observed_fractions=(100 / maximum, 160 / maximum),
        spending=EARLY_LITTLE,
        last=LastLook.INTERIM,
    )
    assert found == pytest.approx(truth["p"], abs=1e-6)


@pytest.mark.source("program: rpact 4.5: getAnalysisResults, 77 of 128 events, log-rank -1.8")
def test_repeated_results_of_rpact_at_an_interim(stored):
    truth = found_in(stored, "analysis-surv-gs-interim-cp")
    boundary = efficacy_boundary((77 / 128, 1.0), alpha_one_sided=0.025, spending=EARLY_LITTLE)
    interval = repeated_interval(1.8, critical_z=boundary.z[0], information=77 / 4)
    # The hazard ratio is the exponential of minus the effect; rpact's ends are roots to 1e-6.
    assert np.exp(-interval.upper) == pytest.approx(truth["rciLower"][0], abs=5e-6)
    assert np.exp(-interval.lower) == pytest.approx(truth["rciUpper"][0], abs=5e-6)
    p_values = repeated_p_values(
        (1.8,), observed_fractions=(77 / 128,), spending=EARLY_LITTLE, last=LastLook.INTERIM
    )
    assert p_values[0] == pytest.approx(truth["repeatedPValues"][0], abs=2e-6)


@pytest.mark.source("program: rpact 4.5: getDesignInverseNormal, 60 and 150 events")
def test_final_and_repeated_p_values_of_rpact(stored):
    truth = found_in(stored, "analysis-surv-invnormal")
    second = (2.6 * sqrt(150) - 1.5 * sqrt(60)) / sqrt(90)
    combined = sqrt(0.5) * 1.5 + sqrt(0.5) * second
    boundary = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=EARLY_LITTLE)
    final = stagewise_inference(
        boundary.bounds, look=2, z=combined, information=1.0, confidence=0.95
    )
    assert final.p_value == pytest.approx(truth["finalPValues"][1], abs=1e-8)
    p_values = repeated_p_values(
        (1.5, combined), observed_fractions=(0.5, 1.0), spending=EARLY_LITTLE, last=LastLook.FINAL
    )
    assert p_values == pytest.approx(truth["repeatedPValues"], abs=2e-6)


@pytest.mark.source("by hand: the boundary of that error goes through the Z of the look")
def test_repeated_p_values_of_a_classic_shape():
    fractions = (1 / 3, 2 / 3, 1.0)
    p_values = classic_repeated_p_values(
        (2.1, 1.7), information_fractions=fractions, shape=PocockShape()
    )
    for z, p_value in zip((2.1, 1.7), p_values, strict=True):
        boundary = classic_boundary(fractions, alpha_one_sided=p_value, shape=PocockShape())
        assert boundary.z == pytest.approx((z, z, z), abs=1e-11)


@pytest.mark.source("by hand: at the first look, and with one look, nothing has to be ordered")
def test_at_the_first_look_stagewise_inference_is_the_usual_one():
    bounds = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=LATE).bounds
    found = stagewise_inference(bounds, look=1, z=3.1, information=4.0, confidence=0.95)
    assert found.p_value == pytest.approx(ndtr(-3.1), rel=1e-12)
    assert found.estimate == pytest.approx(3.1 / 2, abs=1e-12)
    assert found.lower == pytest.approx((3.1 - 1.959963984540054) / 2, abs=1e-12)
    assert found.upper == pytest.approx((3.1 + 1.959963984540054) / 2, abs=1e-12)


@pytest.mark.source("by hand: at the bound of a look the p-value is the error spent up to it")
def test_at_a_bound_the_p_value_is_the_error_spent_and_the_interval_begins_at_0():
    boundary = efficacy_boundary((0.3, 0.7, 1.0), alpha_one_sided=0.025, spending=LATE)
    for look, (z, spent) in enumerate(
        zip(boundary.z, boundary.cumulative_alpha, strict=True), start=1
    ):
        found = stagewise_inference(
            boundary.bounds, look=look, z=z, information=1.0, confidence=1 - 2 * spent
        )
        assert found.p_value == pytest.approx(spent, rel=1e-11)
        assert found.lower == pytest.approx(0, abs=1e-10)


@pytest.mark.source("simulation: 600 trials of three looks, seed 20261122")
def test_the_stagewise_interval_covers_and_its_estimate_is_median_unbiased():
    fractions, effect = np.array([0.3, 0.7, 1.0]), 2.2
    bounds = Bounds(
        information_fractions=tuple(fractions), lower=(0.2, 0.9, -inf), upper=(2.9, 2.3, 2.05)
    )
    draws = np.random.default_rng(20261122)
    steps = np.diff(fractions, prepend=0.0)
    added = effect * steps + np.sqrt(steps) * draws.normal(size=(600, 3))
    z = np.cumsum(added, axis=1) / np.sqrt(fractions)
    covered, above = 0, 0
    for trial in z:
        stopped = (trial >= bounds.upper) | (trial <= bounds.lower) | (fractions == 1)
        look = int(np.argmax(stopped))
        found = stagewise_inference(
            bounds,
            look=look + 1,
            z=float(trial[look]),
            information=float(fractions[look]),
            confidence=0.9,
        )
        covered += found.lower <= effect <= found.upper
        above += found.estimate > effect
    assert abs(covered / 600 - 0.9) < 3 * sqrt(0.9 * 0.1 / 600)
    assert abs(above / 600 - 0.5) < 3 * sqrt(0.25 / 600)


@pytest.mark.source(
    "by hand: the error of observed looks, written as shares of the spending function"
)
def test_over_and_underrunning_spend_all_that_is_left():
    for fractions in ((0.55, 0.8, 0.93), (0.55, 0.8, 1.0), (0.55, 0.8, 1.12)):
        found = observed_boundary(
            fractions, alpha_one_sided=0.025, spending=LATE, last=LastLook.FINAL
        )
        assert found.cumulative_alpha[-1] == pytest.approx(0.025, rel=1e-12)
        shares = [(np.exp(4 * s) - 1) / (np.exp(4) - 1) for s in (0.55, 0.8)]
        assert found.cumulative_alpha[:2] == pytest.approx(0.025 * np.array(shares), rel=1e-12)
        crossed = crossings(upper_bounds(fractions, z=found.z), means=(0.0,) * 3).upper
        assert sum(crossed) == pytest.approx(0.025, rel=1e-12)


@pytest.mark.source("by hand: an interim look beyond the plan has spent everything")
def test_after_an_overrunning_interim_nothing_can_be_rejected():
    found = observed_boundary(
        (0.5, 1.04, 1.2), alpha_one_sided=0.025, spending=EARLY_LITTLE, last=LastLook.FINAL
    )
    assert found.cumulative_alpha[1:] == pytest.approx((0.025, 0.025), rel=1e-12)
    assert found.z[2] == inf
    assert found.nominal_p[2] == 0


@pytest.mark.source("by hand: a past bound of 2.9 has spent P(Z >= 2.9), whatever was due")
def test_past_bounds_stay_and_later_ones_make_up_for_them():
    settings = {"alpha_one_sided": 0.025, "spending": EARLY_LITTLE, "last": LastLook.FINAL}
    free = observed_boundary((0.5, 0.8, 1.0), **settings)
    kept = observed_boundary((0.5, 0.8, 1.0), past_z=(2.9,), **settings)
    assert kept.z[0] == 2.9
    assert kept.cumulative_alpha[0] == pytest.approx(ndtr(-2.9), rel=1e-12)
    assert kept.cumulative_alpha[1:] == pytest.approx(free.cumulative_alpha[1:], rel=1e-12)
    assert kept.z[1] > free.z[1]  # more was spent than was due, so less is left for this look
    again = observed_boundary((0.5, 0.8, 1.0), past_z=free.z[:2], **settings)
    assert again.z == pytest.approx(free.z, abs=1e-12)
