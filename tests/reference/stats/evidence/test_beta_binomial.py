from fractions import Fraction
from math import comb, factorial

import pytest

from equipoise.stats.evidence.beta_binomial import (
    Beta,
    BetaMixture,
    belief_quantile,
    posterior,
    predictive_distribution,
    probability_above,
    robust_prior,
)
from equipoise.stats.evidence.credible_interval import (
    equal_tailed_interval,
    highest_density_interval,
)
from equipoise.stats.evidence.power_prior import power_prior
from equipoise.stats.evidence.predictive_probability import (
    OneArmPlan,
    TwoArmPlan,
    predictive_probability,
    predictive_probability_two_arms,
    successes_needed,
)
from equipoise.stats.evidence.two_rates import probability_better
from equipoise.stats.proportions.fourfold import FourfoldTable

FLAT = Beta(a=1, b=1)
LEE_LIU = OneArmPlan(n=40, prior=Beta(a=0.6, b=0.4), p0=0.6, threshold=0.9)


def golden(stored, name):
    cases = stored("bayesian_single_arm.json")["cases"]
    return next(case["outputs"]["p"] for case in cases if case["id"] == name)


def beta_of(a, b):
    return Fraction(factorial(a - 1) * factorial(b - 1), factorial(a + b - 1))


def chance_of_more(first, second):
    """P(p1 > p2) for whole parameters: a finite sum over i < a1."""
    return sum(
        beta_of(second.a + i, second.b + first.b)
        / ((first.b + i) * beta_of(1 + i, first.b) * beta_of(second.a, second.b))
        for i in range(first.a)
    )


def binomial_tail(more_than, *, n, rate):
    return sum(comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(more_than + 1, n + 1))


@pytest.mark.source("program: ph2bayes 0.0.2 (R 4.2.2): postprob(12, 30, 1, 1, 15, 35, 0)")
def test_one_arm_against_an_informative_control(stored):
    belief = posterior(FLAT, 12, n=30)
    found = probability_better(belief, control=Beta(a=15, b=35))
    assert found == pytest.approx(golden(stored, "bayes-postprob-vs-control"), abs=1e-11)


@pytest.mark.source("program: ph2bayes 0.0.2 (R 4.2.2): predprob(16, 23, 40, 0.6, 0.4, 0.6, 0.9)")
def test_predictive_probability_of_ph2bayes(stored):
    found = predictive_probability(16, n=23, plan=LEE_LIU)
    assert found.probability == pytest.approx(golden(stored, "bayes-predprob"), abs=1e-12)


@pytest.mark.source("paper: Lee and Liu 2008, doi:10.1177/1740774508089279, table 1")
def test_the_example_of_lee_and_liu():
    assert round(predictive_probability(16, n=23, plan=LEE_LIU).probability, 4) == 0.5656
    assert successes_needed(LEE_LIU) == 28
    table = {11: 0.8415, 12: 0.9089}
    for more, chance in table.items():
        belief = posterior(LEE_LIU.prior, 16 + more, n=40)
        assert round(probability_above(belief, 0.6), 4) == chance


@pytest.mark.source("by hand: P(p1 > p2) of whole parameters is a finite sum of fractions")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((13, 19), (15, 35)),
        ((1, 1), (1, 1)),
        ((400, 600), (30, 70)),
        ((3, 2000), (5, 1500)),
        ((200, 3), (9, 1)),
        ((1, 50), (100, 200)),
    ],
)
def test_two_rates_by_fractions(first, second):
    one, other = Beta(a=first[0], b=first[1]), Beta(a=second[0], b=second[1])
    found = probability_better(one, control=other)
    assert found == pytest.approx(float(chance_of_more(one, other)), abs=1e-12)


