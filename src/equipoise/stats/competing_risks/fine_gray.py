r"""Fine and Gray's model: proportional hazards of the subdistribution of one cause.

The cumulative incidence of the cause is :math:`F(t \mid x) = 1 - \exp(-\Lambda_0(t)
e^{x^\top \beta})`. Who had a competing event stays at risk, with the weight that `subdistribution`
describes. There are two routes to it, which agree but for ties between events and censorings,
and for their variance. Fine and Gray 1999, doi:10.1080/01621459.1999.10474144; Geskus 2011,
doi:10.1111/j.1541-0420.2010.01420.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.stats.competing_risks.causes import cause_column
from equipoise.stats.competing_risks.subdistribution import (
    SubdistributionSets,
    censoring_residuals,
    log_likelihood,
    score_residuals,
    subdistribution_sets,
    subdistribution_sums,
)
from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    covariate_columns,
    freeze,
    normal_deviate,
    refuse_width,
    time_column,
)
from equipoise.stats.numerics.likelihood import (
    ChiSquareTest,
    Standardised,
    coefficients,
    refuse_dependent,
    standardised,
    wald_test,
)
from equipoise.stats.numerics.newton import Local, Maximum, maximise
from equipoise.stats.time_to_event.cox import Ties


@dataclass(frozen=True, slots=True, kw_only=True)
class CensoringEstimated:
    """The estimating equation of Fine and Gray, as R's ``cmprsk::crr``.

    Breslow's ties; whoever has an event at a time is at risk of being censored at it; the variance
    counts that the weights are estimated.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedRows:
    """A Cox model of weighted rows, as R's ``survival::finegray`` and ``coxph`` with ``cluster``.

    Events come before the censorings at the same time; the variance is the sandwich by subject,
    the weights taken as known.
    """

    ties: Ties = Ties.EFRON


Route = CensoringEstimated | WeightedRows

