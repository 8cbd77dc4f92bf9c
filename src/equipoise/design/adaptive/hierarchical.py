"""Two endpoints in sequence, both group-sequential: the second is tested once the first has won."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.gate_link import LinkedGate, score_correlation, with_gate
from equipoise.design.group_sequential.boundaries import upper_bounds
from equipoise.design.group_sequential.crossing import (
    Bounds,
    proportional_means,
    refuse_length,
    refuse_means,
)
from equipoise.stats.numerics.multivariate_normal import rectangle_probability

FloatArray = npt.NDArray[np.float64]
Region = Mapping[int, tuple[float, float]]

TOLERANCE = 1e-7
MOST_LOOKS = 6

DRIFTS = tuple(np.linspace(-2.0, 9.0, 23).tolist())
"""Effects on the first endpoint, as drifts, among which the worst one is looked for."""


class Hierarchy(StrEnum):
    """When the second endpoint is tested."""

    STAGEWISE = "stagewise"
    """Only at the look at which the first endpoint is rejected; the trial ends there."""

    OVERALL = "overall"
    """At that look and at all later ones: the trial goes on for the second endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchicalPlan:
    """Boundaries of two endpoints in sequence.

    Attributes
    ----------
    first : Bounds
        Of the endpoint tested first; lower ones are obeyed.
    second : Bounds
        Of the other at the same looks, at its own information fractions; lower ones have to be
        minus infinity.
    correlation : float
        Of the two Z at the same look, from -1 to 1.
    hierarchy : Hierarchy
        When the second is tested.

    Raises
    ------
    BadInput
        For other numbers of looks, futility of the second endpoint, and no correlation.
    """

    first: Bounds
    second: Bounds
    correlation: float
    hierarchy: Hierarchy

    def __post_init__(self) -> None:
        """Refuse boundaries that do not belong together."""
        refuse_length(self.second.upper, looks=len(self.first.upper), where="second")
        if any(low > -inf for low in self.second.lower) or len(self.first.upper) > MOST_LOOKS:
            raise bad_input(
                f"the second endpoint has no futility bounds, and there are at most {MOST_LOOKS}"
                " looks",
                where="second",
                got=f"{self.second.lower} at {len(self.first.upper)} looks",
                fix="efficacy_boundary(...).bounds",
            )
        if not -1 <= self.correlation <= 1:
            raise bad_input(
                "a correlation lies from -1 to 1",
                where="correlation",
                got=self.correlation,
                fix="0.5",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchicalCourse:
    """What such a trial does under some effects.

    Attributes
    ----------
    first_rejects : tuple of float
        Probability of rejecting the first endpoint at each look.
    power_first : float
        Probability of rejecting it at all.
    power_both : float
        Probability of rejecting both.
    """

    first_rejects: tuple[float, ...]
    power_first: float
    power_both: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchicalError:
    """The largest error of the second endpoint.

    Attributes
    ----------
    error : float
        Probability of rejecting the second endpoint although it has no effect, where it is
        largest. With an error of alpha for the first, the familywise error is the larger of both.
    drift : float
        Effect on the first endpoint where it is, as the mean of its Z at the last look.
    """

    error: float
    drift: float


def hierarchical_course(
    plan: HierarchicalPlan,
    *,
    first_means: tuple[float, ...],
    second_means: tuple[float, ...],
    gate: LinkedGate | None = None,
) -> HierarchicalCourse:
    r"""Return what a trial with two endpoints in sequence does, perhaps behind a gate.

    The Z of the endpoints are normal, with correlation :math:`\rho \sqrt{t_j / t_k}` between the
    looks j < k, t being the information of the endpoint with the later look.

    Parameters
    ----------
    plan : HierarchicalPlan
        Boundaries.
    first_means, second_means : tuple of float
        Means of Z of either endpoint at the looks.
    gate : LinkedGate, optional
        A gate that is obeyed before the first look. Its correlations are with the first endpoint's
        looks and then with the second's, one for each.

    Raises
    ------
    BadInput
        For means of another number than the looks, and a gate of another number of correlations
        than both endpoints have looks.

    References
    ----------
    Glimm, Maurer and Bretz 2010, doi:10.1002/sim.3748; Hung, Wang and O'Neill 2007,
    doi:10.1080/10543400701645405; Tamhane, Mehta and Liu 2010,
    doi:10.1111/j.1541-0420.2010.01402.x.
    """
    looks = len(plan.first.upper)
    refuse_means(first_means, looks=looks)
    refuse_means(second_means, looks=looks)
    joint = _joint(plan, means=(*first_means, *second_means), gate=gate)
    first, both = [], []
    for look in range(looks):
        won = _won(plan, look=look)
        first.append(joint.chance(won))
        both.append(_both(plan, look=look, won=won, joint=joint))
    return HierarchicalCourse(
        first_rejects=tuple(first), power_first=sum(first), power_both=sum(both)
    )


def hierarchical_error(plan: HierarchicalPlan) -> HierarchicalError:
    """Return the largest error of the second endpoint, over all effects on the first.

    Without an effect on the second endpoint the chance of rejecting it depends on how early the
    first is won: stage-wise it is largest for a middling effect, overall for a large one. With the
    full level at every look it exceeds alpha; with a boundary that spends alpha over the looks it
    never does. Futility of the first endpoint is taken as not obeyed.

    Parameters
    ----------
    plan : HierarchicalPlan
        Boundaries.

    References
    ----------
    Hung, Wang and O'Neill 2007, doi:10.1080/10543400701645405; Glimm, Maurer and Bretz 2010,
    doi:10.1002/sim.3748.
    """
    fractions = plan.first.information_fractions
    free = replace(plan, first=upper_bounds(fractions, z=plan.first.upper))
    null = (0.0,) * len(fractions)

    def error(drift: float) -> float:
        means = proportional_means(fractions, drift=drift)
        return hierarchical_course(free, first_means=means, second_means=null).power_both

    errors = [error(drift) for drift in DRIFTS]
    worst = int(np.argmax(errors))
    around = DRIFTS[max(worst - 1, 0)], DRIFTS[min(worst + 1, len(DRIFTS) - 1)]
    found = minimize_scalar(
        lambda drift: -error(drift), bounds=around, method="bounded", options={"xatol": 1e-4}
    )
    best = max((errors[worst], DRIFTS[worst]), (-float(found.fun), float(found.x)))
    return HierarchicalError(error=best[0], drift=best[1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Joint:
    """Gate and both endpoints as one normal vector: the gate first, then the looks of each."""

    means: FloatArray
    correlation: FloatArray
    gate: Region

    def chance(self, region: Region) -> float:
        """Return the chance of a region, and of passing the gate."""
        whole = {**self.gate, **region}
        places = sorted(whole)
        ends = np.array([whole[place] for place in places]) - self.means[places, np.newaxis]
        return rectangle_probability(
            ends[:, 0],
            ends[:, 1],
            correlation=self.correlation[np.ix_(places, places)],
            tolerance=TOLERANCE,
        )


def _joint(plan: HierarchicalPlan, *, means: tuple[float, ...], gate: LinkedGate | None) -> _Joint:
    links = (0.0,) * len(means) if gate is None else gate.correlations
    refuse_length(links, looks=len(means), where="gate.correlations")
    return _Joint(
        means=np.array((0.0, *means)),
        correlation=with_gate(_endpoint_correlation(plan), links=links),
        gate={} if gate is None else {0: (gate.least, inf)},
    )


def _endpoint_correlation(plan: HierarchicalPlan) -> FloatArray:
    """Return the correlation of the looks of both endpoints, those of the first before."""
    first = score_correlation(plan.first.information_fractions)
    second = score_correlation(plan.second.information_fractions)
    # Row: look of the first endpoint. The endpoint with the later look has the ratio.
    across = plan.correlation * (np.triu(second) + np.tril(first, -1))
    return np.block([[first, across], [across.T, second]])


def _won(plan: HierarchicalPlan, *, look: int) -> Region:
    """Return the region in which the first endpoint is rejected first at a look."""
    before = {at + 1: (plan.first.lower[at], plan.first.upper[at]) for at in range(look)}
    return {**before, look + 1: (plan.first.upper[look], inf)}


def _both(plan: HierarchicalPlan, *, look: int, won: Region, joint: _Joint) -> float:
    """Return the chance that the first endpoint is won at a look, and the second then or later."""
    looks = len(plan.first.upper)
    match plan.hierarchy:
        case Hierarchy.STAGEWISE:
            return joint.chance({**won, looks + look + 1: (plan.second.upper[look], inf)})
        case Hierarchy.OVERALL:
            lost = {looks + at + 1: (-inf, plan.second.upper[at]) for at in range(look, looks)}
            return joint.chance(won) - joint.chance({**won, **lost})
        case _:
            assert_never(plan.hierarchy)
