"""What the pictures share: an overlay in inches, words, and lines that fit."""

from __future__ import annotations

from textwrap import wrap
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from equipoise.report.palette import Grey

Side = Literal["left", "center", "right"]

LETTER = 0.0082
"""Mean width of a letter in inches for each point of its size (a wide sans-serif)."""


def overlay(figure: Figure) -> Axes:
    """Return axes without frame over the whole figure, in inches from the lower left corner."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return axes


def write(
    axes: Axes,
    at: tuple[float, float],
    words: str,
    *,
    side: Side = "left",
    size: float = 9.0,
    ink: str = Grey.INK.value,
) -> None:
    """Write one line whose middle height is at a place of the axes."""
    axes.text(*at, words, ha=side, va="center", fontsize=size, color=ink, clip_on=False)


def write_bold(
    axes: Axes,
    at: tuple[float, float],
    words: str,
    *,
    side: Side = "left",
    size: float = 9.0,
    ink: str = Grey.INK.value,
) -> None:
    """Write one bold line whose middle height is at a place of the axes."""
    axes.text(
        *at,
        words,
        ha=side,
        va="center",
        fontsize=size,
        color=ink,
        clip_on=False,
        fontweight="bold",
    )


def one_line(words: str, *, inches: float, size: float = 9.0) -> str:
    """Return words cut to one line of a width; what is cut ends in an ellipsis."""
    letters = max(int(inches / (LETTER * size)), 4)
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}\u2026"


def fitted(words: str, *, inches: float, size: float = 9.0) -> tuple[str, ...]:
    """Return words broken into lines that fit a width; an empty text is one empty line."""
    letters = max(int(inches / (LETTER * size)), 4)
    return tuple(wrap(words, letters)) or ("",)
