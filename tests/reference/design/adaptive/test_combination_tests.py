from itertools import combinations
from math import exp, inf, log, sqrt

import numpy as np
import pytest
from scipy.stats import chi2, norm

from equipoise.design.adaptive.closed_testing import (
    BonferroniTest,
    DunnettTest,
    SimesTest,
    closed_combination_test,
    closed_p_values,
    closure,
    control_loading,
    dunnett_correlation,
    dunnett_p_value,
    intersection_p_value,
)
from equipoise.design.adaptive.combination import (
    Verdict,
    combined_repeated_interval,
    combined_stagewise_inference,
    combined_z,
    fractions_of_weights,
    inverse_normal_test,
    stage_weights,
    stage_z_of,
    verdict_at,
    z_of_p,
)
from equipoise.design.adaptive.fisher_product import (
    FisherLevels,
    FisherPlan,
    SpentAlpha,
    fisher_boundary,
    fisher_repeated_p_values,
    fisher_test,
)
from equipoise.design.adaptive.product_recursion import (
    ProductDensity,
    ProductStage,
    after_stage,
    chance_reached,
    product_level,
    rejection_probabilities,
)
from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.conditional_power import GivenDrift, conditional_power
from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.observed import LastLook
from equipoise.design.group_sequential.repeated import repeated_p_values
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending
from equipoise.stats.numerics.multivariate_normal import max_quantile, rectangle_probability

HALVES = efficacy_boundary(
    (0.5, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
).bounds
TRIALS = 100_000


def found_in(stored, name):
    return stored("adaptive_designs.json")["cases"][name]["found"]


def within(share, *, truth, trials=TRIALS):
    """Tell whether a simulated share lies within three standard errors of the truth."""
    return abs(share - truth) < 3 * sqrt(truth * (1 - truth) / trials)


def rates_z(experimental, control):
    """Return Z of two rates, each successes and subjects, with the pooled variance."""
    (a, n), (b, m) = experimental, control
    pooled = (a + b) / (n + m)
    return (a / n - b / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))


@pytest.mark.source("program: rpact 4.5: getAnalysisResults(getDesignInverseNormal)")
def test_the_inverse_normal_analysis_of_rpact(stored):
    truth = found_in(stored, "analysis-surv-invnormal")
    stages = stage_z_of((1.5, 2.6), information=(60.0, 150.0))
    result = inverse_normal_test(stages, bounds=HALVES)
    assert result.verdicts == (Verdict.GO_ON, Verdict.REJECT)
    assert truth["testActions"] == ["continue", "reject"]
    repeated = repeated_p_values(
        result.z,
        observed_fractions=(0.5, 1.0),
        spending=OBrienFlemingSpending(),
        last=LastLook.FINAL,
    )
    assert repeated == pytest.approx(truth["repeatedPValues"], abs=5e-6)
    for looks in (1, 2):
        interval = combined_repeated_interval(
            stages[:looks], stage_information=(15.0, 22.5)[:looks], bounds=HALVES
        )
        # Z favours the experimental arm, so the log hazard ratio is minus the effect.
        assert exp(-interval.upper) == pytest.approx(truth["rciLower"][looks - 1], abs=5e-6)
        assert exp(-interval.lower) == pytest.approx(truth["rciUpper"][looks - 1], abs=5e-6)
    final = combined_stagewise_inference(
        stages, stage_information=(15.0, 22.5), bounds=HALVES, confidence=0.95
    )
    assert final.p_value == pytest.approx(truth["finalPValues"][1], abs=5e-6)
    assert exp(-final.upper) == pytest.approx(truth["ciLower"][1], abs=5e-6)
    assert exp(-final.lower) == pytest.approx(truth["ciUpper"][1], abs=5e-6)
    assert exp(-final.estimate) == pytest.approx(truth["medianUnbiased"][1], abs=5e-6)
    error = conditional_power(HALVES, look=1, z=1.5, under=GivenDrift(drift=0.0)).power
    assert error == pytest.approx(truth["conditionalRejectionProbabilities"][0], abs=5e-6)


