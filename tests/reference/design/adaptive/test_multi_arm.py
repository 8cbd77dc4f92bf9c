from itertools import product
from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.design.adaptive.best_arm_sequential import (
    best_arm_boundary,
    best_arm_sequential_course,
    size_best_arm,
)
from equipoise.design.adaptive.closed_testing import (
    BonferroniTest,
    DunnettTest,
    SimesTest,
    closed_combination_test,
    dunnett_correlation,
    dunnett_p_value,
)
from equipoise.design.adaptive.multi_arm import (
    SelectBest,
    SelectPromising,
    SelectWithin,
    best_arm_course,
    best_density,
    select_arms,
)
from equipoise.design.adaptive.multi_arm_boundary import (
    multi_arm_boundary,
    multi_arm_course,
    size_multi_arm,
)
from equipoise.design.adaptive.several_arms import information_for_power
from equipoise.design.group_sequential.boundaries import crossing_probabilities, efficacy_boundary
from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending
from equipoise.stats.numerics.multivariate_normal import max_quantile, rectangle_probability

OBF = OBrienFlemingSpending()
TWO = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=PocockSpending()).bounds
TRIALS = 100_000


def below(uppers, *, fractions, allocation, drifts):
    """Return the chance that all arms stay below their bounds, as one rectangle."""
    arms = np.array(dunnett_correlation(allocation))
    looks = np.array([[sqrt(min(a, b) / max(a, b)) for b in fractions] for a in fractions])
    means = [drift * sqrt(at) for at in fractions for drift in drifts]
    upper = np.repeat(uppers, len(allocation)) - means
    return rectangle_probability(
        np.full(upper.size, -np.inf), upper, correlation=np.kron(looks, arms)
    )


@pytest.mark.source("by hand: one arm is the boundary without arms")
def test_one_arm_has_the_boundary_of_a_single_comparison():
    for fractions in ((1.0,), (0.5, 1.0), (0.3, 0.6, 1.0)):
        found = multi_arm_boundary(
            fractions, allocation=(1.0,), alpha_one_sided=0.025, spending=OBF
        )
        truth = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=OBF)
        assert found.z == pytest.approx(truth.z, abs=1e-10)
        course = multi_arm_course(found.bounds, allocation=(2.0,), drifts=(2.5,))
        assert course.rejects == pytest.approx(crossing_probabilities(truth, drift=2.5), abs=1e-10)


@pytest.mark.source("by hand: one look is Dunnett's quantile")
def test_one_look_has_the_critical_value_of_dunnett():
    for allocation in ((1.0, 1.0), (1.0, 1.0, 1.0), (2.0, 2.0), (0.5, 2.0)):
        found = multi_arm_boundary(
            (1.0,), allocation=allocation, alpha_one_sided=0.025, spending=OBF
        )
        truth = max_quantile(0.975, correlation=dunnett_correlation(allocation))
        assert found.z[0] == pytest.approx(truth, abs=1e-9)


@pytest.mark.source("by hand: the same chances as rectangles of arms times looks")
def test_two_arms_and_two_looks_as_rectangles():
    fractions, allocation = (0.5, 1.0), (2.0, 0.5)
    boundary = multi_arm_boundary(
        fractions, allocation=allocation, alpha_one_sided=0.025, spending=OBF
    )
    for drifts in ((0.0, 0.0), (1.0, 2.5)):
        course = multi_arm_course(boundary.bounds, allocation=allocation, drifts=drifts)
        first = 1 - below(
            boundary.z[:1], fractions=fractions[:1], allocation=allocation, drifts=drifts
        )
        both = 1 - below(boundary.z, fractions=fractions, allocation=allocation, drifts=drifts)
        assert course.rejects == pytest.approx((first, both - first), abs=2e-8)
    assert sum(multi_arm_course(boundary.bounds, allocation=allocation, drifts=(0, 0)).rejects) == (
        pytest.approx(0.025, abs=1e-10)
    )


