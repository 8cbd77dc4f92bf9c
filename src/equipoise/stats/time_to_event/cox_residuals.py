r"""Residuals of a Cox model: martingale, deviance, score, dfbeta, Schoenfeld.

With :math:`d\Lambda(t) = \sum_D v / \sum_R w` the increments of the baseline hazard (Efron: one
for each of the tied events, an event being exposed to its own by the part it had not left) and
:math:`\bar x(t)` the mean covariates at risk:

.. math:: M_i = \delta_i - e^{x_i^\top\beta} \int d\Lambda, \qquad
          U_i = \int (x_i - \bar x(t))\, dM_i(t), \qquad s_i = x_i - \bar x(t_i)

Therneau, Grambsch and Fleming 1990, doi:10.1093/biomet/77.1.147; Schoenfeld 1982,
doi:10.1093/biomet/69.1.239; scaled: Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.stats.numerics.columns import FloatArray, IntArray, freeze
from equipoise.stats.time_to_event.cox import Cox
from equipoise.stats.time_to_event.cox_fitted import (
    Fitted,
    fitted,
    fitted_at,
    mean_at_events,
    refuse_exact_ties,
)
from equipoise.stats.time_to_event.cox_risk_sets import RiskSets, RiskSums, exposure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchoenfeldResiduals:
    """One row for each event, by stratum and rising time.

    Attributes
    ----------
    row : IntArray, shape (d,)
        Row of the input that had the event.
    time : FloatArray, shape (d,)
        Time of the event.
    residual : FloatArray, shape (d, p)
        Covariates of the event less the mean of those at risk, in their units.
    scaled : FloatArray, shape (d, p)
        ``coef + d * residual @ variance``: scattered about the log hazard ratio at that time.
    """

    row: IntArray
    time: FloatArray
    residual: FloatArray
    scaled: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.row, self.time, self.residual, self.scaled)


def martingale_residuals(model: Cox) -> FloatArray:
    """Return events less expected events of each row, shape (n,); a subject's rows may be added.

    For exact ties they are Breslow's at the exact coefficients, as in R.

    Parameters
    ----------
    model : Cox
        A fitted model.
    """
    residual = model.rows.event.astype(np.float64)
    for sets, sums in fitted(model).strata:
        residual[sets.rows] -= sums.relative * exposure(sums.rate, sets)
    return residual


def deviance_residuals(model: Cox) -> FloatArray:
    r"""Return martingale residuals made symmetric, shape (n,).

    .. math:: \operatorname{sign}(M) \sqrt{-2 (M + \delta \log(\delta - M))}

    Parameters
    ----------
    model : Cox
        A fitted model.
    """
    residual = martingale_residuals(model)
    event = model.rows.event
    expected = np.where(event, event - residual, 1.0)
    # Rounding may leave a square just below 0 where a row had exactly what was expected.
    square = np.maximum(-2 * (residual + np.log(expected)), 0)
    return np.sign(residual) * np.sqrt(square)


def score_residuals(model: Cox) -> FloatArray:
    """Return each row's part of the score, shape (n, p), free of its weight.

    Weighted by the case weights they add to 0. Refused for exact ties.

    Parameters
    ----------
    model : Cox
        A fitted model with Efron's or Breslow's ties.

    Raises
    ------
    BadInput
        For exact ties.
    """
    return score_residuals_at(model, model.coef)


def score_residuals_at(model: Cox, coef: FloatArray) -> FloatArray:
    """Return each row's part of the score at other coefficients, shape (n, p)."""
    refuse_exact_ties(model, what="score residuals")
    there = fitted_at(model, coef)
    return _standard_scores(model, there) * there.scaled.scale


def dfbeta(model: Cox) -> FloatArray:
    """Return by how much each row moves the coefficients, about, shape (n, p).

    The score residual times case weight times the model-based variance. Refused for exact ties.

    Parameters
    ----------
    model : Cox
        A fitted model with Efron's or Breslow's ties.

    Raises
    ------
    BadInput
        For exact ties.
    """
    weights = model.rows.weights
    score = score_residuals(model)
    return (score if weights is None else weights[:, np.newaxis] * score) @ model.variance


def schoenfeld_residuals(model: Cox) -> SchoenfeldResiduals:
    """Return what the covariates of each event are above the mean of those at risk.

    An event of weight 0 has none. Refused for exact ties.

    Parameters
    ----------
    model : Cox
        A fitted model with Efron's or Breslow's ties.

    Raises
    ------
    BadInput
        For exact ties.
    """
    refuse_exact_ties(model, what="Schoenfeld residuals")
    here = fitted(model)
    parts = [_schoenfeld(*stratum) for stratum in here.strata]
    residual = np.concatenate([part[1] for part in parts]) * here.scaled.scale
    row = np.concatenate([part[0] for part in parts])
    return SchoenfeldResiduals(
        row=row,
        time=model.rows.time[row],
        residual=residual,
        scaled=model.coef + row.size * residual @ model.variance,
    )


def _standard_scores(model: Cox, at: Fitted) -> FloatArray:
    """Return score residuals of the standardised covariates, shape (n, p)."""
    score = np.zeros(model.rows.covariates.shape)
    for sets, sums in at.strata:
        x = sets.covariates
        lived = exposure(sums.rate, sets)
        lived_mean = exposure(sums.rate * sums.mean, sets)
        part = -sums.relative * (x * lived - lived_mean)
        part[:, sets.dead] += x[:, sets.dead] - mean_at_events(sums, sets)[:, sets.tie]
        score[sets.rows] = part.T
    return score


def _schoenfeld(sets: RiskSets, sums: RiskSums) -> tuple[IntArray, FloatArray]:
    residual = sets.covariates[:, sets.dead] - mean_at_events(sums, sets)[:, sets.tie]
    row = sets.rows[sets.dead]
    rising = np.lexsort((row, -sets.tie))
    return row[rising], residual.T[rising]