@pytest.mark.source("program: rpact 4.5: getAnalysisResults(getDesignFisher(kMax = 2))")
def test_the_fisher_analysis_of_rpact(stored):
    truth = found_in(stored, "analysis-rates-fisher")
    stages = (
        float(norm.sf(rates_z((22, 40), (14, 41)))),
        float(norm.sf(rates_z((25, 45), (15, 44)))),
    )
    plan = FisherPlan(alpha_one_sided=0.025)
    result = fisher_test(stages, boundary=fisher_boundary(plan))
    assert result.verdicts == (Verdict.GO_ON, Verdict.REJECT)
    assert result.stagewise_p_value == pytest.approx(truth["finalPValues"][1], abs=5e-6)
    repeated = fisher_repeated_p_values(stages, plan=plan)
    assert repeated == pytest.approx(truth["repeatedPValues"], abs=5e-6)


@pytest.mark.source("by hand: bounds of 0 and 2, roots of weights, arms of a half and two thirds")
def test_small_parts_of_combination_tests():
    verdicts = (Verdict.GIVE_UP, Verdict.GO_ON, Verdict.REJECT)
    for z, verdict in zip((0.0, 1.0, 2.0), verdicts, strict=True):
        assert verdict_at(z, lower=0.0, upper=2.0) is verdict
    assert fractions_of_weights((3.0, 4.0)) == pytest.approx((0.36, 1.0))
    assert control_loading(1.0) ** 2 == pytest.approx(1 / 2)
    assert control_loading(2.0) ** 2 == pytest.approx(2 / 3)
    assert [len(part) for part in closure(("a", "b"))] == [1, 1, 2]


@pytest.mark.source("by hand: two equal stages of Z 1 and 2 combine to 3 over the root of 2")
def test_weights_are_roots_of_planned_increments():
    assert stage_weights((0.36, 1.0)) == pytest.approx((0.6, 0.8))
    assert combined_z((1.0, 2.0), information_fractions=(0.5, 1.0)) == pytest.approx(
        (1.0, 3 / sqrt(2))
    )
    assert combined_z((1.0, 2.0), information_fractions=(0.36, 1.0))[1] == pytest.approx(2.2)
    assert z_of_p((0.025, 0.5)) == pytest.approx((norm.isf(0.025), 0.0))


@pytest.mark.source("paper: Bauer and Koehne 1994, doi:10.2307/2533441")
def test_two_stages_with_the_full_level_at_the_last():
    # Their example: alpha 0.05 without futility has c = 0.0087; with futility at 0.5, 0.0233 early.
    assert exp(-chi2.isf(0.05, 4) / 2) == pytest.approx(0.0087, abs=5e-5)
    plan = FisherPlan(
        alpha_one_sided=0.05,
        levels=FisherLevels.FULL_LAST,
        futility_p=(0.5,),
        binding=Binding.BINDING,
    )
    early, last = fisher_boundary(plan).products
    assert (early, last) == pytest.approx((0.0233, 0.0087), abs=5e-5)
    assert early + last * (log(0.5) - log(early)) == pytest.approx(0.05, abs=1e-13)


@pytest.mark.source("by hand: the integral over the first p-value, to power 1 - w over (1 - w)")
def test_two_stages_with_unequal_exponents():
    plan = FisherPlan(alpha_one_sided=0.025, weights=(1.0, 0.5))
    early, last = fisher_boundary(plan).products
    # P(c1 < p, p q^0.5 <= c2) is the integral of min(1, (c2 / p)^2) from c1 to 1.
    assert early + last**2 * (1 / early - 1) == pytest.approx(0.025, abs=1e-13)
    level = product_level((1.0, 0.5), depth=-log(last))
    # Without early stopping: p up to c2 with any q, and the same integral from c2 on.
    assert last + last**2 * (1 / last - 1) == pytest.approx(level, abs=1e-14)
    assert product_level((1.0,), depth=-log(early)) == pytest.approx(level, abs=1e-14)


@pytest.mark.source("by hand: products of equal exponents have the chi-square distribution")
def test_levels_of_products_are_those_of_fisher():
    for stages in (1, 2, 3, 5):
        level = product_level((1.0,) * stages, depth=7.5)
        assert level == pytest.approx(chi2.sf(15, 2 * stages), rel=1e-13)
        # With weights that are all but equal another way is taken.
        near = product_level((*(1.0,) * (stages - 1), 1.0 + 1e-12), depth=7.5)
        assert near == pytest.approx(level, rel=1e-10)