@pytest.mark.source("simulation: 1e5 trials of three arms, three looks, arms dropped at 0 and 0.5")
def test_courses_with_arms_that_are_dropped():
    bounds = Bounds(
        information_fractions=(0.3, 0.6, 1.0), lower=(0.0, 0.5, -inf), upper=(3.2, 2.7, 2.3)
    )
    allocation, drifts = (1.0, 1.0, 2.0), (0.0, 1.5, 2.5)
    found = multi_arm_course(bounds, allocation=allocation, drifts=drifts)
    rng = np.random.default_rng(41)
    steps = np.sqrt(np.array([0.3, 0.3, 0.4]))
    control = np.cumsum(rng.standard_normal((TRIALS, 3)) * steps, axis=1)
    rejected_at = np.full(TRIALS, 9)
    for share, drift in zip(allocation, drifts, strict=True):
        own = np.cumsum(rng.standard_normal((TRIALS, 3)) * steps, axis=1)
        loading = sqrt(share / (1 + share))
        at = np.array(bounds.information_fractions)
        z = (loading * control + sqrt(1 - loading**2) * own) / np.sqrt(at) + drift * np.sqrt(at)
        alive = np.ones(TRIALS, dtype=bool)
        for look in range(3):
            crossed = alive & (z[:, look] >= bounds.upper[look])
            rejected_at = np.where(crossed, np.minimum(rejected_at, look), rejected_at)
            alive &= ~crossed & (z[:, look] > bounds.lower[look])
    for look, truth in enumerate(found.rejects):
        share = float((rejected_at == look).mean())
        assert abs(share - truth) < 3 * sqrt(truth * (1 - truth) / TRIALS)
    assert found.expected_information == pytest.approx(
        1 - 0.7 * found.rejects[0] - 0.4 * found.rejects[1]
    )


@pytest.mark.source("by hand: the information found gives the power wanted")
def test_information_for_a_power():
    boundary = multi_arm_boundary(
        (0.5, 1.0), allocation=(1.0, 1.0), alpha_one_sided=0.025, spending=OBF
    )
    information = size_multi_arm(
        boundary.bounds, allocation=(1.0, 1.0), effects=(0.2, 0.4), power=0.9
    )
    drifts = (0.2 * sqrt(information), 0.4 * sqrt(information))
    course = multi_arm_course(boundary.bounds, allocation=(1.0, 1.0), drifts=drifts)
    assert course.power == pytest.approx(0.9, abs=1e-9)


@pytest.mark.source("by hand: without effects the best of any arms is rejected with chance alpha")
def test_the_error_of_choosing_the_best_is_alpha():
    for allocation in ((1.0, 1.0), (1.0, 1.0, 1.0), (2.0, 0.5, 1.0)):
        course = best_arm_course(
            TWO, allocation=allocation, drifts=(0.0,) * len(allocation), second_information=0.9
        )
        assert course.power == pytest.approx(0.025, abs=1e-10)
        assert sum(course.selected) == pytest.approx(1.0, abs=1e-12)
    equal = best_arm_course(TWO, allocation=(1.0,) * 3, drifts=(1.0,) * 3)
    assert equal.selected == pytest.approx((1 / 3,) * 3, abs=1e-12)


@pytest.mark.source("simulation: 1e5 trials of three arms, the best goes on, futility at 0.2")
def test_the_course_of_choosing_the_best():
    bounds = Bounds(information_fractions=(0.5, 1.0), lower=(0.2, -inf), upper=TWO.upper)
    drifts = (0.5, 1.5, 2.5)
    found = best_arm_course(bounds, allocation=(1.0,) * 3, drifts=drifts)
    rng = np.random.default_rng(42)
    shared = rng.standard_normal((TRIALS, 1))
    first = (rng.standard_normal((TRIALS, 3)) + shared) / sqrt(2) + np.array(drifts) * sqrt(0.5)
    best = first.argmax(axis=1)
    second = rng.standard_normal(TRIALS) + np.array(drifts)[best] * sqrt(0.5)
    grid = np.linspace(-5, 8, 4001)
    at_grid = norm.isf([dunnett_p_value(z, allocation=(1.0,) * 3) for z in grid])
    deviates = np.interp(first.max(axis=1), grid, at_grid)
    early = deviates >= bounds.upper[0]
    stopped = deviates <= 0.2
    late = ~early & ~stopped & ((deviates + second) / sqrt(2) >= bounds.upper[1])
    shares = {
        "early": (float(early.mean()), found.early),
        "given_up": (float(stopped.mean()), found.given_up),
        "power": (float((early | late).mean()), found.power),
        "last": (float(((early | late) & (best == 2)).mean()), found.rejected[2]),
        "chosen": (float((best == 1).mean()), found.selected[1]),
    }
    for share, truth in shares.values():
        assert abs(share - truth) < 3 * sqrt(truth * (1 - truth) / TRIALS)


