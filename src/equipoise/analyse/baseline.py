"""Summary of items by group: numbers by their quartiles, the rest by category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.analyse.groups import EVERYBODY, groups_by, in_set
from equipoise.analyse.levels import analyse_levels
from equipoise.analyse.results import Row, Topic, result
from equipoise.analyse.summaries import QUARTILES, analyse_column
from equipoise.analyse.variables import variable
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import BaselineAnalysis
from equipoise.study.forms import ItemType
from equipoise.study.study import Study

NUMBERS = (ItemType.NUMBER, ItemType.INTEGER)


def analyse_baseline(
    study: Study, data: AnalysisData, *, name: str, analysis: BaselineAnalysis
) -> Iterator[Row]:
    """Give the rows of a table of characteristics, for each group and for all.

    The first row of each group, which is of no item, counts its subjects.
    """
    whole = in_set(data, population=analysis.population)
    groups = groups_by(study, data, by=analysis.by)
    shown = groups if analysis.by is None else (*groups, EVERYBODY)
    for group in shown:
        rows = group.of(whole)
        yield result(Topic(analysis=name, group=group.name), "n", rows.n, of=rows)
    for item in analysis.items:
        chosen = variable(study, item)
        for group in shown:
            topic = Topic(analysis=name, endpoint=item, group=group.name)
            rows = group.of(whole)
            if chosen.type in NUMBERS and chosen.repeated_on is None:
                numbers = replace(topic, method=QUARTILES)
                yield from analyse_column(numbers, rows=rows.reading(item))
            else:
                yield from analyse_levels(topic, study, data, variable=chosen, of=rows)
