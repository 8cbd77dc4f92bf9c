"""Tables as values: what stands in each cell, and the address of every number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.report.formats import ABSENT, span
from equipoise.report.sheet import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text in a cell; a number has the address of its result."""

    text: str
    address: str | None = None


Pieces = tuple[Piece, ...]

Spelling = Callable[[float | None], str]
"""How a number is spelt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table.

    Attributes
    ----------
    label : str
        What stands at its head.
    cells : tuple of Pieces
        One cell for each column after the first.
    depth : int
        How far the label is set in, from 0.
    heads : bool
        Whether the line is a heading for the lines below it.
    spans : bool
        Whether its one cell goes over all columns.
    """

    label: str
    cells: tuple[Pieces, ...] = ()
    depth: int = 0
    heads: bool = False
    spans: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of a column: a label, a count below it, and the colour of its group."""

    label: str
    below: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A head over several columns."""

    label: str
    width: int
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Attributes
    ----------
    caption : str
        What it shows.
    columns : tuple of Column
        Heads, the first one that of the labels.
    lines : tuple of Line
        From the top.
    notes : tuple of str
        Below the table.
    over : tuple of Over
        Heads over the heads, after the column of the labels; none in most tables.
    """

    caption: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    over: tuple[Over, ...] = ()


def say(text: str) -> Pieces:
    """Return a cell of words."""
    return (Piece(text=text),)


def number(row: Result | None, spell: Spelling) -> Piece:
    """Return a number with its address; a dash when the analysis has no such row."""
    if row is None:
        return Piece(text=ABSENT)
    return Piece(text=spell(row.value), address=row.cell)


def number_cell(row: Result | None, spell: Spelling) -> Pieces:
    """Return a cell of one number."""
    return (number(row, spell),)


def counted(count: Result | None, share: Result | None, *, spell: Spelling) -> Pieces:
    """Return a cell `57 (95.0)`; 0 alone where nobody is counted."""
    middle = number(count, lambda value: f"{value or 0:.0f}")
    if count is None or not count.value or share is None:
        return (middle,)
    return (middle, Piece(text=" ("), number(share, spell), END)


def with_interval(
    estimate: Result | None,
    lower: Result | None,
    upper: Result | None,
    *,
    spell: Spelling,
) -> Pieces:
    """Return a cell `0.62 (0.41 to 0.93)`; without the brackets when there is no interval."""
    middle = number(estimate, spell)
    if lower is None or upper is None:
        return (middle,)
    return (middle, Piece(text=" ("), *between(lower, upper, spell=spell), END)


END = Piece(text=")")


def between(lower: Result | None, upper: Result | None, *, spell: Spelling) -> Pieces:
    """Return a cell of two ends."""
    low, high = number(lower, spell), number(upper, spell)
    return (low, Piece(text=span(low.text, high.text)), high)


def part_of(count: Result | None, percent: Result | None, *, spell: Spelling) -> Pieces:
    """Return a cell `14 (31.8 %)`, or `0` alone."""
    middle = number(count, lambda value: "0" if value is None else f"{value:.0f}")
    nobody = count is not None and not count.value
    if nobody or percent is None or percent.value is None:
        return (middle,)
    return (middle, Piece(text=" ("), number(percent, spell), Piece(text=" %)"))


def notes_of(*notes: str | None) -> tuple[str, ...]:
    """Return the notes that say something, each once, in order."""
    return tuple(dict.fromkeys(note for note in notes if note))


def sentence(label: str, *pieces: Piece) -> Line:
    """Return a line of words and numbers over all columns."""
    return Line(label=label, cells=(tuple(pieces),), spans=True)
