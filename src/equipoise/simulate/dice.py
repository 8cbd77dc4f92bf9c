"""Random numbers of one subject, each with its own address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from scipy.special import ndtr, ndtri

from equipoise.base.randomness import Seed, stream

_LEAST = 2.0**-54
_BLOCK = 32  # numbers of a series are drawn together, so that a series costs one generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """The random numbers of one subject.

    A purpose always gives the same numbers, so that two arms that ask for one purpose share them.
    """

    seed: Seed
    subject: int

    def uniforms(self, purpose: str, *, count: int) -> tuple[float, ...]:
        """Return numbers between 0 and 1, both left out; a longer answer begins like a shorter."""
        return _uniforms(self.seed, purpose=purpose, subject=self.subject, count=count)

    def uniform(self, purpose: str, *, number: int = 1) -> float:
        """Return one number between 0 and 1: the first of a purpose, or a later one of a series."""
        drawn = self.uniforms(purpose, count=-(-number // _BLOCK) * _BLOCK)
        return drawn[number - 1]

    def normal(self, purpose: str, *, number: int = 1) -> float:
        """Return one standard normal number, the first of a purpose or a later one of a series."""
        return float(ndtri(self.uniform(purpose, number=number)))


@lru_cache(maxsize=4096)  # the arms of a subject ask for the same numbers one after the other
def _uniforms(seed: Seed, *, purpose: str, subject: int, count: int) -> tuple[float, ...]:
    drawn = stream(seed, purpose=purpose, subject=subject).random(count).tolist()
    return tuple(max(number, _LEAST) for number in drawn)


def badness(dice: Dice, *, purpose: str, frailty: float, sd: float) -> float:
    """Return a uniform number that is larger in frailer subjects.

    ``Phi((frailty + e) / sqrt(1 + sd^2))`` with ``e`` standard normal: uniform over all subjects
    whatever the spread of frailty, correlated ``sd / sqrt(1 + sd^2)`` with frailty on the normal
    scale, independent of it when ``sd`` is 0.
    """
    return float(ndtr((frailty + dice.normal(purpose)) / (1 + sd * sd) ** 0.5))
