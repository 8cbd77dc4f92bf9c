"""Gauss-Legendre nodes over months of follow-up, panel by panel, dense near month 0."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from equipoise.stats.numerics.columns import FloatArray

NODES = 20
"""Nodes of one panel; a panel spans at most `STEEP` of cumulative hazard, so that with them an
exponential is integrated to the last digit."""

STEEP = 3.0
FARTHEST = 60.0
"""Cumulative hazard beyond which nobody is left to count."""

GRADE = 4.0
"""The first panel is stretched by this power, so that the root of the share of subjects with an
event is smooth at month 0; by more for Weibull hazards that are infinite there."""


def follow_up_nodes(
    breaks: set[float], *, end: float, shape: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of an integral from month 0 to ``end``.

    Parameters
    ----------
    breaks : set of float
        Months at which the integrand has a corner or a jump; those outside (0, end) do not count.
    end : float
        Last month.
    shape : float
        Smallest shape of a Weibull hazard in the integrand.
    """
    grade = GRADE / min(shape, 1.0)
    edges = (0.0, *sorted(month for month in breaks if 0 < month < end), end)
    unit, weights = unit_nodes()
    first, *others = pairwise(edges)
    nodes = [first[1] * unit**grade]
    masses = [first[1] * grade * unit ** (grade - 1) * weights]
    for low, high in others:
        nodes.append(low + (high - low) * unit)
        masses.append((high - low) * weights)
    return np.concatenate(nodes), np.concatenate(masses)


def steep_breaks(cumulative: FloatArray, months: FloatArray) -> set[float]:
    """Return months between which a cumulative hazard grows by `STEEP`, about."""
    levels = np.arange(STEEP, min(float(cumulative[-1]), FARTHEST), STEEP)
    return set(np.interp(levels, cumulative, months).tolist())


@lru_cache(maxsize=1)
def unit_nodes() -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights between 0 and 1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2


def remaining_integral(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return, at each node of `follow_up_nodes`, the integral from there to the end.

    Within a panel the polynomial through its nodes is integrated, so it is as exact as the sum.
    """
    _, unit_weights = unit_nodes()
    masses = (values * weights).reshape(-1, NODES)
    panels = masses.sum(axis=1)
    later = np.cumsum(panels[::-1])[::-1] - panels
    within = (masses / unit_weights) @ _integrals_to_end().T
    remaining: FloatArray = (within + later[:, np.newaxis]).reshape(-1)
    return remaining


@lru_cache(maxsize=1)
def _integrals_to_end() -> FloatArray:
    """Return integrals from node i to 1 of the polynomial that is 1 at node j, 0 at others."""
    nodes, _ = np.polynomial.legendre.leggauss(NODES)
    coefficients = np.linalg.inv(np.polynomial.legendre.legvander(nodes, NODES - 1))
    primitive = np.polynomial.legendre.legint(coefficients, axis=0)
    at_nodes = np.polynomial.legendre.legval(nodes, primitive)
    at_end = np.polynomial.legendre.legval(np.ones(1), primitive)
    integrals: FloatArray = (at_end - at_nodes).T / 2
    return integrals
