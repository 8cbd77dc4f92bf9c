"""Risk tables: factors with hazard ratios, combined for one subject.

The numbers are a study's own; this room only adds them up. A factor that is unknown is carried as
there and as not there: a class is given when both lead to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import positive


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFactor:
    """A finding that multiplies a hazard.

    Attributes
    ----------
    label : str
        What a clinician calls it.
    hazard_ratio : float
        With the finding against without it, as published.
    """

    label: str
    hazard_ratio: float

    def __post_init__(self) -> None:
        """Refuse a ratio that is none."""
        positive(self.hazard_ratio, where="hazard_ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskModel:
    """Factors, how far their ratios are shrunk, and the classes they lead to.

    Attributes
    ----------
    factors : Mapping[str, RiskFactor]
        By name.
    shrink : float
        Share taken away from each log hazard ratio, 0 to below 1. Ratios of several papers, or of
        factors that go together, count the same risk twice when they are multiplied as they are.
    classes : Mapping[str, float]
        Class -> hazard ratio from which it begins, itself included; from the lowest, which begins
        at 0, to the highest.
    """

    factors: Mapping[str, RiskFactor]
    shrink: float = 0.0
    classes: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse a share that is none, and classes that leave a hazard ratio without one."""
        if not 0 <= self.shrink < 1:
            fix = "0 (as published) to below 1"
            raise bad_input("no such shrinkage", where="shrink", got=self.shrink, fix=fix)
        starts = list(self.classes.values())
        if not starts or starts[0] != 0 or any(b <= a for a, b in pairwise(starts)):
            fix = "begin with 0 and rise"
            raise bad_input("classes do not cover", where="classes", got=starts, fix=fix)

    def log_hazard_ratio(self, name: str) -> Decimal:
        """Return the log hazard ratio of a factor after shrinking, as a decimal of 12 places."""
        whole = math.log(self.factors[name].hazard_ratio)
        return Decimal(f"{(1 - self.shrink) * whole:.12f}")

    def starts(self) -> tuple[tuple[str, Decimal | None], ...]:
        """Return each class with the linear predictor it begins at; None for the lowest."""
        return tuple(
            (name, Decimal(f"{math.log(start):.12f}") if start else None)
            for name, start in self.classes.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Risk of one subject.

    Attributes
    ----------
    present, absent, unknown : tuple[str, ...]
        Names of the factors that count, do not count, and are not known.
    linear_predictor : float | None
        Sum of the shrunk log hazard ratios; None when a factor is unknown.
    hazard_ratio : float | None
        Against a subject with none of the factors.
    risk_class : str | None
        None when the unknown factors leave several open.
    explanation : str
        Why, in one sentence.
    """

    present: tuple[str, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    linear_predictor: float | None
    hazard_ratio: float | None
    risk_class: str | None
    explanation: str


def risk(model: RiskModel, *, findings: Mapping[str, bool | None]) -> Risk:
    """Return the risk of a subject from what was found.

    Parameters
    ----------
    model : RiskModel
        The factors.
    findings : Mapping[str, bool | None]
        Factor -> whether the subject has it; a factor that is not named is unknown.

    Raises
    ------
    BadInput
        For a finding that is no factor of the model.

    Notes
    -----
    ``exp(sum (1 - shrink) log HR_j)`` over the factors a subject has. Hazard ratios of single
    papers are multiplied as if they came from one model; `shrink` says how much of that one
    believes, and does not make it one.
    """
    for name in findings:
        if name not in model.factors:
            fix = f"one of {', '.join(model.factors)}"
            raise bad_input("no factor of the model", where="findings", got=name, fix=fix)
    answers = {name: findings.get(name) for name in model.factors}
    present = tuple(name for name, answer in answers.items() if answer)
    unknown = tuple(name for name, answer in answers.items() if answer is None)
    known = _sum(model, present)
    steps = [model.log_hazard_ratio(name) for name in unknown]
    least = known + sum((min(step, Decimal(0)) for step in steps), Decimal(0))
    most = known + sum((max(step, Decimal(0)) for step in steps), Decimal(0))
    lowest, highest = _class_of(model, least), _class_of(model, most)
    decided = lowest if lowest == highest else None
    name = f"Risk {decided}" if decided else "Risk class not decided"
    return Risk(
        present=present,
        absent=tuple(name for name, answer in answers.items() if answer is False),
        unknown=unknown,
        linear_predictor=None if unknown else float(known),
        hazard_ratio=None if unknown else math.exp(known),
        risk_class=decided,
        explanation=f"{name}, hazard ratio {_ratio(least, most)}: "
        f"{_labels(model, present) or 'no factor'}"
        f"{'; not known: ' if unknown else ''}{_labels(model, unknown)}.",
    )


def _sum(model: RiskModel, names: Iterable[str]) -> Decimal:
    return sum((model.log_hazard_ratio(name) for name in names), Decimal(0))


def _class_of(model: RiskModel, predictor: Decimal) -> str:
    return next(
        name for name, start in reversed(model.starts()) if start is None or predictor >= start
    )


def _ratio(least: Decimal, most: Decimal) -> str:
    low, high = f"{math.exp(least):.2f}", f"{math.exp(most):.2f}"
    return low if low == high else f"{low} to {high}"


def _labels(model: RiskModel, names: Iterable[str]) -> str:
    return ", ".join(model.factors[name].label for name in names)
