"""What a group-sequential survival design says: its looks, its bounds, and how the trial ends."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.design.group_sequential.sizing import GroupSequentialBoundary
from equipoise.design.survival.effect import Effect
from equipoise.design.survival.survival_plan import SurvivalPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalLook:
    """One look of a group-sequential survival design.

    Attributes
    ----------
    months, events, subjects : float
        Calendar month, events and subjects entered, expected under the plan.
    effect : Effect
        What the test sees.
    information_fraction : float
        Information over that at the last look.
    efficacy_z, futility_z : float
        Bounds on Z, large in favour of the experimental arm; infinite where there is none.
    nominal_p : float
        One-sided p-value at the efficacy bound.
    estimate_at_bound : float
        Estimate at the efficacy bound, about: the hazard ratio when that is tested, else the
        distance from the null hypothesis on the scale of the effect.
    cumulative_alpha, cumulative_power, cumulative_beta : float
        Probability of having rejected without and with the effect, and of having given up with
        it.
    """

    months: float
    events: float
    subjects: float
    effect: Effect
    information_fraction: float
    efficacy_z: float
    futility_z: float
    nominal_p: float
    estimate_at_bound: float
    cumulative_alpha: float
    cumulative_power: float
    cumulative_beta: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEnd:
    """Means over how the trial may end; futility bounds are obeyed, binding or not."""

    events: float
    subjects: float
    months: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalLooks:
    """A group-sequential survival design.

    Attributes
    ----------
    plan : SurvivalPlan
        What it rests on.
    subjects, events : float
        Subjects, and events at the last look; not rounded.
    looks : tuple of SurvivalLook
        In order of time.
    boundary : GroupSequentialBoundary
        Bounds and what follows from them.
    power : float
        Probability of rejecting under the plan.
    end, null_end : ExpectedEnd
        Means at which the trial stops under the plan, and when the experimental arm has the
        hazards of the control arm; looks at events then come at other months, looks at months
        have other events.
    warnings : tuple of str
        Sentences to read beside the numbers.
    """

    plan: SurvivalPlan
    subjects: float
    events: float
    looks: tuple[SurvivalLook, ...]
    boundary: GroupSequentialBoundary
    power: float
    end: ExpectedEnd
    null_end: ExpectedEnd
    warnings: tuple[str, ...]
