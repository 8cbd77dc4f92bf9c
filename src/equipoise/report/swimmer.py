"""The swimmer plot: one lane a subject, what happened on it, and whether it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from equipoise.report.drawing import overlay, write, write_bold
from equipoise.report.labels import group_label, time_label
from equipoise.report.palette import Colour, Grey, colours_of
from equipoise.report.sheet import Sheet
from equipoise.report.svg import Canvas, inches, picture
from equipoise.study.analyses import SwimmerAnalysis, TimeUnit
from equipoise.study.study import Study

LEFT, RIGHT, HEAD, FOOT = 0.2, 0.3, 0.38, 0.55
TALLEST, THINNEST, THICKEST = 6.8, 0.03, 0.17
"""Inches of all lanes together, and of one lane at the least and at the most."""

TREATED = (("first_dose", "last_dose"), ("first_adjuvant_dose", "last_adjuvant_dose"))
"""Marks that begin and end a time on treatment."""
ONGOING = "ongoing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """How a kind of mark is drawn: matplotlib's marker, its colour, its size, and its name."""

    marker: str
    colour: str
    size: float
    label: str


SYMBOLS: Mapping[str, Symbol] = {
    "scan": Symbol(marker="|", colour="#57606A", size=0.9, label="Scan"),
    "surgery": Symbol(marker="D", colour="#1B1F24", size=0.95, label="Surgery"),
    "recurrence": Symbol(marker="^", colour="#E69F00", size=1.25, label="Recurrence"),
    "progression": Symbol(marker="s", colour="#CC79A7", size=1.05, label="Progression"),
    "death": Symbol(marker="X", colour="#A3130B", size=1.2, label="Death"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One subject.

    Attributes
    ----------
    subject : str
        Number of the subject.
    length : float
        Months from the start of the clock to the end of the lane.
    ongoing : bool
        Whether follow-up goes on (an arrow at the end).
    treated : tuple of (month, month)
        Times on treatment.
    marks : tuple of (kind, month)
        What happened, one of the symbols each.
    """

    subject: str
    length: float
    ongoing: bool
    treated: tuple[tuple[float, float], ...]
    marks: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The lanes of one group, the longest first."""

    label: str
    colour: Colour
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swimmer:
    """What the picture shows: lanes by group, and what the time axis is called."""

    pools: tuple[Pool, ...]
    time_label: str

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """All lanes, from the top."""
        return tuple(lane for pool in self.pools for lane in pool.lanes)


def describe_swimmer(study: Study, sheet: Sheet, *, analysis: SwimmerAnalysis) -> Swimmer:
    """Return the lanes of the picture, by group and from the longest to the shortest."""
    colours = colours_of(sheet.groups)
    return Swimmer(
        pools=tuple(
            Pool(
                label=group_label(study, group, by=analysis.by),
                colour=colours[group],
                lanes=_lanes(sheet.only(group=group)),
            )
            for group in sheet.groups
        ),
        time_label=time_label(study, endpoint=analysis.endpoint, unit=TimeUnit.MONTHS),
    )


def _lanes(rows: Sheet) -> tuple[Lane, ...]:
    by_subject: dict[str, list[tuple[str, float, str | None]]] = {}
    for row in rows:
        if row.subject is not None and row.value is not None:
            by_subject.setdefault(row.subject, []).append((row.level, row.value, row.text))
    lanes = (_lane(subject, marks) for subject, marks in by_subject.items())
    return tuple(sorted(lanes, key=lambda lane: (-lane.length, lane.subject)))


def _lane(subject: str, marks: list[tuple[str, float, str | None]]) -> Lane:
    when = {level: month for level, month, _ in marks}
    return Lane(
        subject=subject,
        length=when.get("end", max(when.values())),
        ongoing=any(level == "end" and text == ONGOING for level, _, text in marks),
        treated=tuple(
            (when[first], when[last]) for first, last in TREATED if {first, last} <= when.keys()
        ),
        marks=tuple((level, month) for level, month, _ in marks if level in SYMBOLS),
    )


def draw_swimmer(shown: Swimmer, *, canvas: Canvas) -> str:
    """Return the picture as an SVG element; the lanes get thinner as they get more."""
    rows = len(shown.lanes) + len(shown.pools)
    lane = min(max(TALLEST / max(rows, 1), THINNEST), THICKEST)
    heading = max(0.2, lane)
    plot = lane * len(shown.lanes) + heading * len(shown.pools)
    height = HEAD + plot + FOOT

    def draw(figure: Figure) -> None:
        axes = inches(figure, left=LEFT, bottom=FOOT, right=RIGHT, top=HEAD)
        _draw_axes(axes, shown, height=plot)
        _draw_key(overlay(figure), top=height)
        top = 0.0
        for pool in shown.pools:
            write_bold(axes, (0, top + heading / 2), pool.label, size=8.5, ink=pool.colour.ink)
            top += heading
            _draw_pool(axes, pool, top=top, lane=lane)
            top += lane * len(pool.lanes)

    return picture(canvas, height=height, draw=draw)


def _draw_axes(axes: Axes, shown: Swimmer, *, height: float) -> None:
    longest = max((lane.length for lane in shown.lanes), default=1.0)
    step = next((step for step in (1, 3, 6, 12, 24) if longest <= 10 * step), 60)
    axes.set(xlim=(0, longest * 1.03), ylim=(max(height, 0.2), 0), yticks=[])
    axes.set_xticks(range(0, int(longest) + 1, step))
    axes.set_xlabel(shown.time_label)
    axes.grid(axis="x", color=Grey.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


def _draw_pool(axes: Axes, pool: Pool, *, top: float, lane: float) -> None:
    """Draw the lanes of one group; a kind of thing is drawn in one go."""
    heights = [top + lane * (place + 0.5) for place in range(len(pool.lanes))]
    points = 72 * lane
    ends = [one.length for one in pool.lanes]
    axes.hlines(heights, 0, ends, color=pool.colour.line, linewidth=0.55 * points, alpha=0.32)
    treated = [
        (height, first, max(last, first + 0.1))
        for height, one in zip(heights, pool.lanes, strict=True)
        for first, last in one.treated
    ]
    if treated:
        ys, starts, stops = zip(*treated, strict=True)
        axes.hlines(ys, starts, stops, color=pool.colour.line, linewidth=0.75 * points)
    _draw_marks(axes, pool, heights=heights, points=points)
    going = [(one.length, y) for y, one in zip(heights, pool.lanes, strict=True) if one.ongoing]
    if going:
        xs, ys = zip(*going, strict=True)
        axes.plot(
            xs,
            ys,
            linestyle="none",
            marker=">",
            markersize=_size(points, 0.85),
            markeredgewidth=0,
            color=pool.colour.ink,
            clip_on=False,
        )


def _size(points: float, size: float) -> float:
    return min(7.0, max(3.0, points * size))


def _draw_marks(axes: Axes, pool: Pool, *, heights: list[float], points: float) -> None:
    for kind, symbol in SYMBOLS.items():
        places = [
            (month, height)
            for height, lane in zip(heights, pool.lanes, strict=True)
            for level, month in lane.marks
            if level == kind
        ]
        if places:
            xs, ys = zip(*places, strict=True)
            axes.plot(
                xs,
                ys,
                linestyle="none",
                marker=symbol.marker,
                markersize=_size(points, symbol.size),
                color=symbol.colour,
                markeredgewidth=0.7 if symbol.marker == "|" else 0.3,
                markeredgecolor=symbol.colour if symbol.marker == "|" else "white",
                clip_on=False,
            )


def _draw_key(cover: Axes, *, top: float) -> None:
    y = top - 0.15
    x = LEFT + 0.08
    for symbol in SYMBOLS.values():
        cover.plot(x, y, marker=symbol.marker, markersize=6, color=symbol.colour)
        write(cover, (x + 0.12, y), symbol.label, size=8)
        x += 0.42 + 0.072 * len(symbol.label)
    cover.plot((x, x + 0.25), (y, y), color=Grey.SOFT, linewidth=4, solid_capstyle="butt")
    write(cover, (x + 0.32, y), "On treatment", size=8)
    cover.plot(x + 1.45, y, marker=">", markersize=6, color=Grey.SOFT)
    write(cover, (x + 1.57, y), "Still followed", size=8)
