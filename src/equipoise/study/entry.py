"""Forms and dates that are known when a subject enters: those of visits up to enrolment."""

from __future__ import annotations

from equipoise.study.forms import ItemType
from equipoise.study.schedule import Visit
from equipoise.study.study import Study

_ENTRY_DATES = frozenset({"randomisation_date", "registration_date"})


def visits_at_entry(study: Study) -> frozenset[str]:
    """Return the visits that lie, window and all, at or before enrolment."""
    visits = study.schedule.visits
    return frozenset(name for name in visits if _is_at_entry(study, visits[name]))


def forms_at_entry(study: Study) -> frozenset[str]:
    """Return the forms of visits that lie, window and all, at or before enrolment."""
    return frozenset(
        form
        for name in visits_at_entry(study)
        for form in study.schedule.visits[name].forms
        if form in study.forms
    )


def _is_at_entry(study: Study, visit: Visit) -> bool:
    clock = study.schedule.clocks.get(visit.start or "")
    if clock not in _ENTRY_DATES or visit.at is None or visit.every is not None:
        return False
    spans = visit.at.values() if isinstance(visit.at, dict) else (visit.at,)
    after = visit.window.after_days if visit.window else 0
    return all(high.days + after <= 0 for _, high in spans)


def dates_at_entry(study: Study) -> frozenset[str]:
    """Return the dates that fall on the day a subject enters.

    Date items of forms that are asked up to enrolment, and the days of those forms.
    """
    forms = forms_at_entry(study)
    items = {
        name
        for form in forms
        for name, item in study.forms[form].items.items()
        if item.type is ItemType.DATE
    }
    return frozenset(items | {f"{form}_date" for form in forms})
