"""What a survival design looks like from the side: power by effect, events by month, its surface.

Numbers only; pictures of them are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import log, sqrt

from equipoise.design.group_sequential.crossing import crossings
from equipoise.design.survival.effect import mean_z
from equipoise.design.survival.event_course import expected_events, time_of_events
from equipoise.design.survival.fixed_design import effect_at
from equipoise.design.survival.group_sequential import (
    GroupSequentialSurvival,
    SurvivalAssumptions,
    course_of,
    plan_of,
)


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


def power_curve(
    design: GroupSequentialSurvival, *, hazard_ratios: Sequence[float]
) -> tuple[PowerPoint, ...]:
    """Return the power of the looks at other true hazard ratios, bounds and events as planned.

    Parameters
    ----------
    design : GroupSequentialSurvival
        A design.
    hazard_ratios : sequence of float
        True hazard ratios, experimental over control, above 0.
    """
    return tuple(
        PowerPoint(
            hazard_ratio=ratio,
            reached=tuple(
                accumulate(
                    crossings(design.boundary.bounds, means=_means(design, ratio=ratio)).upper
                )
            ),
        )
        for ratio in hazard_ratios
    )


def _means(design: GroupSequentialSurvival, *, ratio: float) -> tuple[float, ...]:
    """Return the mean of Z at each look under another hazard ratio."""
    plan = plan_of(replace(design.assumptions, hazard_ratio=ratio))
    months = (time_of_events(plan.course, events=look.events) for look in design.looks)
    found = (effect_at(plan.course, months=month, test=plan.test) for month in months)
    return tuple(mean_z(effect, under=under) for effect, under in found)


def event_calendar(
    assumptions: SurvivalAssumptions, *, months: Sequence[float]
) -> tuple[CalendarPoint, ...]:
    """Return subjects and events expected by calendar months, with and without the effect.

    Parameters
    ----------
    assumptions : SurvivalAssumptions
        What the trial is assumed to be.
    months : sequence of float
        Calendar months since the first subject could enter, not negative.
    """
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


def size_surface(
    design: GroupSequentialSurvival,
    *,
    hazard_ratios: Sequence[float],
    control_medians: Sequence[float],
) -> tuple[SizePoint, ...]:
    r"""Return the events and subjects of the same power, over effects and control medians.

    The drift :math:`\theta` of a power belongs to the boundary alone; events follow as
    :math:`d = (\theta (1 + r) / (\sqrt r \log HR))^2`, and subjects because the events that are
    expected by the month of the last look are proportional to them. A delay of the effect is left
    out: the hazard ratios are averages over the events.

    Parameters
    ----------
    design : GroupSequentialSurvival
        Looks, power, accrual, dropout and allocation.
    hazard_ratios, control_medians : sequence of float
        The effects (not 1) and the medians in months, every pair of them.
    """
    assumptions = replace(design.assumptions, delay_months=0.0)
    allocation, months = assumptions.allocation, design.looks[-1].months
    points = []
    for median in control_medians:
        for ratio in hazard_ratios:
            events = (
                design.boundary.drift * (1 + allocation) / (sqrt(allocation) * log(ratio))
            ) ** 2
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
