"""Where each item belongs in SDTM: its domain, its variable, and what it is to a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from equipoise.study.forms import Form, Item
from equipoise.study.study import Study

DEMOGRAPHICS = "DM"
WHOLE_ROW_DOMAINS = frozenset(
    {"AE", "CE", "CM", "DM", "DS", "DV", "EC", "EX", "HO", "MH", "PR", "SU", "TU"}
)
"""Domains whose row is a row of a form; of every other domain a row is one value (a finding)."""
_UNPLACED = "FA"
_RESULT = "ORRES"


class PlaceKind(StrEnum):
    """What an item is to the rows of its domain."""

    TEST = "test"
    QUALIFIER = "qualifier"
    COLUMN = "column"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item belongs.

    Attributes
    ----------
    domain : str
        Two letters.
    variable : str
        Short name of the test (TEST), or column of the domain (QUALIFIER, COLUMN).
    kind : PlaceKind
        A test is a row of its own; a qualifier stands on every row of findings of its form row; a
        column is one cell of the whole row.
    """

    domain: str
    variable: str
    kind: PlaceKind


def place_of(name: str, item: Item, form: Form) -> Place:
    """Return where an item belongs.

    By the item's own word (``LB.NEUT``), or else in the domain of its form, or else in FA (findings
    about), under its name in capitals. In a domain of findings a variable that bears the domain's
    letters (``FADTC``) is a qualifier; the result itself (``DDORRES``) is a test named by the item.
    """
    domain, _, variable = (item.sdtm or f"{form.domain or _UNPLACED}.{name.upper()}").partition(".")
    if domain in WHOLE_ROW_DOMAINS:
        return Place(domain=domain, variable=variable, kind=PlaceKind.COLUMN)
    if variable == f"{domain}{_RESULT}":
        return Place(domain=domain, variable=name.upper(), kind=PlaceKind.TEST)
    kind = PlaceKind.QUALIFIER if variable.startswith(domain) else PlaceKind.TEST
    return Place(domain=domain, variable=variable, kind=kind)


def places(study: Study) -> pl.DataFrame:
    """Return one row a form and item: its place (DOMAIN, VARIABLE, KIND), LABEL, UNIT, TYPE."""
    rows = [
        (
            form_name,
            name,
            place.domain,
            place.variable,
            str(place.kind),
            item.label,
            item.unit,
            item.type,
        )
        for form_name, form in study.forms.items()
        for name, item in form.items.items()
        for place in [place_of(name, item, form)]
    ]
    columns = ("form", "item", "DOMAIN", "VARIABLE", "KIND", "LABEL", "UNIT", "TYPE")
    whole = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String()), orient="row")
    # A form that has only qualifiers of a domain would leave nothing there: then they are tests.
    tests = (pl.col("KIND") == str(PlaceKind.TEST)).any().over("form", "DOMAIN")
    alone = (pl.col("KIND") == str(PlaceKind.QUALIFIER)) & ~tests
    kind = pl.when(alone).then(pl.lit(str(PlaceKind.TEST))).otherwise("KIND")
    return whole.with_columns(kind.alias("KIND"))
