"""Random Python values at fixed seeds, for laws that are tried on very many subjects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draws:
    """One sequence of draws; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._waiting = iter(())

    def random(self) -> float:
        """Return a number from 0 to below 1; they are drawn many at a time."""
        number = next(self._waiting, None)
        if number is None:
            self._waiting = iter(self._random.random(4096).tolist())
            number = next(self._waiting)
        return number

    def below(self, end: int, *, start: int = 0) -> int:
        """Return a whole number from `start` to below `end`."""
        return start + int(self.random() * (end - start))

    def between(self, low: float, high: float) -> float:
        """Return a number between two."""
        return low + self.random() * (high - low)

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of some values."""
        return values[self.below(len(values))]

    def maybe(self, values: Sequence[T], *, unknown: float = 0.15) -> T | None:
        """Return one of some values, or None for what is not known."""
        return None if self.random() < unknown else self.one_of(values)

    def some_of(self, values: Sequence[T], *, count: int) -> list[T]:
        """Return some values, each at most once."""
        left = list(values)
        return [left.pop(self.below(len(left))) for _ in range(count)]
