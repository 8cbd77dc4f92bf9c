"""The values that names have, seen from one subject or from one row of a form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from equipoise.conduct.grades import event_grade, laboratory_grade
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.sources import (
    BuiltIn,
    EventGradeSource,
    FormDaySource,
    ItemSource,
    LaboratoryGradeSource,
    Source,
    StratumSource,
    VisitItemSource,
)
from equipoise.conduct.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectView:
    """What the record says about a subject: the latest value of each item, by day of the form.

    Attributes
    ----------
    rulebook : Rulebook
        The study made ready.
    subject : SubjectRecord
        The subject.
    """

    rulebook: Rulebook
    subject: SubjectRecord

    def value(self, name: str) -> Value:
        """Return the value of a name in a rule, None when missing or unknown."""
        source = self.rulebook.source(name)
        if isinstance(source, ItemSource):
            return latest_value(rows_backwards(self.subject, source.forms), source.item)
        return beside_items(self, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """What a check of a row sees: the row itself, then its visit, then the latest values.

    An item of the row's own form is never looked up elsewhere: left empty, it is missing.
    """

    rulebook: Rulebook
    subject: SubjectRecord
    row: Row

    def value(self, name: str) -> Value:
        """Return the value of a name in a rule, None when missing or unknown."""
        source = self.rulebook.source(name)
        if not isinstance(source, ItemSource):
            return self.row.date if source is BuiltIn.FORM_DATE else beside_items(self, source)
        if self.row.form in source.forms:
            return self.row.value(source.item)
        here = _at_visit(self.subject, self.row, source.forms)
        value = latest_value(here, source.item)
        if value is not None:
            return value
        return latest_value(rows_backwards(self.subject, source.forms), source.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeView:
    """What a computed item of a row sees: the row, then its visit, then what was known that day.

    Later rows never change what an earlier one computed. An item of the row's own form may come
    from an earlier visit (the height), unless the form repeats: rows are about different things.
    """

    rulebook: Rulebook
    subject: SubjectRecord
    row: Row

    def value(self, name: str) -> Value:
        """Return the value of a name in a rule, None when missing or unknown."""
        source = self.rulebook.source(name)
        if not isinstance(source, ItemSource):
            return self.row.date if source is BuiltIn.FORM_DATE else beside_items(self, source)
        own = self.row.value(source.item)
        form = self.rulebook.forms[self.row.form].form
        alone = source.item in form.items and (
            form.repeats is not None or form.items[source.item].computed
        )
        if own is not None or alone:
            return own
        here = latest_value(_at_visit(self.subject, self.row, source.forms), source.item)
        return here if here is not None else self._known_then(source)

    def _known_then(self, source: ItemSource) -> Value:
        rows = rows_backwards(self.subject, source.forms)
        return latest_value((row for row in rows if row.date <= self.row.date), source.item)


View = SubjectView | CheckView | ComputeView


def rows_backwards(subject: SubjectRecord, forms: tuple[str, ...]) -> Iterator[Row]:
    """Return the rows of some forms, the latest day first."""
    if len(forms) == 1:
        return reversed(subject.rows_of(forms[0]))
    rows = (row for form in forms for row in subject.rows_of(form))
    return iter(sorted(rows, key=lambda row: (row.date, row.first), reverse=True))


def _at_visit(subject: SubjectRecord, row: Row, forms: tuple[str, ...]) -> Iterator[Row]:
    return (other for other in rows_backwards(subject, forms) if other.visit == row.visit)


def latest_value(rows: Iterator[Row], item: str) -> Value:
    """Return the first value of an item among some rows, None when none has one."""
    for row in rows:
        value = row.value(item)
        if value is not None:
            return value
    return None


def beside_items(view: View, source: Source) -> Value:
    """Return the value of a name that is no item; a name the study does not have is missing."""
    subject, rulebook = view.subject, view.rulebook
    match source:
        case VisitItemSource(visit=visit, item=item, forms=forms):
            rows = rows_backwards(subject, forms)
            return latest_value((row for row in rows if _is_of(row, visit, rulebook)), item)
        case FormDaySource(form=form):
            rows_of = subject.rows_of(form)
            return rows_of[0].date if rows_of else None
        case StratumSource(stratum=stratum):
            return stratum_answer(subject, stratum=stratum, rulebook=rulebook)
        case LaboratoryGradeSource():
            return laboratory_grade(subject, source=source, study=rulebook.study)
        case EventGradeSource():
            return event_grade(subject, source=source)
        case BuiltIn():
            return _built_in(subject, source, rulebook)
        case _:
            return None


def _is_of(row: Row, visit: str, rulebook: Rulebook) -> bool:
    found = rulebook.visit(row.visit)
    return found is not None and found[0] == visit


def _built_in(subject: SubjectRecord, name: BuiltIn, rulebook: Rulebook) -> Value:
    match name:
        case BuiltIn.SUBJECT:
            return subject.subject
        case BuiltIn.SITE:
            return subject.site or None
        case BuiltIn.ARM:
            return arm_of(subject, rulebook=rulebook)
        case BuiltIn.REGISTRATION_DATE:
            return subject.registration_date
        case BuiltIn.RANDOMISATION_DATE:
            return subject.randomisation_date
        case BuiltIn.FORM_DATE:
            return None
        case _:
            assert_never(name)


def arm_of(subject: SubjectRecord, *, rulebook: Rulebook) -> str | None:
    """Return the arm of a subject; in a study of one arm, everybody's."""
    study = rulebook.study
    if subject.arm is None and study.randomise is None and len(study.arms) == 1:
        return next(iter(study.arms))
    return subject.arm


def strata_now(subject: SubjectRecord, *, rulebook: Rulebook) -> dict[str, bool | None]:
    """Return what the rules of the strata say now."""
    answers = rulebook.strata.answers(SubjectView(rulebook=rulebook, subject=subject).value)
    return {name: None if said is None else bool(said) for name, said in answers.items()}


def say_stratum(strata: dict[str, bool | None]) -> str:
    """Return strata in words: `older=true,ca199_high=false`; `all` when there are none."""
    said = {True: "true", False: "false", None: "unknown"}
    return ",".join(f"{name}={said[answer]}" for name, answer in strata.items()) or "all"


def stratum_answer(subject: SubjectRecord, *, stratum: str, rulebook: Rulebook) -> bool | None:
    """Return whether a subject is in a stratum: as allocated, or as the rule says now."""
    said = dict(part.split("=") for part in (subject.stratum or "").split(",") if "=" in part)
    match said.get(stratum):
        case "true":
            return True
        case "false":
            return False
        case _:
            return strata_now(subject, rulebook=rulebook)[stratum]
