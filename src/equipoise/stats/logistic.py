"""Logistic regression by iteratively reweighted least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    covariate_columns,
    event_column,
    normal_deviate,
    number_column,
)
from equipoise.stats.numerics.likelihood import (
    ChiSquareTest,
    chi_square_test,
    coefficients,
    refuse_dependent,
    standardised,
)
from equipoise.stats.numerics.newton import Local, Maximum, maximise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Logistic:
    """A fitted logistic regression; the intercept comes first in every array.

    Attributes
    ----------
    coef : FloatArray, shape (1 + p,)
        Log odds at 0, then log odds ratios per unit of each covariate.
    variance : FloatArray, shape (1 + p, 1 + p)
        Inverse of the information.
    std_err, odds_ratio, lower, upper, p_wald : FloatArray, shape (1 + p,)
        Standard error of ``coef``; ``exp(coef)`` with its Wald interval; two-sided p-value.
    loglik_null, loglik : float
        Log-likelihood of the intercept alone, and of the model.
    likelihood_ratio : ChiSquareTest
        Test that every coefficient but the intercept is 0.
    n, events : int
        Subjects, and those with outcome 1.
    confidence : float
        Level of the intervals.
    """

    coef: FloatArray
    variance: FloatArray
    std_err: FloatArray
    odds_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_wald: FloatArray
    loglik_null: float
    loglik: float
    likelihood_ratio: ChiSquareTest
    n: int
    events: int
    confidence: float


def logistic(
    outcome: npt.ArrayLike, covariates: npt.ArrayLike, *, confidence: float = 0.95
) -> Logistic:
    r"""Fit :math:`\operatorname{logit} P(y = 1 \mid x) = \beta_0 + x^\top \beta`.

    For this model Newton's step is the weighted least squares step of IRLS. The variance is the
    inverse of :math:`X^\top \operatorname{diag}(p(1-p)) X` at the maximum.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        0 or 1.
    covariates : array_like, shape (n, p) or (n,)
        Numbers, without a column of ones.
    confidence : float
        Level of the intervals.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, an outcome not 0 or 1 or with one value
        only, and covariates that are constant or dependent.
    NotConverged
        When a covariate separates the outcomes: a coefficient runs to infinity.

    References
    ----------
    McCullagh and Nelder 1989, Generalized Linear Models, section 4.4.
    """
    rows = number_column(outcome, where="outcome").size
    positive = event_column(outcome, rows=rows, where="outcome")
    _refuse_one_outcome(positive)
    scaled = standardised(covariate_columns(covariates, rows=rows))
    z = normal_deviate(confidence)
    null, best = _fit(np.column_stack((np.ones(rows), scaled.columns)), positive)
    back = scaled.to_units(intercepts=1)
    variance = back @ np.linalg.inv(best.local.information) @ back.T
    found = coefficients(back @ best.point, variance, z=z)
    gain = best.local.value - null.value
    return Logistic(
        coef=found.coef,
        variance=found.variance,
        std_err=found.std_err,
        odds_ratio=found.ratio,
        lower=found.lower,
        upper=found.upper,
        p_wald=found.p_wald,
        loglik_null=null.value,
        loglik=best.local.value,
        likelihood_ratio=chi_square_test(2 * gain, df=scaled.scale.size),
        n=rows,
        events=int(positive.sum()),
        confidence=confidence,
    )


def _fit(design: FloatArray, positive: BoolArray) -> tuple[Local, Maximum]:
    """Return the log-likelihood of the intercept alone, and the maximum."""
    start = np.zeros(design.shape[1])
    start[0] = logit(positive.mean())
    null = _log_likelihood(start, design=design, positive=positive)
    refuse_dependent(null.information)
    return null, maximise(
        lambda point: _log_likelihood(point, design=design, positive=positive), start=start
    )


def _log_likelihood(beta: FloatArray, *, design: FloatArray, positive: BoolArray) -> Local:
    # A Newton step too far has a likelihood that is not finite, and is halved.
    with np.errstate(all="ignore"):
        odds = design @ beta
        chance = expit(odds)
        spread = chance * (1 - chance)
        value = float(np.sum(odds[positive]) - np.sum(np.logaddexp(0, odds)))
        return Local(
            value=value,
            score=design.T @ (positive - chance),
            information=design.T @ (spread[:, np.newaxis] * design),
        )


def _refuse_one_outcome(positive: BoolArray) -> None:
    if positive.all() or not positive.any():
        raise bad_input(
            "a logistic regression needs both outcomes",
            where="outcome",
            got=f"{int(positive.sum())} of {positive.size} are 1",
            fix="report the proportion and its interval instead",
        )
