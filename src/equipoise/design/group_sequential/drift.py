"""The drift that bounds need for a power; with the effect it says how much information to plan."""

from __future__ import annotations

from collections.abc import Callable

from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.crossing import (
    Bounds,
    crossings,
    proportional_means,
    refuse_fractions,
)
from equipoise.stats.numerics.root import root

LARGEST_DRIFT = 60.0
"""No trial is planned with a Z this large; there a power of 1 is reached by any bound in use."""


def drift_for_power(bounds: Bounds, *, power: float) -> float:
    r"""Return the mean of Z at the last look with which an upper bound is crossed often enough.

    A drift :math:`\delta` and an effect :math:`\theta` ask for the maximum information
    :math:`(\delta / \theta)^2`.

    Parameters
    ----------
    bounds : Bounds
        Bounds, one- or two-sided; the last information fraction is 1. Rejecting in the other
        direction is not power.
    power : float
        Wanted probability of crossing an upper bound, between 0 and 1.

    Raises
    ------
    BadInput
        When no drift up to 60 gives the power.
    """
    fractions = bounds.information_fractions
    refuse_fractions(fractions)
    if not 0 < power < 1:
        raise bad_input("a power lies between 0 and 1", where="power", got=power, fix="0.8")
    return solve_drift(
        lambda drift: sum(
            crossings(bounds, means=proportional_means(fractions, drift=drift)).upper
        ),
        power=power,
        near=min(max(bounds.upper[-1], 1.0), LARGEST_DRIFT / 2) + float(ndtri(power)),
    )


def solve_drift(power_at: Callable[[float], float], *, power: float, near: float) -> float:
    """Return the drift at which a probability that rises with it is reached, from a guess on."""

    def short(drift: float) -> float:
        return power_at(drift) - power

    low, high = near - 0.25, near + 0.25
    while short(low) > 0 and low > -LARGEST_DRIFT:
        low, high = low - 1.5 * (high - low), low
    while short(high) < 0 and high < LARGEST_DRIFT:
        low, high = high, high + 1.5 * (high - low)
    if short(low) > 0 or short(high) < 0:
        raise bad_input(
            "some drift gives the power",
            where="power",
            got=f"{power}, of {power_at(low):.4g} to {power_at(high):.4g} that can be had",
            fix="less futility, or less power",
        )
    return root(short, low, high, xtol=1e-13, rtol=1e-15)
