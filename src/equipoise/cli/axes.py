"""Axes of an exploration, as people type them: `hazard_ratio=0.5..0.8/7` or `subjects=150,178`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.base.errors import BadInput, Fault, bad_input
from equipoise.design.survival.exploring import Assumption, Axis

STEPS = 5


def axes_of(words: Sequence[str]) -> tuple[Axis, ...]:
    """Return the axes that some words tell.

    Raises
    ------
    BadInput
        For words that are none; every fault at once.
    """
    axes: list[Axis] = []
    faults: list[Fault] = []
    for word in words:
        try:
            axes.append(_axis(word))
        except BadInput as error:
            faults.extend(error.faults)
    if faults:
        raise BadInput(*faults)
    return tuple(axes)


def _axis(word: str) -> Axis:
    name, _, values = word.partition("=")
    if name not in set(Assumption):
        raise bad_input(
            "an exploration varies an assumption of the design",
            where=f"--explore {word}",
            got=name,
            fix=f"one of {', '.join(Assumption)}",
        )
    try:
        found = _values(values)
    except ValueError:
        found = ()
    if not found:
        raise bad_input(
            "an exploration says from where to where, or names the values",
            where=f"--explore {word}",
            got=values or "nothing",
            fix=f"{name}=0.5..0.8, {name}=0.5..0.8/7 for seven values, or {name}=0.5,0.6",
        )
    return Axis(assumption=Assumption(name), values=found)


def _values(words: str) -> tuple[float, ...]:
    span, _, steps = words.partition("/")
    low, dots, high = span.partition("..")
    if not dots:
        return tuple(float(word) for word in span.split(","))
    count = int(steps) if steps else STEPS
    # Twelve digits: 0.55 and not 0.55000000000000004 in a table that people read.
    return tuple(round(float(value), 12) for value in np.linspace(float(low), float(high), count))
