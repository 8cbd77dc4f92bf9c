r"""What a Cox model says of time itself: the baseline hazard, and survival of given covariates.

The cumulative hazard of covariates z grows at each event time by
:math:`e^{z^\top\beta} \sum_D v / \sum_R w` (Breslow; exact ties too), or by the sum of
:math:`\bar v / (\sum_R w - \tfrac{l}{m} \sum_D w)` over the tied events (Efron): the same treatment
of ties as the coefficients. With :math:`r = e^{z^\top\beta}`, V the model-based variance and
:math:`\bar x(s)` the mean covariates at risk,

.. math:: \widehat{\operatorname{var}}\, \hat\Lambda(t \mid z) = r^2 \left[ \sum_{s \le t}
          \frac{v}{(\sum_R w)^2} + d(t)^\top V d(t) \right], \quad
          d(t) = \int_0^t (z - \bar x(s))\, d\hat\Lambda_0(s)

and :math:`\hat S = e^{-\hat\Lambda}`. Breslow 1972, J R Statist Soc B 34:216-217; Tsiatis 1981,
doi:10.1214/aos/1176345335; Link 1984, Biometrics 40:601-609.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    Label,
    covariate_row,
    freeze,
    normal_deviate,
    time_column,
)
from equipoise.stats.numerics.probability_scale import ProbabilityScale, ends_on_scale
from equipoise.stats.time_to_event.cox import Cox
from equipoise.stats.time_to_event.cox_fitted import Fitted, fitted
from equipoise.stats.time_to_event.cox_risk_sets import RiskSets, RiskSums, over_moments


class Centre(StrEnum):
    """Whose hazard the baseline hazard is."""

    ZERO = "zero"
    """All covariates 0: ``basehaz(centered = FALSE)`` of R."""

    MEAN = "mean"
    """All covariates at the mean of the rows, columns of 0 and 1 too. R's ``basehaz(centered =
    TRUE)`` weights the mean by the case weights, and leaves columns of -1, 0 and 1 at 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineHazard:
    """The cumulative hazard of one stratum: a step at each event time.

    Attributes
    ----------
    stratum : Label or None
        Label of the stratum; None without strata.
    times : FloatArray, shape (k,)
        Event times, rising.
    cumulative_hazard, std_err : FloatArray, shape (k,)
        From each time on, for covariates at ``centre``.
    centre : Centre
        Whose hazard it is.
    """

    stratum: Label | None
    times: FloatArray
    cumulative_hazard: FloatArray
    std_err: FloatArray
    centre: Centre

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.cumulative_hazard, self.std_err)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictedSurvival:
    """Survival of given covariates at chosen times; every array has shape (times,).

    Attributes
    ----------
    times : FloatArray
        As asked.
    at_risk : IntArray
        Rows of the stratum at risk just before the time: 0 says that nothing was observed there.
    cumulative_hazard, hazard_std_err : FloatArray
        Cumulative hazard and its standard error.
    estimate, lower, upper : FloatArray
        S(t) with its pointwise interval.
    confidence : float
        Confidence level.
    interval : ProbabilityScale
        Scale of the interval.
    """

    times: FloatArray
    at_risk: IntArray
    cumulative_hazard: FloatArray
    hazard_std_err: FloatArray
    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    interval: ProbabilityScale

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.cumulative_hazard, self.hazard_std_err)
        freeze(self.estimate, self.lower, self.upper)


def baseline_hazard(model: Cox, *, centre: Centre) -> tuple[BaselineHazard, ...]:
    """Return the baseline cumulative hazard of each stratum that has events.

    Parameters
    ----------
    model : Cox
        A fitted model.
    centre : Centre
        Covariates it is the hazard of: R, SAS and textbooks differ, so it is always said.
    """
    here = fitted(model)
    at = _centre(model, centre)
    return tuple(
        _baseline(model, here, stratum=stratum, at=at, centre=centre) for stratum in here.strata
    )


