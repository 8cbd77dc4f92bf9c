"""How virtual subjects behave: baseline, risk, and the course of each arm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from equipoise.base.quantities import Duration, Span, parse_duration, parse_fraction, parse_span
from equipoise.study.words import Code, Name, Rule, Share, Source, Words, YearlyProbability


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """Normal distribution, cut to a range by drawing again."""

    mean: float
    sd: float
    within: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """Log-normal distribution by its median and the standard deviation of the logarithm."""

    median: float
    sd_log: float
    within: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform:
    """Uniform distribution."""

    within: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of some codes; shares sum to 1."""

    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Yes with a probability."""

    share: float


Distribution = Normal | LogNormal | Uniform | Choice | Chance

_NUMBER = r"\s*([+-]?\d+(?:\.\d+)?)\s*"
_NORMAL = re.compile(rf"^(normal|lognormal)\({_NUMBER},{_NUMBER}(?:,([^,]+))?\)$")
_UNIFORM = re.compile(r"^uniform\((.+)\)$")


def read_distribution(words: object) -> object:
    """Read `normal(58, 9, 18 .. 70)`, `lognormal(6, 0.45)`, `uniform(1 .. 5)`, `45 %` or shares.

    Raises
    ------
    ValueError
        When the words are no distribution, or shares do not sum to 100 %.
    """
    if isinstance(words, dict):
        return _read_choice(words)
    if not isinstance(words, str):
        return words
    text = words.strip()
    if match := _NORMAL.match(text):
        first, second = float(match[2]), float(match[3])
        within = parse_span(match[4]) if match[4] else None
        if match[1] == "normal":
            return Normal(mean=first, sd=second, within=within)
        return LogNormal(median=first, sd_log=second, within=within)
    if match := _UNIFORM.match(text):
        return Uniform(within=parse_span(match[1]))
    if text.endswith("%"):
        return Chance(share=parse_fraction(text))
    raise ValueError(
        "a distribution is 'normal(58, 9, 18 .. 70)' (mean, sd, range), 'lognormal(6, 0.45)' "
        "(median, sd of the logarithm), 'uniform(1 .. 5)', '45 %' or codes with shares"
    )


def _read_choice(words: dict[object, object]) -> Choice:
    shares = tuple((str(code), parse_fraction(str(share))) for code, share in words.items())
    total = sum(share for _, share in shares)
    if abs(total - 1) > 1e-9:
        raise ValueError(f"shares sum to {100 * total:g} %, not to 100 %")
    return Choice(shares=shares)


def say_distribution(distribution: Distribution) -> str | dict[str, str]:
    """Return a distribution in the words of the study file."""
    match distribution:
        case Normal(mean=mean, sd=sd, within=within):
            return f"normal({mean:g}, {sd:g}{'' if within is None else f', {within}'})"
        case LogNormal(median=median, sd_log=sd, within=within):
            return f"lognormal({median:g}, {sd:g}{'' if within is None else f', {within}'})"
        case Uniform(within=within):
            return f"uniform({within})"
        case Chance(share=share):
            return f"{100 * share:g} %"
        case Choice(shares=shares):
            return {code: f"{100 * share:g} %" for code, share in shares}


DistributionWord = Annotated[
    Distribution,
    BeforeValidator(read_distribution),
    PlainSerializer(say_distribution),
    WithJsonSchema({"type": ["string", "object"], "examples": ["normal(58, 9, 18 .. 70)", "45 %"]}),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """As another item was before randomisation, times a factor drawn from a range.

    Yes counts as 1 and no as 0; an item that is asked with yes or no is yes from one half on.
    """

    item: str
    factor: Span | None = None


LaterDistribution = Distribution | Like
"""What an item is drawn from after randomisation."""

_LIKE = re.compile(r"^like ([a-z][a-z0-9_]*)(?: x (.+))?$")


def read_later(words: object) -> object:
    """Read any distribution, or `like tumour_cm` or `like tumour_cm x 0.5 .. 0.9`."""
    match = _LIKE.match(words.strip()) if isinstance(words, str) else None
    if match is None:
        return read_distribution(words)
    return Like(item=match[1], factor=parse_span(match[2]) if match[2] else None)


def say_later(distribution: LaterDistribution) -> str | dict[str, str]:
    """Return what an item is drawn from later, in the words of the study file."""
    match distribution:
        case Like(item=item, factor=None):
            return f"like {item}"
        case Like(item=item, factor=factor):
            return f"like {item} x {factor}"
        case _:
            return say_distribution(distribution)


LaterWord = Annotated[
    LaterDistribution,
    BeforeValidator(read_later),
    PlainSerializer(say_later),
    WithJsonSchema(
        {"type": ["string", "object"], "examples": ["like tumour_cm x 0.5 .. 0.9", "45 %"]}
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weibull:
    """Weibull lifetime: S(t) = exp(-(t / scale)^shape)."""

    shape: float
    scale: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential:
    """Exponential lifetime by its median."""

    median: Duration


Lifetime = Weibull | Exponential

_WEIBULL = re.compile(rf"^weibull\(shape {_NUMBER}, scale (.+)\)$")
_EXPONENTIAL = re.compile(r"^exponential\(median (.+)\)$")


def read_lifetime(words: object) -> object:
    """Read `weibull(shape 0.69, scale 30 mo)` or `exponential(median 11 mo)`."""
    if not isinstance(words, str):
        return words
    if match := _WEIBULL.match(words.strip()):
        return Weibull(shape=_positive(match[1]), scale=parse_duration(match[2]))
    if match := _EXPONENTIAL.match(words.strip()):
        return Exponential(median=parse_duration(match[1]))
    raise ValueError(
        "a lifetime is 'weibull(shape 0.69, scale 30 mo)' or 'exponential(median 11 mo)'"
    )


def _positive(text: str) -> float:
    if (value := float(text)) <= 0:
        raise ValueError("the shape of a lifetime is above 0")
    return value


def say_lifetime(lifetime: Lifetime) -> str:
    """Return a lifetime in the words of the study file."""
    match lifetime:
        case Weibull(shape=shape, scale=scale):
            return f"weibull(shape {shape:g}, scale {scale})"
        case Exponential(median=median):
            return f"exponential(median {median})"


LifetimeWord = Annotated[
    Lifetime,
    BeforeValidator(read_lifetime),
    PlainSerializer(say_lifetime, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["weibull(shape 0.69, scale 30 mo)"]}),
]


class RiskFactor(Words):
    """A baseline or surgical finding that multiplies the hazard of recurrence and death."""

    when: Rule
    hazard_ratio: float = Field(gt=0)
    source: Source | None = None


class Frailty(Words):
    """Normal frailty on the log hazard, shared by response, resection, recurrence and death."""

    sd: float = Field(ge=0)
    source: Source | None = None


class Course(Words):
    """What happens to the subjects of one arm.

    `response` is drawn before surgery in an arm with neoadjuvant treatment; PD precludes surgery.
    `not_operated` are those without PD who still do not come to surgery. The lifetimes are those
    of a subject of frailty 0 and no risk factor.
    """

    response: dict[Code, Share] | None = None
    not_operated: Share
    explored_not_resected: Share
    margin: dict[Code, Share]
    viable_tumour: DistributionWord | None = None
    ninety_day_death: Share
    recurrence: LifetimeWord
    progression_unresected: LifetimeWord
    death_after_recurrence: LifetimeWord
    death_unresected: LifetimeWord
    death_otherwise: LifetimeWord
    source: Source | None = None


class Toxicity(Words):
    """How many subjects of an arm have an adverse event: of any grade, and of grade 3 or more."""

    any_grade: Share
    grade_3_or_more: Share = 0.0
    source: Source | None = None


class LaboratoryEffect(Words):
    """What treatment does to a laboratory item: the mean factor during cycles, and its spread.

    Without `sd_log` values spread as they do between any two visits of a subject.
    """

    factor: float = Field(gt=0)
    sd_log: float | None = Field(default=None, ge=0)
    source: Source | None = None


class Scenario(Words):
    """One way the trial may turn out.

    `baseline` and `fill` draw items by name: `baseline` before randomisation, `fill` wherever the
    item's form comes up later (`by_arm` where the arms differ), also `like` another item.
    """

    scenario: Name
    title: str
    screened_per_month: float = Field(gt=0, le=1000)
    follow_up_after_last: Annotated[
        Duration,
        BeforeValidator(lambda text: parse_duration(text) if isinstance(text, str) else text),
        PlainSerializer(str, return_type=str),
        WithJsonSchema({"type": "string", "examples": ["24 mo"]}),
    ]
    missed_visits: Share = 0.0
    dropout: YearlyProbability = 0.0
    sites: dict[Name, Share] = Field(default_factory=dict)
    baseline: dict[Name, DistributionWord]
    fill: dict[Name, LaterWord] = Field(default_factory=dict)
    by_arm: dict[Name, dict[Name, LaterWord]] = Field(default_factory=dict)
    risk: dict[Name, RiskFactor] = Field(default_factory=dict)
    margin_hazard_ratio: dict[Code, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    frailty: Frailty = Frailty(sd=0.0)
    arms: dict[Name, Course]
    adverse_events: dict[Name, dict[Name, Toxicity]] = Field(default_factory=dict)
    laboratory: dict[Name, dict[Name, LaboratoryEffect]] = Field(default_factory=dict)
    source: Source | None = None
