"""Actions, datings, distributions and lifetimes are read and said in the same words."""

import pytest
from pydantic import TypeAdapter, ValidationError

from equipoise.study.endpoints import Dating
from equipoise.study.regimens import Action
from equipoise.study.scenarios import (
    Chance,
    Choice,
    DistributionWord,
    Exponential,
    LifetimeWord,
    LogNormal,
    Normal,
    Uniform,
    Weibull,
)
from equipoise.study.words import DurationWord, Rule, Share

ACTION: TypeAdapter[Action] = TypeAdapter(Action)
DATING: TypeAdapter[Dating] = TypeAdapter(Dating)
DRAW: TypeAdapter[DistributionWord] = TypeAdapter(DistributionWord)
LIFETIME: TypeAdapter[LifetimeWord] = TypeAdapter(LifetimeWord)
SHARE: TypeAdapter[Share] = TypeAdapter(Share)


@pytest.mark.parametrize(
    "words",
    [
        "omit",
        "delay",
        "hold",
        "stop",
        "reduce one level",
        "reduce 50 %",
        "reduce 12.5 %",
        "reduce to 65 mg/m2",
        "hold until neuropathy_grade <= 1",
    ],
)
def test_an_action_is_said_as_it_was_written(words: str) -> None:
    assert ACTION.dump_python(ACTION.validate_python(words)) == words


@pytest.mark.parametrize("words", ["skip", "reduce", "reduce half", "reduce to much", "hold until"])
def test_what_is_no_action_is_refused(words: str) -> None:
    with pytest.raises(ValidationError):
        ACTION.validate_python(words)


@pytest.mark.parametrize("words", ["at_surgery", "not_an_event", "landmark 16 wk"])
def test_a_dating_is_said_as_it_was_written(words: str) -> None:
    assert DATING.dump_python(DATING.validate_python(words)) == words


@pytest.mark.parametrize("said", [28, 28.0, "28", None, ["28 d"]])
def test_a_length_of_time_without_unit_is_told_how_to_write_one(said: object) -> None:
    with pytest.raises(ValidationError, match=r"a number and d, wk, mo or y, for example '21 d'"):
        TypeAdapter(DurationWord).validate_python(said)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("normal(58, 9, 18 .. 70)", Normal),
        ("normal(-1, 0.5)", Normal),
        ("lognormal(6.2, 0.45, 1.5 .. 18)", LogNormal),
        ("uniform(0 .. 90)", Uniform),
        ("45 %", Chance),
        ({"R0": "92 %", "R1": "8 %"}, Choice),
    ],
)
def test_a_distribution_is_said_as_it_was_written(words: object, kind: type) -> None:
    distribution = DRAW.validate_python(words)
    assert isinstance(distribution, kind)
    assert DRAW.dump_python(distribution) == words


@pytest.mark.parametrize(
    "words",
    ["normal(58)", "normal(a, 9)", "gamma(1, 2)", "uniform(5 .. 1)", "45", {"a": "50 %"}],
)
def test_what_is_no_distribution_is_refused_in_words(words: object) -> None:
    with pytest.raises(ValidationError, match=r"distribution|range|sum to") as raised:
        DRAW.validate_python(words)
    assert "could not convert" not in str(raised.value)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("weibull(shape 0.69, scale 30 mo)", Weibull),
        ("exponential(median 11 mo)", Exponential),
    ],
)
def test_a_lifetime_is_said_as_it_was_written(words: str, kind: type) -> None:
    lifetime = LIFETIME.validate_python(words)
    assert isinstance(lifetime, kind)
    assert LIFETIME.dump_python(lifetime) == words


@pytest.mark.parametrize(("words", "said"), [("2.5 %", "2.5 %"), (0.07, "7 %"), ("100%", "100 %")])
def test_a_share_is_said_in_per_cent(words: str | float, said: str) -> None:
    assert SHARE.dump_python(SHARE.validate_python(words)) == said


def test_a_rule_may_be_written_as_a_yaml_truth() -> None:
    rule: TypeAdapter[str] = TypeAdapter(Rule)
    assert rule.validate_python(True) == "true"  # noqa: FBT003 - what YAML reads from `rule: true`
