r"""One arm against a hazard known beforehand: events seen against events expected.

With :math:`\Lambda_0` the cumulative hazard of the reference, :math:`e_i` and :math:`t_i` the
entry and the end of follow-up of a subject and :math:`\delta_i` whether it had the event,

.. math:: O = \sum \delta_i, \qquad E = \sum \Lambda_0(t_i) - \Lambda_0(e_i), \qquad
          z = \frac{O - E}{\sqrt{V}}

z is negative when the subjects had fewer events than expected. O/E is the standardised mortality
ratio; given the follow-up it is Poisson to first order, from which its intervals come.

Breslow 1975, doi:10.2307/1402659; Finkelstein, Muzikansky and Schoenfeld 2003,
doi:10.1093/jnci/djg052; Wu 2014, J Biomet Biostat 5:210.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf, sqrt
from typing import assert_never

import numpy.typing as npt
from scipy.special import gammainccinv, gammaincinv, ndtr

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    entry_column,
    event_column,
    normal_deviate,
    time_column,
)
from equipoise.stats.time_to_event.reference_hazard import ReferenceHazard, cumulative_hazard


class OneSampleVariance(StrEnum):
    """What O - E is divided by the root of."""

    EXPECTED = "expected"
    """E (Breslow): conservative, most of all for few subjects and fewer events."""
    AVERAGE = "average"
    """(O + E) / 2 (Wu): nearer to the nominal level."""


class EventRatioInterval(StrEnum):
    """How the interval of O/E is made, O being Poisson."""

    EXACT = "exact"
    """Poisson tails (Garwood): never below its level."""
    BYAR = "byar"
    """Byar's cube-root approximation of the exact one."""
    LOG = "log"
    """Symmetric on the logarithm, with variance 1/O; none without events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSampleLogRank:
    """A one-sample log-rank test and the ratio of events seen to expected.

    Attributes
    ----------
    n : int
        Subjects.
    observed : int
        Events seen.
    expected : float
        Events expected under the reference over the same follow-up.
    z : float
        Negative when there were fewer events than expected.
    p_fewer : float
        One-sided: chance of a z as small as this one under the reference.
    p_value : float
        Two-sided.
    ratio, lower, upper : float
        O/E, the standardised mortality ratio, and its interval.
    confidence : float
        Two-sided level of the interval.
    variance : OneSampleVariance
        As asked.
    interval : EventRatioInterval
        As asked.
    """

    n: int
    observed: int
    expected: float
    z: float
    p_fewer: float
    p_value: float
    ratio: float
    lower: float
    upper: float
    confidence: float
    variance: OneSampleVariance
    interval: EventRatioInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSampleMethod:
    """The conventions of a one-sample log-rank test.

    Attributes
    ----------
    variance : OneSampleVariance
        Of O - E.
    interval : EventRatioInterval
        Of O/E.
    confidence : float
        Two-sided level of the interval.
    """

    variance: OneSampleVariance = OneSampleVariance.EXPECTED
    interval: EventRatioInterval = EventRatioInterval.EXACT
    confidence: float = 0.95


BRESLOW = OneSampleMethod()
WU = OneSampleMethod(variance=OneSampleVariance.AVERAGE)


def one_sample_logrank(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    reference: ReferenceHazard,
    entry: npt.ArrayLike | None = None,
    method: OneSampleMethod = BRESLOW,
) -> OneSampleLogRank:
    """Return the comparison of one arm with a reference hazard.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, in the unit of the reference.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    reference : ReferenceHazard
        Constant, Weibull, piecewise, a table, or a callable that knows each subject's own.
    entry : array_like, shape (n,), optional
        Time at which a subject came under observation, before its time; 0 without.
    method : OneSampleMethod
        Variance of the test, and interval of the ratio.

    Raises
    ------
    BadInput
        For columns of unequal length, no rows, negative or missing times, events not 0 or 1, an
        entry not before its time, a reference that ends too early, and when no events are
        expected.
    """
    times = time_column(time)
    observed = int(event_column(event, rows=times.size).sum())
    hazard = cumulative_hazard(reference, times)
    entered = entry_column(entry, time=times)
    if entered is not None:
        hazard = hazard - cumulative_hazard(reference, entered)
    expected = float(hazard.sum())
    _refuse_nothing_expected(expected)
    z = (observed - expected) / sqrt(_variance(observed, expected, variance=method.variance))
    lower, upper = _interval(observed, method=method)
    return OneSampleLogRank(
        n=times.size,
        observed=observed,
        expected=expected,
        z=z,
        p_fewer=float(ndtr(z)),
        p_value=2 * float(ndtr(-abs(z))),
        ratio=observed / expected,
        lower=lower / expected,
        upper=upper / expected,
        confidence=method.confidence,
        variance=method.variance,
        interval=method.interval,
    )


def _variance(observed: int, expected: float, *, variance: OneSampleVariance) -> float:
    match variance:
        case OneSampleVariance.EXPECTED:
            return expected
        case OneSampleVariance.AVERAGE:
            return (observed + expected) / 2
        case _:
            assert_never(variance)


def _interval(observed: int, *, method: OneSampleMethod) -> tuple[float, float]:
    """Return the interval of the mean of a Poisson count."""
    z = normal_deviate(method.confidence)
    tail = (1 - method.confidence) / 2
    match method.interval:
        case EventRatioInterval.EXACT:
            lower = float(gammaincinv(observed, tail)) if observed else 0.0
            return lower, float(gammainccinv(observed + 1, tail))
        case EventRatioInterval.BYAR:
            lower = _byar(observed, -z) if observed else 0.0
            return lower, _byar(observed + 1, z)
        case EventRatioInterval.LOG:
            if observed == 0:
                return 0.0, inf
            return observed * exp(-z / sqrt(observed)), observed * exp(z / sqrt(observed))
        case _:
            assert_never(method.interval)


def _byar(count: int, z: float) -> float:
    """Return Byar's limit. Breslow and Day 1987, IARC Scientific Publications 82, page 69."""
    return float(count * (1 - 1 / (9 * count) + z / (3 * sqrt(count))) ** 3)


def _refuse_nothing_expected(expected: float) -> None:
    if not expected > 0:
        raise bad_input(
            "a comparison with a reference needs expected events",
            where="reference",
            got=f"{expected:g} events expected",
            fix="follow the subjects for some time, or give a reference with events",
        )
