"""Hazards known beforehand, as cumulative hazards: what a single arm is compared with.

Rates and times share one unit; months and events per month, unless a table says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, freeze, number_column, time_column
from equipoise.stats.numerics.counts import refuse_share


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantHazard:
    """An exponential reference: events for each unit of time."""

    rate: float

    def __post_init__(self) -> None:
        """Refuse a rate that is not above 0."""
        _refuse_not_positive(rate=self.rate)

    @classmethod
    def of_survival(cls, share: float, *, at: float) -> ConstantHazard:
        """Return the constant hazard under which a share is still free of the event at a time.

        ``of_survival(0.5, at=9)`` has the median 9.
        """
        _refuse_not_positive(at=at)
        refuse_share(share, where="share")
        return cls(rate=-log(share) / at)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeibullHazard:
    """A Weibull reference with cumulative hazard (t / scale)^shape."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse a shape or scale that is not above 0."""
        _refuse_not_positive(shape=self.shape, scale=self.scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecewiseHazard:
    """Rates that hold from one time to the next.

    Attributes
    ----------
    starts : tuple of float
        From when each rate holds; the first is 0, the others rise.
    rates : tuple of float
        Events for each unit of time; the last one holds for ever.
    """

    starts: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse starts that do not rise from 0, and rates below 0."""
        starts, rates = np.asarray(self.starts), np.asarray(self.rates)
        if starts.size == 0 or starts.size != rates.size or starts[0] != 0:
            raise _no_pieces(f"starts {self.starts}, rates {self.rates}")
        if not (np.diff(starts) > 0).all() or not ((rates >= 0) & (rates < inf)).all():
            raise _no_pieces(f"starts {self.starts}, rates {self.rates}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HazardTable:
    """A cumulative hazard at given times, straight in between: a life table or a published curve.

    Attributes
    ----------
    times, cumulative : FloatArray, shape (k,)
        Rising times, and the cumulative hazard at each, which does not fall. Before the first
        time it rises straight from 0 at 0.
    """

    times: FloatArray
    cumulative: FloatArray

    def __post_init__(self) -> None:
        """Refuse times that do not rise, and a cumulative hazard that falls or starts below 0."""
        times = time_column(self.times, where="times")
        cumulative = number_column(self.cumulative, where="cumulative")
        falls = cumulative.size != times.size or (np.diff(cumulative, prepend=0.0) < 0).any()
        if falls or not (np.diff(times) > 0).all():
            raise bad_input(
                "a table has rising times and a cumulative hazard that does not fall",
                where="times, cumulative",
                got=f"{times.size} times and {cumulative.size} hazards",
                fix="pass -log S(t) of the reference curve at rising times",
            )
        object.__setattr__(self, "times", times.copy())
        object.__setattr__(self, "cumulative", cumulative.copy())
        freeze(self.times, self.cumulative)


HazardOfRows = Callable[[FloatArray], FloatArray]
"""From one time for each subject, in the order of the rows, to the cumulative hazard of each: a
reference that differs between subjects, such as a population's mortality by age and sex."""

ReferenceHazard = ConstantHazard | WeibullHazard | PiecewiseHazard | HazardTable | HazardOfRows


def cumulative_hazard(reference: ReferenceHazard, time: npt.ArrayLike) -> FloatArray:
    """Return the cumulative hazard at each time, shape (n,).

    Parameters
    ----------
    reference : ReferenceHazard
        What is known beforehand.
    time : array_like, shape (n,)
        Times from origin, one for each subject, in the unit of the reference.

    Raises
    ------
    BadInput
        For negative times, times after the end of a table, and a callable that gives back
        negative or missing numbers, or not one for each time.
    """
    times = time_column(time)
    match reference:
        case ConstantHazard(rate=rate):
            return times * rate
        case WeibullHazard(shape=shape, scale=scale):
            return np.power(times / scale, shape)
        case PiecewiseHazard():
            return _of_pieces(reference, times)
        case HazardTable():
            return _of_table(reference, times)
        case _ if callable(reference):
            return _of_rows(reference, times)
        case _:
            assert_never(reference)


def _of_pieces(reference: PiecewiseHazard, times: FloatArray) -> FloatArray:
    starts, rates = np.asarray(reference.starts), np.asarray(reference.rates)
    before = np.concatenate(([0.0], np.cumsum(rates[:-1] * np.diff(starts))))
    piece = np.searchsorted(starts, times, side="right") - 1
    return np.asarray(before[piece] + rates[piece] * (times - starts[piece]))


def _of_table(reference: HazardTable, times: FloatArray) -> FloatArray:
    if times.max() > reference.times[-1]:
        raise bad_input(
            "the reference reaches as far as the subjects were followed",
            where="reference",
            got=f"a table to {reference.times[-1]:g}, subjects followed to {times.max():g}",
            fix="extend the table, or censor the subjects at its end",
        )
    known = np.concatenate(([0.0], reference.times))
    height = np.concatenate(([0.0], reference.cumulative))
    # A table may start at 0 itself; its own height there holds.
    first = 1 if reference.times[0] == 0 else 0
    return np.asarray(np.interp(times, known[first:], height[first:]), dtype=np.float64)


def _of_rows(reference: HazardOfRows, times: FloatArray) -> FloatArray:
    hazard = number_column(reference(times), where="reference")
    if hazard.size != times.size or (hazard < 0).any():
        raise bad_input(
            "a reference gives one cumulative hazard, not negative, for each subject",
            where="reference",
            got=f"{hazard.size} numbers for {times.size} subjects, the least {hazard.min():g}",
            fix="return an array of the shape of the times",
        )
    return hazard


def _no_pieces(got: str) -> Exception:
    return bad_input(
        "pieces start at 0, rise, and have one rate each that is not negative",
        where="starts, rates",
        got=got,
        fix="PiecewiseHazard(starts=(0, 6), rates=(0.1, 0.05))",
    )


def _refuse_not_positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not 0 < number < inf:
            raise bad_input(
                "a rate, a scale, a shape or a time is above 0", where=name, got=number, fix="1"
            )
