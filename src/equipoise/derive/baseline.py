"""What counts as baseline: the visits that the protocol plans at or before the start."""

from __future__ import annotations

import polars as pl

from equipoise.study.schedule import Visit
from equipoise.study.study import Study

_STARTS = ("randomisation_date", "registration_date")


def baseline_visits(study: Study) -> tuple[str, ...]:
    """Return the visits planned at or before randomisation or registration."""
    visits = study.schedule.visits
    return tuple(name for name, visit in visits.items() if _planned_before(study, visit))


def baseline_items(study: Study) -> tuple[str, ...]:
    """Return the items whose analysis value is the one at baseline."""
    forms = [form for name in baseline_visits(study) for form in study.schedule.visits[name].forms]
    items = [item for form in forms if form in study.forms for item in study.forms[form].items]
    return tuple(dict.fromkeys(items))


def on_or_before_start(date: str) -> pl.Expr:
    """Return whether a date lies on or before BASEDT; a date or BASEDT that is missing does."""
    return (pl.col(date) <= pl.col("BASEDT")).fill_null(value=True)


def _planned_before(study: Study, visit: Visit) -> bool:
    if visit.at is None or study.schedule.clocks.get(visit.start or "") not in _STARTS:
        return False
    spans = visit.at.values() if isinstance(visit.at, dict) else [visit.at]
    return all(high.days <= 0 for _, high in spans)
