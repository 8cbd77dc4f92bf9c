"""Sentences to read beside the numbers of a comparison of two proportions."""

from __future__ import annotations

FEWEST = 5.0
"""Expected successes and failures in each arm below which a normal approximation is poor."""

FEW = (
    "An arm expects fewer than {fewest:g} subjects with success, or without ({least:.2f}): the "
    "normal approximation is poor there; take Fisher's or an exact test, whose power is summed."
)


def count_cautions(arms: tuple[tuple[int, float], ...]) -> tuple[str, ...]:
    """Return where the normal approximation misleads.

    Parameters
    ----------
    arms : tuple of (int, float)
        Subjects and assumed rate of each arm.
    """
    least = min(n * min(rate, 1 - rate) for n, rate in arms)
    return (FEW.format(fewest=FEWEST, least=least),) if least < FEWEST else ()
