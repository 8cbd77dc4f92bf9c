"""Clinical rules of the package that a form's computed item may name.

Each takes the values of some items and answers with a plain value, or None when unknown, and says
why. The rules themselves stand in `oncology`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from equipoise.study.body_functions import BODY_FUNCTIONS
from equipoise.study.clinical_function import Answer, ClinicalFunction, Value
from equipoise.study.toxicity_functions import TOXICITY_FUNCTIONS
from equipoise.study.tumour_functions import TUMOUR_FUNCTIONS

FUNCTIONS: Mapping[str, ClinicalFunction] = MappingProxyType(
    {**BODY_FUNCTIONS, **TUMOUR_FUNCTIONS, **TOXICITY_FUNCTIONS}
)
"""The clinical functions, by the name a study file calls them."""

__all__ = ["FUNCTIONS", "Answer", "ClinicalFunction", "Value"]
