"""Nelson-Aalen: the cumulative hazard, and the survival curve that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, IntArray, freeze, normal_deviate
from equipoise.stats.time_to_event.cumulative import (
    CumulativeCurve,
    CumulativeInterval,
    cumulative_bounds,
)
from equipoise.stats.time_to_event.influence import Steps, robust_variance
from equipoise.stats.time_to_event.risk_sets import (
    CaseWeights,
    RiskTable,
    Rows,
    WeightMeaning,
    checked_rows,
    risk_table,
)


class HazardTies(StrEnum):
    """What d events at one time add to the cumulative hazard."""

    NELSON_AALEN = "nelson_aalen"
    """d / n: they happen at once."""

    FLEMING_HARRINGTON = "fleming_harrington"
    """1 / n + 1 / (n - 1) + ... of d terms: they happen one after the other."""


class HazardVariance(StrEnum):
    """Variance of a cumulative hazard."""

    AALEN = "aalen"
    """Sum of d / n^2: events as of a Poisson process."""

    GREENWOOD = "greenwood"
    """Sum of d (n - d) / n^3: events as of a binomial draw; smaller where many have the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardMethod:
    """How a cumulative hazard treats ties, and which variance and interval it has.

    ``variance`` does not count with sampling weights, whose variance is robust.
    """

    ties: HazardTies = HazardTies.NELSON_AALEN
    variance: HazardVariance = HazardVariance.AALEN
    interval: CumulativeInterval = CumulativeInterval.LOG


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HazardSurvival:
    """The survival curve exp(-H(t)) of a cumulative hazard; every array has shape (k,).

    Attributes
    ----------
    times : FloatArray
        Distinct times in rising order.
    survival, std_err : FloatArray
        S(t) from this time on, and its standard error by the delta method.
    lower, upper : FloatArray
        Pointwise interval: that of the hazard, carried over.
    confidence : float
        Confidence level.
    """

    times: FloatArray
    survival: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.survival, self.std_err, self.lower, self.upper)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counts:
    """Events and subjects at risk at each time, in weights; ``tied`` is the number of events."""

    at_risk: FloatArray
    events: FloatArray
    tied: IntArray


def nelson_aalen(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    weights: CaseWeights | None = None,
    confidence: float = 0.95,
    method: HazardMethod | None = None,
) -> CumulativeCurve:
    r"""Return the cumulative hazard.

    .. math:: \hat H(t) = \sum_{t_i \le t} \frac{d_i}{n_i}, \qquad
              \widehat{se}^2 = \sum_{t_i \le t} \frac{d_i}{n_i^2}

    Parameters
    ----------
    time, event, entry, weights, confidence
        As of `kaplan_meier`.
    method : HazardMethod, optional
        Ties, variance and scale of the interval; ties at once, Aalen's variance and log without.

    Raises
    ------
    BadInput
        As `kaplan_meier`, and for sampling weights with the tie correction of Fleming and
        Harrington, whose robust variance is not known.

    References
    ----------
    Aalen 1978, doi:10.1214/aos/1176344247; Fleming and Harrington 1984,
    doi:10.1080/03610928408828837; variances: Klein 1991, Scand J Statist 18:333-340.
    """
    chosen = HazardMethod() if method is None else method
    z = normal_deviate(confidence)
    rows = checked_rows(time, event, entry=entry, weights=weights)
    table = risk_table(rows)
    counts = _counts(table)
    estimate = np.cumsum(_increments(counts, ties=chosen.ties))
    std_err = np.sqrt(_variance(rows, table, counts=counts, method=chosen))
    lower, upper = cumulative_bounds(estimate, std_err, z=z, interval=chosen.interval)
    return CumulativeCurve(
        times=table.times,
        at_risk=table.at_risk,
        events=table.events,
        estimate=estimate,
        std_err=std_err,
        lower=lower,
        upper=upper,
        n=table.n,
        confidence=confidence,
        interval=chosen.interval,
    )


