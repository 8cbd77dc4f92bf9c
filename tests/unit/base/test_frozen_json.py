import json
from dataclasses import dataclass
from enum import StrEnum
from math import inf

import pytest

from equipoise.base.errors import BadInput
from equipoise.base.frozen_json import frozen_from_json, frozen_from_words, frozen_to_words


class Side(StrEnum):
    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True, kw_only=True)
class Even:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    exponent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    looks: tuple[int, ...]
    bounds: tuple[float, ...]
    spending: Even | Power | Early
    futility: Even | Power | None = None
    side: Side = Side.UPPER


PLAN = Plan(looks=(77, 128), bounds=(inf, 1.96), spending=Power(exponent=2.0))


def refused(words):
    with pytest.raises(BadInput) as error:
        frozen_from_words(Plan, words, where="plan.json")
    assert {fault.where for fault in error.value.faults} == {"plan.json"}
    return " ".join(fault.got for fault in error.value.faults)


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        Plan(looks=(), bounds=(-inf,), spending=Even(), futility=Power(exponent=0.5)),
        Plan(looks=(1,), bounds=(0.1,), spending=Early(), futility=Even(), side=Side.LOWER),
    ],
)
def test_a_value_comes_back_from_its_json(plan):
    text = json.dumps(frozen_to_words(plan), allow_nan=False)
    assert frozen_from_json(Plan, text, where="plan.json") == plan


def test_a_choice_is_told_by_the_name_of_its_class():
    assert frozen_to_words(PLAN)["spending"] == {"is": "Power", "exponent": 2.0}
    assert frozen_to_words(PLAN)["bounds"][0] == "inf"


def test_an_unknown_choice_is_refused_with_those_there_are():
    words = frozen_to_words(PLAN) | {"spending": {"is": "Odd"}}
    assert "one of Even, Power, Early, not Odd" in refused(words)


def test_every_wrong_word_is_told_at_once():
    said = refused(frozen_to_words(PLAN) | {"looks": ["x"], "side": "middle"})
    assert "$.looks[0]" in said
    assert "middle" in said


@pytest.mark.parametrize("bound", ["wide", None, True, "1.5"])
def test_a_number_is_a_number(bound):
    assert "$.bounds[0]" in refused(frozen_to_words(PLAN) | {"bounds": [bound]})


def test_words_that_nobody_asked_for_are_refused():
    assert "colour" in refused(frozen_to_words(PLAN) | {"colour": "blue"})


def test_a_text_that_is_no_json_is_refused_by_line():
    with pytest.raises(BadInput) as error:
        frozen_from_json(Plan, "{\n'a': 1}", where="plan.json")
    assert error.value.faults[0].where == "plan.json:2"


def test_equal_values_have_equal_words():
    whole = Plan(looks=(77,), bounds=(2, 1.96), spending=Power(exponent=2))
    written = [
        frozen_to_words(plan)
        for plan in (whole, Plan(looks=(77,), bounds=(2.0, 1.96), spending=Power(exponent=2.0)))
    ]
    assert json.dumps(written[0]) == json.dumps(written[1])
