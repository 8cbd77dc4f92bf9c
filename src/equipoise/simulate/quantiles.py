"""Distributions of a scenario turned upside down: from a uniform number to a value.

Drawing by quantiles lets two arms, or two scenarios, share their random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import assert_never

from scipy.special import ndtr, ndtri

from equipoise.base.quantities import Span
from equipoise.study.forms import Item, ItemType
from equipoise.study.functions import Value
from equipoise.study.scenarios import (
    Chance,
    Choice,
    Distribution,
    Exponential,
    Lifetime,
    LogNormal,
    Normal,
    Uniform,
    Weibull,
)

_DECIMALS = {"mm": 0, "mmHg": 0, "g/L": 0, "U/L": 0, "%": 0, "cm": 1, "kg": 1, "umol/L": 1}
_DIGITS = 3

Drawn = bool | float | str
"""What comes out of a distribution."""


def quantile(distribution: Distribution, u: float) -> Drawn:
    """Return the value below which a share `u` of a distribution lies.

    A distribution cut to a range is the same as drawing again until the value lies in it.
    """
    match distribution:
        case Normal(mean=mean, sd=sd, within=within):
            return _cut_normal(u, mean=mean, sd=sd, within=within)
        case LogNormal(median=median, sd_log=sd, within=within):
            logs = None if within is None else Span(low=_log(within.low), high=_log(within.high))
            return math.exp(_cut_normal(u, mean=math.log(median), sd=sd, within=logs))
        case Uniform(within=within):
            return within.low + u * (within.high - within.low)
        case Choice(shares=shares):
            return category(shares, u)
        case Chance(share=share):
            return u < share
        case _:
            assert_never(distribution)


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _cut_normal(u: float, *, mean: float, sd: float, within: Span | None) -> float:
    if sd == 0:
        return mean
    if within is None:
        return mean + sd * float(ndtri(u))
    low, high = ndtr((within.low - mean) / sd), ndtr((within.high - mean) / sd)
    value = mean + sd * float(ndtri(low + u * (high - low)))
    return min(max(value, within.low), within.high)


def category(shares: Sequence[tuple[str, float]], u: float) -> str:
    """Return the code whose part of the line from 0 to 1 holds `u`, in the order given."""
    reached = 0.0
    for code, share in shares:
        reached += share
        if u < reached:
            return code
    return next(code for code, share in reversed(shares) if share > 0)


def lifetime_days(lifetime: Lifetime, u: float, *, hazard_ratio: float) -> int:
    """Return the whole day, from 1, on which a lifetime ends.

    Weibull: ``scale * (-ln(1 - u) / hazard_ratio)^(1 / shape)``; the hazard ratio multiplies the
    hazard at every time.
    """
    exposure = -math.log1p(-u) / hazard_ratio
    match lifetime:
        case Weibull(shape=shape, scale=scale):
            days = scale.days * math.exp(math.log(exposure) / shape)
        case Exponential(median=median):
            days = median.days * exposure / math.log(2)
        case _:
            assert_never(lifetime)
    return max(1, math.ceil(min(days, 1e6)))


def as_item(value: Drawn, item: Item) -> Value:
    """Return a drawn value as its item holds it, as precise as people write it down.

    Numbers have the decimals of their unit, else three digits, and stay within the item's range.
    """
    match item.type:
        case ItemType.NUMBER:
            return within_range(written(float(value), unit=item.unit), item.range)
        case ItemType.INTEGER:
            return round(within_range(float(value), item.range))
        case ItemType.YES_NO:
            return _truth(value)
        case ItemType.CODE | ItemType.TEXT | ItemType.DATE | ItemType.PARTIAL_DATE:
            return str(value)
        case _:
            assert_never(item.type)


def _truth(value: Drawn) -> bool:
    return value in {"yes", "true", "True"} if isinstance(value, str) else bool(value)


def written(value: float, *, unit: str | None) -> float:
    """Return a number as precise as people write it down in its unit."""
    if unit in _DECIMALS:
        return round(value, _DECIMALS[unit]) + 0.0
    if value == 0:
        return 0.0
    return round(value, _DIGITS - 1 - math.floor(math.log10(abs(value)))) + 0.0


def within_range(value: float, span: Span | None) -> float:
    """Return the number of a range that lies nearest."""
    return value if span is None else min(max(value, span.low), span.high)


def total(shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return shares made to sum to 1, in their order."""
    whole = sum(shares.values())
    return tuple((code, share / whole) for code, share in shares.items())
