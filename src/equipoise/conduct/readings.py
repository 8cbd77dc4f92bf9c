"""What the CTCAE says of a recorded row: the grade of each laboratory value, and of an event.

A reading holds plain values and is worked out when somebody asks for it: grading a whole form of
laboratory values takes as long as recording it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile

from equipoise.conduct.grades import enrolment_date, entered, measurement, sample_of
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.sources import EVENT_GRADE, ItemSource
from equipoise.conduct.values import to_text
from equipoise.oncology.toxicity.ctcae import Grade
from equipoise.oncology.toxicity.ctcae_clinical import (
    clinical_term,
    existing_grades,
    impossible_grade,
)
from equipoise.oncology.toxicity.ctcae_proof import LaboratoryProof, laboratory_rows
from equipoise.oncology.toxicity.ctcae_rows import Edition
from equipoise.oncology.toxicity.laboratory_units import factor_to
from equipoise.study.event_terms import event_items
from equipoise.study.laboratory_grade import GradedItem, Taken, reading
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryReading:
    """A laboratory value with everything that its grade depends on.

    Attributes
    ----------
    study : Study
        Whose limits, edition and choices grade it.
    graded : GradedItem
        The item.
    taken, baseline : Taken, Taken | None
        The value, and the one it is graded against.
    """

    study: Study = field(repr=False)
    graded: GradedItem
    taken: Taken
    baseline: Taken | None

    @property
    def item(self) -> str:
        """Name of the item."""
        return self.graded.name

    @property
    def names(self) -> tuple[str, ...]:
        """What the reading tells, as rules name it: the value, and the grade with its limits."""
        return self.item, f"{self.item}_grade"

    @property
    def value(self) -> float:
        """The value, in the unit of its item."""
        return self.taken.value

    @property
    def grade(self) -> int | None:
        """The grade; None when what is known does not decide it."""
        return self._read().grade

    @property
    def why(self) -> str:
        """What decided, or what is missing: ``Neutrophils 0.9 10^9/L is below 1: grade 3``."""
        edition = self.study.toxicity.criteria.spoken
        return f"{self._read().rule}{self._as_recorded()} ({edition})."

    def _read(self) -> Grade:
        return reading(self.study, self.graded, taken=self.taken, baseline=self.baseline)

    def _as_recorded(self) -> str:
        """Return the value as people know it, where the cut-offs are in another unit."""
        if factor_to(self.graded.term, unit=self.graded.unit) == 1:
            return ""
        return f"; recorded as {to_text(self.value)} {self.graded.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReading:
    """The grade of an adverse event as somebody gave it.

    Attributes
    ----------
    item : str
        The item of the grade.
    term : str
        What the study calls the event.
    grade : int
        Its grade.
    edition : Edition
        The edition of the CTCAE.
    named_by : str
        The item of the term.
    """

    item: str
    term: str
    grade: int
    edition: Edition
    named_by: str

    @property
    def names(self) -> tuple[str, ...]:
        """What the reading tells: the items of the grade and of the term."""
        return self.item, self.named_by

    @property
    def meaning(self) -> str:
        """What the grade means for the term; '' where the edition does not have it."""
        term = clinical_term(self.term, edition=self.edition)
        if term is not None:
            return term.grades.get(self.grade, "")
        return _by_number(self.edition).get((self.term.strip().lower(), self.grade), "")

    @property
    def impossible(self) -> str | None:
        """Why the term cannot have the grade, None when it can."""
        return impossible_grade(self.term, grade=self.grade, edition=self.edition)

    @property
    def why(self) -> str:
        """What the grade means, in one sentence: ``Fatigue grade 1: rest relieves it (...)``."""
        if (impossible := self.impossible) is not None:
            return f"{impossible}."
        return f"{self.term} grade {self.grade}: {self.meaning} ({self.edition.spoken})."


Reading = LaboratoryReading | EventReading


@cache
def _by_number(edition: Edition) -> dict[tuple[str, int], str]:
    """Return what grades of laboratory terms mean, by name in small letters and grade."""
    found: dict[tuple[str, int], str] = {}
    for row in laboratory_rows(edition):
        for grade, words in row.grades.items():
            key, before = (row.name.lower(), grade), found.get((row.name.lower(), grade))
            if words:
                said = _in_words(row, words)
                found[key] = said if before is None else f"{before}, or {said}"
    return found


def _in_words(row: LaboratoryProof, words: str) -> str:
    if words == "clinical":
        return "by the clinician's judgement, no number gives it"
    unit = f" {row.unit}" if _NUMBER.fullmatch(words) else ""
    return f"{row.measured} {words}{unit}"


_NUMBER = re.compile(r"[<>]=?[0-9.]+")


def readings_of(row: Row, *, subject: SubjectRecord, rulebook: Rulebook) -> tuple[Reading, ...]:
    """Return what the CTCAE says of a row; nothing of forms without values or events to grade."""
    events = event_readings(row, rulebook=rulebook)
    return events or laboratory_readings(row, subject=subject, rulebook=rulebook)


def laboratory_readings(
    row: Row, *, subject: SubjectRecord, rulebook: Rulebook
) -> tuple[LaboratoryReading, ...]:
    """Return the laboratory values of a row that have a grade, in the order of the form.

    The baseline is the last value up to the day of enrolment, and counts for values after it.
    """
    asked = rulebook.forms[row.form].form.items
    graded = [rulebook.graded[name] for name in asked if name in rulebook.graded]
    if not graded:
        return ()
    return tuple(_laboratory(row, graded, subject=subject, rulebook=rulebook))


def _laboratory(
    row: Row, graded: list[GradedItem], *, subject: SubjectRecord, rulebook: Rulebook
) -> Iterator[LaboratoryReading]:
    measured = ((item, measurement(row, item.name)) for item in graded)
    sample = sample_of(subject, row, study=rulebook.study)
    for item, value in measured:
        if value is not None:
            yield LaboratoryReading(
                study=rulebook.study,
                graded=item,
                taken=Taken(value=value, sample=sample),
                baseline=_baseline(row, item.name, subject=subject, rulebook=rulebook),
            )


def _baseline(row: Row, item: str, *, subject: SubjectRecord, rulebook: Rulebook) -> Taken | None:
    enrolled = enrolment_date(subject, study=rulebook.study)
    source = rulebook.source(item)
    if enrolled is None or row.date <= enrolled or not isinstance(source, ItemSource):
        return None
    early = [
        each
        for form in source.forms
        for each in takewhile(lambda other: other.date <= enrolled, subject.rows_of(form))
        if measurement(each, item) is not None
    ]
    last = max(early, key=lambda each: entered(each, item), default=None)
    if last is None or (value := measurement(last, item)) is None:
        return None
    return Taken(value=value, sample=sample_of(subject, last, study=rulebook.study))


def event_readings(row: Row, *, rulebook: Rulebook) -> tuple[EventReading, ...]:
    """Return the term and the grade of a recorded adverse event.

    Nothing while one of them is missing, and for a term that is not in the CTCAE.
    """
    grade = row.value(EVENT_GRADE)
    if isinstance(grade, bool) or not isinstance(grade, int):
        return ()
    edition = rulebook.study.toxicity.criteria
    return tuple(
        EventReading(item=EVENT_GRADE, term=term, grade=grade, edition=edition, named_by=name)
        for name, term in _terms(row, rulebook=rulebook)
        if existing_grades(term, edition=edition) is not None
    )


def _terms(row: Row, *, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    for name, item in event_items(rulebook.forms[row.form].form):
        value = row.value(name)
        if isinstance(value, str):
            yield name, item.codes.get(value, value)