def fleming_harrington(hazard: CumulativeCurve) -> HazardSurvival:
    r"""Return the survival curve of a cumulative hazard, also named after Breslow.

    .. math:: \hat S(t) = \exp(-\hat H(t)), \qquad
              \widehat{se}(\hat S) = \hat S\,\widehat{se}(\hat H)

    It lies above Kaplan-Meier's and never reaches 0. A plain interval of the hazard is a log
    interval of S(t); a log one is log-log.

    Parameters
    ----------
    hazard : CumulativeCurve
        From `nelson_aalen`, with either treatment of ties.

    References
    ----------
    Fleming and Harrington 1984, doi:10.1080/03610928408828837.
    """
    survival = np.exp(-hazard.estimate)
    return HazardSurvival(
        times=hazard.times,
        survival=survival,
        std_err=survival * hazard.std_err,
        lower=np.exp(-hazard.upper),
        upper=np.exp(-hazard.lower),
        confidence=hazard.confidence,
    )


def _counts(table: RiskTable) -> _Counts:
    counted = table if table.weighted is None else table.weighted
    return _Counts(
        at_risk=counted.at_risk.astype(np.float64),
        events=counted.events.astype(np.float64),
        tied=table.events,
    )


def _one_after_the_other(counts: _Counts) -> tuple[_Counts, IntArray]:
    """Return the events as if each had a time of its own, and which time each belongs to."""
    row = np.repeat(np.arange(counts.tied.size), counts.tied)
    first = np.repeat(np.cumsum(counts.tied) - counts.tied, counts.tied)
    gone = np.arange(row.size) - first
    share = counts.events[row] / counts.tied[row]  # tied events count alike, each the mean weight
    apart = _Counts(
        at_risk=counts.at_risk[row] - gone * share, events=share, tied=np.ones_like(row)
    )
    return apart, row


def _increments(counts: _Counts, *, ties: HazardTies) -> FloatArray:
    match ties:
        case HazardTies.NELSON_AALEN:
            return counts.events / counts.at_risk
        case HazardTies.FLEMING_HARRINGTON:
            apart, row = _one_after_the_other(counts)
            return _summed(apart.events / apart.at_risk, row=row, size=counts.tied.size)
        case _:
            assert_never(ties)


def _variance(rows: Rows, table: RiskTable, *, counts: _Counts, method: HazardMethod) -> FloatArray:
    if table.weighted is not None and table.weighted.meaning is WeightMeaning.SAMPLING:
        _refuse_corrected_ties(method.ties)
        drift = counts.events / counts.at_risk**2
        return robust_variance(rows, Steps(times=table.times, jump=1 / counts.at_risk, drift=drift))
    match method.ties:
        case HazardTies.NELSON_AALEN:
            terms = _variance_terms(counts, variance=method.variance)
        case HazardTies.FLEMING_HARRINGTON:
            apart, row = _one_after_the_other(counts)
            each = _variance_terms(apart, variance=method.variance)
            terms = _summed(each, row=row, size=counts.tied.size)
        case _:
            assert_never(method.ties)
    total: FloatArray = np.cumsum(terms)
    return total


def _variance_terms(counts: _Counts, *, variance: HazardVariance) -> FloatArray:
    match variance:
        case HazardVariance.AALEN:
            return counts.events / counts.at_risk**2
        case HazardVariance.GREENWOOD:
            return counts.events * (counts.at_risk - counts.events) / counts.at_risk**3
        case _:
            assert_never(variance)


def _summed(terms: FloatArray, *, row: IntArray, size: int) -> FloatArray:
    return np.bincount(row, weights=terms, minlength=size).astype(np.float64)


def _refuse_corrected_ties(ties: HazardTies) -> None:
    if ties is not HazardTies.NELSON_AALEN:
        raise bad_input(
            "sampling weights have no tie correction",
            where="method",
            got=ties.value,
            fix="HazardTies.NELSON_AALEN, or weights that count subjects",
        )
