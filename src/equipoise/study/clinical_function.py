"""What a clinical rule of the package looks like to a form: needs, answer, and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from equipoise.oncology.toxicity.laboratory_units import UNITS
from equipoise.study.forms import ItemType

Value = bool | int | float | str | None


UNIT_OF: Mapping[str, str] = MappingProxyType(
    {
        "tumour_cm": "cm",
        "height_cm": "cm",
        "weight_kg": "kg",
        "bsa_m2": "m2",
        "margin_mm": "mm",
        "viable_percent": "%",
        **dict.fromkeys(("remnant_ml", "liver_ml", "tumour_ml"), "mL"),
        **dict.fromkeys(("bilirubin", "creatinine"), "umol/L"),
        "albumin": "g/L",
        "calcium": "mmol/L",
        "ca199": "U/mL",
        **dict.fromkeys(("neutrophils", "lymphocytes"), "10^9/L"),
        "prothrombin_s": "s",
        **dict.fromkeys(("systolic", "diastolic"), "mmHg"),
        **dict.fromkeys(("urine_protein", "urine_protein_limit"), "g"),
    }
)
"""The unit in which a rule takes an argument; what is not here has none."""


def in_unit_of_argument(unit: str, *, argument: str) -> bool:
    """Tell whether an item in this unit can be given to a rule as it is.

    Examples
    --------
    >>> in_unit_of_argument("mg/dL", argument="bilirubin")
    False
    >>> in_unit_of_argument("nmol/mL", argument="bilirubin")
    True
    """
    wanted, given = UNIT_OF.get(argument), unit.strip().replace("µ", "u").replace("μ", "u")
    if wanted is None or wanted.lower() == given.lower():
        return True
    return given in UNITS and UNITS.get(wanted) == UNITS[given]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule answers with, and why in one sentence."""

    value: Value
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalFunction:
    """A clinical rule: what it needs, what it answers, and how it is called.

    Attributes
    ----------
    needs : Mapping[str, ItemType]
        Argument -> type of the item behind it.
    optional : frozenset[str]
        Arguments that a study need not collect.
    answers : ItemType
        Type of the answer.
    rule : callable
        Keyword arguments of the names in `needs`, answer with its reason.
    """

    needs: Mapping[str, ItemType]
    answers: ItemType
    rule: Callable[..., Answer]
    optional: frozenset[str] = frozenset()

    def answer(self, **values: object) -> Answer:
        """Return the answer for the values of some items, with its reason."""
        return self.rule(**values)

    def call(self, **values: object) -> Value:
        """Return the value of the answer alone; None when unknown."""
        return self.rule(**values).value
