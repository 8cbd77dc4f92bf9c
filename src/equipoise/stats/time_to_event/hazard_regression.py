"""What parametric models of a hazard share: their rows, and survival with its interval.

`hazard_weibull` and `hazard_piecewise` are the models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    covariate_columns,
    event_column,
    freeze,
    normal_deviate,
    time_column,
)
from equipoise.stats.numerics.likelihood import ChiSquareTest, chi_square_test


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HazardRows:
    """Checked rows: time and event, shape (n,), and covariates, shape (n, p), p possibly 0."""

    time: FloatArray
    event: BoolArray
    covariates: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelSurvival:
    """Survival of given covariates by a parametric model; every array has shape (times,).

    Attributes
    ----------
    times : FloatArray
        As asked; beyond the follow-up of the subjects it is the model that speaks, not the data.
    cumulative_hazard : FloatArray
        H(t).
    estimate, lower, upper : FloatArray
        S(t) = exp(-H(t)), with the interval that is symmetric in log H(t).
    confidence : float
        Confidence level.
    """

    times: FloatArray
    cumulative_hazard: FloatArray
    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.cumulative_hazard, self.estimate, self.lower, self.upper)


def hazard_rows(
    time: npt.ArrayLike, event: npt.ArrayLike, covariates: npt.ArrayLike | None
) -> HazardRows:
    """Return checked rows of a parametric model, with at least one event."""
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    if not had_event.any():
        raise bad_input(
            "a model of a hazard needs at least one event",
            where="event",
            got=f"0 events among {times.size} subjects",
            fix="wait for events",
        )
    table = np.empty((times.size, 0))
    if covariates is not None:
        table = covariate_columns(covariates, rows=times.size)
    return HazardRows(time=times, event=had_event, covariates=table)


def model_survival(
    times: FloatArray,
    hazard: FloatArray,
    slope: FloatArray,
    *,
    variance: FloatArray,
    confidence: float,
) -> ModelSurvival:
    """Return survival from a cumulative hazard, its interval by the delta method on log H(t).

    Parameters
    ----------
    times, hazard : FloatArray, shape (times,)
        Times and H(t); where H(t) is 0, S(t) is 1 without doubt.
    slope : FloatArray, shape (q, times)
        Derivatives of log H(t) by the q parameters.
    variance : FloatArray, shape (q, q)
        Variance of the parameters.
    confidence : float
        Level of the interval.
    """
    spread = np.sqrt(np.einsum("it,ij,jt->t", slope, variance, slope))
    away = np.exp(normal_deviate(confidence) * np.where(hazard > 0, spread, 0.0))
    return ModelSurvival(
        times=times,
        cumulative_hazard=hazard,
        estimate=np.exp(-hazard),
        lower=np.exp(-hazard * away),
        upper=np.exp(-hazard / away),
        confidence=confidence,
    )


def covariate_test(null: float, full: float, *, df: int) -> ChiSquareTest | None:
    """Return the likelihood-ratio test of the covariates; None when there are none."""
    return chi_square_test(2 * (full - null), df=df) if df else None
