"""A group-sequential survival design: assumptions in, looks with their boundaries and power out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf

from equipoise.base.errors import BadInput, Fault
from equipoise.design.group_sequential.boundaries import (
    Boundary,
    crossing_probabilities,
    efficacy_boundary,
)
from equipoise.design.group_sequential.spending import Spending
from equipoise.design.survival.cautions import event_cautions
from equipoise.design.survival.event_course import (
    Accrual,
    ArmCourse,
    TwoArmCourse,
    expected_events,
    time_of_events,
)
from equipoise.design.survival.hazards import hazard_of_median, hazard_of_yearly_probability
from equipoise.design.survival.logrank_events import (
    hazard_ratio_at,
    schoenfeld_events,
    survival_power,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalAssumptions:
    """What a survival design rests on.

    Attributes
    ----------
    subjects : int
        Subjects of both arms.
    control_median_months : float
        Median time to event in the control arm; times are exponential.
    hazard_ratio : float
        Experimental over control, constant in time.
    dropout_per_year : float
        Probability of being lost to follow-up in a year at risk, both arms: 0.03 is a hazard of
        -log(0.97) / 12 per month.
    accrual : Accrual
        When subjects enter.
    allocation : float
        Experimental subjects for each control subject.
    look_events : tuple of int
        Events of both arms at each look, rising.
    alpha_one_sided : float
        Error of the whole trial.
    spending : Spending
        How the error is spread over the looks.
    """

    subjects: int
    control_median_months: float
    hazard_ratio: float
    dropout_per_year: float
    accrual: Accrual
    allocation: float
    look_events: tuple[int, ...]
    alpha_one_sided: float
    spending: Spending

    def __post_init__(self) -> None:
        """Say every assumption that cannot be meant."""
        faults = [
            Fault(
                kind="bad_input",
                what="this assumption of a survival design cannot be meant",
                where=field,
                got=str(getattr(self, field)),
                fix=fix,
            )
            for field, fix in self._refused().items()
        ]
        if faults:
            raise BadInput(*faults)

    def _refused(self) -> dict[str, str]:
        """Return the fields that cannot be meant, and what to write instead."""
        events = self.look_events
        rising = all(before < after for before, after in pairwise((0, *events)))
        checks = {
            "subjects": (self.subjects > max(events, default=0), "more subjects than events"),
            "control_median_months": (0 < self.control_median_months < inf, "months, above 0"),
            "hazard_ratio": (0 < self.hazard_ratio < inf, "0.6, above 0"),
            "dropout_per_year": (0 <= self.dropout_per_year < 1, "0.03 for 3 % per year"),
            "allocation": (0 < self.allocation < inf, "1 for equal arms"),
            "look_events": (bool(events) and rising, "rising numbers, as (77, 128)"),
            "alpha_one_sided": (0 < self.alpha_one_sided < 0.5, "0.025"),
        }
        return {field: fix for field, (good, fix) in checks.items() if not good}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One analysis of a design.

    Attributes
    ----------
    events : int
        Events of both arms.
    information_fraction : float
        Events over events at the last look.
    z, nominal_p : float
        Boundary of Z (large favours the experimental arm) and its one-sided p-value.
    hazard_ratio : float
        Hazard ratio at the boundary, about.
    cumulative_alpha, cumulative_power : float
        Probability of having stopped at this look or before, without and with the effect.
    months : float
        Calendar month by which the events are expected, with the effect.
    subjects : float
        Subjects expected to have entered by then.
    """

    events: int
    information_fraction: float
    z: float
    nominal_p: float
    hazard_ratio: float
    cumulative_alpha: float
    cumulative_power: float
    months: float
    subjects: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequentialSurvival:
    """A group-sequential survival design.

    Attributes
    ----------
    assumptions : SurvivalAssumptions
        What it rests on.
    looks : tuple of Look
        In order of time.
    power, type_one_error : float
        Probability of crossing the boundary, with and without the effect.
    single_look_events : float
        Events that a trial with one look would need for this power (Schoenfeld); infinite without
        an effect.
    expected_events, expected_months : float
        Mean events and calendar time at which the trial stops, with the effect.
    warnings : tuple of str
        Sentences to read beside the numbers.
    """

    assumptions: SurvivalAssumptions
    looks: tuple[Look, ...]
    power: float
    type_one_error: float
    single_look_events: float
    expected_events: float
    expected_months: float
    warnings: tuple[str, ...]