@pytest.mark.source("by hand: of two flat rates P(p1 > p2 + d) = (1 - d)^2 / 2 for d above 0")
@pytest.mark.parametrize("margin", [0.0, 0.1, 0.5, 1.0])
def test_a_margin_between_flat_rates(margin):
    found = probability_better(FLAT, control=FLAT, margin=margin)
    assert found == pytest.approx((1 - margin) ** 2 / 2, abs=1e-13)
    opposite = probability_better(FLAT, control=FLAT, margin=-margin)
    assert opposite == pytest.approx(1 - (1 - margin) ** 2 / 2, abs=1e-13)


@pytest.mark.source("by hand: Beta(a, 1) has distribution function p^a")
def test_power_distribution_has_closed_quantiles_and_intervals():
    belief = Beta(a=3, b=1)
    assert probability_above(belief, 0.4) == pytest.approx(1 - 0.4**3, rel=1e-14)
    assert belief_quantile(belief, 0.2) == pytest.approx(0.2 ** (1 / 3), rel=1e-12)
    tails = equal_tailed_interval(belief, probability=0.9)
    assert (tails.lower, tails.upper) == pytest.approx((0.05 ** (1 / 3), 0.95 ** (1 / 3)))
    densest = highest_density_interval(belief, probability=0.9)
    assert (densest.lower, densest.upper) == (pytest.approx(0.1 ** (1 / 3)), 1.0)
    mirrored = highest_density_interval(Beta(a=1, b=3), probability=0.9)
    assert (mirrored.lower, mirrored.upper) == (0.0, pytest.approx(1 - 0.1 ** (1 / 3)))


@pytest.mark.source("by hand: the range holds its probability, and its ends are as dense")
@pytest.mark.parametrize(("a", "b"), [(3, 9), (40, 2), (1.5, 1.3), (300, 700)])
def test_the_densest_range_has_ends_of_one_height(a, b):
    found = highest_density_interval(Beta(a=a, b=b), probability=0.8)
    held = probability_above(Beta(a=a, b=b), found.lower)
    held -= probability_above(Beta(a=a, b=b), found.upper)
    assert held == pytest.approx(0.8, abs=1e-9)
    low, high = (p ** (a - 1) * (1 - p) ** (b - 1) for p in (found.lower, found.upper))
    assert low == pytest.approx(high, rel=1e-6)


@pytest.mark.source("by hand: a symmetric density is densest around the middle; flat has no peak")
@pytest.mark.parametrize("a", [1, 2, 7.5])
def test_the_densest_range_of_a_symmetric_belief_is_the_equal_tailed_one(a):
    belief = Beta(a=a, b=a)
    densest, tails = highest_density_interval(belief), equal_tailed_interval(belief)
    assert (densest.lower, densest.upper) == pytest.approx((tails.lower, tails.upper), abs=1e-7)


@pytest.mark.source("by hand: Beta(2, 2) and Beta(1, 1) each by what it had predicted for 3 of 4")
def test_weights_of_a_mixture_move_by_what_the_parts_predicted():
    prior = robust_prior(Beta(a=2, b=2), vague=FLAT, vague_weight=0.25)
    after = posterior(prior, 3, n=4)
    chances = [4 * beta_of(5, 3) / beta_of(2, 2), 4 * beta_of(4, 2) / beta_of(1, 1)]
    raw = [Fraction(3, 4) * chances[0], Fraction(1, 4) * chances[1]]
    assert after.weights == pytest.approx([float(w / sum(raw)) for w in raw], rel=1e-13)
    assert after.parts == (Beta(a=5, b=3), Beta(a=4, b=2))
    mean = float((raw[0] * Fraction(5, 8) + raw[1] * Fraction(4, 6)) / sum(raw))
    assert after.mean == pytest.approx(mean, rel=1e-13)


@pytest.mark.source("by hand: the variance of a mixture is within parts plus between them")
def test_mean_variance_and_size_of_a_mixture():
    prior = BetaMixture(parts=(Beta(a=1, b=3), Beta(a=3, b=1)), weights=(0.5, 0.5))
    assert prior.mean == 0.5
    variance = 0.25 * 0.75 / 5 + 0.25**2
    assert prior.variance == pytest.approx(variance, rel=1e-14)
    assert prior.effective_size == pytest.approx(0.25 / variance - 1, rel=1e-14)
    assert Beta(a=3, b=9).effective_size == 12
    assert belief_quantile(prior, 0.5) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.source("by hand: a flat rate makes every count as likely; else fractions")
