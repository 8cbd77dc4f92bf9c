"""Pictures of a design: its boundary on four scales, power, calendar, and the size it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from equipoise.design import GroupSequentialSurvival
from equipoise.design.survival.views import CalendarPoint, PowerPoint, SizePoint
from equipoise.report.formats import decimal, ratio, share
from equipoise.report.palette import BLACK, BLUE, VERMILLION, Grey
from equipoise.report.svg import Canvas, inches, picture

LEFT, RIGHT = 0.75, 0.35
DOT = 5.0

Drawing = Callable[[Axes, GroupSequentialSurvival], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One scale of the boundary: what is drawn, and what its axis is called."""

    title: str
    draw: Drawing


def draw_boundaries(design: GroupSequentialSurvival, *, canvas: Canvas) -> str:
    """Return the boundary on the scales of Z, p, hazard ratio (and its logarithm), and error."""
    panels = (
        Panel(title="Z at the boundary", draw=_draw_z),
        Panel(title="One-sided p at the boundary", draw=_draw_p),
        Panel(title="Hazard ratio at the boundary", draw=_draw_ratio),
        Panel(title="Spent and reached, %", draw=_draw_spent),
    )

    def draw(figure: Figure) -> None:
        for place, panel in enumerate(panels):
            row, column = divmod(place, 2)
            axes = inches(
                figure,
                left=LEFT + 4.05 * column,
                right=RIGHT + 4.15 * (1 - column) + 0.2,
                bottom=0.55 + 2.7 * (1 - row),
                top=0.35 + 2.7 * row,
            )
            axes.set_title(panel.title)
            panel.draw(axes, design)
            _finish_events(axes, design)

    return picture(canvas, height=5.4, draw=draw)


