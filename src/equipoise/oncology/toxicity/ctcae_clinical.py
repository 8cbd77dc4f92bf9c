"""The terms that a clinician grades: to search on a form, to read, and to refuse impossible grades.

The terms of v5.0 stand in the four files `ctcae_terms_*.py`, what v4.03 has otherwise in
`ctcae_clinical_4_03.py`. Those of v6.0 are not here: a study by it finds none of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from equipoise.oncology.toxicity.ctcae_clinical_editions import CLINICAL_TABLES, NEAREST
from equipoise.oncology.toxicity.ctcae_clinical_rows import ClinicalTerm
from equipoise.oncology.toxicity.ctcae_editions import TABLES
from equipoise.oncology.toxicity.ctcae_rows import Edition, LaboratoryTerm

CLINICAL_TERMS: tuple[ClinicalTerm, ...] = CLINICAL_TABLES[Edition.V5]
"""Clinical terms of CTCAE v5.0, by system organ class and name."""

_WORDS = re.compile(r"[a-z0-9]+")


def _grades_by_name(edition: Edition) -> Mapping[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {name.lower(): frozenset() for name in NEAREST[edition]}
    for entry in TABLES[edition].values():
        name = entry.name.lower()
        found[name] = found.get(name, frozenset()) | _laboratory_grades(entry)
    clinical = {term.name.lower(): frozenset(term.grades) for term in CLINICAL_TABLES[edition]}
    return MappingProxyType({**found, **clinical})


def _laboratory_grades(entry: LaboratoryTerm) -> frozenset[int]:
    return entry.by_number | frozenset(entry.not_by_number)


_TERMS: Mapping[Edition, Mapping[str, ClinicalTerm]] = MappingProxyType(
    {
        edition: MappingProxyType({term.name.lower(): term for term in terms})
        for edition, terms in CLINICAL_TABLES.items()
    }
)
_GRADES: Mapping[Edition, Mapping[str, frozenset[int]]] = MappingProxyType(
    {edition: _grades_by_name(edition) for edition in Edition}
)
_NEAREST: Mapping[Edition, Mapping[str, str]] = MappingProxyType(
    {
        edition: MappingProxyType({name.lower(): nearest for name, nearest in names.items()})
        for edition, names in NEAREST.items()
    }
)


def clinical_term(name: str, *, edition: Edition = Edition.V5) -> ClinicalTerm | None:
    """Return the clinical term of a name of the NCI, whatever its capitals; None when not here."""
    return _TERMS[edition].get(name.strip().lower())


def nearest_term(name: str, *, edition: Edition) -> str | None:
    """Return the name to use for a term that an edition does not have; None when it has it.

    Examples
    --------
    >>> nearest_term("Hepatitis B reactivation", edition=Edition.V4_03)
    'Hepatitis viral'
    """
    return _NEAREST[edition].get(name.strip().lower())


def search_terms(
    words: str, *, most: int = 10, edition: Edition = Edition.V5
) -> tuple[ClinicalTerm, ...]:
    """Return the terms of an edition that a search finds, best first.

    Every word has to begin a word of the name or of a synonym, in any order. A term whose name has
    all words comes before one that has them among its synonyms; then the shorter name comes first.

    Parameters
    ----------
    words : str
        What was typed; nothing finds nothing.
    most : int
        At most so many terms.
    edition : Edition
        The edition whose terms and grades are wanted.
    """
    wanted = _WORDS.findall(words.lower())
    if not wanted:
        return ()
    found = [
        (place, len(term.name), term.name, term)
        for term in CLINICAL_TABLES[edition]
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


def existing_grades(name: str, *, edition: Edition = Edition.V5) -> frozenset[int] | None:
    """Return the grades that an edition has for a term; None for a term that is not here.

    Laboratory terms count with the grades that only a clinician can give. A term that only another
    edition has is known, and has no grade. Of v6.0 the laboratory terms alone are here: of any
    other term nothing is known, and no grade is refused.
    """
    return _GRADES[edition].get(name.strip().lower())


def impossible_grade(name: str, *, grade: int, edition: Edition = Edition.V5) -> str | None:
    """Return why a term cannot have a grade, as a finding says it; None when it can.

    Examples
    --------
    >>> impossible_grade("Fatigue", grade=4)
    'CTCAE v5.0 has no grade 4 for Fatigue: its grades are 1, 2, 3'
    >>> impossible_grade("Fatigue", grade=3) is None
    True
    >>> impossible_grade("Arterial thromboembolism", grade=3, edition=Edition.V4_03)
    'CTCAE v4.03 has no term Arterial thromboembolism: nearest is Thromboembolic event'
    """
    grades = existing_grades(name, edition=edition)
    if grades is None or grade in grades:
        return None
    nearest = nearest_term(name, edition=edition)
    if nearest is not None:
        return f"{edition.spoken} has no term {name.strip()}: nearest is {nearest}"
    have = ", ".join(str(each) for each in sorted(grades))
    return f"{edition.spoken} has no grade {grade} for {name.strip()}: its grades are {have}"
