import datetime as dt

import pytest

from equipoise.base import BadInput
from equipoise.oncology import event_free_survival
from equipoise.oncology.event_free import (
    AtSurgery,
    EfsEvent,
    History,
    Landmark,
    NotAnEvent,
    ProgressionRule,
    SurgeryOutcome,
)
from equipoise.oncology.resection import Margin

START = dt.date(2026, 1, 1)
AT_SURGERY = AtSurgery()
DATES = {"progression", "surgery", "recurrence", "death", "last_assessment"}


def day(number):
    return START + dt.timedelta(days=number)


def history(**facts):
    dated = {name: day(fact) if name in DATES else fact for name, fact in facts.items()}
    return History(randomised=START, **dated)


def resected(**facts):
    return history(**{"surgery": 84, "outcome": SurgeryOutcome.RESECTED} | facts)


def explored(**facts):
    return resected(outcome=SurgeryOutcome.EXPLORED_ONLY, **facts)


def judged(subject, *, incomplete=AT_SURGERY, cut_off=None, **options):
    return event_free_survival(
        subject,
        incomplete_resection=incomplete,
        cut_off=None if cut_off is None else day(cut_off),
        **options,
    )


def test_the_first_event_counts_and_the_others_are_told():
    result = judged(resected(margin=Margin.R0, recurrence=300, death=500))
    assert (result.date, result.event, result.is_event) == (day(300), EfsEvent.RECURRENCE, True)
    assert result.reason == "Event on 2026-10-28: recurrence, before or with death of 2027-05-16"


def test_without_an_event_the_last_assessment_censors():
    result = judged(resected(margin=Margin.R0, last_assessment=200))
    assert (result.date, result.event, result.is_event) == (day(200), None, False)
    assert result.reason == "Censored on 2026-07-20, the last assessment: no event known"


@pytest.mark.parametrize("facts", [{}, {"last_assessment": -10}, {"last_assessment": 0}])
def test_a_subject_never_assessed_is_censored_at_randomisation(facts):
    result = judged(history(**facts))
    assert (result.date, result.is_event) == (START, False)
    assert "never assessed" in result.reason


def test_a_subject_assessed_after_the_cut_off_is_censored_at_it():
    result = judged(history(last_assessment=300), cut_off=200)
    assert result.date == day(200)
    assert "data cut-off" in result.reason


def test_an_assessment_on_the_day_of_the_cut_off_is_the_last_assessment():
    result = judged(history(last_assessment=200), cut_off=200)
    assert result.reason == "Censored on 2026-07-20, the last assessment: no event known"


def test_a_cut_off_on_the_day_of_randomisation_leaves_no_follow_up():
    assert judged(history(death=50), cut_off=0).date == START


def test_what_lies_after_the_cut_off_is_not_known():
    subject = resected(margin=Margin.R2, last_assessment=60, death=400)
    assert judged(subject, cut_off=83).date == day(60)
    assert judged(subject, cut_off=84).event is EfsEvent.INCOMPLETE_RESECTION


def test_progression_without_a_resection_after_it_is_an_event():
    for precludes in (True, False, None):
        result = judged(history(progression=50, precludes_surgery=precludes, death=100))
        assert (result.date, result.event) == (day(50), EfsEvent.PROGRESSION)


def test_progression_before_a_resection_is_a_switch():
    subject = resected(progression=50, margin=Margin.R0, last_assessment=200)
    assert not judged(subject).is_event
    result = judged(subject, progression=ProgressionRule.ANY)
    assert (result.date, result.event) == (day(50), EfsEvent.PROGRESSION)
    assert result.reason == "Event on 2026-02-20: progression, surgery followed"


def test_progression_called_precluding_counts_even_when_a_resection_followed():
    subject = resected(progression=50, precludes_surgery=True, margin=Margin.R0)
    assert judged(subject).date == day(50)


def test_progression_before_an_exploration_counts_unless_it_left_surgery_open():
    assert judged(explored(progression=50)).date == day(50)
    allowed = judged(explored(progression=50, precludes_surgery=False))
    assert (allowed.date, allowed.event) == (day(84), EfsEvent.INCOMPLETE_RESECTION)


