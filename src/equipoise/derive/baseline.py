"""What counts as baseline: the visits that the protocol plans at or before the start."""

from __future__ import annotations

import polars as pl

from equipoise.study.schedule import visits_before_start
from equipoise.study.study import Study


def baseline_visits(study: Study) -> tuple[str, ...]:
    """Return the visits planned at or before randomisation or registration."""
    return visits_before_start(study.schedule)


def baseline_items(study: Study) -> tuple[str, ...]:
    """Return the items whose analysis value is the one at baseline."""
    forms = [form for name in baseline_visits(study) for form in study.schedule.visits[name].forms]
    items = [item for form in forms if form in study.forms for item in study.forms[form].items]
    return tuple(dict.fromkeys(items))


def on_or_before_start(date: str) -> pl.Expr:
    """Return whether a date lies on or before BASEDT; a date or BASEDT that is missing does."""
    return (pl.col(date) <= pl.col("BASEDT")).fill_null(value=True)
