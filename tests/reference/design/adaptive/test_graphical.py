from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.design.adaptive.closed_testing import closed_p_values
from equipoise.design.adaptive.graphical import (
    HypothesisGraph,
    fallback,
    fixed_sequence,
    graph_test,
    graph_without,
    graph_words,
    holm,
)
from equipoise.design.adaptive.graphical_sequential import (
    EarlierLooks,
    HypothesisLooks,
    graph_sequential_test,
)
from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.observed import LastLook
from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending

NAMES = ("H1", "H2", "H3", "H4")
SUCCESSIVE = HypothesisGraph(
    names=NAMES,
    weights=(0.5, 0.5, 0.0, 0.0),
    transitions=((0, 0.5, 0.5, 0), (0.5, 0, 0, 0.5), (0, 1, 0, 0), (1, 0, 0, 0)),
)
OBF = OBrienFlemingSpending()
TRIALS = 100_000


def closure_of(graph, p):
    """Return adjusted p-values by the whole closure of weighted Bonferroni tests."""

    def intersection(part):
        left = graph
        for name in graph.names:
            if name not in part:
                left = graph_without(left, rejected=name)
        ratios = [
            p[name] / weight
            for name, weight in zip(left.names, left.weights, strict=True)
            if weight > 0
        ]
        return min([1.0, *ratios])

    return closed_p_values(graph.names, p_value=intersection)


@pytest.mark.source("program: lrstat 0.3.3: fseqbon, case study of Maurer and Bretz 2013")
def test_the_case_study_of_maurer_and_bretz(stored):
    truth = stored("adaptive_designs.json")["cases"]["lr-fseqbon"]["found"]["first_look"]
    p = np.array([[0.0062, 0.017, 0.009, 0.13], [0.0002, 0.0035, 0.002, 0.06]])
    hypotheses = {
        name: HypothesisLooks(
            z=tuple(norm.isf(p[:, at]).tolist()), observed_fractions=(1 / 3, 2 / 3), spending=OBF
        )
        for at, name in enumerate(NAMES)
    }
    for earlier in EarlierLooks:
        found = graph_sequential_test(
            SUCCESSIVE, hypotheses=hypotheses, alpha_one_sided=0.025, earlier=earlier
        )
        # lrstat writes 0 for a hypothesis that stands.
        assert [found.rejected_at[name] or 0 for name in NAMES] == truth
        assert found.left.names == ("H4",)
        assert found.left.weights == pytest.approx((1.0,))


@pytest.mark.source("by hand: the graph after H1, then H3, have been rejected")
def test_the_update_of_a_graph():
    after = graph_without(SUCCESSIVE, rejected="H1")
    assert after.weights == pytest.approx((0.75, 0.25, 0.0))
    # H2 gave half to H1, which goes on to H2 itself and H3: (0 + 1/2 * 1/2) / (1 - 1/4) = 1/3.
    assert after.transitions[0] == pytest.approx((0.0, 1 / 3, 2 / 3))
    assert after.transitions[1] == pytest.approx((1.0, 0.0, 0.0))
    # H4 gave all to H1, which gives half of it to either of the others.
    assert after.transitions[2] == pytest.approx((0.5, 0.5, 0.0))
    later = graph_without(after, rejected="H3")
    assert later.weights == pytest.approx((1.0, 0.0))
    assert later.transitions[0] == pytest.approx((0.0, 1.0))


@pytest.mark.source("by hand: Holm, fixed sequence and fallback without a graph")
def test_well_known_procedures_as_graphs():
    p = {"a": 0.011, "b": 0.02, "c": 0.004}
    found = graph_test(holm(("a", "b", "c")), p_values=p, alpha_one_sided=0.025)
    assert found.adjusted_p == pytest.approx({"a": 0.022, "b": 0.022, "c": 0.012})
    assert found.rejected == ("c", "a", "b")
    assert found.left is None
    found = graph_test(fixed_sequence(("a", "b", "c")), p_values=p, alpha_one_sided=0.015)
    assert found.adjusted_p == pytest.approx({"a": 0.011, "b": 0.02, "c": 0.02})
    assert found.rejected == ("a",)
    assert found.left.weights == pytest.approx((1.0, 0.0))
    # Fallback with shares 0.5, 0.3, 0.2: a at 0.022; b with both shares, 0.02 / 0.8; c with all.
    found = graph_test(
        fallback(("a", "b", "c"), weights=(0.5, 0.3, 0.2)), p_values=p, alpha_one_sided=0.025
    )
    assert found.adjusted_p == pytest.approx({"a": 0.022, "b": 0.025, "c": 0.02})


@pytest.mark.source("by hand: the whole closure, one weighted Bonferroni test an intersection")
def test_adjusted_p_values_are_those_of_the_closure():
    rng = np.random.default_rng(61)
    graphs = (
        SUCCESSIVE,
        holm(NAMES, weights=(0.4, 0.3, 0.2, 0.1)),
        fallback(NAMES, weights=(0.25, 0.25, 0.25, 0.25)),
        HypothesisGraph(
            names=NAMES,
            weights=(0.6, 0.2, 0.1, 0.0),
            transitions=((0, 0.7, 0, 0.3), (0, 0, 0.4, 0.4), (0.2, 0.2, 0, 0.6), (0.5, 0, 0.5, 0)),
        ),
    )
    for graph in graphs:
        for _ in range(20):
            p = dict(zip(NAMES, (rng.random(4) ** 3).tolist(), strict=True))
            found = graph_test(graph, p_values=p, alpha_one_sided=0.05)
            assert found.adjusted_p == pytest.approx(closure_of(graph, p))


