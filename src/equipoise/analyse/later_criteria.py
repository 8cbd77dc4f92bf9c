"""Who does not meet a criterion that is judged after randomisation."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.analyse.results import Row, Topic, count
from equipoise.analyse.selection import Selection, named
from equipoise.derive.later_criteria import later_criteria, met_column
from equipoise.study.identity import CriterionTime
from equipoise.study.study import Study

NOT_MET = "not_met."


def analyse_later_criteria(
    topic: Topic, study: Study, *, at: CriterionTime, rows: Selection
) -> Iterator[Row]:
    """Give the subjects of an arm of whom a criterion of this time is known not to be met.

    Criteria that are about other arms, and those that everybody meets, are left out.
    """
    for name, criterion in later_criteria(study).items():
        if criterion.at is not at or (criterion.arms and topic.group not in criterion.arms):
            continue
        column = met_column(name)
        failed = rows.narrowed(f"not {named(column)}").reading(column)
        said = "Met" if name in study.eligibility.exclude else "Not met"
        if failed.n:
            text = f"{said}: {criterion.text}"
            yield count(topic.of_level(f"{NOT_MET}{name}"), of=failed, text=text)
