"""Which value of an item counts for a subject: at baseline, at a visit, or the last."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from equipoise.conduct.entries import FORM_DATE
from equipoise.derive.baseline import baseline_items, baseline_visits, on_or_before_start
from equipoise.derive.recorded import Recorded
from equipoise.study.schedule import visit_of


def latest_values(recorded: Recorded, starts: pl.DataFrame) -> pl.DataFrame:
    """Return the value of each item that counts for each subject.

    Parameters
    ----------
    recorded : Recorded
        What the record says.
    starts : polars.DataFrame
        USUBJID and BASEDT.

    Returns
    -------
    polars.DataFrame
        USUBJID, column (the item), value (its text), seq.
    """
    study = recorded.study
    values = once_per_visit(recorded).join(starts, on="USUBJID", maintain_order="left")
    late = pl.col("column").is_in(list(baseline_items(study))) & ~on_or_before_start("date")
    by_plan = pl.col("visit").is_in(list(baseline_visits(study)))
    counted = values.with_columns(late.alias("late")).filter(~pl.col("late") | by_plan)
    return _last(counted.sort(pl.col("late"), "date", "seq", descending=[True, False, False]))


def latest_at_visits(recorded: Recorded, *, wanted: Collection[str]) -> pl.DataFrame:
    """Return the last value of each wanted ``visit.item``, shaped like `latest_values`.

    A visit that is a series has the value of the last of its occurrences that has one.
    """
    values = once_per_visit(recorded)
    schedule = recorded.study.schedule
    planned = {name: visit_of(schedule, name) for name in values["visit"].unique()}
    names = {name: found[0] for name, found in planned.items() if found is not None}
    visit = pl.col("visit").replace_strict(names, default=None, return_dtype=pl.String())
    at_visit = values.with_columns(pl.concat_str(visit, pl.lit("."), "column").alias("column"))
    return _last(at_visit.filter(pl.col("column").is_in(list(wanted))).sort("date", "seq"))


def once_per_visit(recorded: Recorded) -> pl.DataFrame:
    """Return the values of the forms that do not repeat: USUBJID, column, visit, date, ..."""
    forms = [name for name, form in recorded.study.forms.items() if form.repeats is None]
    here = recorded.values.filter(pl.col("form").is_in(forms), pl.col("item") != FORM_DATE)
    return here.rename({"subject": "USUBJID", "item": "column"})


def _last(ordered: pl.DataFrame) -> pl.DataFrame:
    last = ordered.group_by("USUBJID", "column", maintain_order=True).last()
    return last.select("USUBJID", "column", "value", "seq")