def test_predictive_distribution_by_fractions():
    assert predictive_distribution(FLAT, 6) == pytest.approx([1 / 7] * 7, rel=1e-13)
    found = predictive_distribution(Beta(a=2, b=3), 5)
    exact = [comb(5, x) * beta_of(2 + x, 8 - x) / beta_of(2, 3) for x in range(6)]
    assert found == pytest.approx([float(chance) for chance in exact], rel=1e-13)
    both = BetaMixture(parts=(FLAT, Beta(a=2, b=3)), weights=(0.5, 0.5))
    mean = [(1 / 6 + float(chance)) / 2 for chance in exact]
    assert predictive_distribution(both, 5) == pytest.approx(mean, rel=1e-13)


@pytest.mark.source("by hand: P(p > p0) of Beta(x + 1, n - x + 1) is a binomial tail of n + 1")
@pytest.mark.parametrize("so_far", [(0, 0), (4, 10), (12, 20)])
def test_predictive_probability_of_a_flat_prior_by_sums(so_far):
    successes, n = so_far
    plan = OneArmPlan(n=25, prior=FLAT, p0=0.4, threshold=0.9)
    total = 0.0
    for more in range(26 - n):
        at_end = 1 - binomial_tail(successes + more, n=26, rate=0.4)
        weight = comb(25 - n, more) * beta_of(1 + successes + more, 26 - successes - more)
        total += (at_end > 0.9) * float(weight / beta_of(1 + successes, 1 + n - successes))
    found = predictive_probability(successes, n=n, plan=plan)
    assert found.probability == pytest.approx(total, abs=1e-12)
    now = 1 - binomial_tail(successes, n=n + 1, rate=0.4)
    assert found.now == pytest.approx(now, abs=1e-12)


@pytest.mark.source("by hand: the double sum over all tables to come, in fractions")
def test_predictive_probability_of_two_arms_by_sums():
    so_far = FourfoldTable(x1=4, n1=6, x2=2, n2=5)
    plan = TwoArmPlan(n1=10, n2=11, prior1=FLAT, prior2=FLAT, threshold=0.9)
    total = Fraction(0)
    for y1 in range(5):
        for y2 in range(7):
            first, second = Beta(a=5 + y1, b=7 - y1), Beta(a=3 + y2, b=10 - y2)
            chance = comb(4, y1) * beta_of(first.a, first.b) / beta_of(5, 3)
            chance *= comb(6, y2) * beta_of(second.a, second.b) / beta_of(3, 4)
            total += (chance_of_more(first, second) > Fraction(9, 10)) * chance
    found = predictive_probability_two_arms(so_far, plan=plan)
    assert found.probability == pytest.approx(float(total), abs=1e-12)
    now = chance_of_more(Beta(a=5, b=3), Beta(a=3, b=4))
    assert found.now == pytest.approx(float(now), abs=1e-12)


@pytest.mark.source("by hand: at the final number success is known")
def test_at_the_end_success_is_certain_or_excluded():
    assert predictive_probability(28, n=40, plan=LEE_LIU).probability == pytest.approx(1)
    assert predictive_probability(27, n=40, plan=LEE_LIU).probability == 0


@pytest.mark.source("by hand: 12 of 40 earlier subjects at half are 6 and 14 more")
def test_a_power_prior_counts_in_part():
    assert power_prior(FLAT, successes=12, n=40, discount=0.5) == Beta(a=7, b=15)
    assert power_prior(FLAT, successes=12, n=40, discount=0) == FLAT
    full = power_prior(FLAT, successes=12, n=40, discount=1)
    assert full == posterior(FLAT, 12, n=40)
