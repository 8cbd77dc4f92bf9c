"""The tables as rows of words, for a clinician to proof-read against the NCI document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from equipoise.oncology.toxicity.ctcae_clinical_editions import CLINICAL_TABLES
from equipoise.oncology.toxicity.ctcae_editions import TABLES
from equipoise.oncology.toxicity.ctcae_rows import Edition, LaboratoryTerm, Of, Row, When

_GRADES = (1, 2, 3, 4, 5)
_BY_CLINICIAN = "clinical"
_OPEN = "open: "
_CONDITIONS: Mapping[When, str] = {
    When.NORMAL_BASELINE: "if baseline normal",
    When.ABNORMAL_BASELINE: "if baseline abnormal",
    When.ABNORMAL_TO_5: "if baseline abnormal, up to 5 x ULN",
    When.ABNORMAL_BEYOND_5: "if baseline above 5 x ULN",
    When.LOW_BASELINE: "if baseline below LLN",
    When.ABOVE_BASELINE: "and above the baseline",
    When.BELOW_NORMAL: "while below LLN",
    When.SYMPTOMATIC: "with symptoms",
    When.MORE_THAN_MILD: "with more than mild symptoms",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryProof:
    """One laboratory term in words.

    Attributes
    ----------
    code : str
        What a study file calls it.
    name, measured, soc, unit : str
        The term of the NCI, what is measured, system organ class, unit.
    grades : Mapping[int, str]
        Grade 1 to 5 -> how a number reaches it; "clinical" where only a clinician can give it,
        "open:" before numbers for which the text names no grade, '' where it does not exist.
    note : str
        A choice made where the text is silent.
    """

    code: str
    name: str
    measured: str
    soc: str
    unit: str
    grades: Mapping[int, str]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalProof:
    """One clinical term in words: grade 1 to 5 -> what it means, '' where it does not exist."""

    name: str
    soc: str
    grades: Mapping[int, str]
    synonyms: tuple[str, ...]


def laboratory_rows(edition: Edition = Edition.V5) -> tuple[LaboratoryProof, ...]:
    """Return the laboratory terms of an edition; their words are made from the rows that grade."""
    return tuple(
        LaboratoryProof(
            code=term,
            name=entry.name,
            measured=entry.label,
            soc=entry.soc,
            unit=entry.unit,
            grades={grade: _grade_words(entry, grade) for grade in _GRADES},
            note=entry.note,
        )
        for term, entry in TABLES[edition].items()
    )


def clinical_rows(edition: Edition = Edition.V5) -> tuple[ClinicalProof, ...]:
    """Return the clinical terms of an edition with the meaning of each grade."""
    return tuple(
        ClinicalProof(
            name=term.name,
            soc=term.soc,
            grades={grade: term.grades.get(grade, "") for grade in _GRADES},
            synonyms=term.synonyms,
        )
        for term in CLINICAL_TABLES[edition]
    )


def _grade_words(entry: LaboratoryTerm, grade: int) -> str:
    rows = [row for row in entry.rows if row.grade == grade]
    said = [*_row_words(rows), *([_BY_CLINICIAN] if grade in entry.not_by_number else [])]
    return "; ".join(said)


def _row_words(rows: Iterable[Row]) -> list[str]:
    return [
        f"{_OPEN if row.gap else ''}{row.side.sign}{_bound_words(row)}{_condition_words(row)}"
        for row in rows
    ]


def _bound_words(row: Row) -> str:
    if row.of is Of.ONE:
        return f"{row.times:g}"
    times = "" if row.times == 1 else f"{row.times:g} x "
    plus = f" + {row.plus:g}" if row.plus else ""
    return f"{times}{row.of.short}{plus}"


def _condition_words(row: Row) -> str:
    condition = _CONDITIONS.get(row.when)
    return f" {condition}" if condition else ""
