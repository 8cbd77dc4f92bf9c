"""The page of a design: assumptions, looks, gate and pictures, before there is any subject."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from equipoise.design import GroupSequentialSurvival
from equipoise.design.design_file import DesignFile
from equipoise.design.survival.exploring import Exploration
from equipoise.design.survival.views import event_calendar, power_curve, size_surface
from equipoise.report.design_pictures import (
    draw_boundaries,
    draw_calendar,
    draw_power,
    draw_surface,
)
from equipoise.report.explored import draw_exploration, tabulate_exploration
from equipoise.report.formats import decimal, share
from equipoise.report.page import NOT_A_DEVICE, TEMPLATES
from equipoise.report.pages import Part, Shown
from equipoise.report.palette import BLACK, GROUP_COLOURS
from equipoise.report.svg import Canvas
from equipoise.report.tabulate_design import Fact, design_facts, tabulate_looks
from equipoise.study.study import Study

EVENTS_ALONE = "Power follows from the effect and the events; the rest moves the calendar."

WIDE = 0.35
"""How far the assumed hazard ratio and median are varied, as a share of them."""


def render_design(study: Study, kept: DesignFile, *, explored: Exploration | None = None) -> str:
    """Return the page of a study's design as one HTML file that stands alone.

    Equal inputs give an equal page, byte for byte.

    Parameters
    ----------
    study : Study
        The protocol: title, labels, and what it assumes.
    kept : DesignFile
        The design with what made it.
    explored : Exploration or None
        The design under other assumptions, where it was explored.
    """
    return TEMPLATES.get_template("design.html.j2").render(
        study=study,
        says=kept.design.says,
        facts=design_facts(study, design=kept.design.survival),
        looks=tabulate_looks(kept.design.survival),
        parts=tuple(_parts(kept.design.survival, explored=explored)),
        origin=_origin(kept),
        colours=(*GROUP_COLOURS, BLACK),
        statement=NOT_A_DEVICE,
    )


def _parts(design: GroupSequentialSurvival, *, explored: Exploration | None) -> Iterator[Part]:
    yield _part_boundary(design)
    yield _part_power(design)
    yield _part_calendar(design)
    yield _part_surface(design)
    if explored is not None:
        yield _part_explored(explored, design=design)


def _part_boundary(design: GroupSequentialSurvival) -> Part:
    said = "; ".join(f"{look.events} events Z {decimal(look.z, places=3)}" for look in design.looks)
    canvas = Canvas(
        name="boundary", title="Boundary", description=f"Boundary on four scales. {said}."
    )
    note = (
        "Stop for efficacy when Z is at or above the boundary: p at or below its level, the hazard "
        "ratio at or below its line. The hazard ratio is that of the log-rank Z, about. A dashed "
        "line is where the trial gives up."
    )
    return Part(
        name="boundary",
        title="Boundary at each look",
        shown=Shown(svg=draw_boundaries(design, canvas=canvas), notes=(note,)),
    )


def _part_power(design: GroupSequentialSurvival) -> Part:
    assumed = design.assumptions.hazard_ratio
    low, high = min(assumed * (1 - WIDE), 0.4), 1.0
    curve = power_curve(design, hazard_ratios=_steps(low, high, count=121))
    said = f"power {share(design.power)} % at a hazard ratio of {assumed:g}"
    canvas = Canvas(name="power", title="Power", description=f"Power by true effect: {said}.")
    return Part(
        name="power",
        title="Power by true hazard ratio",
        shown=Shown(
            svg=draw_power(curve, design=design, canvas=canvas),
            notes=("At a hazard ratio of 1 the lines end at the error spent.",),
        ),
    )


def _part_calendar(design: GroupSequentialSurvival) -> Part:
    last = 1.25 * design.looks[-1].months
    points = event_calendar(design.assumptions, months=_steps(0.0, last, count=121))
    said = "; ".join(
        f"{look.events} events by month {decimal(look.months)}" for look in design.looks
    )
    canvas = Canvas(name="calendar", title="Calendar", description=f"Expected events. {said}.")
    return Part(
        name="calendar",
        title="Expected subjects and events over calendar time",
        shown=Shown(
            svg=draw_calendar(points, design=design, canvas=canvas),
            notes=("Means by formula; one trial scatters around them.",),
        ),
    )


def _part_surface(design: GroupSequentialSurvival) -> Part:
    assumed = design.assumptions
    ratios = _steps(assumed.hazard_ratio * (1 - WIDE), _highest_ratio(assumed.hazard_ratio))
    medians = _steps(
        assumed.control_median_months * (1 - WIDE), assumed.control_median_months * (1 + WIDE)
    )
    months = design.looks[-1].months
    points = size_surface(design, hazard_ratios=ratios, control_medians=medians)
    canvas = Canvas(
        name="surface",
        title="Subjects needed",
        description="Subjects needed over the hazard ratio and the control median.",
    )
    note = (
        f"Subjects for the same power of {share(design.power)} % with the last look expected by "
        f"month {decimal(months)}, accrual, dropout and looks as planned."
    )
    return Part(
        name="surface",
        title="Subjects needed under other assumptions",
        shown=Shown(svg=draw_surface(points, design=design, canvas=canvas), notes=(note,)),
    )


def _highest_ratio(assumed: float) -> float:
    """Return the weakest effect of the surface: where a ratio of 1 is near, sizes run away."""
    return min(assumed * (1 + WIDE), 1 - (1 - assumed) / 3)


def _part_explored(explored: Exploration, *, design: GroupSequentialSurvival) -> Part:
    names = " and ".join(axis.assumption.value.replace("_", " ") for axis in explored.axes)
    canvas = Canvas(name="explored", title="Explored", description=f"Power over {names}.")
    return Part(
        name="explored",
        title=f"Explored: {names}",
        shown=Shown(svg=draw_exploration(explored, canvas=canvas), notes=(EVENTS_ALONE,)),
        tables=(tabulate_exploration(explored, looks=len(design.looks)),),
    )


def _steps(low: float, high: float, *, count: int = 41) -> tuple[float, ...]:
    return tuple(float(value) for value in np.linspace(low, high, count))


def _origin(kept: DesignFile) -> tuple[Fact, ...]:
    return (
        ("Software", f"Equipoise {kept.software}"),
        ("Study", f"{kept.study}, version {kept.study_version}"),
        ("Study (SHA-256)", kept.study_hash),
        ("Design (SHA-256)", kept.content_hash),
    )
