r"""How much each event time counts in a comparison of curves.

Every weight is worked out from all groups of a stratum together. With d events among n at risk at
the event times :math:`t_1 < t_2 < \ldots`:

.. math:: \hat S(t) = \prod_{t_i \le t} \frac{n_i - d_i}{n_i}, \qquad
          \tilde S(t) = \prod_{t_i \le t} \frac{n_i + 1 - d_i}{n_i + 1}, \qquad
          \bar S(t) = \prod_{t_i \le t} \frac{n_i}{n_i + d_i}

:math:`S(t-)` is the curve just before t, without the events at t itself. The test statistic of a
weight taken just before t is a martingale; packages differ in who does so, so it is said for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import assert_never

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.time_to_event.event_table import EventTable


def _refuse_negative(**numbers: float) -> None:
    for name, number in numbers.items():
        if not 0 <= number < inf:
            raise bad_input(
                "a power or a time of a weight is a number that is not negative",
                where=name,
                got=number,
                fix="0 or more",
            )


class Moment(StrEnum):
    """Which height of a curve belongs to the time of an event."""

    BEFORE = "before"
    """S(t-): the events at t do not count yet."""
    AFTER = "after"
    """S(t): they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlemingHarrington:
    r"""Weights :math:`\hat S(t-)^\rho (1 - \hat S(t-))^\gamma`.

    ``rho`` stresses early events, ``gamma`` late ones; both 0 is the log-rank test. With
    ``gamma`` 0 it is R's ``survdiff(rho = )``.

    Fleming and Harrington 1991, Counting Processes and Survival Analysis.
    """

    rho: float = 0.0
    gamma: float = 0.0

    def __post_init__(self) -> None:
        """Refuse powers below 0."""
        _refuse_negative(rho=self.rho, gamma=self.gamma)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRiskPower:
    """Weights n^power: 1 is Gehan's and Breslow's test, 1/2 Tarone's and Ware's.

    They depend on censoring, which can make them mislead when the arms are followed differently.
    """

    power: float

    def __post_init__(self) -> None:
        """Refuse a power below 0."""
        _refuse_negative(power=self.power)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prentice:
    r"""Weights :math:`\bar S(t)`. Prentice 1978, doi:10.1093/biomet/65.1.167."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrenticeMarek:
    r"""Weights :math:`\tilde S(t)`, which some textbooks call Peto and Peto's.

    Prentice and Marek 1979, Biometrics 35:861-867.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifiedPetoPeto:
    r"""Weights :math:`\tilde S \, n / (n + 1)`.

    R's coin takes the curve just before t, the textbook of Klein and Moeschberger at t.

    Andersen, Borgan, Gill and Keiding 1982, Int Stat Rev 50:219-244.
    """

    moment: Moment = Moment.BEFORE


class Plateau(StrEnum):
    """Which height of the curve stops the growth of modest weights at a time t*."""

    AT_TIME = "at_time"
    """S(t*), all events up to t* counted (Magirr and Burman)."""
    LAST_EVENT = "last_event"
    """S(t-) of the last event time not after t*: one step higher (R's simtrial)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModestlyWeighted:
    r"""Weights :math:`1 / \max(\hat S(t-), s)`: they rise from 1 and stay at 1/s.

    The height s comes from a time, from a number, or is the larger of both.

    Attributes
    ----------
    until : float or None
        Time t* after which the weights no longer grow, in the unit of the times.
    height : float or None
        Height s* of the curve below which they no longer grow; 1/s* is the largest weight.
    plateau : Plateau
        Which height belongs to ``until``.

    References
    ----------
    Magirr and Burman 2019, doi:10.1002/sim.8186 (t*); Magirr 2021, doi:10.1002/pst.2091 (s*).
    """

    until: float | None = None
    height: float | None = None
    plateau: Plateau = Plateau.AT_TIME

    def __post_init__(self) -> None:
        """Refuse weights that have no end, a time below 0 and a height outside (0, 1]."""
        _refuse_endless(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyZero:
    """Weights 0 before a time and 1 from it on: for an effect known to start late.

    Xu, Zhen, Park and Zhu 2017, doi:10.1002/sim.7157.
    """

    until: float

    def __post_init__(self) -> None:
        """Refuse a time below 0."""
        _refuse_negative(until=self.until)


ComparisonWeight = (
    FlemingHarrington
    | AtRiskPower
    | Prentice
    | PrenticeMarek
    | ModifiedPetoPeto
    | ModestlyWeighted
    | EarlyZero
)

LOGRANK = FlemingHarrington()
PETO_PETO = FlemingHarrington(rho=1)
"""As R's ``survdiff(rho = 1)`` has it."""
GEHAN_BRESLOW = AtRiskPower(power=1)
TARONE_WARE = AtRiskPower(power=0.5)


