"""A design under other assumptions: a table with a line each, and a picture of its power."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from equipoise.design.survival.exploring import Assumption, Exploration, Explored
from equipoise.report.formats import ABSENT, decimal, share
from equipoise.report.palette import GROUP_COLOURS, Colour, Grey
from equipoise.report.svg import Canvas, inches, picture
from equipoise.report.tables import Column, Line, Pieces, Table, say

LABELS = {
    Assumption.HAZARD_RATIO: "Hazard ratio",
    Assumption.CONTROL_MEDIAN: "Control median, months",
    Assumption.DROPOUT: "Dropout per year",
    Assumption.ACCRUAL: "Accrual, months",
    Assumption.SUBJECTS: "Subjects",
    Assumption.EVENTS: "Events at the last look",
    Assumption.ALPHA: "Alpha, one-sided",
}


def tabulate_exploration(explored: Exploration, *, looks: int) -> Table:
    """Return one line for each combination; one that is no design says why."""
    heads = [LABELS[axis.assumption] for axis in explored.axes]
    months = [f"Look {look}, month" for look in range(1, looks + 1)]
    columns = (*heads, "Power, %", *months, "Expected end, month", "Expected events")
    return Table(
        caption="The design under other assumptions",
        columns=tuple(Column(label=head) for head in columns),
        lines=tuple(_line(row, looks=looks) for row in explored.rows),
    )


def _line(row: Explored, *, looks: int) -> Line:
    label, *others = (f"{value:g}" for value in row.values)
    return Line(label=label, cells=(*(say(other) for other in others), *_found(row, looks=looks)))


def _found(row: Explored, *, looks: int) -> tuple[Pieces, ...]:
    if row.refused is not None:
        empty = [say(ABSENT)] * (looks + 2)
        return (say(row.refused), *empty)
    return (
        say(share(row.power)),
        *(say(decimal(month)) for month in row.look_months),
        say(decimal(row.expected_months)),
        say(decimal(row.expected_events)),
    )


def draw_exploration(explored: Exploration, *, canvas: Canvas) -> str:
    """Return power and expected end over the first axis, a line for each value of the others."""
    lines: dict[tuple[float, ...], list[Explored]] = {}
    for row in explored.rows:
        if row.refused is None:
            lines.setdefault(row.values[1:], []).append(row)

    def draw(figure: Figure) -> None:
        beside = 1.9 if len(explored.axes) > 1 else 0.35
        width = (8 - 0.75 - beside - 0.85) / 2
        power = inches(figure, left=0.75, right=8 - 0.75 - width, bottom=0.6, top=0.3)
        end = inches(figure, left=8 - beside - width, right=beside, bottom=0.6, top=0.3)
        for place, (others, rows) in enumerate(lines.items()):
            colour = GROUP_COLOURS[place % len(GROUP_COLOURS)]
            name = _named(explored, others)
            _draw_rows(power, rows, heights=[_percent(row) for row in rows], colour=colour)
            months = [row.expected_months or 0.0 for row in rows]
            _draw_rows(end, rows, heights=months, colour=colour, name=name)
        for axes, title in ((power, "Power, %"), (end, "Expected end, month")):
            axes.set_title(title)
            axes.set_xlabel(LABELS[explored.axes[0].assumption])
            axes.grid(axis="y", color=Grey.GRID, linewidth=0.6)
        if len(explored.axes) > 1:
            end.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False, fontsize=8)

    return picture(canvas, height=3.4, draw=draw)


def _draw_rows(
    axes: Axes, rows: list[Explored], *, heights: list[float], colour: Colour, name: str = ""
) -> None:
    order = sorted(range(len(rows)), key=lambda place: rows[place].values[0])
    axes.plot(
        [rows[place].values[0] for place in order],
        [heights[place] for place in order],
        color=colour.line,
        linewidth=1.6,
        marker="o",
        markersize=3.5,
        label=name,
    )


def _percent(row: Explored) -> float:
    return 100 * (row.power or 0.0)


def _named(explored: Exploration, others: tuple[float, ...]) -> str:
    named = (
        f"{LABELS[axis.assumption].partition(',')[0].lower()} {value:g}"
        for axis, value in zip(explored.axes[1:], others, strict=True)
    )
    return "\n".join(named)
