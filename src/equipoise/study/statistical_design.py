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


class AccrualStep(Words):
    """A stretch of time in which a share of all subjects enters, evenly."""

    lasts: DurationWord
    share: Share


class Accrual(Words):
    """When subjects enter: evenly over a time, or in steps whose shares sum to 100 %."""

    over: DurationWord | None = None
    steps: tuple[AccrualStep, ...] = ()


class Assumptions(Words):
    """What the size of the trial rests on: exponential times in the control arm.

    The hazard ratio holds from the end of `delay` on; until then the arms do not differ.
    """

    control_median: DurationWord
    hazard_ratio: float = Field(gt=0)
    delay: DurationWord | None = None
    dropout: YearlyProbability = 0.0
    accrual: Accrual
    source: Source | None = None


class Spending(StrEnum):
    """How an error is spent over the looks."""

    OBRIEN_FLEMING = "obrien_fleming"
    POCOCK = "pocock"
    HWANG_SHIH_DECANI = "hwang_shih_decani"
    KIM_DEMETS = "kim_demets"


class BoundaryShape(StrEnum):
    """Boundaries of a fixed shape, for looks that will not move."""

    OBRIEN_FLEMING = "obrien_fleming"
    POCOCK = "pocock"
    WANG_TSIATIS = "wang_tsiatis"
    HAYBITTLE_PETO = "haybittle_peto"


WITH_PARAMETER = frozenset(
    {
        Spending.HWANG_SHIH_DECANI,
        Spending.KIM_DEMETS,
        BoundaryShape.WANG_TSIATIS,
        BoundaryShape.HAYBITTLE_PETO,
    }
)
"""Kinds that need a `parameter`: gamma, rho, Delta, and the early Z of Haybittle and Peto."""


class Efficacy(Words):
    """Boundary for efficacy: a spending function, or a shape."""

    spending: Spending | None = None
    shape: BoundaryShape | None = None
    parameter: float | None = None


class FutilityBound(Words):
    """When to give up: beta spent over the looks, or hazard ratios at the interim looks.

    `hazard_ratio` has one number for each look but the last: give up when the estimate is above.
    Without `binding` the boundary for efficacy does not count on it.
    """

    spending: Spending | None = None
    parameter: float | None = None
    hazard_ratio: tuple[float, ...] = ()
    binding: bool = False


class Looks(Words):
    """When the primary endpoint is tested: at numbers of events, the last one final."""

    at_events: tuple[int, ...] = Field(min_length=1)
    efficacy: Efficacy
    futility: Literal["none"] | FutilityBound = "none"
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
