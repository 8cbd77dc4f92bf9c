"""An estimate, or the words that say why there is none: failure is a value, not a crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from equipoise.analyse.selection import Selection
from equipoise.base.errors import BadInput, NotConverged

Estimate = TypeVar("Estimate")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEstimable:
    """Nothing can be estimated from these rows.

    Attributes
    ----------
    why : str
        The reason, in words.
    """

    why: str


def attempt(estimate: Callable[[], Estimate], *, of: Selection) -> Estimate | NotEstimable:
    """Return an estimate from some rows; what `stats` refuses, or cannot fit, becomes a reason."""
    if of.n == 0:
        return NotEstimable(why="no subjects")
    try:
        return estimate()
    except (BadInput, NotConverged) as refusal:
        return NotEstimable(why=refusal.faults[0].what)
