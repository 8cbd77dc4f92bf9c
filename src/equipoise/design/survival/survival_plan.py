"""What a group-sequential survival design rests on, whatever its hazards and its test."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from math import inf

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha, refuse_power
from equipoise.design.group_sequential.classic import Shape
from equipoise.design.group_sequential.crossing import refuse_fractions
from equipoise.design.group_sequential.futility import Binding, Futility, NoFutility
from equipoise.design.group_sequential.spending import Spending
from equipoise.design.survival.event_course import Course
from equipoise.design.survival.fixed_design import AverageHazardRatioTest, FixedTest


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMonths:
    """Looks at calendar months.

    Attributes
    ----------
    months : tuple of float
        Rising; months since the first subject could enter.
    """

    months: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse months that do not rise."""
        refuse_not_rising(self.months, where="months", fix="(24.0, 36.0)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtEvents:
    """Looks at numbers of events of all arms and strata; they fix the power.

    Attributes
    ----------
    events : tuple of float
        Rising.
    """

    events: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse events that do not rise."""
        refuse_not_rising(self.events, where="events", fix="(77, 128)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtEventFractions:
    """Looks at shares of the events expected by the last look.

    Attributes
    ----------
    fractions : tuple of float
        Rising to 1.
    months : float or None
        Calendar month of the last look; None to find it, so that the course's subjects have the
        power wanted.
    """

    fractions: tuple[float, ...]
    months: float | None

    def __post_init__(self) -> None:
        """Refuse fractions that do not rise to 1, and a last look before the first subject."""
        refuse_fractions(self.fractions)
        if self.months is not None:
            refuse_not_rising((self.months,), where="months", fix="36")


LOGRANK = AverageHazardRatioTest()
"""The log-rank test of superiority, by both variances."""

Timing = AtMonths | AtEvents | AtEventFractions


class SpendingClock(StrEnum):
    """By what the errors are spent."""

    INFORMATION = "information"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """How the errors are spread over the looks.

    Attributes
    ----------
    alpha_one_sided : float
        Type I error of the whole trial.
    efficacy : Spending or Shape
        How it is spread over the looks.
    futility : Futility
        When to stop without a rejection.
    binding : Binding
        Whether that has to be obeyed.
    clock : SpendingClock
        Information, or share of the calendar time of the last look; error of both kinds.
    """

    alpha_one_sided: float
    efficacy: Spending | Shape
    futility: Futility = field(default_factory=NoFutility)
    binding: Binding = Binding.NON_BINDING
    clock: SpendingClock = SpendingClock.INFORMATION

    def __post_init__(self) -> None:
        """Refuse an error that is none."""
        refuse_alpha(self.alpha_one_sided)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalPlan:
    """A group-sequential survival trial.

    Attributes
    ----------
    course : Course
        Arms and accrual, of each stratum. When subjects are asked for, its subjects are shares.
    timing : Timing
        When it is looked at.
    stopping : StoppingRule
        When it stops.
    test : FixedTest
        The test at each look.
    power : float or None
        Wanted power; None asks for the power of the course as it is.
    """

    course: Course
    timing: Timing
    stopping: StoppingRule
    test: FixedTest = LOGRANK
    power: float | None = None

    def __post_init__(self) -> None:
        """Refuse a power that is none, and a timing that leaves nothing, or too much, to find."""
        if self.power is not None:
            fix = "0.8, or None to ask for it"
            refuse_power(self.power, alpha_one_sided=self.stopping.alpha_one_sided, fix=fix)
        if self.power is not None and isinstance(self.timing, AtEvents):
            raise bad_input(
                "numbers of events fix the power",
                where="timing, power",
                got=f"{self.timing.events} and {self.power}",
                fix="AtEventFractions(fractions=(0.6, 1.0), months=None), or power=None",
            )
        open_end = isinstance(self.timing, AtEventFractions) and self.timing.months is None
        if self.power is None and open_end:
            raise bad_input(
                "either the month of the last look or the power is known",
                where="timing, power",
                got="both are None",
                fix="AtEventFractions(fractions=(0.6, 1.0), months=36), or power=0.8",
            )


def refuse_not_rising(values: tuple[float, ...], *, where: str, fix: str) -> None:
    """Refuse looks that do not rise from above 0."""
    if not values or not all(before < after < inf for before, after in pairwise((0.0, *values))):
        raise bad_input("looks rise from above 0", where=where, got=values, fix=fix)
