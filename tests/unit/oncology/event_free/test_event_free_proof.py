from dataclasses import fields
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest

from equipoise.oncology.event_free.event_free_history import CONTRADICTIONS
from equipoise.oncology.event_free.event_free_proof import (
    SWITCHES,
    censoring_rows,
    contradiction_rows,
    event_rows,
    switch_rows,
)
from equipoise.oncology.event_free.event_free_rules import EfsCensoring, EfsEvent, EventRules


def test_every_event_has_a_row_in_the_order_that_names_a_shared_day():
    assert [row.event for row in event_rows()] == list(EfsEvent)


def test_every_switch_has_a_row():
    assert [row.name for row in switch_rows()] == [field.name for field in fields(EventRules)]


@pytest.mark.parametrize("name", SWITCHES)
def test_every_choice_of_a_switch_has_words_of_its_own(name):
    kind = get_type_hints(EventRules)[name]
    choices = [choice for choice, _ in SWITCHES[name][1]]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        assert choices == list(kind)
    else:
        assert [type(choice) for choice in choices] == list(get_args(kind))
    assert len({words for _, words in SWITCHES[name][1]}) == len(choices)


def test_every_way_of_censoring_has_a_row():
    assert [row.censoring for row in censoring_rows()] == list(EfsCensoring)


def test_every_contradiction_has_a_row_and_a_sentence_of_its_own():
    assert len(contradiction_rows()) == len(set(contradiction_rows())) == len(CONTRADICTIONS)
