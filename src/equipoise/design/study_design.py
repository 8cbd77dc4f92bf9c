"""The design of a study file: its looks by formula, its gate, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import Literal, assert_never

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.adaptive.seamless import ResponseGate, linked_gate, seamless_course
from equipoise.design.group_sequential.classic import (
    HaybittlePetoShape,
    OBrienFlemingShape,
    PocockShape,
    Shape,
    WangTsiatisShape,
)
from equipoise.design.group_sequential.futility import (
    BetaSpending,
    Binding,
    FixedFutility,
    Futility,
    NoFutility,
)
from equipoise.design.group_sequential.scales import Scale
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    KimDeMetsSpending,
    OBrienFlemingSpending,
    PocockSpending,
    Spending,
)
from equipoise.design.survival.event_course import Accrual, AccrualPiece, uniform_accrual
from equipoise.design.survival.group_sequential import (
    GroupSequentialSurvival,
    SurvivalAssumptions,
    design_survival,
)
from equipoise.study.statistical_design import Accrual as AccrualWords
from equipoise.study.statistical_design import (
    BoundaryShape,
    Efficacy,
    FutilityBound,
    Gate,
    Looks,
    StatisticalDesign,
)
from equipoise.study.statistical_design import Spending as SpendingWord
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChance:
    """What the gate of phase II does when the true rate of success is this.

    Attributes
    ----------
    true_rate : float
        True rate of success in the arm that the gate looks at.
    passes : float
        Chance that the trial goes on.
    power : float
        Power of the primary endpoint when the gate is obeyed and, given the rate, successes say
        nothing about the primary endpoint: where subjects with success do better, it is higher.
    """

    true_rate: float
    passes: float
    power: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDesign:
    """What a study's design needs and can show.

    Attributes
    ----------
    survival : GroupSequentialSurvival
        Looks, boundary, power and calendar of the primary endpoint.
    gate : tuple of GateChance
        Chances of going on after phase II; empty without a gate.
    says : str
        The design in one paragraph.
    """

    survival: GroupSequentialSurvival
    gate: tuple[GateChance, ...]
    says: str


def design_study(study: Study) -> StudyDesign | None:
    """Return the design of a study by formula, or None when the study has none.

    Raises
    ------
    BadInput
        When the assumptions cannot be met, for example more events than will ever be seen.
    """
    plan = study.design
    if plan is None:
        return None
    survival = design_survival(survival_assumptions(study, plan))
    gate = () if plan.gate is None else gate_chances(plan.gate, survival=survival)
    return StudyDesign(survival=survival, gate=gate, says=_says(study, plan, survival))


def survival_assumptions(study: Study, plan: StatisticalDesign) -> SurvivalAssumptions:
    """Return what the study file assumes, in the words of the design library."""
    experimental = sum(arm.allocation for name, arm in study.arms.items() if name != study.control)
    control = 1 if study.control is None else study.arms[study.control].allocation
    delay = plan.assume.delay
    return SurvivalAssumptions(
        subjects=study.subjects.planned,
        control_median_months=plan.assume.control_median.months,
        hazard_ratio=plan.assume.hazard_ratio,
        delay_months=0.0 if delay is None else delay.months,
        dropout_per_year=plan.assume.dropout,
        accrual=_accrual(plan.assume.accrual),
        allocation=experimental / control,
        look_events=plan.looks.at_events,
        alpha_one_sided=plan.alpha.one_sided,
        efficacy=efficacy_of(plan.looks.efficacy),
        futility=_futility(plan.looks, allocation=experimental / control),
        binding=_binding(plan.looks.futility),
    )


def _accrual(words: AccrualWords) -> Accrual:
    if words.over is not None:
        return uniform_accrual(words.over.months)
    return Accrual(
        pieces=tuple(
            AccrualPiece(months=step.lasts.months, share=step.share) for step in words.steps
        )
    )


def efficacy_of(words: Efficacy) -> Spending | Shape:
    """Return the boundary for efficacy that the study file names.

    Raises
    ------
    BadInput
        When it names none, or leaves out the parameter that the kind needs.
    """
    if words.spending is not None:
        return _spending(words.spending, parameter=words.parameter)
    match words.shape:
        case BoundaryShape.OBRIEN_FLEMING:
            return OBrienFlemingShape()
        case BoundaryShape.POCOCK:
            return PocockShape()
        case BoundaryShape.WANG_TSIATIS:
            return WangTsiatisShape(delta=_needed(words.parameter))
        case BoundaryShape.HAYBITTLE_PETO:
            return HaybittlePetoShape(early_z=_needed(words.parameter))
        case None:
            raise _unsaid("a boundary for efficacy is a spending function or a shape")
        case _:
            assert_never(words.shape)


def _spending(word: SpendingWord, *, parameter: float | None) -> Spending:
    match word:
        case SpendingWord.OBRIEN_FLEMING:
            return OBrienFlemingSpending()
        case SpendingWord.POCOCK:
            return PocockSpending()
        case SpendingWord.HWANG_SHIH_DECANI:
            return HwangShihDeCaniSpending(gamma=_needed(parameter))
        case SpendingWord.KIM_DEMETS:
            return KimDeMetsSpending(rho=_needed(parameter))
        case _:
            assert_never(word)


def _futility(looks: Looks, *, allocation: float) -> Futility:
    bound = looks.futility
    if not isinstance(bound, FutilityBound):
        return NoFutility()
    if bound.spending is not None:
        return BetaSpending(spending=_spending(bound.spending, parameter=bound.parameter))
    information = (events * allocation / (1 + allocation) ** 2 for events in looks.at_events)
    values = [
        -log(ratio) * sqrt(known)
        for ratio, known in zip(bound.hazard_ratio, information, strict=False)
    ]
    return FixedFutility(values=tuple(values), scale=Scale.Z)


def _binding(bound: Literal["none"] | FutilityBound) -> Binding:
    return _binding_of(obeyed=isinstance(bound, FutilityBound) and bound.binding)


def _binding_of(*, obeyed: bool) -> Binding:
    return Binding.BINDING if obeyed else Binding.NON_BINDING


def _needed(parameter: float | None) -> float:
    if parameter is None:
        raise _unsaid("this kind of boundary needs its parameter")
    return parameter


def _unsaid(what: str) -> BadInput:
    return bad_input(
        what,
        where="design.yaml",
        got="nothing",
        fix="for example {spending: hwang_shih_decani, parameter: -4}",
    )


def gate_chances(gate: Gate, *, survival: GroupSequentialSurvival) -> tuple[GateChance, ...]:
    """Return what the gate does at each true rate that it names."""
    boundary = survival.boundary
    asked = ResponseGate(
        subjects=gate.subjects, responses=gate.responses, binding=_binding_of(obeyed=gate.binding)
    )
    chances = []
    for rate in gate.true_rates:
        alone = linked_gate(asked, rate=rate, correlations=(0.0,) * len(survival.looks))
        means = boundary.plan.means(boundary.drift)
        course = seamless_course(alone, bounds=boundary.bounds, means=means)
        chances.append(GateChance(true_rate=rate, passes=course.passes, power=course.power))
    return tuple(chances)


def _says(study: Study, plan: StatisticalDesign, survival: GroupSequentialSurvival) -> str:
    endpoint = study.endpoints[plan.primary].label.lower()
    looks = " and ".join(str(look.events) for look in survival.looks)
    test = f"{study.subjects.planned} subjects, {endpoint} tested by the log-rank test at {looks}"
    effect = f"a hazard ratio of {plan.assume.hazard_ratio:g}"
    if plan.assume.delay is not None:
        effect = f"{effect} from {plan.assume.delay} on"
    assumed = f"With a control median of {plan.assume.control_median} and {effect}"
    sentences = [
        f"{test} events, one-sided level {plan.alpha.one_sided:.1%}.",
        f"{assumed} the power is {survival.power:.1%}.",
    ]
    if isinstance(plan.looks.futility, FutilityBound):
        obeyed = "must" if plan.looks.futility.binding else "may"
        sentences.append(f"The trial {obeyed} give up for futility at an interim look.")
    if plan.gate is not None:
        sentences.append(_says_gate(study, plan.gate))
    if plan.then:
        then = ", ".join(study.endpoints[name].label.lower() for name in plan.then)
        sentences.append(f"Then {then}, in sequence under the same level.")
    return " ".join(sentences)


def _says_gate(study: Study, gate: Gate) -> str:
    endpoint = study.endpoints[gate.endpoint].label.lower()
    arm = study.arms[gate.arm].label
    binding = "" if gate.binding else " (not binding)"
    needed = f"at least {gate.responses} of {gate.subjects} subjects of '{arm}'"
    return f"Phase III goes on when {needed} have success in {endpoint}{binding}."
