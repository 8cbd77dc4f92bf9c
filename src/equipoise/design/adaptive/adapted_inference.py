"""Inference after a changed rest: its end is carried back to the trial as it was planned."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.conditional_error import Adaptation, rest_after
from equipoise.design.group_sequential.crossing import (
    Bounds,
    crossings,
    proportional_means,
    refuse_z,
)
from equipoise.design.group_sequential.drift import solve_drift
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.recursion import (
    START,
    advance,
    bound_above,
    chance_above,
    looks_of,
)
from equipoise.design.group_sequential.stagewise import StagewiseInference


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptedEnd:
    """Where a trial with a changed rest ended.

    Attributes
    ----------
    look : int
        Look of the new rest, counted from 1.
    z : float
        Z there, from what the rest had added alone.
    information : float
        Maximum information of the trial as planned, in the unit of the effect.
    rest_information : float
        What the new rest was to add in all.

    Raises
    ------
    BadInput
        For a Z beyond 37, and information that is not above 0.
    """

    look: int
    z: float
    information: float
    rest_information: float

    def __post_init__(self) -> None:
        """Refuse an end that is none."""
        refuse_z(self.z)
        if not (0 < self.information < inf and 0 < self.rest_information < inf):
            raise bad_input(
                "the trial had information, and its new rest added some",
                where="information, rest_information",
                got=f"{self.information}, {self.rest_information}",
                fix="37.5 and 22.5",
            )


def adapted_inference(
    adaptation: Adaptation, *, end: AdaptedEnd, confidence: float
) -> StagewiseInference:
    r"""Return p-value, median-unbiased estimate and interval of a trial whose rest was changed.

    For an effect :math:`\theta`, the end of the new rest has a conditional chance of being as
    extreme or more, given Z at the change. Its image is the end of the old plan with the same
    conditional chance; the stage-wise p-value of the image, :math:`p(\theta)`, is uniform
    whatever rule changed the rest. The estimate solves p = 1/2, and the ends of the interval
    :math:`p = (1 \mp \text{confidence}) / 2`.

    Parameters
    ----------
    adaptation : Adaptation
        The changed trial, whose futility bounds do not bind.
    end : AdaptedEnd
        Where it ended.
    confidence : float
        Two-sided, between 0 and 1; 1 - 2 alpha agrees with the test.

    Raises
    ------
    BadInput
        For binding futility, a look that the rest does not have, and a confidence outside (0, 1).

    References
    ----------
    Gao, Liu and Mehta 2013, doi:10.1002/sim.5847.
    """
    _refuse(adaptation, end=end)
    if not 0 < confidence < 1:
        raise bad_input(
            "a confidence lies between 0 and 1", where="confidence", got=confidence, fix="0.95"
        )
    root = sqrt(end.information)

    def p_value(drift: float) -> float:
        return _p_value(adaptation, end=end, drift=drift)

    def effect_at(p: float) -> float:
        return solve_drift(p_value, power=p, near=_overall_z(adaptation, end=end)) / root

    return StagewiseInference(
        p_value=p_value(0.0),
        estimate=effect_at(0.5),
        lower=effect_at((1 - confidence) / 2),
        upper=effect_at((1 + confidence) / 2),
        confidence=confidence,
    )


def adapted_p_value(adaptation: Adaptation, *, end: AdaptedEnd, effect: float = 0.0) -> float:
    """Return the p-value of the hypothesis that the effect is at most a given one.

    Uniform when it is that, whatever rule changed the rest; see `adapted_inference`.

    Raises
    ------
    BadInput
        For binding futility, and a look that the rest does not have.
    """
    _refuse(adaptation, end=end)
    return _p_value(adaptation, end=end, drift=effect * sqrt(end.information))


def _p_value(adaptation: Adaptation, *, end: AdaptedEnd, drift: float) -> float:
    chance = _conditional_chance(adaptation, end=end, effect=drift / sqrt(end.information))
    return _image_p_value(adaptation, chance=chance, drift=drift)


def _conditional_chance(adaptation: Adaptation, *, end: AdaptedEnd, effect: float) -> float:
    """Return the chance of an end of the new rest that is as extreme or more."""
    rest, look = adaptation.rest, end.look
    ended = Bounds(
        information_fractions=rest.information_fractions[:look],
        lower=(-inf,) * look,
        upper=(*rest.upper[: look - 1], end.z),
    )
    drift = effect * sqrt(end.rest_information)
    means = proportional_means(ended.information_fractions, drift=drift)
    return sum(crossings(ended, means=means).upper)


def _image_p_value(adaptation: Adaptation, *, chance: float, drift: float) -> float:
    """Return the stage-wise p-value of the end of the old plan with a conditional chance."""
    fractions = adaptation.primary.information_fractions
    look, z = _image(adaptation, chance=chance, drift=drift)
    ended = Bounds(
        information_fractions=fractions[:look],
        lower=(-inf,) * look,
        upper=(*adaptation.primary.upper[: look - 1], z),
    )
    means = proportional_means(ended.information_fractions, drift=drift)
    return sum(crossings(ended, means=means).upper)


def _image(adaptation: Adaptation, *, chance: float, drift: float) -> tuple[int, float]:
    """Return look and Z of the old plan at which its conditional chance is a given one."""
    primary, done = adaptation.primary, adaptation.look
    rest = rest_after(primary, look=done, z=adaptation.z, binding=adaptation.binding)
    means = proportional_means(rest.information_fractions, drift=drift)
    looks = looks_of(rest.information_fractions, means=means)
    ends = enumerate(zip(looks[:-1], rest.upper, strict=False), start=done + 1)
    density, before = START, 0.0
    for number, (look, upper) in ends:
        reached = before + chance_above(density, look, z=upper)
        if chance <= reached:
            added = bound_above(density, look, probability=chance - before)
            return number, _whole_z(adaptation, look=number, added=added)
        before = reached
        density = advance(density, look, lower=-inf, upper=upper)
    added = bound_above(density, looks[-1], probability=chance - before)
    last = len(primary.upper)
    return last, _whole_z(adaptation, look=last, added=added)


def _whole_z(adaptation: Adaptation, *, look: int, added: float) -> float:
    """Return Z of the old plan at a look, from what was added after the change."""
    fractions = adaptation.primary.information_fractions
    known, at = fractions[adaptation.look - 1], fractions[look - 1]
    return (adaptation.z * sqrt(known) + added * sqrt(at - known)) / sqrt(at)


def _overall_z(adaptation: Adaptation, *, end: AdaptedEnd) -> float:
    """Return the usual estimate from all data, as a drift of the old plan: where to search."""
    known = end.information * adaptation.primary.information_fractions[adaptation.look - 1]
    added = end.rest_information * adaptation.rest.information_fractions[end.look - 1]
    score = adaptation.z * sqrt(known) + end.z * sqrt(added)
    return score / (known + added) * sqrt(end.information)


def _refuse(adaptation: Adaptation, *, end: AdaptedEnd) -> None:
    if not 1 <= end.look <= len(adaptation.rest.upper):
        raise bad_input(
            "the new rest has the look at which the trial ended",
            where="end.look",
            got=f"{end.look} of {len(adaptation.rest.upper)}",
            fix="looks of the new rest, counted from 1",
        )
    bound = any(low > -inf for low in adaptation.primary.lower[:-1])
    if adaptation.binding is Binding.BINDING and bound:
        raise bad_input(
            "inference after a change is for futility that does not bind",
            where="adaptation.binding",
            got=adaptation.binding,
            fix="Binding.NON_BINDING",
        )
