"""Rules for stopping without a rejection: none, by spending an error, or at fixed values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equipoise.design.group_sequential.scales import Scale
from equipoise.design.group_sequential.spending import Spending


class Binding(StrEnum):
    """Whether a futility bound has to be obeyed."""

    BINDING = "binding"
    """The trial stops at it; in return the efficacy bounds are lower. Going on all the same would
    break the type I error."""

    NON_BINDING = "non_binding"
    """The trial may go on: the efficacy bounds are as if there were no futility bound."""


@dataclass(frozen=True, slots=True)
class NoFutility:
    """The trial stops before the last look for efficacy alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaSpending:
    """Futility bounds that spend the type II error, under the planned effect.

    Attributes
    ----------
    spending : Spending
        Kind of spending, of 1 - power.
    spending_times : tuple of float, optional
        Clock by which it is spent, one for each look; otherwise the information fractions.
    tested : tuple of bool, optional
        Whether futility is looked at, one for each look; the last is always.
    """

    spending: Spending
    spending_times: tuple[float, ...] | None = None
    tested: tuple[bool, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NullSpending:
    """Futility bounds that spend, without an effect, the probability of not rejecting.

    Attributes
    ----------
    spending : Spending
        Kind of spending, of 1 - type I error.
    spending_times : tuple of float, optional
        Clock by which it is spent, one for each look; otherwise the information fractions.
    tested : tuple of bool, optional
        Whether futility is looked at, one for each look; the last is always.
    """

    spending: Spending
    spending_times: tuple[float, ...] | None = None
    tested: tuple[bool, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFutility:
    """Futility bounds that are said outright.

    Attributes
    ----------
    values : tuple of float or None
        One for each look before the last; None where futility is not looked at.
    scale : Scale
        What the values are.
    """

    values: tuple[float | None, ...]
    scale: Scale = Scale.Z


Futility = NoFutility | BetaSpending | NullSpending | FixedFutility
