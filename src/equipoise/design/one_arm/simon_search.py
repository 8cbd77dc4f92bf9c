"""Kernels of the search for Simon's two-stage designs; `simon.py` is the door.

Tables are square: ``mass[n, x]`` is P(X = x) and ``tail[n, x]`` is P(X >= x) among n subjects.
Index 0 of a pair of tables is the rate of no interest p0, index 1 the rate worth finding p1.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.stats.numerics.columns import FloatArray, IntArray

Searched = tuple[tuple[FloatArray, FloatArray], tuple[float, float]]
"""Tables (mass, tail) and limits (alpha, power)."""


@njit(cache=True)
def binomial_tables(rates: tuple[float, float], size: int) -> tuple[FloatArray, FloatArray]:
    """Return masses and tails for 0 .. size subjects.

    Pascal's rule adds positive numbers only, so that small tails keep their digits.

    Returns
    -------
    mass, tail : FloatArray, shape (2, size + 1, size + 2)
        By rate, subjects and count; zero where the count is above the subjects.
    """
    mass = np.zeros((2, size + 1, size + 2))
    tail = np.zeros((2, size + 1, size + 2))
    for rate in range(2):
        p = rates[rate]
        mass[rate, 0, 0] = 1.0
        for n in range(1, size + 1):
            mass[rate, n, 0] = mass[rate, n - 1, 0] * (1 - p)
            for x in range(1, n + 1):
                mass[rate, n, x] = mass[rate, n - 1, x] * (1 - p) + mass[rate, n - 1, x - 1] * p
        for n in range(size + 1):
            for x in range(n, -1, -1):
                tail[rate, n, x] = tail[rate, n, x + 1] + mass[rate, n, x]
    return mass, tail


@njit(cache=True)
def passing(mass: FloatArray, tail: FloatArray, plan: tuple[int, int, int, int]) -> float:
    r"""Return the probability of going on in the end, with the tables of one rate.

    .. math:: \sum_{x_1 = r_1 + 1}^{n_1} P(X_1 = x_1) P(X_2 \ge r + 1 - x_1)

    The plan is ``r1, n1, r, n``.
    """
    r1, n1, r, n = plan
    total = 0.0
    for x in range(r1 + 1, n1 + 1):
        total += mass[n1, x] * tail[n - n1, max(0, r + 1 - x)]
    return total


@njit(cache=True)
def first_stage_tops(tail: FloatArray, power: float) -> IntArray:
    """Return, for each n1, the largest r1 with which the first stage alone keeps the power.

    -1 when no r1 does; ``tail`` is that of p1.
    """
    tops = np.full(tail.shape[0], -1)
    for n1 in range(1, tail.shape[0]):
        while tops[n1] + 1 < n1 and tail[n1, tops[n1] + 2] >= power:
            tops[n1] += 1
    return tops


@njit(cache=True)
def can_exist(tables: tuple[FloatArray, FloatArray], n: int, limits: tuple[float, float]) -> bool:
    """Tell whether n subjects can keep both limits (alpha, power) at all.

    A two-stage rule is one of the tests on n subjects; by Neyman and Pearson none of them has a
    smaller error at this power than the randomised one-stage test. The hair added to alpha keeps
    rounding from closing the door.
    """
    mass, tail = tables
    alpha, power = limits
    x = n
    while x > 0 and tail[1, n, x] < power:
        x -= 1
    share = (power - tail[1, n, x + 1]) / mass[1, n, x]
    smallest: float = tail[0, n, x + 1] + share * mass[0, n, x]
    return smallest <= alpha * (1 + 1e-9)


@njit(cache=True)
def farthest(tail: FloatArray, tops: IntArray, best: float) -> float:
    r"""Return the number of subjects from which no design has a smaller expected size.

    With n1 in the first stage, :math:`E_0 N \ge n_1 + (n - n_1) P_0(X_1 > r_1)` where r1 is at
    most its top, so that an expected size below ``best`` asks for
    :math:`n < n_1 + (best - n_1) / P_0(X_1 > r_1)`. ``tail`` is that of p0.
    """
    far = 0.0
    for n1 in range(1, min(tail.shape[0], int(np.ceil(best)))):
        if tops[n1] >= 0:
            far = max(far, n1 + (best - n1) / tail[n1, tops[n1] + 1])
    return far


@njit(cache=True)
def best_of_first_stage(
    searched: Searched, sizes: tuple[int, int, int], best: float
) -> tuple[float, int, int]:
    """Return expected size, r1 and r of the best design with n1 and n given, or ``best, -1, -1``.

    r1 falls from its top (the third of ``sizes``): the expected size rises, so the first design
    that keeps the limits is the best. r is the largest that keeps the power (Simon's choice).
    """
    (mass, tail), (alpha, power) = searched
    n1, n, top = sizes
    for r1 in range(top, -1, -1):
        expected = n1 + tail[0, n1, r1 + 1] * (n - n1)
        if expected >= best:
            break
        r = n
        while tail[1, n, r + 1] < power:  # two stages never have more power than one
            r -= 1
        while r >= r1 and passing(mass[1], tail[1], (r1, n1, r, n)) < power:
            r -= 1
        if r >= r1 and passing(mass[0], tail[0], (r1, n1, r, n)) <= alpha:
            return expected, r1, r
    return best, -1, -1


@njit(cache=True)
def search(
    rates: tuple[float, float], limits: tuple[float, float], size: int
) -> tuple[IntArray, bool]:
    """Return every design that has fewer expected subjects than all smaller ones.

    Parameters
    ----------
    rates, limits : tuple of float
        (p0, p1) and (alpha, power).
    size : int
        Largest number of subjects looked at.

    Returns
    -------
    plans : IntArray, shape (m, 4)
        r1, n1, r, n by rising n: the first is minimax, the last optimal.
    proven : bool
        Whether no design with more than ``size`` subjects can be better than the last.
    """
    tables = binomial_tables(rates, size)
    searched = (tables, limits)
    tail = tables[1]
    tops = first_stage_tops(tail[1], limits[1])
    plans = np.zeros((size, 4), dtype=np.int64)
    found, best, far = 0, np.inf, np.inf
    for n in range(2, size + 1):
        if n >= far:
            return plans[:found], True
        if found == 0 and not can_exist(tables, n, limits):
            continue
        before = best
        for n1 in range(1, n):
            if tops[n1] < 0 or n1 >= best:
                continue
            expected, r1, r = best_of_first_stage(searched, (n1, n, tops[n1]), best)
            if r1 >= 0:
                best = expected
                plans[found] = r1, n1, r, n
        if best < before:
            found += 1
            far = farthest(tail[0], tops, best)
    return plans[:found], size >= far
