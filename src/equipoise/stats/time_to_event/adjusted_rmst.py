r"""Restricted mean survival times of two arms, adjusted for covariates by weighted regression.

Every subject whose time up to tau is known, :math:`y = \min(t, \tau)`, counts by the inverse of
the probability :math:`\hat G(y)` of not being censored before, estimated in its own arm:

.. math:: \sum_i \frac{\delta_i}{\hat G(y_i)}\, x_i \left(y_i - g(x_i^\top \beta)\right) = 0

with g the identity for a difference, and the exponential for a ratio. The variance takes into
account that G is estimated. Tian, Zhao and Wei 2014, doi:10.1093/biostatistics/kxt050.
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
    normal_deviate,
    time_column,
)
from equipoise.stats.numerics.likelihood import refuse_dependent, standardised
from equipoise.stats.numerics.newton import Local, maximise
from equipoise.stats.time_to_event.rmst import (
    NO_CONTRAST,
    RmstComparison,
    RmstContrast,
    contrast,
    ratio_contrast,
    refuse_tau_beyond,
)
from equipoise.stats.time_to_event.survival import kaplan_meier

ARM = 1
"""Column of the arm in the design: after the constant, before the covariates."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Restricted:
    """Times restricted to tau, shape (n,); ``known`` says which were not censored before it.

    ``design`` (n, p) holds a constant, the arm and the covariates; ``weight`` is 1 / G, 0 for
    the censored.
    """

    time: FloatArray
    known: BoolArray
    arm: BoolArray
    design: FloatArray
    weight: FloatArray


def adjusted_rmst(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    arm: npt.ArrayLike,
    *,
    covariates: npt.ArrayLike,
    tau: float,
    confidence: float = 0.95,
) -> RmstComparison:
    """Return difference and ratios of restricted means at equal covariates.

    Parameters
    ----------
    time, event : array_like, shape (n,)
        Time to event or censoring; 1 for an event, 0 for censored.
    arm : array_like, shape (n,)
        1 for the experimental arm, 0 for control.
    covariates : array_like, shape (n, p) or (n,)
        Known at the start; a factor of k levels has k - 1 columns of 0 and 1.
    tau : float
        End of the time that counts; the limits of `compare_rmst` hold.
    confidence : float
        Two-sided level of the intervals.

    Returns
    -------
    RmstComparison
        Without the arms: their means depend on the covariates, the contrasts do not.

    Raises
    ------
    BadInput
        As `compare_rmst`, for an empty arm, and for covariates that are constant or dependent.
    NotConverged
        When a ratio runs to infinity.

    Notes
    -----
    Censoring may depend on the arm, not on the covariates. A subject censored at the time of
    another's event lowers G there, as in survRM2.
    """
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    experimental = event_column(arm, rows=times.size, where="arm")
    table = covariate_columns(covariates, rows=times.size)
    z = normal_deviate(confidence)
    _refuse_empty_arm(experimental)
    arms = [kaplan_meier(times[rows], had_event[rows]) for rows in (experimental, ~experimental)]
    refuse_tau_beyond(arms, tau=tau)
    scaled = standardised(np.column_stack((experimental, table)))
    refuse_dependent(scaled.columns.T @ scaled.columns / times.size)
    design = np.column_stack((np.ones(times.size), experimental * 1.0, scaled.columns[:, 1:]))
    rows = _restricted(times, had_event, arm=experimental, design=design, tau=tau)
    return RmstComparison(
        tau=tau,
        difference=_difference(rows, z=z),
        ratio=_ratio(rows, rows.time, z=z),
        lost_ratio=_ratio(rows, tau - rows.time, z=z),
        experimental=None,
        control=None,
        confidence=confidence,
    )


