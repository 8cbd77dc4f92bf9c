"""The design that was agreed before the first subject: its looks as a table, the rest as facts."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from equipoise.design import GroupSequentialSurvival, gate_probability
from equipoise.design.survival.group_sequential import Look
from equipoise.report.formats import ABSENT, decimal, percent, ratio, share
from equipoise.report.labels import group_label, mid_sentence, name_label
from equipoise.report.tables import Column, Line, Table, say
from equipoise.study.statistical_design import (
    Accrual,
    BoundaryShape,
    Efficacy,
    FutilityBound,
    Gate,
    Spending,
    StatisticalDesign,
)
from equipoise.study.study import Study

Fact = tuple[str, str]

HEADS = (
    "Look",
    "Events",
    "Information, %",
    "Expected month",
    "Subjects by then",
    "Z",
    "p, one-sided",
    "Hazard ratio at boundary",
    "Alpha spent",
    "Power, %",
)
FUTILITY_HEADS = (
    "Look",
    "Events",
    "Z at or below",
    "Hazard ratio at or above",
    "Given up by then with the effect, %",
)
BOUNDARIES = {
    "obrien_fleming": "O'Brien-Fleming",
    "pocock": "Pocock",
    "hwang_shih_decani": "Hwang-Shih-DeCani",
    "kim_demets": "Kim-DeMets",
    "wang_tsiatis": "Wang-Tsiatis",
    "haybittle_peto": "Haybittle-Peto",
}


def tabulate_looks(design: GroupSequentialSurvival) -> tuple[Table, ...]:
    """Return the looks of a design with their boundaries, and where it gives up if it may."""
    efficacy = Table(
        caption="Looks of the primary endpoint",
        columns=tuple(Column(label=head) for head in HEADS),
        lines=tuple(
            Line(label=_name(design, look), cells=tuple(say(text) for text in _told(look)))
            for look in design.looks
        ),
        notes=design.warnings,
    )
    gives_up = any(look.futility_z > -inf for look in design.looks[:-1])
    return (efficacy, _tabulate_futility(design)) if gives_up else (efficacy,)


def _tabulate_futility(design: GroupSequentialSurvival) -> Table:
    return Table(
        caption="Where the trial gives up",
        columns=tuple(Column(label=head) for head in FUTILITY_HEADS),
        lines=tuple(
            Line(label=_name(design, look), cells=tuple(say(text) for text in _gives_up(look)))
            for look in design.looks
        ),
    )


def _name(design: GroupSequentialSurvival, look: Look) -> str:
    if look is design.looks[-1]:
        return "Final"
    return f"Interim {design.looks.index(look) + 1}"


def _told(look: Look) -> tuple[str, ...]:
    return (
        f"{look.events}",
        decimal(100 * look.information_fraction),
        decimal(look.months),
        decimal(look.subjects, places=0),
        decimal(look.z, places=3),
        decimal(look.nominal_p, places=5),
        ratio(look.hazard_ratio),
        decimal(look.cumulative_alpha, places=5),
        share(look.cumulative_power),
    )


def _gives_up(look: Look) -> tuple[str, ...]:
    given_up = share(look.cumulative_beta)
    if look.futility_z == -inf:
        return (f"{look.events}", ABSENT, ABSENT, given_up)
    z, there = decimal(look.futility_z, places=3), ratio(look.futility_hazard_ratio)
    return (f"{look.events}", z, there, given_up)


def design_facts(study: Study, *, design: GroupSequentialSurvival | None) -> tuple[Fact, ...]:
    """Return what the design rests on, in words and figures."""
    return () if study.design is None else tuple(_facts(study, study.design, result=design))


def _facts(
    study: Study, design: StatisticalDesign, *, result: GroupSequentialSurvival | None
) -> Iterator[Fact]:
    assume = design.assume
    yield "Primary endpoint", name_label(study, design.primary)
    if design.then:
        yield "Tested next, in order", ", ".join(name_label(study, name) for name in design.then)
    yield "Subjects planned", f"{study.subjects.planned}"
    yield "Alpha, one-sided", f"{percent(100 * design.alpha.one_sided)} %"
    if result is not None:
        yield "Power", f"{share(result.power)} %"
    yield "Hazard ratio assumed", ratio(assume.hazard_ratio)
    yield "Control median assumed", str(assume.control_median)
    yield "Drop-out assumed", f"{share(assume.dropout)} % per year"
    if assume.delay is not None:
        yield "Effect begins after", str(assume.delay)
    yield "Accrual", _accrual(assume.accrual)
    yield "Efficacy boundary", _efficacy(design.looks.efficacy)
    if isinstance(design.looks.futility, FutilityBound):
        yield "Futility boundary", _futility(design.looks.futility)
    if design.gate is not None:
        yield "Gate after phase 2", _gate(study, design.gate)


def _accrual(accrual: Accrual) -> str:
    if accrual.over is not None:
        return f"uniform over {accrual.over}"
    steps = (f"{share(step.share)} % over {step.lasts}" for step in accrual.steps)
    return ", then ".join(steps)


def _efficacy(bound: Efficacy) -> str:
    kind = bound.spending or bound.shape
    way = "Lan-DeMets" if bound.spending is not None else "shape"
    return "" if kind is None else f"{_kind(kind, parameter=bound.parameter)} ({way})"


def _futility(bound: FutilityBound) -> str:
    obeyed = "binding" if bound.binding else "not binding"
    if bound.spending is not None:
        spending = _kind(bound.spending, parameter=bound.parameter)
        return f"{spending}, spending of beta ({obeyed})"
    ratios = ", ".join(ratio(value) for value in bound.hazard_ratio)
    return f"hazard ratio above {ratios} ({obeyed})"


def _kind(kind: Spending | BoundaryShape, *, parameter: float | None) -> str:
    name = BOUNDARIES.get(kind.value, kind.value)
    return name if parameter is None else f"{name} ({parameter:g})"


def _gate(study: Study, gate: Gate) -> str:
    arm = group_label(study, gate.arm, by="arm")
    goes_on = (
        f"go on with at least {gate.responses} of {gate.subjects} subjects of {arm} with "
        f"{mid_sentence(name_label(study, gate.endpoint))}"
    )
    chances = [
        f"{share(gate_probability(gate.subjects, responses=gate.responses, rate=rate))} % "
        f"at a true rate of {share(rate)} %"
        for rate in gate.true_rates
    ]
    binding = "binding" if gate.binding else "not binding"
    return f"{goes_on} ({binding}{'; chance: ' if chances else ''}{', '.join(chances)})"
