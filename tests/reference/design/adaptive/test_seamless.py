from math import inf, log, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, multivariate_normal, norm

from equipoise.design.adaptive.gate_link import (
    LinkedGate,
    passed_crossings,
    proportional_correlations,
    score_correlation,
    with_gate,
)
from equipoise.design.adaptive.hierarchical import (
    HierarchicalPlan,
    Hierarchy,
    hierarchical_course,
    hierarchical_error,
)
from equipoise.design.adaptive.response_mixture import (
    MixtureLook,
    ResponseMixture,
    mixture_correlations,
    mixture_log_hazard_ratio,
    mixture_means,
)
from equipoise.design.adaptive.seamless import (
    Milestone,
    ResponseGate,
    buy_back_alpha,
    expected_milestone,
    linked_gate,
    seamless_course,
)
from equipoise.design.group_sequential.boundaries import crossing_probabilities, efficacy_boundary
from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending

OBF = OBrienFlemingSpending()
ANCHOR = efficacy_boundary((77 / 128, 1.0), alpha_one_sided=0.025, spending=OBF)
HALVES = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=OBF).bounds
GATE = ResponseGate(subjects=44, responses=14, binding=Binding.NON_BINDING)
BINDING = ResponseGate(subjects=44, responses=14, binding=Binding.BINDING)
DRIFT = -log(0.6) * sqrt(32)
TRIALS = 100_000


def means(drift, fractions=(77 / 128, 1.0)):
    return tuple(drift * sqrt(at) for at in fractions)


def agrees(share, truth, trials=TRIALS):
    return abs(share - truth) < 3 * sqrt(truth * (1 - truth) / trials)


def score_paths(rng, fractions, shape):
    """Return Z at the looks of trials without effect."""
    steps = np.sqrt(np.diff(np.array([0.0, *fractions])))
    return np.cumsum(rng.standard_normal(shape) * steps, axis=-1) / np.sqrt(np.array(fractions))


@pytest.mark.source("by hand: an independent gate multiplies; its chance is the binomial tail")
def test_a_gate_that_is_independent_of_the_looks():
    gate = linked_gate(GATE, rate=0.45, correlations=(0.0, 0.0))
    assert gate.passes == pytest.approx(binom.sf(13, 44, 0.45), abs=1e-14)
    found = seamless_course(gate, bounds=ANCHOR.bounds, means=means(DRIFT))
    free = crossing_probabilities(ANCHOR, drift=DRIFT)
    assert found.rejects == pytest.approx([gate.passes * chance for chance in free])
    assert found.power == pytest.approx(gate.passes * sum(free))
    assert found.power_without_gate == pytest.approx(sum(free))
    null = seamless_course(gate, bounds=ANCHOR.bounds, means=(0.0, 0.0))
    assert null.power_without_gate == pytest.approx(0.025, abs=1e-12)
    assert null.power < 0.025


@pytest.mark.source("by hand: an integral over the gate's variable, two normals given it")
def test_a_gate_that_is_correlated_with_the_looks():
    links = np.array([0.3, 0.4])
    gate = LinkedGate(passes=0.8, correlations=tuple(links.tolist()))
    bounds = Bounds(information_fractions=(0.5, 1.0), lower=(0.2, 2.0), upper=(2.9, 2.0))
    found = passed_crossings(bounds, means=(1.0, 1.5), gate=gate)
    left = np.array([[1, sqrt(0.5)], [sqrt(0.5), 1]]) - np.outer(links, links)
    law = multivariate_normal(np.zeros(2), left)

    def passing(first, last):
        def density(x):
            at = law.cdf(np.array([first, last]) - np.array([1.0, 1.5]) - links * x)
            return norm.pdf(x) * at

        return quad(density, norm.isf(0.8), 8.3, epsabs=1e-11)[0]

    assert found.lower[0] == pytest.approx(passing(0.2, 40.0), abs=1e-9)
    assert found.lower[1] == pytest.approx(passing(2.9, 2.0) - passing(0.2, 2.0), abs=1e-9)
    assert found.upper[0] == pytest.approx(0.8 - passing(2.9, 40.0), abs=1e-9)
    assert sum(found.stops) == pytest.approx(0.8, abs=1e-9)


