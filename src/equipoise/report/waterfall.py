"""The waterfall: best change of each subject, sorted, in the colour of the group."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from equipoise.report.drawing import overlay, write
from equipoise.report.formats import MINUS
from equipoise.report.labels import group_label
from equipoise.report.palette import Colour, Grey, colours_of
from equipoise.report.sheet import Sheet
from equipoise.report.svg import WIDTH, Canvas, inches, picture
from equipoise.study.analyses import WaterfallAnalysis
from equipoise.study.endpoints import ResponseEndpoint
from equipoise.study.response import is_irecist
from equipoise.study.study import Study

LEFT, RIGHT, HEAD, FOOT, PLOT = 0.75, 0.55, 0.2, 0.15, 3.4
RESPONSE, PROGRESSION = -30.0, 20.0
"""Per cent at which RECIST 1.1 speaks of partial response and of progression."""
TALLEST = 120.0

LETTERS = {
    "CR": "C",
    "PR": "P",
    "SD": "S",
    "NON-CR/NON-PD": "X",
    "PD": "D",
    "NE": "N",
    "iCR": "C",
    "iPR": "P",
    "iSD": "S",
    "NON-iCR/NON-iUPD": "X",
    "iCPD": "D",
    "iUPD": "U",
}
_LEGEND = "C complete response, P partial response, S stable disease, D progressive disease"
_ILEGEND = "C iCR, P iPR, S iSD, D iCPD (confirmed progression), U iUPD (unconfirmed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One subject: change in per cent, colour of the group, and letter of the best response."""

    subject: str
    change: float
    colour: Colour
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """What the picture shows: bars from growth to shrinkage, and the groups' colours."""

    bars: tuple[Bar, ...]
    groups: tuple[tuple[str, Colour], ...]
    value_label: str


def legend(study: Study, *, endpoint: str) -> str:
    """Return what the letters mean, by the criteria of a response endpoint."""
    found = study.endpoints[endpoint]
    irecist = isinstance(found, ResponseEndpoint) and is_irecist(found.criteria)
    return _ILEGEND if irecist else _LEGEND


def describe_waterfall(study: Study, sheet: Sheet, *, analysis: WaterfallAnalysis) -> Waterfall:
    """Return the bars of the picture; subjects without a change have none."""
    colours = colours_of(sheet.groups)
    bars = [
        Bar(
            subject=row.subject,
            change=row.value,
            colour=colours[row.group],
            letter=LETTERS.get(row.text or "", ""),
        )
        for row in sheet
        if row.subject is not None and row.value is not None
    ]
    shown = [group for group in sheet.groups if any(row.subject for row in sheet.only(group=group))]
    return Waterfall(
        bars=tuple(sorted(bars, key=lambda bar: (-bar.change, bar.subject))),
        groups=tuple(
            (group_label(study, group, by=analysis.by), colours[group]) for group in shown
        ),
        value_label="Best change from baseline, %",
    )


def draw_waterfall(shown: Waterfall, *, canvas: Canvas) -> str:
    """Return the picture as an SVG element."""
    head = HEAD + 0.2 * len(shown.groups)
    height = head + PLOT + FOOT

    def draw(figure: Figure) -> None:
        axes = inches(figure, left=LEFT, bottom=FOOT, right=RIGHT, top=head)
        _draw_axes(axes, shown)
        _draw_bars(axes, shown)
        cover = overlay(figure)
        for place, (label, colour) in enumerate(shown.groups):
            y = height - 0.15 - 0.2 * place
            cover.plot((0.1, 0.3), (y, y), color=colour.line, linewidth=7, solid_capstyle="butt")
            write(cover, (0.4, y), label, ink=colour.ink)

    return picture(canvas, height=height, draw=draw)


def _draw_axes(axes: Axes, shown: Waterfall) -> None:
    changes = [bar.change for bar in shown.bars]
    top = min(max(*changes, PROGRESSION, 0) + 12, TALLEST)
    bottom = max(min(*changes, RESPONSE, 0) - 12, -108)
    axes.set(xlim=(-0.8, max(len(shown.bars), 12) - 0.2), ylim=(bottom, top), xticks=[])
    ticks = [tick for tick in range(-100, 121, 20) if bottom <= tick <= top]
    axes.set_yticks(ticks, [f"{MINUS if tick < 0 else ''}{abs(tick)}" for tick in ticks])
    axes.set_ylabel(shown.value_label)
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=Grey.LINE, linewidth=0.8)
    for limit, words in ((PROGRESSION, "+20 %"), (RESPONSE, f"{MINUS}30 %")):
        axes.axhline(limit, color=Grey.SOFT, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.annotate(
            words,
            (1, limit),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )


def _draw_bars(axes: Axes, shown: Waterfall) -> None:
    axes.bar(
        range(len(shown.bars)),
        [min(bar.change, TALLEST) for bar in shown.bars],
        width=0.82,
        color=[bar.colour.line for bar in shown.bars],
        edgecolor=[bar.colour.line for bar in shown.bars],
        linewidth=0.4,
    )
    points = 72 * (WIDTH - LEFT - RIGHT) / max(len(shown.bars), 12)
    size = min(8.0, max(4.0, points / 0.75))
    for place, bar in enumerate(shown.bars):
        up = bar.change > 0
        axes.annotate(
            bar.letter,
            (place, min(bar.change, TALLEST - 6)),
            xytext=(0, 2 if up else -2),
            textcoords="offset points",
            ha="center",
            va="bottom" if up else "top",
            fontsize=size,
            color=bar.colour.ink,
        )
