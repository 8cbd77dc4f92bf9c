"""Units of laboratory values, and exact conversion between them: 10.2 g/dL is 102 g/L.

A unit is a kind of quantity and a fraction of its base. Mass and amount of one substance convert
into each other by its molar mass, equivalents of an ion into its amount by its charge. Conversion
is exact in rational numbers and rounded once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written
from equipoise.oncology.toxicity.ctcae_editions import unit_of
from equipoise.oncology.toxicity.ctcae_limits import Limits
from equipoise.oncology.toxicity.ctcae_rows import Term


class Kind(StrEnum):
    """What a unit measures."""

    CELLS = "cells a volume"
    MASS = "mass a volume"
    AMOUNT = "amount of substance a volume"
    CHARGE = "equivalents of an ion a volume"
    ACTIVITY = "activity of an enzyme a volume"
    ARBITRARY = "international units of a hormone a volume"
    TIME = "time"
    NUMBER = "a number without unit"
    CLEARANCE = "volume a time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit: what it measures, and how many of the base unit one of it is."""

    kind: Kind
    base: Fraction


def _unit(kind: Kind, base: str) -> Unit:
    return Unit(kind=kind, base=Fraction(base))


_CELLS = {
    "1e9": ("10^9/L", "10*9/L", "x10^9/L", "10^3/uL", "10*3/uL", "K/uL", "10^3/mm3", "G/L"),
    "1e12": ("10^12/L", "10*12/L", "10^6/uL", "10*6/uL"),
    "1e6": ("10^6/L", "10*6/L", "x10^6/L", "/uL", "/mm3", "cells/uL", "cells/mm3"),
}
_MASS = {
    "1": ("g/L", "mg/mL"),
    "10": ("g/dL", "g/100mL"),
    "0.01": ("mg/dL", "mg/100mL"),
    "0.001": ("mg/L", "ug/mL"),
    "0.00001": ("ug/dL",),
    "0.000001": ("ug/L", "ng/mL"),
}
_AMOUNT = {
    "1": ("mol/L",),
    "0.001": ("mmol/L", "umol/mL"),
    "0.000001": ("umol/L", "nmol/mL"),
    "0.000000001": ("nmol/L", "pmol/mL"),
    "0.01": ("mmol/dL",),
}
_OTHER: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.CHARGE: {"0.001": ("mEq/L", "mval/L")},
    Kind.ACTIVITY: {"1": ("U/L", "IU/L", "mU/mL"), "60": ("ukat/L",)},
    Kind.ARBITRARY: {"1": ("mU/L", "mIU/L", "uU/mL", "uIU/mL")},
    Kind.TIME: {"1": ("s", "sec", "seconds")},
    Kind.NUMBER: {"1": ("", "1", "ratio", "INR")},
    Kind.CLEARANCE: {"1": ("mL/min", "ml/min"), "60": ("mL/s", "ml/s")},
}

UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        name: _unit(kind, base)
        for kind, sizes in (
            (Kind.CELLS, _CELLS),
            (Kind.MASS, _MASS),
            (Kind.AMOUNT, _AMOUNT),
            *_OTHER.items(),
        )
        for base, names in sizes.items()
        for name in names
    }
)
"""Every unit that is understood, by how laboratories write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """A substance, its formula, and the mass of one mole in grams.

    Molar masses are sums of the conventional standard atomic weights of 2021 (H 1.008, C 12.011,
    N 14.007, O 15.999, Na 22.990, Mg 24.305, P 30.974, K 39.098, Ca 40.078; Prohaska 2022,
    doi:10.1515/pac-2019-0603); that of haemoglobin is of the monomer (Zwart 1996,
    doi:10.1136/jcp.49.4.271).
    """

    name: str
    formula: str
    grams_per_mole: Fraction


def _substance(name: str, formula: str, grams: str) -> Substance:
    return Substance(name=name, formula=formula, grams_per_mole=Fraction(grams))


_HAEMOGLOBIN = _substance("haemoglobin (monomer)", "", "16114.5")
_BILIRUBIN = _substance("bilirubin", "C33H36N4O6", "584.673")
_CREATININE = _substance("creatinine", "C4H7N3O", "113.120")
_SODIUM = _substance("sodium", "Na", "22.990")
_POTASSIUM = _substance("potassium", "K", "39.098")
_CALCIUM = _substance("calcium", "Ca", "40.078")
_MAGNESIUM = _substance("magnesium", "Mg", "24.305")
_PHOSPHORUS = _substance("phosphorus of phosphate", "P", "30.974")
_GLUCOSE = _substance("glucose", "C6H12O6", "180.156")
_URIC_ACID = _substance("uric acid", "C5H4N4O3", "168.112")
_CHOLESTEROL = _substance("cholesterol", "C27H46O", "386.664")
_TRIOLEIN = _substance("triglycerides (as triolein)", "C57H104O6", "885.453")

SUBSTANCES: Mapping[Term, Substance] = MappingProxyType(
    {
        Term.HAEMOGLOBIN: _HAEMOGLOBIN,
        Term.HAEMOGLOBIN_HIGH: _HAEMOGLOBIN,
        Term.BILIRUBIN: _BILIRUBIN,
        Term.CREATININE: _CREATININE,
        Term.SODIUM_LOW: _SODIUM,
        Term.SODIUM_HIGH: _SODIUM,
        Term.POTASSIUM_LOW: _POTASSIUM,
        Term.POTASSIUM_HIGH: _POTASSIUM,
        Term.CALCIUM_LOW: _CALCIUM,
        Term.CALCIUM_HIGH: _CALCIUM,
        Term.CALCIUM_IONISED_LOW: _CALCIUM,
        Term.CALCIUM_IONISED_HIGH: _CALCIUM,
        Term.MAGNESIUM_LOW: _MAGNESIUM,
        Term.MAGNESIUM_HIGH: _MAGNESIUM,
        Term.PHOSPHATE_LOW: _PHOSPHORUS,
        Term.GLUCOSE_LOW: _GLUCOSE,
        Term.GLUCOSE_HIGH: _GLUCOSE,
        Term.GLUCOSE_FASTING_HIGH: _GLUCOSE,
        Term.URIC_ACID: _URIC_ACID,
        Term.CHOLESTEROL: _CHOLESTEROL,
        Term.HDL_LOW: _CHOLESTEROL,
        Term.LDL_HIGH: _CHOLESTEROL,
        Term.TRIGLYCERIDES: _TRIOLEIN,
    }
)
"""Terms whose substance has a molar mass; albumin, fibrinogen and haptoglobin are told in grams."""

_ONE_CHARGE = (
    Term.SODIUM_LOW,
    Term.SODIUM_HIGH,
    Term.POTASSIUM_LOW,
    Term.POTASSIUM_HIGH,
    Term.BICARBONATE_LOW,
)
_TWO_CHARGES = (
    Term.CALCIUM_LOW,
    Term.CALCIUM_HIGH,
    Term.CALCIUM_IONISED_LOW,
    Term.CALCIUM_IONISED_HIGH,
    Term.MAGNESIUM_LOW,
    Term.MAGNESIUM_HIGH,
)
CHARGES: Mapping[Term, int] = MappingProxyType(
    {**dict.fromkeys(_ONE_CHARGE, 1), **dict.fromkeys(_TWO_CHARGES, 2)}
)
"""Terms of an ion -> its charges, which make a mole so many equivalents."""


def factor_to(term: Term, *, unit: str) -> Fraction | None:
    """Return what one `unit` of a term is in the unit of its cut-offs; None when it cannot be told.

    Examples
    --------
    >>> factor_to(Term.HAEMOGLOBIN, unit="g/dL")
    Fraction(10, 1)
    >>> round(float(factor_to(Term.CREATININE, unit="mg/dL")), 4)
    88.4017
    """
    here, there = _known(unit), UNITS[unit_of(term)]
    if here is None:
        return None
    if here.kind is there.kind:
        return here.base / there.base
    if here.kind is Kind.CHARGE:
        charges = CHARGES.get(term)
        return None if charges is None else here.base / charges / there.base
    substance = SUBSTANCES.get(term)
    if substance is None or {here.kind, there.kind} != {Kind.MASS, Kind.AMOUNT}:
        return None
    grams = substance.grams_per_mole
    per_base = 1 / grams if here.kind is Kind.MASS else grams
    return here.base * per_base / there.base


def in_unit_of(term: Term, value: float, *, unit: str) -> float:
    """Return a value in the unit of the cut-offs of its term, exact and rounded once.

    Raises
    ------
    BadInput
        For a unit that is not understood, or is of another kind of quantity.
    """
    factor = factor_to(term, unit=unit)
    if factor is None:
        fix = f"write it in {unit_of(term) or 'no unit'}"
        raise bad_input(f"{term} cannot be told in this unit", where="unit", got=unit, fix=fix)
    return float(Fraction(as_written(value)) * factor)


def limits_in_unit_of(term: Term, limits: Limits, *, unit: str) -> Limits:
    """Return limits of normal in the unit of the cut-offs of their term.

    Raises
    ------
    BadInput
        For a unit that is not understood, or is of another kind of quantity.
    """
    lower, upper = (
        None if end is None else in_unit_of(term, end, unit=unit)
        for end in (limits.lower, limits.upper)
    )
    return Limits(lower=lower, upper=upper)


def _known(unit: str) -> Unit | None:
    written = unit.strip().replace("µ", "u").replace("μ", "u")
    return UNITS.get(written)
