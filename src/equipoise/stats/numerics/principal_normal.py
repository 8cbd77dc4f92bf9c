"""Normal rectangles along principal axes: the way for correlations of low rank, or nearly so.

Three axes are worked out exactly, as the chance of a polyhedron; a lattice takes the mean over the
others. The three are chosen so that every bound leans towards at least one of them: the chance is
then a smooth function of the others, and the more alike the tests are, the less it changes.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.lattice import lattice_mean
from equipoise.stats.numerics.polyhedron import Planes, between_planes, meet_planes

REACH = 10.0
"""Beyond this a standard normal number never is: 8e-24."""

LEAN = 0.3
"""Squared length within the three exact axes that every bound should have: shorter ones make the
function of the other axes steep."""

TURNS = 15
"""Attempts to find such axes; each gives more weight to the bounds that lean away."""

FIRST = (4, 6, 8, 9, 9)
"""Powers of 2 of the coarsest lattice over 1, 2 ... axes."""

FINEST = 14

BATCH = 256
"""Polyhedra worked on at a time: keeps the arrays of lines and planes within the cache."""


def by_principal_axes(
    rows: FloatArray, *, lower: FloatArray, upper: FloatArray, tolerance: float
) -> float:
    """Return the chance that ``lower <= rows @ y <= upper`` for independent normal y.

    Parameters
    ----------
    rows : FloatArray, shape (k, rank)
        Unit vectors; together they span all axes.
    lower, upper : FloatArray, shape (k,)
        Finite bounds.
    tolerance : float
        Of the lattice; up to rank 3 there is none.
    """
    rank = rows.shape[1]
    if rank <= 3:
        return _exact(rows, lower=lower, upper=upper)
    turned = rows @ _axes(rows)
    outer, inner = turned[:, :-3], turned[:, -3:]
    # The lattice is finest in its first coordinates: they go to the axes that matter most.
    outer = outer @ np.linalg.svd(outer, full_matrices=False)[2].T
    length = np.sqrt((inner * inner).sum(axis=1))
    planes = meet_planes(inner / length[:, np.newaxis])

    def chance(points: FloatArray) -> FloatArray:
        shift = ndtri(points) @ outer.T
        return _in_batches(planes, (lower - shift) / length, (upper - shift) / length)

    first = FIRST[min(rank - 3, len(FIRST)) - 1]
    return lattice_mean(chance, dimensions=rank - 3, doublings=(first, FINEST), tolerance=tolerance)


def _exact(rows: FloatArray, *, lower: FloatArray, upper: FloatArray) -> float:
    """Return the chance of a polyhedron in at most three axes; the axes that lack are a box."""
    lacking = 3 - rows.shape[1]
    normals = np.zeros((len(rows) + lacking, 3))
    normals[: len(rows), : rows.shape[1]] = rows
    normals[len(rows) :, rows.shape[1] :] = np.eye(lacking)
    box = np.full(lacking, REACH)
    bounds = np.concatenate((lower, -box)), np.concatenate((upper, box))
    planes = meet_planes(normals)
    return float(between_planes(planes, lower=bounds[0][None, :], upper=bounds[1][None, :])[0])


def _in_batches(planes: Planes, lower: FloatArray, upper: FloatArray) -> FloatArray:
    parts = [
        between_planes(planes, lower=lower[at : at + BATCH], upper=upper[at : at + BATCH])
        for at in range(0, len(lower), BATCH)
    ]
    return np.concatenate(parts)


def _axes(rows: FloatArray) -> FloatArray:
    """Return a rotation, shape (rank, rank), whose last three columns are the exact axes."""
    weight = np.ones(len(rows))
    best, least = np.eye(rows.shape[1]), -1.0
    for _ in range(TURNS):
        axes = np.linalg.eigh((rows * weight[:, np.newaxis]).T @ rows)[1]
        lean = ((rows @ axes[:, -3:]) ** 2).sum(axis=1)
        if lean.min() > least:
            best, least = axes, float(lean.min())
        if least > LEAN:
            break
        weight = weight * np.exp(2 * (1 - lean))
        weight /= weight.mean()
    return best