def _restricted(
    time: FloatArray, event: BoolArray, *, arm: BoolArray, design: FloatArray, tau: float
) -> _Restricted:
    restricted = np.minimum(time, tau)
    known = event | (time >= tau)
    weight = np.zeros(time.size)
    for rows in (arm, ~arm):
        weight[rows] = _inverse_of_uncensored(restricted[rows], known[rows])
    return _Restricted(time=restricted, known=known, arm=arm, design=design, weight=weight)


def _inverse_of_uncensored(time: FloatArray, known: BoolArray) -> FloatArray:
    """Return 1 / G at each known time of one arm, and 0 for the censored, shape (n,)."""
    curve = kaplan_meier(time, ~known)
    uncensored = curve.survival[np.searchsorted(curve.times, time)]
    return np.divide(1.0, uncensored, out=np.zeros(time.size), where=known)


def _difference(rows: _Restricted, *, z: float) -> RmstContrast:
    weighted = rows.design * rows.weight[:, np.newaxis]
    beta = np.linalg.solve(weighted.T @ rows.design, weighted.T @ rows.time)
    score = weighted * (rows.time - rows.design @ beta)[:, np.newaxis]
    variance = _sandwich(rows, score, bread=rows.design.T @ rows.design)
    return contrast(float(beta[ARM]), _error(variance), z=z)


def _ratio(rows: _Restricted, response: FloatArray, *, z: float) -> RmstContrast:
    """Return the ratio of the means of a response that is not negative, shape (n,)."""
    if any(not np.any(response * rows.weight * side) for side in (rows.arm, ~rows.arm)):
        return NO_CONTRAST
    design, weighted = rows.design, rows.design * rows.weight[:, np.newaxis]

    def quasi_likelihood(beta: FloatArray) -> Local:
        with np.errstate(over="ignore"):  # a step too far is not finite, and is halved
            line = design @ beta
            mean = np.exp(line)
            value = float(rows.weight @ (response * line - mean))
            information = weighted.T @ (mean[:, np.newaxis] * design)
        return Local(value=value, score=weighted.T @ (response - mean), information=information)

    start = np.zeros(design.shape[1])
    start[0] = np.log(np.average(response, weights=rows.weight))
    beta = maximise(quasi_likelihood, start=start).point
    mean = np.exp(design @ beta)
    score = weighted * (response - mean)[:, np.newaxis]
    variance = _sandwich(rows, score, bread=(design * mean[:, np.newaxis]).T @ design)
    return ratio_contrast(float(beta[ARM]), _error(variance), z=z)


def _error(variance: FloatArray) -> float:
    return float(np.sqrt(variance[ARM, ARM]))


def _sandwich(rows: _Restricted, score: FloatArray, *, bread: FloatArray) -> FloatArray:
    """Return the variance of the coefficients from each subject's score, shape (p, p)."""
    filling = np.zeros_like(bread)
    for arm in (rows.arm, ~rows.arm):
        part = _influence(rows.time[arm], rows.known[arm], score[arm])
        filling += part.T @ part
    inverse = np.linalg.inv(bread)
    variance: FloatArray = inverse @ filling @ inverse
    return variance


def _influence(time: FloatArray, known: BoolArray, score: FloatArray) -> FloatArray:
    """Return each subject's influence on the score of its arm, its part in G included, (n, p)."""
    order = np.argsort(time)
    time, known, score = time[order], known[order], score[order]
    first = np.searchsorted(time, time, side="left")
    last = np.searchsorted(time, time, side="right") - 1
    at_risk = (time.size - first)[:, np.newaxis]
    mean_later = np.cumsum(score[::-1], axis=0)[::-1][first] / at_risk
    censored = mean_later * ~known[:, np.newaxis]
    influence: FloatArray = score + censored - np.cumsum(censored / at_risk, axis=0)[last]
    return influence


def _refuse_empty_arm(experimental: BoolArray) -> None:
    if experimental.all() or not experimental.any():
        raise bad_input(
            "two arms are compared",
            where="arm",
            got=f"{experimental.sum()} of {experimental.size} subjects in the experimental arm",
            fix="1 for the experimental arm, 0 for control",
        )
