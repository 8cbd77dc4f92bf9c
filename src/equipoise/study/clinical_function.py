"""What a clinical rule of the package looks like to a form: needs, answer, and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from equipoise.study.forms import ItemType

Value = bool | int | float | str | None


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
