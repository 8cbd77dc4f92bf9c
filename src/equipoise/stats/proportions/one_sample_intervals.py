"""More intervals of one proportion: Agresti-Coull, Jeffreys, mid-P, and Wilson corrected."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from scipy.special import betainc, betainccinv, betaincinv

from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.numerics.root import root
from equipoise.stats.proportions.one_sample import Interval, ProportionMethod, wilson


def agresti_coull(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    r"""Return the Wald interval around the middle of the score interval.

    With :math:`\tilde n = n + z^2` and :math:`\tilde p = (x + z^2/2) / \tilde n`:

    .. math:: \tilde p \pm z \sqrt{\tilde p (1 - \tilde p) / \tilde n}

    The ends are cut at 0 and 1. The interval always holds that of Wilson; its middle is
    :math:`\tilde p`, not the estimate.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n``, ``n >= 1``.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        For counts that are no part of a whole, and a level outside (0, 1).

    References
    ----------
    Agresti and Coull 1998, doi:10.1080/00031305.1998.10480550.
    """
    score = wilson(successes, n, confidence=confidence)
    z = normal_deviate(confidence)
    enlarged = n + z * z
    middle = (successes + z * z / 2) / enlarged
    half = z * sqrt(middle * (1 - middle) / enlarged)
    return replace(
        score,
        lower=max(0.0, middle - half),
        upper=min(1.0, middle + half),
        method=ProportionMethod.AGRESTI_COULL,
    )


def jeffreys(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Return the equal-tailed posterior interval under the prior Beta(1/2, 1/2).

    The ends are quantiles of Beta(x + 1/2, n - x + 1/2); the lower end is 0 when x = 0 and the
    upper end 1 when x = n. At low levels of confidence the interval may miss the estimate, which
    is no quantile of that distribution.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n``, ``n >= 1``.
    confidence : float
        Two-sided level.

    Raises
    ------
    BadInput
        For counts that are no part of a whole, and a level outside (0, 1).

    References
    ----------
    Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286.
    """
    score = wilson(successes, n, confidence=confidence)
    tail = (1 - confidence) / 2
    a, b = successes + 0.5, n - successes + 0.5
    return replace(
        score,
        lower=float(betaincinv(a, b, tail)) if successes > 0 else 0.0,
        upper=float(betainccinv(a, b, tail)) if successes < n else 1.0,
        method=ProportionMethod.JEFFREYS,
    )


def mid_p(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    r"""Return the exact interval that counts only half the chance of the result itself.

    With :math:`\alpha = 1 - \text{confidence}` the ends solve

    .. math:: P(X > x \mid p_L) + P(X = x \mid p_L) / 2 = \alpha / 2, \qquad
              P(X < x \mid p_U) + P(X = x \mid p_U) / 2 = \alpha / 2

    to 1e-12. The lower end is 0 when x = 0, the upper end 1 when x = n.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n``, ``n >= 1``.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        For counts that are no part of a whole, and a level outside (0, 1).

    References
    ----------
    Lancaster 1961, doi:10.1080/01621459.1961.10482105; Berry and Armitage 1995,
    The Statistician 44:417-423.
    """
    score = wilson(successes, n, confidence=confidence)
    tail = (1 - confidence) / 2
    return replace(
        score,
        lower=_mid_p_lower(successes, n, tail=tail),
        upper=1.0 - _mid_p_lower(n - successes, n, tail=tail),
        method=ProportionMethod.MID_P,
    )


def _mid_p_lower(successes: int, n: int, *, tail: float) -> float:
    """Return the rate at which the upper mid-P tail of the count is `tail`."""
    if successes == 0:
        return 0.0

    def excess(rate: float) -> float:
        # P(X >= x) is a distribution function of Beta, and P(X > x) is 0 when x = n.
        at_least = float(betainc(successes, n - successes + 1, rate))
        above = float(betainc(successes + 1, n - successes, rate)) if successes < n else 0.0
        return (at_least + above) / 2 - tail

    return root(excess, 0.0, 1.0, xtol=1e-14, rtol=1e-14)


def wilson_corrected(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    r"""Return the score interval with continuity correction.

    The ends solve :math:`|\hat p - p| - 1/2n = z \sqrt{p (1 - p) / n}`; with :math:`q = 1 - p`
    at the estimate

    .. math:: \frac{2 n \hat p + z^2 \mp 1 \mp
              z \sqrt{z^2 \mp 2 - 1/n + 4 \hat p (n \hat q \pm 1)}}{2 (n + z^2)}

    The lower end is 0 when x = 0, the upper end 1 when x = n. (R's ``prop.test`` shrinks its
    correction when x is near n/2, so that it agrees with this formula elsewhere only.)

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n``, ``n >= 1``.
    confidence : float
        Two-sided confidence level.

    Raises
    ------
    BadInput
        For counts that are no part of a whole, and a level outside (0, 1).

    References
    ----------
    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, method 4.
    """
    score = wilson(successes, n, confidence=confidence)
    z = normal_deviate(confidence)
    return replace(
        score,
        lower=_corrected_lower(successes, n, z=z),
        upper=1.0 - _corrected_lower(n - successes, n, z=z),
        method=ProportionMethod.WILSON_CORRECTED,
    )


def _corrected_lower(successes: int, n: int, *, z: float) -> float:
    if successes == 0:
        return 0.0
    rate = successes / n
    root = sqrt(z * z - 2 - 1 / n + 4 * rate * (n - successes + 1))
    return (2 * successes + z * z - 1 - z * root) / (2 * (n + z * z))
