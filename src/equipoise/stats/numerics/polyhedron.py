r"""The chance that three independent normal numbers lie between pairs of parallel planes.

The field :math:`F(y) = y \, G(r) / 4\pi r^3`, with r the distance from the origin and
:math:`G(r) = 2\Phi(r) - 1 - 2 r \varphi(r)` the chance to be nearer than r, has the normal density
as its divergence: the chance of a polyhedron is the flow through its facets. A second use of the
same idea within each facet leaves one smooth integral for each edge of a facet. With d the
distance of the facet from the origin, e the distance of the edge from the facet's nearest point,
both signed, and t the place on the edge,

.. math:: P = \sum_{\text{facets}} \sum_{\text{edges}} \frac{d e}{4 \pi} \int_{t_1}^{t_2}
          \frac{q(d^2) - q(d^2 + e^2 + t^2)}{e^2 + t^2} \, dt, \qquad
          q(s) = \frac{2 \Phi(\sqrt s) - 1}{\sqrt s}

q has derivatives of all orders, so Gauss-Legendre nodes give twelve digits however sharp the
corners are; where the distance is above 8, q is :math:`1 / \sqrt s` and the integral a difference
of angles.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, pi, sqrt

import numpy as np
from scipy.special import erf

from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray

PARALLEL = 1e-8
"""Sine of the angle below which two planes count as parallel. What lies between them is as thin,
and where they meet is lost in rounding: either way the chance is off by a few 1e-9."""

ALONG = 1e-10
"""Slope below which a line runs along a plane."""

APART = 1e-12
"""Planes are moved outwards by different amounts up to this one, so that no three of them share a
line; the chance changes by less than this."""

THIN = 1e-10
"""Width below which nothing is left between two planes; the chance changes by less than this."""

GAP = 1e-10
"""Added to the squared distance of an edge from the facet's nearest point: keeps 0/0 away at the
cost of 1e-12."""

FAR = 8.0
"""Distance from which q(s) is 1 / sqrt(s) to 1e-15."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
"""For one half of an edge, at most 8 long: 12 nodes give 1e-11, 20 the last digit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planes:
    """Pairs of parallel planes, and the lines in which they meet, at whatever distance.

    Attributes
    ----------
    direction : IntArray, shape (pairs,)
        Which direction each pair has: pairs that are parallel share one.
    side : FloatArray, shape (pairs,)
        1, or -1 for a pair that has its direction the other way round.
    first, second : IntArray, shape (lines,)
        The two planes of each line; each direction has an upper plane, and after all of those a
        lower one.
    cosine, sine : FloatArray, shape (lines,)
        Of the angle between their normals.
    rise : FloatArray, shape (lines, planes)
        How fast each plane is approached along the line.
    along_first, along_across : FloatArray, shape (lines, planes)
        How far each plane's normal leans to the first normal, and to the direction in the first
        plane at a right angle to the line.
    """

    direction: IntArray
    side: FloatArray
    first: IntArray
    second: IntArray
    cosine: FloatArray
    sine: FloatArray
    rise: FloatArray
    along_first: FloatArray
    along_across: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Edges:
    """The edges of many polyhedra in one row; each is an edge of two facets, axis 0 of two.

    ``facet`` and ``edge`` are the signed distances d and e, shape (2, edges); ``start`` and
    ``stop`` the ends on the line, counted from its point nearest to the origin.
    """

    owner: IntArray
    start: FloatArray
    stop: FloatArray
    facet: FloatArray
    edge: FloatArray


def meet_planes(normals: FloatArray) -> Planes:
    """Return the lines in which planes with these unit normals meet.

    Parameters
    ----------
    normals : FloatArray, shape (pairs, 3)
        One unit vector for each pair of parallel planes.
    """
    kept, direction, side = _directions(normals)
    outward = np.concatenate((kept, -kept))
    first, second = np.triu_indices(len(outward), 1)
    line = np.cross(outward[first], outward[second])
    sine = np.sqrt((line * line).sum(axis=1))
    meeting = sine > PARALLEL
    first, second, sine = first[meeting], second[meeting], sine[meeting]
    near, other = outward[first], outward[second]
    cosine = (near * other).sum(axis=1)
    across = (other - cosine[:, np.newaxis] * near) / sine[:, np.newaxis]
    rise = (line[meeting] / sine[:, np.newaxis]) @ outward.T
    rows = np.arange(sine.size)
    rise[rows, first] = rise[rows, second] = 0.0
    rise[np.abs(rise) < ALONG] = 0.0
    return Planes(
        direction=direction,
        side=side,
        first=first.astype(np.int64),
        second=second.astype(np.int64),
        cosine=cosine,
        sine=sine,
        rise=rise,
        along_first=near @ outward.T,
        along_across=across @ outward.T,
    )


def _directions(normals: FloatArray) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return the normals without those parallel to an earlier one; of each, which and what side."""
    apart, opposite = normals[:, np.newaxis] - normals, normals[:, np.newaxis] + normals
    chord = np.minimum((apart * apart).sum(axis=2), (opposite * opposite).sum(axis=2))
    like = (chord < PARALLEL**2).argmax(axis=1)
    kept, direction = np.unique(like, return_inverse=True)
    side = np.sign((normals[like] * normals).sum(axis=1))
    return normals[kept], direction.astype(np.int64), side


