"""The largest value of a smooth function with several peaks: a grid first, then its best peaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.root import peak

NEAR_BEST = 0.9
"""Peaks of the grid below this share of the best are not refined."""


def grid_maximum(
    function: Callable[[float], float], *, points: FloatArray, heights: FloatArray
) -> tuple[float, float]:
    """Return the largest chance that a function gives, and where.

    Parameters
    ----------
    function : callable
        From a point to a chance, between 0 and 1.
    points : FloatArray, shape (m,)
        A rising grid, near enough that every peak that may be the largest shows in it.
    heights : FloatArray, shape (m,)
        The function at each; a chance of 1 is not improved.
    """
    top = int(np.argmax(heights))
    best = (float(heights[top]), float(points[top]))
    for place in _peaks(heights):
        at, height = peak(function, float(points[place - 1]), float(points[place + 1]))
        best = max(best, (height, at))
    return best


def _peaks(heights: FloatArray) -> list[int]:
    """Return the places of inner peaks that may hold the maximum."""
    inner, best = heights[1:-1], float(heights.max())
    if best >= 1 - 1e-12:
        return []
    raised = (inner >= heights[:-2]) & (inner >= heights[2:]) & (inner >= NEAR_BEST * best)
    return [int(place) + 1 for place in np.flatnonzero(raised & (inner > 0))]
