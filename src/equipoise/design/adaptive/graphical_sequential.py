"""A graph of hypotheses that are looked at several times, each with its own spending function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.graphical import HypothesisGraph, graph_without
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.crossing import refuse_length
from equipoise.design.group_sequential.observed import LastLook
from equipoise.design.group_sequential.repeated import repeated_p_values
from equipoise.design.group_sequential.spending import Spending


class EarlierLooks(StrEnum):
    """What earlier looks mean for a hypothesis whose share has grown."""

    COUNT = "count"
    """They are compared with the bounds of the larger share too: the sequential p-value."""

    OVER = "over"
    """They are over: only the look at hand is compared (Maurer and Bretz)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisLooks:
    """One hypothesis, as far as it has been looked at.

    Attributes
    ----------
    z : tuple of float
        Z at its looks.
    observed_fractions : tuple of float
        Information at them over the planned maximum, rising.
    spending : Spending
        How its share of alpha is spent, whatever the share is.
    last : LastLook
        Whether the last look given is its final one, which spends all of the share.
    looks : tuple of int, optional
        Looks of the trial, counted from 1 and rising, at which these were; otherwise the first.
    spending_times : tuple of float, optional
        Another clock by which it spends; otherwise the observed fractions, at most 1.
    """

    z: tuple[float, ...]
    observed_fractions: tuple[float, ...]
    spending: Spending
    last: LastLook = LastLook.INTERIM
    looks: tuple[int, ...] | None = None
    spending_times: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse looks of the trial that do not rise."""
        if self.looks is None:
            return
        refuse_length(self.looks, looks=len(self.z), where="looks")
        if not all(before < after for before, after in pairwise((0, *self.looks))):
            raise bad_input(
                "looks of the trial are counted from 1 and rise",
                where="looks",
                got=self.looks,
                fix="(1, 2)",
            )

    @property
    def numbers(self) -> tuple[int, ...]:
        """Looks of the trial at which it was looked at."""
        return self.looks or tuple(range(1, len(self.z) + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialGraphTest:
    """What a graph has rejected after some looks.

    Attributes
    ----------
    rejected_at : mapping of str to int or None
        Look of the trial at which each hypothesis fell; None for those that stand.
    rejected : tuple of str
        In the order in which they fell.
    repeated_p : mapping of str to tuple of float
        For each hypothesis and each of its looks, the share of alpha whose bound is just reached.
    left : HypothesisGraph or None
        The graph of those that stand, with the shares they now have; None when all fell.
    """

    rejected_at: Mapping[str, int | None]
    rejected: tuple[str, ...]
    repeated_p: Mapping[str, tuple[float, ...]]
    left: HypothesisGraph | None


def graph_sequential_test(
    graph: HypothesisGraph,
    *,
    hypotheses: Mapping[str, HypothesisLooks],
    alpha_one_sided: float,
    earlier: EarlierLooks = EarlierLooks.COUNT,
) -> SequentialGraphTest:
    """Return what a graph rejects, look by look.

    At each look a hypothesis falls when its Z reaches the bound that spends its present share of
    alpha by its own spending function; its share goes on along the graph, and the others are tried
    again with their larger shares, at that look. A share gained at a later look is spent from the
    first look on, as if it had always been there: bounds before it are those of the larger share.

    Parameters
    ----------
    graph : HypothesisGraph
        The graph.
    hypotheses : mapping of str to HypothesisLooks
        Every hypothesis of the graph, by name.
    alpha_one_sided : float
        Familywise error, between 0 and 0.5.
    earlier : EarlierLooks
        Whether a grown share reaches back to earlier looks.

    Raises
    ------
    BadInput
        For other hypotheses than the graph's, and looks that cannot be meant.

    References
    ----------
    Maurer and Bretz 2013, doi:10.1080/19466315.2013.807748; Liu and Anderson 2008,
    doi:10.1198/016214508000000986.
    """
    refuse_alpha(alpha_one_sided)
    if set(hypotheses) != set(graph.names):
        raise bad_input(
            "each hypothesis of the graph has looks",
            where="hypotheses",
            got=tuple(hypotheses),
            fix=f"looks of {', '.join(graph.names)}",
        )
    repeated = {name: _repeated(hypotheses[name]) for name in graph.names}
    fell: dict[str, int] = {}
    left: HypothesisGraph | None = graph
    for look in sorted({at for each in hypotheses.values() for at in each.numbers}):
        p = {
            name: _p_at(repeated[name], looks=hypotheses[name].numbers, look=look, earlier=earlier)
            for name in graph.names
        }
        while left is not None and (name := _next(left, p=p, alpha=alpha_one_sided)) is not None:
            fell[name] = look
            left = graph_without(left, rejected=name) if len(left.names) > 1 else None
    return SequentialGraphTest(
        rejected_at={name: fell.get(name) for name in graph.names},
        rejected=tuple(fell),
        repeated_p=repeated,
        left=left,
    )


def _repeated(hypothesis: HypothesisLooks) -> tuple[float, ...]:
    if not hypothesis.z:
        return ()
    return repeated_p_values(
        hypothesis.z,
        observed_fractions=hypothesis.observed_fractions,
        spending=hypothesis.spending,
        last=hypothesis.last,
        spending_times=hypothesis.spending_times,
    )


def _p_at(
    repeated: tuple[float, ...], *, looks: tuple[int, ...], look: int, earlier: EarlierLooks
) -> float:
    """Return the share of alpha that rejects at a look of the trial; 1 when there is none."""
    so_far = [(at, p) for at, p in zip(looks, repeated, strict=True) if at <= look]
    match earlier:
        case EarlierLooks.COUNT:
            return min((p for _, p in so_far), default=1.0)
        case EarlierLooks.OVER:
            return next((p for at, p in so_far if at == look), 1.0)
        case _:
            assert_never(earlier)


def _next(graph: HypothesisGraph, *, p: Mapping[str, float], alpha: float) -> str | None:
    """Return a hypothesis that falls with its present share; the order does not matter."""
    shares = zip(graph.names, graph.weights, strict=True)
    falls = (name for name, weight in shares if weight > 0 and p[name] <= weight * alpha)
    return next(falls, None)
