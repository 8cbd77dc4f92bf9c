"""Adverse events by worst grade: a table of counts, and bars of per cent, one panel a group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from equipoise.report.drawing import one_line, overlay, write, write_bold
from equipoise.report.formats import percent
from equipoise.report.heads import group_heads, method_notes
from equipoise.report.labels import group_label, in_words
from equipoise.report.palette import Colour, Grey, colours_of
from equipoise.report.sheet import Sheet
from equipoise.report.svg import WIDTH, Canvas, inches, picture
from equipoise.report.tables import (
    Column,
    Line,
    Over,
    Pieces,
    Table,
    counted,
    notes_of,
    say,
)
from equipoise.study.analyses import AdverseEventsAnalysis
from equipoise.study.study import Study

ANY_GRADE = "any_grade"
ANY_EVENT = "any_event"
BANDS = {"grade_1_2": "1\u20132", "grade_3_4": "3\u20134", "grade_5": "5"}
COLUMNS = {ANY_GRADE: "Any", **BANDS}
SHADES = {"grade_1_2": 0.35, "grade_3_4": 0.75, "grade_5": 1.0}
"""How strong the colour of each band of grades is."""

LEFT, GAP, LINE, HEAD, FOOT = 2.75, 0.3, 0.205, 0.62, 0.6
MOST_TERMS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TermBar:
    """Per cent of one group with a term, by band of worst grade, and of any grade."""

    term: str
    bands: tuple[float, ...]
    any_grade: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The bars of one group, most frequent term first."""

    label: str
    colour: Colour
    bars: tuple[TermBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventsPicture:
    """Panels side by side that share their terms, and how many terms are not shown."""

    panels: tuple[Panel, ...]
    left_out: int


def shown_groups(sheet: Sheet) -> tuple[str, ...]:
    """Return the groups that are compared; everybody only where there is no other."""
    parts = tuple(group for group in sheet.groups if group != "all")
    return parts or sheet.groups


def _terms(sheet: Sheet) -> list[str]:
    return [term for term in sheet.endpoints if term]


def term_label(sheet: Sheet, term: str) -> str:
    """Return a term in words."""
    row = sheet.first("count", endpoint=term, level=ANY_GRADE)
    return row.text if row is not None and row.text and row.value is not None else in_words(term)


def describe_adverse_events(
    study: Study, sheet: Sheet, *, analysis: AdverseEventsAnalysis
) -> AdverseEventsPicture:
    """Return the bars of the picture: the most frequent terms, one panel for each group."""
    groups = shown_groups(sheet)
    colours = colours_of(groups)
    terms = [term for term in _terms(sheet) if term != ANY_EVENT]
    panels = tuple(
        Panel(
            label=group_label(study, group, by=analysis.by),
            colour=colours[group],
            bars=tuple(_bar(sheet, term, group=group) for term in terms[:MOST_TERMS]),
        )
        for group in groups
    )
    return AdverseEventsPicture(panels=panels, left_out=max(len(terms) - MOST_TERMS, 0))


def _bar(sheet: Sheet, term: str, *, group: str) -> TermBar:
    rows = sheet.only(endpoint=term, group=group, statistic="percent")
    by_level = {row.level: row.value or 0.0 for row in rows}
    return TermBar(
        term=term_label(sheet, term),
        bands=tuple(by_level.get(band, 0.0) for band in BANDS),
        any_grade=by_level.get(ANY_GRADE, 0.0),
    )


def draw_adverse_events(shown: AdverseEventsPicture, *, canvas: Canvas) -> str:
    """Return the picture as an SVG element."""
    terms = [bar.term for bar in shown.panels[0].bars]
    height = HEAD + LINE * max(len(terms), 1) + FOOT
    wide = (WIDTH - LEFT - 0.25 - GAP * (len(shown.panels) - 1)) / len(shown.panels)

    def draw(figure: Figure) -> None:
        cover = overlay(figure)
        for place, term in enumerate(terms):
            label = one_line(term, inches=LEFT - 0.15, size=8.5)
            y = height - HEAD - LINE * (place + 0.5)
            write(cover, (LEFT - 0.08, y), label, side="right", size=8.5)
        for place, panel in enumerate(shown.panels):
            left = LEFT + place * (wide + GAP)
            axes = inches(figure, left=left, bottom=FOOT, right=WIDTH - left - wide, top=HEAD)
            _draw_panel(axes, panel)
            label = one_line(panel.label, inches=wide / 1.1)
            write_bold(cover, (left, height - 0.12), label, ink=panel.colour.ink)
            _draw_key(cover, panel, at=(left, height - 0.38))

    return picture(canvas, height=height, draw=draw)


def _draw_panel(axes: Axes, panel: Panel) -> None:
    axes.set(xlim=(0, 100), ylim=(max(len(panel.bars), 1), 0), xticks=range(0, 101, 25), yticks=[])
    axes.xaxis.set_major_formatter(PercentFormatter(decimals=0, symbol=""))
    axes.set_xlabel("Subjects, %")
    axes.grid(axis="x", color=Grey.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for place, bar in enumerate(panel.bars):
        start = 0.0
        for width, shade in zip(bar.bands, SHADES.values(), strict=True):
            axes.barh(
                place + 0.5,
                width,
                left=start,
                height=0.66,
                color=_shaded(panel.colour, shade),
                linewidth=0,
            )
            start += width
        if bar.any_grade > 0:
            at = max(start, bar.any_grade) + 1.5
            write(axes, (at, place + 0.5), percent(bar.any_grade), size=7.5, ink=Grey.SOFT.value)


def _shaded(colour: Colour, shade: float) -> tuple[float, float, float]:
    """Return a colour mixed with white; the strongest shade is the ink."""
    base = colour.ink if shade >= 1 else colour.line
    red, green, blue = (int(base[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return (1 - shade * (1 - red), 1 - shade * (1 - green), 1 - shade * (1 - blue))


def _draw_key(cover: Axes, panel: Panel, *, at: tuple[float, float]) -> None:
    x, y = at
    write(cover, (x, y), "Grade", size=7.5, ink=Grey.SOFT.value)
    for place, (band, label) in enumerate(BANDS.items()):
        start = x + 0.48 + 0.55 * place
        colour = _shaded(panel.colour, SHADES[band])
        cover.plot((start, start + 0.14), (y, y), color=colour, linewidth=7, solid_capstyle="butt")
        write(cover, (start + 0.2, y), label, size=7.5)


def tabulate_adverse_events(
    study: Study, sheet: Sheet, *, analysis: AdverseEventsAnalysis
) -> Table:
    """Return subjects by term and worst grade, n and per cent, for each group."""
    groups = shown_groups(sheet)
    heads = {head.label: head for head in group_heads(study, sheet, by=analysis.by)}
    labels = [group_label(study, group, by=analysis.by) for group in groups]
    grades = [Column(label=label, below="n (%)") for label in COLUMNS.values()]
    return Table(
        caption=analysis.title,
        columns=(Column(label="Term"), *(grade for _ in groups for grade in grades)),
        lines=tuple(line for term in _terms(sheet) for line in _lines(sheet, term, groups=groups)),
        notes=notes_of(
            *method_notes(study, sheet),
            f"Analysis set: {study.analysis_sets[analysis.population].label}.",
        ),
        over=tuple(
            Over(
                label=f"{label}, {heads[label].below}" if heads[label].below else label,
                width=len(COLUMNS),
                colour=heads[label].colour,
            )
            for label in labels
        ),
    )


def _lines(sheet: Sheet, term: str, *, groups: tuple[str, ...]) -> Iterator[Line]:
    rows = sheet.only(endpoint=term)
    yield Line(
        label=term_label(sheet, term),
        cells=tuple(_cell(rows, group=group, level=level) for group in groups for level in COLUMNS),
    )
    for level in rows.levels:
        if level not in COLUMNS:
            said = next(row.text for row in rows.only(level=level))
            empty = tuple(say("") for _ in BANDS)
            cells = (
                cell for group in groups for cell in (_cell(rows, group=group, level=level), *empty)
            )
            yield Line(label=said or in_words(level), cells=tuple(cells), depth=1)


def _cell(rows: Sheet, *, group: str, level: str) -> Pieces:
    """Return `57 (95.0)`; 0 alone where nobody is counted."""
    count = rows.first("count", group=group, level=level)
    return counted(count, rows.first("percent", group=group, level=level), spell=percent)
