from math import nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.adaptive.graphical import (
    HypothesisGraph,
    fallback,
    fixed_sequence,
    graph_test,
    graph_without,
    holm,
)
from equipoise.design.adaptive.graphical_sequential import (
    HypothesisLooks,
    graph_sequential_test,
)
from equipoise.design.group_sequential.spending import OBrienFlemingSpending

TWO = fixed_sequence(("EFS", "OS"))
OBF = OBrienFlemingSpending()


def graph(**changes):
    usual = {"names": ("a", "b"), "weights": (0.5, 0.5), "transitions": ((0, 1), (1, 0))}
    return HypothesisGraph(**(usual | changes))


def looks(z=(2.0,), fractions=(0.5,), numbers=None):
    return HypothesisLooks(z=z, observed_fractions=fractions, spending=OBF, looks=numbers)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: graph(names=("a", "a")),
        lambda: graph(names=()),
        lambda: graph(weights=(1.0,)),
        lambda: graph(weights=(0.6, 0.6)),
        lambda: graph(weights=(-0.1, 0.6)),
        lambda: graph(transitions=((0, 1),)),
        lambda: graph(transitions=((0, 1), (1,))),
        lambda: graph(transitions=((0, 1.2), (1, 0))),
        lambda: graph(transitions=((0.5, 0.5), (1, 0))),
        lambda: holm(()),
        lambda: holm(("a", "b"), weights=(1.0, 0.0)),
        lambda: fallback(("a", "b"), weights=(0.9, 0.2)),
        lambda: graph_without(TWO, rejected="R0"),
        lambda: graph_without(fixed_sequence(("EFS",)), rejected="EFS"),
        lambda: graph_test(TWO, p_values={"EFS": 0.1}, alpha_one_sided=0.025),
        lambda: graph_test(TWO, p_values={"EFS": 0.1, "OS": nan}, alpha_one_sided=0.025),
        lambda: graph_test(TWO, p_values={"EFS": 0.1, "OS": 0.1}, alpha_one_sided=0.6),
        lambda: looks(numbers=(1, 2)),
        lambda: looks(z=(1.0, 2.0), numbers=(2, 1)),
        lambda: looks(numbers=(0,)),
        lambda: graph_sequential_test(TWO, hypotheses={"EFS": looks()}, alpha_one_sided=0.025),
        lambda: graph_sequential_test(
            TWO, hypotheses={"EFS": looks(), "OS": looks(z=(nan,))}, alpha_one_sided=0.025
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput):
        wrong()


def test_nothing_falls_when_nothing_has_a_share():
    none = graph(weights=(0.0, 0.0))
    found = graph_test(none, p_values={"a": 0.0, "b": 0.0}, alpha_one_sided=0.025)
    assert found.rejected == ()
    assert found.left == none
    assert found.adjusted_p == {"a": 1.0, "b": 1.0}


def test_a_hypothesis_that_has_not_been_looked_at_stands():
    found = graph_sequential_test(
        TWO,
        hypotheses={"EFS": looks(z=(5.0,)), "OS": looks(z=(), fractions=())},
        alpha_one_sided=0.025,
    )
    assert found.rejected_at == {"EFS": 1, "OS": None}
    assert found.repeated_p["OS"] == ()


def test_looks_of_a_hypothesis_may_be_later_looks_of_the_trial():
    found = graph_sequential_test(
        TWO,
        hypotheses={"EFS": looks(z=(5.0,)), "OS": looks(z=(5.0,), numbers=(2,))},
        alpha_one_sided=0.025,
    )
    assert found.rejected_at == {"EFS": 1, "OS": 2}
