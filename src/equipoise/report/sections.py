"""The sections of a report: each analysis of the study becomes a picture, tables, or both."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from equipoise.report.pages import METHODS, Chapter, Pages, Part
from equipoise.report.pictures import (
    show_adverse_events,
    show_curves,
    show_flow,
    show_proportions,
    show_swimmer,
    show_waterfall,
)
from equipoise.report.tables import Table
from equipoise.report.tabulate_doses import tabulate_dose_intensity
from equipoise.report.tabulate_shift import (
    tabulate_laboratory_changes,
    tabulate_laboratory_shift,
)
from equipoise.report.tabulate_subjects import tabulate_items, tabulate_summary
from equipoise.report.tabulate_survival import tabulate_logrank, tabulate_model
from equipoise.study.analyses import (
    AdverseEventsAnalysis,
    BaselineAnalysis,
    CategoriesAnalysis,
    CoxAnalysis,
    CurveAnalysis,
    DoseIntensityAnalysis,
    FlowAnalysis,
    LaboratoryShiftAnalysis,
    LogisticAnalysis,
    LogRankAnalysis,
    ProportionAnalysis,
    SummaryAnalysis,
    SwimmerAnalysis,
    WaterfallAnalysis,
)

Tabulated = (
    BaselineAnalysis
    | CategoriesAnalysis
    | LogRankAnalysis
    | CoxAnalysis
    | LogisticAnalysis
    | SummaryAnalysis
    | LaboratoryShiftAnalysis
    | DoseIntensityAnalysis
)
Pictured = (
    FlowAnalysis
    | ProportionAnalysis
    | CurveAnalysis
    | WaterfallAnalysis
    | SwimmerAnalysis
    | AdverseEventsAnalysis
)


def chapters(pages: Pages) -> tuple[Chapter, ...]:
    """Return the sections in the order of the study's report."""
    return tuple(
        Chapter(
            number=number,
            heading=section.heading,
            text=section.text,
            parts=tuple(part_of_report(pages, name) for name in section.show),
        )
        for number, section in enumerate(pages.study.report, start=1)
    )


def part_of_report(pages: Pages, name: str) -> Part:
    """Return the part of one analysis; one without results says so."""
    analysis = pages.study.analyses[name]
    part = Part(name=name, title=analysis.title, method=METHODS.get(analysis.method, ""))
    if not pages.sheet(name).rows:
        return part
    if isinstance(analysis, Tabulated):
        return replace(part, tables=tabulate(pages, name, analysis=analysis))
    return _pictured(pages, part, analysis=analysis)


def tabulate(pages: Pages, name: str, *, analysis: Tabulated) -> tuple[Table, ...]:
    """Return the tables of an analysis that has no picture."""
    study, sheet = pages.study, pages.sheet(name)
    match analysis:
        case BaselineAnalysis() | CategoriesAnalysis():
            return (tabulate_items(study, sheet, analysis=analysis),)
        case LogRankAnalysis():
            return (tabulate_logrank(study, sheet, analysis=analysis),)
        case CoxAnalysis() | LogisticAnalysis():
            return (tabulate_model(study, sheet, analysis=analysis),)
        case SummaryAnalysis():
            return (tabulate_summary(study, sheet, analysis=analysis),)
        case LaboratoryShiftAnalysis():
            return (
                tabulate_laboratory_changes(study, sheet, analysis=analysis),
                tabulate_laboratory_shift(study, sheet, analysis=analysis),
            )
        case DoseIntensityAnalysis():
            return (tabulate_dose_intensity(study, sheet, analysis=analysis),)
        case _:
            assert_never(analysis)


def _pictured(pages: Pages, part: Part, *, analysis: Pictured) -> Part:
    match analysis:
        case FlowAnalysis():
            return show_flow(pages, part)
        case ProportionAnalysis():
            return show_proportions(pages, part, analysis=analysis)
        case CurveAnalysis():
            return show_curves(pages, part, analysis=analysis)
        case WaterfallAnalysis():
            return show_waterfall(pages, part, analysis=analysis)
        case SwimmerAnalysis():
            return show_swimmer(pages, part, analysis=analysis)
        case AdverseEventsAnalysis():
            return show_adverse_events(pages, part, analysis=analysis)
        case _:
            assert_never(analysis)