@pytest.mark.source("by hand: looks at a quarter and all of the information, a gate before them")
def test_correlations_of_gate_and_looks():
    looks = score_correlation((0.25, 1.0))
    assert looks == pytest.approx(np.array([[1, 0.5], [0.5, 1]]))
    links = proportional_correlations((0.25, 1.0), final=0.4)
    assert links == pytest.approx((0.2, 0.4))
    whole = with_gate(looks, links=links)
    assert whole == pytest.approx(np.array([[1, 0.2, 0.4], [0.2, 1, 0.5], [0.4, 0.5, 1]]))


@pytest.mark.source("by hand: correlation 0 and a nearby one give the same, and more gives more")
def test_correlation_with_the_gate_moves_the_power_a_little():
    powers = []
    for final in (0.0, 1e-7, 0.2, 0.4):
        links = proportional_correlations((77 / 128, 1.0), final=final)
        gate = linked_gate(GATE, rate=0.35, correlations=links)
        powers.append(seamless_course(gate, bounds=ANCHOR.bounds, means=means(DRIFT)).power)
    assert powers[1] == pytest.approx(powers[0], abs=1e-7)
    assert powers == sorted(powers)
    assert powers[-1] < gate.passes


@pytest.mark.source("by hand: subjects and months weighed by where the trial stops")
def test_mean_subjects_and_months_of_a_trial_behind_a_gate():
    gate = LinkedGate(passes=0.9, correlations=(0.0, 0.0))
    course = seamless_course(gate, bounds=ANCHOR.bounds, means=means(DRIFT))
    early = 0.9 * crossing_probabilities(ANCHOR, drift=DRIFT)[0]
    looks = (Milestone(subjects=171.0, months=23.0), Milestone(subjects=178.0, months=36.0))
    found = expected_milestone(course, gate=Milestone(subjects=100.0, months=14.0), looks=looks)
    assert found.subjects == pytest.approx(10 + early * 171 + (0.9 - early) * 178)
    assert found.months == pytest.approx(1.4 + early * 23 + (0.9 - early) * 36)


@pytest.mark.source("by hand: a binding gate that is passed in a share q leaves alpha / q")
def test_alpha_that_a_binding_gate_buys_back():
    passes = binom.sf(13, 44, 0.3)
    bought = buy_back_alpha(
        BINDING,
        null_rate=0.3,
        correlations=(0.0, 0.0),
        information_fractions=(77 / 128, 1.0),
        alpha_one_sided=0.025,
        spending=OBF,
    )
    assert bought.boundary.alpha_one_sided == pytest.approx(0.025 / passes, rel=1e-9)
    assert bought.type_one_error == pytest.approx(0.025, abs=1e-12)
    # With a drug that brings responses and nothing else, the error is that of the level bought.
    high = linked_gate(BINDING, rate=0.6, correlations=(0.0, 0.0))
    error = seamless_course(high, bounds=bought.boundary.bounds, means=(0.0, 0.0)).power
    assert error > 0.03
    linked = buy_back_alpha(
        BINDING,
        null_rate=0.3,
        correlations=(0.2, 0.25),
        information_fractions=(77 / 128, 1.0),
        alpha_one_sided=0.025,
        spending=OBF,
    )
    assert linked.boundary.alpha_one_sided < bought.boundary.alpha_one_sided
    assert linked.type_one_error == pytest.approx(0.025, abs=1e-9)


@pytest.mark.source("simulation: 1e5 trials without effect behind a gate, correlation 0.5")
def test_errors_of_simulated_trials_behind_a_gate():
    rng = np.random.default_rng(51)
    fractions = (77 / 128, 1.0)
    z = score_paths(rng, fractions, (TRIALS, 2))
    variable = 0.5 * z[:, 1] + sqrt(0.75) * rng.standard_normal(TRIALS)
    gate = LinkedGate(passes=0.6, correlations=proportional_correlations(fractions, final=0.5))
    truth = seamless_course(gate, bounds=ANCHOR.bounds, means=(0.0, 0.0))
    rejected = (z >= np.array(ANCHOR.z)).any(axis=1)
    assert agrees(float((rejected & (variable >= gate.least)).mean()), truth.power)
    # The gate does not bind: ignoring it is what the error is promised for.
    assert agrees(float(rejected.mean()), 0.025)
    assert truth.power < 0.025


