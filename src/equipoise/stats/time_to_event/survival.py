"""Kaplan-Meier: the curve, its intervals, quantiles, and what it says at given times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np
import numpy.typing as npt

from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    freeze,
    normal_deviate,
    number_column,
    time_column,
)
from equipoise.stats.numerics.counts import refuse_share
from equipoise.stats.numerics.probability_scale import ProbabilityScale, ends_on_scale
from equipoise.stats.time_to_event.greenwood import log_survival_variance
from equipoise.stats.time_to_event.risk_sets import (
    CaseWeights,
    Rows,
    WeightedCounts,
    checked_rows,
    risk_table,
)

FLAT = 1.5e-8
"""Two heights of a curve nearer than this are the same height (the square root of machine
precision): a step that should lie at 0.5 may be a rounding error off."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KaplanMeier:
    """A survival curve: one row for each distinct time, events and censorings alike.

    Attributes
    ----------
    times : FloatArray, shape (k,)
        Distinct times in rising order, in the unit of the input.
    at_risk, events, censored : IntArray, shape (k,)
        Subjects who entered before this time and did not leave before it; events and censorings
        at this time. Weights do not enter.
    survival, std_err : FloatArray, shape (k,)
        S(t) from this time on, and its standard error; NaN where S(t) is 0.
    lower, upper : FloatArray, shape (k,)
        Pointwise interval of S(t); NaN where S(t) is 0, and 1 as long as S(t) is 1.
    n : int
        Subjects.
    confidence : float
        Confidence level of the intervals.
    interval : ProbabilityScale
        Scale of the intervals.
    weighted : WeightedCounts or None
        The same counts in weights; None for a curve without weights.
    entries : FloatArray or None, shape (n,)
        Times of entry in rising order; None when all are at risk from the start.
    """

    times: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    survival: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    n: int
    confidence: float
    interval: ProbabilityScale
    weighted: WeightedCounts | None = None
    entries: FloatArray | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.events, self.censored)
        freeze(self.survival, self.std_err, self.lower, self.upper)
        if self.entries is not None:
            freeze(self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalQuantile:
    """A time by which a share of subjects had the event; NaN is "not reached".

    Attributes
    ----------
    share : float
        Share with the event, 0.5 for the median.
    estimate, lower, upper : float
        Time and its interval, in the unit of the times.
    confidence : float
        Confidence level.
    interval : ProbabilityScale
        Scale of the pointwise intervals that were inverted.
    """

    share: float
    estimate: float
    lower: float
    upper: float
    confidence: float
    interval: ProbabilityScale


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalAt:
    """What a curve says at chosen times; every array has shape (times,).

    Attributes
    ----------
    times : FloatArray
        As asked.
    at_risk : IntArray
        Subjects at risk just before the time; 0 after the last one.
    estimate, std_err, lower, upper : FloatArray
        S(t), Greenwood's standard error, and the pointwise interval.
    confidence : float
        Confidence level.
    interval : ProbabilityScale
        Scale of the interval.
    """

    times: FloatArray
    at_risk: IntArray
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    interval: ProbabilityScale

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.estimate)
        freeze(self.std_err, self.lower, self.upper)


def kaplan_meier(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    weights: CaseWeights | None = None,
    confidence: float = 0.95,
    interval: ProbabilityScale = ProbabilityScale.LOG_LOG,
) -> KaplanMeier:
    r"""Return the product-limit estimate of S(t).

    .. math:: \hat S(t) = \prod_{t_i \le t} \left(1 - \frac{d_i}{n_i}\right), \qquad
              \widehat{se}^2 = \hat S(t)^2 \sum_{t_i \le t} \frac{d_i}{n_i (n_i - d_i)}

    A subject is at risk at t when entry < t <= time, so that one censored at a time with events
    counts for them. Weights that count subjects enter d and n; with sampling weights the
    variance is robust. While nobody is at risk the curve stays as it is; once all at risk have
    the event it is 0 for good, however few they were.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    entry : array_like, shape (n,), optional
        Time at which the subject comes under observation, before ``time`` (left truncation).
    weights : CaseWeights, optional
        Weights of the rows, and what they mean.
    confidence : float
        Two-sided level of the pointwise intervals.
    interval : ProbabilityScale
        Scale of the pointwise intervals; their ends are cut at 0 and 1.

    Raises
    ------
    BadInput
        For columns of unequal length, no rows, negative or missing times, events not 0 or 1,
        an entry not before its time, negative weights, and a level outside (0, 1).

    References
    ----------
    Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452. Intervals: Borgan and Liestol
    1990, Scand J Statist 17:35-41. Delayed entry: Tsai, Jewell and Wang 1987,
    doi:10.1093/biomet/74.4.883. Robust variance: see `influence`.
    """
    rows = checked_rows(time, event, entry=entry, weights=weights)
    return _curve(rows, confidence=confidence, interval=interval)


def reverse_kaplan_meier(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    interval: ProbabilityScale = ProbabilityScale.LOG_LOG,
) -> KaplanMeier:
    """Return the curve of follow-up: censoring is the event, an event censors it.

    Its `median` with interval is the median follow-up. A subject with the event at a time counts
    as at risk of the censorings at that time. Parameters and errors are those of `kaplan_meier`.

    References
    ----------
    Schemper and Smith 1996, doi:10.1016/0197-2456(96)00075-X.
    """
    rows = checked_rows(time, event)
    return _curve(replace(rows, event=~rows.event), confidence=confidence, interval=interval)


