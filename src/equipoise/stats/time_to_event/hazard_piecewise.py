r"""Piecewise exponential regression: constant hazards between cuts, proportional in covariates.

The hazard is :math:`h(t \mid x) = \lambda_j e^{x^\top\beta}` for t between the cuts
:math:`c_{j-1} < t \le c_j`. With :math:`E_{ij}` the time of row i in piece j, its log-likelihood is
that of Poisson counts of mean :math:`\lambda_j E_{ij} e^{x_i^\top\beta}` without their constant:

.. math:: \sum_i \delta_i (\log\lambda_{j(i)} + x_i^\top\beta)
          - \sum_{ij} \lambda_j E_{ij} e^{x_i^\top\beta}

Holford 1980, doi:10.2307/2529982. Without cuts it is exponential regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    covariate_row,
    entry_column,
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
class PiecewiseExponential:
    """A fitted piecewise exponential model of k pieces and p covariates.

    Attributes
    ----------
    cuts : FloatArray, shape (k - 1,)
        Where a piece ends and the next begins; an event at a cut is of the earlier piece.
    events, person_time : shape (k,)
        Events and time at risk in each piece.
    rate, rate_lower, rate_upper : FloatArray, shape (k,)
        Hazard in each piece for covariates 0, with its interval, symmetric in its logarithm.
    proportional : Coefficients
        Log hazard ratios, shape (p,).
    parameters, variance : FloatArray, shape (k + p,), (k + p, k + p)
        Log rates and log hazard ratios.
    loglik_null, loglik : float
        Log-likelihood without covariates, and with them.
    likelihood_ratio : ChiSquareTest or None
        Test that no covariate matters; None for a model of none.
    n : int
        Rows.
    confidence : float
        Level of the intervals.
    """

    cuts: FloatArray
    events: IntArray
    person_time: FloatArray
    rate: FloatArray
    rate_lower: FloatArray
    rate_upper: FloatArray
    proportional: Coefficients
    parameters: FloatArray
    variance: FloatArray
    loglik_null: float
    loglik: float
    likelihood_ratio: ChiSquareTest | None
    n: int
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.cuts, self.events, self.person_time, self.rate, self.rate_lower)
        freeze(self.rate_upper, self.parameters, self.variance)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counts:
    """Time of each row in each piece, (n, k); the piece of each event, and the rows of events."""

    lived: FloatArray
    piece: IntArray
    dead: IntArray

    @property
    def events(self) -> IntArray:
        """Events in each piece, shape (k,)."""
        return np.bincount(self.piece, minlength=self.lived.shape[1])


def piecewise_exponential(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    *,
    cuts: Sequence[float] = (),
    entry: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> PiecewiseExponential:
    """Fit hazards that are constant between cuts, and proportional in the covariates.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    covariates : array_like, shape (n, p) or (n,), optional
        Numbers, without a column of ones.
    cuts : sequence of float
        Rising times above 0; none for exponential regression.
    entry : array_like, shape (n,), optional
        Time of entry, not negative, before ``time``.
    confidence : float
        Level of the intervals.

    Raises
    ------
    BadInput
        For broken columns or cuts, pieces without events, constant or dependent covariates.
    NotConverged
        When a coefficient runs to infinity.
    """
    rows = hazard_rows(time, event, covariates)
    z = normal_deviate(confidence)
    ends = _checked_cuts(cuts)
    counts = _counts(rows, ends, entry=entry_column(entry, time=rows.time))
    scaled = standardised(rows.covariates)
    null, best = _fit(counts, scaled)
    back = scaled.to_units(intercepts=ends.size + 1)
    parameters = back @ best.point
    variance = back @ np.linalg.inv(best.local.information) @ back.T
    pieces = ends.size + 1
    rate = coefficients(parameters[:pieces], variance[:pieces, :pieces], z=z)
    return PiecewiseExponential(
        cuts=ends,
        events=counts.events,
        person_time=counts.lived.sum(axis=0),
        rate=rate.ratio,
        rate_lower=rate.lower,
        rate_upper=rate.upper,
        proportional=coefficients(parameters[pieces:], variance[pieces:, pieces:], z=z),
        parameters=parameters,
        variance=variance,
        loglik_null=null.value,
        loglik=best.local.value,
        likelihood_ratio=covariate_test(null.value, best.local.value, df=scaled.scale.size),
        n=rows.time.size,
        confidence=confidence,
    )


def piecewise_survival(
    model: PiecewiseExponential,
    covariates: npt.ArrayLike | None = None,
    *,
    times: npt.ArrayLike,
) -> ModelSurvival:
    """Return survival of a subject by a piecewise exponential model.

    Parameters
    ----------
    model : PiecewiseExponential
        A fitted model.
    covariates : array_like, shape (p,), optional
        In the units of the model; left out for a model of none.
    times : array_like, shape (times,)
        Where to read the curve; after the last cut the last hazard goes on.
    """
    asked = time_column(times, where="times").copy()
    row = covariate_row(covariates, width=model.proportional.coef.size)
    baseline = _lived(asked, np.zeros(asked.size), cuts=model.cuts) * model.rate
    total = baseline.sum(axis=1)
    share = baseline / np.where(total > 0, total, 1.0)[:, np.newaxis]
    slope = np.vstack((share.T, *(np.full(asked.size, value) for value in row)))
    hazard = total * np.exp(row @ model.proportional.coef)
    return model_survival(
        asked, hazard, slope, variance=model.variance, confidence=model.confidence
    )


def _counts(rows: HazardRows, cuts: FloatArray, *, entry: FloatArray | None) -> _Counts:
    dead = np.flatnonzero(rows.event)
    counts = _Counts(
        lived=_lived(rows.time, np.zeros(rows.time.size) if entry is None else entry, cuts=cuts),
        piece=np.searchsorted(cuts, rows.time[dead], side="left"),
        dead=dead,
    )
    _refuse_empty_pieces(counts)
    return counts


def _lived(time: FloatArray, entry: FloatArray, *, cuts: FloatArray) -> FloatArray:
    """Return the time from entry to ``time`` within each piece, shape (n, k)."""
    starts = np.concatenate(([0.0], cuts))
    ends = np.concatenate((cuts, [np.inf]))
    until = np.minimum(time[:, np.newaxis], ends)
    lived: FloatArray = np.maximum(until - np.maximum(entry[:, np.newaxis], starts), 0)
    return lived


def _fit(counts: _Counts, scaled: Standardised) -> tuple[Local, Maximum]:
    """Return the log-likelihood of the rates alone, and the maximum."""
    start = np.zeros(counts.lived.shape[1] + scaled.scale.size)
    start[: counts.events.size] = np.log(counts.events / counts.lived.sum(axis=0))

    def likelihood(point: FloatArray) -> Local:
        return _log_likelihood(point, counts, columns=scaled.columns)

    null = likelihood(start)
    refuse_dependent(null.information)
    return null, maximise(likelihood, start=start)


def _log_likelihood(point: FloatArray, counts: _Counts, *, columns: FloatArray) -> Local:
    pieces = counts.lived.shape[1]
    # A Newton step too far has a likelihood that is not finite, and is halved.
    with np.errstate(all="ignore"):
        level = columns @ point[pieces:]
        expected = counts.lived * np.exp(point[:pieces]) * np.exp(level)[:, np.newaxis]
        by_piece, by_row = expected.sum(axis=0), expected.sum(axis=1)
        cross = expected.T @ columns
        dead = counts.dead
        value = float(point[counts.piece].sum() + level[dead].sum() - by_piece.sum())
        return Local(
            value=value,
            score=np.concatenate(
                (counts.events - by_piece, columns[dead].sum(axis=0) - cross.sum(axis=0))
            ),
            information=np.block(
                [[np.diag(by_piece), cross], [cross.T, columns.T @ (by_row[:, None] * columns)]]
            ),
        )


def _checked_cuts(cuts: Sequence[float]) -> FloatArray:
    ends = np.array(cuts, dtype=np.float64)
    steps = np.diff(ends, prepend=0.0)
    if ends.ndim != 1 or not np.isfinite(ends).all() or np.any(steps <= 0):
        raise bad_input(
            "cuts are rising times above 0",
            where="cuts",
            got=cuts,
            fix="such as (6, 12, 24), in the unit of the times",
        )
    return ends


def _refuse_empty_pieces(counts: _Counts) -> None:
    empty = np.flatnonzero((counts.events == 0) | (counts.lived.sum(axis=0) == 0))
    if empty.size:
        raise bad_input(
            "every piece of time needs an event and time at risk",
            where="cuts",
            got=f"piece {int(empty[0])} (counted from 0) has {counts.events[empty[0]]} events",
            fix="join it with its neighbour",
        )
