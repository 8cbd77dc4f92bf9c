"""Several hypotheses under one alpha: shares of it, and where a share goes once it has won."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha

HAIR = 1e-9
"""Sums of shares may exceed 1 by this much of rounding."""

GONE = 1e-12
"""A share left over below this is nothing: what is given away has all been given away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisGraph:
    """A graph of hypotheses.

    Attributes
    ----------
    names : tuple of str
        The hypotheses.
    weights : tuple of float
        Share of alpha that each starts with; in all at most 1.
    transitions : tuple of tuple of float
        Row i says which part of the share of hypothesis i goes to each other one when it is
        rejected; each row at most 1 in all, 0 to itself.

    Raises
    ------
    BadInput
        For names that are not different, a matrix of another size, and shares out of range.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    transitions: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a graph that is none."""
        size = len(self.names)
        square = len(self.transitions) == size and all(len(row) == size for row in self.transitions)
        if not size or len(set(self.names)) < size or len(self.weights) != size or not square:
            raise bad_input(
                "each hypothesis has a name of its own, a weight, and a row of transitions",
                where="names, weights, transitions",
                got=f"{self.names}, {len(self.weights)} weights, {len(self.transitions)} rows",
                fix="weights (1, 0) and transitions ((0, 1), (0, 0)) for a sequence of two",
            )
        for shares, where in ((self.weights, "weights"), *_rows_of(self)):
            if not all(0 <= share <= 1 + HAIR for share in shares) or sum(shares) > 1 + HAIR:
                raise bad_input(
                    "shares lie between 0 and 1, and are not more than 1 in all",
                    where=where,
                    got=shares,
                    fix="(0.5, 0.5)",
                )
        if any(row[at] != 0 for at, row in enumerate(self.transitions)):
            raise bad_input(
                "a hypothesis gives nothing to itself",
                where="transitions",
                got=tuple(row[at] for at, row in enumerate(self.transitions)),
                fix="0 on the diagonal",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphTest:
    """What a graph rejects.

    Attributes
    ----------
    rejected : tuple of str
        In the order in which they fell.
    adjusted_p : mapping of str to float
        Smallest alpha with which each would be rejected.
    left : HypothesisGraph or None
        The graph of those that stand, with the shares they now have; None when all fell.
    """

    rejected: tuple[str, ...]
    adjusted_p: Mapping[str, float]
    left: HypothesisGraph | None


def fixed_sequence(names: tuple[str, ...]) -> HypothesisGraph:
    """Return the graph that tests one hypothesis after the other, each with all of alpha."""
    first = tuple(1.0 if at == 0 else 0.0 for at in range(len(names)))
    return fallback(names, weights=first)


def fallback(names: tuple[str, ...], *, weights: tuple[float, ...]) -> HypothesisGraph:
    """Return the graph in which each hypothesis has a share and hands it to the next.

    References
    ----------
    Wiens 2003, doi:10.1002/pst.64.
    """
    size = len(names)
    return HypothesisGraph(
        names=names,
        weights=weights,
        transitions=tuple(
            tuple(1.0 if to == at + 1 else 0.0 for to in range(size)) for at in range(size)
        ),
    )


def holm(names: tuple[str, ...], *, weights: tuple[float, ...] | None = None) -> HypothesisGraph:
    """Return the graph of Holm's test: a share is divided among those that stand.

    Parameters
    ----------
    names : tuple of str
        The hypotheses.
    weights : tuple of float, optional
        Their shares, above 0; equal ones otherwise.

    Raises
    ------
    BadInput
        For shares that are not above 0.
    """
    size = len(names)
    shares = (1 / size,) * size if weights is None and size else weights or ()
    if not all(share > 0 for share in shares):
        raise bad_input(
            "each hypothesis of Holm's test has a share", where="weights", got=shares, fix="0.5"
        )
    return HypothesisGraph(
        names=names,
        weights=shares,
        transitions=tuple(
            tuple(
                0.0 if to == at else share / (sum(shares) - shares[at])
                for to, share in enumerate(shares)
            )
            for at in range(size)
        ),
    )


def graph_without(graph: HypothesisGraph, *, rejected: str) -> HypothesisGraph:
    r"""Return the graph of the others once a hypothesis has been rejected.

    With j the hypothesis rejected,

    .. math:: w_l \leftarrow w_l + w_j g_{jl}, \qquad
              g_{lk} \leftarrow \frac{g_{lk} + g_{lj} g_{jk}}{1 - g_{lj} g_{jl}}

    and 0 where the denominator is. The order of rejections does not matter.

    Parameters
    ----------
    graph : HypothesisGraph
        A graph of two hypotheses or more.
    rejected : str
        One of them.

    Raises
    ------
    BadInput
        For a name that is not in the graph, and the last hypothesis.

    References
    ----------
    Bretz, Maurer, Brannath and Posch 2009, doi:10.1002/sim.3495.
    """
    if rejected not in graph.names or len(graph.names) < 2:
        raise bad_input(
            "a graph is updated when one of its hypotheses falls and another stands",
            where="rejected",
            got=f"{rejected} of {graph.names}",
            fix="a name of the graph",
        )
    gone = graph.names.index(rejected)
    left = [at for at in range(len(graph.names)) if at != gone]
    given = graph.transitions[gone]
    return HypothesisGraph(
        names=tuple(graph.names[at] for at in left),
        weights=tuple(graph.weights[at] + graph.weights[gone] * given[at] for at in left),
        transitions=tuple(
            tuple(_through(graph, start=at, to=to, gone=gone) for to in left) for at in left
        ),
    )


def graph_test(
    graph: HypothesisGraph, *, p_values: Mapping[str, float], alpha_one_sided: float
) -> GraphTest:
    """Return what a graph rejects, and the adjusted p-values.

    A hypothesis falls when its p-value is at most its share of alpha; its share then goes on along
    the graph, and the others are tried again. The familywise error is at most alpha, whatever the
    dependence of the p-values.

    Parameters
    ----------
    graph : HypothesisGraph
        The graph.
    p_values : mapping of str to float
        One-sided p-value of each hypothesis, by name.
    alpha_one_sided : float
        Familywise error, between 0 and 0.5.

    Raises
    ------
    BadInput
        For p-values out of range or of other hypotheses than the graph's.

    References
    ----------
    Bretz, Maurer, Brannath and Posch 2009, doi:10.1002/sim.3495, algorithms 1 and 2.
    """
    refuse_alpha(alpha_one_sided)
    _refuse_p(graph, p_values)
    adjusted, order, largest, left = {}, [], 0.0, graph
    standing: HypothesisGraph | None = graph
    while True:
        ratios = _ratios(left, p_values)
        name = min(ratios, key=lambda each: ratios[each])
        largest = max(largest, min(1.0, ratios[name]))
        adjusted[name] = largest
        if largest <= alpha_one_sided:
            order.append(name)
            standing = graph_without(left, rejected=name) if len(left.names) > 1 else None
        if len(left.names) == 1:
            break
        left = graph_without(left, rejected=name)
    return GraphTest(
        rejected=tuple(order),
        adjusted_p={name: adjusted[name] for name in graph.names},
        left=standing,
    )


def graph_words(graph: HypothesisGraph) -> str:
    """Return the graph in words: what each hypothesis starts with, and where its share goes."""
    starts = [
        f"{name} starts with {_part(weight)} alpha" if weight > 0 else f"{name} starts with nothing"
        for name, weight in zip(graph.names, graph.weights, strict=True)
    ]
    goes = [
        _goes(graph, name=name, row=row)
        for name, row in zip(graph.names, graph.transitions, strict=True)
    ]
    return f"{', '.join(starts)}. {' '.join(goes)}"


def _rows_of(graph: HypothesisGraph) -> tuple[tuple[tuple[float, ...], str], ...]:
    return tuple(
        (row, f"transitions of {name}")
        for row, name in zip(graph.transitions, graph.names, strict=True)
    )


def _through(graph: HypothesisGraph, *, start: int, to: int, gone: int) -> float:
    """Return the part that goes from one hypothesis to another when one between them is gone."""
    g = graph.transitions
    kept = 1 - g[start][gone] * g[gone][start]
    if start == to or kept <= GONE:
        return 0.0
    return (g[start][to] + g[start][gone] * g[gone][to]) / kept


def _ratios(graph: HypothesisGraph, p_values: Mapping[str, float]) -> dict[str, float]:
    """Return the alpha each hypothesis would need with its share."""
    return {
        name: p_values[name] / weight if weight > 0 else 1.0
        for name, weight in zip(graph.names, graph.weights, strict=True)
    }


def _part(share: float) -> str:
    return "all of" if abs(share - 1) < HAIR else f"{100 * share:g} % of"


def _goes(graph: HypothesisGraph, *, name: str, row: tuple[float, ...]) -> str:
    parts = [
        f"{_part(share)} its share goes to {to}"
        for share, to in zip(row, graph.names, strict=True)
        if share > 0
    ]
    told = " and ".join(parts) if parts else "its share goes to nobody"
    return f"When {name} is rejected, {told}."


def _refuse_p(graph: HypothesisGraph, p_values: Mapping[str, float]) -> None:
    known = set(p_values) == set(graph.names)
    if not known or any(isnan(p) or not 0 <= p <= 1 for p in p_values.values()):
        raise bad_input(
            "each hypothesis of the graph has a p-value between 0 and 1",
            where="p_values",
            got=dict(p_values),
            fix=f"p-values of {', '.join(graph.names)}",
        )
