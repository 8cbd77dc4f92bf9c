"""What is given: drugs, doses, days, cycles, and the tables that change a dose."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from equipoise.base.quantities import Duration, parse_dose
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


class BodySize(StrEnum):
    """Whose weight and height a dose counts: those before treatment, or of each cycle."""

    BEFORE_TREATMENT = "before_treatment"
    EACH_CYCLE = "each_cycle"


class Level(Words):
    """One level of a drug's ladder: a dose, given more rarely or on fewer days, or none at all.

    Written `4 mg`, `4 mg every other day`, `800 mg/m2 on day 1`, `60 mg on days 1, 8` or `stop`.
    `every` is how many days lie from one dose to the next; `on` are days of the cycle, all of the
    drug's own when empty; a level without dose ends the drug.
    """

    dose: DoseWord | None
    every: Literal[1, 2] = 1
    on: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Return the level as a person writes it."""
        if self.dose is None:
            return "stop"
        days = f" on day{'s' if len(self.on) > 1 else ''} {', '.join(map(str, self.on))}"
        return (
            f"{self.dose}{' every other day' if self.every == 2 else ''}{days if self.on else ''}"
        )


_ON_DAYS = re.compile(r"^(.+?) on days? (\d+(?:, ?\d+)*)$")
_EVERY_OTHER_DAY = " every other day"


def read_level(text: object) -> object:
    """Read `4 mg`, `4 mg every other day`, `800 mg/m2 on day 1` or `stop`.

    Raises
    ------
    ValueError
        When the words are no level.
    """
    if not isinstance(text, str):
        return text
    words = text.strip()
    if words == "stop":
        return {"dose": None}
    match = _ON_DAYS.match(words)
    on = tuple(int(day) for day in match[2].split(",")) if match else ()
    words = match[1] if match else words
    every = 2 if words.endswith(_EVERY_OTHER_DAY) else 1
    try:
        dose = parse_dose(words.removesuffix(_EVERY_OTHER_DAY))
    except ValueError as error:
        raise ValueError(
            f"a level is a dose, 'DOSE every other day', 'DOSE on day 1' or 'stop'; {error}"
        ) from None
    return {"dose": dose, "every": every, "on": on}


LevelWord = Annotated[
    Level,
    BeforeValidator(read_level),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"type": "string", "examples": ["65 mg/m2", "4 mg every other day", "800 mg/m2 on day 1"]}
    ),
]


class Omit(Words):
    """Leave this dose out."""

    kind: Literal["omit"] = "omit"


class Delay(Words):
    """Delay the cycle to a later day of its window, when no row is true any more."""

    kind: Literal["delay"] = "delay"


class Reduce(Words):
    """Give less: a share of the planned dose for this day, or for good a level or one level down.

    A level is never left upwards, and is not taken when the dose is below it already.
    """

    kind: Literal["reduce"] = "reduce"
    percent: float | None = None
    to: LevelWord | None = None


class Hold(Words):
    """Hold the drug: until a rule is true, then as before or reduced; without a rule this day."""

    kind: Literal["hold"] = "hold"
    until: str | None = None
    then: Reduce | None = None


class Stop(Words):
    """Stop the drug for good."""

    kind: Literal["stop"] = "stop"


class Restore(Words):
    """Go back up to the planned dose."""

    kind: Literal["restore"] = "restore"


AnyAction = Omit | Delay | Reduce | Hold | Stop | Restore

ActionValue = Annotated[AnyAction, Field(discriminator="kind")]

_REDUCE_PERCENT = re.compile(r"^reduce (\d+(?:\.\d+)?) ?%$")
_REDUCE_TO = re.compile(r"^reduce to (.+)$")
_HOLD_UNTIL = re.compile(r"^hold until (.+?)(?: then (reduce (?:one level|to .+)))?$")
_ALONE = {"omit": "omit", "delay": "delay", "hold": "hold", "stop": "stop"} | {
    "return to planned dose": "restore"
}


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
    if words in _ALONE:
        return {"kind": _ALONE[words]}
    if words == "reduce one level":
        return {"kind": "reduce"}
    if match := _REDUCE_PERCENT.match(words):
        return {"kind": "reduce", "percent": float(match[1])}
    if match := _REDUCE_TO.match(words):
        return {"kind": "reduce", "to": match[1]}
    if match := _HOLD_UNTIL.match(words):
        return {"kind": "hold", "until": match[1], "then": read_action(match[2])}
    raise ValueError(
        "an action is 'omit', 'delay', 'reduce 50 %', 'reduce to 65 mg/m2', 'reduce one level', "
        "'hold until <rule>', 'hold until <rule> then reduce one level', 'return to planned dose' "
        "or 'stop'"
    )


def say_action(action: AnyAction) -> str:
    """Return an action in the words of the study file."""
    match action:
        case Reduce(percent=float(percent)):
            return f"reduce {percent:g} %"
        case Reduce(to=None):
            return "reduce one level"
        case Reduce(to=level):
            return f"reduce to {level}"
        case Hold(until=str(until), then=None):
            return f"hold until {until}"
        case Hold(until=str(until), then=Reduce() as less):
            return f"hold until {until} then {say_action(less)}"
        case Restore():
            return "return to planned dose"
        case Omit() | Delay() | Hold() | Stop():
            return action.kind


Action = Annotated[
    ActionValue,
    BeforeValidator(read_action),
    PlainSerializer(say_action, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["omit", "reduce 50 %", "hold", "stop"]}),
]


class DoseRule(Words):
    """One row of a dose-modification table: the first row that is true is followed.

    `again` is done instead when the row was followed before, was false since, and is true again.
    """

    when: Rule
    then: Action
    again: Action | None = None
    source: Source | None = None


class Drug(Words):
    """One drug of a regimen.

    Either `dose`, or `by_weight` bands. `days` are days of the cycle, or `daily`. A dose per m2
    counts no larger surface than `largest_bsa`.
    """

    label: str | None = None
    dose: DoseWord | None = None
    by_weight: tuple[WeightBand, ...] = ()
    body_size: BodySize = BodySize.EACH_CYCLE
    largest_bsa: float | None = Field(default=None, gt=0, description="m2; none when left out")
    route: Route
    days: tuple[Annotated[int, Field(gt=0)], ...] | Literal["daily"]
    levels: tuple[LevelWord, ...] = Field(default=(), description="ladder below the planned dose")
    stop_before_surgery: DurationWord | None = None
    restart_after_surgery: DurationWord | None = None
    source: Source | None = None


class RegimenPhase(StrEnum):
    """When in the trial a regimen is given."""

    NEOADJUVANT = "neoadjuvant"
    ADJUVANT = "adjuvant"


class Regimen(Words):
    """Drugs given together in cycles.

    `modify` is drug -> when (`any_day`, or `day_8` ...) -> rows, read from the top. Laboratory
    values count for a dose when they were taken on its day or at most `values_within` before.
    """

    label: str
    phase: RegimenPhase = RegimenPhase.NEOADJUVANT
    cycle: DurationWord
    cycles: CyclePlan
    drugs: dict[Name, Drug] = Field(min_length=1)
    modify: dict[Name, dict[Name, tuple[DoseRule, ...]]] = Field(default_factory=dict)
    values_within: DurationWord = Duration(3.0, "3 d")
    arms: tuple[Name, ...] = Field(
        default=(), description="arms that receive it beside the arm that names it"
    )
    source: Source | None = None
