"""A group-sequential survival design as a protocol states it: assumptions in, looks out.

The assumptions of most protocols (a control median, a hazard ratio, dropout, accrual, numbers of
events) become a `SurvivalPlan`, and the answer comes back in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, inf, sqrt

from equipoise.base.errors import BadInput, Fault
from equipoise.design.group_sequential.classic import Shape
from equipoise.design.group_sequential.futility import Binding, Futility, NoFutility
from equipoise.design.group_sequential.sizing import GroupSequentialBoundary
from equipoise.design.group_sequential.spending import Spending
from equipoise.design.survival.cautions import event_cautions
from equipoise.design.survival.effect import VarianceUnder
from equipoise.design.survival.event_course import Accrual, ArmCourse, TwoArmCourse
from equipoise.design.survival.fixed_design import AverageHazardRatioTest
from equipoise.design.survival.hazards import (
    Steps,
    hazard_of_median,
    hazard_of_yearly_probability,
    times_ratio,
)
from equipoise.design.survival.sequential_survival import design_looks
from equipoise.design.survival.survival_looks import ExpectedEnd, SurvivalLook
from equipoise.design.survival.survival_plan import AtEvents, StoppingRule, SurvivalPlan


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
        Experimental over control, constant from the end of the delay on.
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
    efficacy : Spending or Shape
        How the error is spread over the looks.
    futility : Futility
        When to stop without a rejection.
    binding : Binding
        Whether that has to be obeyed.
    delay_months : float
        Time on the trial before there is any effect: until then the hazard ratio is 1.
    """

    subjects: int
    control_median_months: float
    hazard_ratio: float
    dropout_per_year: float
    accrual: Accrual
    allocation: float
    look_events: tuple[int, ...]
    alpha_one_sided: float
    efficacy: Spending | Shape
    futility: Futility = field(default_factory=NoFutility)
    binding: Binding = Binding.NON_BINDING
    delay_months: float = 0.0

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
            "delay_months": (0 <= self.delay_months < inf, "0 for no delay"),
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
        Information over that at the last look: under equal hazards, events over events.
    z, nominal_p : float
        Efficacy bound of Z (large favours the experimental arm) and its one-sided p-value.
    hazard_ratio : float
        Hazard ratio at the efficacy bound, about.
    futility_z, futility_hazard_ratio : float
        Bound below which the trial gives up, and the hazard ratio there, about; minus infinity and
        infinity where there is none. At the last look it meets the efficacy bound.
    cumulative_alpha, cumulative_power, cumulative_beta : float
        Probability of having rejected at this look or before, without and with the effect, and of
        having given up with it.
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
    futility_z: float
    futility_hazard_ratio: float
    cumulative_alpha: float
    cumulative_power: float
    cumulative_beta: float
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
    boundary : GroupSequentialBoundary
        Its bounds, whatever the endpoint.
    power, type_one_error : float
        Probability of crossing the efficacy bound, with and without the effect; futility bounds
        are obeyed.
    single_look_events : float
        Events that a trial with one look would need for this power.
    end, null_end : ExpectedEnd
        Mean events, subjects and calendar time at which the trial stops, with and without the
        effect.
    warnings : tuple of str
        Sentences to read beside the numbers.
    """

    assumptions: SurvivalAssumptions
    looks: tuple[Look, ...]
    boundary: GroupSequentialBoundary
    power: float
    type_one_error: float
    single_look_events: float
    end: ExpectedEnd
    null_end: ExpectedEnd
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
    found = design_looks(plan_of(assumptions))
    boundary = found.boundary
    return GroupSequentialSurvival(
        assumptions=assumptions,
        looks=tuple(
            _look(look, events=events)
            for look, events in zip(found.looks, assumptions.look_events, strict=True)
        ),
        boundary=boundary,
        power=found.power,
        type_one_error=boundary.type_one_error,
        single_look_events=assumptions.look_events[-1] / boundary.inflation_factor,
        end=found.end,
        null_end=found.null_end,
        warnings=event_cautions(
            events=assumptions.look_events[-1],
            hazard_ratio=assumptions.hazard_ratio,
            allocation=assumptions.allocation,
        ),
    )


def plan_of(assumptions: SurvivalAssumptions) -> SurvivalPlan:
    """Return the plan that the assumptions describe: a log-rank test, variance of equal hazards."""
    return SurvivalPlan(
        course=course_of(assumptions),
        timing=AtEvents(events=assumptions.look_events),
        stopping=StoppingRule(
            alpha_one_sided=assumptions.alpha_one_sided,
            efficacy=assumptions.efficacy,
            futility=assumptions.futility,
            binding=assumptions.binding,
        ),
        test=AverageHazardRatioTest(variance_under=VarianceUnder.NULL),
    )


def course_of(assumptions: SurvivalAssumptions) -> TwoArmCourse:
    """Return the two arms that the assumptions describe."""
    hazard = hazard_of_median(assumptions.control_median_months)
    dropout = hazard_of_yearly_probability(assumptions.dropout_per_year)
    control = assumptions.subjects / (1 + assumptions.allocation)
    delay, ratio = assumptions.delay_months, assumptions.hazard_ratio
    effect = ratio if delay == 0 else Steps(values=(1.0, ratio), until=(delay,))
    return TwoArmCourse(
        control=ArmCourse(subjects=control, hazard=hazard, dropout_hazard=dropout),
        experimental=ArmCourse(
            subjects=assumptions.subjects - control,
            hazard=times_ratio(hazard, ratio=effect),
            dropout_hazard=dropout,
        ),
        accrual=assumptions.accrual,
    )


def _look(look: SurvivalLook, *, events: int) -> Look:
    gives_up = look.futility_z > -inf
    per_z = 1 / sqrt(look.effect.null_information)
    return Look(
        events=events,
        information_fraction=look.information_fraction,
        z=look.efficacy_z,
        nominal_p=look.nominal_p,
        hazard_ratio=look.estimate_at_bound,
        futility_z=look.futility_z,
        futility_hazard_ratio=exp(-look.futility_z * per_z) if gives_up else inf,
        cumulative_alpha=look.cumulative_alpha,
        cumulative_power=look.cumulative_power,
        cumulative_beta=look.cumulative_beta,
        months=look.months,
        subjects=look.subjects,
    )
