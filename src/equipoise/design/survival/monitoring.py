"""A survival design while it runs and when it ends: bounds at the events seen, what is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from math import exp, inf, isfinite

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.classic import Shape
from equipoise.design.group_sequential.conditional_power import (
    FlatDrift,
    GivenDrift,
    conditional_power,
    current_trend,
    predictive_power,
)
from equipoise.design.group_sequential.crossing import CLOSEST, Bounds
from equipoise.design.group_sequential.observed import (
    LastLook,
    ObservedBoundary,
    observed_boundary,
)
from equipoise.design.group_sequential.repeated import repeated_interval, repeated_p_values
from equipoise.design.group_sequential.spending import Spending
from equipoise.design.group_sequential.stagewise import stagewise_inference
from equipoise.design.survival.group_sequential import GroupSequentialSurvival


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look saw.

    Attributes
    ----------
    events : int
        Events of both arms.
    z : float
        Log-rank Z, large in favour of the experimental arm.
    """

    events: int
    z: float

    def __post_init__(self) -> None:
        """Refuse a look without events or without a number."""
        if self.events < 1 or not isfinite(self.z):
            raise bad_input(
                "a look has seen events and a Z",
                where="events, z",
                got=f"{self.events}, {self.z}",
                fix="for example 80 events and 2.1",
            )


class Verdict(StrEnum):
    """What a look says by the boundary alone; the committee decides."""

    GO_ON = "go_on"
    REJECT = "reject"
    GIVE_UP = "give_up"
    NOT_SHOWN = "not_shown"
    """The final look did not cross the efficacy bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredLook:
    """A look with the bound that belongs to the events it saw.

    Attributes
    ----------
    events : int
        Events seen.
    information_fraction : float
        Over the planned final events; above 1 when overrunning.
    z, bound_z, bound_p : float
        Z seen; efficacy bound re-computed at the events seen, and its one-sided p-value.
    hazard_ratio, lower, upper : float
        Estimate from Z, about, and the repeated confidence interval of level 1 - 2 alpha.
    repeated_p : float
        Repeated one-sided p-value: the trial's error at which this look would just reject.
    verdict : Verdict
        What the look says.
    """

    events: int
    information_fraction: float
    z: float
    bound_z: float
    bound_p: float
    hazard_ratio: float
    lower: float
    upper: float
    repeated_p: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """Probability to reject at the looks still planned.

    Attributes
    ----------
    as_planned, as_seen : float
        Conditional power under the planned effect, and under the effect estimated so far.
    predictive : float
        Predictive power: averaged over what is believed of the effect after the data, with a flat
        prior.
    """

    as_planned: float
    as_seen: float
    predictive: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitored:
    """A running trial: its looks, and its prospect while another look is planned."""

    looks: tuple[MonitoredLook, ...]
    prospect: Prospect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a stopped trial shows, by the stage-wise ordering.

    Attributes
    ----------
    p_value : float
        One-sided.
    hazard_ratio : float
        Median-unbiased estimate.
    lower, upper : float
        Ends of its confidence interval.
    confidence : float
        Two-sided confidence.
    """

    p_value: float
    hazard_ratio: float
    lower: float
    upper: float
    confidence: float


def monitor(
    design: GroupSequentialSurvival, *, seen: tuple[Seen, ...], last: LastLook
) -> Monitored:
    """Return the looks so far against bounds at the events they saw, and the prospect.

    Error is spent by the share of the *planned* final events; a final look spends what is left,
    wherever it falls. Futility bounds stay where they were planned, as bounds on Z.

    Parameters
    ----------
    design : GroupSequentialSurvival
        The design as planned; its boundary spends an error.
    seen : tuple of Seen
        The looks so far, in order of time.
    last : LastLook
        Whether the last of them ends the trial.

    Raises
    ------
    BadInput
        For events that do not rise, and a design whose boundary is a shape: it says nothing about
        other events than those planned.
    """
    spending = _spending(design)
    _refuse_seen(seen)
    fractions = _fractions(design, seen)
    bounds = _observed(design, fractions, last=last)
    repeated = repeated_p_values(
        tuple(look.z for look in seen), observed_fractions=fractions, spending=spending, last=last
    )
    looks = tuple(
        _monitored(design, look, bounds=bounds, place=place, p=repeated[place])
        for place, look in enumerate(seen)
    )
    ended = last is LastLook.FINAL or looks[-1].verdict is not Verdict.GO_ON
    if last is LastLook.FINAL and looks[-1].verdict is Verdict.GO_ON:
        looks = (*looks[:-1], replace(looks[-1], verdict=Verdict.NOT_SHOWN))
    prospect = None if ended else _prospect(design, seen=seen, fractions=fractions, bounds=bounds)
    return Monitored(looks=looks, prospect=prospect)


