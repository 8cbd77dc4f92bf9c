"""The scales on which a bound may be said: Z, effect, conditional power, predictive power."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import assert_never

from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input


class Scale(StrEnum):
    """What a number says about an interim result."""

    Z = "z"
    """The standardised statistic itself."""

    EFFECT = "effect"
    """The estimated effect over the planned one: 0 is none, 1 as planned."""

    PLANNED_POWER = "planned_power"
    """Conditional power if the effect is as planned."""

    TREND_POWER = "trend_power"
    """Conditional power if the effect is as estimated so far."""

    PREDICTIVE_POWER = "predictive_power"
    """Conditional power averaged over what the result so far says of the effect (flat prior)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A look before the last, and what is needed to read a Z there.

    Attributes
    ----------
    fraction : float
        Information fraction t, between 0 and 1.
    mean : float
        Planned mean of Z at the look.
    drift : float
        Planned mean of Z at the last look.
    final_z : float
        c, the efficacy bound at the last look.
    """

    fraction: float
    mean: float
    drift: float
    final_z: float

    def __post_init__(self) -> None:
        """Refuse the last look: nothing is left there to be predicted."""
        if not 0 < self.fraction < 1:
            raise bad_input(
                "a fixed bound belongs to a look before the last",
                where="fraction",
                got=self.fraction,
                fix="an information fraction between 0 and 1",
            )


def value_of(z: float, *, scale: Scale, place: Place) -> float:
    r"""Return a Z on another scale.

    With t the information fraction, c the final bound, :math:`\mu` the planned mean of Z at the
    look and :math:`\delta` at the last,

    .. math::
        \text{effect: } & z / \mu \\
        \text{planned power: } & \Phi\left(
            \frac{z \sqrt t + \delta - \mu \sqrt t - c}{\sqrt{1 - t}}\right) \\
        \text{trend power: } & \Phi\left(\frac{z / \sqrt t - c}{\sqrt{1 - t}}\right) \\
        \text{predictive power: } & \Phi\left(\frac{z - c \sqrt t}{\sqrt{1 - t}}\right)

    All powers are those of the last look alone, as if no look came between; see
    `conditional_power` for the chance of rejecting at any later look.

    Parameters
    ----------
    z : float
        Standardised statistic at the look.
    scale : Scale
        The scale wanted.
    place : Place
        The look.

    References
    ----------
    Lachin 2005, doi:10.1002/sim.2151; Spiegelhalter, Freedman and Blackburn 1986, Controlled
    Clinical Trials 7:8-17.
    """
    root, left = sqrt(place.fraction), sqrt(1 - place.fraction)
    match scale:
        case Scale.Z:
            return z
        case Scale.EFFECT:
            return z / place.mean
        case Scale.PLANNED_POWER:
            gained = place.drift - place.mean * root
            return float(ndtr((z * root + gained - place.final_z) / left))
        case Scale.TREND_POWER:
            return float(ndtr((z / root - place.final_z) / left))
        case Scale.PREDICTIVE_POWER:
            return float(ndtr((z - place.final_z * root) / left))
        case _:
            assert_never(scale)


def z_of(value: float, *, scale: Scale, place: Place) -> float:
    """Return the Z that has a value on a scale; the inverse of `value_of`.

    Parameters
    ----------
    value : float
        Value on the scale; a power lies between 0 and 1.
    scale : Scale
        The scale it is said on.
    place : Place
        The look.

    Raises
    ------
    BadInput
        For a power outside (0, 1).
    """
    root, left = sqrt(place.fraction), sqrt(1 - place.fraction)
    match scale:
        case Scale.Z:
            return value
        case Scale.EFFECT:
            return value * place.mean
        case Scale.PLANNED_POWER:
            gained = place.drift - place.mean * root
            return (place.final_z - gained + left * _deviate(value)) / root
        case Scale.TREND_POWER:
            return (place.final_z + left * _deviate(value)) * root
        case Scale.PREDICTIVE_POWER:
            return place.final_z * root + left * _deviate(value)
        case _:
            assert_never(scale)


def _deviate(power: float) -> float:
    if not 0 < power < 1:
        raise bad_input(
            "a conditional or predictive power lies between 0 and 1",
            where="value",
            got=power,
            fix="0.2",
        )
    return float(ndtri(power))
