"""What is given: drugs, doses, days, cycles, and the tables that change a dose."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from equipoise.study.words import DoseWord, DurationWord, Name, Rule, Source, Words


class Route(StrEnum):
    """How a drug is given."""

    INTRAVENOUS = "intravenous"
    ORAL = "oral"
    SUBCUTANEOUS = "subcutaneous"


class CyclePlan(Words):
    """How many cycles the protocol plans."""

    planned: int = Field(gt=0)
    source: Source | None = None


class WeightBand(Words):
    """A dose for body weights from `from_kg` upwards (the next band takes over)."""

    from_kg: float = Field(ge=0)
    dose: DoseWord


class Omit(Words):
    """Leave this dose out."""

    kind: Literal["omit"] = "omit"


class Delay(Words):
    """Delay the cycle to a later day of its window, when no row is true any more."""

    kind: Literal["delay"] = "delay"


class Reduce(Words):
    """Give less: a share of the planned dose, or a fixed dose, or one level down the ladder."""

    kind: Literal["reduce"] = "reduce"
    percent: float | None = None
    to: DoseWord | None = None


class Hold(Words):
    """Hold the drug until a rule over grades holds again."""

    kind: Literal["hold"] = "hold"
    until: str | None = None


class Stop(Words):
    """Stop the drug for good."""

    kind: Literal["stop"] = "stop"


ActionValue = Annotated[Omit | Delay | Reduce | Hold | Stop, Field(discriminator="kind")]

_REDUCE_PERCENT = re.compile(r"^reduce (\d+(?:\.\d+)?) ?%$")
_REDUCE_TO = re.compile(r"^reduce to (.+)$")
_HOLD_UNTIL = re.compile(r"^hold until (.+)$")


def read_action(text: object) -> object:
    """Read `omit`, `delay`, `reduce 50 %`, `reduce to 65 mg/m2`, `reduce one level` and so on.

    Raises
    ------
    ValueError
        When the words are no action.
    """
    if not isinstance(text, str):
        return text
    words = text.strip()
    if words in {"omit", "delay", "hold", "stop"}:
        return {"kind": words}
    if words == "reduce one level":
        return {"kind": "reduce"}
    if match := _REDUCE_PERCENT.match(words):
        return {"kind": "reduce", "percent": float(match[1])}
    if match := _REDUCE_TO.match(words):
        return {"kind": "reduce", "to": match[1]}
    if match := _HOLD_UNTIL.match(words):
        return {"kind": "hold", "until": match[1]}
    raise ValueError(
        "an action is 'omit', 'delay', 'reduce 50 %', 'reduce to 65 mg/m2', 'reduce one level', "
        "'hold until <rule>' or 'stop'"
    )


def say_action(action: Omit | Delay | Reduce | Hold | Stop) -> str:
    """Return an action in the words of the study file."""
    match action:
        case Reduce(percent=float(percent)):
            return f"reduce {percent:g} %"
        case Reduce(to=None):
            return "reduce one level"
        case Reduce(to=dose):
            return f"reduce to {dose}"
        case Hold(until=str(until)):
            return f"hold until {until}"
        case Omit() | Delay() | Hold() | Stop():
            return action.kind


Action = Annotated[
    ActionValue,
    BeforeValidator(read_action),
    PlainSerializer(say_action, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["omit", "reduce 50 %", "hold", "stop"]}),
]


class DoseRule(Words):
    """One row of a dose-modification table: the first row that is true is followed."""

    when: Rule
    then: Action
    source: Source | None = None


class Drug(Words):
    """One drug of a regimen.

    Either `dose`, or `by_weight` bands. `days` are days of the cycle, or `daily`.
    """

    label: str | None = None
    dose: DoseWord | None = None
    by_weight: tuple[WeightBand, ...] = ()
    route: Route
    days: tuple[Annotated[int, Field(gt=0)], ...] | Literal["daily"]
    levels: tuple[DoseWord, ...] = Field(default=(), description="ladder below the planned dose")
    stop_before_surgery: DurationWord | None = None
    source: Source | None = None


class RegimenPhase(StrEnum):
    """When in the trial a regimen is given."""

    NEOADJUVANT = "neoadjuvant"
    ADJUVANT = "adjuvant"


class Regimen(Words):
    """Drugs given together in cycles.

    `modify` is drug -> when (`any_day`, or `day_8` ...) -> rows, read from the top.
    """

    label: str
    phase: RegimenPhase = RegimenPhase.NEOADJUVANT
    cycle: DurationWord
    cycles: CyclePlan
    drugs: dict[Name, Drug] = Field(min_length=1)
    modify: dict[Name, dict[Name, tuple[DoseRule, ...]]] = Field(default_factory=dict)
    arms: tuple[Name, ...] = Field(
        default=(), description="arms that receive it beside the arm that names it"
    )
    source: Source | None = None
