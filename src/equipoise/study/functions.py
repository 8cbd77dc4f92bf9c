"""Clinical rules of the package that a form's computed item may name.

Each takes the values of some items and answers with a plain value, or None when unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from equipoise.study.forms import ItemType

Value = bool | int | float | str | None


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
    call : callable
        Keyword arguments of the names in `needs`, answer.
    """

    needs: Mapping[str, ItemType]
    answers: ItemType
    call: Callable[..., Value]
    optional: frozenset[str] = frozenset()
