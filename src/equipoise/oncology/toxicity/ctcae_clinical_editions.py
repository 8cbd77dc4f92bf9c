"""The clinical terms of each edition: those of v5.0, what v4.03 has otherwise, none of v6.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from equipoise.oncology.toxicity.ctcae_clinical_4_03 import DIFFERENT_4_03, NEAREST_4_03, SOC_4_03
from equipoise.oncology.toxicity.ctcae_clinical_rows import ClinicalTerm
from equipoise.oncology.toxicity.ctcae_rows import Edition
from equipoise.oncology.toxicity.ctcae_terms_digestive import DIGESTIVE
from equipoise.oncology.toxicity.ctcae_terms_general import GENERAL
from equipoise.oncology.toxicity.ctcae_terms_organs import ORGANS
from equipoise.oncology.toxicity.ctcae_terms_surgery import SURGERY


def _ordered(terms: tuple[ClinicalTerm, ...]) -> tuple[ClinicalTerm, ...]:
    return tuple(sorted(terms, key=lambda term: (term.soc, term.name)))


def _of_4_03(term: ClinicalTerm) -> ClinicalTerm:
    told = {**term.grades, **DIFFERENT_4_03.get(term.name, {})}
    grades = {grade: text for grade, text in sorted(told.items()) if text}
    soc = SOC_4_03.get(term.name, term.soc)
    return replace(term, soc=soc, grades=MappingProxyType(grades))


_V5 = _ordered((*DIGESTIVE, *GENERAL, *ORGANS, *SURGERY))

CLINICAL_TABLES: Mapping[Edition, tuple[ClinicalTerm, ...]] = MappingProxyType(
    {
        Edition.V5: _V5,
        Edition.V4_03: _ordered(
            tuple(_of_4_03(term) for term in _V5 if term.name not in NEAREST_4_03)
        ),
        Edition.V6: (),
    }
)
"""The clinical terms of each edition, by system organ class and name; of v6.0 none was read."""

NEAREST: Mapping[Edition, Mapping[str, str]] = MappingProxyType(
    {
        Edition.V5: MappingProxyType({}),
        Edition.V4_03: NEAREST_4_03,
        Edition.V6: MappingProxyType({}),
    }
)
"""Terms that an edition does not have -> the one of that edition that is nearest."""