@pytest.mark.source("by hand: all responders, or none, have one hazard ratio; early it is the mean")
def test_average_hazard_ratios_of_a_mixture():
    looks = (MixtureLook(information=32.0, arm_subjects=89, control_event_share=0.8),)
    mixture = ResponseMixture(responders=0.4, others=0.8, looks=looks)
    for rate, ratio in ((1.0, 0.4), (0.0, 0.8)):
        found = mixture_log_hazard_ratio(mixture, rate=rate, control_event_share=0.8)
        assert found == pytest.approx(log(ratio), abs=1e-13)
    early = mixture_log_hazard_ratio(mixture, rate=0.45, control_event_share=1e-6)
    assert early == pytest.approx(log(0.45 * 0.4 + 0.55 * 0.8), abs=1e-6)
    late = mixture_log_hazard_ratio(mixture, rate=0.45, control_event_share=0.9)
    assert late < early
    assert mixture_means(mixture, rate=1.0) == pytest.approx((-log(0.4) * sqrt(32),))


@pytest.mark.source("simulation: 4000 trials of 178 subjects, responders at 0.4 and others at 0.8")
def test_mean_and_correlation_of_the_log_rank_test_of_a_mixture():
    rng = np.random.default_rng(52)
    trials, arm, rate = 4000, 89, 0.45
    response = rng.random((trials, arm)) < rate
    hazard = log(2) / 9 * np.where(response, 0.4, 0.8)
    times = np.concatenate(
        [
            rng.exponential(9 / log(2), (trials, arm)),
            rng.standard_exponential((trials, arm)) / hazard,
        ],
        axis=1,
    )
    entry = rng.random((trials, 2 * arm)) * 24
    cut = np.sort(entry + times, axis=1)[:, 127:128]
    seen = np.minimum(times, cut - entry)
    event = (entry + times <= cut + 1e-9) & (seen >= 0)
    order = np.argsort(seen, axis=1)
    experimental = np.take_along_axis(np.tile(np.arange(2 * arm) >= arm, (trials, 1)), order, 1)
    happened = np.take_along_axis(event, order, 1)
    inside = np.take_along_axis(seen > 0, order, 1)

    def at_risk(counted):
        return np.cumsum((counted & inside)[:, ::-1], axis=1)[:, ::-1]

    share = at_risk(experimental) / np.maximum(at_risk(np.ones_like(experimental)), 1)
    observed = (happened * experimental).sum(axis=1)
    z = ((happened * share).sum(axis=1) - observed) / np.sqrt(
        (happened * share * (1 - share)).sum(axis=1)
    )
    control_share = float(event[:, :arm].mean())
    looks = (MixtureLook(information=32.0, arm_subjects=arm, control_event_share=control_share),)
    mixture = ResponseMixture(responders=0.4, others=0.8, looks=looks)
    # The mean by the formula is a little large, as it is for one hazard ratio; 0.1 of 2.9.
    assert float(z.mean()) == pytest.approx(mixture_means(mixture, rate=rate)[0], abs=0.1)
    correlation = float(np.corrcoef(response[:, :44].sum(axis=1), z)[0, 1])
    truth = mixture_correlations(mixture, gate=GATE, rate=rate)[0]
    assert correlation == pytest.approx(truth, abs=3 * (1 - truth**2) / sqrt(trials))
    assert truth > 0.1


@pytest.mark.source("by hand: endpoints without correlation multiply, look by look")
def test_two_endpoints_without_correlation():
    second = efficacy_boundary((0.4, 1.0), alpha_one_sided=0.025, spending=PocockSpending())
    first_means, second_means = means(2.5, (0.5, 1.0)), (0.7, 1.8)
    plan = HierarchicalPlan(
        first=HALVES, second=second.bounds, correlation=0.0, hierarchy=Hierarchy.STAGEWISE
    )
    found = hierarchical_course(plan, first_means=first_means, second_means=second_means)
    halves = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=OBF)
    first = crossing_probabilities(halves, drift=2.5)
    at = [norm.sf(bound - mean) for bound, mean in zip(second.z, second_means, strict=True)]
    assert found.first_rejects == pytest.approx(first, abs=1e-9)
    assert found.power_both == pytest.approx(first[0] * at[0] + first[1] * at[1], abs=1e-9)
    onward = HierarchicalPlan(
        first=HALVES, second=second.bounds, correlation=0.0, hierarchy=Hierarchy.OVERALL
    )
    found = hierarchical_course(onward, first_means=first_means, second_means=second_means)
    law = multivariate_normal(np.zeros(2), [[1, sqrt(0.4)], [sqrt(0.4), 1]])
    either = 1 - law.cdf(np.array(second.z) - np.array(second_means))
    assert found.power_both == pytest.approx(first[0] * either + first[1] * at[1], abs=1e-6)


