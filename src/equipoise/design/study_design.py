"""The design of a study file: its looks by formula, its gate, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from equipoise.design.group_sequential.spending import OBrienFlemingSpending, PocockSpending
from equipoise.design.one_arm.gate import gate_probability
from equipoise.design.survival.event_course import uniform_accrual
from equipoise.design.survival.group_sequential import (
    GroupSequentialSurvival,
    SurvivalAssumptions,
    design_survival,
)
from equipoise.study.statistical_design import Gate, Spending, StatisticalDesign
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChance:
    """Chance that phase II goes on, when the true rate of success is this."""

    true_rate: float
    passes: float


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
    gate = () if plan.gate is None else gate_chances(plan.gate)
    return StudyDesign(survival=survival, gate=gate, says=_says(study, plan, survival))


def survival_assumptions(study: Study, plan: StatisticalDesign) -> SurvivalAssumptions:
    """Return what the study file assumes, in the words of the design library."""
    experimental = sum(arm.allocation for name, arm in study.arms.items() if name != study.control)
    control = 1 if study.control is None else study.arms[study.control].allocation
    return SurvivalAssumptions(
        subjects=study.subjects.planned,
        control_median_months=plan.assume.control_median.months,
        hazard_ratio=plan.assume.hazard_ratio,
        dropout_per_year=plan.assume.dropout,
        accrual=uniform_accrual(plan.assume.accrual.over.months),
        allocation=experimental / control,
        look_events=plan.looks.at_events,
        alpha_one_sided=plan.alpha.one_sided,
        spending=_spending(plan.looks.efficacy.spending),
    )


def _spending(word: Spending) -> OBrienFlemingSpending | PocockSpending:
    match word:
        case Spending.OBRIEN_FLEMING:
            return OBrienFlemingSpending()
        case Spending.POCOCK:
            return PocockSpending()
        case _:
            assert_never(word)


def gate_chances(gate: Gate) -> tuple[GateChance, ...]:
    """Return the chance of going on at each true rate that the gate names."""
    return tuple(
        GateChance(
            true_rate=rate,
            passes=gate_probability(gate.subjects, responses=gate.responses, rate=rate),
        )
        for rate in gate.true_rates
    )


def _says(study: Study, plan: StatisticalDesign, survival: GroupSequentialSurvival) -> str:
    endpoint = study.endpoints[plan.primary].label.lower()
    looks = " and ".join(str(look.events) for look in survival.looks)
    test = f"{study.subjects.planned} subjects, {endpoint} tested by the log-rank test at {looks}"
    assumed = f"With a control median of {plan.assume.control_median} and a hazard ratio of"
    sentences = [
        f"{test} events, one-sided level {plan.alpha.one_sided:.1%}.",
        f"{assumed} {plan.assume.hazard_ratio:g} the power is {survival.power:.1%}.",
    ]
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
