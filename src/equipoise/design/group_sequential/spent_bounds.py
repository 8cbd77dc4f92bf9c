"""Bounds that spend error look by look: of some the place is given, of some the probability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import assert_never

from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.recursion import (
    START,
    Density,
    Look,
    advance,
    bound_above,
    bound_below,
    looks_of,
)


@dataclass(frozen=True, slots=True)
class At:
    """A bound whose place on Z is known; infinite where there is none."""

    z: float


@dataclass(frozen=True, slots=True)
class Spend:
    """A bound that is to be crossed first at its look with a probability."""

    probability: float


Target = At | Spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is wanted of the bounds on one side, and under which means it is spent.

    Attributes
    ----------
    targets : tuple of Target
        One for each look.
    means : tuple of float
        Means of Z under which the probabilities are meant.
    """

    targets: tuple[Target, ...]
    means: tuple[float, ...]

    @property
    def last_spent(self) -> int:
        """Place of the last look whose bound is still to be found; -1 when all are known."""
        return max(
            (look for look, target in enumerate(self.targets) if isinstance(target, Spend)),
            default=-1,
        )


def solve_bounds(
    information: tuple[float, ...], *, upper: Side, lower: Side, upper_sees_lower: bool
) -> Bounds:
    """Return the bounds that spend what they should at each look.

    Parameters
    ----------
    information : tuple of float
        Information at each look.
    upper, lower : Side
        What is wanted. A lower bound that would lie above its upper bound is put upon it.
    upper_sees_lower : bool
        Whether the error of the upper bounds counts only trials that the lower bounds let go on:
        true for binding futility, false when the trial may go on all the same. The error of the
        lower bounds always counts only trials that both let go on.
    """
    upper_looks = looks_of(information, means=upper.means)
    lower_looks = looks_of(information, means=lower.means)
    above, below = START, START
    tops: list[float] = []
    bottoms: list[float] = []
    for place, (high, low) in enumerate(zip(upper_looks, lower_looks, strict=True)):
        top = _bound(upper.targets[place], density=above, look=high, find=bound_above)
        bottom = _bound(lower.targets[place], density=below, look=low, find=bound_below)
        bottom = min(top, bottom)
        if place < upper.last_spent:
            seen = bottom if upper_sees_lower else -inf
            above = advance(above, high, lower=seen, upper=top)
        if place < lower.last_spent:
            below = advance(below, low, lower=bottom, upper=top)
        tops.append(top)
        bottoms.append(bottom)
    return Bounds(information_fractions=information, lower=tuple(bottoms), upper=tuple(tops))


def spend(cumulative: tuple[float, ...]) -> tuple[Spend, ...]:
    """Return the targets that spend a cumulative error."""
    return tuple(Spend(after - before) for before, after in pairwise((0.0, *cumulative)))


def nowhere(looks: int, *, at: float) -> Side:
    """Return a side without bounds: all at one infinity."""
    return Side(targets=(At(at),) * looks, means=(0.0,) * looks)


def _bound(
    target: Target,
    *,
    density: Density,
    look: Look,
    find: Callable[..., float],
) -> float:
    match target:
        case At(z=z):
            return z
        case Spend(probability=probability):
            return find(density, look, probability=probability)
        case _:
            assert_never(target)
