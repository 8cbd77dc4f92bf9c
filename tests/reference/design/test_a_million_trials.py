"""Formulas against a million simulated trials each, within three standard errors."""

from math import sqrt

import numpy as np
import pytest

from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.classic import OBrienFlemingShape, WangTsiatisShape
from equipoise.design.group_sequential.crossing import crossings, proportional_means
from equipoise.design.group_sequential.futility import BetaSpending, Binding
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import size_group_sequential
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    KimDeMetsSpending,
    OBrienFlemingSpending,
    PocockSpending,
)
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import simon_characteristics, size_simon
from equipoise.design.two_proportions.exact_region import (
    ArmSizes,
    Fisher,
    exact_power,
    rejection_region,
)
from equipoise.design.two_proportions.goal import TwoRates

TRIALS = 1_000_000
SOURCE = "simulation: numpy, a million trials, fixed seed"


def z_of_trials(fractions, *, drift, seed):
    """Return Z at each look of a million Brownian scores, shape (trials, looks)."""
    random = np.random.default_rng(seed)
    steps = np.diff((0.0, *fractions))
    score = np.cumsum(random.normal(drift * steps, np.sqrt(steps), (TRIALS, len(steps))), axis=1)
    return score / np.sqrt(fractions)


def first_crossing(z, *, lower, upper):
    """Return the shares of trials that first cross the upper, and the lower, bound at each look."""
    going, up, down = np.ones(len(z), dtype=bool), [], []
    for look in range(z.shape[1]):
        above, below = going & (z[:, look] >= upper[look]), going & (z[:, look] <= lower[look])
        up.append(above.mean())
        down.append(below.mean())
        going &= ~(above | below)
    return up, down


def within(found, expected):
    """Tell whether a share of a million trials is within three standard errors."""
    return abs(found - expected) <= 3 * sqrt(max(expected * (1 - expected), 1e-12) / TRIALS)


@pytest.mark.source(SOURCE)
@pytest.mark.parametrize(
    "spending",
    [
        OBrienFlemingSpending(),
        PocockSpending(),
        HwangShihDeCaniSpending(gamma=-4),
        KimDeMetsSpending(rho=2),
    ],
)
@pytest.mark.parametrize("fractions", [(0.6, 1.0), (0.25, 0.5, 0.8, 1.0)])
def test_the_boundary_errs_and_shows_as_often_as_it_says(spending, fractions):
    boundary = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=spending)
    for drift, seed in ((0.0, 1), (2.8, 2)):
        z = z_of_trials(fractions, drift=drift, seed=seed)
        up, _ = first_crossing(z, lower=(-np.inf,) * len(fractions), upper=boundary.z)
        means = proportional_means(fractions, drift=drift)
        expected = crossings(boundary.bounds, means=means).upper
        assert all(within(*pair) for pair in zip(up, expected, strict=True))


@pytest.mark.source(SOURCE)
@pytest.mark.parametrize("binding", list(Binding))
@pytest.mark.parametrize("efficacy", [OBrienFlemingShape(), WangTsiatisShape(delta=0.25)])
def test_a_trial_that_gives_up_keeps_its_error_and_its_power(efficacy, binding):
    plan = SequentialPlan(
        information_fractions=(0.4, 0.7, 1.0),
        alpha_one_sided=0.025,
        power=0.9,
        efficacy=efficacy,
        futility=BetaSpending(spending=KimDeMetsSpending(rho=2)),
        binding=binding,
    )
    design = size_group_sequential(plan)
    for drift, power in ((0.0, design.type_one_error), (design.drift, 0.9)):
        z = z_of_trials(plan.information_fractions, drift=drift, seed=3)
        up, down = first_crossing(z, lower=design.futility, upper=design.efficacy)
        assert within(sum(up), power)
        assert sum(up) + sum(down) == pytest.approx(1, abs=1e-12)


@pytest.mark.source(SOURCE)
@pytest.mark.parametrize("rate", [0.1, 0.2, 0.3])
def test_simons_design_goes_on_and_succeeds_as_often_as_it_says(rate):
    goal = SingleArmGoal(p0=0.1, p1=0.3, alpha_one_sided=0.05, power=0.8)
    design = size_simon(goal).optimal
    random = np.random.default_rng(4)
    first = random.binomial(design.n1, rate, TRIALS)
    second = random.binomial(design.n - design.n1, rate, TRIALS)
    expected = simon_characteristics(design, rate=rate)
    assert within(np.mean(first <= design.r1), expected.early_stop_probability)
    success = np.mean((first > design.r1) & (first + second > design.r))
    assert within(success, expected.go_probability)


@pytest.mark.source(SOURCE)
def test_fishers_test_rejects_as_often_as_its_region_sums_to():
    region = rejection_region(ArmSizes(experimental=25, control=30), rule=Fisher(), alpha=0.025)
    rates = TwoRates(control=0.3, experimental=0.6)
    random = np.random.default_rng(5)
    control = random.binomial(30, rates.control, TRIALS)
    experimental = random.binomial(25, rates.experimental, TRIALS)
    assert within(region.rejects[experimental, control].mean(), exact_power(region, rates=rates))
