import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from equipoise.design.adaptive.closed_testing import (
    BonferroniTest,
    DunnettTest,
    SimesTest,
    closed_p_values,
    dunnett_p_value,
    intersection_p_value,
)
from equipoise.design.adaptive.graphical import HypothesisGraph, graph_test, graph_without, holm

LAW = settings(max_examples=25, deadline=None)
ALPHA = st.floats(0.005, 0.1)
Z = st.floats(-3, 4)
P = st.floats(1e-4, 1)
NAMES = ("a", "b", "c")


@st.composite
def graphs(draw):
    """Draw graphs of three hypotheses, some of whose alpha may go nowhere."""
    part = st.floats(0, 0.5)
    weights = tuple(share / 3 for share in draw(st.tuples(*[st.floats(0, 1)] * 3)))
    rows = tuple(tuple(0.0 if to == at else draw(part) for to in range(3)) for at in range(3))
    return HypothesisGraph(names=NAMES, weights=weights, transitions=rows)


@given(Z, st.lists(st.floats(0.3, 3), min_size=2, max_size=5))
@LAW
def test_dunnett_lies_between_one_arm_and_bonferroni(z, allocation):
    single = float(ndtr(-z))
    p = dunnett_p_value(z, allocation=tuple(allocation))
    assert single <= p <= min(1.0, len(allocation) * single) + 1e-12
    fewer = dunnett_p_value(z, allocation=tuple(allocation[1:]))
    assert fewer <= p + 1e-12


@given(st.tuples(Z, Z, Z))
@LAW
def test_closed_p_values_are_not_below_their_own(z):
    at = dict(zip(NAMES, z, strict=True))
    dunnett = DunnettTest(allocation=dict.fromkeys(NAMES, 1.0))

    def closed(test):
        return closed_p_values(
            NAMES,
            p_value=lambda part: intersection_p_value({name: at[name] for name in part}, test=test),
        )

    simes, bonferroni, by_dunnett = (
        closed(test) for test in (SimesTest(), BonferroniTest(), dunnett)
    )
    for name in NAMES:
        assert float(ndtr(-at[name])) <= simes[name] + 1e-15
        assert simes[name] <= bonferroni[name] + 1e-15
        assert by_dunnett[name] <= bonferroni[name] + 1e-12
    p = {name: float(ndtr(-at[name])) for name in NAMES}
    graph = graph_test(holm(NAMES), p_values=p, alpha_one_sided=0.05)
    assert bonferroni == pytest.approx(graph.adjusted_p)


@given(graphs(), st.tuples(P, P, P), ALPHA)
@LAW
def test_a_graph_rejects_what_its_adjusted_p_values_say(graph, p, alpha):
    values = dict(zip(NAMES, p, strict=True))
    found = graph_test(graph, p_values=values, alpha_one_sided=alpha)
    assert set(found.rejected) == {name for name in NAMES if found.adjusted_p[name] <= alpha}
    assert all(found.adjusted_p[name] >= values[name] - 1e-15 for name in NAMES)
    smaller = {name: value / 2 for name, value in values.items()}
    better = graph_test(graph, p_values=smaller, alpha_one_sided=alpha)
    assert set(found.rejected) <= set(better.rejected)


@given(graphs(), st.permutations(NAMES))
@LAW
def test_shares_never_grow_in_all_and_no_order_matters(graph, order):
    one = graph_without(graph_without(graph, rejected=order[0]), rejected=order[1])
    other = graph_without(graph_without(graph, rejected=order[1]), rejected=order[0])
    assert one.weights == pytest.approx(other.weights, abs=1e-9)
    assert sum(one.weights) <= sum(graph.weights) + 1e-9
