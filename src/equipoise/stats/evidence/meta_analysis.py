r"""Trials pooled: one common effect, or a mean of effects that differ between trials.

.. math:: \hat\mu = \frac{\sum w_i y_i}{\sum w_i}, \quad w_i = \frac1{v_i + \tau^2}, \quad
          \widehat{se}^2 = \frac1{\sum w_i}

with :math:`\tau^2 = 0` for one common effect. Trials with few events ask for a common effect
without logs, by Mantel-Haenszel (``mantel_haenszel.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import assert_never

from scipy.special import ndtr, stdtr, stdtrit

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.evidence.between_trials import (
    TauEstimator,
    Weighted,
    heterogeneity_test,
    tau_squared,
    typical_variance,
    weighted_mean,
)
from equipoise.stats.evidence.effect_sizes import TrialEffects
from equipoise.stats.numerics.columns import FloatArray, freeze, normal_deviate
from equipoise.stats.numerics.likelihood import ChiSquareTest


class PooledInterval(StrEnum):
    """How the standard error of a mean effect is made.

    NORMAL takes tau squared as known. HARTUNG_KNAPP scales the variance by the weighted spread
    of the effects and refers to t with k - 1 degrees of freedom; it may come out narrower than the
    normal one. HARTUNG_KNAPP_WIDER never scales down.
    """

    NORMAL = "normal"
    HARTUNG_KNAPP = "hartung_knapp"
    HARTUNG_KNAPP_WIDER = "hartung_knapp_wider"


class PredictionQuantile(StrEnum):
    """Which distribution a prediction interval refers to."""

    NORMAL = "normal"
    T_K_MINUS_1 = "t_k_minus_1"
    T_K_MINUS_2 = "t_k_minus_2"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledEffect:
    """A pooled effect, on the scale of the trials' effects.

    Attributes
    ----------
    estimate, std_err, lower, upper : float
        Pooled effect, its standard error and interval.
    p_value : float
        Two-sided, that the pooled effect is 0.
    shares : FloatArray, shape (trials,)
        What each trial weighs; the sum is 1.
    tau_squared : float
        Variance of true effects between trials; 0 for a common effect.
    estimator : TauEstimator or None
        How tau squared was estimated; None for a common effect.
    heterogeneity : ChiSquareTest
        Cochran's Q.
    i_squared : float
        Share of the variance that lies between trials, 0 to 1: tau squared against the variance
        within a typical trial, or (Q - df) / Q for a common effect.
    interval : PooledInterval
        How the interval was made.
    confidence : float
        Level of the interval.
    """

    estimate: float
    std_err: float
    lower: float
    upper: float
    p_value: float
    shares: FloatArray
    tau_squared: float
    estimator: TauEstimator | None
    heterogeneity: ChiSquareTest
    i_squared: float
    interval: PooledInterval
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.shares)

    @property
    def trials(self) -> int:
        """Number of trials."""
        return self.shares.size


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionInterval:
    """Where the true effect of a further trial may lie."""

    lower: float
    upper: float
    confidence: float
    quantile: PredictionQuantile


def common_effect(trials: TrialEffects, *, confidence: float = 0.95) -> PooledEffect:
    """Return the inverse-variance mean: the fixed-effect model.

    Parameters
    ----------
    trials : TrialEffects
        What each trial found.
    confidence : float
        Two-sided level of the interval, which is normal.

    Raises
    ------
    BadInput
        For a level outside (0, 1).
    """
    test = heterogeneity_test(trials)
    between = max(0.0, 1 - test.df / test.chi_square) if test.chi_square > 0 else 0.0
    return _pooled(
        trials,
        tau=0.0,
        estimator=None,
        i_squared=between,
        interval=PooledInterval.NORMAL,
        confidence=confidence,
    )


def random_effects(
    trials: TrialEffects,
    *,
    estimator: TauEstimator = TauEstimator.REML,
    interval: PooledInterval = PooledInterval.HARTUNG_KNAPP,
    confidence: float = 0.95,
) -> PooledEffect:
    r"""Return the mean of effects that differ between trials.

    Hartung and Knapp: :math:`\widehat{se}^2 = q / \sum w` with
    :math:`q = Q(\tau^2) / (k - 1)`, or with the larger of q and 1.

    Parameters
    ----------
    trials : TrialEffects
        Effects and variances.
    estimator : TauEstimator
        How tau squared is estimated.
    interval : PooledInterval
        How the interval is made.
    confidence : float
        Level of the interval.

    Raises
    ------
    BadInput
        For a level outside (0, 1).

    References
    ----------
    Hartung and Knapp 2001, doi:10.1002/sim.791.
    """
    tau = tau_squared(trials, estimator=estimator)
    return _pooled(
        trials,
        tau=tau,
        estimator=estimator,
        i_squared=tau / (tau + typical_variance(trials)),
        interval=interval,
        confidence=confidence,
    )


def prediction_interval(
    pooled: PooledEffect, *, quantile: PredictionQuantile, confidence: float = 0.95
) -> PredictionInterval:
    r"""Return where the true effect of a further trial may lie.

    .. math:: \hat\mu \pm c \sqrt{\tau^2 + \widehat{se}^2}

    Parameters
    ----------
    pooled : PooledEffect
        A mean of effects that differ.
    quantile : PredictionQuantile
        Distribution of c. Higgins et al. take t with k - 2 degrees of freedom; metafor takes that
        of the interval of the mean: normal, or t with k - 1 after Hartung and Knapp.
    confidence : float
        Level of the interval.

    Raises
    ------
    BadInput
        For a common effect, which a further trial shares; for two trials and k - 2.

    References
    ----------
    Higgins, Thompson and Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x.
    """
    if pooled.estimator is None:
        raise _no_prediction(got="a common effect", fix="pool by random_effects")
    half = _prediction_deviate(quantile, trials=pooled.trials, confidence=confidence)
    half *= sqrt(pooled.tau_squared + pooled.std_err**2)
    return PredictionInterval(
        lower=pooled.estimate - half,
        upper=pooled.estimate + half,
        confidence=confidence,
        quantile=quantile,
    )


def _pooled(
    trials: TrialEffects,
    *,
    tau: float,
    estimator: TauEstimator | None,
    i_squared: float,
    interval: PooledInterval,
    confidence: float,
) -> PooledEffect:
    at = weighted_mean(trials, tau)
    std_err = _std_err(at, interval=interval)
    half = _mean_deviate(interval, trials=trials.effects.size, confidence=confidence) * std_err
    return PooledEffect(
        estimate=at.mean,
        std_err=std_err,
        lower=at.mean - half,
        upper=at.mean + half,
        p_value=_p_value(at, std_err=std_err, interval=interval),
        shares=at.weights / at.weights.sum(),
        tau_squared=tau,
        estimator=estimator,
        heterogeneity=heterogeneity_test(trials),
        i_squared=i_squared,
        interval=interval,
        confidence=confidence,
    )


def _std_err(at: Weighted, *, interval: PooledInterval) -> float:
    known = 1 / float(at.weights.sum())
    spread = at.q / (at.weights.size - 1)
    match interval:
        case PooledInterval.NORMAL:
            return sqrt(known)
        case PooledInterval.HARTUNG_KNAPP:
            return sqrt(known * spread)
        case PooledInterval.HARTUNG_KNAPP_WIDER:
            return sqrt(known * max(spread, 1.0))
        case _:
            assert_never(interval)


def _mean_deviate(interval: PooledInterval, *, trials: int, confidence: float) -> float:
    z = normal_deviate(confidence)
    return z if interval is PooledInterval.NORMAL else _t_deviate(trials - 1, confidence=confidence)


def _p_value(at: Weighted, *, std_err: float, interval: PooledInterval) -> float:
    if std_err == 0:
        return 0.0 if at.mean else 1.0
    ratio = -abs(at.mean) / std_err
    if interval is PooledInterval.NORMAL:
        return float(2 * ndtr(ratio))
    return float(2 * stdtr(at.weights.size - 1, ratio))


def _t_deviate(df: int, *, confidence: float) -> float:
    return float(stdtrit(df, 0.5 + confidence / 2))


def _prediction_deviate(quantile: PredictionQuantile, *, trials: int, confidence: float) -> float:
    z = normal_deviate(confidence)
    match quantile:
        case PredictionQuantile.NORMAL:
            return z
        case PredictionQuantile.T_K_MINUS_1:
            return _t_deviate(trials - 1, confidence=confidence)
        case PredictionQuantile.T_K_MINUS_2:
            if trials < 3:
                raise _no_prediction(got=f"{trials} trials", fix="take t with k - 1, or none")
            return _t_deviate(trials - 2, confidence=confidence)
        case _:
            assert_never(quantile)


def _no_prediction(*, got: str, fix: str) -> BadInput:
    return bad_input(
        "a further trial is predicted from effects that differ, of enough trials",
        where="pooled",
        got=got,
        fix=fix,
    )
