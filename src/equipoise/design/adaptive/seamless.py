"""Seamless phase II-III: a gate of early responses, then a time-to-event endpoint at its looks."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from scipy.optimize import brentq

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.gate_link import LinkedGate, passed_crossings
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.boundaries import Boundary, efficacy_boundary
from equipoise.design.group_sequential.crossing import Bounds, crossings, refuse_length
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.spending import Spending
from equipoise.design.one_arm.gate import gate_probability

LARGEST = 0.4999
"""No level above this is bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseGate:
    """Go on when enough subjects of the experimental arm have had success.

    Attributes
    ----------
    subjects : int
        Subjects of the experimental arm whose response (or resection) is known at the gate.
    responses : int
        Smallest number of successes with which the trial goes on.
    binding : Binding
        Whether the trial has to stop below it.

    Raises
    ------
    BadInput
        For more responses than subjects.
    """

    subjects: int
    responses: int
    binding: Binding

    def __post_init__(self) -> None:
        """Refuse a gate that nobody can pass, or that is none."""
        gate_probability(self.subjects, responses=self.responses, rate=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamlessCourse:
    """What a trial behind a gate does under some effects.

    Attributes
    ----------
    passes : float
        Probability of passing the gate.
    rejects, gives_up : tuple of float
        Probability of passing and then first crossing the upper, or the lower, bound at each look.
    power : float
        Probability of passing and rejecting: the gate is obeyed.
    power_given_pass : float
        The same among trials that pass.
    power_without_gate : float
        Probability of rejecting when the gate is not obeyed, or was never there. Without an effect
        it is the type I error that counts for a gate that does not bind.
    """

    passes: float
    rejects: tuple[float, ...]
    gives_up: tuple[float, ...]
    power: float
    power_given_pass: float
    power_without_gate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """What the trial has spent when it stops at a gate or a look.

    Attributes
    ----------
    subjects : float
        Subjects entered, of both arms.
    months : float
        Calendar time since the first.
    """

    subjects: float
    months: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtBack:
    """A boundary of a larger level, paid for by a gate that binds.

    Attributes
    ----------
    boundary : Boundary
        Its ``alpha_one_sided`` is the level bought.
    type_one_error : float
        Probability of passing and rejecting without an effect, at the null rate.
    null_rate : float
        Response rate taken as true whenever the primary endpoint has no effect. At a higher one
        the error is larger: the purchase rests on it.
    """

    boundary: Boundary
    type_one_error: float
    null_rate: float


def linked_gate(gate: ResponseGate, *, rate: float, correlations: tuple[float, ...]) -> LinkedGate:
    r"""Return a gate with its exact binomial chance and its correlations with the looks.

    The number of responses X stands behind the gate's normal variable: passing has the chance
    :math:`P(X \ge r)`, and X is correlated with each Z like the variable.

    Parameters
    ----------
    gate : ResponseGate
        The gate.
    rate : float
        True response rate of the experimental arm, above 0.
    correlations : tuple of float
        With Z at each look; `mixture_correlations` finds them from the hazard ratios of
        responders and others, `proportional_correlations` from that at the last look.

    Raises
    ------
    BadInput
        For numbers out of range, and a gate that cannot be passed.
    """
    passes = gate_probability(gate.subjects, responses=gate.responses, rate=rate)
    return LinkedGate(passes=passes, correlations=correlations)


def seamless_course(
    gate: LinkedGate, *, bounds: Bounds, means: tuple[float, ...]
) -> SeamlessCourse:
    """Return what a trial behind a gate does.

    Parameters
    ----------
    gate : LinkedGate
        The gate and its correlations with the looks.
    bounds : Bounds
        Bounds of the primary endpoint; lower ones are obeyed.
    means : tuple of float
        Means of Z at the looks: ``drift * sqrt(t)``, all 0 for the type I error.

    Raises
    ------
    BadInput
        For means or correlations of another number than the looks.

    References
    ----------
    Stallard and Todd 2011, doi:10.1177/0962280210379035 (seamless trials).
    """
    found = passed_crossings(bounds, means=means, gate=gate)
    power = sum(found.upper)
    return SeamlessCourse(
        passes=gate.passes,
        rejects=found.upper,
        gives_up=found.lower,
        power=power,
        power_given_pass=power / gate.passes,
        power_without_gate=sum(crossings(bounds, means=means).upper),
    )


def expected_milestone(
    course: SeamlessCourse, *, gate: Milestone, looks: tuple[Milestone, ...]
) -> Milestone:
    """Return the mean number of subjects and months at the end of a trial behind a gate.

    Parameters
    ----------
    course : SeamlessCourse
        How often it stops where.
    gate : Milestone
        What has been spent when it stops at the gate.
    looks : tuple of Milestone
        And at each look; who stops at none before stops at the last.

    Raises
    ------
    BadInput
        For another number of looks, and milestones that are no numbers.
    """
    refuse_length(looks, looks=len(course.rejects), where="looks")
    for at in (gate, *looks):
        if not (isfinite(at.subjects) and isfinite(at.months)):
            raise bad_input(
                "a milestone has subjects and months",
                where="gate, looks",
                got=at,
                fix="Milestone(subjects=120, months=18)",
            )
    early = [up + down for up, down in zip(course.rejects, course.gives_up, strict=True)][:-1]
    chances = (1 - course.passes, *early, course.passes - sum(early))
    places = (gate, *looks)
    return Milestone(
        subjects=sum(chance * at.subjects for chance, at in zip(chances, places, strict=True)),
        months=sum(chance * at.months for chance, at in zip(chances, places, strict=True)),
    )


def buy_back_alpha(
    gate: ResponseGate,
    *,
    null_rate: float,
    correlations: tuple[float, ...],
    information_fractions: tuple[float, ...],
    alpha_one_sided: float,
    spending: Spending,
) -> BoughtBack:
    r"""Return the boundary of the level that a binding gate leaves room for.

    The level :math:`\alpha'` solves, with the looks spending it as the function says,

    .. math:: P_{p_0}(\text{pass}, \text{reject}) = \alpha

    which without correlation is :math:`\alpha' = \alpha / P_{p_0}(\text{pass})`.

    It holds only where no effect on the primary endpoint means a response rate of at most the null
    rate: a drug with responses and no gain in survival breaks it. That is why it is done only when
    asked, and why a gate that does not bind buys nothing.

    Parameters
    ----------
    gate : ResponseGate
        A gate that binds.
    null_rate : float
        Response rate without an effect on the primary endpoint.
    correlations : tuple of float
        Of the gate with each look, at that rate.
    information_fractions : tuple of float
        Of the looks, rising to 1.
    alpha_one_sided : float
        Error of the whole trial.
    spending : Spending
        How the level is spent.

    Raises
    ------
    BadInput
        For a gate that does not bind, and one so strict that a level of 0.5 is left over.
    """
    refuse_alpha(alpha_one_sided)
    if gate.binding is not Binding.BINDING:
        raise bad_input(
            "only a gate that binds leaves error to be spent",
            where="gate.binding",
            got=gate.binding,
            fix="keep the boundary of the whole alpha",
        )
    linked = linked_gate(gate, rate=null_rate, correlations=correlations)
    null = (0.0,) * len(information_fractions)

    def boundary(level: float) -> Boundary:
        return efficacy_boundary(information_fractions, alpha_one_sided=level, spending=spending)

    def error(level: float) -> float:
        bounds = boundary(level).bounds
        return sum(passed_crossings(bounds, means=null, gate=linked).upper)

    if error(LARGEST) < alpha_one_sided:
        raise bad_input(
            "the gate leaves something of the error to the looks",
            where="null_rate",
            got=f"{null_rate}, passed with chance {linked.passes:.3g}",
            fix="a gate that is passed more often, or no purchase",
        )
    level = float(brentq(lambda at: error(at) - alpha_one_sided, alpha_one_sided / 2, LARGEST))
    return BoughtBack(boundary=boundary(level), type_one_error=error(level), null_rate=null_rate)
