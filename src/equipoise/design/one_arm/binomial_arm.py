"""Counts in one arm: binomial probabilities as arrays, kept exact far into the tails."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, gammaln, xlog1py, xlogy

from equipoise.stats.numerics.columns import FloatArray, IntArray


@np.errstate(under="ignore")
def binomial_masses(n: int, *, rate: float) -> FloatArray:
    r"""Return :math:`P(X = x) = \binom{n}{x} p^x (1-p)^{n-x}` for x = 0 .. n.

    Parameters
    ----------
    n : int
        Number of subjects, from 0.
    rate : float
        Probability p of a count in one subject, from 0 to 1.

    Returns
    -------
    FloatArray, shape (n + 1,)
        A mass below the smallest float is 0.
    """
    counts = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    masses: FloatArray = np.exp(ways + xlogy(counts, rate) + xlog1py(n - counts, -rate))
    return masses


@np.errstate(under="ignore")
def binomial_tails(at_least: IntArray, *, n: int | IntArray, rate: float) -> FloatArray:
    r"""Return :math:`P(X \ge x) = I_p(x, n - x + 1)`: 1 when x is not above 0, 0 when above n.

    Parameters
    ----------
    at_least : IntArray
        Counts x, any whole numbers.
    n : int or IntArray
        Number of subjects, of the same shape or one for all.
    rate : float
        Probability p of a count in one subject, from 0 to 1.

    Returns
    -------
    FloatArray
        Of the shape of ``at_least``.
    """
    inside = np.clip(at_least, 1, n)
    tails = betainc(inside, n - inside + 1, rate)
    kept: FloatArray = np.where(at_least <= 0, 1.0, np.where(at_least > n, 0.0, tails))
    return kept
