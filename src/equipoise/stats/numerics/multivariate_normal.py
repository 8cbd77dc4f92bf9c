r"""The chance that a normal vector lies in a rectangle, and quantiles of its largest coordinate.

.. math:: P(a_1 \le Z_1 \le b_1, \ldots, a_k \le Z_k \le b_k), \qquad
          Z \sim N(0, R), \quad R_{ii} = 1

R may be of any rank: of tests that are sums of each other it is singular. No random numbers are
used, so the same question always has the same answer. Three ways, by the rank of R (sets of
coordinates that are not correlated with each other are taken apart first):

=========== ======================================== =============================
rank        way                                      absolute error
=========== ======================================== =============================
1           the normal integral                      1e-15
2 and 3     exact up to one smooth integral          below 1e-8, mostly 1e-12
4           three axes exact, lattice over the rest  below 1e-8
5 to 8      the same when R is nearly singular,      below 1e-6, mostly 1e-8
            else one coordinate after the other
=========== ======================================== =============================

The errors were found on equal, autoregressive, random and MaxCombo correlations, of one or more
looks, whose chance is known by another way.
"""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, IntArray
from equipoise.stats.numerics.conditioned_normal import by_conditioning
from equipoise.stats.numerics.counts import refuse_share
from equipoise.stats.numerics.principal_normal import REACH, by_principal_axes
from equipoise.stats.numerics.root import root

LARGEST = 8
"""Rank up to which the errors above were checked."""

ROUNDING = 1e-14
"""Eigenvalues below this belong to coordinates that are sums of others."""

INDEFINITE = -1e-8
"""An eigenvalue below this is no rounding error: the matrix is no correlation."""

APART = 1e-14
"""Coordinates of a smaller correlation than this count as independent."""

REGULAR = 1e-4
"""Smallest eigenvalue from which conditioning one coordinate after the other is accurate."""


class Tails(StrEnum):
    """Which values are extreme: large ones, or those far from 0 on either side."""

    UPPER = "upper"
    BOTH = "both"


def rectangle_probability(
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    *,
    correlation: npt.ArrayLike,
    tolerance: float = 1e-8,
) -> float:
    """Return the chance that a standard normal vector lies between two bounds.

    Parameters
    ----------
    lower, upper : array_like, shape (k,)
        Bounds of each coordinate, in standard deviations; infinite ones are no bounds. A lower
        bound that is not below its upper one leaves a chance of 0.
    correlation : array_like, shape (k, k)
        Correlation matrix, singular or not; of rank at most 8 when coordinates without bounds are
        left out.
    tolerance : float
        From rank 4 on, the lattice is made finer until its changes are smaller than this. A wider
        one is faster: 1e-6 takes a tenth of the time of 1e-8.

    Returns
    -------
    float
        The chance, with the absolute error stated at the top of this file.

    Raises
    ------
    BadInput
        For bounds and matrix of different sizes, missing values, a matrix that is no correlation
        matrix, and a rank above 8.
    """
    matrix = _correlation(correlation)
    low, high = (_bounds(values, size=len(matrix)) for values in (lower, upper))
    bounded = (low > -REACH) | (high < REACH)
    if not bounded.any():
        return 1.0
    low, high = np.maximum(low[bounded], -REACH), np.minimum(high[bounded], REACH)
    if (low >= high).any():
        return 0.0
    matrix = matrix[np.ix_(bounded, bounded)]
    chance = 1.0
    for block in _blocks(matrix):
        chance *= _block(
            matrix[np.ix_(block, block)], lower=low[block], upper=high[block], tolerance=tolerance
        )
    return min(max(chance, 0.0), 1.0)


