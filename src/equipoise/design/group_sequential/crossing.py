"""Probabilities of first crossing an upper or a lower bound at each look, for any means of Z."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, isnan, sqrt

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.recursion import (
    START,
    advance,
    chance_above,
    chance_below,
    looks_of,
)

CLOSEST = 1e-3
"""Looks nearer than this, as a share of the information at the later one, are one look; thousands
of nodes would be needed to tell them apart."""

LARGEST_Z = 37.0
"""The largest Z whose p-value is a floating-point number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Where a trial stops: at look k when Z is at least ``upper[k]`` or at most ``lower[k]``.

    Attributes
    ----------
    information_fractions : tuple of float
        Information at each look, above 0 and rising by a thousandth or more. Only their ratios
        count, so that information in any unit will do; a plan has 1 at its last look.
    lower, upper : tuple of float
        Bounds on Z; minus infinity and infinity where there is none. Bounds that meet end the
        trial for everyone.

    Raises
    ------
    BadInput
        For looks that do not rise, and for bounds that are missing or cross each other.
    """

    information_fractions: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse bounds that are none."""
        refuse_information(self.information_fractions)
        looks = len(self.information_fractions)
        refuse_length(self.lower, looks=looks, where="lower")
        refuse_length(self.upper, looks=looks, where="upper")
        for low, high in zip(self.lower, self.upper, strict=True):
            if isnan(low) or isnan(high) or low > high:
                raise bad_input(
                    "a lower bound is not above the upper bound of its look",
                    where="lower, upper",
                    got=f"{low}, {high}",
                    fix="minus infinity and infinity where there is no bound",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """Probabilities of first crossing a bound at each look.

    Attributes
    ----------
    upper, lower : tuple of float
        Probability that the trial goes on until a look and there crosses its upper, or lower,
        bound. Where the bounds of the last look meet, all of them sum to 1.
    """

    upper: tuple[float, ...]
    lower: tuple[float, ...]

    @property
    def stops(self) -> tuple[float, ...]:
        """Probability of stopping at each look, in whichever direction."""
        return tuple(up + down for up, down in zip(self.upper, self.lower, strict=True))


def crossings(bounds: Bounds, *, means: tuple[float, ...]) -> Crossings:
    r"""Return the probabilities of first crossing a bound at each look.

    .. math:: P(a_1 < Z_1 < b_1, \dots, a_{k-1} < Z_{k-1} < b_{k-1}, Z_k \ge b_k)

    and likewise for :math:`Z_k \le a_k`, where the Z are normal with the means given, variance 1
    and correlation :math:`\sqrt{t_j / t_k}`.

    Parameters
    ----------
    bounds : Bounds
        Lower and upper bounds.
    means : tuple of float
        Mean of Z at each look: ``drift * sqrt(t)`` for an effect that is constant in time (see
        `proportional_means`), something else when hazards are not proportional.

    Raises
    ------
    BadInput
        For means that are not finite, or of another number than the looks.

    References
    ----------
    Armitage, McPherson and Rowe 1969, doi:10.2307/2343787; Jennison and Turnbull 2000, Group
    Sequential Methods with Applications to Clinical Trials, chapter 19.
    """
    refuse_means(means, looks=len(bounds.information_fractions))
    density, upper, lower = START, [], []
    looks = looks_of(bounds.information_fractions, means=means)
    for look, low, high in zip(looks, bounds.lower, bounds.upper, strict=True):
        upper.append(chance_above(density, look, z=high))
        lower.append(chance_below(density, look, z=low))
        if look is not looks[-1]:
            density = advance(density, look, lower=low, upper=high)
    return Crossings(upper=tuple(upper), lower=tuple(lower))


def proportional_means(fractions: tuple[float, ...], *, drift: float) -> tuple[float, ...]:
    """Return the means of Z under a constant effect: ``drift * sqrt(t)`` at fraction t."""
    if not isfinite(drift):
        raise bad_input("a drift is a finite number", where="drift", got=drift, fix="2.8")
    return tuple(drift * sqrt(fraction) for fraction in fractions)


def refuse_means(means: tuple[float, ...], *, looks: int) -> None:
    """Refuse means that are not one finite number for each look."""
    refuse_length(means, looks=looks, where="means")
    if not all(isfinite(mean) for mean in means):
        raise bad_input("a mean of Z is a finite number", where="means", got=means, fix="1.4")


def refuse_information(information: tuple[float, ...]) -> None:
    """Refuse looks whose information does not rise from above 0."""
    apart = all(
        after - before >= CLOSEST * abs(after) > 0
        for before, after in pairwise((0.0, *information))
    )
    if not information or not apart or not isfinite(information[-1]):
        raise bad_input(
            "information rises from above 0, by a thousandth or more from look to look",
            where="information_fractions",
            got=information,
            fix="for looks at 77 and 128 events, (77 / 128, 1.0)",
        )


def refuse_fractions(fractions: tuple[float, ...]) -> None:
    """Refuse information fractions that do not rise to 1."""
    refuse_information(fractions)
    if fractions[-1] != 1:
        raise bad_input(
            "the last information fraction is 1",
            where="information_fractions",
            got=fractions,
            fix="for looks at 77 and 128 events, (77 / 128, 1.0)",
        )


def refuse_length(values: tuple[object, ...], *, looks: int, where: str) -> None:
    """Refuse a tuple that does not have one value for each look."""
    if len(values) != looks:
        raise bad_input(
            "there is one value for each look",
            where=where,
            got=f"{len(values)} values for {looks} looks",
            fix="one value a look, in order of time",
        )


def refuse_z(z: float) -> None:
    """Refuse a result whose p-value is no floating-point number."""
    if not abs(z) <= LARGEST_Z:
        raise bad_input("a Z lies between -37 and 37", where="z", got=z, fix="2.1")


def refuse_no_information(information: float) -> None:
    """Refuse an estimate that rests on no information."""
    if not 0 < information < inf:
        raise bad_input(
            "there is information at a look", where="information", got=information, fix="19.25"
        )
