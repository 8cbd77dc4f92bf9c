"""What a clinical term of the CTCAE is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from equipoise.oncology.toxicity.ctcae_rows import Soc

LIFE = "life in danger; treat at once"
DEATH = "death"
_PAIN = {1: "mild", 2: "moderate; limits housework and errands", 3: "severe; limits self-care"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalTerm:
    """A term that a clinician grades, with its grades in our words.

    Attributes
    ----------
    name : str
        The term of the NCI.
    soc : Soc
        System organ class.
    grades : Mapping[int, str]
        Grade -> what it means; a grade that is absent does not exist for the term.
    synonyms : tuple[str, ...]
        What else people call it.
    """

    name: str
    soc: Soc
    grades: Mapping[int, str]
    synonyms: tuple[str, ...] = ()


def term(soc: Soc, name: str, *grades: str, fatal: bool = False, called: str = "") -> ClinicalTerm:
    """Return a term whose grades stand in order; '' for one that does not exist.

    `fatal` adds grade 4 (life in danger) where it is not told, and grade 5.
    """
    told = {number: text for number, text in enumerate(grades, start=1) if text}
    if fatal:
        told = {4: LIFE, **told, 5: DEATH}
    return ClinicalTerm(
        name=name,
        soc=soc,
        grades=MappingProxyType(dict(sorted(told.items()))),
        synonyms=tuple(part.strip() for part in called.split(",") if part.strip()),
    )


def pain(soc: Soc, name: str, *, called: str = "") -> ClinicalTerm:
    """Return a term of pain: mild, moderate, severe, and nothing worse."""
    return term(soc, name, *_PAIN.values(), called=called)
