"""Hazards that change with time: pieces of months, and Weibull times."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, log, log1p

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A number that changes at given months: a hazard, a hazard ratio, a rate of accrual.

    Attributes
    ----------
    values : tuple of float
        Not negative; the first holds from month 0, the last goes on for ever.
    until : tuple of float
        Months at which one value gives way to the next, rising; one fewer than values.
    """

    values: tuple[float, ...]
    until: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse steps that are no function of time."""
        rising = all(before < after < inf for before, after in pairwise((0.0, *self.until)))
        fitting = len(self.values) == len(self.until) + 1
        if not (rising and fitting and all(0 <= value < inf for value in self.values)):
            raise bad_input(
                "steps have one value more than rising months, and no value is negative",
                where="values, until",
                got=f"{self.values}, {self.until}",
                fix="Steps(values=(0.025, 0.04, 0.015), until=(6, 12))",
            )

    @property
    def begins(self) -> tuple[float, ...]:
        """Month at which each value begins."""
        return (0.0, *self.until)

    def at(self, month: float) -> float:
        """Return the value that holds at a month."""
        return self.values[sum(month >= end for end in self.until)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weibull:
    r"""A hazard :math:`r\,k\,t^{k-1}`, whose rate may be stepped (a delayed effect).

    Attributes
    ----------
    rate : float or Steps
        r; with a constant rate, survival is :math:`\exp(-r t^k)`.
    shape : float
        k; 1 is exponential, above 1 the hazard rises.
    """

    rate: float | Steps
    shape: float

    def __post_init__(self) -> None:
        """Refuse a shape that is none."""
        if not 0 < self.shape < inf:
            raise bad_input("a shape is above 0", where="shape", got=self.shape, fix="1.3")


Hazard = float | Steps | Weibull
"""Events per subject and month: constant, stepped, or of a Weibull time."""


def as_steps(value: float | Steps, *, where: str) -> Steps:
    """Return a number as steps without a change."""
    if isinstance(value, Steps):
        return value
    if not 0 <= value < inf:
        raise bad_input(f"a {where} is not negative", where=where, got=value, fix="0.077")
    return Steps(values=(float(value),))


def rate_and_shape(hazard: Hazard, *, where: str = "hazard") -> tuple[Steps, float]:
    """Return the stepped rate and the shape of a hazard; shape 1 is piecewise exponential."""
    match hazard:
        case Weibull(rate=rate, shape=shape):
            return as_steps(rate, where=where), shape
        case _:
            return as_steps(hazard, where=where), 1.0


def hazard_of_median(months: float) -> float:
    """Return the hazard per month of an exponential time with this median."""
    if not 0 < months < inf:
        raise bad_input("a median time is above 0", where="months", got=months, fix="9")
    return log(2) / months


def hazard_of_yearly_probability(probability: float) -> float:
    r"""Return the hazard per month, :math:`-\log(1 - p) / 12`, that loses a share p in a year.

    3 % per year means that 0.03 of the subjects still at risk are lost 12 months on.
    """
    if not 0 <= probability < 1:
        raise bad_input(
            "a yearly probability lies between 0 and 1",
            where="probability",
            got=probability,
            fix="0.03 for 3 % per year",
        )
    return -log1p(-probability) / 12


def weibull_of_median(months: float, *, shape: float) -> Weibull:
    """Return the Weibull hazard of times with this median."""
    if not 0 < months < inf:
        raise bad_input("a median time is above 0", where="months", got=months, fix="9")
    return Weibull(rate=log(2) / months**shape, shape=shape)


def times_ratio(hazard: Hazard, ratio: float | Steps) -> Hazard:
    """Return a hazard times a hazard ratio; a stepped ratio is a delayed or fading effect.

    Parameters
    ----------
    hazard : Hazard
        Constant, stepped, or of a Weibull time, per month.
    ratio : float or Steps
        Hazard ratio, or ratios and the months in which each holds.

    Examples
    --------
    >>> times_ratio(0.06, Steps(values=(1.0, 0.5), until=(4,)))
    Steps(values=(0.06, 0.03), until=(4.0,))
    """
    rate, shape = rate_and_shape(hazard)
    factor = as_steps(ratio, where="hazard_ratio")
    product = combine(rate, factor)
    steps = Steps(
        values=tuple(one * other for one, other in product.values()),
        until=tuple(begin for begin in product if begin > 0),
    )
    if shape != 1:
        return Weibull(rate=steps, shape=shape)
    return steps if steps.until else steps.values[0]


def combine(one: Steps, other: Steps) -> dict[float, tuple[float, float]]:
    """Return both values by the month from which they hold together, in order of time."""
    begins = sorted({float(begin) for begin in (*one.begins, *other.begins)})
    return {begin: (one.at(begin), other.at(begin)) for begin in begins}


def cumulative_hazard(hazard: Hazard, months: FloatArray) -> FloatArray:
    r"""Return :math:`\Lambda(t) = \sum_i r_i (t_{i+1}^k - t_i^k)` up to each month, any shape.

    Parameters
    ----------
    hazard : Hazard
        Constant, stepped, or of a Weibull time, per month.
    months : FloatArray, shape (m,)
        Follow-up, not negative.
    """
    rate, shape = rate_and_shape(hazard)
    clock = months if shape == 1 else months**shape
    if len(rate.values) == 1:
        return rate.values[0] * clock
    begins = np.array(rate.begins) ** shape
    values = np.array(rate.values)
    before = np.concatenate(([0.0], np.cumsum(values[:-1] * np.diff(begins))))
    piece = np.searchsorted(begins, clock, side="right") - 1
    total: FloatArray = before[piece] + values[piece] * (clock - begins[piece])
    return total


def hazard_at(hazard: Hazard, months: FloatArray) -> FloatArray:
    """Return the hazard at each month above 0, any shape.

    Parameters
    ----------
    hazard : Hazard
        Constant, stepped, or of a Weibull time, per month.
    months : FloatArray, shape (m,)
        Follow-up, above 0.
    """
    rate, shape = rate_and_shape(hazard)
    piece = np.searchsorted(np.array(rate.begins), months, side="right") - 1
    values = np.array(rate.values)[piece]
    if shape == 1:
        return values
    curved: FloatArray = values * shape * months ** (shape - 1)
    return curved


def survival_probability(hazard: Hazard, *, months: float) -> float:
    r"""Return the probability :math:`\exp(-\Lambda(t))` of no event up to a month."""
    if not 0 <= months < inf:
        raise bad_input("a month is not negative", where="months", got=months, fix="12")
    return exp(-float(cumulative_hazard(hazard, np.array([months]))[0]))


def time_of_event_probability(hazard: Hazard, *, probability: float) -> float:
    """Return the month by which the event has happened with a probability, a quantile of time.

    Returns
    -------
    float
        Infinite when the hazard ends before.
    """
    if not 0 <= probability < 1:
        raise bad_input(
            "the probability of an event lies from 0 to below 1",
            where="probability",
            got=probability,
            fix="0.5 for the median",
        )
    rate, shape = rate_and_shape(hazard)
    wanted = -log1p(-probability)
    for value, (begin, end) in zip(rate.values, pairwise((*rate.begins, inf)), strict=True):
        span = end**shape - begin**shape
        if value > 0 and value * span >= wanted:
            return float((begin**shape + wanted / value) ** (1 / shape))
        wanted -= value * span if value > 0 else 0.0
    return inf if wanted > 0 else 0.0