@pytest.mark.source(
    "by hand: two stages, c1 + c2 (log a0 - log c1), and three without early bounds"
)
def test_the_recursion_of_products():
    early, last, futility = 0.01, 0.003, 0.4
    stages = (
        ProductStage(weight=1.0, reached=-log(early), least=-log(futility)),
        ProductStage(weight=1.0, reached=-log(last), least=0.0),
    )
    truth = (early, last * (log(futility) - log(early)))
    assert rejection_probabilities(stages) == pytest.approx(truth, abs=1e-15)
    density = after_stage(ProductDensity(), stages[0])
    assert chance_reached(density, stages[1]) == pytest.approx(truth[1], abs=1e-15)
    free = ProductStage(weight=1.0, reached=inf, least=0.0)
    found = rejection_probabilities((free, free, ProductStage(weight=1.0, reached=6.0, least=0.0)))
    assert found == pytest.approx((0.0, 0.0, chi2.sf(12, 6)), abs=1e-14)


@pytest.mark.source("simulation: 1e5 trials of three stages without effect, binding futility")
def test_error_of_a_three_stage_product_test():
    plan = FisherPlan(
        alpha_one_sided=0.05,
        weights=(1.0, 0.8, 1.3),
        futility_p=(0.6, 0.4),
        levels=SpentAlpha(cumulative=(0.01, 0.02, 0.05)),
        binding=Binding.BINDING,
    )
    bounds = fisher_boundary(plan).products
    draws = np.random.default_rng(11).random((TRIALS, 3))
    products = np.cumprod(draws ** np.array(plan.weights), axis=1)
    running = np.ones(TRIALS, dtype=bool)
    errors = []
    for stage in range(3):
        rejected = running & (products[:, stage] <= bounds[stage])
        errors.append(float(rejected.mean()))
        running &= ~rejected
        if stage < 2:
            running &= draws[:, stage] < plan.futility_p[stage]
    for share, truth in zip(errors, (0.01, 0.01, 0.03), strict=True):
        assert within(share, truth=truth)


@pytest.mark.source("simulation: 1e5 trials without effect, the second stage grown by the first")
def test_error_of_the_combination_when_the_first_stage_sizes_the_second():
    rng = np.random.default_rng(12)
    first = rng.standard_normal(TRIALS)
    # An absurd rule on purpose: a small second stage after good news, a large one after bad.
    added = np.where(first > 1, 0.05, 4.0)
    second_score = rng.standard_normal(TRIALS) * np.sqrt(added)
    pooled = (first * sqrt(0.5) + second_score) / np.sqrt(0.5 + added)
    stages = [
        stage_z_of((a, b), information=(0.5, 0.5 + more))
        for a, b, more in zip(first[:3], pooled[:3], added[:3], strict=True)
    ]
    assert [z[1] for z in stages] == pytest.approx(second_score[:3] / np.sqrt(added[:3]))
    combined = (first + second_score / np.sqrt(added)) / sqrt(2)
    assert combined[:3] == pytest.approx(
        [combined_z(z, information_fractions=(0.5, 1.0))[1] for z in stages]
    )
    rejected = (first >= HALVES.upper[0]) | (combined >= HALVES.upper[1])
    assert within(float(rejected.mean()), truth=0.025)
    naive = (first >= HALVES.upper[0]) | (pooled >= HALVES.upper[1])
    assert not within(float(naive.mean()), truth=0.025)


@pytest.mark.source("paper: Dunnett 1955, doi:10.1080/01621459.1955.10501294, table 1a")
def test_dunnett_critical_values_for_many_subjects():
    # One-sided 0.05 with infinite degrees of freedom and 1 to 4 arms.
    for arms, critical in ((1, 1.64), (2, 1.92), (3, 2.06), (4, 2.16)):
        assert dunnett_p_value(critical, allocation=(1.0,) * arms) == pytest.approx(0.05, abs=6e-4)


@pytest.mark.source("by hand: the same chance by a rectangle, which does not know of the control")
def test_dunnett_agrees_with_the_rectangle():
    for allocation in ((1.0, 1.0), (1.0, 1.0, 1.0), (0.5, 2.0, 1.0)):
        matrix = dunnett_correlation(allocation)
        for z in (-1.0, 0.5, 2.2):
            arms = len(allocation)
            below = rectangle_probability(
                np.full(arms, -np.inf), np.full(arms, z), correlation=matrix
            )
            assert dunnett_p_value(z, allocation=allocation) == pytest.approx(1 - below, abs=1e-10)
        bound = max_quantile(0.975, correlation=matrix)
        assert dunnett_p_value(bound, allocation=allocation) == pytest.approx(0.025, abs=1e-9)


