"""Markdown from rows of words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SIGN = re.compile(r"(?<![->])(<=|>=|<|>)(?=[^\s=])")


def page(title: str, paragraph: str, *parts: str) -> str:
    """Return a page: its title, what it is for, and its parts."""
    made = "The tables are made by `make docs` from those the code decides by."
    return "\n\n".join([f"# {title}", f"{paragraph} {made}", *parts]) + "\n"


def section(title: str, *parts: str) -> str:
    """Return a section with its heading."""
    return "\n\n".join([f"## {title}", *(part for part in parts if part)])


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; an empty cell is one that does not exist."""
    lines = [_line(heads), f"|{'---|' * len(heads)}", *(_line(row) for row in rows)]
    return "\n".join(lines)


def bullets(words: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(f"- {one}" for one in words)


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(cell: object) -> str:
    # A sign that touches a word could be read as the mark of an element.
    text = "" if cell is None else _SIGN.sub(r"\1 ", str(cell))
    return text.replace("|", "/").replace("\n", " ")
