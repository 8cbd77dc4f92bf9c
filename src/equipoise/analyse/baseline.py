"""Summary of items by group: numbers by their quartiles, the rest by category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.analyse.items import group_sizes, items_by_group
from equipoise.analyse.levels import analyse_levels
from equipoise.analyse.results import Row
from equipoise.analyse.summaries import QUARTILES, analyse_column
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
    yield from group_sizes(study, data, name=name, analysis=analysis)
    for topic, item, rows in items_by_group(study, data, name=name, analysis=analysis):
        if item.type in NUMBERS and item.repeated_on is None:
            numbers = replace(topic, method=QUARTILES)
            yield from analyse_column(numbers, rows=rows.reading(item.name))
        else:
            yield from analyse_levels(topic, study, data, variable=item, of=rows)
