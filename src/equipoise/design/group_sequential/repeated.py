"""Inference at any look, stopped or not: repeated intervals, repeated and sequential p-values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr

from equipoise.design.group_sequential.boundaries import spending_z, upper_bounds
from equipoise.design.group_sequential.classic import PowerShape, shape_z
from equipoise.design.group_sequential.crossing import (
    LARGEST_Z,
    crossings,
    refuse_fractions,
    refuse_information,
    refuse_length,
    refuse_no_information,
    refuse_z,
)
from equipoise.design.group_sequential.observed import LastLook, due_at, observed_times
from equipoise.design.group_sequential.spending import Spending
from equipoise.stats.numerics.root import root

SURE = -8.0
"""The Z of a p-value that is 1 in floating point."""

ROUNDING = 1e-9
"""How much a bound may lie below the Z of its own error by rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedInterval:
    """An estimate with an interval that holds at all looks at once.

    Attributes
    ----------
    estimate : float
        Z over the root of the information: the usual estimate, not corrected for looking.
    lower, upper : float
        Ends of the repeated confidence interval, infinite at a look without a bound. Its
        confidence is 1 - 2 alpha for a boundary of one-sided error alpha.
    """

    estimate: float
    lower: float
    upper: float


def repeated_interval(z: float, *, critical_z: float, information: float) -> RepeatedInterval:
    r"""Return the repeated confidence interval of the effect at a look.

    .. math:: \frac{Z_k \pm c_k}{\sqrt{I_k}}

    Parameters
    ----------
    z : float
        Z at the look.
    critical_z : float
        c, the efficacy bound at the look.
    information : float
        I, information about the effect at the look: 1 over its variance; for a log hazard ratio
        with equal arms a quarter of the events.

    Raises
    ------
    BadInput
        For a Z that is no number and information that is not above 0.

    References
    ----------
    Jennison and Turnbull 1984, doi:10.1016/0197-2456(84)90148-X.
    """
    refuse_z(z)
    refuse_no_information(information)
    root = sqrt(information)
    return RepeatedInterval(
        estimate=z / root, lower=(z - critical_z) / root, upper=(z + critical_z) / root
    )


def repeated_p_values(
    z: tuple[float, ...],
    *,
    observed_fractions: tuple[float, ...],
    spending: Spending,
    last: LastLook,
    spending_times: tuple[float, ...] | None = None,
) -> tuple[float, ...]:
    """Return, for each look, the one-sided error whose boundary is just reached there.

    At a look the test of error alpha rejects just when its repeated p-value is alpha or less. It
    stays valid whether or not the trial stops there.

    Parameters
    ----------
    z : tuple of float
        Z at the looks so far.
    observed_fractions : tuple of float
        Information at them over the planned maximum, rising.
    spending : Spending
        Kind of spending.
    last : LastLook
        Whether the last look given is the final analysis, which spends all of the error.
    spending_times : tuple of float, optional
        Another clock for the error due; otherwise the observed fractions, at most 1.

    Raises
    ------
    BadInput
        For values of Z beyond 37, information that does not rise, and clocks outside (0, 1].

    References
    ----------
    Jennison and Turnbull 2000, Group Sequential Methods with Applications to Clinical Trials,
    section 9.3.
    """
    refuse_information(observed_fractions)
    refuse_length(z, looks=len(observed_fractions), where="z")
    for at in z:
        refuse_z(at)
    times = observed_times(spending_times, observed_fractions=observed_fractions)

    def p_value(look: int) -> float:
        final = last if look == len(z) else LastLook.INTERIM

        def bound(alpha: float) -> float:
            due = due_at(spending, times=times[:look], error=alpha, last=final)
            return spending_z(observed_fractions[:look], spent=due)[-1]

        return _error_reaching(z[look - 1], bound=bound)

    return tuple(p_value(look) for look in range(1, len(z) + 1))


def sequential_p_value(
    z: tuple[float, ...],
    *,
    observed_fractions: tuple[float, ...],
    spending: Spending,
    last: LastLook,
    spending_times: tuple[float, ...] | None = None,
) -> float:
    """Return the smallest one-sided error with which any look so far rejects.

    It is the least of the `repeated_p_values`, whose parameters it shares, and the p-value to use
    in a graphical test of several hypotheses.

    References
    ----------
    Liu and Anderson 2008, Journal of the American Statistical Association 103:1621-1630; Maurer
    and Bretz 2013, doi:10.1080/19466315.2013.807748.
    """
    return min(
        repeated_p_values(
            z,
            observed_fractions=observed_fractions,
            spending=spending,
            last=last,
            spending_times=spending_times,
        )
    )


def classic_repeated_p_values(
    z: tuple[float, ...], *, information_fractions: tuple[float, ...], shape: PowerShape
) -> tuple[float, ...]:
    """Return, for each look so far, the one-sided error of the shape that goes through its Z.

    Parameters
    ----------
    z : tuple of float
        Z at the looks so far.
    information_fractions : tuple of float
        All planned looks, rising to 1: a classic shape rests on the looks still to come.
    shape : PowerShape
        O'Brien-Fleming, Pocock or Wang-Tsiatis.

    Raises
    ------
    BadInput
        For fractions that do not rise to 1, more values of Z than looks, and values beyond 37.
    """
    refuse_fractions(information_fractions)
    refuse_length(z, looks=min(len(z), len(information_fractions)), where="z")
    for at in z:
        refuse_z(at)
    unit = shape_z(shape, information_fractions=information_fractions, final_z=1.0)
    null = (0.0,) * len(unit)

    def p_value(final_z: float) -> float:
        bounds = upper_bounds(information_fractions, z=tuple(final_z * part for part in unit))
        return sum(crossings(bounds, means=null).upper)

    return tuple(p_value(at / part) for at, part in zip(z, unit, strict=False))


def _error_reaching(z: float, *, bound: Callable[[float], float]) -> float:
    """Return the error whose bound is a Z; the error of Z itself is smaller, for no look is free.

    The search runs over the Z of the error, in which the bound is almost a straight line.
    """

    def above(deviate: float) -> float:
        return min(max(bound(float(ndtr(-deviate))) - z, -LARGEST_Z), LARGEST_Z)

    low, step = z, 0.5
    while low > SURE and above(low) > 0:
        low, step = max(low - step, SURE), 2 * step
    if above(low) > 0:
        return 1.0
    return float(ndtr(-root(above, low, z + ROUNDING, xtol=1e-13, rtol=1e-14)))
