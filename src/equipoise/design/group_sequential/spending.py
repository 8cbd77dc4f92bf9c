"""Spending: how much of an error may be used up by a share of the information, or of the time."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import e, exp, expm1, inf, isfinite, log1p, sqrt
from typing import assert_never

from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha


@dataclass(frozen=True, slots=True)
class OBrienFlemingSpending:
    """Lan-DeMets spending of the O'Brien-Fleming kind: almost nothing early."""


@dataclass(frozen=True, slots=True)
class PocockSpending:
    """Lan-DeMets spending of the Pocock kind: about evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HwangShihDeCaniSpending:
    """The exponential family of Hwang, Shih and DeCani.

    Attributes
    ----------
    gamma : float
        Negative spends late, 0 evenly, positive early; -4 is near O'Brien-Fleming, 1 near Pocock.
    """

    gamma: float

    def __post_init__(self) -> None:
        """Refuse a gamma that is no number."""
        if not isfinite(self.gamma):
            raise bad_input("a gamma is a finite number", where="gamma", got=self.gamma, fix="-4")


@dataclass(frozen=True, slots=True, kw_only=True)
class KimDeMetsSpending:
    """The power family of Kim and DeMets.

    Attributes
    ----------
    rho : float
        Exponent, above 0: 1 spends evenly, 3 is near O'Brien-Fleming.
    """

    rho: float

    def __post_init__(self) -> None:
        """Refuse an exponent that does not rise."""
        if not 0 < self.rho < inf:
            raise bad_input("a rho is above 0", where="rho", got=self.rho, fix="2")


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeSpending:
    """Shares of the error said by hand, spent in between along straight lines from 0 at 0.

    Attributes
    ----------
    times : tuple of float
        Information fractions (or fractions of another clock), rising from above 0 to 1.
    shares : tuple of float
        Share of the whole error spent up to and with each; never falling, the last is 1.
    """

    times: tuple[float, ...]
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse points that are no spending function."""
        rising = all(before < after for before, after in pairwise((0.0, *self.times)))
        kept = all(before <= after for before, after in pairwise((0.0, *self.shares)))
        whole = len(self.times) == len(self.shares) > 0 and self.times[-1] == self.shares[-1] == 1
        if not (rising and kept and whole):
            raise bad_input(
                "times rise to 1, and the shares of error at them never fall and end at 1",
                where="times, shares",
                got=f"{self.times}, {self.shares}",
                fix="times (0.5, 0.75, 1), shares (0.2, 0.5, 1)",
            )


Spending = (
    OBrienFlemingSpending
    | PocockSpending
    | HwangShihDeCaniSpending
    | KimDeMetsSpending
    | CumulativeSpending
)


def alpha_spent(spending: Spending, *, fraction: float, alpha_one_sided: float) -> float:
    """Return the one-sided error that may be spent up to an information fraction.

    Parameters
    ----------
    spending : Spending
        Kind of spending; `error_spent` has the formulas.
    fraction : float
        Information fraction t (or fraction of another clock), above 0 and at most 1.
    alpha_one_sided : float
        Error spent at t = 1.

    Raises
    ------
    BadInput
        For a fraction outside (0, 1] and an alpha outside (0, 0.5).
    """
    refuse_alpha(alpha_one_sided)
    return error_spent(spending, fraction=fraction, error=alpha_one_sided)


def error_spent(spending: Spending, *, fraction: float, error: float) -> float:
    r"""Return how much of an error, of either kind, may be spent up to a fraction.

    With :math:`\epsilon` the whole error,

    .. math::
        \text{O'Brien-Fleming: } & 2 - 2\Phi(z_{1-\epsilon/2} / \sqrt t) \\
        \text{Pocock: } & \epsilon \log(1 + (e - 1) t) \\
        \text{Hwang-Shih-DeCani: } & \epsilon (1 - e^{-\gamma t}) / (1 - e^{-\gamma}) \\
        \text{Kim-DeMets: } & \epsilon t^\rho

    Parameters
    ----------
    spending : Spending
        Kind of spending.
    fraction : float
        t, above 0 and at most 1.
    error : float
        Error spent at t = 1, between 0 and 1.

    Raises
    ------
    BadInput
        For a fraction outside (0, 1] and an error outside (0, 1).

    References
    ----------
    Lan and DeMets 1983, doi:10.1093/biomet/70.3.659; Kim and DeMets 1987,
    Biometrika 74:149-154; Hwang, Shih and DeCani 1990, doi:10.1002/sim.4780091207.
    """
    if not 0 < error < 1:
        raise bad_input("an error lies between 0 and 1", where="error", got=error, fix="0.1")
    if not 0 < fraction <= 1:
        raise bad_input(
            "an information fraction lies above 0 and is at most 1",
            where="fraction",
            got=fraction,
            fix="events at the look over events at the last look",
        )
    # All of it at the end, exactly: what is left must not be a rounding error.
    return error if fraction == 1 else _spent_before(spending, fraction=fraction, error=error)


def spent_at(
    spending: Spending, *, times: tuple[float, ...], error: float, spends: tuple[bool, ...]
) -> tuple[float, ...]:
    """Return the error spent up to and with each look; a look that spends nothing adds nothing."""
    spent = [0.0]
    for time, spending_look in zip(times, spends, strict=True):
        due = error_spent(spending, fraction=time, error=error) if spending_look else spent[-1]
        spent.append(due)
    return tuple(spent[1:])


def refuse_clock(times: tuple[float, ...], *, where: str) -> None:
    """Refuse a spending clock that does not run forward to 1."""
    forward = all(before < after for before, after in pairwise((0.0, *times)))
    if not forward or not times or times[-1] != 1 or not all(isfinite(time) for time in times):
        raise bad_input(
            "a spending clock rises from above 0 to 1",
            where=where,
            got=times,
            fix="calendar months at the looks over those at the last, (12 / 36, 24 / 36, 1.0)",
        )


def _spent_before(spending: Spending, *, fraction: float, error: float) -> float:
    match spending:
        case OBrienFlemingSpending():
            return float(2 * ndtr(ndtri(error / 2) / sqrt(fraction)))
        case PocockSpending():
            return error * log1p((e - 1) * fraction)
        case HwangShihDeCaniSpending(gamma=gamma):
            return error * _exponential_share(gamma, fraction=fraction)
        case KimDeMetsSpending(rho=rho):
            return float(error * fraction**rho)
        case CumulativeSpending():
            return error * _share_between(spending, fraction=fraction)
        case _:
            assert_never(spending)


def _exponential_share(gamma: float, *, fraction: float) -> float:
    """Return (1 - exp(-gamma t)) / (1 - exp(-gamma)), whose limit at a gamma of 0 is t.

    A large negative gamma is turned about, so that nothing overflows.
    """
    if abs(gamma) < 1e-15:  # nearer to 0 the share is the fraction in floating point
        return fraction
    if gamma > 0:
        return expm1(-gamma * fraction) / expm1(-gamma)
    return exp(gamma * (1 - fraction)) * expm1(gamma * fraction) / expm1(gamma)


def _share_between(points: CumulativeSpending, *, fraction: float) -> float:
    times, shares = (0.0, *points.times), (0.0, *points.shares)
    after = bisect_left(times, fraction)
    before = after - 1
    part = (fraction - times[before]) / (times[after] - times[before])
    return shares[before] + part * (shares[after] - shares[before])
