r"""Risk sets of the subdistribution: who had a competing event stays, with a falling weight.

At a time t of the cause of interest, a subject who is still followed weighs 1, and one whose time
ended at :math:`T_i < t` by a competing event weighs :math:`\hat G(t-) / \hat G(T_i-)`, the
chance of not being censored in between. Both are running sums over the rows in the order of
time, so that a likelihood takes O(n p) without a row for each weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.competing_risks.causes import CENSORED, OTHER, OWN
from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray
from equipoise.stats.numerics.newton import Local
from equipoise.stats.time_to_event.cox import Ties


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubdistributionSets:
    """Rows in the order of time, and the d events of the cause at k times among them.

    Attributes
    ----------
    time, kind : shape (n,)
        Times in rising order; 0 for censored, 1 for the cause of interest, 2 for another.
    covariates : FloatArray, shape (n, p)
        Covariates in that order.
    moments, free : FloatArray, shape (k,)
        Event times, and the chance of not being censored before each.
    first : IntArray, shape (k,)
        First row still followed at each event time.
    upto : IntArray, shape (n,)
        Number of event times that are not after a row's time.
    dead, tie : IntArray, shape (d,)
        Rows with the cause, by time; and the event time of each.
    first_dead : IntArray, shape (k,)
        Where each event time begins in ``dead``.
    share : FloatArray, shape (d,)
        Part of the tied events that already left: 0 for Breslow.
    staying : FloatArray, shape (n,)
        1 over the chance of not being censored before the row's time for those with a competing
        event, 0 for all others.
    """

    time: FloatArray
    kind: IntArray
    covariates: FloatArray
    moments: FloatArray
    free: FloatArray
    first: IntArray
    upto: IntArray
    dead: IntArray
    tie: IntArray
    first_dead: IntArray
    share: FloatArray
    staying: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubdistributionSums:
    """Sums over the risk sets at given coefficients.

    ``risk`` (n,) is the linear predictor less its ``largest``, ``weight`` (n,) its exponential;
    ``denominator`` (d,) and ``mean`` (d, p) belong to each event.
    """

    risk: FloatArray
    largest: float
    weight: FloatArray
    denominator: FloatArray
    mean: FloatArray


def subdistribution_sets(
    time: FloatArray,
    kind: IntArray,
    covariates: FloatArray,
    *,
    ties: Ties,
    events_first: bool,
) -> SubdistributionSets:
    """Return the risk sets of rows in any order.

    Parameters
    ----------
    time, kind, covariates : arrays of n rows
        As in `SubdistributionSets`.
    ties : Ties
        Efron or Breslow.
    events_first : bool
        Whether those with an event at a time have left before somebody is censored at it, when
        the chance of not being censored is estimated.
    """
    order = np.argsort(time, kind="stable")
    rising, sorted_kind = time[order], kind[order]
    before = _uncensored_before(rising, sorted_kind == CENSORED, events_first=events_first)
    dead = np.flatnonzero(sorted_kind == OWN)
    moments, starts, deaths = np.unique(rising[dead], return_index=True, return_counts=True)
    tie = np.repeat(np.arange(moments.size), deaths)
    return SubdistributionSets(
        time=rising,
        kind=sorted_kind,
        covariates=covariates[order],
        moments=moments,
        free=before[dead[starts]],
        first=np.searchsorted(rising, moments, side="left"),
        upto=np.searchsorted(moments, rising, side="right"),
        dead=dead,
        tie=tie,
        first_dead=starts,
        share=_share(deaths, starts, tie=tie, ties=ties),
        staying=np.where(sorted_kind == OTHER, 1 / before, 0.0),
    )


def _uncensored_before(time: FloatArray, censored: BoolArray, *, events_first: bool) -> FloatArray:
    """Return the product-limit chance of not being censored before each time, shape (n,)."""
    times, row = np.unique(time, return_inverse=True)
    leaving = np.bincount(row)
    gone = np.bincount(row[censored], minlength=times.size)
    at_risk = time.size - np.cumsum(leaving) + leaving
    if events_first:
        at_risk = at_risk - leaving + gone
    staying: FloatArray = np.cumprod(1 - gone / np.maximum(at_risk, 1), dtype=np.float64)
    return np.concatenate(([1.0], staying[:-1]))[row]


def _share(deaths: IntArray, starts: IntArray, *, tie: IntArray, ties: Ties) -> FloatArray:
    match ties:
        case Ties.EFRON:
            return np.asarray((np.arange(tie.size) - starts[tie]) / deaths[tie])
        case Ties.BRESLOW:
            return np.zeros(tie.size)
        case Ties.EXACT:
            raise bad_input(
                "weighted risk sets have no exact treatment of ties",
                where="ties",
                got=ties,
                fix="take Efron's or Breslow's",
            )
        case _:
            assert_never(ties)


def subdistribution_sums(beta: FloatArray, sets: SubdistributionSets) -> SubdistributionSums:
    """Return the sums over the risk sets at coefficients of shape (p,)."""
    risk = sets.covariates @ beta
    largest = float(risk.max())
    risk -= largest  # no sum changes its ratio to another, and no weight overflows
    # A Newton step too far empties a risk set; its likelihood is not finite, and it is halved.
    with np.errstate(all="ignore"):
        weight = np.exp(risk)
        weighted = weight[:, np.newaxis] * _design(sets)
        leaving = np.add.reduceat(weighted[sets.dead], sets.first_dead)[sets.tie]
        sums = _at_risk(weighted, sets)[sets.tie] - sets.share[:, np.newaxis] * leaving
        return SubdistributionSums(
            risk=risk,
            largest=largest,
            weight=weight,
            denominator=sums[:, 0],
            mean=sums[:, 1:] / sums[:, :1],
        )


def _design(sets: SubdistributionSets) -> FloatArray:
    return np.column_stack((np.ones(sets.time.size), sets.covariates))


def _at_risk(weighted: FloatArray, sets: SubdistributionSets) -> FloatArray:
    """Return the sums at each event time: followed rows, and competing ones that stay."""
    followed = np.cumsum(weighted[::-1], axis=0)[::-1][sets.first]
    return np.asarray(followed + sets.free[:, np.newaxis] * stayed(weighted, sets)[sets.first])


def stayed(weighted: FloatArray, sets: SubdistributionSets) -> FloatArray:
    """Return sums over the competing rows before each place, shape (n + 1, ...)."""
    kept = np.cumsum(weighted * sets.staying[:, np.newaxis], axis=0)
    return np.concatenate((np.zeros((1, weighted.shape[1])), kept))


def exposure(rate: FloatArray, sets: SubdistributionSets) -> FloatArray:
    """Return, for each row, the sum of a rate over the events it was at risk for, with weights.

    Parameters
    ----------
    rate : FloatArray, shape (d, q)
        A quantity of each event.

    Returns
    -------
    FloatArray, shape (n, q)
    """
    moments = np.add.reduceat(rate, sets.first_dead)
    until = _running(moments)
    faded = _running(moments * sets.free[:, np.newaxis])
    total: FloatArray = until[sets.upto]
    total[sets.dead] -= np.add.reduceat(sets.share[:, np.newaxis] * rate, sets.first_dead)[sets.tie]
    later = faded[-1] - faded[sets.upto]
    return np.asarray(total + sets.staying[:, np.newaxis] * later)


def _running(moments: FloatArray) -> FloatArray:
    return np.concatenate((np.zeros((1, moments.shape[1])), np.cumsum(moments, axis=0)))


def log_likelihood(beta: FloatArray, sets: SubdistributionSets) -> Local:
    """Return the weighted log partial likelihood, Efron's or Breslow's."""
    sums = subdistribution_sums(beta, sets)
    # Of a step that emptied a risk set nothing is used but that its likelihood is not finite.
    with np.errstate(all="ignore"):
        lived = sums.weight * exposure(1 / sums.denominator[:, np.newaxis], sets)[:, 0]
        square = sets.covariates.T @ (lived[:, np.newaxis] * sets.covariates)
        return Local(
            value=float(np.sum(sums.risk[sets.dead]) - np.sum(np.log(sums.denominator))),
            score=(sets.covariates[sets.dead] - sums.mean).sum(axis=0),
            information=square - sums.mean.T @ sums.mean,
        )


def score_residuals(beta: FloatArray, sets: SubdistributionSets) -> FloatArray:
    """Return each row's part of the score, the weights taken as known, shape (n, p)."""
    sums = subdistribution_sums(beta, sets)
    rate = 1 / sums.denominator[:, np.newaxis]
    lived, through = exposure(rate, sets), exposure(sums.mean * rate, sets)
    residual: FloatArray = sums.weight[:, np.newaxis] * (through - lived * sets.covariates)
    deaths = np.bincount(sets.tie)
    mean = np.add.reduceat(sums.mean, sets.first_dead) / deaths[:, np.newaxis]
    residual[sets.dead] += sets.covariates[sets.dead] - mean[sets.tie]
    return residual


