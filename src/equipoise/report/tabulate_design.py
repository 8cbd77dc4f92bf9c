"""The design that was agreed before the first subject: its looks as a table, the rest as facts."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.design import GroupSequentialSurvival, gate_probability
from equipoise.report.formats import decimal, percent, ratio, share
from equipoise.report.labels import group_label, mid_sentence, name_label
from equipoise.report.tables import Column, Line, Table, say
from equipoise.study.statistical_design import Gate, StatisticalDesign
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
SPENDING = {"obrien_fleming": "O'Brien-Fleming (Lan-DeMets)", "pocock": "Pocock (Lan-DeMets)"}


def tabulate_looks(design: GroupSequentialSurvival) -> Table:
    """Return the looks of a design with their boundaries, by formula."""
    return Table(
        caption="Looks of the primary endpoint",
        columns=tuple(Column(label=head) for head in HEADS),
        lines=tuple(
            Line(
                label="Final" if look is design.looks[-1] else f"Interim {place}",
                cells=tuple(
                    say(text)
                    for text in (
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
                ),
            )
            for place, look in enumerate(design.looks, start=1)
        ),
        notes=design.warnings,
    )


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
    yield "Accrual", f"uniform over {assume.accrual.over}"
    spending = design.looks.efficacy.spending.value
    yield "Efficacy boundary", SPENDING.get(spending, spending)
    if design.gate is not None:
        yield "Gate after phase 2", _gate(study, design.gate)


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
