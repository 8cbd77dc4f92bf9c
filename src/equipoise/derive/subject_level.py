"""`adsl`: one row a subject, with its strata and analysis sets, and the lineage of its cells."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from equipoise.base.frames import FrameSchema
from equipoise.derive.frames import ADSL_FIXED, LINEAGE
from equipoise.derive.later_criteria import later_criteria, met_column, with_later_criteria
from equipoise.derive.subjects import SubjectFrame
from equipoise.study.namespace import grade_names
from equipoise.study.rules import POLARS_TYPE
from equipoise.study.study import Study


def adsl_schema(study: Study) -> FrameSchema:
    """Return the columns of ``adsl`` of a study, in order."""
    once = [form for form in study.forms.values() if form.repeats is None]
    items = {name: POLARS_TYPE[item.type] for form in once for name, item in form.items.items()}
    dates: dict[str, pl.DataType] = {f"{form}_date": pl.Date() for form in study.forms}
    grades: dict[str, pl.DataType] = dict.fromkeys(grade_names(study), pl.Int64())
    judged: dict[str, pl.DataType] = dict.fromkeys(
        [*study.strata, *study.analysis_sets, *map(met_column, later_criteria(study))], pl.Boolean()
    )
    return FrameSchema(name="adsl", columns=dict(ADSL_FIXED) | dates | grades | items | judged)


def with_judgements(subjects: SubjectFrame) -> SubjectFrame:
    """Add the strata, the analysis sets, and the criteria that are judged later.

    An unknown stratum or criterion stays unknown; unknown is not in a set.
    """
    study = subjects.study
    stratified = subjects.with_answers({name: one.rule for name, one in study.strata.items()})
    sets = {name: one.rule for name, one in study.analysis_sets.items()}
    judged = stratified.with_answers(sets)
    known = judged.frame.with_columns(pl.col(name).fill_null(value=False) for name in sets)
    return with_later_criteria(replace(judged, frame=known))


def derive_adsl(subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a registered subject."""
    schema = adsl_schema(subjects.study)
    return schema.checked(subjects.frame.select(list(schema.columns)))


def derive_lineage(subjects: SubjectFrame) -> pl.DataFrame:
    """Return the entries of the record behind each cell of ``adsl``."""
    own = list(adsl_schema(subjects.study).columns)
    here = subjects.behind.filter(pl.col("column").is_in(own)).unique()
    rows = here.select(
        pl.lit("adsl").alias("dataset"),
        pl.col("USUBJID").alias("subject"),
        pl.lit("").alias("parameter"),
        "column",
        "seq",
    )
    return LINEAGE.checked(rows.sort("subject", "column", "seq"))
