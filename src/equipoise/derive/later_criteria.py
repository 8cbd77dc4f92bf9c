"""Criteria that are judged after randomisation: `met_CRITERION`, one column each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from equipoise.derive.subjects import SubjectFrame
from equipoise.study.identity import Criterion, CriterionTime
from equipoise.study.study import Study

_PREFIX = "met_"


def met_column(criterion: str) -> str:
    """Return the column of ``adsl`` that says whether a later criterion is met.

    Examples
    --------
    >>> met_column("biopsy")
    'met_biopsy'
    """
    return f"{_PREFIX}{criterion}"


def later_criteria(study: Study) -> dict[str, Criterion]:
    """Return the criteria that are judged at treatment or surgery, in the order of the study."""
    every = study.eligibility.include | study.eligibility.exclude
    return {
        name: criterion
        for name, criterion in every.items()
        if criterion.at is not CriterionTime.RANDOMISATION
    }


def with_later_criteria(subjects: SubjectFrame) -> SubjectFrame:
    """Add whether each subject meets each later criterion.

    A criterion of inclusion is met when its rule is true, one of exclusion when it is false. It is
    unknown when the rule is, and for a subject of an arm that the criterion is not about.
    """
    criteria = later_criteria(subjects.study)
    judged = subjects.with_answers({met_column(name): one.rule for name, one in criteria.items()})
    met = [_met(name, one, study=subjects.study) for name, one in criteria.items()]
    behind = pl.concat([judged.behind, *_behind_arms(subjects, criteria)])
    return replace(judged, frame=judged.frame.with_columns(met), behind=behind)


def _met(name: str, criterion: Criterion, *, study: Study) -> pl.Expr:
    rule = pl.col(met_column(name))
    met = ~rule if name in study.eligibility.exclude else rule
    if not criterion.arms:
        return met
    return pl.when(pl.col("ARMCD").is_in(criterion.arms)).then(met).alias(met_column(name))


def _behind_arms(subjects: SubjectFrame, criteria: Mapping[str, Criterion]) -> list[pl.DataFrame]:
    """Return the entries of allocation, for the criteria that are about some arms only."""
    arms = subjects.behind.filter(pl.col("column") == "ARMCD")
    return [
        arms.with_columns(pl.lit(met_column(name)).alias("column"))
        for name, criterion in criteria.items()
        if criterion.arms
    ]
