"""Kaplan-Meier by group: the curve, its median, landmarks, the table at risk, and follow-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from equipoise.analyse.groups import groups_by
from equipoise.analyse.results import Row, Topic, no_results, result
from equipoise.analyse.selection import Selection, number
from equipoise.analyse.times import days_per, select_times, times_of
from equipoise.base.quantities import Duration
from equipoise.derive.frames import AnalysisData
from equipoise.stats import ProbabilityScale, kaplan_meier, median, survival_at
from equipoise.stats.time_to_event.survival import KaplanMeier
from equipoise.study.analyses import CurveAnalysis, CurveInterval, TimeUnit
from equipoise.study.study import Study

INTERVAL_WORDS: Mapping[CurveInterval, str] = {
    CurveInterval.LOG_LOG: "log-log interval, 95 %",
    CurveInterval.LOG: "log interval, 95 %",
    CurveInterval.PLAIN: "plain interval, 95 %",
}

MOST_TICKS = 9
STEPS: Mapping[TimeUnit, tuple[int, ...]] = {
    TimeUnit.MONTHS: (1, 2, 3, 6, 12, 24, 60, 120),
    TimeUnit.DAYS: (7, 14, 30, 90, 180, 365, 730, 1826, 3652),
}
"""Steps of the time axis that a reader counts in."""

MEDIAN = ("median", "median_lower", "median_upper")
SURVIVAL = ("survival", "lower", "upper")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shown:
    """One group: its topic, its rows, and its curve in days."""

    topic: Topic
    rows: Selection
    curve: KaplanMeier
    unit: TimeUnit


def analyse_kaplan_meier(
    study: Study, data: AnalysisData, *, name: str, analysis: CurveAnalysis
) -> Iterator[Row]:
    """Give the rows of Kaplan-Meier curves.

    Level ``curve`` has survival, its interval, subjects at risk and censorings at time 0 and at
    each observed time; ``landmark`` the survival at chosen times; ``at_risk`` the subjects at
    risk at the ticks of the axis, which all groups share. Times are in the unit of the analysis.
    Level ``follow_up`` is the median of the reverse curve, in which censoring is the event.
    """
    words = f"Kaplan-Meier, {INTERVAL_WORDS[analysis.interval]}"
    topic = Topic(analysis=name, endpoint=analysis.endpoint, method=words)
    whole = select_times(data, endpoint=analysis.endpoint, estimand=analysis.estimand)
    longest = float(times_of(whole).days.max(initial=0.0)) / days_per(analysis.unit)
    for group in groups_by(study, data, by=analysis.by):
        rows, here = group.of(whole), topic.of_group(group.name)
        yield from _counts(here, rows=rows)
        if rows.n:
            ticks = axis_ticks(longest, unit=analysis.unit)
            yield from _estimates(here, rows=rows, analysis=analysis, ticks=ticks)
        else:
            yield from _nothing(here, rows=rows, analysis=analysis)


def axis_ticks(longest: float, *, unit: TimeUnit) -> tuple[float, ...]:
    """Return the ticks of a time axis from 0 to the longest time, nine where the steps allow it.

    Examples
    --------
    >>> axis_ticks(37.0, unit=TimeUnit.MONTHS)
    (0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 36.0)
    """
    steps = STEPS[unit]
    step = next((step for step in steps if longest < MOST_TICKS * step), steps[-1])
    return tuple(float(step * place) for place in range(int(longest // step) + 1))


def _counts(topic: Topic, *, rows: Selection) -> Iterator[Row]:
    events = rows.narrowed("CNSR = 0").reading("CNSR")
    yield result(topic, "n", rows.n, of=rows)
    yield result(topic, "events", events.n, of=events)


def _nothing(topic: Topic, *, rows: Selection, analysis: CurveAnalysis) -> Iterator[Row]:
    why = "no subjects"
    yield from no_results(topic, MEDIAN, of=rows, why=why)
    for duration in analysis.at:
        there = topic.of_level("landmark", at=duration.days / days_per(analysis.unit))
        yield from no_results(there, SURVIVAL, of=rows, why=why)


def _estimates(
    topic: Topic, *, rows: Selection, analysis: CurveAnalysis, ticks: tuple[float, ...]
) -> Iterator[Row]:
    times = times_of(rows)
    curve = kaplan_meier(
        times.days, times.event, interval=ProbabilityScale(analysis.interval.value)
    )
    reverse = kaplan_meier(times.days, 1 - times.event)
    shown = _Shown(topic=topic, rows=rows, curve=curve, unit=analysis.unit)
    words = "reverse Kaplan-Meier, log-log interval, 95 %"
    follow_up = replace(topic, level="follow_up", method=words)
    yield from _median(shown)
    yield from _median(replace(shown, topic=follow_up, curve=reverse))
    for duration in analysis.at:
        yield from _landmark(shown, duration)
    for tick in ticks:
        yield _at_risk(shown, level="at_risk", day=tick * days_per(analysis.unit))
    yield from _curve(shown)


def _median(shown: _Shown) -> Iterator[Row]:
    found = median(shown.curve)
    for statistic, days in zip(MEDIAN, (found.estimate, found.lower, found.upper), strict=True):
        time = days / days_per(shown.unit)
        yield result(shown.topic, statistic, time, of=shown.rows, why="not reached")


def _landmark(shown: _Shown, duration: Duration) -> Iterator[Row]:
    topic = shown.topic.of_level("landmark", at=duration.days / days_per(shown.unit))
    yield _at_risk(shown, level="landmark", day=duration.days)
    if duration.days > shown.curve.times[-1] and shown.curve.survival[-1] > 0:
        why = f"nobody was followed for {duration}"
        yield from no_results(topic, SURVIVAL, of=shown.rows, why=why)
    else:
        yield from _survival(topic, shown=shown, day=duration.days)


def _survival(topic: Topic, *, shown: _Shown, day: float) -> Iterator[Row]:
    told = survival_at(shown.curve, [day])
    values = (told.estimate[0], told.lower[0], told.upper[0])
    for statistic, value in zip(SURVIVAL, values, strict=True):
        yield result(topic, statistic, value, of=shown.rows, why="nobody survived so long")


def _at_risk(shown: _Shown, *, level: str, day: float) -> Row:
    topic = shown.topic.of_level(level, at=day / days_per(shown.unit))
    value = int(survival_at(shown.curve, [day]).at_risk[0])
    return result(topic, "at_risk", value, of=shown.rows.narrowed(f"AVAL >= {number(day)}"))


def _curve(shown: _Shown) -> Iterator[Row]:
    curve = shown.curve
    if curve.times[0] > 0:
        yield from _point(shown, day=0.0, censored=0)
    for day, censored in zip(curve.times.tolist(), curve.censored.tolist(), strict=True):
        yield from _point(shown, day=day, censored=censored)


def _point(shown: _Shown, *, day: float, censored: int) -> Iterator[Row]:
    topic = shown.topic.of_level("curve", at=day / days_per(shown.unit))
    yield from _survival(topic, shown=shown, day=day)
    yield _at_risk(shown, level="curve", day=day)
    leaving = shown.rows.narrowed(f"AVAL = {number(day)} and CNSR = 1").reading("CNSR")
    yield result(topic, "censored", censored, of=leaving)
