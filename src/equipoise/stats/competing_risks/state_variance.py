r"""Variances of the chances, hazards and times of a multi-state model, one time after another.

Between two changes the time spent grows by the chances times the gap; at a change the chances are
multiplied by :math:`M = I + \Delta \hat A`. Row vector (p, L) of chances and times:

.. math:: (p, L) \mapsto (p M, \; L + p \, \Delta t)

Greenwood's variance carries the covariance matrix of (p, L) through these steps and adds the
multinomial variance of each row of M. The infinitesimal jackknife carries the influence of each
subject through them and adds its own part.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np

from equipoise.stats.competing_risks.state_histories import StateHistories
from equipoise.stats.numerics.columns import FloatArray, IntArray, freeze


class StateVariance(StrEnum):
    """Which variance of a multi-state model.

    ``GREENWOOD`` takes the changes out of a state at a time as multinomial, independent over time
    (Andersen et al. 1993, section IV.4.1.3). ``INFINITESIMAL_JACKKNIFE`` sums the squared
    influence of each subject, all stays together, and is that of R's ``survfit``; it also holds
    when the history is not Markov.
    """

    GREENWOOD = "greenwood"
    INFINITESIMAL_JACKKNIFE = "infinitesimal_jackknife"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateSteps:
    """Counts at the k times of a change, S states and T kinds of change.

    ``rates`` (k, T) are changes over those at risk, ``move`` (k, S, S) the matrices I + dA,
    ``start`` (S,) the chances before the first change, among ``starters`` subjects.
    """

    times: FloatArray
    transitions: tuple[tuple[int, int], ...]
    at_risk: IntArray
    changes: IntArray
    rates: FloatArray
    move: FloatArray
    start: FloatArray
    starters: int

    @property
    def before(self) -> FloatArray:
        """Chances just before each time, shape (k, S)."""
        chance = np.empty((self.times.size, self.start.size))
        now = self.start
        for place, move in enumerate(self.move):
            chance[place] = now
            now = now @ move
        return chance

    @property
    def gaps(self) -> FloatArray:
        """Time since the change before, or since 0, shape (k,)."""
        return np.diff(self.times, prepend=0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Chances and times spent in each state with their variances; shape (k, S) unless said.

    Attributes
    ----------
    chance, chance_variance : FloatArray
        Chance of each state from a time on.
    spent, spent_variance : FloatArray
        Expected time in each state up to a time.
    covariance : FloatArray
        Of ``chance`` and ``spent``.
    start_variance : FloatArray, shape (S,)
        Of the chances before the first change.
    """

    chance: FloatArray
    chance_variance: FloatArray
    spent: FloatArray
    spent_variance: FloatArray
    covariance: FloatArray
    start_variance: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.chance, self.chance_variance, self.spent, self.spent_variance)
        freeze(self.covariance, self.start_variance)

    def time_until(
        self, until: float, *, times: FloatArray, start: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return expected times in each state up to a horizon, and their variances, (S,) each."""
        row = int(np.searchsorted(times, until, side="right"))
        if row == 0:
            return until * start, until**2 * self.start_variance
        last = row - 1
        rest = until - float(times[last])
        variance = self.spent_variance[last] + 2 * rest * self.covariance[last]
        return (
            self.spent[last] + rest * self.chance[last],
            variance + rest**2 * self.chance_variance[last],
        )


def state_moments(
    steps: StateSteps, *, histories: StateHistories, which: StateVariance
) -> tuple[Moments, FloatArray]:
    """Return the moments of the chances, and the variance of the cumulative hazards, (k, T)."""
    match which:
        case StateVariance.GREENWOOD:
            return _greenwood(steps), _hazard_greenwood(steps)
        case StateVariance.INFINITESIMAL_JACKKNIFE:
            return _jackknife(steps, histories)
        case _:
            assert_never(which)


def _chance_and_spent(steps: StateSteps) -> tuple[FloatArray, FloatArray]:
    before = steps.before
    after = np.einsum("ks,kst->kt", before, steps.move)
    return after, np.cumsum(steps.gaps[:, np.newaxis] * before, axis=0)


def _greenwood(steps: StateSteps) -> Moments:
    chance, spent = _chance_and_spent(steps)
    states = steps.start.size
    noise = _multinomial(steps)
    of_chance = (np.diag(steps.start) - np.outer(steps.start, steps.start)) / steps.starters
    start_variance = np.diag(of_chance).copy()
    cross, of_spent = np.zeros((states, states)), np.zeros((states, states))
    kept = np.empty((3, steps.times.size, states))
    for place, (move, gap) in enumerate(zip(steps.move, steps.gaps, strict=True)):
        # cross[a, b] is the covariance of chance a with time b; first the gap, then the change.
        of_spent = of_spent + gap * (cross + cross.T) + gap**2 * of_chance
        cross = move.T @ (cross + gap * of_chance)
        of_chance = move.T @ of_chance @ move + noise[place]
        kept[:, place] = np.diag(of_chance), np.diag(cross), np.diag(of_spent)
    return Moments(
        chance=chance,
        chance_variance=kept[0],
        spent=spent,
        spent_variance=kept[2],
        covariance=kept[1],
        start_variance=start_variance,
    )


def _multinomial(steps: StateSteps) -> FloatArray:
    """Return what each change adds to the covariance of the chances, shape (k, S, S)."""
    weight = steps.before**2 / np.maximum(steps.at_risk, 1)
    weighted = weight[:, :, np.newaxis] * steps.move
    spread = np.zeros_like(steps.move)
    place = np.arange(steps.start.size)
    spread[:, place, place] = weighted.sum(axis=1)
    return np.asarray(spread - np.einsum("kha,khb->kab", weighted, steps.move))


def _hazard_greenwood(steps: StateSteps) -> FloatArray:
    origins = [origin for origin, _ in steps.transitions]
    some = np.maximum(steps.at_risk[:, origins], 1)
    return np.asarray(np.cumsum(steps.rates * (1 - steps.rates) / some, axis=0))


def _jackknife(steps: StateSteps, histories: StateHistories) -> tuple[Moments, FloatArray]:
    chance, spent = _chance_and_spent(steps)
    before = steps.before
    people = len(histories.subjects)
    of_chance = _start_influence(steps, histories)
    start_variance = np.sum(of_chance**2, axis=0)
    of_spent = np.zeros_like(of_chance)
    of_hazard = np.zeros((people, len(steps.transitions)))
    kept = np.empty((3, *chance.shape))
    hazard = np.empty_like(steps.rates)
    for place, gap in enumerate(steps.gaps):
        of_spent += gap * of_chance
        stay, who = _present(histories, steps.times[place])
        of_chance = of_chance @ steps.move[place]
        of_chance[who] += _own_part(steps, histories, place=place, stay=stay, chance=before[place])
        of_hazard[who] += _own_hazard(steps, histories, place=place, stay=stay)
        kept[:, place] = _sums_of_products(of_chance, of_spent)
        hazard[place] = np.sum(of_hazard**2, axis=0)
    moments = Moments(
        chance=chance,
        chance_variance=kept[0],
        spent=spent,
        spent_variance=kept[2],
        covariance=kept[1],
        start_variance=start_variance,
    )
    return moments, hazard


def _start_influence(steps: StateSteps, histories: StateHistories) -> FloatArray:
    """Return each subject's influence on the chances before the first change, shape (N, S)."""
    influence = np.zeros((len(histories.subjects), steps.start.size))
    stay, who = _present(histories, steps.times[0])
    influence[who] = (np.eye(steps.start.size)[histories.origin[stay]] - steps.start) / stay.size
    return influence


def _present(histories: StateHistories, moment: float) -> tuple[IntArray, IntArray]:
    """Return the stays at risk at a time, one a subject, and their subjects."""
    stay = np.flatnonzero((histories.start < moment) & (histories.stop >= moment))
    return stay, histories.subject[stay]


def _own_part(
    steps: StateSteps,
    histories: StateHistories,
    *,
    place: int,
    stay: IntArray,
    chance: FloatArray,
) -> FloatArray:
    """Return p_h / Y_h (where each went less where its state goes on average), shape (m, S)."""
    origin = histories.origin[stay]
    ends = histories.stop[stay] == steps.times[place]
    went = np.where(ends, histories.target[stay], origin)
    share = (chance / np.maximum(steps.at_risk[place], 1))[origin]
    gap = np.eye(chance.size)[went] - steps.move[place][origin]
    return np.asarray(share[:, np.newaxis] * gap)


def _own_hazard(
    steps: StateSteps, histories: StateHistories, *, place: int, stay: IntArray
) -> FloatArray:
    """Return (changes less expected ones) / Y_h of each stay, shape (m, T)."""
    origin, target = histories.origin[stay], histories.target[stay]
    ends = histories.stop[stay] == steps.times[place]
    parts = np.zeros((stay.size, len(steps.transitions)))
    for column, (leaving, coming) in enumerate(steps.transitions):
        here = origin == leaving
        moved = ends[here] & (target[here] == coming)
        some = max(int(steps.at_risk[place, leaving]), 1)
        parts[here, column] = (moved - steps.rates[place, column]) / some
    return parts


def _sums_of_products(of_chance: FloatArray, of_spent: FloatArray) -> FloatArray:
    return np.stack(
        (
            np.sum(of_chance**2, axis=0),
            np.sum(of_chance * of_spent, axis=0),
            np.sum(of_spent**2, axis=0),
        )
    )
