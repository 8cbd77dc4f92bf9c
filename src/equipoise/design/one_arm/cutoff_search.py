"""Rules that stop where a value is below a cutoff: exact course of a trial, and the best cutoff.

A rule gives every count at every look a value; a trial ends there for futility when the value is
below the cutoff, and it goes on in the end when that never happened. A larger cutoff stops more, so
error and power fall together, and only the values themselves need be tried as cutoffs.

Many rules are worked out at once: they are the first axis of each array. Counts are the last axis
or, of two events counted together, the last two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import assert_never

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray

Outcome = tuple[tuple[int, ...], float]
"""What one subject adds to each count, and its probability."""


class Wanted(StrEnum):
    """Which cutoff of a rule is the best."""

    LARGEST_WITH_POWER = "largest_with_power"
    """Most stopping that leaves the power: the fewest expected subjects."""

    SMALLEST_WITHIN_ALPHA = "smallest_within_alpha"
    """Least stopping that keeps the error: the most power."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """Rules for the same looks.

    Attributes
    ----------
    looks : tuple of int
        Subjects observed at each look, rising; the last is the size of the trial.
    values : FloatArray, shape (rules, looks, n + 1) or (rules, looks, n + 1, n + 1)
        What is compared with the cutoff; of any value where a count is above the subjects.
    """

    looks: tuple[int, ...]
    values: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Courses:
    """What rules do when the rates are known.

    Attributes
    ----------
    stop_per_look : FloatArray, shape (rules, looks)
        Probability of stopping at each look, the last included.
    go_probability, expected_subjects : FloatArray, shape (rules,)
        Probability of never stopping, and mean number of subjects.
    """

    stop_per_look: FloatArray
    go_probability: FloatArray
    expected_subjects: FloatArray


def binary_outcomes(rate: float) -> tuple[Outcome, ...]:
    """Return what one subject adds to a count of responses."""
    return (((0,), 1 - rate), ((1,), rate))


@np.errstate(under="ignore")
def courses(rules: Rules, *, cutoffs: FloatArray, outcomes: tuple[Outcome, ...]) -> Courses:
    """Return what each rule does with its cutoff, subject by subject, exactly.

    Parameters
    ----------
    rules : Rules
        The rules.
    cutoffs : FloatArray, shape (rules,)
        A trial stops where the value is below.
    outcomes : tuple of Outcome
        What one subject adds.
    """
    below = rules.values < cutoffs.reshape(-1, *(1 for _ in rules.values.shape[1:]))
    going = np.zeros((rules.values.shape[0], *rules.values.shape[2:]))
    going.reshape(going.shape[0], -1)[:, 0] = 1.0  # nobody has responded yet
    axes = tuple(range(1, going.ndim))
    stops = []
    for look, (before, after) in enumerate(pairwise((0, *rules.looks))):
        for _ in range(after - before):
            going = _one_more(going, outcomes=outcomes)
        stops.append(np.where(below[:, look], going, 0.0).sum(axis=axes))
        going = np.where(below[:, look], 0.0, going)
    stop_per_look = np.stack(stops, axis=1)
    n = rules.looks[-1]
    saved = stop_per_look @ (n - np.array(rules.looks, dtype=np.float64))
    return Courses(
        stop_per_look=stop_per_look,
        go_probability=going.sum(axis=axes),
        expected_subjects=n - saved,
    )


def best_cutoffs(
    rules: Rules, *, outcomes: tuple[Outcome, ...], wanted: Wanted, limit: float
) -> FloatArray:
    """Return the best cutoff of each rule, by halving over the values it gives.

    Parameters
    ----------
    rules : Rules
        The rules.
    outcomes : tuple of Outcome
        At the rates where the limit holds: those worth finding, or those of no interest.
    wanted : Wanted
        Which cutoff.
    limit : float
        Power that is left, or error that is kept.

    Returns
    -------
    FloatArray, shape (rules,)
        Where no cutoff is right: a cutoff below all values, or one above them, which never goes.
    """
    count = rules.values.shape[0]
    inside = _reachable(rules)
    levels = np.sort(rules.values[:, inside], axis=1)
    ends = (np.full((count, 1), -np.inf), np.full((count, 1), np.inf))
    levels = np.concatenate((ends[0], levels, ends[1]), axis=1)
    row = np.arange(count)
    low = np.zeros(count, dtype=np.int64)
    high = np.full(count, levels.shape[1] - 1)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        found = courses(rules, cutoffs=levels[row, middle], outcomes=outcomes)
        more = _enough(found.go_probability, wanted=wanted, limit=limit)
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    place = low if wanted is Wanted.LARGEST_WITH_POWER else high
    cutoffs: FloatArray = levels[row, place]
    return cutoffs


def highest_stops(rules: Rules, *, cutoffs: FloatArray) -> IntArray:
    """Return the largest count that stops, shape (rules, looks); -1 where none does.

    For rules of one count, whose values rise with it.
    """
    counts = np.arange(rules.values.shape[2])
    seen = counts <= np.array(rules.looks)[:, np.newaxis]
    below = rules.values < cutoffs[:, np.newaxis, np.newaxis]
    highest: IntArray = np.where(below & seen, counts, -1).max(axis=2)
    return highest


def cutoff_range(rules: Rules, *, cutoffs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the largest value below each cutoff and the smallest not below it.

    Every cutoff above the first, up to and with the second, is the same rule.
    """
    values = rules.values[:, _reachable(rules)]
    stopped = values < cutoffs[:, np.newaxis]
    below = np.where(stopped, values, -np.inf).max(axis=1)
    above = np.where(stopped, np.inf, values).min(axis=1)
    return below, above


def refuse_looks(looks: tuple[int, ...]) -> None:
    """Refuse looks that are no rising whole numbers of subjects."""
    whole = all(isinstance(look, int) for look in looks)
    if not looks or not whole or any(after <= before for before, after in pairwise((0, *looks))):
        raise bad_input(
            "looks are rising whole numbers of subjects, from 1 or more",
            where="looks",
            got=looks,
            fix="(10, 20, 30, 40), or tuple(range(1, 41)) for a look after every subject",
        )


def _enough(go: FloatArray, *, wanted: Wanted, limit: float) -> BoolArray:
    """Tell where the cutoff may be larger (power is left) or must be (the error is too large)."""
    match wanted:
        case Wanted.LARGEST_WITH_POWER:
            return go >= limit
        case Wanted.SMALLEST_WITHIN_ALPHA:
            return go > limit
        case _:
            assert_never(wanted)


def _one_more(going: FloatArray, *, outcomes: tuple[Outcome, ...]) -> FloatArray:
    """Return the chances of the counts after one more subject.

    The arrays hold every count that a whole trial can reach, so nothing falls off their ends.
    """
    after = np.zeros_like(going)
    for added, chance in outcomes:
        to = (slice(None), *(slice(more, None) for more in added))
        source = (slice(None), *(slice(None, -more or None) for more in added))
        after[to] += chance * going[source]
    return after


def _reachable(rules: Rules) -> BoolArray:
    """Return, for each look, the counts that are not above its subjects."""
    shape = rules.values.shape[1:]
    reachable = np.ones(shape, dtype=np.bool_)
    looks = np.array(rules.looks)
    for axis in range(1, len(shape)):
        counts = np.arange(shape[axis]).reshape(-1, *(1 for _ in shape[axis + 1 :]))
        reachable &= counts <= looks.reshape(-1, *(1 for _ in shape[1:]))
    return reachable
