r"""Aalen-Johansen: the chance of each cause by time t, when the causes compete.

With :math:`d_{ij}` events of cause j among :math:`n_i` at risk at time :math:`t_i`, and the
chance :math:`S` of no event at all by the product-limit rule:

.. math:: \hat F_j(t) = \sum_{t_i \le t} \hat S(t_i-) \frac{d_{ij}}{n_i}, \qquad
          \hat S(t) = \prod_{t_i \le t} \left(1 - \sum_j \frac{d_{ij}}{n_i}\right)

Events at one time are counted together, and before the censorings at that time; nothing is
moved apart. Aalen and Johansen 1978, Scand J Statist 5:141-150.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.stats.competing_risks.causes import Causes, cause_column
from equipoise.stats.competing_risks.incidence_variance import (
    CompetingRows,
    IncidenceVariance,
    incidence_steps,
    incidence_variance,
)
from equipoise.stats.competing_risks.pointwise import POINTWISE_95, Pointwise, bounds
from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    Label,
    entry_column,
    freeze,
    label_column,
    time_column,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeIncidence:
    """Curves of all causes: one row for each distinct time, one column for each cause.

    Attributes
    ----------
    causes : tuple of int
        Numbers of the causes, the columns of the arrays.
    times : FloatArray, shape (k,)
        Distinct times in rising order, in the unit of the input.
    at_risk, censored : IntArray, shape (k,)
        Subjects at risk just before this time; censorings at it.
    events : IntArray, shape (k, causes)
        Events at this time.
    incidence, std_err, lower, upper : FloatArray, shape (k, causes)
        Cumulative incidence from this time on, its standard error and pointwise interval.
    event_free : FloatArray, shape (k,)
        Chance of no event of any cause; with the incidences it adds up to 1.
    n : int
        Subjects.
    variance : IncidenceVariance
        Behind the standard errors.
    pointwise : Pointwise
        Scale and level of the intervals.
    """

    causes: tuple[int, ...]
    times: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    incidence: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    event_free: FloatArray
    n: int
    variance: IncidenceVariance
    pointwise: Pointwise

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.events, self.censored, self.incidence)
        freeze(self.std_err, self.lower, self.upper, self.event_free)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IncidenceAt:
    """What the curves say at chosen times; arrays of shape (times, causes).

    Attributes
    ----------
    causes : tuple of int
        Numbers of the causes.
    times, at_risk : shape (times,)
        As asked; subjects at risk just before.
    estimate, std_err, lower, upper : FloatArray, shape (times, causes)
        Cumulative incidence, its standard error and pointwise interval.
    variance : IncidenceVariance
        Behind the standard errors.
    pointwise : Pointwise
        Scale and level of the intervals.
    """

    causes: tuple[int, ...]
    times: FloatArray
    at_risk: IntArray
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    variance: IncidenceVariance
    pointwise: Pointwise

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.estimate, self.std_err, self.lower, self.upper)


def aalen_johansen(
    time: npt.ArrayLike,
    cause: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    variance: IncidenceVariance = IncidenceVariance.AALEN,
    pointwise: Pointwise = POINTWISE_95,
) -> CumulativeIncidence:
    """Return the cumulative incidence of every cause.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    cause : array_like, shape (n,)
        0 for censored; 1, 2, ... for the causes.
    entry : array_like, shape (n,), optional
        Time of delayed entry: at risk from just after it (left truncation).
    variance : IncidenceVariance
        Which variance.
    pointwise : Pointwise
        Scale and level of the intervals.

    Raises
    ------
    BadInput
        For columns of unequal length, missing or negative times, causes that are not whole numbers
        from 0, no event at all, and an entry that is not before the time.

    References
    ----------
    Aalen 1978, doi:10.1214/aos/1176344198; Marubini and Valsecchi 1995, Analysing Survival Data,
    p. 341 (delta method).
    """
    rows, causes = _checked(time, cause, entry=entry)
    return _curves(rows, causes=causes, variance=variance, pointwise=pointwise)


def aalen_johansen_by_group(
    time: npt.ArrayLike,
    cause: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    variance: IncidenceVariance = IncidenceVariance.AALEN,
    pointwise: Pointwise = POINTWISE_95,
) -> Mapping[Label, CumulativeIncidence]:
    """Return the curves of each group, keyed by its label; see `aalen_johansen`.

    All groups have the same causes; one that nobody in a group had stays at 0 there.

    Parameters
    ----------
    time, cause, entry, variance, pointwise
        As of `aalen_johansen`.
    group : array_like, shape (n,)
        Label of each subject's group.

    Raises
    ------
    BadInput
        As `aalen_johansen`, and for labels of another length or missing.
    """
    rows, causes = _checked(time, cause, entry=entry)
    labels, member = label_column(group, rows=rows.time.size, where="group")
    return {
        label: _curves(
            rows.only(member == place), causes=causes, variance=variance, pointwise=pointwise
        )
        for place, label in enumerate(labels)
    }


def incidence_at(curve: CumulativeIncidence, times: npt.ArrayLike) -> IncidenceAt:
    """Return the cumulative incidences at chosen times.

    Before the first event they are 0; after the last observed time each curve keeps its height
    and the number at risk is 0, which says that nothing was observed there.

    Parameters
    ----------
    curve : CumulativeIncidence
        Curves of all causes.
    times : array_like, shape (times,)
        Not negative, in the unit of the curves.

    Raises
    ------
    BadInput
        For times that are negative or missing, and none.
    """
    asked = time_column(times, where="times")
    row = np.searchsorted(curve.times, asked, side="right")
    nothing = np.zeros((1, len(curve.causes)))
    height, error, lower, upper = (
        np.concatenate((nothing, column))[row]
        for column in (curve.incidence, curve.std_err, curve.lower, curve.upper)
    )
    coming = np.concatenate((curve.at_risk, np.zeros(1, dtype=np.int64)))
    return IncidenceAt(
        causes=curve.causes,
        times=asked.copy(),
        at_risk=coming[np.searchsorted(curve.times, asked, side="left")],
        estimate=height,
        std_err=error,
        lower=lower,
        upper=upper,
        variance=curve.variance,
        pointwise=curve.pointwise,
    )


def _checked(
    time: npt.ArrayLike, cause: npt.ArrayLike, *, entry: npt.ArrayLike | None
) -> tuple[CompetingRows, Causes]:
    times = time_column(time)
    causes = cause_column(cause, rows=times.size)
    late = entry_column(entry, time=times)
    rows = CompetingRows(time=times, code=causes.code, entry=late, causes=len(causes.names))
    return rows, causes


def _curves(
    rows: CompetingRows, *, causes: Causes, variance: IncidenceVariance, pointwise: Pointwise
) -> CumulativeIncidence:
    steps = incidence_steps(rows)
    std_err = np.sqrt(np.maximum(incidence_variance(steps, rows=rows, which=variance), 0.0))
    lower, upper = bounds(steps.incidence, std_err, pointwise=pointwise)
    return CumulativeIncidence(
        causes=causes.names,
        times=steps.times,
        at_risk=steps.at_risk,
        events=steps.events,
        censored=steps.censored,
        incidence=steps.incidence,
        std_err=std_err,
        lower=lower,
        upper=upper,
        event_free=steps.event_free,
        n=rows.time.size,
        variance=variance,
        pointwise=pointwise,
    )