@pytest.mark.source("simulation: 1e5 trials of four true hypotheses whose Z are correlated")
def test_familywise_error_of_a_graph():
    rng = np.random.default_rng(62)
    shared = rng.standard_normal((TRIALS, 1))
    z = sqrt(0.3) * shared + sqrt(0.7) * rng.standard_normal((TRIALS, 4))
    # Some rejection is the first one, with the shares at the start.
    any_rejected = (norm.sf(z) <= 0.025 * np.array(SUCCESSIVE.weights)).any(axis=1)
    share = float(any_rejected.mean())
    assert share < 0.025 + 3 * sqrt(0.025 * 0.975 / TRIALS)
    for trial in [*np.flatnonzero(any_rejected)[:50].tolist(), *range(50)]:
        p = dict(zip(NAMES, norm.sf(z[trial]).tolist(), strict=True))
        found = graph_test(SUCCESSIVE, p_values=p, alpha_one_sided=0.025)
        assert bool(found.rejected) == bool(any_rejected[trial])


@pytest.mark.source("simulation: 1e5 trials of EFS with an effect and OS without, in sequence")
def test_familywise_error_of_two_endpoints_in_sequence():
    rng = np.random.default_rng(63)
    steps = rng.standard_normal((TRIALS, 2, 2))
    paths = np.cumsum(steps, axis=1) / np.sqrt([[1.0], [2.0]])
    drift = 2.5 * np.sqrt([0.5, 1.0])
    efs = paths[..., 0] + drift
    os = 0.7 * paths[..., 0] + sqrt(0.51) * paths[..., 1]
    first = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=OBF).z
    second = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=PocockSpending()).z
    efs_by = np.logical_or.accumulate(efs >= np.array(first), axis=1)
    os_now = os >= np.array(second)
    rejected = {
        # Only the look at hand counts, or all looks of OS up to it.
        EarlierLooks.OVER: (efs_by & os_now).any(axis=1),
        EarlierLooks.COUNT: (efs_by & np.logical_or.accumulate(os_now, axis=1)).any(axis=1),
    }
    graph = fixed_sequence(("EFS", "OS"))
    for earlier, false in rejected.items():
        share = float(false.mean())
        assert share < 0.025 + 3 * sqrt(0.025 * 0.975 / TRIALS)
        for trial in [*np.flatnonzero(false)[:15].tolist(), *range(15)]:
            found = graph_sequential_test(
                graph,
                hypotheses={
                    "EFS": HypothesisLooks(
                        z=tuple(efs[trial].tolist()),
                        observed_fractions=(0.5, 1.0),
                        spending=OBF,
                        last=LastLook.FINAL,
                    ),
                    "OS": HypothesisLooks(
                        z=tuple(os[trial].tolist()),
                        observed_fractions=(0.5, 1.0),
                        spending=PocockSpending(),
                        last=LastLook.FINAL,
                    ),
                },
                alpha_one_sided=0.025,
                earlier=earlier,
            )
            assert (found.rejected_at["OS"] is not None) == bool(false[trial])


@pytest.mark.source("by hand: a share that grows at the second look reaches back, or does not")
def test_a_grown_share_reaches_back_to_earlier_looks_when_asked():
    half = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.0125, spending=PocockSpending()).z[0]
    whole = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=PocockSpending()).z[0]
    between = (half + whole) / 2

    def found(earlier):
        looks = {
            "a": HypothesisLooks(
                z=(0.0, 5.0), observed_fractions=(0.5, 1.0), spending=PocockSpending()
            ),
            "b": HypothesisLooks(
                z=(between, 0.5), observed_fractions=(0.5, 1.0), spending=PocockSpending()
            ),
        }
        return graph_sequential_test(
            holm(("a", "b")), hypotheses=looks, alpha_one_sided=0.025, earlier=earlier
        )

    assert found(EarlierLooks.COUNT).rejected_at == {"a": 2, "b": 2}
    assert found(EarlierLooks.OVER).rejected_at == {"a": 2, "b": None}
    assert found(EarlierLooks.COUNT).rejected == ("a", "b")


@pytest.mark.source("by hand: one hypothesis is the group-sequential test itself")
def test_one_hypothesis_is_its_boundary():
    boundary = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=OBF)
    for shift, look in ((-1e-6, None), (1e-6, 1)):
        looks = HypothesisLooks(z=(boundary.z[0] + shift,), observed_fractions=(0.5,), spending=OBF)
        found = graph_sequential_test(
            fixed_sequence(("EFS",)), hypotheses={"EFS": looks}, alpha_one_sided=0.025
        )
        assert found.rejected_at == {"EFS": look}


@pytest.mark.source("by hand: the graph as a person would say it")
def test_a_graph_in_words():
    graph = HypothesisGraph(
        names=("EFS", "OS", "R0"),
        weights=(0.8, 0.2, 0.0),
        transitions=((0, 1, 0), (0.5, 0, 0.5), (0, 0, 0)),
    )
    assert graph_words(graph) == (
        "EFS starts with 80 % of alpha, OS starts with 20 % of alpha, R0 starts with nothing. "
        "When EFS is rejected, all of its share goes to OS. "
        "When OS is rejected, 50 % of its share goes to EFS and 50 % of its share goes to R0. "
        "When R0 is rejected, its share goes to nobody."
    )
    assert graph_words(fixed_sequence(("EFS", "OS"))).startswith("EFS starts with all of alpha, ")


@pytest.mark.source("by hand: rejections in either order leave the same graph")
def test_the_order_of_rejections_does_not_matter():
    for one, other in combinations(NAMES, 2):
        first = graph_without(graph_without(SUCCESSIVE, rejected=one), rejected=other)
        second = graph_without(graph_without(SUCCESSIVE, rejected=other), rejected=one)
        assert first.weights == pytest.approx(second.weights)
        for row, same in zip(first.transitions, second.transitions, strict=True):
            assert row == pytest.approx(same)
