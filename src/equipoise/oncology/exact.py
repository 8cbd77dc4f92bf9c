"""Measured numbers as they were written: 0.3 is three tenths, not the binary number beside it."""

from __future__ import annotations

import math
from decimal import Decimal

from equipoise.base.errors import bad_input


def as_written(value: Decimal | float) -> Decimal:
    """Return a measured number as a decimal of at most 15 significant digits.

    Fifteen digits hold every number a person types; beyond them a binary float carries noise that
    would decide a comparison with a cut-off (0.1 + 0.2 is above 0.3 for a computer).

    Raises
    ------
    BadInput
        For NaN and infinities.
    """
    if not math.isfinite(value):
        raise bad_input("a measurement is a number", where="value", got=value, fix="leave it empty")
    return Decimal(f"{value:.15g}")


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without idle zeros: ``72``, ``18.3``."""
    return f"{value.normalize():f}"


def not_negative(value: float, *, where: str) -> float:
    """Return a measurement that is 0 or more, or refuse it under the name of its argument."""
    if not (math.isfinite(value) and value >= 0):
        raise bad_input("the measurement is negative or no number", where=where, got=value, fix="0")
    return value


def positive(value: float, *, where: str) -> float:
    """Return a measurement above 0, or refuse it under the name of its argument."""
    if not (math.isfinite(value) and value > 0):
        raise bad_input(
            "the measurement is not above 0", where=where, got=value, fix="leave it empty"
        )
    return value
