"""Curves that rise: what the Nelson-Aalen estimate and the mean cumulative function share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.stats.numerics.columns import FloatArray, IntArray, freeze, time_column


class CumulativeInterval(StrEnum):
    """On which scale the pointwise interval of a rising curve is symmetric."""

    LOG = "log"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeCurve:
    """A cumulative hazard, or a mean number of events, at each distinct time.

    Attributes
    ----------
    times : FloatArray, shape (k,)
        Distinct times in rising order, in the unit of the input.
    at_risk, events : IntArray, shape (k,)
        Subjects at risk just before the time, and events at it; weights do not enter.
    estimate, std_err : FloatArray, shape (k,)
        Height from this time on, and its standard error.
    lower, upper : FloatArray, shape (k,)
        Pointwise interval, cut at 0; both ends are 0 until the first event.
    n : int
        Subjects.
    confidence : float
        Confidence level of the intervals.
    interval : CumulativeInterval
        Scale of the intervals.
    """

    times: FloatArray
    at_risk: IntArray
    events: IntArray
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    n: int
    confidence: float
    interval: CumulativeInterval

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.events)
        freeze(self.estimate, self.std_err, self.lower, self.upper)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeAt:
    """What a rising curve says at chosen times; every array has shape (times,).

    Attributes
    ----------
    times : FloatArray
        As asked.
    estimate, std_err, lower, upper : FloatArray
        Height, its standard error, and the pointwise interval; 0 before the first event.
    confidence : float
        Confidence level.
    interval : CumulativeInterval
        Scale of the interval.
    """

    times: FloatArray
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float
    interval: CumulativeInterval

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.estimate, self.std_err, self.lower, self.upper)


def cumulative_at(curve: CumulativeCurve, times: npt.ArrayLike) -> CumulativeAt:
    """Return the height of a rising curve with its interval at chosen times.

    After the last observed time the curve keeps its last height, though nothing was observed.

    Parameters
    ----------
    curve : CumulativeCurve
        A cumulative hazard, or a mean number of events.
    times : array_like, shape (times,)
        Not negative, in the unit of the curve.

    Raises
    ------
    BadInput
        For times that are negative or missing, and none.
    """
    asked = time_column(times, where="times")
    row = np.searchsorted(curve.times, asked, side="right")

    def height(column: FloatArray) -> FloatArray:
        return np.concatenate(([0.0], column))[row]

    return CumulativeAt(
        times=asked.copy(),
        estimate=height(curve.estimate),
        std_err=height(curve.std_err),
        lower=height(curve.lower),
        upper=height(curve.upper),
        confidence=curve.confidence,
        interval=curve.interval,
    )


def cumulative_bounds(
    estimate: FloatArray, std_err: FloatArray, *, z: float, interval: CumulativeInterval
) -> tuple[FloatArray, FloatArray]:
    """Return the pointwise interval of a rising curve, shape (k,) each."""
    width = z * std_err
    match interval:
        case CumulativeInterval.PLAIN:
            return np.maximum(estimate - width, 0.0), estimate + width
        case CumulativeInterval.LOG:
            share = np.divide(width, estimate, out=np.zeros(width.size), where=estimate > 0)
            return estimate * np.exp(-share), estimate * np.exp(share)
        case _:
            assert_never(interval)
