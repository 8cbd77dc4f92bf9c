"""Design: its endpoints, its looks and its gate are those of the study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from equipoise.study.checks.analyses import endpoint_of_kind
from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.endpoints import Binary, ResponseEndpoint, TimeToEvent
from equipoise.study.statistical_design import (
    WITH_PARAMETER,
    BoundaryShape,
    FutilityBound,
    Gate,
    Looks,
    Spending,
    StatisticalDesign,
)
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "design_primary_not_time_to_event": "The primary endpoint of the design is no time to event.",
    "design_without_comparison": "The study has not the two arms that a design compares.",
    "endpoint_tested_twice": "An endpoint stands twice in the order of testing.",
    "alpha_not_between": "The one-sided level does not lie between 0 and 50 %.",
    "hazard_ratio_no_gain": "The design assumes a hazard ratio of 1 or more.",
    "looks_not_increasing": "The looks do not come at rising numbers of events.",
    "looks_more_than_subjects": "A look needs more events than there are subjects.",
    "accrual_two_ways": "Accrual is not said in one way: over a time, or in steps.",
    "accrual_not_whole": "The shares of the steps of accrual do not sum to 100 %.",
    "boundary_two_ways": "A boundary is not said in one way: by what it spends, or by its shape.",
    "boundary_parameter": "A boundary lacks its parameter, or has one that its kind does not take.",
    "futility_not_each_look": "Futility has not one hazard ratio for each look but the last.",
    "gate_responses_above_subjects": "The gate asks for more responses than it has subjects.",
    "gate_subjects_above_planned": "The gate waits for more subjects than the study plans.",
}


def check_design(whole: Whole) -> Iterator[Problem]:
    """Find designs that cannot be worked out."""
    design = whole.study.design
    if design is None:
        return
    yield from _tested(whole, design)
    yield from _assumptions(whole, design)
    yield from _accrual(design)
    yield from _looks(whole, design)
    yield from _boundaries(design.looks)
    if design.gate is not None:
        yield from _gate(whole, design.gate)


def _tested(whole: Whole, design: StatisticalDesign) -> Iterator[Problem]:
    primary = whole.study.endpoints.get(design.primary)
    if primary is not None and not isinstance(primary, TimeToEvent):
        yield Problem(
            kind="design_primary_not_time_to_event",
            path=("design", "primary"),
            what=f"the primary endpoint '{design.primary}' is of kind {primary.kind}",
            got=design.primary,
            fix="name an endpoint of kind time_to_event",
        )
    else:
        wanted: tuple[type, ...] = (TimeToEvent,)
        path = ("design", "primary")
        yield from endpoint_of_kind(whole, design.primary, wanted=wanted, path=path)
    for k, name in enumerate(design.then):
        here = ("design", "then", str(k))
        yield from endpoint_of_kind(whole, name, wanted=(TimeToEvent,), path=here)
        if name in (design.primary, *design.then[:k]):
            yield Problem(
                kind="endpoint_tested_twice",
                path=here,
                what=f"'{name}' is tested twice",
                got=name,
                fix="name each endpoint once in the order of testing",
            )


def _assumptions(whole: Whole, design: StatisticalDesign) -> Iterator[Problem]:
    if whole.study.control is None or len(whole.study.arms) != 2:
        yield Problem(
            kind="design_without_comparison",
            path=("design",),
            what="the design compares one arm with one control",
            got=", ".join(whole.study.arms),
            fix="take the design out of a study that has not two arms, one of them the control",
        )
    alpha = design.alpha.one_sided
    if not 0 < alpha < 0.5:
        yield Problem(
            kind="alpha_not_between",
            path=("design", "alpha", "one_sided"),
            what="the one-sided level lies between 0 and 50 %",
            got=f"{100 * alpha:g} %",
            fix="write 2.5 %",
        )
    ratio = design.assume.hazard_ratio
    if ratio >= 1:
        yield Problem(
            kind="hazard_ratio_no_gain",
            path=("design", "assume", "hazard_ratio"),
            what="the design assumes that the experimental arm does not gain",
            got=f"{ratio:g}",
            fix="write the hazard of the experimental arm over that of the control, below 1",
        )


def _looks(whole: Whole, design: StatisticalDesign) -> Iterator[Problem]:
    events = design.looks.at_events
    path = ("design", "looks", "at_events")
    got = ", ".join(str(number) for number in events)
    if events[0] <= 0 or any(early >= late for early, late in pairwise(events)):
        yield Problem(
            kind="looks_not_increasing",
            path=path,
            what="the looks do not come at rising numbers of events",
            got=got,
            fix="write them from the first look to the final one",
        )
    if max(events) > whole.study.subjects.planned:
        yield Problem(
            kind="looks_more_than_subjects",
            path=path,
            what=f"a look needs more events than the {whole.study.subjects.planned} subjects",
            got=got,
            fix="plan more subjects or look at fewer events",
        )


def _accrual(design: StatisticalDesign) -> Iterator[Problem]:
    accrual = design.assume.accrual
    path = ("design", "assume", "accrual")
    if (accrual.over is None) == (not accrual.steps):
        yield Problem(
            kind="accrual_two_ways",
            path=path,
            what="accrual is over a time, or in steps",
            got="neither" if accrual.over is None else "both",
            fix="write {over: 24 mo}, or steps as {lasts: 6 mo, share: 20 %}",
        )
    whole = sum(step.share for step in accrual.steps)
    if accrual.steps and abs(whole - 1) > 1e-9:
        yield Problem(
            kind="accrual_not_whole",
            path=(*path, "steps"),
            what="the shares of the steps sum to 100 %",
            got=f"{100 * whole:g} %",
            fix="share all subjects out among the steps",
        )


def _boundaries(looks: Looks) -> Iterator[Problem]:
    path = ("design", "looks")
    efficacy = looks.efficacy
    yield from _one_way(
        (efficacy.spending, efficacy.shape),
        path=(*path, "efficacy"),
        fix="write {spending: obrien_fleming}, or a shape",
    )
    kind = efficacy.spending or efficacy.shape
    yield from _parameter(kind, given=efficacy.parameter, path=(*path, "efficacy"))
    if isinstance(looks.futility, FutilityBound):
        yield from _futility(looks.futility, looks=len(looks.at_events))


def _futility(bound: FutilityBound, *, looks: int) -> Iterator[Problem]:
    path = ("design", "looks", "futility")
    ratios = bound.hazard_ratio
    yield from _one_way(
        (bound.spending, ratios or None),
        path=path,
        fix="write {spending: obrien_fleming}, or hazard ratios, or none",
    )
    yield from _parameter(bound.spending, given=bound.parameter, path=path)
    if ratios and (len(ratios) != looks - 1 or min(ratios) <= 0):
        yield Problem(
            kind="futility_not_each_look",
            path=(*path, "hazard_ratio"),
            what="futility has one hazard ratio, above 0, for each look but the last",
            got=f"{len(ratios)} for {looks} looks",
            fix="for two looks, hazard_ratio: [1.0]",
        )


def _one_way(ways: tuple[object, object], *, path: Path, fix: str) -> Iterator[Problem]:
    said = [way for way in ways if way is not None]
    if len(said) != 1:
        yield Problem(
            kind="boundary_two_ways",
            path=path,
            what="a boundary is said in one way",
            got="both" if said else "neither",
            fix=fix,
        )


def _parameter(
    kind: Spending | BoundaryShape | None, *, given: float | None, path: Path
) -> Iterator[Problem]:
    if kind is not None and (kind in WITH_PARAMETER) != (given is not None):
        needed = kind in WITH_PARAMETER
        yield Problem(
            kind="boundary_parameter",
            path=path,
            what=f"'{kind.value}' {'needs a' if needed else 'takes no'} parameter",
            got="none" if given is None else f"{given:g}",
            fix=PARAMETERS.get(kind, "leave the parameter out"),
        )


PARAMETERS: Mapping[Spending | BoundaryShape, str] = {
    Spending.HWANG_SHIH_DECANI: "write parameter: -4 (gamma; the lower, the less is spent early)",
    Spending.KIM_DEMETS: "write parameter: 3 (rho; the higher, the less is spent early)",
    BoundaryShape.WANG_TSIATIS: "write parameter: 0.25 (Delta; 0 O'Brien-Fleming, 0.5 Pocock)",
    BoundaryShape.HAYBITTLE_PETO: "write parameter: 3 (Z of every look but the last)",
}


def _gate(whole: Whole, gate: Gate) -> Iterator[Problem]:
    path = ("design", "gate")
    if gate.arm not in whole.study.arms:
        what = "the gate looks at an arm that the study does not have"
        arms = whole.study.arms
        yield unknown("unknown_arm", path=(*path, "arm"), got=gate.arm, known=arms, what=what)
    wanted: tuple[type, ...] = (Binary, ResponseEndpoint)
    yield from endpoint_of_kind(whole, gate.endpoint, wanted=wanted, path=(*path, "endpoint"))
    if gate.responses > gate.subjects:
        yield Problem(
            kind="gate_responses_above_subjects",
            path=(*path, "responses"),
            what=f"the gate asks for {gate.responses} responses of {gate.subjects} subjects",
            got=str(gate.responses),
            fix="ask for at most as many responses as subjects",
        )
    if gate.subjects > whole.study.subjects.planned:
        yield Problem(
            kind="gate_subjects_above_planned",
            path=(*path, "subjects"),
            what=f"the study plans {whole.study.subjects.planned} subjects in all",
            got=str(gate.subjects),
            fix="let the gate come earlier, or plan more subjects",
        )
