r"""Weibull regression: accelerated times and proportional hazards, two readings of one model.

.. math:: \log T = \mu + x^\top\gamma + \sigma W \quad\Longleftrightarrow\quad
          h(t \mid x) = \lambda k t^{k-1} e^{x^\top\beta}, \qquad
          k = 1/\sigma,\ \beta = -\gamma/\sigma,\ \log\lambda = -\mu/\sigma

with W the logarithm of a unit exponential. The log-likelihood of censored times, concave in
:math:`(k, \log\lambda, \beta)`, is

.. math:: \sum_i \delta_i \left[\log k + z_i - \log t_i\right] - e^{z_i}, \qquad
          z_i = k \log t_i + \log\lambda + x_i^\top\beta

Kalbfleisch and Prentice 2002, The Statistical Analysis of Failure Time Data, section 3.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    FloatArray,
    covariate_row,
    freeze,
    normal_deviate,
    time_column,
)
from equipoise.stats.numerics.likelihood import (
    ChiSquareTest,
    Coefficients,
    Standardised,
    coefficients,
    refuse_dependent,
    standardised,
)
from equipoise.stats.numerics.newton import Local, Maximum, maximise
from equipoise.stats.time_to_event.hazard_regression import (
    HazardRows,
    ModelSurvival,
    covariate_test,
    hazard_rows,
    model_survival,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weibull:
    """A fitted Weibull model.

    Attributes
    ----------
    accelerated : Coefficients
        Intercept and coefficients of log time, shape (1 + p,); ``ratio`` is the ratio of times,
        above 1 for longer ones.
    proportional : Coefficients
        Log hazard ratios, shape (p,).
    scale, shape : float
        sigma and k = 1 / sigma; a shape above 1 is a rising hazard.
    shape_lower, shape_upper : float
        Interval of the shape, symmetric in its logarithm.
    variance : FloatArray, shape (2 + p, 2 + p)
        Of the intercept and coefficients of log time, and of log sigma, as R's ``survreg``.
    hazard_parameters, hazard_variance : FloatArray, shape (2 + p,), (2 + p, 2 + p)
        k, log lambda and the log hazard ratios.
    loglik_null, loglik : float
        Log-likelihood without covariates, and with them.
    likelihood_ratio : ChiSquareTest or None
        Test that no covariate matters; None for a model of none.
    n, events : int
        Subjects and events.
    confidence : float
        Level of the intervals.
    """

    accelerated: Coefficients
    proportional: Coefficients
    scale: float
    shape: float
    shape_lower: float
    shape_upper: float
    variance: FloatArray
    hazard_parameters: FloatArray
    hazard_variance: FloatArray
    loglik_null: float
    loglik: float
    likelihood_ratio: ChiSquareTest | None
    n: int
    events: int
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.variance, self.hazard_parameters, self.hazard_variance)


def weibull(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Weibull:
    """Fit a Weibull model to right-censored times by maximum likelihood.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, above 0, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    covariates : array_like, shape (n, p) or (n,), optional
        Numbers, without a column of ones.
    confidence : float
        Level of the intervals.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, times of 0, times that are all the same,
        no events, and covariates that are constant or dependent.
    NotConverged
        When a coefficient runs to infinity.
    """
    rows = hazard_rows(time, event, covariates)
    z = normal_deviate(confidence)
    _refuse_times(rows.time)
    logs = standardised(np.log(rows.time)[:, np.newaxis])
    scaled = standardised(rows.covariates)
    null = _fit(rows, logs, columns=np.empty((rows.time.size, 0)))
    best = _fit(rows, logs, columns=scaled.columns)
    back = _to_units(logs, scaled)
    parameters = back @ best.point
    variance = back @ np.linalg.inv(best.local.information) @ back.T
    return _result(
        rows,
        parameters,
        variance,
        logliks=(null.local.value, best.local.value),
        z=z,
        confidence=confidence,
    )


def weibull_survival(
    model: Weibull, covariates: npt.ArrayLike | None = None, *, times: npt.ArrayLike
) -> ModelSurvival:
    """Return survival of a subject by a Weibull model.

    Parameters
    ----------
    model : Weibull
        A fitted model.
    covariates : array_like, shape (p,), optional
        In the units of the model; left out for a model of none.
    times : array_like, shape (times,)
        Where to read the curve.
    """
    asked = time_column(times, where="times").copy()
    row = covariate_row(covariates, width=model.proportional.coef.size)
    logs = np.log(np.where(asked > 0, asked, 1.0))
    slope = np.vstack((logs, *(np.full(asked.size, value) for value in (1.0, *row))))
    hazard = np.where(asked > 0, np.exp(model.hazard_parameters @ slope), 0.0)
    return model_survival(
        asked, hazard, slope, variance=model.hazard_variance, confidence=model.confidence
    )


def _fit(rows: HazardRows, logs: Standardised, *, columns: FloatArray) -> Maximum:
    """Return the maximum over the coefficients of standardised log time, 1 and covariates."""
    design = np.column_stack((logs.columns, np.ones(rows.time.size), columns))
    start = np.zeros(design.shape[1])
    start[0] = logs.scale[0]  # a shape of 1: the exponential model
    start[1] = np.log(rows.event.sum() / rows.time.sum()) + logs.mean[0]
    lost = float(np.log(rows.time[rows.event] * logs.scale[0]).sum())

    def likelihood(point: FloatArray) -> Local:
        return _log_likelihood(point, design, events=rows.event, lost=lost)

    refuse_dependent(likelihood(start).information)
    return maximise(likelihood, start=start)


def _log_likelihood(
    point: FloatArray, design: FloatArray, *, events: npt.NDArray[np.bool_], lost: float
) -> Local:
    """Return the log-likelihood; ``lost`` is the sum over events of log (scale of log t) t."""
    # A Newton step too far, to no hazard or a falling one, is not finite, and it is halved.
    with np.errstate(all="ignore"):
        level = design @ point
        hazard = np.exp(level)
        number = int(events.sum())
        value = float(number * np.log(point[0]) + level[events].sum() - lost - hazard.sum())
        score = design.T @ (events - hazard)
        score[0] += number / point[0]
        bend = design.T @ (hazard[:, np.newaxis] * design)
        bend[0, 0] += number / point[0] ** 2
    return Local(value=value, score=score, information=bend)


def _to_units(logs: Standardised, scaled: Standardised) -> FloatArray:
    """Return the matrix from standardised coefficients to k, log lambda and log hazard ratios."""
    back = np.diag(np.concatenate((1 / logs.scale, [1.0], 1 / scaled.scale)))
    back[1, 0] = -logs.mean[0] / logs.scale[0]
    back[1, 2:] = -scaled.mean / scaled.scale
    return back


def _result(
    rows: HazardRows,
    parameters: FloatArray,
    variance: FloatArray,
    *,
    logliks: tuple[float, float],
    z: float,
    confidence: float,
) -> Weibull:
    shape = float(parameters[0])
    accelerated, accelerated_variance = _accelerated(parameters, variance)
    width = np.exp(z * np.sqrt(accelerated_variance[-1, -1]))
    return Weibull(
        accelerated=coefficients(accelerated, accelerated_variance[:-1, :-1].copy(), z=z),
        proportional=coefficients(parameters[2:].copy(), variance[2:, 2:].copy(), z=z),
        scale=1 / shape,
        shape=shape,
        shape_lower=float(shape / width),
        shape_upper=float(shape * width),
        variance=accelerated_variance,
        hazard_parameters=parameters,
        hazard_variance=variance,
        loglik_null=logliks[0],
        loglik=logliks[1],
        likelihood_ratio=covariate_test(*logliks, df=parameters.size - 2),
        n=rows.time.size,
        events=int(rows.event.sum()),
        confidence=confidence,
    )


def _accelerated(parameters: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return coefficients of log time, and their variance with that of log sigma last."""
    shape = parameters[0]
    found = -parameters[1:] / shape
    slope = np.zeros_like(variance)
    slope[:-1, 0] = -found / shape
    slope[:-1, 1:] = -np.eye(found.size) / shape
    slope[-1, 0] = -1 / shape
    return found, slope @ variance @ slope.T


def _refuse_times(time: FloatArray) -> None:
    if np.any(time == 0):
        raise bad_input(
            "a Weibull model needs times above 0",
            where="time",
            got=f"{int(np.sum(time == 0))} times of 0",
            fix="count the first day as day 1, or take a piecewise exponential model",
        )
    if np.ptp(time) == 0:
        raise bad_input(
            "a Weibull model needs different times",
            where="time",
            got=f"every time is {time[0]}",
            fix="take an exponential rate",
        )
