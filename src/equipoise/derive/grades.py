"""`TERM_grade`: the worst grade of each adverse event and each laboratory item of a subject."""

from __future__ import annotations

import polars as pl

from equipoise.derive.subjects import SubjectFrame
from equipoise.study.namespace import grade_names

_SUFFIX = "_grade"


def with_grades(subjects: SubjectFrame, *, adae: pl.DataFrame, adlb: pl.DataFrame) -> SubjectFrame:
    """Add the worst grade of each term, with the entries that say so.

    Without any grade it is unknown, as it is to the checks of a form.
    """
    own = [name for name in grade_names(subjects.study) if name not in subjects.frame.columns]
    both = pl.concat(
        [_long(adae, term="AEDECOD", grade="AETOXGR"), _long(adlb, term="PARAMCD", grade="ATOXGR")]
    ).filter(pl.col("column").is_in(own))
    worst = both.group_by("USUBJID", "column").agg(pl.col("grade").max().alias("worst"))
    wide = subjects.frame.select("USUBJID").join(
        worst.pivot(on="column", index="USUBJID", values="worst"), on="USUBJID", how="left"
    )
    absent = [name for name in own if name not in wide.columns]
    whole = wide.with_columns(pl.lit(None, dtype=pl.Int64()).alias(name) for name in absent)
    decided = both.join(worst, on=["USUBJID", "column"]).filter(pl.col("grade") == pl.col("worst"))
    behind = decided.explode("ENTRIES", empty_as_null=False).rename({"ENTRIES": "seq"})
    return subjects.with_columns(whole.select("USUBJID", *own), behind)


def _long(rows: pl.DataFrame, *, term: str, grade: str) -> pl.DataFrame:
    return rows.select(
        "USUBJID",
        pl.concat_str(term, pl.lit(_SUFFIX)).alias("column"),
        pl.col(grade).alias("grade"),
        "ENTRIES",
    ).drop_nulls("grade")
