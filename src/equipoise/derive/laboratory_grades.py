"""`adlbsum`: the grade of each laboratory item at baseline, and the worst one after it."""

from __future__ import annotations

import polars as pl

from equipoise.derive.frames import ADLBSUM
from equipoise.derive.subjects import SubjectFrame
from equipoise.study.laboratory_grade import graded_items

_KEYS = ["USUBJID", "PARAMCD"]


def derive_adlbsum(adlb: pl.DataFrame, subjects: SubjectFrame) -> pl.DataFrame:
    """Return one row a subject and graded laboratory item.

    A subject without a value at baseline, or without one after it, has a row too: a change from or
    to missing is a change that a shift table must count.
    """
    study = subjects.study
    labels = {
        name: item.label for form in study.forms.values() for name, item in form.items.items()
    }
    items = [(name, labels[name]) for name in graded_items(study)]
    named = pl.DataFrame(items, schema={"PARAMCD": pl.String(), "PARAM": pl.String()}, orient="row")
    every = subjects.frame.select("USUBJID", "ARMCD").join(named, how="cross")
    baseline = adlb.filter("ABLFL").select(
        *_KEYS, pl.col("ATOXGR").alias("BTOXGR"), pl.col("ENTRIES").alias("AT_BASELINE")
    )
    summed = every.join(baseline, on=_KEYS, how="left", maintain_order="left").join(
        _after(adlb), on=_KEYS, how="left", maintain_order="left"
    )
    behind = pl.concat_list(
        pl.col(name).fill_null(pl.lit([], dtype=ADLBSUM.columns["ENTRIES"]))
        for name in ("AT_BASELINE", "AFTER")
    )
    counts = pl.col("GRADED", "UNGRADED").fill_null(0)
    found = summed.with_columns(counts, behind.list.sort().alias("ENTRIES"))
    return ADLBSUM.checked(found.select(list(ADLBSUM.columns)))


def _after(adlb: pl.DataFrame) -> pl.DataFrame:
    """Return the worst grade of each subject and item after baseline."""
    grade = pl.col("ATOXGR")
    return (
        adlb.filter("POSTFL")
        .group_by(_KEYS, maintain_order=True)
        .agg(
            grade.max().alias("WTOXGR"),
            grade.count().cast(pl.Int64()).alias("GRADED"),
            grade.null_count().cast(pl.Int64()).alias("UNGRADED"),
            pl.col("ENTRIES").explode().alias("AFTER"),
        )
    )