def predicted_survival(
    model: Cox,
    covariates: npt.ArrayLike,
    *,
    times: npt.ArrayLike,
    stratum: Label | None = None,
    interval: ProbabilityScale = ProbabilityScale.LOG,
) -> PredictedSurvival:
    """Return survival of a subject with given covariates, as ``survfit(coxph(..), newdata)``.

    Parameters
    ----------
    model : Cox
        A fitted model.
    covariates : array_like, shape (p,)
        In the units of the model.
    times : array_like, shape (times,)
        Where to read the curve; after the last event it keeps its height.
    stratum : Label, optional
        Label of the stratum; needed when the model has strata.
    interval : ProbabilityScale
        Scale of the interval.

    Raises
    ------
    BadInput
        For another number of covariates, a stratum the model does not have or that had no events,
        and negative times.
    """
    z = normal_deviate(model.confidence)
    at = covariate_row(covariates, width=model.coef.size)
    asked = time_column(times, where="times")
    here = fitted(model)
    sets, sums = _stratum(model, here, label=stratum)
    hazard, std_err = _cumulative(here, sets, sums, at=at)
    place = np.searchsorted(sets.moments[::-1], asked, side="right")
    reached = np.concatenate(([0.0], hazard))[place]
    spread = np.concatenate(([0.0], std_err))[place]
    lower, upper = _interval(reached, z * spread, interval=interval)
    return PredictedSurvival(
        times=asked.copy(),
        at_risk=_at_risk(model, sets, asked),
        cumulative_hazard=reached,
        hazard_std_err=spread,
        estimate=np.exp(-reached),
        lower=lower,
        upper=upper,
        confidence=model.confidence,
        interval=interval,
    )


def _baseline(
    model: Cox,
    here: Fitted,
    *,
    stratum: tuple[RiskSets, RiskSums],
    at: FloatArray,
    centre: Centre,
) -> BaselineHazard:
    sets, sums = stratum
    hazard, std_err = _cumulative(here, sets, sums, at=at)
    return BaselineHazard(
        stratum=_label(model, sets),
        times=sets.moments[::-1].copy(),
        cumulative_hazard=hazard,
        std_err=std_err,
        centre=centre,
    )


def _cumulative(
    here: Fitted, sets: RiskSets, sums: RiskSums, *, at: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the cumulative hazard of covariates ``at`` and its standard error, by rising time."""
    away = (at - here.scaled.mean) / here.scaled.scale
    relative = np.exp(away @ here.beta - sums.largest)
    step = over_moments(sums.rate, sets)
    pull = over_moments(sums.rate * (away[:, np.newaxis] - sums.mean), sets)
    spread = over_moments(sums.rate / sums.denominator, sets)
    drift = np.cumsum(pull[:, ::-1], axis=1)
    variance = np.cumsum(spread[::-1]) + np.einsum("ik,ij,jk->k", drift, here.variance, drift)
    return relative * np.cumsum(step[::-1]), relative * np.sqrt(variance)


def _centre(model: Cox, centre: Centre) -> FloatArray:
    match centre:
        case Centre.ZERO:
            return np.zeros(model.coef.size)
        case Centre.MEAN:
            mean: FloatArray = model.rows.covariates.mean(axis=0)
            return mean
        case _:
            assert_never(centre)


def _interval(
    hazard: FloatArray, width: FloatArray, *, interval: ProbabilityScale
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of S(t); ``width`` is half that of the interval of the hazard."""
    survival = np.exp(-hazard)
    lower, upper = survival.copy(), survival.copy()
    # Before the first event S(t) is 1, and there is no doubt about it.
    inside = (survival > 0) & (survival < 1)
    lower[inside], upper[inside] = ends_on_scale(survival[inside], width[inside], scale=interval)
    return lower, upper


def _at_risk(model: Cox, sets: RiskSets, asked: FloatArray) -> IntArray:
    time = np.sort(model.rows.time[sets.rows])
    count = time.size - np.searchsorted(time, asked, side="left")
    if model.rows.entry is None:
        return count
    entry = np.sort(model.rows.entry[sets.rows])
    return count - (entry.size - np.searchsorted(entry, asked, side="left"))


def _label(model: Cox, sets: RiskSets) -> Label | None:
    if not model.rows.strata:
        return None
    return model.rows.strata[int(model.rows.stratum[sets.rows[0]])]


def _stratum(model: Cox, here: Fitted, *, label: Label | None) -> tuple[RiskSets, RiskSums]:
    for sets, sums in here.strata:
        if _label(model, sets) == label:
            return sets, sums
    raise bad_input(
        "survival is predicted within a stratum of the model that had events",
        where="stratum",
        got=label,
        fix=f"one of {[_label(model, sets) for sets, _ in here.strata]}",
    )
