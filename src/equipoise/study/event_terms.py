"""The adverse events that a study can record, and the grades that its CTCAE has for them."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.oncology.toxicity.ctcae_clinical import existing_grades
from equipoise.study.forms import Form, FormPurpose, Item, ItemType
from equipoise.study.study import Study

TERM = "ae_term"
"""The item of the standard form; a study that lets people write the term asks it as text."""


def event_items(form: Form) -> Iterator[tuple[str, Item]]:
    """Yield the items of a form that name an adverse event: those of codes, and a written term."""
    if form.purpose is not FormPurpose.ADVERSE_EVENTS:
        return
    for name, item in form.items.items():
        if item.type is ItemType.CODE or (name == TERM and item.type is ItemType.TEXT):
            yield name, item


def event_terms(study: Study) -> dict[str, str]:
    """Return what each code of an adverse event is called: `anaemia` is ``Anemia``."""
    return {
        code: label
        for form in study.forms.values()
        for _, item in event_items(form)
        for code, label in item.codes.items()
    }


def grades_of_events(study: Study) -> dict[str, frozenset[int]]:
    """Return the grades that the study's CTCAE has for each code.

    A code whose label is no term of that edition (one that stands for many, such as bleeding of
    any organ) is left out: nothing is known of its grades.
    """
    edition = study.toxicity.criteria
    found = {
        code: existing_grades(label, edition=edition) for code, label in event_terms(study).items()
    }
    return {code: grades for code, grades in found.items() if grades}
