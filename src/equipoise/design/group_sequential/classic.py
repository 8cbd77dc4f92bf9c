"""Classic shapes of a boundary: where all bounds follow from the one at the last look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log
from typing import assert_never

from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.recursion import FARTHEST
from equipoise.stats.numerics.root import root

TINY = 1e-300


@dataclass(frozen=True, slots=True)
class OBrienFlemingShape:
    """One bound on the score, which is a bound on Z that falls with the root of information."""


@dataclass(frozen=True, slots=True)
class PocockShape:
    """One bound on Z at all looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WangTsiatisShape:
    """Between O'Brien-Fleming and Pocock, and beyond.

    Attributes
    ----------
    delta : float
        The bound on Z at fraction t is that of the last look times t to the power delta - 1/2:
        0 is O'Brien-Fleming, 0.5 Pocock. Between -1 and 1.
    """

    delta: float

    def __post_init__(self) -> None:
        """Refuse an exponent that nobody means."""
        if not -1 <= self.delta <= 1:
            raise bad_input("a delta lies between -1 and 1", where="delta", got=self.delta, fix="0")


@dataclass(frozen=True, slots=True, kw_only=True)
class HaybittlePetoShape:
    """One strict bound on Z at all looks but the last, which takes the error that is left.

    Attributes
    ----------
    early_z : float
        Bound at the looks before the last, above 0; usually 3.
    """

    early_z: float = 3.0

    def __post_init__(self) -> None:
        """Refuse an early bound that stops trials without an effect."""
        if not 0 < self.early_z < inf:
            raise bad_input("an early bound is above 0", where="early_z", got=self.early_z, fix="3")


PowerShape = OBrienFlemingShape | PocockShape | WangTsiatisShape
"""Shapes that are one number times a power of the information fraction."""

Shape = PowerShape | HaybittlePetoShape


def shape_z(
    shape: Shape, *, information_fractions: tuple[float, ...], final_z: float
) -> tuple[float, ...]:
    r"""Return the bounds of a shape that ends at a bound.

    .. math:: c_k = c \, t_k^{\delta - 1/2}

    with delta 0 for O'Brien-Fleming and 1/2 for Pocock; for Haybittle-Peto the early bound, then c.

    Parameters
    ----------
    shape : Shape
        Which shape.
    information_fractions : tuple of float
        t, ending at 1.
    final_z : float
        c, the bound at the last look.

    References
    ----------
    O'Brien and Fleming 1979, doi:10.2307/2530245; Pocock 1977, doi:10.1093/biomet/64.2.191; Wang
    and Tsiatis 1987, doi:10.2307/2531959; Haybittle 1971, doi:10.1259/0007-1285-44-526-793.
    """
    match shape:
        case HaybittlePetoShape(early_z=early):
            return (*(early for _ in information_fractions[1:]), final_z)
        case OBrienFlemingShape():
            delta = 0.0
        case PocockShape():
            delta = 0.5
        case WangTsiatisShape(delta=delta):
            pass
        case _:
            assert_never(shape)
    return tuple(final_z * fraction ** (delta - 0.5) for fraction in information_fractions)


def solve_final_z(error: Callable[[float], float], *, alpha_one_sided: float) -> float:
    """Return the bound at the last look with which a shape has an error.

    Parameters
    ----------
    error : callable
        Error of the shape by the bound at its last look; it falls with the bound.
    alpha_one_sided : float
        The error wanted.

    Raises
    ------
    BadInput
        When the early looks alone spend more than that, or all looks together less.
    """

    def excess(final_z: float) -> float:
        return log(max(error(final_z), TINY) / alpha_one_sided)

    single = float(-ndtri(alpha_one_sided))  # what one look would need; several need no less
    low = single if excess(single) >= 0 else 0.0
    high = single + 1.0
    while excess(high) > 0 and high < FARTHEST:
        high *= 2
    if excess(low) < 0 or excess(high) > 0:
        raise bad_input(
            "some bound at the last look spends what the early looks leave of the error",
            where="shape",
            got=f"between {error(high):.4g} and {error(low):.4g} can be spent",
            fix="a higher early bound, or futility bounds that stop fewer trials",
        )
    if excess(low) == 0:
        return low
    return root(excess, low, high, xtol=1e-14, rtol=1e-15)
