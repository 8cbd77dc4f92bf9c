"""Values of items: typed in memory, canonical text in the log."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from equipoise.base.dates import parse_partial_date
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.oncology.exact import as_written
from equipoise.study.forms import Item, ItemType

Value = bool | int | float | str | dt.date | None
"""A typed value of an item; None is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InUnit:
    """A number as somebody entered it, in another unit than the item's."""

    number: float
    unit: str

    def __str__(self) -> str:
        """Return the number and its unit: `1.2 mg/dL`."""
        return f"{to_text(self.number)} {self.unit}"


Given = Value | InUnit
"""What a person gives for an item."""

LONGEST_TEXT = 10_000
"""Characters that a text may have."""


def to_text(value: Value) -> str | None:
    """Return the canonical text of a value: `4.2`, `240`, `true`, `2026-03-02`; None for missing.

    A number is spelled with the fewest digits that give it back.
    """
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value + 0.0).removesuffix(".0")  # + 0.0 turns -0.0 into 0.0
        case dt.date():
            return value.isoformat()
        case _:
            assert_never(value)


def from_text(text: str | None, *, kind: ItemType) -> Value:
    """Return the value that a canonical text stands for.

    Raises
    ------
    ValueError
        When the text is no value of that kind.
    """
    if text is None:
        return None
    match kind:
        case ItemType.NUMBER:
            return float(number_text(text))
        case ItemType.INTEGER:
            return int(text)
        case ItemType.YES_NO:
            return _yes_no(text)
        case ItemType.DATE:
            return dt.date.fromisoformat(text)
        case ItemType.PARTIAL_DATE:
            return str(parse_partial_date(text))
        case ItemType.TEXT | ItemType.CODE:
            return text
        case _:
            assert_never(kind)


_CONVERTED = " = "


def number_text(text: str) -> str:
    """Return the number of a text in the log: `20.52` of `20.52 = 1.2 mg/dL`."""
    return text.partition(_CONVERTED)[0]


def parse_value(item: Item, text: str) -> Given:
    """Return the value that somebody wrote for an item; an empty text is missing.

    A number may bear one of the units that the item takes.

    Raises
    ------
    ValueError
        When the text is no value of the item's type, in words for the person who wrote it.
    """
    written = text.strip()
    if not written:
        return None
    if (found := _IN_UNIT.match(written)) and item.units and found[2] in units_of(item):
        return InUnit(number=float(found[1]), unit=found[2])
    try:
        if item.type is ItemType.NUMBER:
            return float(written)
        return from_text(written, kind=item.type)
    except ValueError:
        raise ValueError(f"{written!r} is not {_EXPECTED[item.type]}") from None


_IN_UNIT = re.compile(r"^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\D.*)$")


def units_of(item: Item) -> dict[str, float]:
    """Return every unit that an item takes, and how many of its own unit one of it is."""
    return {**({item.unit: 1.0} if item.unit else {}), **item.units}


def converted(given: InUnit, *, name: str, item: Item) -> tuple[Value, str] | Finding:
    """Return a number in the unit of its item with its text in the log, or what is wrong with it.

    Exact in decimals and rounded once: 1.2 mg/dL of 17.1 umol/L each are 20.52 umol/L.
    """
    factor = units_of(item).get(given.unit)
    if factor is None:
        units = " or ".join(units_of(item))
        say = f"told in {units}" if units else "a number without unit"
        return Finding(
            kind=FindingKind.UNKNOWN_UNIT, item=name, say=f"'{name}' is {say}", got=str(given)
        )
    number = given.number
    if math.isfinite(number):
        number = float(Fraction(as_written(number)) * Fraction(as_written(factor)))
    kept = fitting(number, name=name, item=item)
    if isinstance(kept, Finding):
        return replace(kept, got=f"{kept.got} ({given})")
    text = to_text(kept) or ""
    return kept, text if given.unit == item.unit else f"{text}{_CONVERTED}{given}"


def _yes_no(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("yes or no is written true or false")
    return text == "true"


def fitting(value: Value, *, name: str, item: Item) -> Value | Finding:
    """Return a value as its item holds it, or the finding that it does not fit.

    A whole number fits an item of numbers; nothing else is converted. Missing fits every item.
    """
    if value is None:
        return None
    kept = _of_type(value, kind=item.type)
    if kept is None:
        return _misfit(FindingKind.WRONG_TYPE, name, say=_EXPECTED[item.type], got=value)
    if item.type is ItemType.CODE and item.codes and kept not in item.codes:
        return _misfit(
            FindingKind.CODE_NOT_IN_LIST, name, say=f"one of {', '.join(item.codes)}", got=value
        )
    if item.range is not None and isinstance(kept, int | float) and kept not in item.range:
        unit = f" {item.unit}" if item.unit else ""
        return _misfit(FindingKind.OUT_OF_RANGE, name, say=f"{item.range}{unit}", got=value)
    return kept


_EXPECTED = {
    ItemType.NUMBER: "a number",
    ItemType.INTEGER: "a whole number",
    ItemType.YES_NO: "yes or no (true, false)",
    ItemType.DATE: "a date",
    ItemType.PARTIAL_DATE: "a date as 2026-03-02, 2026-03 or 2026",
    ItemType.TEXT: f"a text of 1 to {LONGEST_TEXT} characters without control characters",
    ItemType.CODE: "a code",
}


def _misfit(kind: FindingKind, name: str, *, say: str, got: Value) -> Finding:
    return Finding(kind=kind, item=name, say=f"'{name}' is {say}", got=repr(got))


def _of_type(value: Value, *, kind: ItemType) -> Value:
    """Return the value as its kind holds it, or None when it is of another kind."""
    match kind:
        case ItemType.NUMBER:
            return _number(value)
        case ItemType.INTEGER:
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        case ItemType.YES_NO:
            return value if isinstance(value, bool) else None
        case ItemType.DATE:
            plain = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
            return value if plain else None
        case ItemType.PARTIAL_DATE:
            return _partial_date(value)
        case ItemType.TEXT | ItemType.CODE:
            return value if is_plain_text(value) else None
        case _:
            assert_never(kind)


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _partial_date(value: Value) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return str(parse_partial_date(value))
    except ValueError:
        return None


def is_plain_text(value: object) -> bool:
    """Tell whether something is a text that a log can hold and a person can read."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        return False
    # A lone surrogate is not printable and has no UTF-8 spelling.
    return value.isprintable() or value.replace("\n", "").replace("\t", "").isprintable()
