"""What a name in a rule stands for: an item, a visit's item, a day, a stratum, a worst grade."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equipoise.conduct.entries import FORM_DATE
from equipoise.oncology.toxicity.ctcae_rows import Term
from equipoise.oncology.toxicity.laboratory_units import factor_to
from equipoise.study.forms import Form, FormPurpose, ItemType
from equipoise.study.rules import rule_names
from equipoise.study.study import Study

SEX = "sex"
AGE = "age"
EVENT_GRADE = "ae_grade"


class BuiltIn(StrEnum):
    """Names that every study has."""

    SUBJECT = "subject"
    SITE = "site"
    ARM = "arm"
    REGISTRATION_DATE = "registration_date"
    RANDOMISATION_DATE = "randomisation_date"
    FORM_DATE = "form_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSource:
    """The value of an item."""

    item: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitItemSource:
    """The value of an item at one visit."""

    visit: str
    item: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDaySource:
    """The day a form was first filled."""

    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumSource:
    """Whether the subject is in a stratum: as allocated, or as its rule says now."""

    stratum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryGradeSource:
    """The worst CTCAE grade of a laboratory item so far, asked in a unit of its own."""

    item: str
    forms: tuple[str, ...]
    term: Term
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGradeSource:
    """The worst grade of one adverse event so far."""

    form: str
    term_item: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A name that the study does not have; its value is missing."""


Source = (
    BuiltIn
    | ItemSource
    | VisitItemSource
    | FormDaySource
    | StratumSource
    | LaboratoryGradeSource
    | EventGradeSource
    | Unknown
)


def source_of(name: str, *, study: Study) -> Source:
    """Return what a name stands for."""
    if name in set(BuiltIn):
        return BuiltIn(name)
    if forms := forms_with(name, study=study):
        return ItemSource(item=name, forms=forms)
    if "." in name:
        visit, _, item = name.partition(".")
        return VisitItemSource(visit=visit, item=item, forms=forms_with(item, study=study))
    if name in study.strata:
        return StratumSource(stratum=name)
    if name.endswith("_date") and name.removesuffix("_date") in study.forms:
        return FormDaySource(form=name.removesuffix("_date"))
    return _grade_source(name.removesuffix("_grade"), study=study)


def forms_with(item: str, *, study: Study) -> tuple[str, ...]:
    """Return the forms that ask an item."""
    return tuple(name for name, form in study.forms.items() if item in form.items)


def _grade_source(term: str, *, study: Study) -> Source:
    for name, form in study.forms.items():
        if (code_item := _event_item(form, term)) is not None:
            return EventGradeSource(form=name, term_item=code_item, code=term)
    forms = forms_with(term, study=study)
    item = study.forms[forms[0]].items[term] if forms else None
    if item is None or item.ctcae not in set(Term):
        return Unknown()
    graded, unit = Term(item.ctcae), item.unit or ""
    if factor_to(graded, unit=unit) is None:
        return Unknown()  # cut-offs in another unit would grade at random
    return LaboratoryGradeSource(item=term, forms=forms, term=graded, unit=unit)


def _event_item(form: Form, term: str) -> str | None:
    """Return the item of an adverse-event form that has a term among its codes."""
    if form.purpose is not FormPurpose.ADVERSE_EVENTS or EVENT_GRADE not in form.items:
        return None
    items = form.items.items()
    coded = (name for name, item in items if item.type is ItemType.CODE and term in item.codes)
    return next(coded, None)


def items_behind(name: str, *, study: Study) -> frozenset[str]:
    """Return the items whose change may change the value of a name."""
    match source_of(name, study=study):
        case ItemSource(item=item) | VisitItemSource(item=item):
            return frozenset({item})
        case LaboratoryGradeSource(item=item):
            return frozenset({item, SEX, AGE})
        case EventGradeSource(term_item=item):
            return frozenset({item, EVENT_GRADE})
        case StratumSource(stratum=stratum):
            names = rule_names(study.strata[stratum].rule)
            return frozenset().union(*(items_behind(part, study=study) for part in names))
        case FormDaySource() | BuiltIn.FORM_DATE:
            return frozenset({FORM_DATE})
        case _:
            return frozenset()
