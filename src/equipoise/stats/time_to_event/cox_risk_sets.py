r"""Who is at risk at each event time, and the sums over them that every part of a Cox model uses.

At an event time with m events D of mean case weight :math:`\bar v`, Efron's likelihood has m
terms l = 0 .. m - 1, each with denominator :math:`\sum_R w - \tfrac{l}{m} \sum_D w`, where
:math:`w = v \exp(x^\top\beta)`. Breslow's has one term of mass :math:`\sum_D v` and share 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray
from equipoise.stats.time_to_event.cox_rows import CoxRows, Ties


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entries:
    """Delayed entry in one stratum: which rows have not entered yet at an event time.

    ``order`` (n,), rows by entry, latest first; ``outside`` (k,), how many of them enter at an
    event time or later; ``until`` (n,), the number of event times after a row's entry.
    """

    order: IntArray
    outside: IntArray
    until: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSets:
    """The rows of one stratum, latest time first, and the places of the events among them.

    With n rows, p covariates, k distinct event times (latest first), d events and q terms:

    Attributes
    ----------
    rows : IntArray, shape (n,)
        Row numbers of the input.
    design : FloatArray, shape (1 + p, n)
        A row of ones above the covariates.
    case_weight : FloatArray or None, shape (n,)
        Case weights; None for 1.
    moments : FloatArray, shape (k,)
        Event times, latest first.
    last : IntArray, shape (k,)
        The last row with a time not before each event time.
    since : IntArray, shape (n,)
        The first event time that a row is at risk for.
    entries : Entries or None
        Delayed entry; None when all rows are at risk from the start.
    dead, tie : IntArray, shape (d,)
        Rows with events, by event time; and the event time of each.
    first_dead : IntArray, shape (k,)
        Where each event time begins in ``dead``.
    term_moment, share, mass : shape (q,)
        Event time of each term, the part of the tied events that has left, and the weight of the
        term. ``share`` is None when there is nothing to leave: one term for each event time.
    event_sum : FloatArray, shape (p,)
        Weighted sum of the covariates of the events.
    """

    rows: IntArray
    design: FloatArray
    case_weight: FloatArray | None
    moments: FloatArray
    last: IntArray
    since: IntArray
    entries: Entries | None
    dead: IntArray
    tie: IntArray
    first_dead: IntArray
    term_moment: IntArray
    share: FloatArray | None
    mass: FloatArray
    event_sum: FloatArray

    @property
    def covariates(self) -> FloatArray:
        """Covariates, shape (p, n)."""
        return self.design[1:]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSums:
    """Sums over the risk sets of one stratum at given coefficients.

    Attributes
    ----------
    risk : FloatArray, shape (n,)
        Linear predictor, less its largest.
    relative : FloatArray, shape (n,)
        ``exp(risk)``.
    weight : FloatArray, shape (n,)
        ``relative`` times case weight.
    denominator : FloatArray, shape (q,)
        Sum of the weights at risk, for each term.
    mean : FloatArray, shape (p, q)
        Weighted mean of the covariates at risk, for each term.
    rate : FloatArray, shape (q,)
        Increment of the hazard of a row of ``relative`` 1: mass over denominator.
    largest : float
        The largest linear predictor.
    """

    risk: FloatArray
    relative: FloatArray
    weight: FloatArray
    denominator: FloatArray
    mean: FloatArray
    rate: FloatArray
    largest: float


def risk_sets(rows: CoxRows, columns: FloatArray, *, ties: Ties) -> list[RiskSets]:
    """Return the risk sets of each stratum that has events.

    Parameters
    ----------
    rows : CoxRows
        Rows of follow-up.
    columns : FloatArray, shape (n, p)
        Covariates to use in place of those of ``rows``: standardised ones.
    ties : Ties
        Treatment of ties; for ``EXACT`` the terms are Breslow's.
    """
    event = rows.event if rows.weights is None else rows.event & (rows.weights > 0)
    return [
        _stratum(rows, columns, event=event, member=member, ties=ties)
        for member in rows.members
        if event[member].any()
    ]


def risk_sums(beta: FloatArray, sets: RiskSets) -> RiskSums:
    """Return the sums over the risk sets at coefficients ``beta``, shape (p,), in O(n p)."""
    risk = beta @ sets.covariates
    largest = float(risk.max())
    risk -= largest  # no sum changes its ratio to another, and no weight overflows
    # A Newton step too far empties a risk set; its likelihood is not finite, and it is halved.
    with np.errstate(all="ignore"):
        relative = np.exp(risk)
        weight = relative if sets.case_weight is None else relative * sets.case_weight
        sums = _term_sums(weight * sets.design, sets)
        return RiskSums(
            risk=risk,
            relative=relative,
            weight=weight,
            denominator=sums[0],
            mean=sums[1:] / sums[0],
            rate=sets.mass / sums[0],
            largest=largest,
        )


def over_moments(terms: FloatArray, sets: RiskSets) -> FloatArray:
    """Return sums of a quantity of each term, shape (.., q), over the event times: (.., k)."""
    if sets.share is None:
        return terms
    return np.add.reduceat(terms, sets.first_dead, axis=-1)


def while_at_risk(moments: FloatArray, sets: RiskSets) -> FloatArray:
    """Return, for each row, the sum of a quantity over the event times it is at risk for.

    Parameters
    ----------
    moments : FloatArray, shape (.., k)
        A quantity of each event time.

    Returns
    -------
    FloatArray, shape (.., n)
    """
    later = np.zeros((*moments.shape[:-1], moments.shape[-1] + 1))
    np.cumsum(moments[..., ::-1], axis=-1, out=later[..., 1:])
    start = moments.shape[-1] - sets.since
    total: FloatArray = later.take(start, axis=-1)
    if sets.entries is not None:
        total -= later.take(moments.shape[-1] - sets.entries.until, axis=-1)
    return total


def exposure(rate: FloatArray, sets: RiskSets) -> FloatArray:
    """Return the hazard each row went through, for ``relative`` 1, shape (.., n).

    A tied event is exposed to the part of its own term that it had not left.

    Parameters
    ----------
    rate : FloatArray, shape (.., q)
        Increment of the hazard at each term.
    """
    total = while_at_risk(over_moments(rate, sets), sets)
    if sets.share is not None:
        total[..., sets.dead] -= over_moments(sets.share * rate, sets).take(sets.tie, axis=-1)
    return total


def information(sums: RiskSums, sets: RiskSets, *, factor: FloatArray | None = None) -> FloatArray:
    """Return the sum over terms of mass times the covariance of the covariates at risk, (p, p).

    The first moment is summed by row instead of by event: a row's weight counts with the hazard
    it went through, which takes O(n p^2) in all.

    Parameters
    ----------
    factor : FloatArray, shape (q,), optional
        What each term is multiplied with.
    """
    rate = sums.rate if factor is None else sums.rate * factor
    mass = sets.mass if factor is None else sets.mass * factor
    lived = sums.weight * exposure(rate, sets)
    return (sets.covariates * lived) @ sets.covariates.T - (sums.mean * mass) @ sums.mean.T


def _stratum(
    rows: CoxRows, columns: FloatArray, *, event: BoolArray, member: IntArray, ties: Ties
) -> RiskSets:
    order = member[np.argsort(-rows.time[member], kind="stable")]
    descending = -rows.time[order]
    dead = np.flatnonzero(event[order])
    at_event = descending[dead]
    starts = np.flatnonzero(np.concatenate(([True], at_event[1:] != at_event[:-1])))
    moments = at_event[starts]
    deaths = np.diff(np.append(starts, dead.size))
    tie = np.repeat(np.arange(starts.size), deaths)
    weights = None if rows.weights is None else rows.weights[order]
    of_dead = np.ones(dead.size) if weights is None else weights[dead]
    share = _share(deaths, starts, tie=tie, ties=ties)
    design = np.empty((1 + columns.shape[1], order.size))
    design[0] = 1
    np.take(columns.T, order, axis=1, out=design[1:])
    total = np.add.reduceat(of_dead, starts)
    return RiskSets(
        rows=order,
        design=design,
        case_weight=weights,
        moments=-moments,
        last=np.searchsorted(descending, moments, side="right") - 1,
        since=np.searchsorted(moments, descending, side="left"),
        entries=None if rows.entry is None else _entries(rows.entry[order], moments=-moments),
        dead=dead,
        tie=tie,
        first_dead=starts,
        term_moment=np.arange(starts.size) if share is None else tie,
        share=share,
        mass=total if share is None else (total / deaths)[tie],
        event_sum=design[1:, dead] @ of_dead,
    )


def _share(deaths: IntArray, starts: IntArray, *, tie: IntArray, ties: Ties) -> FloatArray | None:
    match ties:
        case Ties.EFRON if deaths.size < tie.size:
            return (np.arange(tie.size) - starts[tie]) / deaths[tie]
        case Ties.EFRON | Ties.BRESLOW | Ties.EXACT:
            return None
        case _:
            assert_never(ties)


def _entries(entry: FloatArray, *, moments: FloatArray) -> Entries:
    order = np.argsort(-entry, kind="stable")
    # Follow-up is open on the left: a row that enters at an event time is not at risk for it.
    return Entries(
        order=order,
        outside=np.searchsorted(-entry[order], -moments, side="right"),
        until=np.searchsorted(-moments, -entry, side="left"),
    )


def _term_sums(weighted: FloatArray, sets: RiskSets) -> FloatArray:
    """Return sums over the risk set of each term, shape (1 + p, q)."""
    at_risk = np.cumsum(weighted, axis=1).take(sets.last, axis=1)
    if sets.entries is not None:
        outside = np.zeros((weighted.shape[0], weighted.shape[1] + 1))
        np.cumsum(weighted.take(sets.entries.order, axis=1), axis=1, out=outside[:, 1:])
        at_risk -= outside.take(sets.entries.outside, axis=1)
    if sets.share is None:
        return at_risk
    leaving = np.add.reduceat(weighted.take(sets.dead, axis=1), sets.first_dead, axis=1)
    left = leaving.take(sets.tie, axis=1)
    left *= sets.share
    return at_risk.take(sets.tie, axis=1) - left