@pytest.mark.source("by hand: three p-values 0.01, 0.02 and 0.04")
def test_intersections_by_bonferroni_and_simes():
    z = dict(zip("abc", z_of_p((0.01, 0.02, 0.04)), strict=True))
    assert intersection_p_value(z, test=BonferroniTest()) == pytest.approx(0.03)
    assert intersection_p_value(z, test=SimesTest()) == pytest.approx(0.03)
    late = dict(zip("abc", z_of_p((0.03, 0.036, 0.04)), strict=True))
    assert intersection_p_value(late, test=SimesTest()) == pytest.approx(0.04)


@pytest.mark.source("by hand: closure of Bonferroni tests is Holm, of Simes tests Hommel")
def test_the_closure_of_bonferroni_is_holm():
    p = {"a": 0.01, "b": 0.04, "c": 0.03}

    def bonferroni(part):
        return min(1.0, len(part) * min(p[name] for name in part))

    closed = closed_p_values(("a", "b", "c"), p_value=bonferroni)
    assert closed == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})


@pytest.mark.source("by hand: the intersections of two arms, one of them dropped")
def test_a_closed_combination_by_hand():
    bounds = Bounds(information_fractions=(0.5, 1.0), lower=(-9.0, -9.0), upper=(2.8, 1.98))
    test = DunnettTest(allocation={"low": 1.0, "high": 1.0})
    found = closed_combination_test(
        ({"low": 1.0, "high": 1.8}, {"high": 1.7}), test=test, bounds=bounds
    )
    both = norm.isf(dunnett_p_value(1.8, allocation=(1.0, 1.0)))
    assert found.combined_z[frozenset({"low", "high"})] == pytest.approx(
        (both, (both + 1.7) / sqrt(2))
    )
    assert found.combined_z[frozenset({"high"})] == pytest.approx((1.8, 3.5 / sqrt(2)))
    assert found.rejected_at == {"low": None, "high": 2}
    assert found.adjusted_p["high"] == pytest.approx(norm.sf((both + 1.7) / sqrt(2)))
    assert found.adjusted_p["low"] == 1.0


@pytest.mark.source("simulation: 1e5 trials of three arms without effect, the best goes on")
def test_error_of_the_closed_combination_when_the_best_is_chosen():
    rng = np.random.default_rng(13)
    shared = rng.standard_normal((TRIALS, 1))
    first = (rng.standard_normal((TRIALS, 3)) + shared) / sqrt(2)
    second = rng.standard_normal(TRIALS)
    bounds = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=PocockSpending()).bounds
    best = first.max(axis=1)
    # The largest intersection decides: its p-value is the largest of those with the best arm.
    grid = np.linspace(-4, 6, 2001)
    deviates = norm.isf([dunnett_p_value(z, allocation=(1.0,) * 3) for z in grid])
    early = np.interp(best, grid, deviates)
    rejected = (early >= bounds.upper[0]) | ((early + second) / sqrt(2) >= bounds.upper[1])
    assert within(float(rejected.mean()), truth=0.025)
    test = DunnettTest(allocation=dict.fromkeys("abc", 1.0))
    for trial in np.flatnonzero(rejected)[:20].tolist() + list(range(20)):
        z = dict(zip("abc", first[trial].tolist(), strict=True))
        chosen = max(z, key=lambda name, z=z: z[name])
        found = closed_combination_test(
            (z, {chosen: float(second[trial])}), test=test, bounds=bounds
        )
        assert (found.rejected_at[chosen] is not None) == bool(rejected[trial])


@pytest.mark.source("by hand: every pair of a closure of four hypotheses is in it once")
def test_a_closure_has_all_parts():
    seen = []
    closed_p_values(("a", "b", "c", "d"), p_value=lambda part: seen.append(part) or 0.5)
    assert len(seen) == len(set(seen)) == 15
    assert {frozenset(pair) for pair in combinations("abcd", 2)} <= set(seen)
