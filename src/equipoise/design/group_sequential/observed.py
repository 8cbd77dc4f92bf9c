"""Efficacy bounds at the information that was really observed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from math import inf, isnan
from typing import assert_never

from scipy.special import ndtr

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.boundaries import upper_bounds
from equipoise.design.group_sequential.crossing import (
    crossings,
    refuse_information,
    refuse_length,
)
from equipoise.design.group_sequential.spending import Spending, spent_at
from equipoise.design.group_sequential.spent_bounds import (
    At,
    Side,
    Spend,
    Target,
    nowhere,
    solve_bounds,
)


class LastLook(StrEnum):
    """Whether the last look given ends the trial."""

    INTERIM = "interim"
    """More looks may follow: the error due by its spending time is spent."""

    FINAL = "final"
    """It is the final analysis: all that is left of the error is spent, wherever it fell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedBoundary:
    """Efficacy bounds of the looks so far.

    Attributes
    ----------
    observed_fractions : tuple of float
        Information at each look over the planned maximum.
    spending_times : tuple of float
        Clock by which error was due.
    z, nominal_p : tuple of float
        Bounds on Z, past ones as they were, and their one-sided p-values; infinity and 0 where no
        error was left.
    cumulative_alpha : tuple of float
        One-sided error spent up to and with each look, at the information observed.
    """

    observed_fractions: tuple[float, ...]
    spending_times: tuple[float, ...]
    z: tuple[float, ...]
    nominal_p: tuple[float, ...]
    cumulative_alpha: tuple[float, ...]


def observed_boundary(
    observed_fractions: tuple[float, ...],
    *,
    alpha_one_sided: float,
    spending: Spending,
    last: LastLook,
    past_z: tuple[float, ...] = (),
    spending_times: tuple[float, ...] | None = None,
) -> ObservedBoundary:
    r"""Return the efficacy bounds of the looks so far, at the information observed.

    Error is due by the spending function at the observed share s of the *planned* maximum
    information, at most 1; the bound of a new look spends what is due less what the past bounds
    have spent already:

    .. math:: P(Z_1 < c_1, \dots, Z_{k-1} < c_{k-1}, Z_k \ge c_k) =
              \max(0, \alpha(s_k) - \text{spent before})

    Overrunning: a final look beyond the maximum spends all that is left, and the correlations are
    those of the information observed. Underrunning: a final look below it does too. An interim
    look at or beyond the maximum has spent everything: a later look can no longer reject.

    Parameters
    ----------
    observed_fractions : tuple of float
        Information at each look over the planned maximum, rising; may end below or above 1.
    alpha_one_sided : float
        Error of the whole trial, between 0 and 0.5.
    spending : Spending
        Kind of spending.
    last : LastLook
        Whether the last look given is the final analysis.
    past_z : tuple of float
        Bounds already used at the first looks; they stay, even when their information is known
        better now.
    spending_times : tuple of float, optional
        Another clock for the error due, never falling, above 0 and at most 1; otherwise the
        observed fractions, at most 1.

    Raises
    ------
    BadInput
        For information that does not rise, clocks outside (0, 1], and more past bounds than looks.

    References
    ----------
    Lan and DeMets 1983, doi:10.1093/biomet/70.3.659; Wassmer and Brannath 2016, Group Sequential
    and Confirmatory Adaptive Designs in Clinical Trials, section 3.3,
    doi:10.1007/978-3-319-32562-0.
    """
    refuse_alpha(alpha_one_sided)
    refuse_information(observed_fractions)
    times = observed_times(spending_times, observed_fractions=observed_fractions)
    _refuse_past(past_z, looks=len(observed_fractions))
    due = due_at(spending, times=times, error=alpha_one_sided, last=last)
    z = _bounds(observed_fractions, past_z=past_z, due=due)
    found = crossings(upper_bounds(observed_fractions, z=z), means=(0.0,) * len(z))
    return ObservedBoundary(
        observed_fractions=observed_fractions,
        spending_times=times,
        z=z,
        nominal_p=tuple(float(ndtr(-bound)) for bound in z),
        cumulative_alpha=tuple(accumulate(found.upper)),
    )


def due_at(
    spending: Spending, *, times: tuple[float, ...], error: float, last: LastLook
) -> tuple[float, ...]:
    """Return the error due up to and with each look; the final look takes all of it."""
    due = spent_at(spending, times=times, error=error, spends=(True,) * len(times))
    match last:
        case LastLook.INTERIM:
            return due
        case LastLook.FINAL:
            return (*due[:-1], error)
        case _:
            assert_never(last)


def observed_times(
    times: tuple[float, ...] | None, *, observed_fractions: tuple[float, ...]
) -> tuple[float, ...]:
    """Return the clock by which error is due: the observed fractions, at most 1, or another."""
    if times is None:
        return tuple(min(1.0, fraction) for fraction in observed_fractions)
    refuse_length(times, looks=len(observed_fractions), where="spending_times")
    if times[0] <= 0 or not all(before <= after <= 1 for before, after in pairwise((0.0, *times))):
        raise bad_input(
            "a spending clock never falls, and lies above 0 and up to 1",
            where="spending_times",
            got=times,
            fix="months at each look over the planned months, (12 / 36, 27 / 36)",
        )
    return times


def _bounds(
    observed_fractions: tuple[float, ...], *, past_z: tuple[float, ...], due: tuple[float, ...]
) -> tuple[float, ...]:
    """Return the past bounds, then those that spend what is due beyond what they have spent."""
    looks, past = len(observed_fractions), len(past_z)
    spent = (_spent(observed_fractions[:past], z=past_z), *due[past:])
    shares = (after - before for before, after in pairwise(accumulate(spent, max)))
    targets: tuple[Target, ...] = (
        *(At(z) for z in past_z),
        *(Spend(share) for share in shares),
    )
    return solve_bounds(
        observed_fractions,
        upper=Side(targets=targets, means=(0.0,) * looks),
        lower=nowhere(looks, at=-inf),
        upper_sees_lower=False,
    ).upper


def _spent(information: tuple[float, ...], *, z: tuple[float, ...]) -> float:
    if not z:
        return 0.0
    return sum(crossings(upper_bounds(information, z=z), means=(0.0,) * len(z)).upper)


def _refuse_past(past_z: tuple[float, ...], *, looks: int) -> None:
    if len(past_z) > looks or any(isnan(z) for z in past_z):
        raise bad_input(
            "past bounds are numbers, at most one for each look",
            where="past_z",
            got=f"{past_z} for {looks} looks",
            fix="the bounds used at the looks before, in order of time",
        )
