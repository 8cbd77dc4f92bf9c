"""Counts, rates and probabilities, checked where they enter: numbers that come one at a time."""

from __future__ import annotations

from equipoise.base.errors import bad_input


def refuse_counts(successes: int, n: int, *, where: str, least: int = 0) -> None:
    """Refuse counts that are no part of a whole, of ``least`` subjects or more."""
    whole = float(successes).is_integer() and float(n).is_integer()
    if not whole or n < least or not 0 <= successes <= n:
        raise bad_input(
            "counts are whole, and there are no more successes than subjects"
            + (f", of whom there is at least {least}" if least else ""),
            where=where,
            got=f"{successes} of {n}",
            fix="for example 24 of 30",
        )


def refuse_rate(rate: float, *, where: str, fix: str = "0.3") -> None:
    """Refuse a rate below 0 or above 1."""
    if not 0 <= rate <= 1:
        raise bad_input("a rate lies between 0 and 1", where=where, got=rate, fix=fix)


def refuse_share(share: float, *, where: str, fix: str = "0.5") -> None:
    """Refuse a share, or a probability, that does not lie strictly between 0 and 1."""
    if not 0 < share < 1:
        raise bad_input(
            "a share lies between 0 and 1, neither included",
            where=where,
            got=share,
            fix=fix,
        )
