"""Kaplan-Meier: the curve, its intervals, quantiles, and what it says at given times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import nan
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    event_column,
    freeze,
    normal_deviate,
    number_column,
    time_column,
)

FLAT = 1.5e-8
"""Two heights of a curve nearer than this are the same height (the square root of machine
precision): a step that should lie at 0.5 may be a rounding error off."""


class SurvivalInterval(StrEnum):
    """On which scale the pointwise interval of S(t) is symmetric."""

    LOG_LOG = "log_log"
    LOG = "log"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KaplanMeier:
    """A survival curve: one row for each distinct time, events and censorings alike.

    Attributes
    ----------
    times : FloatArray, shape (k,)
        Distinct times in rising order, in the unit of the input.
    at_risk, events, censored : IntArray, shape (k,)
        Subjects with a time not before this one; events and censorings at this time.
    survival, std_err : FloatArray, shape (k,)
        S(t) from this time on, and its standard error (Greenwood).
    lower, upper : FloatArray, shape (k,)
        Pointwise interval of S(t); NaN where S(t) is 0, and 1 as long as S(t) is 1.
    n : int
        Subjects.
    confidence : float
        Confidence level of the intervals.
    interval : SurvivalInterval
        Scale of the intervals.
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
    interval: SurvivalInterval

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.events, self.censored)
        freeze(self.survival, self.std_err, self.lower, self.upper)


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
    interval : SurvivalInterval
        Scale of the pointwise intervals that were inverted.
    """

    share: float
    estimate: float
    lower: float
    upper: float
    confidence: float
    interval: SurvivalInterval


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
    interval : SurvivalInterval
        Scale of the interval.
    """

    times: FloatArray
    at_risk: IntArray
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    interval: SurvivalInterval

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.estimate)
        freeze(self.std_err, self.lower, self.upper)


def kaplan_meier(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    interval: SurvivalInterval = SurvivalInterval.LOG_LOG,
) -> KaplanMeier:
    r"""Return the product-limit estimate of S(t).

    .. math:: \hat S(t) = \prod_{t_i \le t} \left(1 - \frac{d_i}{n_i}\right), \qquad
              \widehat{se}^2 = \hat S(t)^2 \sum_{t_i \le t} \frac{d_i}{n_i (n_i - d_i)}

    A subject censored at a time with events counts as at risk for them.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    confidence : float
        Two-sided level of the pointwise intervals.
    interval : SurvivalInterval
        Scale of the pointwise intervals; plain ones are cut at 0 and 1, log ones at 1.

    Raises
    ------
    BadInput
        For columns of unequal length, no rows, negative or missing times, events not 0 or 1,
        and a level outside (0, 1).

    References
    ----------
    Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452. Intervals: Borgan and Liestol
    1990, Scand J Statist 17:35-41.
    """
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    z = normal_deviate(confidence)
    return _curve(times, had_event, z=z, confidence=confidence, interval=interval)


def median(curve: KaplanMeier) -> SurvivalQuantile:
    """Return the median time with its interval; see `quantile`."""
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

    References
    ----------
    Brookmeyer and Crowley 1982, doi:10.2307/2530286.
    """
    if not 0 < share < 1:
        raise bad_input("a share lies between 0 and 1", where="share", got=share, fix="0.5")
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
    return np.concatenate((curve.at_risk, np.zeros(1, dtype=np.int64)))[row]


def _curve(
    time: FloatArray,
    event: BoolArray,
    *,
    z: float,
    confidence: float,
    interval: SurvivalInterval,
) -> KaplanMeier:
    times, row = np.unique(time, return_inverse=True)
    leaving = np.bincount(row, minlength=times.size)
    events = np.bincount(row[event], minlength=times.size)
    at_risk = time.size - np.cumsum(leaving) + leaving
    staying: FloatArray = (at_risk - events) / at_risk
    survival = np.cumprod(staying, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard_variance: FloatArray = events / (at_risk * (at_risk - events))
        relative_se = np.sqrt(np.cumsum(hazard_variance, dtype=np.float64))
        std_err = survival * relative_se
    lower, upper = _bounds(survival, relative_se, z=z, interval=interval)
    return KaplanMeier(
        times=times,
        at_risk=at_risk.astype(np.int64),
        events=events.astype(np.int64),
        censored=(leaving - events).astype(np.int64),
        survival=survival,
        std_err=std_err,
        lower=lower,
        upper=upper,
        n=time.size,
        confidence=confidence,
        interval=interval,
    )


def _bounds(
    survival: FloatArray, relative_se: FloatArray, *, z: float, interval: SurvivalInterval
) -> tuple[FloatArray, FloatArray]:
    """Return the pointwise interval; ``relative_se`` is the standard error of log S(t)."""
    lower = np.where(survival == 0, nan, 1.0)
    upper = lower.copy()
    inside = (survival > 0) & (survival < 1)
    height, width = survival[inside], z * relative_se[inside]
    with np.errstate(under="ignore"):
        match interval:
            case SurvivalInterval.PLAIN:
                ends = np.maximum(height - height * width, 0), height + height * width
            case SurvivalInterval.LOG:
                ends = height * np.exp(-width), height * np.exp(width)
            case SurvivalInterval.LOG_LOG:
                width = width / -np.log(height)
                ends = height ** np.exp(width), height ** np.exp(-width)
            case _:
                assert_never(interval)
    lower[inside], upper[inside] = ends[0], np.minimum(ends[1], 1)
    return lower, upper


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
