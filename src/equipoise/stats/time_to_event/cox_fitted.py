"""The risk sets of a fitted Cox model, at its coefficients: what its residuals are made of."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.likelihood import Standardised, standardised
from equipoise.stats.time_to_event.cox import Cox
from equipoise.stats.time_to_event.cox_risk_sets import (
    RiskSets,
    RiskSums,
    over_moments,
    risk_sets,
    risk_sums,
)
from equipoise.stats.time_to_event.cox_rows import Ties


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """Risk sets of standardised covariates, with their sums, one for each stratum with events.

    Attributes
    ----------
    scaled : Standardised
        The covariates, and what was taken off and divided by.
    beta : FloatArray, shape (p,)
        Coefficients of the standardised covariates.
    strata : list of (RiskSets, RiskSums)
        In the order of the strata; those without events are left out.
    variance : FloatArray, shape (p, p)
        Model-based variance of the coefficients of the standardised covariates.
    """

    scaled: Standardised
    beta: FloatArray
    strata: list[tuple[RiskSets, RiskSums]]
    variance: FloatArray


def fitted(model: Cox) -> Fitted:
    """Return the risk sets at the coefficients of a model; those of exact ties are Breslow's."""
    return fitted_at(model, model.coef)


def fitted_at(model: Cox, coef: FloatArray) -> Fitted:
    """Return the risk sets at other coefficients, shape (p,), in units of the covariates."""
    scaled = standardised(model.rows.covariates)
    beta = coef * scaled.scale
    blocks = risk_sets(model.rows, scaled.columns, ties=model.ties)
    return Fitted(
        scaled=scaled,
        beta=beta,
        strata=[(block, risk_sums(beta, block)) for block in blocks],
        variance=model.variance * scaled.scale[:, None] * scaled.scale,
    )


def mean_at_events(sums: RiskSums, sets: RiskSets) -> FloatArray:
    """Return the mean covariates at risk at each event time, over its terms, shape (p, k)."""
    return over_moments(sums.mean * sets.mass, sets) / over_moments(sets.mass, sets)


def refuse_exact_ties(model: Cox, *, what: str) -> None:
    """Refuse what is not defined for the exact partial likelihood."""
    if model.ties is Ties.EXACT:
        raise bad_input(
            f"{what} are not defined for exact ties",
            where="model",
            got=f"ties {model.ties.value}",
            fix="fit the model with Efron's or Breslow's ties",
        )