def design_survival(assumptions: SurvivalAssumptions) -> GroupSequentialSurvival:
    """Return the operating characteristics of a group-sequential log-rank design, by formula.

    Parameters
    ----------
    assumptions : SurvivalAssumptions
        What the design rests on.

    Raises
    ------
    BadInput
        When a look's events are never expected.
    """
    boundary = efficacy_boundary(
        tuple(events / assumptions.look_events[-1] for events in assumptions.look_events),
        alpha_one_sided=assumptions.alpha_one_sided,
        spending=assumptions.spending,
    )
    stops = survival_power(
        boundary,
        events=assumptions.look_events[-1],
        hazard_ratio=assumptions.hazard_ratio,
        allocation=assumptions.allocation,
    )
    looks = _looks(assumptions, boundary, stops=stops)
    # Whoever has not crossed at the last look stops there all the same.
    ends = (*stops[:-1], 1 - sum(stops[:-1]))
    return GroupSequentialSurvival(
        assumptions=assumptions,
        looks=looks,
        power=sum(stops),
        type_one_error=sum(crossing_probabilities(boundary, drift=0.0)),
        single_look_events=_single_look_events(assumptions, power=sum(stops)),
        expected_events=sum(p * look.events for p, look in zip(ends, looks, strict=True)),
        expected_months=sum(p * look.months for p, look in zip(ends, looks, strict=True)),
        warnings=event_cautions(
            events=assumptions.look_events[-1],
            hazard_ratio=assumptions.hazard_ratio,
            allocation=assumptions.allocation,
        ),
    )


def course_of(assumptions: SurvivalAssumptions) -> TwoArmCourse:
    """Return the two arms that the assumptions describe."""
    hazard = hazard_of_median(assumptions.control_median_months)
    dropout = hazard_of_yearly_probability(assumptions.dropout_per_year)
    control = assumptions.subjects / (1 + assumptions.allocation)
    return TwoArmCourse(
        control=ArmCourse(subjects=control, hazard=hazard, dropout_hazard=dropout),
        experimental=ArmCourse(
            subjects=assumptions.subjects - control,
            hazard=hazard * assumptions.hazard_ratio,
            dropout_hazard=dropout,
        ),
        accrual=assumptions.accrual,
    )


def _looks(
    assumptions: SurvivalAssumptions, boundary: Boundary, *, stops: tuple[float, ...]
) -> tuple[Look, ...]:
    course = course_of(assumptions)
    months = [time_of_events(course, events=events) for events in assumptions.look_events]
    return tuple(
        Look(
            events=events,
            information_fraction=boundary.information_fractions[look],
            z=boundary.z[look],
            nominal_p=boundary.nominal_p[look],
            hazard_ratio=hazard_ratio_at(
                boundary.z[look], events=events, allocation=assumptions.allocation
            ),
            cumulative_alpha=boundary.cumulative_alpha[look],
            cumulative_power=cumulative_power,
            months=months[look],
            subjects=expected_events(course, months=months[look]).subjects,
        )
        for look, (events, cumulative_power) in enumerate(
            zip(assumptions.look_events, accumulate(stops), strict=True)
        )
    )


def _single_look_events(assumptions: SurvivalAssumptions, *, power: float) -> float:
    if assumptions.hazard_ratio >= 1:
        return inf
    return schoenfeld_events(
        assumptions.hazard_ratio,
        alpha_one_sided=assumptions.alpha_one_sided,
        power=power,
        allocation=assumptions.allocation,
    )
