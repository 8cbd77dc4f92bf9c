"""Proportions as dots with their intervals, one line for each endpoint and group."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from equipoise.report.drawing import one_line, overlay, write, write_bold
from equipoise.report.formats import TO, share
from equipoise.report.labels import group_label, name_label
from equipoise.report.palette import BLACK, Colour, Grey, colours_of
from equipoise.report.sheet import Sheet
from equipoise.report.svg import Canvas, inches, picture
from equipoise.study.analyses import ProportionAnalysis
from equipoise.study.study import Study

LEFT, RIGHT, LINE, FOOT = 3.1, 1.75, 0.23, 0.62


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One proportion, in per cent: estimate and ends of its interval."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DotLine:
    """One line of the picture; without a dot it is the heading of an endpoint.

    Attributes
    ----------
    label, colour
        Endpoint or group, and its colour.
    dot : Dot or None
        Where its mark stands.
    told : str
        The same in figures.
    """

    label: str
    colour: Colour
    dot: Dot | None = None
    told: str = ""


def describe_proportions(
    study: Study, sheet: Sheet, *, analysis: ProportionAnalysis
) -> tuple[DotLine, ...]:
    """Return the lines of the picture, with the first kind of interval of the analysis."""
    return tuple(
        line
        for endpoint in sheet.endpoints
        for line in _endpoint(study, sheet.only(endpoint=endpoint), analysis=analysis)
    )


def _endpoint(study: Study, rows: Sheet, *, analysis: ProportionAnalysis) -> tuple[DotLine, ...]:
    (endpoint, *_) = rows.endpoints
    first = rows.only(level=analysis.intervals[0])
    colours = colours_of(rows.groups)
    dots = tuple(
        _line(
            first.only(group=group),
            label=group_label(study, group, by=analysis.by),
            colour=colours[group],
        )
        for group in first.groups
        if first.value("n", group=group) != 0
    )
    return (DotLine(label=name_label(study, endpoint), colour=BLACK), *dots)


def _line(rows: Sheet, *, label: str, colour: Colour) -> DotLine:
    estimate, lower, upper = (rows.value(end) for end in ("proportion", "lower", "upper"))
    told = f"{share(estimate)} ({share(lower)}{TO}{share(upper)})"
    if estimate is None or lower is None or upper is None:
        return DotLine(label=label, colour=colour, told=told)
    dot = Dot(estimate=100 * estimate, lower=100 * lower, upper=100 * upper)
    return DotLine(label=label, colour=colour, dot=dot, told=told)


def draw_proportions(lines: tuple[DotLine, ...], *, canvas: Canvas) -> str:
    """Return the picture as an SVG element."""
    height = LINE * len(lines) + FOOT + 0.3

    def draw(figure: Figure) -> None:
        axes = inches(figure, left=LEFT, bottom=FOOT, right=RIGHT, top=0.3)
        _draw_axes(axes, lines)
        cover = overlay(figure)
        write(cover, (8 - 0.1, height - 0.14), "% (95 % CI)", side="right", size=8)
        for place, line in enumerate(lines):
            _write_line(cover, line, y=height - 0.3 - LINE * (place + 0.5))

    return picture(canvas, height=height, draw=draw)


def _draw_axes(axes: Axes, lines: tuple[DotLine, ...]) -> None:
    axes.set(xlim=(0, 100), ylim=(len(lines), 0), xticks=range(0, 101, 20), yticks=[])
    axes.set_xlabel("Subjects with success, %")
    axes.grid(axis="x", color=Grey.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    for place, line in enumerate(lines):
        if line.dot is not None:
            y, dot, colour = place + 0.5, line.dot, line.colour.line
            axes.plot((dot.lower, dot.upper), (y, y), color=colour, linewidth=1.6, clip_on=False)
            axes.plot(dot.estimate, y, marker="s", markersize=6, color=colour, clip_on=False)


def _write_line(cover: Axes, line: DotLine, *, y: float) -> None:
    heading = not line.told
    label = one_line(line.label, inches=5.5 if heading else LEFT - 0.45)
    if heading:
        write_bold(cover, (0.08, y), label)
    else:
        write(cover, (0.25, y), label, ink=line.colour.ink)
        write(cover, (8 - 0.1, y), line.told, side="right")
