"""All analyses of a study, in order, as one frame of result rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import polars as pl

from equipoise.analyse.adverse_events import analyse_adverse_events
from equipoise.analyse.baseline import analyse_baseline
from equipoise.analyse.categories import analyse_categories
from equipoise.analyse.cox import analyse_cox
from equipoise.analyse.dose_intensity import analyse_dose_intensity
from equipoise.analyse.flow import analyse_flow
from equipoise.analyse.kaplan_meier import analyse_kaplan_meier
from equipoise.analyse.laboratory_shift import analyse_laboratory_shift
from equipoise.analyse.logistic import analyse_logistic
from equipoise.analyse.logrank import analyse_logrank
from equipoise.analyse.proportion import analyse_proportion
from equipoise.analyse.results import Row, gather
from equipoise.analyse.summary import analyse_summary
from equipoise.analyse.swimmer import analyse_swimmer
from equipoise.analyse.waterfall import analyse_waterfall
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import (
    AdverseEventsAnalysis,
    Analysis,
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
from equipoise.study.study import Study

OfSubjects = (
    FlowAnalysis
    | BaselineAnalysis
    | CategoriesAnalysis
    | AdverseEventsAnalysis
    | LaboratoryShiftAnalysis
    | DoseIntensityAnalysis
)
OfAnswers = ProportionAnalysis | LogisticAnalysis | SummaryAnalysis | WaterfallAnalysis
OfTimes = CurveAnalysis | LogRankAnalysis | CoxAnalysis | SwimmerAnalysis


def analyse_study(study: Study, data: AnalysisData) -> pl.DataFrame:
    """Return the result rows of every analysis, in the order of the study.

    Parameters
    ----------
    study : Study
        Names the analyses.
    data : AnalysisData
        Analysis datasets of the same study.

    Returns
    -------
    polars.DataFrame
        `RESULTS`: one row a number, each with an address of its own. What cannot be estimated
        has no value, and says why.

    Raises
    ------
    BadInput
        When an analysis names what the study does not have.
    """
    return gather(
        row
        for name, analysis in study.analyses.items()
        for row in analyse(study, data, name=name, analysis=analysis)
    )


def analyse(study: Study, data: AnalysisData, *, name: str, analysis: Analysis) -> Iterator[Row]:
    """Give the rows of one analysis."""
    match analysis:
        case (
            FlowAnalysis()
            | BaselineAnalysis()
            | CategoriesAnalysis()
            | AdverseEventsAnalysis()
            | LaboratoryShiftAnalysis()
            | DoseIntensityAnalysis()
        ):
            return _analyse_subjects(study, data, name=name, analysis=analysis)
        case ProportionAnalysis() | LogisticAnalysis() | SummaryAnalysis() | WaterfallAnalysis():
            return _analyse_answers(study, data, name=name, analysis=analysis)
        case CurveAnalysis() | LogRankAnalysis() | CoxAnalysis() | SwimmerAnalysis():
            return _analyse_times(study, data, name=name, analysis=analysis)
        case _:
            assert_never(analysis)


def _analyse_subjects(
    study: Study, data: AnalysisData, *, name: str, analysis: OfSubjects
) -> Iterator[Row]:
    match analysis:
        case FlowAnalysis():
            return analyse_flow(study, data, name=name)
        case BaselineAnalysis():
            return analyse_baseline(study, data, name=name, analysis=analysis)
        case CategoriesAnalysis():
            return analyse_categories(study, data, name=name, analysis=analysis)
        case AdverseEventsAnalysis():
            return analyse_adverse_events(study, data, name=name, analysis=analysis)
        case LaboratoryShiftAnalysis():
            return analyse_laboratory_shift(study, data, name=name, analysis=analysis)
        case DoseIntensityAnalysis():
            return analyse_dose_intensity(study, data, name=name, analysis=analysis)
        case _:
            assert_never(analysis)


def _analyse_answers(
    study: Study, data: AnalysisData, *, name: str, analysis: OfAnswers
) -> Iterator[Row]:
    match analysis:
        case ProportionAnalysis():
            return analyse_proportion(study, data, name=name, analysis=analysis)
        case LogisticAnalysis():
            return analyse_logistic(study, data, name=name, analysis=analysis)
        case SummaryAnalysis():
            return analyse_summary(study, data, name=name, analysis=analysis)
        case WaterfallAnalysis():
            return analyse_waterfall(study, data, name=name, analysis=analysis)
        case _:
            assert_never(analysis)


def _analyse_times(
    study: Study, data: AnalysisData, *, name: str, analysis: OfTimes
) -> Iterator[Row]:
    match analysis:
        case CurveAnalysis():
            return analyse_kaplan_meier(study, data, name=name, analysis=analysis)
        case LogRankAnalysis():
            return analyse_logrank(study, data, name=name, analysis=analysis)
        case CoxAnalysis():
            return analyse_cox(study, data, name=name, analysis=analysis)
        case SwimmerAnalysis():
            return analyse_swimmer(study, data, name=name, analysis=analysis)
        case _:
            assert_never(analysis)