@pytest.mark.source("by hand: one arm to choose from is the boundary without a choice")
def test_the_best_of_one_arm_is_that_arm():
    for fractions in ((1.0,), (0.3, 0.6, 1.0)):
        found = best_arm_boundary(fractions, allocation=(1.0,), alpha_one_sided=0.025, spending=OBF)
        truth = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=OBF)
        assert found.z == pytest.approx(truth.z, abs=1e-10)
        course = best_arm_sequential_course(found.bounds, allocation=(1.0,), drifts=(2.5,))
        assert course.rejects == pytest.approx(crossing_probabilities(truth, drift=2.5), abs=1e-10)


@pytest.mark.source("by hand: one arm is normal, of two alike either is the best half of the time")
def test_small_parts_of_trials_of_several_arms():
    z = np.linspace(-4.0, 6.0, 2001)
    one = best_density(z, arm=0, means=(1.0,), allocation=(1.0,))
    assert one == pytest.approx(norm.pdf(z - 1), abs=1e-12)
    two = best_density(z, arm=1, means=(1.0, 1.0), allocation=(1.0, 1.0))
    assert float(np.trapezoid(two, z)) == pytest.approx(0.5, abs=1e-6)
    found = information_for_power(
        (0.3,), power=0.9, final_z=1.96, power_at=lambda drifts: norm.cdf(drifts[0] - 1.96)
    )
    assert found == pytest.approx(((1.96 + norm.ppf(0.9)) / 0.3) ** 2)


@pytest.mark.source("by hand: the difference of two arms and the final Z, as one rectangle")
def test_the_best_of_two_arms_and_its_final_test():
    first = 0.4
    bounds = Bounds(information_fractions=(first, 1.0), lower=(-inf, -inf), upper=(inf, 2.2))
    found = best_arm_sequential_course(bounds, allocation=(1.0, 1.0), drifts=(2.0, 1.0))
    # With equal arms the difference of their Z at the first look has variance 1.
    link = sqrt(first) / 2
    truth = rectangle_probability(
        [-sqrt(first), 0.2], [np.inf, np.inf], correlation=[[1, link], [link, 1]]
    )
    assert found.rejected[0] == pytest.approx(truth, abs=1e-10)