def median(curve: KaplanMeier) -> SurvivalQuantile:
    """Return the median time with its interval; see `quantile`.

    Parameters
    ----------
    curve : KaplanMeier
        A curve; its intervals give the interval of the time.
    """
    return quantile(curve, 0.5)


def quantile(curve: KaplanMeier, share: float) -> SurvivalQuantile:
    """Return the time by which a share of subjects had the event.

    Parameters
    ----------
    curve : KaplanMeier
        A curve; its intervals give the interval of the time.
    share : float
        Share with the event, between 0 and 1: 0.5 for the median.

    Returns
    -------
    SurvivalQuantile
        The first time at which S(t) is not above ``1 - share``. Where the curve is flat at exactly
        that height, the middle of the flat step; the last observed time ends the last step (as R's
        ``quantile.survfit``). The limits are the same quantile of the lower and upper curve.

    Raises
    ------
    BadInput
        For a share outside (0, 1).

    References
    ----------
    Brookmeyer and Crowley 1982, doi:10.2307/2530286.
    """
    refuse_share(share, where="share")
    height = 1 - share
    return SurvivalQuantile(
        share=share,
        estimate=_first_time_at(curve.survival, curve.times, height=height),
        lower=_first_time_at(curve.lower, curve.times, height=height),
        upper=_first_time_at(curve.upper, curve.times, height=height),
        confidence=curve.confidence,
        interval=curve.interval,
    )


def survival_at(curve: KaplanMeier, times: npt.ArrayLike) -> SurvivalAt:
    """Return S(t) with its interval at chosen times.

    Before the first event S(t) is 1; after the last observed time the curve keeps its last
    height and the number at risk is 0, which says that nothing was observed there.

    Parameters
    ----------
    curve : KaplanMeier
        A curve.
    times : array_like, shape (times,)
        Not negative, in the unit of the curve.

    Raises
    ------
    BadInput
        For times that are negative or missing, and none.
    """
    asked = time_column(times, where="times")
    row = np.searchsorted(curve.times, asked, side="right")

    def height(column: FloatArray, *, before: float) -> FloatArray:
        return np.concatenate(([before], column))[row]

    return SurvivalAt(
        times=asked.copy(),
        at_risk=at_risk_at(curve, asked),
        estimate=height(curve.survival, before=1.0),
        std_err=height(curve.std_err, before=0.0),
        lower=height(curve.lower, before=1.0),
        upper=height(curve.upper, before=1.0),
        confidence=curve.confidence,
        interval=curve.interval,
    )


def at_risk_at(curve: KaplanMeier, times: npt.ArrayLike) -> IntArray:
    """Return the number of subjects at risk just before each time, shape (times,)."""
    asked = number_column(times, where="times")
    row = np.searchsorted(curve.times, asked, side="left")
    if curve.entries is None:
        return np.concatenate((curve.at_risk, np.zeros(1, dtype=np.int64)))[row]
    left = np.concatenate(([0], np.cumsum(curve.events + curve.censored)))[row]
    entered: IntArray = np.searchsorted(curve.entries, asked, side="left")
    return entered - left


def _curve(rows: Rows, *, confidence: float, interval: ProbabilityScale) -> KaplanMeier:
    z = normal_deviate(confidence)
    table = risk_table(rows)
    counted = table if table.weighted is None else table.weighted
    staying: FloatArray = (counted.at_risk - counted.events) / counted.at_risk
    survival: FloatArray = np.cumprod(staying, dtype=np.float64)
    relative_se: FloatArray = np.sqrt(log_survival_variance(rows, table))
    with np.errstate(invalid="ignore"):  # where S(t) is 0 the variance is infinite: NaN is meant
        std_err = survival * relative_se
    lower, upper = _bounds(survival, relative_se, z=z, interval=interval)
    return KaplanMeier(
        times=table.times,
        at_risk=table.at_risk,
        events=table.events,
        censored=table.censored,
        survival=survival,
        std_err=std_err,
        lower=lower,
        upper=upper,
        n=table.n,
        confidence=confidence,
        interval=interval,
        weighted=table.weighted,
        entries=table.entries,
    )


def _bounds(
    survival: FloatArray, relative_se: FloatArray, *, z: float, interval: ProbabilityScale
) -> tuple[FloatArray, FloatArray]:
    """Return the pointwise interval; ``relative_se`` is the standard error of log S(t)."""
    start, stop = np.count_nonzero(survival == 1), np.count_nonzero(survival > 0)
    ends = np.full((2, survival.size), nan)
    ends[:, :start] = 1.0
    ends[:, start:stop] = ends_on_scale(
        survival[start:stop], z * relative_se[start:stop], scale=interval
    )
    return ends[0], ends[1]


def _first_time_at(curve: FloatArray, times: FloatArray, *, height: float) -> float:
    reached = np.flatnonzero(curve <= height + FLAT)
    if reached.size == 0:
        return nan
    first = reached[0]
    if curve[first] < height - FLAT:
        return float(times[first])
    dropped = np.flatnonzero(curve < height - FLAT)
    end = dropped[0] if dropped.size else times.size - 1
    return float((times[first] + times[end]) / 2)
