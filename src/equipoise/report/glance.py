"""The key numbers of a report at a glance, each with its address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from equipoise.design import GroupSequentialSurvival
from equipoise.report.flow_boxes import ENTERED
from equipoise.report.formats import count, duration, p_value, ratio, share
from equipoise.report.labels import arms_compared, group_label, mid_sentence, name_label
from equipoise.report.sheet import Result, Sheet, Sheets
from equipoise.report.tables import Piece, Pieces, Spelling, number, say, with_interval
from equipoise.study.analyses import (
    Analysis,
    CoxAnalysis,
    CurveAnalysis,
    Estimand,
    FlowAnalysis,
    LogRankAnalysis,
    ProportionAnalysis,
)
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One key number: what it is, the number, and lines that go with it."""

    label: str
    value: Pieces
    details: tuple[Pieces, ...] = ()


def key_numbers(
    study: Study, sheets: Sheets, *, design: GroupSequentialSurvival | None
) -> tuple[Card, ...]:
    """Return subjects, events, and what the primary endpoint and the gate came to."""
    return (
        *_subjects(study, sheets),
        *_events(study, sheets, design=design),
        *_hazard_ratio(study, sheets),
        *_test(study, sheets),
        *_medians(study, sheets),
        *_rates(study, sheets),
    )


def _subjects(study: Study, sheets: Sheets) -> Iterator[Card]:
    for name, analysis in study.analyses.items():
        if isinstance(analysis, FlowAnalysis):
            everybody = sheets.get(name, Sheet()).only(group="all", statistic="count")
            found = [row for row in everybody if row.level in ENTERED]
            if found:
                planned = say(f"of {study.subjects.planned} planned")
                label = f"Subjects {found[0].level}"
                yield Card(label=label, value=(number(found[0], count),), details=(planned,))
                return


def _primary(study: Study) -> str | None:
    """Return the primary endpoint of the design, or the first that has a curve."""
    if study.design is not None:
        return study.design.primary
    curves = (one for one in study.analyses.values() if isinstance(one, CurveAnalysis))
    return next((curve.endpoint for curve in curves), None)


def _of_primary(study: Study, analysis: Analysis) -> bool:
    """Tell whether an analysis is of the primary endpoint under its primary estimand."""
    same_estimand = getattr(analysis, "estimand", None) is Estimand.PRIMARY
    return same_estimand and getattr(analysis, "endpoint", None) == _primary(study)


def _curve(study: Study, sheets: Sheets) -> tuple[CurveAnalysis, Sheet] | None:
    for name, analysis in study.analyses.items():
        if isinstance(analysis, CurveAnalysis) and _of_primary(study, analysis) and name in sheets:
            return analysis, sheets[name]
    return None


def _events(
    study: Study, sheets: Sheets, *, design: GroupSequentialSurvival | None
) -> Iterator[Card]:
    found = _curve(study, sheets)
    if found is None:
        return
    analysis, sheet = found
    rows = [sheet.first("events", group=group, level="") for group in sheet.groups]
    label = f"Events, {mid_sentence(name_label(study, analysis.endpoint))}"
    planned = () if design is None else (say(f"of {design.looks[-1].events} at the final look"),)
    card = _by_group(study, rows, label=label, by=analysis.by, spell=count)
    whole = _events_of_model(study, sheets)
    if whole is None:
        yield replace(card, details=(*planned, *card.details))
    else:
        parts = (Piece(text="of them "), *card.value)
        value = (number(whole, count),)
        yield replace(card, value=value, details=(*planned, parts, *card.details))


def _events_of_model(study: Study, sheets: Sheets) -> Result | None:
    """Return the events of all groups, which a regression on the arm alone counts."""
    for name, analysis in study.analyses.items():
        if isinstance(analysis, CoxAnalysis) and _of_primary(study, analysis):
            row = sheets.get(name, Sheet()).first("events", level="model")
            if analysis.covariates == ("arm",) and row is not None and row.value is not None:
                return row
    return None


def _hazard_ratio(study: Study, sheets: Sheets) -> Iterator[Card]:
    for name, analysis in study.analyses.items():
        if not isinstance(analysis, CoxAnalysis) or not _of_primary(study, analysis):
            continue
        rows = sheets.get(name, Sheet()).only(level="arm")
        if analysis.covariates == ("arm",) and rows.rows:
            middle, low, high = (rows.first(end) for end in ("hazard_ratio", "lower", "upper"))
            interval = with_interval(middle, low, high, spell=ratio)
            label = f"Hazard ratio, {mid_sentence(name_label(study, analysis.endpoint))}"
            details = ((Piece(text="95 % CI "), *interval[2:-1]), say(arms_compared(study)))
            yield Card(label=label, value=interval[:1], details=details)
            return


def _test(study: Study, sheets: Sheets) -> Iterator[Card]:
    for name, analysis in study.analyses.items():
        if isinstance(analysis, LogRankAnalysis) and _of_primary(study, analysis):
            row = sheets.get(name, Sheet()).first("p_value")
            words = "Stratified log-rank test" if analysis.strata else "Log-rank test"
            if row is not None:
                value = (Piece(text="p\u2009"), number(row, _p_after_sign))
                yield Card(label=words, value=value, details=(say("two-sided"),))
                return


def _p_after_sign(value: float | None) -> str:
    text = p_value(value)
    return f"{text[0]}\u2009{text[1:]}" if text[0] in "<>" else f"=\u2009{text}"


def _medians(study: Study, sheets: Sheets) -> Iterator[Card]:
    found = _curve(study, sheets)
    if found is None:
        return
    analysis, sheet = found
    rows = [sheet.first("median", group=group, level="") for group in sheet.groups]
    label = f"Median {mid_sentence(name_label(study, analysis.endpoint))}, {analysis.unit.value}"
    spell = partial(duration, unit=analysis.unit.value)
    yield _by_group(study, rows, label=label, by=analysis.by, spell=spell)


def _by_group(
    study: Study, rows: list[Result | None], *, label: str, by: str | None, spell: Spelling
) -> Card:
    """Return a card with one number for each group, told apart by a stroke."""
    given = [row for row in rows if row is not None]
    known = [row for row in given if not _of_nobody(row)] or given
    parts = [number(row, spell) for row in known]
    value = tuple(piece for part in parts for piece in (Piece(text=" v "), part))[1:]
    names = " v ".join(group_label(study, row.group, by=by) for row in known)
    return Card(label=label, value=value, details=(say(names),))


def _of_nobody(row: Result) -> bool:
    """Tell whether a group has no subject whom the endpoint is told of."""
    return row.value is None and row.n == 0


def _rates(study: Study, sheets: Sheets) -> Iterator[Card]:
    """Give one card for the endpoint of the gate, or the first endpoint that is a proportion."""
    gate = study.design.gate if study.design is not None else None
    for name, analysis in study.analyses.items():
        if not isinstance(analysis, ProportionAnalysis) or name not in sheets:
            continue
        endpoint = analysis.endpoints[0] if gate is None else gate.endpoint
        rows = sheets[name].only(endpoint=endpoint, level=analysis.intervals[0])
        if rows.rows:
            found = [rows.first("proportion", group=group) for group in rows.groups]
            label = f"{name_label(study, endpoint)}, %"
            yield _by_group(study, found, label=label, by=analysis.by, spell=share)
            return