CENSORING_ESTIMATED = CensoringEstimated()
"""Fine and Gray's own route."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FineGray:
    """A fitted subdistribution hazards model.

    Attributes
    ----------
    cause : int
        The cause of interest.
    coef : FloatArray, shape (p,)
        Log subdistribution hazard ratios per unit of each covariate.
    variance : FloatArray, shape (p, p)
        Robust variance of the route.
    naive_variance : FloatArray, shape (p, p)
        Inverse of the information; too small or too large, because the weights are no counts.
    std_err, hazard_ratio, lower, upper, p_wald : FloatArray, shape (p,)
        Robust standard error; subdistribution hazard ratio with its Wald interval; two-sided p.
    loglik_null, loglik : float
        Weighted log partial likelihood at 0 and at ``coef``; no likelihood-ratio test is made of
        it, for the same reason.
    wald : ChiSquareTest
        Test that all coefficients are 0, with the robust variance.
    event_times, baseline : FloatArray, shape (k,)
        Times of the cause; cumulative subdistribution hazard there at the mean covariates.
    centre : FloatArray, shape (p,)
        The mean covariates.
    n, events, competing, censored : int
        Subjects, and how their times ended.
    route : CensoringEstimated or WeightedRows
        How the model was fitted.
    confidence : float
        Level of the intervals.
    """

    cause: int
    coef: FloatArray
    variance: FloatArray
    naive_variance: FloatArray
    std_err: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_wald: FloatArray
    loglik_null: float
    loglik: float
    wald: ChiSquareTest
    event_times: FloatArray
    baseline: FloatArray
    centre: FloatArray
    n: int
    events: int
    competing: int
    censored: int
    route: Route
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.coef, self.variance, self.naive_variance, self.std_err, self.hazard_ratio)
        freeze(self.lower, self.upper, self.p_wald, self.event_times, self.baseline, self.centre)


def fine_gray(
    time: npt.ArrayLike,
    cause: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    of_interest: int,
    route: Route = CENSORING_ESTIMATED,
    confidence: float = 0.95,
) -> FineGray:
    """Fit the subdistribution hazards model of one cause.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    cause : array_like, shape (n,)
        0 for censored; 1, 2, ... for the causes.
    covariates : array_like, shape (n, p) or (n,)
        Numbers known at the origin; a factor of k levels has k - 1 columns of 0 and 1.
    of_interest : int
        The cause that is modelled.
    route : CensoringEstimated or WeightedRows
        Convention of ties and of the variance.
    confidence : float
        Level of the intervals of the hazard ratios.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, a cause that nobody had, exact ties, and
        covariates that are constant or dependent among the subjects at risk.
    NotConverged
        When the likelihood is monotone: a coefficient runs to infinity.
    """
    times = time_column(time)
    kind = cause_column(cause, rows=times.size).marked(of_interest)
    scaled = standardised(covariate_columns(covariates, rows=times.size))
    sets = _sets(times, kind, scaled.columns, route=route)
    return _model(sets, scaled, cause=of_interest, route=route, confidence=confidence)


def predicted_incidence(
    model: FineGray, covariates: npt.ArrayLike, *, times: npt.ArrayLike
) -> FloatArray:
    r"""Return :math:`1 - \exp(-\Lambda_0(t) e^{x^\top\beta})`, shape (times, rows).

    Parameters
    ----------
    model : FineGray
        A fitted model.
    covariates : array_like, shape (rows, p)
        One row for each prediction, in the units of the fit; one covariate may come as (rows,).
    times : array_like, shape (times,)
        Not negative; after the last event time the incidence keeps its height.

    Raises
    ------
    BadInput
        For another number of covariates than the model has, and negative or missing times.
    """
    asked = time_column(times, where="times")
    table = covariate_columns(covariates, rows=np.atleast_1d(np.asarray(covariates)).shape[0])
    refuse_width(table.shape[1], width=model.coef.size)
    row = np.searchsorted(model.event_times, asked, side="right")
    hazard = np.concatenate(([0.0], model.baseline))[row]
    # Beyond e^700 the incidence is 1 and the product would overflow.
    relative = np.exp(np.minimum((table - model.centre) @ model.coef, 700.0))
    incidence: FloatArray = -np.expm1(-np.outer(hazard, relative))
    return incidence


def _sets(
    time: FloatArray, kind: IntArray, columns: FloatArray, *, route: Route
) -> SubdistributionSets:
    match route:
        case CensoringEstimated():
            ties, events_first = Ties.BRESLOW, False
        case WeightedRows(ties=ties):
            events_first = True
        case _:
            assert_never(route)
    return subdistribution_sets(time, kind, columns, ties=ties, events_first=events_first)


def _model(
    sets: SubdistributionSets,
    scaled: Standardised,
    *,
    cause: int,
    route: Route,
    confidence: float,
) -> FineGray:
    z = normal_deviate(confidence)
    null, best = _fit(sets)
    naive, robust = _variances(best, sets, scaled=scaled, route=route)
    found = coefficients(best.point / scaled.scale, robust, z=z)
    censored, events, competing = np.bincount(sets.kind, minlength=3).tolist()
    return FineGray(
        cause=cause,
        coef=found.coef,
        variance=found.variance,
        naive_variance=naive,
        std_err=found.std_err,
        hazard_ratio=found.ratio,
        lower=found.lower,
        upper=found.upper,
        p_wald=found.p_wald,
        loglik_null=null.value,
        loglik=best.local.value,
        wald=wald_test(found.coef, found.variance),
        event_times=sets.moments,
        baseline=_baseline(best.point, sets),
        centre=scaled.mean,
        n=sets.time.size,
        events=events,
        competing=competing,
        censored=censored,
        route=route,
        confidence=confidence,
    )


def _fit(sets: SubdistributionSets) -> tuple[Local, Maximum]:
    origin = np.zeros(sets.covariates.shape[1])
    null = log_likelihood(origin, sets)
    refuse_dependent(null.information, events=float(sets.dead.size))
    return null, maximise(lambda point: log_likelihood(point, sets), start=origin)


def _variances(
    best: Maximum, sets: SubdistributionSets, *, scaled: Standardised, route: Route
) -> tuple[FloatArray, FloatArray]:
    """Return the inverse information and the robust variance, per unit of each covariate."""
    naive = np.linalg.inv(best.local.information)
    moved = _residuals(best.point, sets, route=route) @ naive
    units = np.outer(scaled.scale, scaled.scale)
    return naive / units, moved.T @ moved / units


def _residuals(beta: FloatArray, sets: SubdistributionSets, *, route: Route) -> FloatArray:
    residual = score_residuals(beta, sets)
    match route:
        case CensoringEstimated():
            return np.asarray(residual + censoring_residuals(beta, sets))
        case WeightedRows():
            return residual
        case _:
            assert_never(route)


def _baseline(beta: FloatArray, sets: SubdistributionSets) -> FloatArray:
    """Return the cumulative hazard of a standardised covariate of 0, shape (k,)."""
    sums = subdistribution_sums(beta, sets)
    jumps = np.add.reduceat(1 / sums.denominator, sets.first_dead)
    return np.asarray(np.cumsum(jumps) * np.exp(-sums.largest))
