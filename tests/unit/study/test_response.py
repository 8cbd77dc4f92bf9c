"""The words of response criteria, and the days that they leave to the study."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from equipoise.oncology.response.best_response import ResponseRules
from equipoise.oncology.response.irecist import CONFIRM_DAYS
from equipoise.oncology.response.irecist_words import IResponse
from equipoise.oncology.response.recist import Response
from equipoise.study.endpoints import ResponseCriteria, ResponseEndpoint, ResponseEvent
from equipoise.study.response import ResponseDays, asks_irecist, response_words, success_words

WORDS = {"kind": "response", "label": "R", "population": "all"}


def endpoint(**words):
    return ResponseEndpoint.model_validate(WORDS | words)


def test_days_that_are_not_said_are_the_usual_ones():
    usual = ResponseDays()
    assert usual.rules == ResponseRules()
    assert usual.progression_days == CONFIRM_DAYS


def test_days_are_said_as_lengths_of_time():
    said = ResponseDays.model_validate(
        {
            "stable_after": "8 wk",
            "confirm_response_after": "30 d",
            "confirm_progression_after": "5 wk",
        }
    )
    assert said.rules == ResponseRules(minimum_sd_days=56, confirm_days=30)
    assert said.progression_days == 35


def test_the_words_of_each_criteria_are_those_of_the_rules_best_first():
    assert list(response_words(ResponseCriteria.IRECIST)) == [str(word) for word in IResponse]
    for criteria in (ResponseCriteria.RECIST_1_1, None):
        assert list(response_words(criteria)) == [str(word) for word in Response]


def test_success_is_written_alike_for_either_criteria():
    words = ["CR", "PR", "NON-CR/NON-PD"]
    assert success_words(endpoint(success=words)) == tuple(words)
    immune = endpoint(success=words, criteria="irecist")
    assert success_words(immune) == ("iCR", "iPR", "NON-iCR/NON-iUPD")
    with pytest.raises(ValidationError):
        endpoint(success=["iCR"], criteria="irecist")


def test_what_is_recorded_ready_made_asks_no_scan_to_be_judged():
    event = ResponseEvent(label="P", response="PD", criteria=ResponseCriteria.IRECIST)
    events = {"one": event, "other": event.model_copy(update={"criteria": None})}
    endpoints = {
        "judged": endpoint(criteria="irecist"),
        "recorded": endpoint(criteria="irecist", recorded="best"),
        "usual": endpoint(),
    }
    assert list(asks_irecist(events=events, endpoints=endpoints)) == [
        ("events", "one"),
        ("endpoints", "judged"),
    ]
