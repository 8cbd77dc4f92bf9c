"""Frozen values as JSON and back: dataclasses, tuples, words, and choices told by their type.

A field whose type is a union of dataclasses is written with the name of the class under `is`;
infinities, which JSON does not have, are written as the words `inf` and `-inf`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import partial
from math import inf, isinf
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from cattrs import BaseValidationError, Converter, transform_error

from equipoise.base.errors import BadInput, Fault

Frozen = TypeVar("Frozen")

TAG = "is"
"""The key that names the class of a choice."""

INFINITE = {inf: "inf", -inf: "-inf"}


def frozen_to_words(value: object) -> dict[str, Any]:
    """Return a frozen dataclass as plain words and numbers, ready for `json` or a hash."""
    words: dict[str, Any] = _converter().unstructure(value, unstructure_as=type(value))
    return words


def frozen_from_words(kind: type[Frozen], words: Mapping[str, Any], *, where: str) -> Frozen:
    """Return the frozen dataclass that plain words tell.

    Parameters
    ----------
    kind : type
        The dataclass that is expected.
    words : mapping
        What `frozen_to_words` gave, perhaps by way of JSON.
    where : str
        Where the words come from, for the error.

    Raises
    ------
    BadInput
        For missing, unknown or wrongly typed words, one fault each.
    """
    try:
        return _converter().structure(words, kind)
    except (BaseValidationError, BadInput, ValueError, TypeError, KeyError) as error:
        raise BadInput(*_faults(error, where=where)) from error


def frozen_from_json(kind: type[Frozen], text: str, *, where: str) -> Frozen:
    """Return the frozen dataclass that a JSON text tells; see `frozen_from_words`."""
    try:
        words = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(
            Fault(
                kind="bad_json",
                what="the file is no JSON",
                where=f"{where}:{error.lineno}",
                got=error.msg,
                fix="write the file again with the command that made it",
            )
        ) from error
    return frozen_from_words(kind, words, where=where)


def _faults(error: Exception, *, where: str) -> list[Fault]:
    nested = isinstance(error, BaseValidationError)
    said = transform_error(error, format_exception=_sentence) if nested else [str(error)]
    return [
        Fault(
            kind="bad_words",
            what="the words do not tell a value of this kind",
            where=where,
            got=sentence,
            fix="use the file as the same version of the software wrote it",
        )
        for sentence in said
    ]


def _sentence(error: BaseException, kind: type | None) -> str:
    name = "a value" if kind is None else getattr(kind, "__name__", str(kind))
    return f"{error}" if isinstance(error, BadInput | ValueError) else f"no {name}: {error}"


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    # A whole number in a field of floats is written as a float: equal values, equal words.
    converter.register_unstructure_hook(float, lambda value: INFINITE.get(value, float(value)))
    converter.register_structure_hook(float, lambda value, _: _float(value))
    converter.register_unstructure_hook_factory(
        _is_choice, lambda _: partial(_choice_to_words, converter=converter)
    )
    converter.register_structure_hook_func(
        _is_choice, partial(_choice_from_words, converter=converter)
    )
    return converter


def _choice_to_words(value: object, *, converter: Converter) -> dict[str, Any] | None:
    if value is None:
        return None
    words: dict[str, Any] = converter.unstructure(value, type(value))
    return {TAG: type(value).__name__} | words


def _choice_from_words(
    words: object,
    choice: Any,  # noqa: ANN401  # a union has no type of its own
    *,
    converter: Converter,
) -> object:
    if words is None and NoneType in get_args(choice):
        return None
    kinds = {kind.__name__: kind for kind in get_args(choice) if kind is not NoneType}
    named = words.get(TAG) if isinstance(words, Mapping) else None
    if not isinstance(words, Mapping) or named not in kinds:
        raise ValueError(f"'{TAG}' is one of {', '.join(kinds)}, not {named}")
    inner = {name: value for name, value in words.items() if name != TAG}
    return converter.structure(inner, kinds[named])


def _is_choice(kind: Any) -> bool:  # noqa: ANN401  # any annotation
    members = [member for member in get_args(kind) if member is not NoneType]
    union = get_origin(kind) in {Union, UnionType}
    return union and len(members) > 1 and all(is_dataclass(member) for member in members)


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"{value!r} is no number")
    if isinstance(value, str) and not isinf(float(value)):
        raise ValueError(f"{value!r} is no number")
    return float(value)