def between_planes(planes: Planes, *, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return the chance of each polyhedron, shape (polyhedra,).

    The error is below 1e-11, unless planes meet at an angle below 1e-4: then below 1e-8.

    Parameters
    ----------
    planes : Planes
        From `meet_planes`; the normals span the three dimensions.
    lower, upper : FloatArray, shape (polyhedra, pairs)
        Finite bounds along each normal.
    """
    low, high = _merged(planes, lower, upper)
    empty = (high - low < THIN).any(axis=1)
    distance = np.concatenate((high, -low), axis=1)
    distance += APART * np.arange(1, distance.shape[1] + 1) / distance.shape[1]
    edges = _edges(planes, distance)
    flow = _near_part(edges) + _far_part(edges)
    chance = np.bincount(edges.owner, flow, minlength=len(distance)) / (4 * pi)
    return np.where(empty, 0.0, chance)


def _merged(planes: Planes, lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the narrowest bounds of each direction, shape (polyhedra, directions)."""
    directions = int(planes.direction.max()) + 1
    if directions == planes.direction.size:
        return lower, upper
    low = np.full((len(lower), directions), -inf)
    high = -low
    for pair, (to, side) in enumerate(zip(planes.direction, planes.side, strict=True)):
        ends = (lower[:, pair], upper[:, pair]) if side > 0 else (-upper[:, pair], -lower[:, pair])
        low[:, to] = np.maximum(low[:, to], ends[0])
        high[:, to] = np.minimum(high[:, to], ends[1])
    return low, high


def _edges(planes: Planes, distance: FloatArray) -> _Edges:
    """Return what each line keeps when all other planes have cut it."""
    one, two = distance[:, planes.first], distance[:, planes.second]
    edge_one = (two - planes.cosine * one) / planes.sine
    edge_two = (one - planes.cosine * two) / planes.sine
    room = distance[:, np.newaxis, :] - one[:, :, np.newaxis] * planes.along_first
    room -= edge_one[:, :, np.newaxis] * planes.along_across
    start, stop, kept = _cut(planes, room)
    owner, line = np.nonzero(kept)
    return _Edges(
        owner=owner.astype(np.int64),
        start=start[owner, line],
        stop=stop[owner, line],
        facet=np.stack((one[owner, line], two[owner, line])),
        edge=np.stack((edge_one[owner, line], edge_two[owner, line])),
    )


def _cut(planes: Planes, room: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return where each line enters and leaves, and whether anything of it is left.

    ``room``, shape (polyhedra, lines, planes), is the distance left to each plane at the point of
    the line that is nearest to the origin.
    """
    rise = planes.rise
    rows = np.arange(planes.first.size)
    place = room / np.where(rise == 0, 1, rise)
    stop = np.where(rise > 0, place, inf).min(axis=2)
    start = np.where(rise < 0, place, -inf).max(axis=2)
    beside = rise == 0
    beside[rows, planes.first] = beside[rows, planes.second] = False
    outside = (beside & (room < 0)).any(axis=2)
    return start, stop, (stop > start) & ~outside


def _near_part(edges: _Edges) -> FloatArray:
    """Return the flow of the parts of edges within FAR of the origin, by Gauss-Legendre nodes."""
    start, stop = np.clip(edges.start, -FAR, FAR), np.clip(edges.stop, -FAR, FAR)
    middle = np.clip(0.0, start, stop)
    at_facet = _q(edges.facet**2)
    distance = edges.edge**2 + GAP
    squared = edges.facet[0] ** 2 + distance[0]
    flow = np.zeros(start.size)
    for left, right in ((start, middle), (middle, stop)):
        half = (right - left) / 2
        place = ((left + right) / 2)[:, np.newaxis] + half[:, np.newaxis] * NODES
        place *= place
        at_edge = _q(squared[:, np.newaxis] + place)
        for side in (0, 1):
            drop = at_facet[side][:, np.newaxis] - at_edge
            drop /= distance[side][:, np.newaxis] + place
            flow += edges.facet[side] * edges.edge[side] * half * (drop @ WEIGHTS)
    return flow


def _far_part(edges: _Edges) -> FloatArray:
    """Return the flow of the parts of edges beyond FAR, as differences of angles."""
    flow = np.zeros(edges.start.size)
    pieces = (
        (edges.start, np.minimum(edges.stop, -FAR)),
        (np.maximum(edges.start, FAR), edges.stop),
    )
    for left, right in pieces:
        some = np.flatnonzero(right > left)
        if some.size == 0:
            continue
        start, stop = left[some], right[some]
        for side in (0, 1):
            facet, edge = edges.facet[side][some], edges.edge[side][some]
            level = facet**2 + edge**2
            shorter = facet * start / np.sqrt(level + start * start)
            longer = facet * stop / np.sqrt(level + stop * stop)
            flow[some] += facet * _q(facet**2) * _turn(edge, start, stop)
            flow[some] -= _turn(edge, shorter, longer)
    return flow


def _turn(edge: FloatArray, start: FloatArray, stop: FloatArray) -> FloatArray:
    """Return atan(stop / edge) - atan(start / edge), for ends of one sign, without 0/0."""
    angle: FloatArray = np.arctan2(edge * (stop - start), edge * edge + start * stop)
    return angle


def _q(squared: FloatArray) -> FloatArray:
    # The smallest number added stands for the limit sqrt(2 / pi) at 0.
    distance = np.sqrt(squared + 1e-300)
    return np.asarray(erf(distance / sqrt(2)) / distance)
