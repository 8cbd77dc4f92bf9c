"""The Kaplan-Meier picture: first what is to be seen, as a value; then the drawing of it."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from equipoise.report.drawing import fitted, one_line, overlay, write, write_bold
from equipoise.report.formats import NOT_ESTIMABLE, TO, duration, p_equation, ratio
from equipoise.report.labels import group_label, time_label
from equipoise.report.palette import Colour, Grey, colours_of
from equipoise.report.sheet import Result, Sheet, Sheets
from equipoise.report.svg import Canvas, inches, picture
from equipoise.study.analyses import CoxAnalysis, CurveAnalysis, LogRankAnalysis
from equipoise.study.study import Study

Point = tuple[float, float]

LEFT, RIGHT, PLOT = 1.95, 0.35, 3.5
LINE = 0.19
"""Height of a line of words, in inches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One group of the picture.

    Attributes
    ----------
    label, colour
        What it is called, and its colour.
    steps : tuple of (time, per cent)
        Corners of the curve: the per cent holds from its time to the next.
    band : tuple of (time, per cent, per cent)
        Pointwise interval from each time on.
    censored : tuple of (time, per cent)
        Where subjects were censored.
    at_risk : tuple of int
        Subjects at risk at each tick.
    summary : str
        `12 / 30`, events over subjects.
    median : str
        Median with its interval, NE where not reached.
    median_at : float or None
        Median, when reached.
    """

    label: str
    colour: Colour
    steps: tuple[Point, ...]
    band: tuple[tuple[float, float, float], ...]
    censored: tuple[Point, ...]
    at_risk: tuple[int, ...]
    summary: str
    median: str
    median_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePicture:
    """What a Kaplan-Meier picture shows.

    Attributes
    ----------
    time_label, height_label : str
        What the axes are called.
    unit : str
        `months` or `days`.
    ticks : tuple of float
        Of the time axis, and of the table at risk.
    curves : tuple of Curve
        In the order of the groups.
    comparison : str or None
        Hazard ratio and test, when the study has them for this endpoint and estimand.
    """

    time_label: str
    height_label: str
    unit: str
    ticks: tuple[float, ...]
    curves: tuple[Curve, ...]
    comparison: str | None


def describe_curves(
    study: Study, sheets: Sheets, *, name: str, analysis: CurveAnalysis
) -> CurvePicture:
    """Return what the picture of a Kaplan-Meier analysis shows."""
    sheet = sheets.get(name, Sheet())
    ticks = tuple(sorted({row.at or 0.0 for row in sheet.only(level="at_risk")}))
    colours = colours_of(sheet.groups)
    return CurvePicture(
        time_label=time_label(study, endpoint=analysis.endpoint, unit=analysis.unit),
        height_label=_height_label(study.endpoints[analysis.endpoint].label),
        unit=analysis.unit.value,
        ticks=ticks,
        curves=tuple(
            _curve(
                sheet.only(group=group),
                label=group_label(study, group, by=analysis.by),
                colour=colours[group],
                ticks=ticks,
                unit=analysis.unit.value,
            )
            for group in sheet.groups
        ),
        comparison=_comparison(study, sheets, analysis=analysis),
    )


def _height_label(label: str) -> str:
    """Return what the height of a curve is called; a bracket that explains it is left out."""
    name, _, _ = label.partition(" (")
    return f"{one_line(name, inches=PLOT + 0.1)} (%)"


def _curve(
    sheet: Sheet, *, label: str, colour: Colour, ticks: tuple[float, ...], unit: str
) -> Curve:
    height = _by_time(sheet, "survival")
    lower, upper = _by_time(sheet, "lower"), _by_time(sheet, "upper")
    censored = _by_time(sheet, "censored")
    at_risk = {row.at: row.value or 0 for row in sheet.only(level="at_risk")}
    return Curve(
        label=label,
        colour=colour,
        steps=tuple((time, 100 * share) for time, share in height.items()),
        band=tuple(
            (time, 100 * lower[time], 100 * upper[time])
            for time in height
            if time in lower and time in upper
        ),
        censored=tuple(
            (time, 100 * height[time]) for time, n in censored.items() if n > 0 and time in height
        ),
        at_risk=tuple(round(at_risk.get(tick, 0)) for tick in ticks),
        summary=f"{_whole(sheet, 'events')} / {_whole(sheet, 'n')}",
        median=_median(sheet, unit=unit),
        median_at=_first(sheet, "median"),
    )


def _by_time(sheet: Sheet, statistic: str) -> dict[float, float]:
    rows = sheet.only(level="curve", statistic=statistic)
    return {row.at: row.value for row in rows if row.at is not None and row.value is not None}


def _first(sheet: Sheet, statistic: str) -> float | None:
    row = sheet.first(statistic, level="")
    return None if row is None else row.value


def _whole(sheet: Sheet, statistic: str) -> str:
    value = _first(sheet, statistic)
    return NOT_ESTIMABLE if value is None else f"{value:.0f}"


def _median(sheet: Sheet, *, unit: str) -> str:
    middle, lower, upper = (
        duration(_first(sheet, end), unit=unit)
        for end in ("median", "median_lower", "median_upper")
    )
    return f"{middle} ({lower}{TO}{upper})"


def _comparison(study: Study, sheets: Sheets, *, analysis: CurveAnalysis) -> str | None:
    words = [
        words
        for words in (
            _hazard_ratio(study, sheets, curve=analysis),
            _test(study, sheets, curve=analysis),
        )
        if words is not None
    ]
    said = "; ".join(words)
    return f"{said[:1].upper()}{said[1:]}" or None


def _hazard_ratio(study: Study, sheets: Sheets, *, curve: CurveAnalysis) -> str | None:
    """Return the ratio of the two groups from a Cox regression with no other covariate."""
    for name, analysis in study.analyses.items():
        if not isinstance(analysis, CoxAnalysis) or curve.by is None:
            continue
        asked = (curve.endpoint, curve.estimand, (curve.by,))
        rows = sheets.get(name, Sheet()).only(level=curve.by)
        if (analysis.endpoint, analysis.estimand, analysis.covariates) == asked and rows.rows:
            told = [rows.value(end) for end in ("hazard_ratio", "lower", "upper")]
            interval = f"{ratio(told[1])}{TO}{ratio(told[2])}"
            return f"Hazard ratio {ratio(told[0])} (95 % CI {interval})"
    return None


def _test(study: Study, sheets: Sheets, *, curve: CurveAnalysis) -> str | None:
    for name, analysis in study.analyses.items():
        if not isinstance(analysis, LogRankAnalysis):
            continue
        same = (analysis.endpoint, analysis.estimand, analysis.by)
        if same == (curve.endpoint, curve.estimand, curve.by):
            row: Result | None = sheets.get(name, Sheet()).first("p_value")
            words = "stratified log-rank" if analysis.strata else "log-rank"
            return f"{words} {p_equation(None if row is None else row.value)}"
    return None


def draw_curves(shown: CurvePicture, *, canvas: Canvas) -> str:
    """Return the picture as an SVG element."""
    labels = [fitted(curve.label, inches=LEFT - 0.35, size=8) for curve in shown.curves]
    head = LINE * (len(shown.curves) + 1 + (shown.comparison is not None)) + 0.25
    foot = 0.62 + LINE * (1 + sum(len(lines) for lines in labels))

    def draw(figure: Figure) -> None:
        axes = inches(figure, left=LEFT, bottom=foot, right=RIGHT, top=head)
        _draw_axes(axes, shown)
        for curve in shown.curves:
            _draw_curve(axes, curve)
        _draw_medians(axes, shown)
        cover = overlay(figure)
        _draw_head(cover, shown, top=head + PLOT + foot)
        _draw_at_risk(cover, shown, labels=labels, below=foot - 0.62)

    return picture(canvas, height=head + PLOT + foot, draw=draw)


def _last(shown: CurvePicture) -> float:
    times = [time for curve in shown.curves for time, _ in curve.steps]
    return max([*times, *shown.ticks, 1.0])


def _draw_axes(axes: Axes, shown: CurvePicture) -> None:
    axes.set(xlim=(0, _last(shown)), ylim=(0, 102), xticks=shown.ticks, yticks=range(0, 101, 20))
    axes.set_xticks(shown.ticks, [f"{tick:g}" for tick in shown.ticks])
    axes.set_yticks(range(10, 100, 20), minor=True)
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(shown.time_label)
    axes.set_ylabel(shown.height_label)
    axes.grid(axis="y", color=Grey.GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def _draw_curve(axes: Axes, curve: Curve) -> None:
    if not curve.steps:
        return
    times, heights = zip(*curve.steps, strict=True)
    if curve.band:
        at, low, high = zip(*curve.band, strict=True)
        axes.fill_between(
            at, low, high, step="post", color=curve.colour.line, alpha=0.13, linewidth=0
        )
    axes.step(times, heights, where="post", color=curve.colour.line, linewidth=1.6)
    if curve.censored:
        at, height = zip(*curve.censored, strict=True)
        axes.plot(
            at,
            height,
            linestyle="none",
            marker="|",
            markersize=6,
            markeredgewidth=0.9,
            color=curve.colour.ink,
            clip_on=False,
        )


def _draw_medians(axes: Axes, shown: CurvePicture) -> None:
    medians = [(curve.median_at, curve.colour) for curve in shown.curves]
    reached = [(time, colour) for time, colour in medians if time is not None]
    if not reached:
        return
    farthest = max(time for time, _ in reached)
    axes.plot((0, farthest), (50, 50), color=Grey.SOFT, linewidth=0.8, linestyle=(0, (2, 2)))
    for time, colour in reached:
        axes.plot((time, time), (0, 50), color=colour.ink, linewidth=0.8, linestyle=(0, (2, 2)))


def _draw_head(cover: Axes, shown: CurvePicture, *, top: float) -> None:
    """Write, above the curves, who is who with events, subjects and median."""
    y = top - 0.12
    write(cover, (5.05, y), "Events / n", side="center", size=8, ink=Grey.SOFT)
    median = f"Median (95 % CI), {shown.unit}"
    write(cover, (6.75, y), median, side="center", size=8, ink=Grey.SOFT)
    for curve in shown.curves:
        y -= LINE
        cover.plot((0.08, 0.42), (y, y), color=curve.colour.line, linewidth=2.2)
        label = one_line(curve.label, inches=4.4)
        write_bold(cover, (0.52, y), label, ink=curve.colour.ink)
        write(cover, (5.05, y), curve.summary, side="center")
        write(cover, (6.75, y), curve.median, side="center")
    if shown.comparison is not None:
        write(cover, (0.52, y - LINE - 0.02), shown.comparison)


def _draw_at_risk(
    cover: Axes, shown: CurvePicture, *, labels: list[tuple[str, ...]], below: float
) -> None:
    """Write the table at risk, each number under the tick it belongs to."""
    width = cover.get_xlim()[1] - LEFT - RIGHT
    y = below - 0.08
    write_bold(cover, (0.08, y), "Subjects at risk", size=8)
    for curve, lines in zip(shown.curves, labels, strict=True):
        y -= LINE
        for tick, n in zip(shown.ticks, curve.at_risk, strict=True):
            x = LEFT + width * tick / _last(shown)
            write(cover, (x, y), f"{n}", side="center", size=8, ink=curve.colour.ink)
        for place, line in enumerate(lines):
            write(cover, (0.08, y - LINE * place), line, size=8, ink=curve.colour.ink)
        y -= LINE * (len(lines) - 1)