@pytest.mark.source("simulation: 1e5 trials of three arms, the best goes on with all its data")
def test_the_course_of_the_best_arm_over_three_looks():
    allocation, fractions = (1.0, 1.0, 2.0), (0.3, 0.6, 1.0)
    boundary = best_arm_boundary(
        fractions, allocation=allocation, alpha_one_sided=0.025, spending=PocockSpending()
    )
    null = best_arm_sequential_course(
        boundary.bounds, allocation=allocation, drifts=(0.0, 0.0, 0.0)
    )
    assert null.power == pytest.approx(0.025, abs=1e-12)
    bounds = Bounds(information_fractions=fractions, lower=(0.3, 0.5, -inf), upper=boundary.z)
    drifts = np.array([0.5, 1.0, 2.5])
    found = best_arm_sequential_course(bounds, allocation=allocation, drifts=tuple(drifts.tolist()))
    rng = np.random.default_rng(44)
    loadings = np.sqrt(np.array(allocation) / (1 + np.array(allocation)))
    shared = rng.standard_normal((TRIALS, 1))
    own = rng.standard_normal((TRIALS, 3))
    z = loadings * shared + np.sqrt(1 - loadings**2) * own + drifts * sqrt(0.3)
    best = z.argmax(axis=1)
    score = z.max(axis=1) * sqrt(0.3)
    going, at = np.ones(TRIALS, dtype=bool), 0.3
    for look, information in enumerate(fractions):
        if look:
            step = rng.standard_normal(TRIALS) * sqrt(information - at)
            score += step + drifts[best] * (information - at)
        at = information
        now = score / sqrt(information)
        up, down = going & (now >= bounds.upper[look]), going & (now <= bounds.lower[look])
        for share, truth in (
            (float(up.mean()), found.rejects[look]),
            (float(down.mean()), found.gives_up[look]),
        ):
            assert abs(share - truth) <= 3 * sqrt(truth * (1 - truth) / TRIALS)
        going &= ~up & ~down
    stops = [up + down for up, down in zip(found.rejects, found.gives_up, strict=True)]
    assert found.expected_information == pytest.approx(1 - 0.7 * stops[0] - 0.4 * stops[1])


@pytest.mark.source("by hand: the information found gives the power wanted")
def test_information_for_the_power_of_the_best_arm():
    boundary = best_arm_boundary(
        (0.4, 1.0), allocation=(1.0, 1.0), alpha_one_sided=0.025, spending=OBF
    )
    information = size_best_arm(
        boundary.bounds, allocation=(1.0, 1.0), effects=(0.4, 0.1), power=0.8
    )
    drifts = (0.4 * sqrt(information), 0.1 * sqrt(information))
    course = best_arm_sequential_course(boundary.bounds, allocation=(1.0, 1.0), drifts=drifts)
    assert course.power == pytest.approx(0.8, abs=1e-9)
    assert sum(course.rejected) == pytest.approx(course.power)


@pytest.mark.source("by hand: three arms with Z 1.0, 1.9 and 1.5")
def test_rules_of_choice():
    z = {"low": 1.0, "middle": 1.9, "high": 1.5}
    assert select_arms(z, rule=SelectBest()) == ("middle",)
    assert select_arms(z, rule=SelectBest(arms=2)) == ("middle", "high")
    assert select_arms(z, rule=SelectWithin(epsilon=0.4)) == ("middle", "high")
    assert select_arms(z, rule=SelectWithin(epsilon=0.0)) == ("middle",)
    assert select_arms(z, rule=SelectPromising(least_z=1.0)) == ("middle", "high", "low")
    assert select_arms(z, rule=SelectPromising(least_z=2.0)) == ()


@pytest.mark.source("simulation: 2000 trials of two arms, one with an effect, each rule and test")
def test_false_rejections_stay_below_alpha_whatever_the_rule():
    alpha, trials = 0.1, 2000
    bounds = efficacy_boundary((0.5, 1.0), alpha_one_sided=alpha, spending=PocockSpending()).bounds
    tests = (DunnettTest(allocation={"a": 1.0, "b": 1.0}), SimesTest(), BonferroniTest())
    rules = (SelectBest(), SelectWithin(epsilon=0.7), SelectPromising(least_z=0.3))
    for place, (test, rule) in enumerate(product(tests, rules)):
        rng = np.random.default_rng(430 + place)
        draws = rng.standard_normal((trials, 2, 3))
        false = 0
        for (u, x, y), (v, s, t) in draws.tolist():
            first = {"a": (u + x) / sqrt(2), "b": (u + y) / sqrt(2) + 1.5}
            second = {"a": (v + s) / sqrt(2), "b": (v + t) / sqrt(2) + 1.5}
            chosen = select_arms(first, rule=rule)
            stages = (first, {arm: second[arm] for arm in chosen}) if chosen else (first,)
            found = closed_combination_test(stages, test=test, bounds=bounds)
            false += found.rejected_at["a"] is not None
        assert false / trials < alpha + 3 * sqrt(alpha * (1 - alpha) / trials)