def censoring_residuals(beta: FloatArray, sets: SubdistributionSets) -> FloatArray:
    r"""Return each row's part of the score through the estimated weights, shape (n, p).

    :math:`\psi_i = \int q(u) / Y(u) \, dM_i^c(u)`, with the martingale of censoring and

    .. math:: q(u) = \sum_{t \ge u} \frac{d \hat G(t-)}{S_0(t)} \sum_{T_j < u}
              \frac{w_j}{\hat G(T_j-)} (x_j - \bar x(t))

    over those with a competing event before u, with Breslow's sums :math:`S_0`.
    """
    sums = subdistribution_sums(beta, sets)
    place = np.searchsorted(sets.time, sets.time, side="left")
    rate = sets.free[sets.tie, np.newaxis] / sums.denominator[:, np.newaxis]
    rates = np.add.reduceat(np.column_stack((rate, rate * sums.mean)), sets.first_dead)
    until = _running(rates)
    later = until[-1] - until[np.searchsorted(sets.moments, sets.time, side="left")]
    staying = stayed(sums.weight[:, np.newaxis] * _design(sets), sets)[place]
    effect = staying[:, 1:] * later[:, :1] - staying[:, :1] * later[:, 1:]
    at_risk = (sets.time.size - place)[:, np.newaxis].astype(np.float64)
    jump = np.where((sets.kind == CENSORED)[:, np.newaxis], effect / at_risk, 0.0)
    drift = _running(jump / at_risk)[np.searchsorted(sets.time, sets.time, side="right")]
    return np.asarray(jump - drift)
