"""Values of items: typed in memory, canonical text in the log."""

from __future__ import annotations

import datetime as dt
import math
from typing import assert_never

from equipoise.base.dates import parse_partial_date
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.study.forms import Item, ItemType

Value = bool | int | float | str | dt.date | None
"""A typed value of an item; None is missing."""

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
            return float(text)
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


def parse_value(item: Item, text: str) -> Value:
    """Return the value that somebody wrote for an item; an empty text is missing.

    Raises
    ------
    ValueError
        When the text is no value of the item's type, in words for the person who wrote it.
    """
    written = text.strip()
    if not written:
        return None
    try:
        return from_text(written, kind=item.type)
    except ValueError:
        raise ValueError(f"{written!r} is not {_EXPECTED[item.type]}") from None


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
