"""Analyses and report: each analysis fits its endpoint and its groups, and is shown once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.study.analyses import (
    AdverseEventsAnalysis,
    Analysis,
    BaselineAnalysis,
    CategoriesAnalysis,
    CoxAnalysis,
    CurveAnalysis,
    DoseIntensityAnalysis,
    Estimand,
    LaboratoryShiftAnalysis,
    LogisticAnalysis,
    LogRankAnalysis,
    ProportionAnalysis,
    SummaryAnalysis,
    SwimmerAnalysis,
    WaterfallAnalysis,
)
from equipoise.study.checks.problem import Problem, Whole, forms_for, unknown
from equipoise.study.endpoints import Binary, Intercurrent, Measured, ResponseEndpoint, TimeToEvent
from equipoise.study.forms import FormPurpose, ItemType
from equipoise.study.laboratory_grade import graded_items
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "unknown_endpoint": "An analysis or the design names an endpoint that the study does not have.",
    "endpoint_wrong_kind": "An analysis or the design is of another kind than its endpoint.",
    "unknown_by": "An analysis compares groups by what the study does not have.",
    "by_not_a_group": "An analysis compares groups by a free text, a date or a measured number.",
    "unknown_item": "An analysis summarises an item that the study does not have.",
    "item_not_counted": "An analysis counts categories of an item that has none.",
    "unknown_covariate": "A regression names a covariate that the study does not have.",
    "arm_of_many": "A regression takes the arm as one covariate, and there are more than two arms.",
    "estimand_of_nothing": "An analysis takes the sensitivity estimand of an endpoint without one.",
    "unknown_analysis_in_report": "The report shows an analysis that the study does not have.",
    "analysis_shown_twice": "The report shows an analysis twice.",
    "analysis_not_shown": "An analysis is shown nowhere in the report.",
    "item_not_graded": "A shift table names an item whose values have no CTCAE grade.",
    "analysis_without_form": "An analysis of adverse events, doses or laboratory grades, "
    "and no form that asks them.",
}

_GROUPS = frozenset({ItemType.CODE, ItemType.YES_NO, ItemType.INTEGER})

_KINDS_OF: Mapping[type, tuple[type, ...]] = {
    ProportionAnalysis: (Binary, ResponseEndpoint),
    CurveAnalysis: (TimeToEvent,),
    LogRankAnalysis: (TimeToEvent,),
    CoxAnalysis: (TimeToEvent,),
    LogisticAnalysis: (Binary, ResponseEndpoint),
    SummaryAnalysis: (Measured,),
    WaterfallAnalysis: (ResponseEndpoint, Measured),
    SwimmerAnalysis: (TimeToEvent,),
}

_KIND_WORDS: Mapping[type, str] = {
    Binary: "binary",
    ResponseEndpoint: "response",
    TimeToEvent: "time_to_event",
    Measured: "measured",
}


def check_analyses(whole: Whole) -> Iterator[Problem]:
    """Find analyses whose endpoint, groups or items do not fit."""
    for name, analysis in whole.study.analyses.items():
        path = ("analyses", name)
        yield from _endpoints(whole, analysis, path=path)
        yield from _groups(whole, getattr(analysis, "by", None), path=(*path, "by"))
        for k, stratum in enumerate(getattr(analysis, "strata", ())):
            here = (*path, "strata", str(k))
            yield from _stratum(whole, stratum, path=here)
        yield from _covariates(whole, analysis, path=path)
        yield from _estimand(whole, analysis, path=path)
        yield from _items(whole, analysis, path=path)
        yield from _population(whole, getattr(analysis, "population", None), path=path)
        yield from _graded(whole, analysis, path=path)
        yield from _safety(whole, analysis, path=path)


def _endpoints(whole: Whole, analysis: Analysis, *, path: Path) -> Iterator[Problem]:
    several = getattr(analysis, "endpoints", ())
    named = [((*path, "endpoints", str(k)), name) for k, name in enumerate(several)]
    if one := getattr(analysis, "endpoint", None):
        named.append(((*path, "endpoint"), one))
    for here, name in named:
        wanted = _KINDS_OF[type(analysis)]
        yield from endpoint_of_kind(whole, name, wanted=wanted, path=here)


def endpoint_of_kind(
    whole: Whole, name: str, *, wanted: tuple[type, ...], path: Path
) -> Iterator[Problem]:
    """Find an endpoint that is not there, or is of another kind than the wanted ones."""
    endpoint = whole.study.endpoints.get(name)
    if endpoint is None:
        what = f"'{name}' is no endpoint of the study"
        known = whole.study.endpoints
        yield unknown("unknown_endpoint", path=path, got=name, known=known, what=what)
    elif not isinstance(endpoint, wanted):
        kinds = [_KIND_WORDS[kind] for kind in wanted]
        yield Problem(
            kind="endpoint_wrong_kind",
            path=path,
            what=f"endpoint '{name}' is of kind {endpoint.kind}",
            got=name,
            fix=f"name an endpoint of kind {' or '.join(kinds)}",
        )


def _groups(whole: Whole, name: str | None, *, path: Path) -> Iterator[Problem]:
    if name is None or name == "arm" or name in whole.study.strata:
        return
    item, endpoint = whole.items.get(name), whole.study.endpoints.get(name)
    if item is None and endpoint is None:
        known = ["arm", *whole.study.strata, *whole.items, *whole.study.endpoints]
        what = f"'{name}' is no arm, stratum, item or binary endpoint"
        yield unknown("unknown_by", path=path, got=name, known=known, what=what)
    elif not (item is not None and item.type in _GROUPS) and not isinstance(endpoint, Binary):
        yield Problem(
            kind="by_not_a_group",
            path=path,
            what=f"'{name}' does not divide the subjects into groups",
            got=name,
            fix="take an item of codes or of yes and no, a stratum, or a binary endpoint",
        )


def _stratum(whole: Whole, name: str, *, path: Path) -> Iterator[Problem]:
    item = whole.items.get(name)
    if name in whole.study.strata or (item is not None and item.type in _GROUPS):
        return
    what = f"'{name}' is no stratum of the study"
    known = whole.study.strata
    yield unknown("unknown_stratum", path=path, got=name, known=known, what=what)


def _covariates(whole: Whole, analysis: Analysis, *, path: Path) -> Iterator[Problem]:
    if not isinstance(analysis, CoxAnalysis | LogisticAnalysis):
        return
    study = whole.study
    endpoints = [name for name, one in study.endpoints.items() if isinstance(one, Binary)]
    known = {"arm", *study.strata, *whole.items, *endpoints}
    for k, name in enumerate(analysis.covariates):
        if name not in known:
            here = (*path, "covariates", str(k))
            what = f"'{name}' is no arm, stratum, item or binary endpoint"
            yield unknown("unknown_covariate", path=here, got=name, known=known, what=what)
        elif name == "arm" and len(study.arms) > 2:
            yield Problem(
                kind="arm_of_many",
                path=(*path, "covariates", str(k)),
                what="'arm' would put all arms but the control into one",
                got=", ".join(study.arms),
                fix="compare more than two arms by log-rank and curves",
            )


def _estimand(whole: Whole, analysis: Analysis, *, path: Path) -> Iterator[Problem]:
    if getattr(analysis, "estimand", None) is not Estimand.SENSITIVITY:
        return
    endpoint = whole.study.endpoints.get(getattr(analysis, "endpoint", ""))
    if isinstance(endpoint, TimeToEvent) and endpoint.intercurrent == Intercurrent():
        yield Problem(
            kind="estimand_of_nothing",
            path=(*path, "estimand"),
            what="the endpoint says nothing that the sensitivity estimand would take otherwise",
            got="sensitivity",
            fix="write 'intercurrent' in the endpoint, or take 'estimand' out",
        )


def _items(whole: Whole, analysis: Analysis, *, path: Path) -> Iterator[Problem]:
    if not isinstance(analysis, BaselineAnalysis | CategoriesAnalysis):
        return
    for k, name in enumerate(analysis.items):
        here = (*path, "items", str(k))
        item = whole.items.get(name)
        if item is None and name not in whole.study.strata:
            known = [*whole.items, *whole.study.strata]
            what = f"'{name}' is no item or stratum of the study"
            yield unknown("unknown_item", path=here, got=name, known=known, what=what)
        elif item and item.type not in _GROUPS and isinstance(analysis, CategoriesAnalysis):
            yield Problem(
                kind="item_not_counted",
                path=here,
                what=f"item '{name}' has no categories to count",
                got=f"type: {item.type}",
                fix="summarise it in a baseline table, or count an item of codes",
            )


def _population(whole: Whole, name: str | None, *, path: Path) -> Iterator[Problem]:
    sets = whole.study.analysis_sets
    if name is not None and name not in sets:
        what = f"analysis '{path[-1]}' counts an analysis set that the study does not have"
        here = (*path, "population")
        yield unknown("unknown_analysis_set", path=here, got=name, known=sets, what=what)


def _graded(whole: Whole, analysis: Analysis, *, path: Path) -> Iterator[Problem]:
    if not isinstance(analysis, LaboratoryShiftAnalysis):
        return
    graded = graded_items(whole.study)
    for k, name in enumerate(analysis.items):
        if name not in graded:
            what = f"'{name}' is no laboratory item with a CTCAE term"
            here = (*path, "items", str(k))
            yield unknown("item_not_graded", path=here, got=name, known=graded, what=what)


def _safety(whole: Whole, analysis: Analysis, *, path: Path) -> Iterator[Problem]:
    for kind, purpose, form in (
        (AdverseEventsAnalysis, FormPurpose.ADVERSE_EVENTS, "adverse_events"),
        (DoseIntensityAnalysis, FormPurpose.DOSING, "dosing"),
        (LaboratoryShiftAnalysis, FormPurpose.LABORATORY, "laboratory"),
    ):
        if isinstance(analysis, kind) and not list(forms_for(whole.study, purpose)):
            yield Problem(
                kind="analysis_without_form",
                path=path,
                what=f"no form asks {purpose.replace('_', ' ')}",
                got=path[-1],
                fix=f"use the standard form {form}",
            )


def check_report(whole: Whole) -> Iterator[Problem]:
    """Find analyses that the report shows twice, never, or though they do not exist."""
    shown: set[str] = set()
    for k, section in enumerate(whole.study.report):
        for n, name in enumerate(section.show):
            path = ("report", str(k), "show", str(n))
            if name not in whole.study.analyses:
                what = f"section '{section.heading}' shows an analysis that does not exist"
                known = whole.study.analyses
                kind = "unknown_analysis_in_report"
                yield unknown(kind, path=path, got=name, known=known, what=what)
            elif name in shown:
                yield Problem(
                    kind="analysis_shown_twice",
                    path=path,
                    what=f"analysis '{name}' is shown a second time",
                    got=name,
                    fix="show it once",
                )
            shown.add(name)
    for name in whole.study.analyses:
        if name not in shown:
            yield Problem(
                kind="analysis_not_shown",
                path=("analyses", name),
                what=f"no section of the report shows analysis '{name}'",
                got=name,
                fix="name it in a section of the report, or take it out",
            )
