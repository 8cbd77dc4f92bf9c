"""How many subjects are in each category of an item, by group."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.items import group_sizes, items_by_group
from equipoise.analyse.levels import analyse_levels
from equipoise.analyse.results import Row
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import CategoriesAnalysis
from equipoise.study.study import Study


def analyse_categories(
    study: Study, data: AnalysisData, *, name: str, analysis: CategoriesAnalysis
) -> Iterator[Row]:
    """Give the rows of a table of categories, for each group and for all.

    The first row of each group, which is of no item, counts its subjects.
    """
    yield from group_sizes(study, data, name=name, analysis=analysis)
    for topic, item, rows in items_by_group(study, data, name=name, analysis=analysis):
        yield from analyse_levels(topic, study, data, variable=item, of=rows)
