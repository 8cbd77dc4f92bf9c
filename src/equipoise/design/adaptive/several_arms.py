"""What all trials of several arms share: their arms can be meant, and their size has a power."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite

from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.drift import solve_drift


def refuse_arms(allocation: tuple[float, ...], *, drifts: tuple[float, ...]) -> None:
    """Refuse no arms, arms without subjects, and another number of drifts."""
    drift_each = len(drifts) == len(allocation) > 0 and all(isfinite(drift) for drift in drifts)
    if not drift_each or not all(0 < share < inf for share in allocation):
        raise bad_input(
            "each arm has subjects and a drift",
            where="allocation, drifts",
            got=f"{allocation}, {drifts}",
            fix="(1.0, 1.0) and (0.0, 0.0)",
        )


def information_for_power(
    effects: tuple[float, ...],
    *,
    power: float,
    final_z: float,
    power_at: Callable[[tuple[float, ...]], float],
) -> float:
    """Return the maximum information on one arm's effect with which some power is reached.

    Parameters
    ----------
    effects : tuple of float
        True effect of each arm; one above 0.
    power : float
        Wanted power, between 0 and 1.
    final_z : float
        Last bound: where to search.
    power_at : callable
        Power for the drift of each arm; a drift is an effect times the root of the information.

    Raises
    ------
    BadInput
        For no effect above 0, and a power outside (0, 1) or out of reach.
    """
    largest = max(effects, default=0.0)
    if not 0 < largest < inf or not 0 < power < 1:
        raise bad_input(
            "some arm has an effect, and a power lies between 0 and 1",
            where="effects, power",
            got=f"{effects}, {power}",
            fix="(0.3, 0.5) and 0.9",
        )
    shares = tuple(effect / largest for effect in effects)
    drift = solve_drift(
        lambda drift: power_at(tuple(drift * share for share in shares)),
        power=power,
        near=final_z + float(ndtri(power)),
    )
    return (drift / largest) ** 2