def weights_of(weight: ComparisonWeight, table: EventTable) -> FloatArray:
    """Return the weight of each event time of one stratum, shape (k,)."""
    match weight:
        case FlemingHarrington(rho=rho, gamma=gamma):
            before = pooled_survival(table, Moment.BEFORE)
            return np.power(before, rho) * np.power(1 - before, gamma)
        case AtRiskPower(power=power):
            return np.power(table.at_risk, power)
        case Prentice():
            return np.cumprod(table.at_risk / (table.at_risk + table.events), dtype=np.float64)
        case PrenticeMarek():
            return _smoother(table, Moment.AFTER)
        case ModifiedPetoPeto(moment=moment):
            return _smoother(table, moment) * table.at_risk / (table.at_risk + 1)
        case ModestlyWeighted():
            return _modest(weight, table)
        case EarlyZero(until=until):
            return (table.times >= until).astype(np.float64)
        case _:
            assert_never(weight)


def pooled_survival(table: EventTable, moment: Moment) -> FloatArray:
    """Return the Kaplan-Meier curve of all groups at the event times, shape (k,)."""
    return _at(np.cumprod((table.at_risk - table.events) / table.at_risk, dtype=np.float64), moment)


def _smoother(table: EventTable, moment: Moment) -> FloatArray:
    return _at(np.cumprod(1 - table.events / (table.at_risk + 1), dtype=np.float64), moment)


def _at(curve: FloatArray, moment: Moment) -> FloatArray:
    match moment:
        case Moment.BEFORE:
            return np.concatenate((np.ones(1), curve))[:-1]
        case Moment.AFTER:
            return curve
        case _:
            assert_never(moment)


def _modest(weight: ModestlyWeighted, table: EventTable) -> FloatArray:
    heights = [] if weight.height is None else [weight.height]
    if weight.until is not None:
        heights.append(_height(table, weight.until, weight.plateau))
    return 1 / np.maximum(pooled_survival(table, Moment.BEFORE), max(heights))


def _height(table: EventTable, until: float, plateau: Plateau) -> float:
    past = int(np.searchsorted(table.times, until, side="right"))
    if past == 0:
        return 1.0
    match plateau:
        case Plateau.AT_TIME:
            return float(pooled_survival(table, Moment.AFTER)[past - 1])
        case Plateau.LAST_EVENT:
            return float(pooled_survival(table, Moment.BEFORE)[past - 1])
        case _:
            assert_never(plateau)


def _refuse_endless(weight: ModestlyWeighted) -> None:
    if weight.until is None and weight.height is None:
        raise bad_input(
            "modest weights stop growing at a time or at a height of the curve",
            where="until, height",
            got="neither",
            fix="height=0.5 for weights between 1 and 2",
        )
    if weight.until is not None:
        _refuse_negative(until=weight.until)
    if weight.height is not None and not 0 < weight.height <= 1:
        raise bad_input(
            "the height of a curve lies above 0 and not above 1",
            where="height",
            got=weight.height,
            fix="0.5",
        )