def test_progression_after_surgery_always_counts():
    result = judged(explored(progression=150), incomplete=NotAnEvent())
    assert (result.date, result.event) == (day(150), EfsEvent.PROGRESSION)
    assert result.reason == "Event on 2026-05-31: progression"


def test_progression_on_the_day_of_a_resection_did_not_preclude_it():
    subject = resected(progression=84, margin=Margin.R0)
    assert not judged(subject).is_event
    counted = judged(subject, progression=ProgressionRule.ANY)
    assert counted.reason == "Event on 2026-03-26: progression, surgery followed"


def test_a_recurrence_may_be_found_on_the_day_of_surgery():
    assert judged(resected(recurrence=84)).event is EfsEvent.RECURRENCE


@pytest.mark.parametrize("subject", [explored(death=200), resected(margin=Margin.R2, death=200)])
def test_an_incomplete_resection_is_dated_by_convention(subject):
    assert judged(subject).date == day(84)
    waits = judged(subject, incomplete=NotAnEvent())
    assert (waits.date, waits.event) == (day(200), EfsEvent.DEATH)
    landmark = judged(subject, incomplete=Landmark(days=112))
    assert (landmark.date, landmark.event) == (day(112), EfsEvent.INCOMPLETE_RESECTION)
    assert "of 2026-03-26, dated at the landmark" in landmark.reason


def test_the_reason_tells_an_exploration_from_an_r2_resection():
    assert judged(explored()).reason == "Event on 2026-03-26: exploration without resection"
    assert judged(resected(margin=Margin.R2)).reason == "Event on 2026-03-26: R2 resection"


def test_an_event_before_the_landmark_goes_first():
    result = judged(explored(death=100), incomplete=Landmark(days=112))
    assert (result.date, result.event) == (day(100), EfsEvent.DEATH)


def test_a_landmark_after_the_cut_off_is_no_event_yet():
    result = judged(explored(last_assessment=90), incomplete=Landmark(days=112), cut_off=100)
    assert (result.date, result.is_event) == (day(90), False)


@pytest.mark.parametrize("margin", [Margin.R0, Margin.R1, Margin.RX, None])
def test_other_margins_are_no_events(margin):
    assert not judged(resected(margin=margin, last_assessment=100)).is_event


def test_progression_gives_its_name_to_an_event_on_the_day_of_death():
    result = judged(history(progression=100, death=100))
    assert (result.date, result.event) == (day(100), EfsEvent.PROGRESSION)


def test_an_event_on_the_day_of_the_cut_off_counts():
    assert judged(history(death=100), cut_off=100).is_event
    assert not judged(history(death=101), cut_off=100).is_event


@pytest.mark.parametrize(
    ("subject", "what"),
    [
        (history(recurrence=100), "recurrence without resection"),
        (explored(recurrence=100), "recurrence without resection"),
        (history(margin=Margin.R0), "a margin without surgery"),
        (history(outcome=SurgeryOutcome.RESECTED), "an outcome of surgery without its date"),
        (explored(margin=Margin.R1), "R0 or R1 of an exploration"),
        (
            resected(margin=Margin.R1, pathological_complete=True),
            "complete pathological response with R1 or R2",
        ),
        (resected(surgery=-1), "a date before randomisation"),
        (history(death=-1), "a date before randomisation"),
        (resected(death=83), "a date after death"),
        (history(death=50, last_assessment=51), "a date after death"),
        (resected(recurrence=83), "recurrence before surgery"),
    ],
)
def test_impossible_histories_are_refused_with_the_reason(subject, what):
    with pytest.raises(BadInput, match=what):
        judged(subject)


def test_every_reason_is_told_at_once():
    with pytest.raises(BadInput) as caught:
        judged(history(recurrence=100, margin=Margin.R0, death=50), cut_off=-1)
    assert [fault.what for fault in caught.value.faults] == [
        "recurrence without resection",
        "a margin without surgery",
        "a date after death",
        "data cut-off before randomisation",
    ]


def test_a_possible_complete_response_passes():
    subject = resected(margin=Margin.R0, pathological_complete=True, last_assessment=100)
    assert judged(subject).date == day(100)


def test_a_landmark_before_randomisation_is_refused():
    assert Landmark(days=0).days == 0
    with pytest.raises(BadInput, match="a landmark lies ahead"):
        Landmark(days=-1)
