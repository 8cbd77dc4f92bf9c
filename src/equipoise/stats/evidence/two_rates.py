r"""The probability that one rate is above another, by quadrature that needs no drawing.

With :math:`F_1` and :math:`F_2` the distribution functions of the two rates

.. math:: P(p_1 > p_2 + \delta) = \int_0^1 1 - F_1\left(F_2^{-1}(u) + \delta\right) du

The integrand lies in (0, 1) and never rises. It is integrated by Gauss-Legendre rules on panels
that end at quantiles of either rate, so that a narrow belief beside a wide one is not stepped over,
and that shrink towards the ends of either range, where a density may be infinite.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaincc

from equipoise.base.errors import bad_input
from equipoise.stats.evidence.beta_binomial import Belief, Beta, beta_quantile, mixed
from equipoise.stats.numerics.columns import FloatArray

SHARES = np.concatenate((10.0 ** np.arange(-14, -1), [0.05, 0.1, 0.2, 0.35, 0.5]))
STEPS = 0.1 ** np.arange(1.0, 16.0)
LEAST = 0.05
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


def probability_better(experimental: Belief, *, control: Belief, margin: float = 0.0) -> float:
    r"""Return :math:`P(p_1 > p_2 + \delta)` of two independent rates.

    Right to 1e-10.

    Parameters
    ----------
    experimental, control : Beta or BetaMixture
        What is believed of p1 and of p2.
    margin : float
        The difference to be exceeded, between -1 and 1; negative for non-inferiority.

    Raises
    ------
    BadInput
        For a margin outside [-1, 1], and for a parameter below 0.05: so much of such a belief lies
        nearer to 0 or 1 than the smallest number that it cannot be told apart from another.
    """
    if not -1 <= margin <= 1:
        raise bad_input(
            "a difference of rates lies between -1 and 1", where="margin", got=margin, fix="0.1"
        )
    first, second = mixed(experimental), mixed(control)
    _refuse_vaguest((*first.parts, *second.parts))
    return sum(
        v * w * _one_pair(part, other, margin=margin)
        for v, part in zip(first.weights, first.parts, strict=True)
        for w, other in zip(second.weights, second.parts, strict=True)
    )


def _refuse_vaguest(parts: tuple[Beta, ...]) -> None:
    least = min(min(part.a, part.b) for part in parts)
    if least < LEAST:
        raise bad_input(
            f"rates are compared when no parameter of their beliefs is below {LEAST}",
            where="experimental, control",
            got=f"the smallest is {least:g}",
            fix="take a prior such as Beta(0.5, 0.5), or wait for a success and a failure",
        )


def _one_pair(first: Beta, second: Beta, *, margin: float) -> float:
    """Integrate the lower half of p2 from below and its upper half from above.

    A rate near 1 is kept as its distance from 1, which has all its digits.
    """

    def above(u: FloatArray) -> FloatArray:
        rate = beta_quantile(second, u)
        return betaincc(first.a, first.b, np.clip(rate + margin, 0, 1))

    def above_from_top(u: FloatArray) -> FloatArray:
        rest = beta_quantile(second.mirrored(), u)
        return betainc(first.b, first.a, np.clip(rest - margin, 0, 1))

    low, high = _breaks(first, second, margin=margin)
    points, weights = _rule(low)
    flipped, other_weights = _rule(high)
    total = weights @ above(points) + other_weights @ above_from_top(flipped)
    return float(np.clip(total, 0, 1))


def _breaks(first: Beta, second: Beta, *, margin: float) -> tuple[FloatArray, FloatArray]:
    """Return where panels end, as shares of p2 from below and from above, both up to one half."""
    near = beta_quantile(first, SHARES) - margin
    far = 1 - beta_quantile(first.mirrored(), SHARES) - margin
    bottom, top = max(0.0, -margin), min(1.0, 1 - margin)
    rates = np.concatenate((near, far, [bottom, top], bottom + STEPS, top - STEPS))
    rates = np.clip(rates, 0, 1)
    below = betainc(second.a, second.b, rates)
    beyond = betaincc(second.a, second.b, rates)
    return _half(below), _half(beyond)


def _half(shares: FloatArray) -> FloatArray:
    # A panel below the first share adds less than that share, and quantiles there may be NaN.
    inner = shares[(shares > SHARES[0]) & (shares < 0.5)]
    return np.unique(np.concatenate(([0.0], SHARES, inner)))


def _rule(breaks: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the points and weights of one rule on all panels."""
    middle, half = (breaks[1:] + breaks[:-1]) / 2, (breaks[1:] - breaks[:-1]) / 2
    points = middle[:, np.newaxis] + half[:, np.newaxis] * NODES
    return points.ravel(), (half[:, np.newaxis] * WEIGHTS).ravel()
