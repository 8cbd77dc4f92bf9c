"""The statistical design: alpha, assumptions, the gate of phase II, looks, and what follows."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from equipoise.study.words import DurationWord, Name, Share, Source, Words, YearlyProbability


class Alpha(Words):
    """One-sided level of the whole trial."""

    one_sided: Share
    source: Source | None = None


class Accrual(Words):
    """Uniform entry over a time."""

    over: DurationWord


class Assumptions(Words):
    """What the size of the trial rests on: exponential times in both arms."""

    control_median: DurationWord
    hazard_ratio: float = Field(gt=0)
    dropout: YearlyProbability = 0.0
    accrual: Accrual
    source: Source | None = None


class Spending(StrEnum):
    """How alpha is spent over the looks (Lan-DeMets)."""

    OBRIEN_FLEMING = "obrien_fleming"
    POCOCK = "pocock"


class Efficacy(Words):
    """Boundary for efficacy."""

    spending: Spending


class Looks(Words):
    """When the primary endpoint is tested: at numbers of events, the last one final."""

    at_events: tuple[int, ...] = Field(min_length=1)
    efficacy: Efficacy
    futility: Literal["none"] = "none"
    source: Source | None = None


class Gate(Words):
    """The decision after phase II: go on when enough subjects of one arm respond.

    `true_rates` are the rates of success at which the chance of going on is told.
    """

    arm: Name
    subjects: int = Field(gt=0)
    endpoint: Name
    responses: int = Field(ge=0)
    binding: bool = False
    true_rates: tuple[Share, ...] = ()
    source: Source | None = None


class StatisticalDesign(Words):
    """The design of a comparison of two arms by time to event."""

    primary: Name
    alpha: Alpha
    assume: Assumptions
    gate: Gate | None = None
    looks: Looks
    then: tuple[Name, ...] = Field(
        default=(), description="endpoints tested after the primary, in sequence"
    )
