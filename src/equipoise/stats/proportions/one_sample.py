"""One proportion and its interval: Clopper-Pearson (exact) and Wilson (score)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from scipy.special import betainccinv, betaincinv

from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.numerics.counts import refuse_counts


class ProportionMethod(StrEnum):
    """How the interval of a proportion is made."""

    CLOPPER_PEARSON = "clopper_pearson"
    WILSON = "wilson"
    WILSON_CORRECTED = "wilson_corrected"
    AGRESTI_COULL = "agresti_coull"
    JEFFREYS = "jeffreys"
    MID_P = "mid_p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A proportion with its two-sided confidence interval.

    Attributes
    ----------
    estimate : float
        Successes over n.
    lower, upper : float
        Ends of the interval, between 0 and 1.
    confidence : float
        Confidence level, 0.95 for 95 %.
    method : ProportionMethod
        How the interval was made.
    successes, n : int
        Counts behind the estimate.
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    method: ProportionMethod
    successes: int
    n: int


def clopper_pearson(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    r"""Return the exact interval: no rate outside it gives counts this extreme often enough.

    With :math:`\alpha = 1 - \text{confidence}` the ends solve
    :math:`P(X \ge x \mid p_L) = \alpha/2` and :math:`P(X \le x \mid p_U) = \alpha/2`; they are
    quantiles of Beta(x, n-x+1) and Beta(x+1, n-x). The end is 0 when x = 0 and 1 when x = n.

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
    Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    refuse_counts(successes, n, where="successes, n", least=1)
    normal_deviate(confidence)
    tail = (1 - confidence) / 2
    return Interval(
        estimate=successes / n,
        lower=float(betaincinv(successes, n - successes + 1, tail)) if successes > 0 else 0.0,
        upper=float(betainccinv(successes + 1, n - successes, tail)) if successes < n else 1.0,
        confidence=confidence,
        method=ProportionMethod.CLOPPER_PEARSON,
        successes=successes,
        n=n,
    )


def wilson(successes: int, n: int, *, confidence: float = 0.95) -> Interval:
    r"""Return the score interval, without continuity correction.

    The ends solve :math:`(\hat p - p)^2 = z^2 p (1 - p) / n`:

    .. math:: \frac{\hat p + z^2/2n \pm z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2}}{1 + z^2/n}

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
    Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    refuse_counts(successes, n, where="successes, n", least=1)
    z = normal_deviate(confidence)
    rate = successes / n
    middle = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(
        estimate=rate,
        lower=(middle - half) / scale if successes > 0 else 0.0,
        upper=(middle + half) / scale if successes < n else 1.0,
        confidence=confidence,
        method=ProportionMethod.WILSON,
        successes=successes,
        n=n,
    )