def max_quantile(
    level: float,
    *,
    correlation: npt.ArrayLike,
    tails: Tails = Tails.UPPER,
    tolerance: float = 1e-8,
) -> float:
    """Return the bound under which the largest coordinate stays with a given chance.

    The critical value of a test that takes the best of several standardised statistics: for tests
    of a one-sided level 0.025 ask for ``level=0.975``.

    Parameters
    ----------
    level : float
        Chance that no coordinate exceeds the bound, between 0 and 1.
    correlation : array_like, shape (k, k)
        As in `rectangle_probability`.
    tails : Tails
        ``UPPER`` bounds the coordinates, ``BOTH`` their absolute values.
    tolerance : float
        Of the chance, as in `rectangle_probability`.

    Raises
    ------
    BadInput
        For a level outside (0, 1), and as `rectangle_probability`.
    """
    refuse_share(level, where="level", fix="0.975")
    matrix = _correlation(correlation)

    def excess(bound: float) -> float:
        ends = np.full(len(matrix), bound)
        chance = rectangle_probability(
            _mirror(ends, tails), ends, correlation=matrix, tolerance=tolerance
        )
        return chance - level

    # One coordinate alone is the least bound, Bonferroni's the largest; both with room to round.
    least, largest = (_deviate(1 - (1 - level) / n, tails) for n in (1, len(matrix)))
    return root(excess, least - 1e-6, largest + 1e-6, xtol=1e-12)


def _mirror(upper: FloatArray, tails: Tails) -> FloatArray:
    match tails:
        case Tails.UPPER:
            return np.full(upper.size, -np.inf)
        case Tails.BOTH:
            return -upper
        case _:
            assert_never(tails)


def _deviate(level: float, tails: Tails) -> float:
    match tails:
        case Tails.UPPER:
            return float(ndtri(level))
        case Tails.BOTH:
            return float(ndtri((1 + level) / 2))
        case _:
            assert_never(tails)


def _block(
    correlation: FloatArray, *, lower: FloatArray, upper: FloatArray, tolerance: float
) -> float:
    """Return the chance of coordinates that belong together."""
    if len(correlation) == 1:
        return float(ndtr(upper[0]) - ndtr(lower[0]))
    spread, axes = np.linalg.eigh(correlation)
    kept = spread > ROUNDING * len(correlation)
    rank = int(kept.sum())
    _refuse_rank(rank)
    if rank > 4 and spread[0] > REGULAR:
        return by_conditioning(correlation, lower=lower, upper=upper, tolerance=tolerance)
    rows = axes[:, kept] * np.sqrt(spread[kept])
    rows /= np.sqrt((rows * rows).sum(axis=1))[:, np.newaxis]
    return by_principal_axes(rows, lower=lower, upper=upper, tolerance=tolerance)


def _blocks(correlation: FloatArray) -> list[IntArray]:
    """Return sets of coordinates between which no correlation leads."""
    linked = np.abs(correlation) > APART
    while True:
        further = linked @ linked
        if (further == linked).all():
            break
        linked = further
    owner = linked.argmax(axis=1)
    return [np.flatnonzero(owner == first).astype(np.int64) for first in np.unique(owner)]


def _bounds(values: npt.ArrayLike, *, size: int) -> FloatArray:
    bounds = np.asarray(values, dtype=np.float64)
    if bounds.shape != (size,) or np.isnan(bounds).any():
        raise bad_input(
            "each coordinate has a lower and an upper bound",
            where="lower, upper",
            got=f"shape {bounds.shape} for {size} coordinates",
            fix="pass one number for each coordinate, infinite where there is no bound",
        )
    return bounds


def _correlation(values: npt.ArrayLike) -> FloatArray:
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise _no_correlation(f"shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise _no_correlation("missing or infinite values")
    if np.abs(np.diag(matrix) - 1).max() > 1e-8 or np.abs(matrix - matrix.T).max() > 1e-8:
        raise _no_correlation("a diagonal that is not 1, or two unequal halves")
    if np.linalg.eigvalsh(matrix)[0] < INDEFINITE:
        raise _no_correlation(f"a negative eigenvalue, {np.linalg.eigvalsh(matrix)[0]:.3g}")
    return matrix


def _no_correlation(got: str) -> Exception:
    return bad_input(
        "a correlation matrix is symmetric with 1 on its diagonal and no negative eigenvalue",
        where="correlation",
        got=got,
        fix="divide the covariances by the standard deviations of row and column",
    )


def _refuse_rank(rank: int) -> None:
    if rank > LARGEST:
        raise bad_input(
            "normal integrals are worked out up to 8 dimensions",
            where="correlation",
            got=f"rank {rank}",
            fix="leave out coordinates, or split those that are independent",
        )
