"""The CONSORT diagram: boxes with places on the page, arrows between them, then the drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from equipoise.report.drawing import fitted, overlay, write, write_bold
from equipoise.report.flow_boxes import Flow, FlowBox
from equipoise.report.palette import Grey
from equipoise.report.svg import WIDTH, Canvas, picture

LINE, PAD, GAP = 0.2, 0.09, 0.3
"""Height of a line, padding in a box, and space between boxes, in inches."""
MIDDLE_BOX, SIDE_BOX, MARGIN = 2.6, 3.35, 0.06
SIZE = 8.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of a box: its text, how far it is set in, and whether it is the heading."""

    text: str
    depth: int = 0
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A box with its place: left and top edge, width and height in inches from the top left."""

    lines: tuple[Words, ...]
    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its vertical middle line is."""
        return self.left + self.width / 2

    @property
    def bottom(self) -> float:
        """Where its lower edge is."""
        return self.top + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A line through some points, with a head at its last."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The diagram: boxes, arrows, and its height in inches."""

    boxes: tuple[Placed, ...]
    arrows: tuple[Arrow, ...]
    height: float


def lay_out(flow: Flow) -> Chart:
    """Return the diagram of a flow: exclusions to the side, arms side by side in equal rows."""
    entry = _centred(flow.entry, top=MARGIN)
    aside = None if flow.aside is None else _side(flow.aside, top=entry.bottom + GAP / 2)
    below = entry.bottom + GAP if aside is None else aside.bottom + GAP / 2
    entered = _centred(flow.entered, top=below)
    columns = _columns(flow, top=entered.bottom + 1.6 * GAP)
    boxes = [entry, *([aside] if aside else []), entered, *(box for one in columns for box in one)]
    arrows = [_down(entry, entered), *_sideways(entry, aside), *_fan(entered, columns)]
    arrows += [_down(upper, lower) for one in columns for upper, lower in pairwise(one)]
    height = max(box.bottom for box in boxes) + MARGIN
    return Chart(boxes=tuple(boxes), arrows=tuple(arrows), height=height)


def _lines(box: FlowBox, *, width: float) -> tuple[Words, ...]:
    inside = width - 2 * PAD
    heading = fitted(box.heading, inches=inside / 1.12, size=SIZE) if box.heading else ()
    tallies = tuple(
        Words(text=text, depth=tally.depth)
        for tally in box.tallies
        for text in fitted(str(tally), inches=inside - 0.14 * tally.depth, size=SIZE)
    )
    return (*(Words(text=text, bold=True) for text in heading), *tallies)


def _placed(box: FlowBox, *, left: float, top: float, width: float) -> Placed:
    lines = _lines(box, width=width)
    height = LINE * len(lines) + 2 * PAD
    return Placed(lines=lines, left=left, top=top, width=width, height=height)


def _centred(box: FlowBox, *, top: float) -> Placed:
    return _placed(box, left=(WIDTH - MIDDLE_BOX) / 2, top=top, width=MIDDLE_BOX)


def _side(box: FlowBox, *, top: float) -> Placed:
    return _placed(box, left=WIDTH - SIDE_BOX - MARGIN, top=top, width=SIDE_BOX)


def _columns(flow: Flow, *, top: float) -> tuple[tuple[Placed, ...], ...]:
    """Return the boxes of each arm; boxes of one row have one height."""
    if not flow.arms:
        return ()
    wide = (WIDTH - 2 * MARGIN - GAP * (len(flow.arms) - 1)) / len(flow.arms)
    width = min(wide, 4.2)
    start = (WIDTH - len(flow.arms) * width - GAP * (len(flow.arms) - 1)) / 2
    columns: list[list[Placed]] = [[] for _ in flow.arms]
    for row in range(max(len(arm) for arm in flow.arms)):
        placed = {
            place: _placed(arm[row], left=start + place * (width + GAP), top=top, width=width)
            for place, arm in enumerate(flow.arms)
            if row < len(arm)
        }
        height = max(box.height for box in placed.values())
        for place, box in placed.items():
            columns[place].append(replace(box, height=height))
        top += height + GAP
    return tuple(tuple(column) for column in columns)


def _down(upper: Placed, lower: Placed) -> Arrow:
    return Arrow(points=((upper.middle, upper.bottom), (lower.middle, lower.top)))


def _sideways(entry: Placed, aside: Placed | None) -> Iterator[Arrow]:
    if aside is not None:
        y = aside.top + aside.height / 2
        yield Arrow(points=((entry.middle, y), (aside.left, y)))


def _fan(entered: Placed, columns: tuple[tuple[Placed, ...], ...]) -> Iterator[Arrow]:
    """Give the arrows from the box above to the first box of each arm."""
    for column in columns:
        first = column[0]
        bend = (entered.bottom + first.top) / 2
        start, end = (entered.middle, entered.bottom), (first.middle, first.top)
        yield Arrow(points=(start, (entered.middle, bend), (first.middle, bend), end))


def draw_flow(chart: Chart, *, canvas: Canvas) -> str:
    """Return the diagram as an SVG element."""

    def draw(figure: Figure) -> None:
        cover = overlay(figure)
        cover.set_ylim(chart.height, 0)
        for arrow in chart.arrows:
            _draw_arrow(cover, arrow)
        for box in chart.boxes:
            _draw_box(cover, box)

    return picture(canvas, height=chart.height, draw=draw)


def _draw_arrow(cover: Axes, arrow: Arrow) -> None:
    xs, ys = zip(*arrow.points, strict=True)
    cover.plot(xs[:-1], ys[:-1], color=Grey.SOFT, linewidth=1.0)
    cover.annotate(
        "",
        xy=arrow.points[-1],
        xytext=arrow.points[-2],
        arrowprops={
            "arrowstyle": "-|>",
            "color": Grey.SOFT.value,
            "linewidth": 1.0,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def _draw_box(cover: Axes, box: Placed) -> None:
    cover.add_patch(
        Rectangle(
            (box.left, box.top),
            box.width,
            box.height,
            facecolor="none",
            edgecolor=Grey.SOFT.value,
            linewidth=0.9,
        )
    )
    for place, line in enumerate(box.lines):
        at = (box.left + PAD + 0.14 * line.depth, box.top + PAD + LINE * (place + 0.5))
        if line.bold:
            write_bold(cover, at, line.text, size=SIZE)
        else:
            write(cover, at, line.text, size=SIZE)