def conclude(
    design: GroupSequentialSurvival,
    *,
    seen: tuple[Seen, ...],
    last: LastLook,
    confidence: float = 0.95,
) -> Conclusion:
    """Return p-value, median-unbiased hazard ratio and interval of a trial that has stopped.

    Parameters
    ----------
    design, seen, last
        As for `monitor`; the last look is the one at which the trial stopped.
    confidence : float
        Two-sided confidence of the interval.

    Raises
    ------
    BadInput
        As `monitor`, and for a level outside (0, 1).
    """
    _spending(design)
    _refuse_seen(seen)
    fractions = _fractions(design, seen)
    bounds = _observed(design, fractions, last=last)
    found = stagewise_inference(
        _as_bounds(fractions, z=bounds.z),
        look=len(seen),
        z=seen[-1].z,
        information=_information(design, seen[-1].events),
        confidence=confidence,
    )
    return Conclusion(
        p_value=found.p_value,
        hazard_ratio=exp(-found.estimate),
        lower=exp(-found.upper),
        upper=exp(-found.lower),
        confidence=confidence,
    )


def _monitored(
    design: GroupSequentialSurvival, seen: Seen, *, bounds: ObservedBoundary, place: int, p: float
) -> MonitoredLook:
    interval = repeated_interval(
        seen.z, critical_z=bounds.z[place], information=_information(design, seen.events)
    )
    return MonitoredLook(
        events=seen.events,
        information_fraction=bounds.observed_fractions[place],
        z=seen.z,
        bound_z=bounds.z[place],
        bound_p=bounds.nominal_p[place],
        hazard_ratio=exp(-interval.estimate),
        lower=exp(-interval.upper),
        upper=exp(-interval.lower),
        repeated_p=p,
        verdict=_verdict(design, seen, bound_z=bounds.z[place], place=place),
    )


def _verdict(design: GroupSequentialSurvival, seen: Seen, *, bound_z: float, place: int) -> Verdict:
    if seen.z >= bound_z:
        return Verdict.REJECT
    interim = place < len(design.looks) - 1
    if interim and seen.z <= design.looks[place].futility_z:
        return Verdict.GIVE_UP
    return Verdict.GO_ON


def _prospect(
    design: GroupSequentialSurvival,
    *,
    seen: tuple[Seen, ...],
    fractions: tuple[float, ...],
    bounds: ObservedBoundary,
) -> Prospect | None:
    """Return the outlook over the looks still planned; None when none is left."""
    later = tuple(
        look.information_fraction
        for look in design.looks
        if look.information_fraction > fractions[-1] * (1 + CLOSEST)
    )
    if not later:
        return None
    planned = observed_boundary(
        (*fractions, *later),
        alpha_one_sided=design.assumptions.alpha_one_sided,
        spending=_spending(design),
        last=LastLook.FINAL,
        past_z=bounds.z,
    )
    whole = _as_bounds(planned.observed_fractions, z=planned.z)
    look, z = len(seen), seen[-1].z
    trend = current_trend(z, information_fraction=fractions[-1])
    return Prospect(
        as_planned=conditional_power(
            whole, look=look, z=z, under=GivenDrift(drift=design.boundary.drift)
        ).power,
        as_seen=conditional_power(whole, look=look, z=z, under=trend).power,
        predictive=predictive_power(whole, look=look, z=z, prior=FlatDrift()).power,
    )


def _observed(
    design: GroupSequentialSurvival, fractions: tuple[float, ...], *, last: LastLook
) -> ObservedBoundary:
    return observed_boundary(
        fractions,
        alpha_one_sided=design.assumptions.alpha_one_sided,
        spending=_spending(design),
        last=last,
    )


def _as_bounds(fractions: tuple[float, ...], *, z: tuple[float, ...]) -> Bounds:
    return Bounds(information_fractions=fractions, lower=(-inf,) * len(z), upper=z)


def _fractions(design: GroupSequentialSurvival, seen: tuple[Seen, ...]) -> tuple[float, ...]:
    planned = design.assumptions.look_events[-1]
    return tuple(look.events / planned for look in seen)


def _information(design: GroupSequentialSurvival, events: int) -> float:
    """Return the information about the log hazard ratio, variance of equal hazards."""
    allocation = design.assumptions.allocation
    return events * allocation / (1 + allocation) ** 2


def _spending(design: GroupSequentialSurvival) -> Spending:
    efficacy = design.assumptions.efficacy
    if isinstance(efficacy, Shape):
        raise bad_input(
            "a boundary of a fixed shape cannot be moved to the events that were seen",
            where="efficacy",
            got=type(efficacy).__name__,
            fix="plan a spending function, for example of O'Brien and Fleming's kind",
        )
    return efficacy


def _refuse_seen(seen: tuple[Seen, ...]) -> None:
    rising = all(early.events < late.events for early, late in pairwise(seen))
    if not seen or not rising:
        raise bad_input(
            "looks have rising numbers of events",
            where="seen",
            got=", ".join(str(look.events) for look in seen) or "no look",
            fix="name every look so far, the earliest first",
        )
