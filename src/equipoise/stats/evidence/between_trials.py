r"""How far true effects differ between trials: Cochran's Q, tau squared and its interval.

With weights :math:`w_i(\tau^2) = 1 / (v_i + \tau^2)` and their weighted mean
:math:`\hat\mu(\tau^2)`

.. math:: Q(\tau^2) = \sum w_i(\tau^2) \left(y_i - \hat\mu(\tau^2)\right)^2

falls from Cochran's Q at 0 towards 0; under the model it has a chi-square distribution with k - 1
degrees of freedom at the true tau squared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from scipy.special import chdtri

from equipoise.stats.evidence.effect_sizes import TrialEffects
from equipoise.stats.numerics.columns import FloatArray, normal_deviate
from equipoise.stats.numerics.likelihood import ChiSquareTest, chi_square_test
from equipoise.stats.numerics.root import root

GRID = 200


class TauEstimator(StrEnum):
    """How tau squared, the variance between trials, is estimated."""

    DER_SIMONIAN_LAIRD = "dersimonian_laird"
    PAULE_MANDEL = "paule_mandel"
    REML = "reml"


@dataclass(frozen=True, slots=True, kw_only=True)
class TauInterval:
    """Interval of tau squared; an end is 0 where even no variance is compatible with Q."""

    lower: float
    upper: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighted:
    """The weighted mean at one value of tau squared.

    Attributes
    ----------
    weights : FloatArray, shape (trials,)
        1 / (v + tau squared).
    mean, q : float
        Weighted mean, and the weighted sum of squares around it.
    """

    weights: FloatArray
    mean: float
    q: float


def weighted_mean(trials: TrialEffects, tau_squared: float) -> Weighted:
    """Return weights, weighted mean and Q at one value of tau squared."""
    weights = 1 / (trials.variances + tau_squared)
    mean = float(weights @ trials.effects / weights.sum())
    gaps = trials.effects - mean
    return Weighted(weights=weights, mean=mean, q=float(weights @ (gaps * gaps)))


def heterogeneity_test(trials: TrialEffects) -> ChiSquareTest:
    """Return Cochran's test that all trials have one true effect.

    Parameters
    ----------
    trials : TrialEffects
        What each trial found.

    References
    ----------
    Cochran 1954, doi:10.2307/3001666.
    """
    return chi_square_test(weighted_mean(trials, 0.0).q, df=trials.effects.size - 1)


def typical_variance(trials: TrialEffects) -> float:
    r"""Return the variance within a typical trial, against which I squared sets tau squared.

    .. math:: s^2 = (k - 1) \sum w_i \Big/ \left((\sum w_i)^2 - \sum w_i^2\right), w_i = 1 / v_i

    Parameters
    ----------
    trials : TrialEffects
        What each trial found.

    References
    ----------
    Higgins and Thompson 2002, doi:10.1002/sim.1186.
    """
    weights = 1 / trials.variances
    total = weights.sum()
    return float((weights.size - 1) * total / (total * total - weights @ weights))


def tau_squared(trials: TrialEffects, *, estimator: TauEstimator) -> float:
    r"""Return the variance of true effects between trials, never below 0.

    DerSimonian and Laird: :math:`(Q - (k-1)) / (\sum w - \sum w^2 / \sum w)` with w = 1 / v.
    Paule and Mandel: where :math:`Q(\tau^2) = k - 1`. REML: where the restricted likelihood

    .. math:: -\tfrac12 \sum \log(v_i + \tau^2) - \tfrac12 \log \sum w_i(\tau^2)
              - \tfrac12 Q(\tau^2)

    is largest; the highest of its peaks when there are several.

    Parameters
    ----------
    trials : TrialEffects
        What each trial found.
    estimator : TauEstimator
        DerSimonian and Laird, Paule and Mandel, or REML.

    References
    ----------
    DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2; Paule and Mandel 1982,
    doi:10.6028/jres.087.022; Viechtbauer 2005, doi:10.3102/10769986030003261.
    """
    match estimator:
        case TauEstimator.DER_SIMONIAN_LAIRD:
            return _moments(trials)
        case TauEstimator.PAULE_MANDEL:
            return _where_q_is(trials, trials.effects.size - 1.0)
        case TauEstimator.REML:
            return _most_likely(trials)
        case _:
            assert_never(estimator)


def q_profile(trials: TrialEffects, *, confidence: float = 0.95) -> TauInterval:
    """Return the values of tau squared at which Q is neither too large nor too small.

    Ends are where Q equals the upper and lower quantile of the chi-square distribution with k - 1
    degrees of freedom. An end is 0 when Q is below its quantile already without variance.

    Parameters
    ----------
    trials : TrialEffects
        What each trial found.
    confidence : float
        Two-sided level of the interval.

    Raises
    ------
    BadInput
        For a level outside (0, 1).

    References
    ----------
    Viechtbauer 2007, doi:10.1002/sim.2514.
    """
    normal_deviate(confidence)
    df, tail = trials.effects.size - 1, (1 - confidence) / 2
    return TauInterval(
        lower=_where_q_is(trials, float(chdtri(df, tail))),
        upper=_where_q_is(trials, float(chdtri(df, 1 - tail))),
        confidence=confidence,
    )


def _moments(trials: TrialEffects) -> float:
    excess = weighted_mean(trials, 0.0).q - (trials.effects.size - 1)
    return max(0.0, excess * typical_variance(trials) / (trials.effects.size - 1))


def _where_q_is(trials: TrialEffects, target: float) -> float:
    """Return the tau squared at which Q equals the target, 0 when it is below it throughout."""
    if weighted_mean(trials, 0.0).q <= target:
        return 0.0
    # Q is at most k times the range squared over tau squared.
    top = trials.effects.size * float(np.ptp(trials.effects)) ** 2 / target
    return root(lambda tau: weighted_mean(trials, tau).q - target, 0.0, top, xtol=1e-15, rtol=1e-14)


def _most_likely(trials: TrialEffects) -> float:
    """Return the highest peak: the best of a grid first, then the root of the slope around it."""
    top = trials.effects.size * float(np.ptp(trials.effects)) ** 2 + float(trials.variances.max())
    scale = float(trials.variances.min())
    grid = np.concatenate(([0.0], np.geomspace(1e-6 * scale, top, GRID)))
    heights = [_restricted_likelihood(trials, float(tau)) for tau in grid]
    best = int(np.argmax(heights))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, GRID)]
    if _slope(trials, float(low)) <= 0:
        return float(low)
    return root(lambda tau: _slope(trials, tau), float(low), float(high), xtol=1e-15, rtol=1e-14)


def _restricted_likelihood(trials: TrialEffects, tau: float) -> float:
    at = weighted_mean(trials, tau)
    spread = float(np.log(at.weights).sum()) - float(np.log(at.weights.sum()))
    return (spread - at.q) / 2


def _slope(trials: TrialEffects, tau: float) -> float:
    """Return the derivative of the restricted likelihood, times two."""
    at = weighted_mean(trials, tau)
    squares = at.weights * at.weights
    gaps = trials.effects - at.mean
    between = float(squares @ (gaps * gaps))
    return between - float(at.weights.sum()) + float(squares.sum() / at.weights.sum())
