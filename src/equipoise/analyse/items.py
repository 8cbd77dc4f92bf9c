"""What tables of items share: the groups they show, their sizes, and each item in each group."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.groups import EVERYBODY, groups_by, in_set
from equipoise.analyse.results import Row, Topic, result
from equipoise.analyse.selection import Selection
from equipoise.analyse.variables import Variable, variable
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import BaselineAnalysis, CategoriesAnalysis
from equipoise.study.study import Study

ItemsAnalysis = BaselineAnalysis | CategoriesAnalysis


def group_sizes(
    study: Study, data: AnalysisData, *, name: str, analysis: ItemsAnalysis
) -> Iterator[Row]:
    """Give one row, of no item, for each group: how many subjects it has."""
    for group, rows in _groups(study, data, analysis):
        yield result(Topic(analysis=name, group=group), "n", rows.n, of=rows)


def items_by_group(
    study: Study, data: AnalysisData, *, name: str, analysis: ItemsAnalysis
) -> Iterator[tuple[Topic, Variable, Selection]]:
    """Give each item in each group: its topic, what it is, and the subjects of the group."""
    for item in analysis.items:
        for group, rows in _groups(study, data, analysis):
            topic = Topic(analysis=name, endpoint=item, group=group)
            yield topic, variable(study, item), rows


def _groups(
    study: Study, data: AnalysisData, analysis: ItemsAnalysis
) -> Iterator[tuple[str, Selection]]:
    """Give each group with its subjects, and last everybody."""
    whole = in_set(data, population=analysis.population)
    groups = groups_by(study, data, by=analysis.by)
    for group in groups if analysis.by is None else (*groups, EVERYBODY):
        yield group.name, group.of(whole)
