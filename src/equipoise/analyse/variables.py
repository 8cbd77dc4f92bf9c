"""The properties of each subject that a study names: items, strata, sets, and their levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

import polars as pl

from equipoise.analyse.selection import equals, named
from equipoise.base.errors import bad_input
from equipoise.study.endpoints import Binary, Endpoint, Measured, ResponseEndpoint, TimeToEvent
from equipoise.study.forms import Form, FormPurpose, Item, ItemType
from equipoise.study.identity import ArmRole
from equipoise.study.namespace import grade_names
from equipoise.study.study import Study

ARM = "arm"
"""What an analysis calls the arm; in the datasets it is ARMCD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A property of each subject.

    Attributes
    ----------
    name : str
        Its name in the study, which is its column of `adsl`.
    label : str
        What it is in words.
    type : ItemType
        Kind of its values.
    codes : Mapping[str, str]
        Code to label, in the order of the code list.
    repeated_on : str or None
        Form that asks for it, when that form repeats.
    asked_when : str or None
        Rule that is true of the subjects who are asked, when not all are.
    """

    name: str
    label: str
    type: ItemType
    codes: Mapping[str, str] = field(default_factory=dict)
    repeated_on: str | None = None
    asked_when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One value that a variable of few values takes.

    Attributes
    ----------
    name : str
        Code, ``yes`` or ``no``, or the value.
    label : str
        What it is in words.
    condition : str
        SQL condition over the variable's column.
    """

    name: str
    label: str
    condition: str


def variable(study: Study, name: str) -> Variable:
    """Return what a study says of a property of each subject.

    Raises
    ------
    BadInput
        When no item, stratum or analysis set has the name.
    """
    for form in study.forms.values():
        if name in form.items:
            return _of_item(name, form.items[name], form=form)
    labels = {key: stratum.label for key, stratum in study.strata.items()}
    labels |= {key: chosen.label for key, chosen in study.analysis_sets.items()}
    if name in labels:
        return Variable(name=name, label=labels[name], type=ItemType.YES_NO)
    if name in grade_names(study):
        return Variable(name=name, label=name.replace("_", " "), type=ItemType.INTEGER)
    raise bad_input(
        "an analysis names a property of each subject",
        where="analyses",
        got=name,
        fix="name an item, a stratum or an analysis set",
    )


def single(study: Study, name: str) -> Variable:
    """Return a property that has one value for each subject, a column of `adsl`.

    Raises
    ------
    BadInput
        When the study does not have it, or asks for it on a form that repeats.
    """
    found = variable(study, name)
    if found.repeated_on is not None:
        raise bad_input(
            "groups and covariates have one value for each subject",
            where="analyses",
            got=f"{name}, of the repeating form {found.repeated_on}",
            fix="name an item of a form that does not repeat",
        )
    return found


def _of_item(name: str, item: Item, *, form: Form) -> Variable:
    return Variable(
        name=name,
        label=item.label,
        type=item.type,
        codes=item.codes,
        repeated_on=form.form if form.repeats is not None else None,
        asked_when=item.required_when,
    )


def levels_of(variable: Variable, *, values: pl.Series) -> tuple[Level, ...]:
    """Return the levels of a variable: its code list, yes and no, or the numbers that occur.

    A date or a free text has none.

    Parameters
    ----------
    variable : Variable
        A property of each subject.
    values : polars.Series
        Its column; only read where the study does not list the values.
    """
    column = named(variable.name)
    match variable.type:
        case ItemType.YES_NO:
            return (
                Level(name="yes", label="Yes", condition=column),
                Level(name="no", label="No", condition=f"not {column}"),
            )
        case ItemType.CODE:
            return tuple(
                Level(name=code, label=label, condition=equals(column, code))
                for code, label in variable.codes.items()
            )
        case ItemType.NUMBER | ItemType.INTEGER:
            found = values.drop_nulls().unique().sort()
            return tuple(
                Level(name=f"{value:g}", label=f"{value:g}", condition=f"{column} = {value!r}")
                for value in found
            )
        case ItemType.DATE | ItemType.PARTIAL_DATE | ItemType.TEXT:
            return ()
        case _:
            assert_never(variable.type)


def standard_item(study: Study, purpose: FormPurpose, item: str) -> str | None:
    """Return the name of an item of a form of a purpose, or None when the study has none.

    The names are those of the package's standard forms; a study without the form has no such
    item.
    """
    return item if _standard(study, purpose, item) is not None else None


def standard_codes(study: Study, purpose: FormPurpose, item: str) -> Mapping[str, str]:
    """Return the code list of an item of a form of a purpose; empty when there is none."""
    found = _standard(study, purpose, item)
    return found.codes if found is not None else {}


def _standard(study: Study, purpose: FormPurpose, item: str) -> Item | None:
    forms = [form for form in study.forms.values() if form.purpose is purpose]
    return next((form.items[item] for form in forms if item in form.items), None)


def arm_names(study: Study) -> tuple[str, ...]:
    """Return the arms in the order they are shown: as the study lists them, control last."""
    control = [name for name, arm in study.arms.items() if arm.role is ArmRole.CONTROL]
    return (*(name for name in study.arms if name not in control), *control)


def is_binary(endpoint: Endpoint | None) -> bool:
    """Tell whether an endpoint is success or failure of each subject."""
    match endpoint:
        case Binary() | ResponseEndpoint():
            return True
        case TimeToEvent() | Measured() | None:
            return False
        case _:
            assert_never(endpoint)
