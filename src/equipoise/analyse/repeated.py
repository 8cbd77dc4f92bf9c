"""Items of forms that repeat: their rows lie in a domain, several for one subject."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from equipoise.analyse.selection import Selection, equals, select
from equipoise.analyse.variables import Level, Variable
from equipoise.derive.frames import AnalysisData
from equipoise.derive.placement import PlaceKind, places
from equipoise.study.forms import ItemType
from equipoise.study.study import Study

LETTERS = {"yes": "Y", "no": "N"}


def select_repeated(study: Study, data: AnalysisData, *, variable: Variable) -> Selection:
    """Return the rows of the domain that hold an item of a form that repeats.

    Raises
    ------
    BadInput
        When the data have no such domain.
    """
    own = (pl.col("form") == variable.repeated_on) & (pl.col("item") == variable.name)
    place = places(study).row(by_predicate=own, named=True)
    domain = place["DOMAIN"]
    rows = select(data, domain)
    if place["KIND"] == str(PlaceKind.TEST):
        tests = rows.narrowed(equals(f"{domain}TESTCD", place["VARIABLE"]))
        return tests.reading(f"{domain}ORRES").known(f"{domain}ORRES")
    return rows.reading(place["VARIABLE"]).known(place["VARIABLE"])


def levels_as_told(variable: Variable, *, column: str) -> tuple[Level, ...]:
    """Return the levels of an item as its domain spells them, the one that counts first first.

    Yes counts before no, and a code before those that its list names earlier.
    """
    match variable.type:
        case ItemType.YES_NO:
            return tuple(
                Level(name=name, label=name.capitalize(), condition=equals(column, letter))
                for name, letter in LETTERS.items()
            )
        case ItemType.CODE:
            return tuple(
                Level(name=code, label=label, condition=equals(column, code))
                for code, label in reversed(list(variable.codes.items()))
            )
        case _:
            return ()


def once_a_subject(told: Selection, levels: tuple[Level, ...]) -> dict[str, Selection]:
    """Return, for each level, the rows of the subjects for whom it is the first that occurred."""
    left, found = told, {}
    for level in levels:
        found[level.name] = left.narrowed(level.condition)
        left = left.without(found[level.name].subjects)
    return {name: replace(part, column=told.column) for name, part in found.items()}
