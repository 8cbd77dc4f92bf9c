"""Colours: one per group, told apart by readers with any colour vision, and legible as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """The colour of a group.

    Attributes
    ----------
    name : str
        Word by which a stylesheet knows it.
    line : str
        Colour of lines, bars and marks (Okabe and Ito 2008).
    ink : str
        The same hue, dark enough for text on white (contrast at least 4.5 to 1).
    """

    name: str
    line: str
    ink: str


BLUE = Colour(name="blue", line="#0072B2", ink="#005A8C")
VERMILLION = Colour(name="vermillion", line="#D55E00", ink="#A34700")
GREEN = Colour(name="green", line="#009E73", ink="#00684C")
PURPLE = Colour(name="purple", line="#CC79A7", ink="#8E3D6B")
ORANGE = Colour(name="orange", line="#E69F00", ink="#7D5600")
SKY = Colour(name="sky", line="#56B4E9", ink="#1B628F")
BLACK = Colour(name="black", line="#333333", ink="#1B1F24")

GROUP_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
"""In the order in which groups take them."""


class Grey(StrEnum):
    """Greys of the pictures."""

    INK = "#1B1F24"
    SOFT = "#57606A"
    LINE = "#8C959F"
    GRID = "#E4E7EB"


def colours_of(groups: Sequence[str]) -> dict[str, Colour]:
    """Return the colour of each group; `all` is black, the rest take theirs in order."""
    parts = [group for group in groups if group != "all"]
    chosen = {
        group: GROUP_COLOURS[number % len(GROUP_COLOURS)] for number, group in enumerate(parts)
    }
    return {group: chosen.get(group, BLACK) for group in groups}


def contrast(ink: str, *, on: str = "#FFFFFF") -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, 1 to 21)."""
    light, dark = sorted((_luminance(ink), _luminance(on)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
