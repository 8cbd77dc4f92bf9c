r"""Cox regression: proportional hazards, Efron or Breslow ties, strata.

The hazard is :math:`h(t \mid x) = h_s(t) \exp(x^\top \beta)` in stratum s. With
:math:`w = \exp(x^\top\beta)`, :math:`R` the subjects at risk at an event time (those censored at
that time included) and :math:`D` its m events, Efron's log-likelihood is

.. math:: \sum_{times} \left[\sum_{i \in D} x_i^\top\beta - \sum_{l=0}^{m-1}
          \log\left(\sum_R w - \tfrac{l}{m} \sum_D w\right)\right]

Breslow's has 0 in place of l/m. Strata have their own baseline hazard and share the coefficients:
their log-likelihoods add. Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; Efron 1977,
doi:10.1080/01621459.1977.10480613; Breslow 1974, doi:10.2307/2529620.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    covariate_columns,
    event_column,
    normal_deviate,
    strata_rows,
    time_column,
)
from equipoise.stats.numerics.likelihood import (
    ChiSquareTest,
    Coefficients,
    Standardised,
    chi_square_test,
    coefficients,
    refuse_dependent,
    standardised,
)
from equipoise.stats.numerics.newton import Local, Maximum, maximise


class Ties(StrEnum):
    """How the partial likelihood treats events at one time."""

    EFRON = "efron"
    BRESLOW = "breslow"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cox:
    """A fitted proportional-hazards model.

    Attributes
    ----------
    coef : FloatArray, shape (p,)
        Log hazard ratios per unit of each covariate.
    variance : FloatArray, shape (p, p)
        Inverse of the observed information.
    std_err, hazard_ratio, lower, upper, p_wald : FloatArray, shape (p,)
        Standard error of ``coef``; hazard ratio with its Wald interval; two-sided p-value.
    loglik_null, loglik : float
        Partial log-likelihood at 0 and at ``coef``.
    likelihood_ratio, wald, score : ChiSquareTest
        Three tests that all coefficients are 0.
    n, events : int
        Subjects and events.
    ties : Ties
        Treatment of ties.
    confidence : float
        Level of the intervals.
    strata : int
        Number of strata; 1 for none.
    """

    coef: FloatArray
    variance: FloatArray
    std_err: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_wald: FloatArray
    loglik_null: float
    loglik: float
    likelihood_ratio: ChiSquareTest
    wald: ChiSquareTest
    score: ChiSquareTest
    n: int
    events: int
    ties: Ties
    confidence: float
    strata: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _RiskSets:
    """The subjects of one stratum, latest time first, and the places of the events among them.

    With k distinct event times (latest first) and d events:

    covariates (n, p); ``last`` (k,), the last row at risk at each event time; ``since`` (n,), the
    first event time a row is at risk for; ``dead`` (d,), rows with events, by event time;
    ``first_dead`` (k,), where each event time begins in ``dead``; ``tie`` (d,), the event time of
    each event; ``share`` (d,), the part of the tied events that already left (0 for Breslow).
    """

    covariates: FloatArray
    last: IntArray
    since: IntArray
    dead: IntArray
    first_dead: IntArray
    tie: IntArray
    share: FloatArray


def cox(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    ties: Ties = Ties.EFRON,
    strata: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> Cox:
    """Fit a proportional-hazards model by partial likelihood.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    covariates : array_like, shape (n, p) or (n,)
        Numbers; a factor of k levels has k - 1 columns of 0 and 1.
    ties : Ties
        Treatment of events at one time.
    strata : array_like, shape (n,), optional
        Label of the stratum.
    confidence : float
        Level of the intervals of the hazard ratios.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, events not 0 or 1, no events, and
        covariates that are constant or dependent among the subjects at risk.
    NotConverged
        When the likelihood is monotone: a coefficient runs to infinity.
    """
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    table = covariate_columns(covariates, rows=times.size)
    z = normal_deviate(confidence)
    members = strata_rows(strata, rows=times.size)
    _refuse_no_events(had_event)
    scaled = standardised(table)
    null, best = _fit(
        [
            _risk_sets(times[rows], had_event[rows], scaled.columns[rows], ties=ties)
            for rows in members
            if had_event[rows].any()
        ]
    )
    found = _in_units(best, scaled, z=z)
    tests = _three_tests(null, best)
    return Cox(
        coef=found.coef,
        variance=found.variance,
        std_err=found.std_err,
        hazard_ratio=found.ratio,
        lower=found.lower,
        upper=found.upper,
        p_wald=found.p_wald,
        loglik_null=null.value,
        loglik=best.local.value,
        likelihood_ratio=tests[0],
        wald=tests[1],
        score=tests[2],
        n=times.size,
        events=int(had_event.sum()),
        ties=ties,
        confidence=confidence,
        strata=len(members),
    )


def _fit(blocks: list[_RiskSets]) -> tuple[Local, Maximum]:
    """Return the log partial likelihood at 0, and its maximum."""
    origin = np.zeros(blocks[0].covariates.shape[1])
    null = _log_likelihood(origin, blocks)
    refuse_dependent(null.information)
    return null, maximise(lambda point: _log_likelihood(point, blocks), start=origin)


def _in_units(best: Maximum, scaled: Standardised, *, z: float) -> Coefficients:
    """Return the coefficients per unit of each covariate."""
    variance = np.linalg.inv(best.local.information) / np.outer(scaled.scale, scaled.scale)
    return coefficients(best.point / scaled.scale, variance, z=z)


def _three_tests(null: Local, best: Maximum) -> tuple[ChiSquareTest, ChiSquareTest, ChiSquareTest]:
    """Return the likelihood-ratio, Wald and score tests of all coefficients being 0."""
    df = best.point.size
    wald = float(best.point @ best.local.information @ best.point)
    score = float(null.score @ np.linalg.solve(null.information, null.score))
    return (
        chi_square_test(2 * (best.local.value - null.value), df=df),
        chi_square_test(wald, df=df),
        chi_square_test(score, df=df),
    )


def _risk_sets(
    time: FloatArray, event: BoolArray, covariates: FloatArray, *, ties: Ties
) -> _RiskSets:
    order = np.argsort(-time, kind="stable")  # latest first: a risk set is a run from row 0
    descending = -time[order]
    dead = np.flatnonzero(event[order])
    moments, first, deaths = np.unique(descending[dead], return_index=True, return_counts=True)
    tie = np.repeat(np.arange(moments.size), deaths)
    match ties:
        case Ties.EFRON:
            share = (np.arange(dead.size) - first[tie]) / deaths[tie]
        case Ties.BRESLOW:
            share = np.zeros(dead.size)
        case _:
            assert_never(ties)
    return _RiskSets(
        covariates=covariates[order],
        last=np.searchsorted(descending, moments, side="right") - 1,
        since=np.searchsorted(moments, descending, side="left"),
        dead=dead,
        first_dead=first,
        tie=tie,
        share=share,
    )


def _log_likelihood(beta: FloatArray, blocks: list[_RiskSets]) -> Local:
    parts = [_stratum_log_likelihood(beta, block) for block in blocks]
    return Local(
        value=float(sum(part.value for part in parts)),
        score=np.sum([part.score for part in parts], axis=0),
        information=np.sum([part.information for part in parts], axis=0),
    )


def _stratum_log_likelihood(beta: FloatArray, sets: _RiskSets) -> Local:
    """Return the log partial likelihood of one stratum in O(n p^2).

    The information sums, over events, the weighted variance of the covariates at risk. Its first
    moment is summed by subject instead of by event: a subject's weight counts with the sum of
    one over the denominators it was at risk for.
    """
    risk = sets.covariates @ beta
    centred = risk - risk.max()  # the likelihood does not change, and no weight overflows
    # A Newton step too far empties a risk set; its likelihood is not finite, and it is halved.
    with np.errstate(all="ignore"):
        weight = np.exp(centred)
        weighted = weight[:, np.newaxis] * sets.covariates
        at_risk = np.cumsum(weight)[sets.last][sets.tie]
        at_risk_sum = np.cumsum(weighted, axis=0)[sets.last][sets.tie]
        leaving = np.add.reduceat(weight[sets.dead], sets.first_dead)[sets.tie]
        leaving_sum = np.add.reduceat(weighted[sets.dead], sets.first_dead)[sets.tie]
        denominator = at_risk - sets.share * leaving
        mean = at_risk_sum - sets.share[:, np.newaxis] * leaving_sum
        mean /= denominator[:, np.newaxis]
        exposure = _exposure(denominator, sets)
        square = weighted.T @ (exposure[:, np.newaxis] * sets.covariates)
        return Local(
            value=float(np.sum(centred[sets.dead]) - np.sum(np.log(denominator))),
            score=(sets.covariates[sets.dead] - mean).sum(axis=0),
            information=square - mean.T @ mean,
        )


def _exposure(denominator: FloatArray, sets: _RiskSets) -> FloatArray:
    """Return each row's sum of one over the denominators it was part of, shape (n,)."""
    times = sets.last.size
    per_time = np.bincount(sets.tie, weights=1 / denominator, minlength=times)
    later = np.append(np.cumsum(per_time[::-1])[::-1], 0.0)
    exposure: FloatArray = later[sets.since]
    left = np.bincount(sets.tie, weights=sets.share / denominator, minlength=times)
    exposure[sets.dead] -= left[sets.tie]
    return exposure


def _refuse_no_events(event: BoolArray) -> None:
    if not event.any():
        raise bad_input(
            "a Cox model needs at least one event",
            where="event",
            got=f"0 events among {event.size} subjects",
            fix="wait for events",
        )
