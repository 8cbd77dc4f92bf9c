"""A design under other assumptions: every combination of some, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from math import prod
from typing import assert_never

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.survival.event_course import uniform_accrual
from equipoise.design.survival.group_sequential import SurvivalAssumptions, design_survival

LARGEST = 20_000
"""Combinations in one exploration; more are no table that anybody reads."""


class Assumption(StrEnum):
    """What may be varied: medians and accrual in months, dropout as a share per year."""

    HAZARD_RATIO = "hazard_ratio"
    CONTROL_MEDIAN = "control_median"
    DROPOUT = "dropout"
    ACCRUAL = "accrual"
    SUBJECTS = "subjects"
    EVENTS = "events"
    ALPHA = "alpha"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An assumption and the values it takes.

    Attributes
    ----------
    assumption : Assumption
        What is varied.
    values : tuple of float
        In the unit of the assumption: months, a share, a count.
    """

    assumption: Assumption
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """The design under one combination.

    Attributes
    ----------
    values : tuple of float
        One for each axis.
    power, expected_months, expected_events : float or None
        As of the design; None when it cannot be.
    look_months : tuple of float
        Calendar month of each look.
    refused : str or None
        Why there is no such design.
    """

    values: tuple[float, ...]
    power: float | None = None
    expected_months: float | None = None
    expected_events: float | None = None
    look_months: tuple[float, ...] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """A sweep over assumptions: the axes, and a row for each combination, the last axis fastest."""

    axes: tuple[Axis, ...]
    rows: tuple[Explored, ...]


def explore(assumptions: SurvivalAssumptions, *, axes: Sequence[Axis]) -> Exploration:
    """Return what a design does under every combination of other assumptions.

    Parameters
    ----------
    assumptions : SurvivalAssumptions
        What stays as it is.
    axes : sequence of Axis
        What is varied, each assumption once.

    Raises
    ------
    BadInput
        For no axis, an axis that comes twice or has no value, and too many combinations. A
        combination that is no design is a row that says why, not an error.
    """
    _refuse_axes(axes)
    return Exploration(
        axes=tuple(axes),
        rows=tuple(
            _explored(assumptions, axes, values=values)
            for values in product(*(axis.values for axis in axes))
        ),
    )


def assuming(
    assumptions: SurvivalAssumptions, *, assumption: Assumption, value: float
) -> SurvivalAssumptions:
    """Return the assumptions with one of them changed.

    Events of the last look take the others along: the information fractions stay as they are, to
    the next whole event.
    """
    match assumption:
        case Assumption.HAZARD_RATIO:
            return replace(assumptions, hazard_ratio=value)
        case Assumption.CONTROL_MEDIAN:
            return replace(assumptions, control_median_months=value)
        case Assumption.DROPOUT:
            return replace(assumptions, dropout_per_year=value)
        case Assumption.ACCRUAL:
            return replace(assumptions, accrual=uniform_accrual(value))
        case Assumption.SUBJECTS:
            return replace(assumptions, subjects=round(value))
        case Assumption.EVENTS:
            scale = value / assumptions.look_events[-1]
            looks = tuple(round(events * scale) for events in assumptions.look_events)
            return replace(assumptions, look_events=looks)
        case Assumption.ALPHA:
            return replace(assumptions, alpha_one_sided=value)
        case _:
            assert_never(assumption)


def _explored(
    assumptions: SurvivalAssumptions, axes: Sequence[Axis], *, values: tuple[float, ...]
) -> Explored:
    try:
        for axis, value in zip(axes, values, strict=True):
            assumptions = assuming(assumptions, assumption=axis.assumption, value=value)
        design = design_survival(assumptions)
    except BadInput as error:
        return Explored(values=values, refused=error.faults[0].what)
    return Explored(
        values=values,
        power=design.power,
        expected_months=design.end.months,
        expected_events=design.end.events,
        look_months=tuple(look.months for look in design.looks),
    )


def _refuse_axes(axes: Sequence[Axis]) -> None:
    names = [axis.assumption for axis in axes]
    if not names or len(set(names)) < len(names) or any(not axis.values for axis in axes):
        raise bad_input(
            "an exploration varies some assumptions, each once, over some values",
            where="axes",
            got=", ".join(names) or "no axis",
            fix="for example the hazard ratio over 0.5, 0.6 and 0.7",
        )
    combinations = prod(len(axis.values) for axis in axes)
    if combinations > LARGEST:
        raise bad_input(
            f"an exploration has at most {LARGEST} combinations",
            where="axes",
            got=f"{combinations}",
            fix="vary fewer assumptions, or in wider steps",
        )
