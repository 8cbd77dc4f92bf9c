"""The parts of a report that have a picture: described, drawn, and told in words beside it."""

from __future__ import annotations

from dataclasses import replace

from equipoise.report.adverse_events import (
    describe_adverse_events,
    draw_adverse_events,
    tabulate_adverse_events,
)
from equipoise.report.curves import describe_curves, draw_curves
from equipoise.report.dots import describe_proportions, draw_proportions
from equipoise.report.flow_boxes import describe_flow, tabulate_flow
from equipoise.report.flow_chart import draw_flow, lay_out
from equipoise.report.heads import method_notes, population_note
from equipoise.report.labels import events_of, name_label
from equipoise.report.pages import Pages, Part, Shown
from equipoise.report.swimmer import describe_swimmer, draw_swimmer
from equipoise.report.tabulate_subjects import tabulate_proportions
from equipoise.report.tabulate_survival import tabulate_curves
from equipoise.report.waterfall import describe_waterfall, draw_waterfall, legend
from equipoise.study.analyses import (
    AdverseEventsAnalysis,
    CurveAnalysis,
    ProportionAnalysis,
    SwimmerAnalysis,
    WaterfallAnalysis,
)

SEVERAL = "A subject who is not eligible may fail several criteria."


def show_flow(pages: Pages, part: Part) -> Part:
    """Return the CONSORT diagram, with its numbers as a table beside it."""
    flow = describe_flow(pages.study, pages.sheet(part.name))
    said = "; ".join(
        f"{tally.label} {tally.n}" for box in (flow.entry, flow.entered) for tally in box.tallies
    )
    canvas = pages.canvas(part.name, description=f"Flow of subjects. {said}.")
    return replace(
        part,
        shown=Shown(svg=draw_flow(lay_out(flow), canvas=canvas), notes=pages.notes(SEVERAL)),
        aside=tabulate_flow(pages.study, pages.sheet(part.name)),
    )


def show_proportions(pages: Pages, part: Part, *, analysis: ProportionAnalysis) -> Part:
    """Return proportions as dots with intervals, and as a table."""
    sheet = pages.sheet(part.name)
    lines = describe_proportions(pages.study, sheet, analysis=analysis)
    said = "; ".join(f"{line.label} {line.told}".strip() for line in lines)
    canvas = pages.canvas(part.name, description=f"Proportions with intervals, per cent. {said}.")
    first = method_notes(pages.study, sheet)[:1]
    return replace(
        part,
        shown=Shown(svg=draw_proportions(lines, canvas=canvas), notes=pages.notes(*first)),
        tables=(tabulate_proportions(pages.study, sheet, analysis=analysis),),
    )


def show_curves(pages: Pages, part: Part, *, analysis: CurveAnalysis) -> Part:
    """Return Kaplan-Meier curves, with medians and landmarks as a table."""
    study, sheet = pages.study, pages.sheet(part.name)
    found = describe_curves(study, pages.sheets, name=part.name, analysis=analysis)
    said = "; ".join(
        f"{curve.label}: events {curve.summary}, median {curve.median} {found.unit}"
        for curve in found.curves
    )
    canvas = pages.canvas(part.name, description=f"Kaplan-Meier curves. {said}.")
    events = events_of(study, endpoint=analysis.endpoint)
    notes = pages.notes(
        population_note(study, endpoint=analysis.endpoint),
        f"Events: {events}." if events else None,
        f"Estimand: {analysis.estimand.value}.",
        *method_notes(study, sheet)[:1],
        "Ticks on the curves are censored subjects.",
    )
    return replace(
        part,
        shown=Shown(svg=draw_curves(found, canvas=canvas), notes=notes),
        tables=(tabulate_curves(study, sheet, analysis=analysis),),
    )


def show_waterfall(pages: Pages, part: Part, *, analysis: WaterfallAnalysis) -> Part:
    """Return the waterfall."""
    study, sheet = pages.study, pages.sheet(part.name)
    found = describe_waterfall(study, sheet, analysis=analysis)
    shrunk = sum(bar.change <= -30 for bar in found.bars)
    words = f"Best change of {len(found.bars)} subjects; {shrunk} with a decrease of 30 % or more"
    canvas = pages.canvas(part.name, description=f"Waterfall. {words}.")
    notes = pages.notes(
        f"{words}.",
        f"{name_label(study, analysis.endpoint)}: {legend(study, endpoint=analysis.endpoint)}."
        if any(bar.letter for bar in found.bars)
        else None,
        population_note(study, endpoint=analysis.endpoint),
    )
    shown = Shown(svg=draw_waterfall(found, canvas=canvas), notes=notes)
    return replace(part, shown=shown)


def show_swimmer(pages: Pages, part: Part, *, analysis: SwimmerAnalysis) -> Part:
    """Return the swimmer plot."""
    study = pages.study
    found = describe_swimmer(study, pages.sheet(part.name), analysis=analysis)
    ongoing = sum(lane.ongoing for lane in found.lanes)
    words = f"{len(found.lanes)} subjects, longest first; {ongoing} still followed (arrow)"
    canvas = pages.canvas(part.name, description=f"Swimmer plot. {words}.")
    notes = pages.notes(f"{words}.", population_note(study, endpoint=analysis.endpoint))
    shown = Shown(svg=draw_swimmer(found, canvas=canvas), notes=notes)
    return replace(part, shown=shown)


def show_adverse_events(pages: Pages, part: Part, *, analysis: AdverseEventsAnalysis) -> Part:
    """Return adverse events as bars and as a table."""
    study, sheet = pages.study, pages.sheet(part.name)
    found = describe_adverse_events(study, sheet, analysis=analysis)
    canvas = pages.canvas(
        part.name, description="Per cent of subjects with each adverse event by worst grade."
    )
    chosen = f"Analysis set: {study.analysis_sets[analysis.population].label}."
    notes = pages.notes(chosen, "Each subject is counted once a term, at the worst grade (CTCAE).")
    return replace(
        part,
        shown=Shown(svg=draw_adverse_events(found, canvas=canvas), notes=notes),
        tables=(tabulate_adverse_events(study, sheet, analysis=analysis),),
    )
