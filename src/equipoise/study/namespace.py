"""The names a rule may use, with their types.

Beside the items of the forms: `arm`, `randomisation_date`, `registration_date`, `form_date` (in
checks), `FORM_date` (the day a form was first filled), `STRATUM`, and the worst grade so far of
an adverse event or a laboratory item (`neutropenia_grade`, `platelets_grade`).
"""

from __future__ import annotations

import polars as pl

from equipoise.study.forms import FormPurpose, ItemType
from equipoise.study.rules import POLARS_TYPE
from equipoise.study.study import Study

BUILT_IN: dict[str, pl.DataType] = {
    "subject": pl.String(),
    "site": pl.String(),
    "arm": pl.String(),
    "registration_date": pl.Date(),
    "randomisation_date": pl.Date(),
}


def item_types(study: Study) -> dict[str, pl.DataType]:
    """Return the type of every item of the study."""
    return {
        name: POLARS_TYPE[item.type]
        for form in study.forms.values()
        for name, item in form.items.items()
    }


def grade_names(study: Study) -> tuple[str, ...]:
    """Return `TERM_grade` for each coded adverse event and each graded laboratory item."""
    terms: list[str] = []
    for form in study.forms.values():
        for name, item in form.items.items():
            if form.purpose is FormPurpose.ADVERSE_EVENTS and item.type is ItemType.CODE:
                terms += list(item.codes)
            if item.ctcae is not None:
                terms.append(name)
    return tuple(f"{term}_grade" for term in dict.fromkeys(terms))


def visit_items(study: Study) -> dict[str, pl.DataType]:
    """Return the type of each `visit.item`."""
    return {
        f"{visit_name}.{name}": POLARS_TYPE[item.type]
        for visit_name, visit in study.schedule.visits.items()
        for form in visit.forms
        if form in study.forms
        for name, item in study.forms[form].items.items()
    }


def subject_names(study: Study) -> dict[str, pl.DataType]:
    """Return the names a rule about a subject may use, with their types."""
    grades: dict[str, pl.DataType] = dict.fromkeys(grade_names(study), pl.Int64())
    dates: dict[str, pl.DataType] = {f"{form}_date": pl.Date() for form in study.forms}
    strata: dict[str, pl.DataType] = dict.fromkeys(study.strata, pl.Boolean())
    return grades | dates | visit_items(study) | item_types(study) | strata | BUILT_IN


def form_names(study: Study) -> dict[str, pl.DataType]:
    """Return the names a check or a computed item of a form may use."""
    return subject_names(study) | {"form_date": pl.Date()}
