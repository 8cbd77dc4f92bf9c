r"""Events per person-time: the rate of exponential times, with its exact interval.

With :math:`d` events in a person-time of :math:`T` the rate is d / T; twice its expected number
of events is compared with a chi-square distribution (Garwood 1936, doi:10.1093/biomet/28.3-4.437):

.. math:: \frac{\chi^2_{2d}(\alpha/2)}{2T}, \quad \frac{\chi^2_{2d+2}(1 - \alpha/2)}{2T}
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt
from scipy.special import gammaincinv

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import event_column, normal_deviate, time_column


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialRate:
    """Events per unit of person-time, with its exact interval.

    Attributes
    ----------
    events : int
        Events.
    person_time : float
        Time at risk of all subjects, in the unit of the times.
    rate, lower, upper : float
        Rate and its interval; the lower limit is 0 without events.
    confidence : float
        Confidence level.
    """

    events: int
    person_time: float
    rate: float
    lower: float
    upper: float
    confidence: float


def exponential_rate(
    time: npt.ArrayLike, event: npt.ArrayLike, *, confidence: float = 0.95
) -> ExponentialRate:
    """Return events per person-time with the exact interval.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time at risk of each subject, not negative, any unit.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    confidence : float
        Two-sided level.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, and no time at risk at all.
    """
    times = time_column(time)
    events = int(event_column(event, rows=times.size).sum())
    normal_deviate(confidence)  # the level is checked where every method checks it
    person_time = float(times.sum())
    if person_time == 0:
        raise bad_input(
            "a rate needs time at risk",
            where="time",
            got=f"{times.size} times, all 0",
            fix="pass the follow-up of each subject",
        )
    tail = (1 - confidence) / 2
    return ExponentialRate(
        events=events,
        person_time=person_time,
        rate=events / person_time,
        lower=float(gammaincinv(events, tail)) / person_time if events else 0.0,
        upper=float(gammaincinv(events + 1, 1 - tail)) / person_time,
        confidence=confidence,
    )
