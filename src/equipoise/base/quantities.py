"""Quantities as people write them: `21 d`, `±3 d`, `-28 d .. 0 d`, `60 %`, `1000 mg/m2`.

A month is 30.4375 days and a year 365.25 days (the Gregorian mean), everywhere in Equipoise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

DAYS_PER_MONTH = 30.4375
DAYS_PER_YEAR = 365.25

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_DAYS_PER = {"d": 1.0, "wk": 7.0, "mo": DAYS_PER_MONTH, "y": DAYS_PER_YEAR}
_DURATION = re.compile(rf"^({_NUMBER})\s*(d|wk|mo|y)$")
_WINDOW = re.compile(r"^±\s*(\d+)\s*d$|^-\s*(\d+)\s*d\s*\.\.\s*\+\s*(\d+)\s*d$")
_PERCENT = re.compile(rf"^({_NUMBER})\s*%$")
_RATE = re.compile(rf"^({_NUMBER})\s*%\s*per\s+(year|month)$")
_DOSE = re.compile(rf"^({_NUMBER})\s*(mg|g|mcg)\s*(?:/\s*(m2|kg))?$")
_SPAN = re.compile(rf"^({_NUMBER})\s*\.\.\s*({_NUMBER})$")
_MG_PER = {"mg": 1.0, "g": 1000.0, "mcg": 0.001}


class DoseBasis(StrEnum):
    """What a dose is counted against."""

    FLAT = "flat"
    BODY_SURFACE = "m2"
    BODY_WEIGHT = "kg"


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time.

    Attributes
    ----------
    days : float
        Length in days; negative means before.
    written : str
        How a person wrote it.
    """

    days: float
    written: str

    @property
    def months(self) -> float:
        """Length in months of 30.4375 days."""
        return self.days / DAYS_PER_MONTH

    def __str__(self) -> str:
        """Return the duration as it was written."""
        return self.written


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How far a visit may lie from its planned day.

    Attributes
    ----------
    before_days, after_days : int
        Allowed days before and after; not negative.
    """

    before_days: int
    after_days: int

    def __str__(self) -> str:
        """Return the window as a person writes it."""
        if self.before_days == self.after_days:
            return f"±{self.after_days} d"
        return f"-{self.before_days} d .. +{self.after_days} d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of numbers, both ends included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        """Tell whether a number lies in the range."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        """Return the range as a person writes it."""
        return f"{self.low:g} .. {self.high:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """An amount of drug.

    Attributes
    ----------
    mg : float
        Milligrams, per unit of the basis.
    basis : DoseBasis
        Flat, per square metre of body surface, or per kilogram of body weight.
    """

    mg: float
    basis: DoseBasis

    def __str__(self) -> str:
        """Return the dose as a person writes it."""
        unit = "mg" if self.basis is DoseBasis.FLAT else f"mg/{self.basis}"
        return f"{self.mg:g} {unit}"


def parse_duration(text: str) -> Duration:
    """Read `21 d`, `8 wk`, `24 mo` or `5 y`.

    Raises
    ------
    ValueError
        When the text is no duration.
    """
    match = _DURATION.match(text.strip())
    if match is None:
        raise ValueError("a duration is a number and d, wk, mo or y, for example '21 d'")
    return Duration(float(match[1]) * _DAYS_PER[match[2]], text.strip())


def parse_window(text: str) -> Window:
    """Read `±3 d` or `-2 d .. +7 d`."""
    match = _WINDOW.match(text.strip())
    if match is None:
        raise ValueError("a window is '±3 d' or '-2 d .. +7 d'")
    if match[1] is not None:
        return Window(before_days=int(match[1]), after_days=int(match[1]))
    return Window(before_days=int(match[2]), after_days=int(match[3]))


def parse_fraction(text: str | float) -> float:
    """Read `60 %` as 0.6; a bare number is a fraction already."""
    if isinstance(text, int | float):
        return float(text)
    match = _PERCENT.match(text.strip())
    if match is None:
        raise ValueError("a share is written '60 %'")
    return float(match[1]) / 100


def parse_yearly_probability(text: str) -> float:
    """Read `3 % per year` (or per month) as the probability in one year."""
    match = _RATE.match(text.strip())
    if match is None:
        raise ValueError("a rate is written '3 % per year'")
    share = float(match[1]) / 100
    return share if match[2] == "year" else 1 - (1 - share) ** 12


def parse_dose(text: str) -> Dose:
    """Read `240 mg`, `1000 mg/m2` or `5 mg/kg`."""
    match = _DOSE.match(text.strip())
    if match is None:
        raise ValueError("a dose is written '240 mg', '1000 mg/m2' or '5 mg/kg'")
    if float(match[1]) <= 0:
        raise ValueError("a dose is above 0")
    basis = DoseBasis(match[3]) if match[3] else DoseBasis.FLAT
    return Dose(mg=float(match[1]) * _MG_PER[match[2]], basis=basis)


def parse_span(text: str) -> Span:
    """Read `0.1 .. 30` as the numbers from 0.1 to 30."""
    match = _SPAN.match(text.strip())
    if match is None:
        raise ValueError("a range is written '0.1 .. 30'")
    low, high = float(match[1]), float(match[2])
    if low > high:
        raise ValueError("the lower end of a range comes first")
    return Span(low=low, high=high)


def parse_duration_span(text: str) -> tuple[Duration, Duration]:
    """Read `-28 d .. 0 d`, or one duration as both ends."""
    first, _, second = text.partition("..")
    low = parse_duration(first)
    high = parse_duration(second) if second else low
    if low.days > high.days:
        raise ValueError("the earlier end comes first, for example '-28 d .. 0 d'")
    return low, high
