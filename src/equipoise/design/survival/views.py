"""What a survival design looks like from the side: power by effect, events by month, its surface.

Numbers only; pictures of them are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import log, sqrt

from scipy.optimize import brentq

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.boundaries import (
    Boundary,
    crossing_probabilities,
    efficacy_boundary,
)
from equipoise.design.survival.event_course import expected_events
from equipoise.design.survival.group_sequential import SurvivalAssumptions, course_of
from equipoise.design.survival.logrank_events import survival_power

FARTHEST_DRIFT = 20.0
"""A drift that every boundary of a trial is crossed with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerPoint:
    """What the design does at one true hazard ratio.

    Attributes
    ----------
    hazard_ratio : float
        Experimental over control.
    reached : tuple of float
        Probability of having crossed the boundary at each look or before; the last is the power.
    """

    hazard_ratio: float
    reached: tuple[float, ...]

    @property
    def power(self) -> float:
        """Probability of crossing at any look."""
        return self.reached[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPoint:
    """What is expected by one calendar month.

    Attributes
    ----------
    months : float
        Since the first subject could enter.
    subjects : float
        Entered, both arms.
    control, experimental : float
        Events in each arm with the assumed effect.
    events_without_effect : float
        Events of both arms when the hazards are equal.
    """

    months: float
    subjects: float
    control: float
    experimental: float
    events_without_effect: float

    @property
    def events(self) -> float:
        """Events of both arms with the assumed effect."""
        return self.control + self.experimental


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePoint:
    """What the same power needs under other assumptions.

    Attributes
    ----------
    hazard_ratio, control_median_months : float
        The other assumptions.
    events : float
        Events at the last look.
    subjects : float
        Subjects with whom they are expected by the month that was asked.
    """

    hazard_ratio: float
    control_median_months: float
    events: float
    subjects: float


def boundary_of(assumptions: SurvivalAssumptions) -> Boundary:
    """Return the efficacy boundary of the assumptions' looks."""
    return efficacy_boundary(
        tuple(events / assumptions.look_events[-1] for events in assumptions.look_events),
        alpha_one_sided=assumptions.alpha_one_sided,
        spending=assumptions.spending,
    )


def power_curve(
    assumptions: SurvivalAssumptions, *, hazard_ratios: Sequence[float]
) -> tuple[PowerPoint, ...]:
    """Return the power of the looks at other true hazard ratios, events as planned."""
    boundary = boundary_of(assumptions)
    return tuple(
        PowerPoint(
            hazard_ratio=ratio,
            reached=tuple(
                accumulate(
                    survival_power(
                        boundary,
                        events=assumptions.look_events[-1],
                        hazard_ratio=ratio,
                        allocation=assumptions.allocation,
                    )
                )
            ),
        )
        for ratio in hazard_ratios
    )


def event_calendar(
    assumptions: SurvivalAssumptions, *, months: Sequence[float]
) -> tuple[CalendarPoint, ...]:
    """Return subjects and events expected by calendar months, with and without the effect."""
    course = course_of(assumptions)
    equal = course_of(replace(assumptions, hazard_ratio=1.0))
    points = []
    for month in months:
        there = expected_events(course, months=month)
        points.append(
            CalendarPoint(
                months=month,
                subjects=there.subjects,
                control=there.control,
                experimental=there.experimental,
                events_without_effect=expected_events(equal, months=month).events,
            )
        )
    return tuple(points)


def drift_of_power(boundary: Boundary, *, power: float) -> float:
    """Return the mean of Z at full information with which a boundary is crossed so often.

    Raises
    ------
    BadInput
        For a power that is not between the error of the boundary and 1.
    """
    if not boundary.alpha_one_sided < power < 1:
        raise bad_input(
            "a power lies between the one-sided error and 1", where="power", got=power, fix="0.8"
        )
    return float(
        brentq(
            lambda drift: sum(crossing_probabilities(boundary, drift=drift)) - power,
            0.0,
            FARTHEST_DRIFT,
            xtol=1e-10,
        )
    )


def size_surface(
    assumptions: SurvivalAssumptions,
    *,
    power: float,
    months: float,
    hazard_ratios: Sequence[float],
    control_medians: Sequence[float],
) -> tuple[SizePoint, ...]:
    r"""Return the events and subjects that a power needs, over effects and control medians.

    The drift :math:`\theta` of the power belongs to the boundary alone; events follow as
    :math:`d = (\theta (1 + r) / (\sqrt r \log HR))^2`, and subjects because the events that are
    expected by a month are proportional to them.

    Parameters
    ----------
    assumptions : SurvivalAssumptions
        Looks, error, accrual, dropout and allocation.
    power : float
        Wanted power.
    months : float
        Calendar month by which the events of the last look shall be expected.
    hazard_ratios, control_medians : sequence of float
        The effects (not 1) and the medians in months, every pair of them.
    """
    allocation = assumptions.allocation
    drift = drift_of_power(boundary_of(assumptions), power=power)
    points = []
    for median in control_medians:
        for ratio in hazard_ratios:
            events = (drift * (1 + allocation) / (sqrt(allocation) * log(ratio))) ** 2
            other = replace(assumptions, control_median_months=median, hazard_ratio=ratio)
            seen = expected_events(course_of(other), months=months).events
            points.append(
                SizePoint(
                    hazard_ratio=ratio,
                    control_median_months=median,
                    events=events,
                    subjects=assumptions.subjects * events / seen,
                )
            )
    return tuple(points)
