"""Tables that describe subjects: numbers by their quartiles, categories by count, proportions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from equipoise.report.formats import (
    count,
    decimal,
    percent,
    places_for,
    share,
    trimmed,
)
from equipoise.report.heads import group_heads, method_notes, population_note, population_notes
from equipoise.report.labels import category_label, name_label
from equipoise.report.sheet import Result, Sheet
from equipoise.report.tables import (
    END,
    Column,
    Line,
    Piece,
    Pieces,
    Spelling,
    Table,
    between,
    notes_of,
    number,
    number_cell,
    part_of,
    say,
    with_interval,
)
from equipoise.study.analyses import (
    BaselineAnalysis,
    CategoriesAnalysis,
    ProportionAnalysis,
    SummaryAnalysis,
)
from equipoise.study.study import Study

Described = BaselineAnalysis | CategoriesAnalysis

SILENT_WHEN_ZERO = {"missing", "not_recorded", "not_applicable"}
"""Levels that say nothing when nobody is in them."""

LIMITS = {"at_most": "At most", "at_least": "At least"}


def tabulate_items(study: Study, sheet: Sheet, *, analysis: Described) -> Table:
    """Return items by group: mean and quartiles of numbers, count and per cent of categories."""
    items = [endpoint for endpoint in sheet.endpoints if endpoint]
    return Table(
        caption=analysis.title,
        columns=(Column(label="Characteristic"), *group_heads(study, sheet, by=analysis.by)),
        lines=tuple(line for item in items for line in _item(study, sheet, item=item)),
        notes=notes_of(f"Analysis set: {study.analysis_sets[analysis.population].label}."),
    )


def _item(study: Study, sheet: Sheet, *, item: str) -> Iterator[Line]:
    rows = sheet.only(endpoint=item)
    groups = [rows.only(group=group) for group in sheet.groups]
    yield Line(label=name_label(study, item), heads=True)
    if any(part.first("mean") for part in groups):
        yield from numbers_lines(groups)
    else:
        yield from _categories(study, groups, item=item, levels=rows.levels)


def numbers_lines(groups: Sequence[Sheet]) -> Iterator[Line]:
    """Give the lines of one column of numbers: mean, median with quartiles, range, missing."""
    middles = [part.value("median") for part in groups]
    places = places_for(max((abs(m) for m in middles if m is not None), default=None))
    fixed = partial(decimal, places=places)
    yield Line(label="Mean (SD)", cells=tuple(_mean(part, fixed) for part in groups), depth=1)
    yield Line(
        label="Median (quartiles)",
        cells=tuple(
            with_interval(*(_own(part, name) for name in ("median", "q1", "q3")), spell=fixed)
            for part in groups
        ),
        depth=1,
    )
    short = partial(trimmed, places=places)
    yield Line(label="Range", cells=tuple(_range(part, short) for part in groups), depth=1)
    missing = [_own(part, "missing") for part in groups]
    if any(row is not None and row.value for row in missing):
        yield Line(
            label="Missing", cells=tuple(number_cell(row, count) for row in missing), depth=1
        )


def _own(part: Sheet, statistic: str) -> Result | None:
    return part.first(statistic, level="")


def _mean(part: Sheet, spell: Spelling) -> Pieces:
    if _own(part, "mean") is None:
        return (number(None, spell),)
    mean, spread = (number(_own(part, statistic), spell) for statistic in ("mean", "sd"))
    return (mean, Piece(text=" ("), spread, END)


def _range(part: Sheet, spell: Spelling) -> Pieces:
    if _own(part, "minimum") is None:
        return (number(None, spell),)
    return between(_own(part, "minimum"), _own(part, "maximum"), spell=spell)


def _categories(
    study: Study, groups: Sequence[Sheet], *, item: str, levels: Sequence[str]
) -> Iterator[Line]:
    for level in levels:
        counts = [part.first("count", level=level) for part in groups]
        if all(row is None for row in counts) or not _worth_telling(level, counts):
            continue
        yield Line(
            label=_level_label(study, level, counts=counts, item=item),
            cells=tuple(
                part_of(row, part.first("percent", level=level), spell=percent)
                for part, row in zip(groups, counts, strict=True)
            ),
            depth=1,
        )


def _worth_telling(level: str, counts: Sequence[Result | None]) -> bool:
    """Tell whether a line says something: a count of nobody missing says nothing."""
    return level not in SILENT_WHEN_ZERO or any(row is not None and row.value for row in counts)


def _level_label(study: Study, level: str, *, counts: Sequence[Result | None], item: str) -> str:
    said = next((row.text for row in counts if row is not None and row.text), None)
    return said or category_label(study, level, of=item)


def tabulate_summary(study: Study, sheet: Sheet, *, analysis: SummaryAnalysis) -> Table:
    """Return a measured endpoint by group, and how many lie at or beyond the limits."""
    groups = [sheet.only(group=group) for group in sheet.groups]
    unit = getattr(study.endpoints[analysis.endpoint], "unit", None)
    label = name_label(study, analysis.endpoint)
    return Table(
        caption=f"{label}, {unit}" if unit else label,
        columns=(Column(label=""), *group_heads(study, sheet, by=analysis.by)),
        lines=(*numbers_lines(groups), *limit_lines(groups, unit=unit or "")),
        notes=notes_of(
            *method_notes(study, sheet), population_note(study, endpoint=analysis.endpoint)
        ),
    )


def limit_lines(groups: Sequence[Sheet], *, unit: str = "") -> Iterator[Line]:
    """Give the lines that count who lies at or beyond each limit, told with its unit."""
    asked = [(row.level, row.at) for part in groups for row in part if row.level in LIMITS]
    for level, at in dict.fromkeys(asked):
        found = [
            {row.statistic: row for row in part.only(level=level) if row.at == at}
            for part in groups
        ]
        yield Line(
            label=f"{LIMITS[level]} {trimmed(at, places=3)}{unit and f' {unit}'}",
            cells=tuple(
                part_of(rows.get("count"), rows.get("percent"), spell=percent) for rows in found
            ),
            depth=1,
        )


def tabulate_proportions(study: Study, sheet: Sheet, *, analysis: ProportionAnalysis) -> Table:
    """Return each proportion by group, with every interval and the categories of response."""
    lines = [
        line
        for endpoint in sheet.endpoints
        for line in _proportion(study, sheet, endpoint=endpoint)
    ]
    return Table(
        caption=analysis.title,
        columns=(Column(label="Endpoint"), *group_heads(study, sheet, by=analysis.by)),
        lines=tuple(lines),
        notes=notes_of(
            *method_notes(study, sheet), *population_notes(study, endpoints=sheet.endpoints)
        ),
    )


def _proportion(study: Study, sheet: Sheet, *, endpoint: str) -> Iterator[Line]:
    rows = sheet.only(endpoint=endpoint)
    groups = [rows.only(group=group) for group in sheet.groups]
    intervals = [level for level in rows.levels if rows.first("proportion", level=level)]
    categories = [level for level in rows.levels if rows.first("count", level=level)]
    yield Line(label=name_label(study, endpoint), heads=True)
    for level in intervals[:1]:
        yield Line(
            label="Subjects with success / N",
            cells=tuple(_of_n(part, level=level) for part in groups),
            depth=1,
        )
    for level in intervals:
        yield Line(
            label=f"Per cent (95 % CI, {interval_name(level)})",
            cells=tuple(_with_ends(part.only(level=level)) for part in groups),
            depth=1,
        )
    for level in categories:
        counts = [part.first("count", level=level) for part in groups]
        yield Line(
            label=_level_label(study, level, counts=counts, item=endpoint),
            cells=tuple(
                part_of(row, part.first("percent", level=level), spell=percent)
                for part, row in zip(groups, counts, strict=True)
            ),
            depth=2,
        )


def interval_name(level: str) -> str:
    """Return the name of an interval as its authors are written."""
    return {"clopper_pearson": "Clopper-Pearson", "wilson": "Wilson"}.get(level, level)


def _of_n(part: Sheet, *, level: str) -> Pieces:
    successes, n = part.first("successes", level=level), part.first("n", level=level)
    if successes is None:
        return say("")
    return (number(successes, count), Piece(text=" / "), number(n, count))


def _with_ends(part: Sheet) -> Pieces:
    ends = (part.first(statistic) for statistic in ("proportion", "lower", "upper"))
    return with_interval(*ends, spell=share)
