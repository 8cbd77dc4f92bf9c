"""Best change of each subject, sorted from growth to shrinkage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from equipoise.analyse.effects import select_effects
from equipoise.analyse.groups import groups_by
from equipoise.analyse.results import Row, Topic, result
from equipoise.analyse.selection import Selection, equals, select
from equipoise.base.errors import bad_input
from equipoise.derive.frames import AnalysisData
from equipoise.stats import summarise
from equipoise.study.analyses import WaterfallAnalysis
from equipoise.study.endpoints import Binary, Measured, ResponseEndpoint, TimeToEvent
from equipoise.study.study import Study

LARGEST_SHRINKAGE = "largest decrease, or least increase, from baseline until surgery, per cent"


def analyse_waterfall(
    study: Study, data: AnalysisData, *, name: str, analysis: WaterfallAnalysis
) -> Iterator[Row]:
    """Give one row a subject with its best change, the largest increase first.

    Before them, for each group, how many subjects have a change (``n``) and how many of the
    endpoint's population have none (``missing``). For a response endpoint the text is the best
    overall response.
    """
    topic = Topic(analysis=name, endpoint=analysis.endpoint, method=_method(study, analysis))
    population = select_effects(data, endpoint=analysis.endpoint)
    changes = _changes(study, data, analysis=analysis, population=population)
    responses = _responses(data, endpoint=analysis.endpoint)
    bars: list[Row] = []
    for group in groups_by(study, data, by=analysis.by):
        here = topic.of_group(group.name)
        rows, whole = group.of(changes), group.of(population)
        yield result(here, "n", len(rows.subjects), of=rows)
        lacking = whole.without(rows.subjects)
        yield result(here, "missing", lacking.n, of=lacking)
        for subject in rows.subjects:
            mine = rows.narrowed(equals("USUBJID", subject))
            best = summarise(mine.rows[mine.column].to_numpy()).minimum
            bar = replace(here, subject=subject)
            bars.append(result(bar, "best_change", best, of=mine, text=responses.get(subject)))
    yield from sorted(bars, key=_falling)


def _falling(bar: Row) -> tuple[float, str]:
    value, subject = bar["value"], bar["subject"]
    return (-value if isinstance(value, float) else 0.0, str(subject))


def _method(study: Study, analysis: WaterfallAnalysis) -> str:
    is_response = isinstance(study.endpoints[analysis.endpoint], ResponseEndpoint)
    return LARGEST_SHRINKAGE if is_response else ""


def _changes(
    study: Study, data: AnalysisData, *, analysis: WaterfallAnalysis, population: Selection
) -> Selection:
    """Return the changes of the endpoint's subjects, the baseline itself left out."""
    endpoint = study.endpoints[analysis.endpoint]
    match endpoint:
        case ResponseEndpoint():
            scans = select(data, "adtr", column="PCHG").narrowed("PREFL")
            return scans.known("PCHG").only(population.subjects)
        case Measured():
            return population.known("AVAL")
        case Binary() | TimeToEvent():
            raise bad_input(
                "a waterfall shows a response, or a number of each subject",
                where=f"analyses / {analysis.title}",
                got=f"{analysis.endpoint}, which is {endpoint.kind}",
                fix="name a response endpoint or a measured one",
            )
        case _:
            assert_never(endpoint)


def _responses(data: AnalysisData, *, endpoint: str) -> dict[str, str | None]:
    best = select(data, "adrs").narrowed(equals("PARAMCD", endpoint))
    return dict(best.rows.select("USUBJID", "AVALC").iter_rows())
