"""What a row of a dose table does to a drug: for a day, or until it is undone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equipoise.base.quantities import Dose


class DoseAction(StrEnum):
    """What is done with the dose of a day."""

    FULL = "full"
    REDUCE = "reduce"
    DELAY = "delay"
    OMIT = "omit"
    HOLD = "hold"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A level of a ladder: a dose, every so many days, on all or some days; without dose, a stop.

    `on` are days of the cycle; empty means all days of the drug.
    """

    dose: Dose | None
    every: int = 1
    on: frozenset[int] = frozenset()

    def mean_mg(self, mg: float) -> float:
        """Return the mean of a day, from the mg of a dose."""
        return mg / self.every


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """For this day a share of the planned dose."""

    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOut:
    """For this day no dose."""

    action: DoseAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Lower:
    """For good the first of these levels that is less than the dose so far."""

    ladder: tuple[Rung, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldUntil:
    """No dose until something is true; then as before, or lowered."""

    until: str
    then: Lower | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopForGood:
    """No dose any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToPlan:
    """The planned dose again."""


Change = Share | LeaveOut | Lower | HoldUntil | StopForGood | BackToPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRow:
    """A row of a table that is followed on a day.

    Attributes
    ----------
    label : str
        Tells the rows of a drug apart.
    reason : str
        Why, in words.
    change : Change
        What it does.
    again : Change | None
        What it does when it was followed before and comes back; None is the same.
    """

    label: str
    reason: str
    change: Change
    again: Change | None = None
