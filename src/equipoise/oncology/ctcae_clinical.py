"""The terms that a clinician grades: to search on a form, to read, and to refuse impossible grades.

The terms stand in the four files `ctcae_terms_*.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from equipoise.oncology.ctcae_clinical_rows import ClinicalTerm
from equipoise.oncology.ctcae_rows import LaboratoryTerm
from equipoise.oncology.ctcae_table import CTCAE_V5
from equipoise.oncology.ctcae_terms_digestive import DIGESTIVE
from equipoise.oncology.ctcae_terms_general import GENERAL
from equipoise.oncology.ctcae_terms_organs import ORGANS
from equipoise.oncology.ctcae_terms_surgery import SURGERY

CLINICAL_TERMS: tuple[ClinicalTerm, ...] = tuple(
    sorted((*DIGESTIVE, *GENERAL, *ORGANS, *SURGERY), key=lambda term: (term.soc, term.name))
)
"""Clinical terms of CTCAE v5.0, by system organ class and name."""

_WORDS = re.compile(r"[a-z0-9]+")


def _grades_by_name() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for entry in CTCAE_V5.values():
        name = entry.name.lower()
        found[name] = found.get(name, frozenset()) | _laboratory_grades(entry)
    clinical = {term.name.lower(): frozenset(term.grades) for term in CLINICAL_TERMS}
    return {**found, **clinical}


def _laboratory_grades(entry: LaboratoryTerm) -> frozenset[int]:
    return frozenset(row.grade for row in entry.rows) | frozenset(entry.not_by_number)


_GRADES: Mapping[str, frozenset[int]] = MappingProxyType(_grades_by_name())


def clinical_term(name: str) -> ClinicalTerm | None:
    """Return the clinical term of a name of the NCI, whatever its capitals; None when not here."""
    wanted = name.strip().lower()
    return next((term for term in CLINICAL_TERMS if term.name.lower() == wanted), None)


def search_terms(words: str, *, most: int = 10) -> tuple[ClinicalTerm, ...]:
    """Return the terms that a search finds, best first.

    Every word has to begin a word of the name or of a synonym, in any order. A term whose name has
    all words comes before one that has them among its synonyms; then the shorter name comes first.

    Parameters
    ----------
    words : str
        What was typed; nothing finds nothing.
    most : int
        At most so many terms.
    """
    wanted = _WORDS.findall(words.lower())
    if not wanted:
        return ()
    found = [
        (place, len(term.name), term.name, term)
        for term in CLINICAL_TERMS
        if (place := _place(term, wanted)) is not None
    ]
    return tuple(term for *_, term in sorted(found, key=lambda each: each[:3])[:most])


def _place(term: ClinicalTerm, wanted: list[str]) -> int | None:
    """Return 0 where the name has all words, 1 where name and synonyms do, None otherwise."""
    texts = (term.name, f"{term.name} {' '.join(term.synonyms)}")
    for place, text in enumerate(texts):
        have = _WORDS.findall(text.lower())
        if all(any(word.startswith(part) for word in have) for part in wanted):
            return place
    return None


def existing_grades(name: str) -> frozenset[int] | None:
    """Return the grades that CTCAE v5.0 has for a term; None for a term that is not here.

    Laboratory terms count with the grades that only a clinician can give.
    """
    return _GRADES.get(name.strip().lower())


def impossible_grade(name: str, *, grade: int) -> str | None:
    """Return why a term cannot have a grade, as a finding says it; None when it can.

    Examples
    --------
    >>> impossible_grade("Fatigue", grade=4)
    'CTCAE v5.0 has no grade 4 for Fatigue: its grades are 1, 2, 3'
    >>> impossible_grade("Fatigue", grade=3) is None
    True
    """
    grades = existing_grades(name)
    if grades is None or grade in grades:
        return None
    have = ", ".join(str(each) for each in sorted(grades))
    return f"CTCAE v5.0 has no grade {grade} for {name.strip()}: its grades are {have}"
