"""What a test sees at a look: an effect and its information; the power and the size that follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import assert_never

from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input


class VarianceUnder(StrEnum):
    """Whose variance stands below an effect; programs differ, and here by a point of power.

    `NULL` and `ALTERNATIVE` take one variance for the error and for the power; `BOTH` takes that
    of the null hypothesis for the error and that of the assumptions for the power.
    """

    NULL = "null"
    ALTERNATIVE = "alternative"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect at a look, and what the look knows of it.

    Attributes
    ----------
    size : float
        Distance from the null hypothesis, positive in favour of the experimental arm: minus a log
        hazard ratio, a difference of means or probabilities.
    null_information, information : float
        Inverse variance of the estimated effect, under the null hypothesis and as assumed; both
        grow in proportion with subjects.
    """

    size: float
    null_information: float
    information: float


def mean_z(effect: Effect, *, under: VarianceUnder) -> float:
    """Return the mean of Z, large in favour of the experimental arm."""
    return effect.size * sqrt(_information(effect, under=under))


def z_scale(effect: Effect, *, under: VarianceUnder) -> float:
    """Return what a bound on Z is multiplied with, so that Z has variance 1 as assumed.

    It is 1 unless the error is by one variance and the power by another.
    """
    match under:
        case VarianceUnder.NULL | VarianceUnder.ALTERNATIVE:
            return 1.0
        case VarianceUnder.BOTH:
            return sqrt(effect.information / effect.null_information)
        case _:
            assert_never(under)


def power_of(effect: Effect, *, z: float, under: VarianceUnder) -> float:
    """Return the probability that Z is at least ``z``."""
    return float(ndtr(mean_z(effect, under=under) - z * z_scale(effect, under=under)))


def growth_for_power(effect: Effect, *, z: float, power: float, under: VarianceUnder) -> float:
    r"""Return by how much information, so subjects, must grow to reach a power.

    .. math:: \left(\frac{z / \sqrt{I_0} + z_{power} / \sqrt{I_1}}{\theta}\right)^2

    Raises
    ------
    BadInput
        When there is no effect in favour of the experimental arm, or the power is none.
    """
    if not 0 < power < 1:
        raise bad_input("a power lies between 0 and 1", where="power", got=power, fix="0.8")
    needed = z * z_scale(effect, under=under) + float(ndtri(power))
    reached = mean_z(effect, under=under)
    if not (reached > 0 and needed > 0):
        raise bad_input(
            "subjects are sized to show an effect, with more power than there is without",
            where="effect, power",
            got=f"an effect of {effect.size:.4g}, power {power}",
            fix="assume an effect in favour of the experimental arm",
        )
    return (needed / reached) ** 2


def _information(effect: Effect, *, under: VarianceUnder) -> float:
    match under:
        case VarianceUnder.NULL:
            return effect.null_information
        case VarianceUnder.ALTERNATIVE | VarianceUnder.BOTH:
            return effect.information
        case _:
            assert_never(under)
