r"""Cox regression: proportional hazards; Efron, Breslow or exact ties; strata, weights, entry.

The hazard is :math:`h(t \mid x) = h_s(t) \exp(x^\top \beta)` in stratum s. With case weights v,
:math:`w = v \exp(x^\top\beta)`, :math:`R` the rows at risk at an event time (those censored at
that time included, those that enter at it not) and :math:`D` its m events of mean weight
:math:`\bar v`, Efron's log-likelihood is

.. math:: \sum_{times} \left[\sum_{i \in D} v_i x_i^\top\beta - \bar v \sum_{l=0}^{m-1}
          \log\left(\sum_R w - \tfrac{l}{m} \sum_D w\right)\right]

Breslow's has 0 in place of l/m; the exact one is in `cox_ties_exact`. Strata have their own
baseline hazard and share the coefficients: their log-likelihoods add. Cox 1972,
doi:10.1111/j.2517-6161.1972.tb00899.x; Efron 1977, doi:10.1080/01621459.1977.10480613; Breslow
1974, doi:10.2307/2529620; start and stop: Andersen and Gill 1982, doi:10.1214/aos/1176345976.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, freeze, normal_deviate
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
from equipoise.stats.time_to_event.cox_risk_sets import (
    RiskSets,
    information,
    risk_sets,
    risk_sums,
)
from equipoise.stats.time_to_event.cox_rows import CoxRows, Ties, cox_rows
from equipoise.stats.time_to_event.cox_ties_exact import exact_log_likelihood

__all__ = ["Cox", "Ties", "cox", "cox_regression"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cox:
    """A fitted proportional-hazards model.

    Attributes
    ----------
    coef : FloatArray, shape (p,)
        Log hazard ratios per unit of each covariate.
    variance : FloatArray, shape (p, p)
        Inverse of the observed information; `cox_robust` gives the sandwich.
    std_err, hazard_ratio, lower, upper, p_wald : FloatArray, shape (p,)
        Standard error of ``coef``; hazard ratio with its Wald interval; two-sided p-value.
    loglik_null, loglik : float
        Partial log-likelihood at 0 and at ``coef``.
    likelihood_ratio, wald, score : ChiSquareTest
        Three tests that all coefficients are 0.
    n, events : int
        Rows and events, whatever their weights.
    ties : Ties
        Treatment of ties.
    confidence : float
        Level of the intervals.
    strata : int
        Number of strata; 1 for none.
    rows : CoxRows
        What the model was fitted to, for residuals, curves and tests of the model.
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
    rows: CoxRows = field(repr=False)

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.coef, self.variance, self.std_err, self.hazard_ratio)
        freeze(self.lower, self.upper, self.p_wald)


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
    rows = cox_rows(time, event, covariates, strata=strata)
    return cox_regression(rows, ties=ties, confidence=confidence)


def cox_regression(rows: CoxRows, *, ties: Ties = Ties.EFRON, confidence: float = 0.95) -> Cox:
    """Fit a proportional-hazards model to rows with delayed entry, case weights or strata.

    The variance is the inverse of the information. When weights are not counts of subjects
    (inverse probabilities of treatment), or a subject has several events, it is not the variance
    of the coefficients: take `cox_robust`.

    Parameters
    ----------
    rows : CoxRows
        From `cox_rows`.
    ties : Ties
        Treatment of events at one time.
    confidence : float
        Level of the intervals of the hazard ratios.

    Raises
    ------
    BadInput
        For covariates that are constant or dependent among the rows at risk, and for case weights
        with exact ties.
    NotConverged
        When the likelihood is monotone: a coefficient runs to infinity.
    """
    z = normal_deviate(confidence)
    _refuse_exact_weights(rows, ties)
    scaled = standardised(rows.covariates)
    null, best = _fit(risk_sets(rows, scaled.columns, ties=ties), ties=ties)
    found = _in_units(best, scaled, z=z)
    likelihood_ratio, wald, score = _three_tests(null, best)
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
        likelihood_ratio=likelihood_ratio,
        wald=wald,
        score=score,
        n=rows.time.size,
        events=int(rows.event.sum()),
        ties=ties,
        confidence=confidence,
        strata=max(len(rows.strata), 1),
        rows=rows,
    )


def _fit(blocks: list[RiskSets], *, ties: Ties) -> tuple[Local, Maximum]:
    """Return the log partial likelihood at 0, and its maximum."""
    origin = np.zeros(blocks[0].covariates.shape[0])
    null = _log_likelihood(origin, blocks, ties=ties)
    refuse_dependent(null.information, events=sum(float(block.mass.sum()) for block in blocks))

    def likelihood(point: FloatArray) -> Local:
        return null if point is origin else _log_likelihood(point, blocks, ties=ties)

    return null, maximise(likelihood, start=origin)


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


def _log_likelihood(beta: FloatArray, blocks: list[RiskSets], *, ties: Ties) -> Local:
    match ties:
        case Ties.EFRON | Ties.BRESLOW:
            parts = [_stratum_log_likelihood(beta, block) for block in blocks]
        case Ties.EXACT:
            parts = [exact_log_likelihood(beta, block) for block in blocks]
        case _:
            assert_never(ties)
    if len(parts) == 1:
        return parts[0]
    return Local(
        value=float(sum(part.value for part in parts)),
        score=np.sum([part.score for part in parts], axis=0),
        information=np.sum([part.information for part in parts], axis=0),
    )


def _stratum_log_likelihood(beta: FloatArray, sets: RiskSets) -> Local:
    """Return Efron's or Breslow's log partial likelihood of one stratum in O(n p^2)."""
    sums = risk_sums(beta, sets)
    # Of a step that emptied a risk set nothing is used but that its likelihood is not finite.
    with np.errstate(all="ignore"):
        of_events = sums.risk[sets.dead]
        if sets.case_weight is not None:
            of_events = of_events * sets.case_weight[sets.dead]
        return Local(
            value=float(np.sum(of_events) - sets.mass @ np.log(sums.denominator)),
            score=sets.event_sum - sums.mean @ sets.mass,
            information=information(sums, sets),
        )


def _refuse_exact_weights(rows: CoxRows, ties: Ties) -> None:
    if ties is Ties.EXACT and rows.weights is not None:
        raise bad_input(
            "the exact partial likelihood counts sets of subjects, and has no case weights",
            where="weights",
            got="weights with exact ties",
            fix="take Efron's or Breslow's ties",
        )
