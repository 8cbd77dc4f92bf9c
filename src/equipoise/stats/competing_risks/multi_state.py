r"""Multi-state models: transition hazards, and the chance to be in each state at time t.

For any graph of states, with :math:`d_{hj}` changes from h to j among :math:`Y_h` at risk in h
at a time, the hazards are Nelson and Aalen's and the chances a product integral:

.. math:: \hat A_{hj}(t) = \sum_{s \le t} \frac{d_{hj}}{Y_h}, \qquad
          \hat p(t) = \hat p(0) \prod_{s \le t} \left(I + \Delta \hat A(s)\right)

The chances hold for Markov histories, and for others as long as censoring does not depend on the
history (Datta and Satten 2001, doi:10.1016/S0167-7152(01)00155-9). Aalen and Johansen 1978, Scand
J Statist 5:141-150; Andersen et al. 1993, doi:10.1007/978-1-4612-4348-9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.competing_risks.pointwise import POINTWISE_95, Pointwise, bounds
from equipoise.stats.competing_risks.state_histories import StateHistories
from equipoise.stats.competing_risks.state_variance import (
    Moments,
    StateSteps,
    StateVariance,
    state_moments,
)
from equipoise.stats.numerics.columns import (
    FloatArray,
    IntArray,
    Label,
    freeze,
    normal_deviate,
    time_column,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultiState:
    """Hazards and chances at the k times at which somebody changed state.

    Attributes
    ----------
    states : tuple of Label
        Labels of the S states, the columns of the chances.
    transitions : tuple of (Label, Label)
        From and to of the T changes that happened, the columns of the hazards.
    times : FloatArray, shape (k,)
        Distinct times of a change, in rising order.
    at_risk : IntArray, shape (k, S)
        Subjects in each state just before.
    changes : IntArray, shape (k, T)
        Changes of each kind at this time.
    hazard, hazard_std_err : FloatArray, shape (k, T)
        Cumulative hazard of each change, and its standard error.
    start : FloatArray, shape (S,)
        Chances before the first change: shares of those at risk just before it.
    occupation, std_err, lower, upper : FloatArray, shape (k, S)
        Chance to be in each state from this time on, its standard error and pointwise interval.
    moments : Moments
        Time spent in each state up to each time, and what its variance needs.
    n : int
        Subjects.
    variance : StateVariance
        Behind the standard errors.
    pointwise : Pointwise
        Scale and level of the intervals.
    """

    states: tuple[Label, ...]
    transitions: tuple[tuple[Label, Label], ...]
    times: FloatArray
    at_risk: IntArray
    changes: IntArray
    hazard: FloatArray
    hazard_std_err: FloatArray
    start: FloatArray
    occupation: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    moments: Moments
    n: int
    variance: StateVariance
    pointwise: Pointwise

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.at_risk, self.changes, self.hazard, self.hazard_std_err)
        freeze(self.start, self.occupation, self.std_err, self.lower, self.upper)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OccupationAt:
    """Chances to be in each state at chosen times; arrays of shape (times, states)."""

    states: tuple[Label, ...]
    times: FloatArray
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    pointwise: Pointwise

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.times, self.estimate, self.std_err, self.lower, self.upper)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeInState:
    """Expected time in each state up to a horizon; arrays of shape (states,).

    Attributes
    ----------
    states : tuple of Label
        Labels of the states.
    until : float
        The horizon; the times add up to it.
    estimate, std_err, lower, upper : FloatArray, shape (states,)
        Expected time in the unit of the histories, its standard error, and a plain interval cut
        at 0 and the horizon.
    confidence : float
        Level of the interval.
    """

    states: tuple[Label, ...]
    until: float
    estimate: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.estimate, self.std_err, self.lower, self.upper)


def multi_state(
    histories: StateHistories,
    *,
    variance: StateVariance = StateVariance.INFINITESIMAL_JACKKNIFE,
    pointwise: Pointwise = POINTWISE_95,
) -> MultiState:
    """Return transition hazards and chances of each state.

    Parameters
    ----------
    histories : StateHistories
        From `state_histories`.
    variance : StateVariance
        Which variance of chances and hazards.
    pointwise : Pointwise
        Scale and level of the intervals of the chances.

    Notes
    -----
    Time is counted from 0. The chances before the first change are those of R's ``survfit``: the
    shares of the states among those at risk just before it. When they are mixed their sampling
    error is part of both variances (R counts it with ``influence = TRUE`` only). The jackknife
    takes O(n) at each time of a change.
    """
    steps = _steps(histories)
    moments, hazard_variance = state_moments(steps, histories=histories, which=variance)
    std_err = np.sqrt(np.maximum(moments.chance_variance, 0.0))
    lower, upper = bounds(moments.chance, std_err, pointwise=pointwise)
    pairs = [(histories.states[h], histories.states[j]) for h, j in steps.transitions]
    return MultiState(
        states=histories.states,
        transitions=tuple(pairs),
        times=steps.times,
        at_risk=steps.at_risk,
        changes=steps.changes,
        hazard=np.cumsum(steps.rates, axis=0),
        hazard_std_err=np.sqrt(np.maximum(hazard_variance, 0.0)),
        start=steps.start,
        occupation=moments.chance,
        std_err=std_err,
        lower=lower,
        upper=upper,
        moments=moments,
        n=len(histories.subjects),
        variance=variance,
        pointwise=pointwise,
    )


def occupation_at(model: MultiState, times: npt.ArrayLike) -> OccupationAt:
    """Return the chances of each state at chosen times.

    Before the first change they are those of the start; after the last one they keep their height.

    Parameters
    ----------
    model : MultiState
        A fitted model.
    times : array_like, shape (times,)
        Not negative, in the unit of the histories.

    Raises
    ------
    BadInput
        For times that are negative or missing, and none.
    """
    asked = time_column(times, where="times")
    row = np.searchsorted(model.times, asked, side="right")
    error = np.sqrt(np.maximum(model.moments.start_variance, 0.0))
    ends = bounds(model.start, error, pointwise=model.pointwise)
    height, std_err, lower, upper = (
        np.concatenate((before[np.newaxis], column))[row]
        for before, column in (
            (model.start, model.occupation),
            (error, model.std_err),
            (ends[0], model.lower),
            (ends[1], model.upper),
        )
    )
    return OccupationAt(
        states=model.states,
        times=asked.copy(),
        estimate=height,
        std_err=std_err,
        lower=lower,
        upper=upper,
        pointwise=model.pointwise,
    )


def time_in_state(model: MultiState, *, until: float, confidence: float = 0.95) -> TimeInState:
    r"""Return the expected time in each state, :math:`\int_0^\tau \hat p(u) du`.

    Parameters
    ----------
    model : MultiState
        From `multi_state`; its variance is used.
    until : float
        The horizon, above 0. Beyond the last change the chances keep their height, so that a
        horizon after the end of follow-up says more than was seen.
    confidence : float
        Two-sided level.

    Raises
    ------
    BadInput
        For a horizon that is not above 0, and a level outside (0, 1).
    """
    z = normal_deviate(confidence)
    if not 0 < until < np.inf:
        raise bad_input("a horizon is above 0", where="until", got=until, fix="for example 60")
    estimate, variance = model.moments.time_until(until, times=model.times, start=model.start)
    std_err = np.sqrt(np.maximum(variance, 0.0))
    return TimeInState(
        states=model.states,
        until=until,
        estimate=estimate,
        std_err=std_err,
        lower=np.maximum(estimate - z * std_err, 0.0),
        upper=np.minimum(estimate + z * std_err, until),
        confidence=confidence,
    )


def _steps(histories: StateHistories) -> StateSteps:
    moved = histories.moved
    states = len(histories.states)
    times, row = np.unique(histories.stop[moved], return_inverse=True)
    pair = histories.origin * states + histories.target
    pairs, kind = np.unique(pair[moved], return_inverse=True)
    changes = np.bincount(row * pairs.size + kind, minlength=times.size * pairs.size)
    changes = changes.reshape(times.size, pairs.size).astype(np.int64)
    at_risk = _at_risk(histories, times)
    origins, targets = pairs // states, pairs % states
    rates = changes / np.maximum(at_risk[:, origins], 1)
    return StateSteps(
        times=times,
        transitions=tuple(zip(origins.tolist(), targets.tolist(), strict=True)),
        at_risk=at_risk,
        changes=changes,
        rates=rates,
        move=_moves(rates, origins=origins, targets=targets, states=states),
        start=_start(histories, times[0]),
        starters=int(np.sum(_there(histories, times[0]))),
    )


def _at_risk(histories: StateHistories, times: FloatArray) -> IntArray:
    """Return the number in each state just before each time, shape (k, S)."""
    counts = np.empty((times.size, len(histories.states)), dtype=np.int64)
    for state in range(len(histories.states)):
        here = histories.origin == state
        come = np.searchsorted(np.sort(histories.start[here]), times, side="left")
        gone = np.searchsorted(np.sort(histories.stop[here]), times, side="left")
        counts[:, state] = come - gone
    return counts


def _moves(rates: FloatArray, *, origins: IntArray, targets: IntArray, states: int) -> FloatArray:
    """Return the matrix I + dA of each time, shape (k, S, S)."""
    move = np.zeros((rates.shape[0], states, states))
    move[:, np.arange(states), np.arange(states)] = 1.0
    for place, (origin, target) in enumerate(zip(origins, targets, strict=True)):
        move[:, origin, target] += rates[:, place]
        move[:, origin, origin] -= rates[:, place]
    return move


def _there(histories: StateHistories, moment: float) -> npt.NDArray[np.bool_]:
    return (histories.start < moment) & (histories.stop >= moment)


def _start(histories: StateHistories, first: float) -> FloatArray:
    """Return the shares of the states among those at risk just before the first change."""
    counts = np.bincount(
        histories.origin[_there(histories, first)], minlength=len(histories.states)
    )
    return np.asarray(counts / counts.sum(), dtype=np.float64)