def _finish_events(axes: Axes, design: GroupSequentialSurvival) -> None:
    events = [look.events for look in design.looks]
    axes.set_xlim(0, 1.3 * events[-1])
    axes.set_xticks([0, *events], ["0", *(str(count) for count in events)])
    axes.set_xlabel("Events")
    axes.grid(axis="y", color=Grey.GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def _draw_z(axes: Axes, design: GroupSequentialSurvival) -> None:
    bounds = [look.z for look in design.looks]
    _draw_line(axes, design, heights=bounds)
    for look in design.looks:
        _tell(axes, (look.events, look.z), decimal(look.z, places=3), below=False)
    axes.axhline(0, color=Grey.LINE, linewidth=0.8)
    lowest = _draw_giving_up(axes, design)
    axes.set_ylim(min(-0.4, lowest - 0.3), max(max(bounds) * 1.2, 2.5))


def _draw_giving_up(axes: Axes, design: GroupSequentialSurvival) -> float:
    """Draw the futility bound on Z where there is one, and return its lowest place."""
    places = [(look.events, look.futility_z) for look in design.looks if look.futility_z > -inf]
    if len(places) < 2:  # at the last look it always meets the efficacy bound
        return 0.0
    events, bounds = zip(*places, strict=True)
    axes.plot(
        events,
        bounds,
        color=VERMILLION.line,
        linewidth=1.4,
        linestyle="--",
        marker="o",
        markersize=3,
    )
    for event, bound in places[:-1]:
        _tell(axes, (event, bound), decimal(bound, places=3), ink=VERMILLION.ink)
    return float(min(bounds))


def _draw_p(axes: Axes, design: GroupSequentialSurvival) -> None:
    levels = [look.nominal_p for look in design.looks]
    _draw_line(axes, design, heights=levels)
    for look in design.looks:
        _tell(axes, (look.events, look.nominal_p), decimal(look.nominal_p, places=5))
    axes.set_yscale("log")
    axes.set_ylim(min(levels) / 4, 0.08)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda level, _: f"{level:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    alpha = design.assumptions.alpha_one_sided
    axes.axhline(alpha, color=Grey.SOFT, linewidth=0.8, linestyle=(0, (2, 2)))
    axes.text(0, alpha * 1.12, f" level {alpha:g}", fontsize=8, color=Grey.SOFT, va="bottom")


def _draw_ratio(axes: Axes, design: GroupSequentialSurvival) -> None:
    ratios = [look.hazard_ratio for look in design.looks]
    _draw_line(axes, design, heights=ratios)
    for look in design.looks:
        _tell(axes, (look.events, look.hazard_ratio), ratio(look.hazard_ratio))
    assumed = design.assumptions.hazard_ratio
    low = 0.85 * min(*ratios, assumed)
    axes.set_yscale("log")
    axes.set_ylim(low, 1.08)
    ticks = [tick / 10 for tick in range(1, 11) if low < tick / 10 <= 1]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.axhline(assumed, color=Grey.SOFT, linewidth=0.8, linestyle=(0, (2, 2)))
    axes.text(0, assumed * 1.01, f" assumed {assumed:g}", fontsize=8, color=Grey.SOFT, va="bottom")
    beta = axes.twinx()
    beta.set_ylim(log(low), log(1.08))
    beta.set_ylabel("log hazard ratio (\u03b2)", fontsize=8)
    beta.spines["right"].set_visible(True)


def _draw_spent(axes: Axes, design: GroupSequentialSurvival) -> None:
    events = [0, *(look.events for look in design.looks)]
    power = [0.0, *(100 * look.cumulative_power for look in design.looks)]
    alpha = [0.0, *(100 * look.cumulative_alpha for look in design.looks)]
    for heights, colour in ((power, BLUE), (alpha, VERMILLION)):
        axes.plot(events, heights, color=colour.line, linewidth=1.6, marker="o", markersize=DOT)
    for look in design.looks:
        reached, spent = 100 * look.cumulative_power, 100 * look.cumulative_alpha
        axes.annotate(
            f"power {decimal(reached)}",
            (look.events, reached),
            xytext=(-5, 4),
            textcoords="offset points",
            ha="right",
            fontsize=8,
            color=BLUE.ink,
        )
        words = f"\u03b1 {spent:.2f}"
        _tell(axes, (look.events, spent), words, ink=VERMILLION.ink, below=False)
    axes.set_ylim(-4, 105)


def _draw_line(axes: Axes, design: GroupSequentialSurvival, *, heights: Sequence[float]) -> None:
    events = [look.events for look in design.looks]
    axes.plot(events, heights, color=BLUE.line, linewidth=1.6, marker="o", markersize=DOT)


def _tell(
    axes: Axes,
    at: tuple[float, float],
    words: str,
    *,
    ink: str = Grey.INK.value,
    below: bool = True,
) -> None:
    """Write words to the right of a point, below a line that rises and above one that falls."""
    axes.annotate(
        words,
        at,
        xytext=(6, -4 if below else 3),
        textcoords="offset points",
        va="top" if below else "bottom",
        fontsize=8,
        color=ink,
    )


def draw_power(
    curve: Sequence[PowerPoint], *, design: GroupSequentialSurvival, canvas: Canvas
) -> str:
    """Return the probability of crossing by each look, over the true hazard ratio."""

    def draw(figure: Figure) -> None:
        axes = inches(figure, left=LEFT, right=1.6, bottom=0.6, top=0.25)
        ratios = [point.hazard_ratio for point in curve]
        for place, look in enumerate(design.looks):
            final = look is design.looks[-1]
            reached = [100 * point.reached[place] for point in curve]
            colour = BLUE.line if final else Grey.LINE.value
            axes.plot(ratios, reached, color=colour, linewidth=2.0 if final else 1.2)
        _name_looks(axes, curve, design=design)
        _mark_assumed(axes, design)
        axes.set(xlim=(min(ratios), max(ratios)), ylim=(0, 101), yticks=range(0, 101, 20))
        axes.set_xlabel("True hazard ratio")
        axes.set_ylabel("Boundary crossed, %")
        axes.grid(axis="y", color=Grey.GRID, linewidth=0.6)

    return picture(canvas, height=3.4, draw=draw)


def _name_looks(
    axes: Axes, curve: Sequence[PowerPoint], *, design: GroupSequentialSurvival
) -> None:
    """Name each line at its right end, where the lines lie apart least: so by rank, spread out."""
    last = curve[-1]
    for place, look in enumerate(design.looks):
        final = look is design.looks[-1]
        name = f"by {'the last look' if final else f'look {place + 1}'} ({look.events})"
        axes.annotate(
            name,
            (last.hazard_ratio, 100 * last.reached[place]),
            xytext=(6, 11 * place),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=BLUE.ink if final else Grey.SOFT.value,
            annotation_clip=False,
        )


def _mark_assumed(axes: Axes, design: GroupSequentialSurvival) -> None:
    assumed = design.assumptions.hazard_ratio
    axes.plot(
        (assumed, assumed), (0, 100 * design.power), color=Grey.SOFT, linewidth=0.8, linestyle=":"
    )
    axes.plot(assumed, 100 * design.power, marker="o", markersize=DOT, color=BLUE.line)
    words = f"{share(design.power)} % at {assumed:g}"
    axes.annotate(
        words,
        (assumed, 100 * design.power),
        xytext=(8, 4),
        textcoords="offset points",
        fontsize=8.5,
        color=BLUE.ink,
    )


def draw_calendar(
    points: Sequence[CalendarPoint], *, design: GroupSequentialSurvival, canvas: Canvas
) -> str:
    """Return subjects and events expected over calendar time, with the looks."""

    def draw(figure: Figure) -> None:
        axes = inches(figure, left=LEFT, right=1.75, bottom=0.6, top=0.25)
        months = [point.months for point in points]
        lines = (
            ([point.subjects for point in points], Grey.LINE.value, "subjects entered", "-"),
            (
                [point.events_without_effect for point in points],
                BLACK.line,
                "events, no effect",
                ":",
            ),
            ([point.events for point in points], BLACK.line, "events", "-"),
            ([point.control for point in points], VERMILLION.line, "of these control", "-"),
            ([point.experimental for point in points], BLUE.line, "experimental", "-"),
        )
        for heights, colour, _, style in lines:
            axes.plot(months, heights, color=colour, linewidth=1.6, linestyle=style)
        _name_ends(axes, months[-1], [(heights[-1], name) for heights, _, name, _ in lines])
        for look in design.looks:
            _mark_look(axes, months=look.months, events=look.events)
        axes.set(xlim=(0, months[-1]), ylim=(0, None))
        axes.set_xlabel("Months since the first subject could enter")
        axes.set_ylabel("Expected number")
        axes.grid(axis="y", color=Grey.GRID, linewidth=0.6)

    return picture(canvas, height=3.6, draw=draw)


def _name_ends(axes: Axes, at: float, ends: Sequence[tuple[float, str]]) -> None:
    """Write the names of lines at their right ends, pushed apart where they would touch."""
    apart = 0.055 * max(height for height, _ in ends)
    placed = -apart
    for height, name in sorted(ends):
        placed = max(height, placed + apart)
        axes.annotate(
            name,
            (at, placed),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            annotation_clip=False,
        )


def _mark_look(axes: Axes, *, months: float, events: int) -> None:
    axes.plot((months, months), (0, events), color=Grey.SOFT, linewidth=0.8, linestyle=":")
    axes.plot(months, events, marker="o", markersize=DOT, color=BLACK.line)
    axes.annotate(
        f"{events} events, month {decimal(months)}",
        (months, events),
        xytext=(5, -6),
        textcoords="offset points",
        va="top",
        fontsize=8,
    )


def draw_surface(
    points: Sequence[SizePoint], *, design: GroupSequentialSurvival, canvas: Canvas
) -> str:
    """Return lines of equal size over the hazard ratio and the control median."""
    ratios = sorted({point.hazard_ratio for point in points})
    medians = sorted({point.control_median_months for point in points})
    by_place = {(point.control_median_months, point.hazard_ratio): point for point in points}
    subjects = np.array(
        [[by_place[median, value].subjects for value in ratios] for median in medians]
    )

    def draw(figure: Figure) -> None:
        axes = inches(figure, left=LEFT, right=RIGHT, bottom=0.6, top=0.25)
        levels = _levels(subjects)
        axes.contourf(
            ratios, medians, subjects, levels=levels, cmap="Blues", alpha=0.35, extend="both"
        )
        lines = axes.contour(
            ratios, medians, subjects, levels=levels, colors=BLUE.ink, linewidths=0.9
        )
        axes.clabel(lines, fmt=lambda level: f"{level:g}", fontsize=8)
        assumed = design.assumptions
        axes.plot(
            assumed.hazard_ratio,
            assumed.control_median_months,
            marker="o",
            markersize=7,
            color=VERMILLION.line,
            markeredgecolor="white",
        )
        axes.annotate(
            f"this design: {assumed.subjects}",
            (assumed.hazard_ratio, assumed.control_median_months),
            xytext=(8, 9),
            textcoords="offset points",
            fontsize=8.5,
            color=VERMILLION.ink,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        )
        axes.set_xlabel("Hazard ratio")
        axes.set_ylabel("Control median, months")

    return picture(canvas, height=3.8, draw=draw)


def _levels(sizes: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    """Return round sizes, closer where there are fewer subjects."""
    steps = (50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000)
    inside = [float(step) for step in steps if sizes.min() < step < sizes.max()]
    return inside or [float(np.median(sizes))]