@pytest.mark.source("by hand: with correlation 1 the worst effect lets both looks test at 1.96")
def test_the_full_level_at_both_looks_is_too_much():
    z = float(norm.isf(0.025))
    naive = Bounds(information_fractions=(0.5, 1.0), lower=(-inf, -inf), upper=(z, z))
    law = multivariate_normal(np.zeros(2), [[1, sqrt(0.5)], [sqrt(0.5), 1]])
    either = 1 - law.cdf([z, z])
    for hierarchy in Hierarchy:
        plan = HierarchicalPlan(first=HALVES, second=naive, correlation=1.0, hierarchy=hierarchy)
        found = hierarchical_error(plan)
        assert found.error == pytest.approx(either, abs=1e-6)
    assert either == pytest.approx(0.0416, abs=1e-4)
    # The worst effect brings the first bound down to 1.96 at the first look.
    stagewise = HierarchicalPlan(
        first=HALVES, second=naive, correlation=1.0, hierarchy=Hierarchy.STAGEWISE
    )
    assert hierarchical_error(stagewise).drift == pytest.approx(
        (HALVES.upper[0] - z) / sqrt(0.5), abs=2e-3
    )


@pytest.mark.source("paper: Glimm, Maurer and Bretz 2010, doi:10.1002/sim.3748")
def test_a_boundary_of_its_own_keeps_the_error_of_the_second_endpoint():
    pocock = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=PocockSpending())
    for second in (HALVES, pocock.bounds):
        for correlation in (0.0, 0.5, 1.0):
            for hierarchy in Hierarchy:
                plan = HierarchicalPlan(
                    first=HALVES, second=second, correlation=correlation, hierarchy=hierarchy
                )
                assert hierarchical_error(plan).error < 0.025 + 1e-6


@pytest.mark.source("simulation: 1e5 trials of two endpoints behind a gate, three looks")
@pytest.mark.parametrize("hierarchy", Hierarchy)
def test_courses_of_simulated_hierarchies(hierarchy):
    rng = np.random.default_rng(53)
    fractions = (0.4, 0.7, 1.0)
    first = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=OBF).bounds
    second = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=PocockSpending()).bounds
    correlation, links = 0.6, (0.2, 0.25, 0.3, 0.1, 0.1, 0.1)
    shared = score_paths(rng, fractions, (TRIALS, 3))
    other = score_paths(rng, fractions, (TRIALS, 3))
    noise = shared, correlation * shared + sqrt(1 - correlation**2) * other
    z = np.concatenate(noise, axis=1)
    # The gate's variable: the part that the looks explain, and noise of its own.
    law = np.cov(z.T)
    coefficients = np.linalg.solve(law, links)
    own = sqrt(1 - float(np.dot(coefficients, links)))
    variable = z @ coefficients + own * rng.standard_normal(TRIALS)
    gate = LinkedGate(passes=0.8, correlations=links)
    first_means, second_means = means(2.5, fractions), means(1.5, fractions)
    z += np.array([*first_means, *second_means])
    plan = HierarchicalPlan(
        first=first, second=second, correlation=correlation, hierarchy=hierarchy
    )
    found = hierarchical_course(plan, first_means=first_means, second_means=second_means, gate=gate)
    crossed = z[:, :3] >= np.array(first.upper)
    won = crossed.any(axis=1) & (variable >= gate.least)
    at = crossed.argmax(axis=1)[:, np.newaxis]
    looks = np.arange(3)
    open_looks = looks == at if hierarchy is Hierarchy.STAGEWISE else looks >= at
    both = won & ((z[:, 3:] >= np.array(second.upper)) & open_looks).any(axis=1)
    assert agrees(float(won.mean()), found.power_first)
    assert agrees(float(both.mean()), found.power_both)
