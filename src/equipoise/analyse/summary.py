"""Summary of a measured endpoint, and how many subjects lie at or beyond some limits."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.effects import select_effects
from equipoise.analyse.groups import groups_by
from equipoise.analyse.results import Row, Topic, count_of
from equipoise.analyse.selection import Selection, number
from equipoise.analyse.summaries import QUARTILES, analyse_column
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import SummaryAnalysis
from equipoise.study.study import Study


def analyse_summary(
    study: Study, data: AnalysisData, *, name: str, analysis: SummaryAnalysis
) -> Iterator[Row]:
    """Give the rows of a summary; levels ``at_most`` and ``at_least`` count by limit.

    Per cents are of the subjects whose value is known.
    """
    whole = select_effects(data, endpoint=analysis.endpoint)
    for group in groups_by(study, data, by=analysis.by):
        topic = Topic(analysis=name, endpoint=analysis.endpoint, group=group.name, method=QUARTILES)
        rows = group.of(whole)
        yield from analyse_column(topic, rows=rows)
        yield from _limits(topic, rows=rows.known("AVAL"), analysis=analysis)


def _limits(topic: Topic, *, rows: Selection, analysis: SummaryAnalysis) -> Iterator[Row]:
    sides = (("at_most", "<=", analysis.at_most), ("at_least", ">=", analysis.at_least))
    for level, sign, limits in sides:
        for limit in limits:
            part = rows.narrowed(f"AVAL {sign} {number(limit)}")
            yield from count_of(topic.of_level(level, at=limit), part=part, whole=rows)
