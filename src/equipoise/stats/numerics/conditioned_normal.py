"""Normal rectangles one coordinate after the other: the way for many coordinates of full rank.

Each coordinate is drawn within its bounds given those before it, and the chances of the bounds are
multiplied; the mean over the draws is the chance of the rectangle. Draws are the points of a
lattice. Genz 1992, doi:10.1080/10618600.1992.10477010; the order of Gibson, Glasbey and Elston
1994: the narrowest interval first.
"""

from __future__ import annotations

from math import exp, pi, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.lattice import lattice_mean

DOUBLINGS = (15, 20)

EDGE = 1e-300
"""Keeps a draw finite where an interval lies wholly in the far tail; it counts for nothing."""


def by_conditioning(
    correlation: FloatArray, *, lower: FloatArray, upper: FloatArray, tolerance: float
) -> float:
    """Return the chance of a rectangle for a correlation matrix of full rank.

    Parameters
    ----------
    correlation : FloatArray, shape (k, k)
        Positive definite.
    lower, upper : FloatArray, shape (k,)
        Finite bounds.
    tolerance : float
        Of the lattice.
    """
    factor, order = _narrowest_first(correlation, lower=lower, upper=upper)
    low, high = lower[order], upper[order]
    size = len(order)

    def chance(points: FloatArray) -> FloatArray:
        drawn = np.empty((len(points), size - 1))
        product = np.ones(len(points))
        for place in range(size):
            mean = drawn[:, :place] @ factor[place, :place]
            start = ndtr((low[place] - mean) / factor[place, place])
            width = ndtr((high[place] - mean) / factor[place, place]) - start
            product *= width
            if place < size - 1:
                inside = start + points[:, place] * width
                drawn[:, place] = ndtri(np.clip(inside, EDGE, 1 - 1e-16))
        return product

    return lattice_mean(chance, dimensions=size - 1, doublings=DOUBLINGS, tolerance=tolerance)


def _narrowest_first(
    correlation: FloatArray, *, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, list[int]]:
    """Return the Cholesky factor of the reordered matrix, and the order."""
    size = len(correlation)
    factor, mean = np.zeros((size, size)), np.zeros(size)
    order: list[int] = []
    left = list(range(size))
    for place in range(size):
        spread = np.sqrt(1 - (factor[left, :place] ** 2).sum(axis=1))
        centre = factor[left, :place] @ mean[:place]
        start, stop = (lower[left] - centre) / spread, (upper[left] - centre) / spread
        pick = int(np.argmin(ndtr(stop) - ndtr(start)))
        mean[place] = _truncated_mean(float(start[pick]), float(stop[pick]))
        chosen = left.pop(pick)
        order.append(chosen)
        column = correlation[:, chosen] - factor[:, :place] @ factor[chosen, :place]
        factor[left, place] = column[left] / spread[pick]
        factor[chosen, place] = spread[pick]
    return factor[order], order


def _truncated_mean(start: float, stop: float) -> float:
    """Return the mean of a standard normal number between two bounds."""
    width = float(ndtr(stop) - ndtr(start))
    if width < EDGE:
        return start if start > 0 else stop
    return (_density(start) - _density(stop)) / width


def _density(deviate: float) -> float:
    return exp(-min(deviate * deviate, 1400.0) / 2) / sqrt(2 * pi)
