"""Kernel of the exact power of Fisher's test; `fisher_size.py` is the door.

Given m successes of both arms, the experimental successes are hypergeometric with one mode, so the
results that reject are the outer ends of the range. Their chances are found outward from the mode
by the ratio of neighbours, scaled to the mode, until they no longer count.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.proportions.conditional import TIED

TINY = 1e-22
"""Chances below this share of the largest no longer count."""


@njit(cache=True)
def conditional(successes: int, arms: tuple[int, int], chance: FloatArray) -> tuple[int, int]:
    """Fill in the chances of the experimental successes given all, and return where they count.

    ``arms`` is control, experimental; ``chance`` holds one number for each experimental count, and
    is right from the first to the last count returned.
    """
    control, experimental = arms
    low, high = max(0, successes - control), min(successes, experimental)
    mode = (successes + 1) * (experimental + 1) // (control + experimental + 2)
    mode = min(max(mode, low), high)
    chance[mode], total, last = 1.0, 1.0, mode
    while last < high:
        fewer = (last + 1) * (control - successes + last + 1)
        up = (successes - last) * (experimental - last) / fewer
        if chance[last] * up < TINY:
            break
        chance[last + 1] = chance[last] * up
        last += 1
        total += chance[last]
    first = mode
    while first > low:
        fewer = (successes - first + 1) * (experimental - first + 1)
        down = first * (control - successes + first) / fewer
        if chance[first] * down < TINY:
            break
        chance[first - 1] = chance[first] * down
        first -= 1
        total += chance[first]
    for count in range(first, last + 1):
        chance[count] /= total
    return first, last


@njit(cache=True)
def upper_end(chance: FloatArray, ends: tuple[int, int], alpha: float) -> tuple[int, int]:
    """Return the ends of the counts that do not reject, one-sided: only high counts reject."""
    first, last = ends
    tail, count = chance[last], last
    while tail <= alpha and count > first:
        count -= 1
        tail += chance[count]
    return first, count if tail > alpha else first - 1


@njit(cache=True)
def both_ends(chance: FloatArray, ends: tuple[int, int], alpha: float) -> tuple[int, int]:
    """Return the ends of the counts that do not reject when the least likely are added up first.

    A step takes the least likely count of the two ends, and all that tie with it.
    """
    first, last = ends
    spent = 0.0
    while first <= last:
        level = min(chance[first], chance[last]) * TIED
        low, high, more = first, last, 0.0
        while low <= high and chance[low] <= level:
            more += chance[low]
            low += 1
        while high >= low and chance[high] <= level:
            more += chance[high]
            high -= 1
        if spent + more > alpha:
            return first, last
        first, last, spent = low, high, spent + more
    return first, last


@njit(cache=True)
def window(mass: FloatArray) -> tuple[int, int]:
    """Return the first and the last count whose mass counts."""
    first, last = 0, mass.size - 1
    while mass[first] < TINY:
        first += 1
    while mass[last] < TINY:
        last -= 1
    return first, last


@njit(cache=True)
def fisher_power(masses: tuple[FloatArray, FloatArray], alpha: float, sides: int) -> float:
    """Return the chance that Fisher's test rejects.

    Parameters
    ----------
    masses : tuple of FloatArray
        Binomial masses of the successes of the control and of the experimental arm.
    alpha : float
        Largest p-value that rejects.
    sides : int
        1 for more experimental successes only, 2 for every table no more likely.
    """
    control, experimental = masses
    arms = (control.size - 1, experimental.size - 1)
    control_first, control_last = window(control)
    first_seen, last_seen = window(experimental)
    chance = np.zeros(experimental.size)
    power = 0.0
    for successes in range(control_first + first_seen, control_last + last_seen + 1):
        ends = conditional(successes, arms, chance)
        kept = upper_end(chance, ends, alpha) if sides == 1 else both_ends(chance, ends, alpha)
        low = max(first_seen, successes - control_last)
        high = min(last_seen, successes - control_first)
        for count in range(low, high + 1):
            if count > kept[1] or (sides == 2 and count < kept[0]):
                power += experimental[count] * control[successes - count]
    return power
