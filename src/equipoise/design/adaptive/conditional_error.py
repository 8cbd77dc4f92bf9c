"""The conditional error of a running trial, and a new rest of it that spends just that."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.combination import combined_z, stage_z_of
from equipoise.design.group_sequential.boundaries import spending_z, upper_bounds
from equipoise.design.group_sequential.conditional_power import (
    GivenDrift,
    conditional_power,
    remaining_bounds,
)
from equipoise.design.group_sequential.crossing import Bounds, refuse_fractions
from equipoise.design.group_sequential.drift import drift_for_power
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.spending import Spending, spent_at

LEAST = 1e-12
"""Conditional errors below this are none, above 1 minus this all: nothing is left to plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRest:
    """The rest of a trial as it is planned anew at a look.

    Attributes
    ----------
    information_fractions : tuple of float
        Information that the new looks add, each over all that the new rest adds; the last is 1.
    spending : Spending
        How the conditional error is spent over them.
    """

    information_fractions: tuple[float, ...]
    spending: Spending

    def __post_init__(self) -> None:
        """Refuse looks that do not rise to 1."""
        refuse_fractions(self.information_fractions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """A trial whose rest was planned anew.

    Attributes
    ----------
    primary : Bounds
        Bounds as they were planned; the last information fraction is 1.
    binding : Binding
        Whether their lower bounds had to be obeyed.
    look : int
        Look at which the rest was changed, counted from 1.
    z : float
        Z at it.
    conditional_error : float
        Chance, without an effect, that the trial as planned would still have rejected.
    rest : Bounds
        Efficacy bounds on what the new rest adds, a statistic that starts at nothing.
    """

    primary: Bounds
    binding: Binding
    look: int
    z: float
    conditional_error: float
    rest: Bounds


def conditional_error(bounds: Bounds, *, look: int, z: float, binding: Binding) -> float:
    r"""Return the conditional error: the chance without an effect of a rejection still to come.

    .. math:: \epsilon(z) = P_0(\text{cross an upper bound after look } k \mid Z_k = z)

    Whatever is done next, the error of the whole trial stays when the new rest rejects with no
    more than this chance.

    Parameters
    ----------
    bounds : Bounds
        Bounds as planned; the last information fraction is 1.
    look : int
        Number of looks done, at least 1 and fewer than all.
    z : float
        Z at the last of them.
    binding : Binding
        Whether lower bounds have to be obeyed; otherwise they are left out, which never lowers
        the conditional error.

    Raises
    ------
    BadInput
        For a look that is not before the last, and a Z that is no number.

    References
    ----------
    Proschan and Hunsberger 1995, doi:10.2307/2533262; Mueller and Schaefer 2001,
    doi:10.1111/j.0006-341X.2001.00886.x.
    """
    null = GivenDrift(drift=0.0)
    return conditional_power(obeyed(bounds, binding=binding), look=look, z=z, under=null).power


def obeyed(bounds: Bounds, *, binding: Binding) -> Bounds:
    """Return the bounds as the type I error sees them: without lower ones that do not bind."""
    match binding:
        case Binding.BINDING:
            return bounds
        case Binding.NON_BINDING:
            return upper_bounds(bounds.information_fractions, z=bounds.upper)
        case _:
            assert_never(binding)


def adapt_rest(
    primary: Bounds, *, look: int, z: float, rest: NewRest, binding: Binding
) -> Adaptation:
    r"""Return a new rest of the trial whose error is the conditional error of the old one.

    Number, places and size of the looks to come may be chosen freely after seeing Z and anything
    else. The new bounds :math:`b_1, b_2, \dots` apply to what is added,

    .. math:: \frac{Z_j \sqrt{I_j} - z \sqrt{I_{look}}}{\sqrt{I_j - I_{look}}} \ge b_j

    Parameters
    ----------
    primary : Bounds
        Bounds as planned.
    look : int
        Look at which the rest is changed.
    z : float
        Z at it; a trial that has crossed a bound there is over.
    rest : NewRest
        Looks to come and how they spend the error.
    binding : Binding
        Whether the lower bounds of the old plan had to be obeyed.

    Raises
    ------
    BadInput
        For a trial that is over, a look that is not before the last, and nothing to spend.

    References
    ----------
    Mueller and Schaefer 2001, doi:10.1111/j.0006-341X.2001.00886.x.
    """
    error = conditional_error(primary, look=look, z=z, binding=binding)
    _refuse_over(obeyed(primary, binding=binding), look=look, z=z)
    if not LEAST < error < 1 - LEAST:
        raise bad_input(
            "some of the error is left for the new rest",
            where="z",
            got=f"{z}, conditional error {error:.3g}",
            fix="stop the trial, or keep its plan",
        )
    fractions = rest.information_fractions
    spent = spent_at(rest.spending, times=fractions, error=error, spends=(True,) * len(fractions))
    return Adaptation(
        primary=primary,
        binding=binding,
        look=look,
        z=z,
        conditional_error=error,
        rest=upper_bounds(fractions, z=spending_z(fractions, spent=spent)),
    )


def size_rest(adaptation: Adaptation, *, effect: float, power: float) -> float:
    r"""Return the information that the new rest has to add for a conditional power.

    .. math:: (\delta / \theta)^2

    where the drift :math:`\delta` gives the new bounds the power; in the unit of the effect, as in
    ``1 / variance of its estimate``.

    Parameters
    ----------
    adaptation : Adaptation
        The changed trial.
    effect : float
        Effect taken as true, above 0.
    power : float
        Wanted chance of rejecting from here on, above the conditional error.

    Raises
    ------
    BadInput
        For an effect that is not above 0, and a power that is none or there without an effect.
    """
    if not 0 < effect < inf:
        raise bad_input("an effect is above 0", where="effect", got=effect, fix="0.3")
    if not adaptation.conditional_error < power < 1:
        raise bad_input(
            "a power lies between the conditional error and 1",
            where="power",
            got=f"{power}, conditional error {adaptation.conditional_error:.4g}",
            fix="0.9",
        )
    return (drift_for_power(adaptation.rest, power=power) / effect) ** 2


def integrated_bounds(
    adaptation: Adaptation, *, information: float, rest_information: float
) -> Bounds:
    r"""Return the new bounds on Z from all data, first stages included.

    .. math:: \frac{z \sqrt{I} + b_j \sqrt{J_j}}{\sqrt{I + J_j}}

    Parameters
    ----------
    adaptation : Adaptation
        The changed trial.
    information : float
        I, at the look of the change.
    rest_information : float
        What the new rest adds in all, J at its last look; in the same unit.

    Returns
    -------
    Bounds
        Of the looks to come, at their information over all information.

    Raises
    ------
    BadInput
        For information that is not above 0.
    """
    if not (0 < information < inf and 0 < rest_information < inf):
        raise bad_input(
            "there is information at the look, and the rest adds some",
            where="information, rest_information",
            got=f"{information}, {rest_information}",
            fix="15.0 and 22.5",
        )
    added = tuple(share * rest_information for share in adaptation.rest.information_fractions)
    whole = information + rest_information
    return upper_bounds(
        tuple((information + more) / whole for more in added),
        z=tuple(
            (adaptation.z * sqrt(information) + bound * sqrt(more)) / sqrt(information + more)
            for bound, more in zip(adaptation.rest.upper, added, strict=True)
        ),
    )


def chw_statistic(
    z: tuple[float, ...],
    *,
    information: tuple[float, ...],
    information_fractions: tuple[float, ...],
) -> tuple[float, ...]:
    r"""Return the statistic of Cui, Hung and Wang at each look.

    What each stage adds keeps the weight it was planned with, whatever information it brought:

    .. math:: \sum_{j \le k} \sqrt{t_j - t_{j-1}} \, \tilde z_j / \sqrt{t_k}

    so that the planned bounds keep their error. As planned, it is Z itself.

    Parameters
    ----------
    z : tuple of float
        Z at each look, from all data up to it.
    information : tuple of float
        Information at the looks as it turned out, in any unit.
    information_fractions : tuple of float
        t, as planned.

    Raises
    ------
    BadInput
        For information that does not rise, and more looks than planned.

    References
    ----------
    Cui, Hung and Wang 1999, doi:10.1111/j.0006-341X.1999.00853.x.
    """
    stages = stage_z_of(z, information=information)
    return combined_z(stages, information_fractions=information_fractions)


def rest_after(bounds: Bounds, *, look: int, z: float, binding: Binding) -> Bounds:
    """Return the bounds of the rest as planned, on what is still to be added.

    They have the conditional error, so that `adapt_rest` with them changes nothing.
    """
    return remaining_bounds(obeyed(bounds, binding=binding), look=look, z=z)


def _refuse_over(bounds: Bounds, *, look: int, z: float) -> None:
    low, high = bounds.lower[look - 1], bounds.upper[look - 1]
    if not isfinite(z) or not low < z < high:
        raise bad_input(
            "the trial is not over at the look of the change",
            where="z",
            got=f"{z}, bounds {low:.4g} and {high:.4g}",
            fix="a Z between the bounds",
        )
