from dataclasses import replace

import pytest

from equipoise.base import BadInput
from equipoise.oncology.event_free.event_free_rules import (
    CensorBeforeGap,
    Clearance,
    EfsCensoring,
    EfsEvent,
    Landmark,
    NewTherapy,
    NotAnEvent,
    OnTheDay,
    ProgressionRule,
    SecondPrimary,
)
from equipoise.oncology.surgery.resection import Margin

from .event_free_histories import START, day, explored, history, judged, resected


def test_the_first_event_counts_and_the_others_are_told():
    result = judged(resected(margin=Margin.R0, recurrence=300, death=500))
    assert (result.date, result.event, result.is_event) == (day(300), EfsEvent.RECURRENCE, True)
    assert result.censoring is None
    assert result.reason == "Event on 2026-10-28: recurrence, before death of 2027-05-16"


def test_without_an_event_the_last_assessment_censors():
    result = judged(resected(margin=Margin.R0, assessments=(200, 60)))
    assert (result.date, result.event, result.is_event) == (day(200), None, False)
    assert result.censoring is EfsCensoring.LAST_ASSESSMENT
    assert result.reason == "Censored on 2026-07-20, the last assessment: no event known"


@pytest.mark.parametrize("days", [(), (-10,), (0,), (-10, 0)])
def test_a_subject_never_assessed_is_censored_at_randomisation(days):
    result = judged(history(assessments=days))
    assert (result.date, result.censoring) == (START, EfsCensoring.NEVER_ASSESSED)
    assert result.reason == "Censored on 2026-01-01, at randomisation: never assessed after it"


def test_the_last_assessment_up_to_the_cut_off_censors_though_later_ones_exist():
    subject = history(assessments=(100, 200, 300))
    assert judged(subject, cut_off=299).date == day(200)
    assert judged(subject, cut_off=200).date == day(200)
    assert judged(subject, cut_off=99).censoring is EfsCensoring.NEVER_ASSESSED


def test_a_cut_off_on_the_day_of_randomisation_leaves_no_follow_up():
    assert judged(history(death=50), cut_off=0).date == START


def test_what_lies_after_the_cut_off_is_not_known():
    subject = resected(margin=Margin.R2, assessments=(60,), death=400)
    assert judged(subject, cut_off=83).date == day(60)
    assert judged(subject, cut_off=84).event is EfsEvent.INCOMPLETE_RESECTION


def test_progression_without_a_resection_after_it_is_an_event():
    for precludes in (True, False, None):
        result = judged(history(progressions=(50,), precludes_surgery=precludes, death=100))
        assert (result.date, result.event) == (day(50), EfsEvent.PROGRESSION)


def test_progression_before_a_resection_is_a_switch():
    subject = resected(progressions=(50,), margin=Margin.R0, assessments=(200,))
    passed = judged(subject)
    assert not passed.is_event
    assert passed.reason.endswith(
        "no event known; not counted: progression of 2026-02-20 "
        "(a resection followed on 2026-03-26)"
    )
    result = judged(subject, progression=ProgressionRule.ANY)
    assert (result.date, result.event) == (day(50), EfsEvent.PROGRESSION)
    assert result.reason == "Event on 2026-02-20: progression, surgery followed"


def test_progression_before_surgery_of_unknown_outcome_does_not_call_it_a_resection():
    passed = judged(history(progressions=(50,), surgery=84))
    assert not passed.is_event
    assert passed.reason.endswith(
        "(surgery followed on 2026-03-26, whether a resection is not known)"
    )


def test_progression_after_a_resection_counts_though_one_before_it_did_not():
    subject = resected(progressions=(150, 50), margin=Margin.R2)
    result = judged(subject, incomplete_resection=NotAnEvent())
    assert (result.date, result.event) == (day(150), EfsEvent.PROGRESSION)


def test_progression_called_precluding_counts_even_when_a_resection_followed():
    subject = resected(progressions=(50,), precludes_surgery=True, margin=Margin.R0)
    assert judged(subject).date == day(50)


def test_progression_before_an_exploration_counts_unless_it_left_surgery_open():
    assert judged(explored(progressions=(50,))).date == day(50)
    allowed = judged(explored(progressions=(50,), precludes_surgery=False))
    assert (allowed.date, allowed.event) == (day(84), EfsEvent.INCOMPLETE_RESECTION)
    assert "(it did not preclude the surgery of 2026-03-26)" in allowed.reason


def test_progression_after_surgery_always_counts():
    result = judged(explored(progressions=(150,)), incomplete_resection=NotAnEvent())
    assert (result.date, result.event) == (day(150), EfsEvent.PROGRESSION)
    assert result.reason == (
        "Event on 2026-05-31: progression; not counted: exploration without resection of "
        "2026-03-26 (incomplete resection is no event here)"
    )


def test_progression_on_the_day_of_a_resection_did_not_preclude_it():
    subject = resected(progressions=(84,), margin=Margin.R0)
    assert not judged(subject).is_event
    counted = judged(subject, progression=ProgressionRule.ANY)
    assert counted.reason == "Event on 2026-03-26: progression, surgery followed"


def test_a_recurrence_may_be_found_on_the_day_of_surgery():
    assert judged(resected(recurrence=84)).event is EfsEvent.RECURRENCE


def test_a_recurrence_counts_from_its_first_suspicion_once_it_is_confirmed():
    subject = resected(recurrence_suspected=200, recurrence=230, assessments=(150,))
    result = judged(subject)
    assert (result.date, result.event) == (day(200), EfsEvent.RECURRENCE)
    assert result.reason == (
        "Event on 2026-07-20: recurrence, first suspected then, confirmed on 2026-08-19"
    )
    waiting = judged(subject, cut_off=229)
    assert (waiting.date, waiting.is_event) == (day(150), False)
    assert "a suspected recurrence of 2026-07-20 (it is not confirmed)" in waiting.reason
    assert judged(subject, cut_off=230).date == day(200)


@pytest.mark.parametrize("subject", [explored(death=200), resected(margin=Margin.R2, death=200)])
def test_an_incomplete_resection_is_dated_by_convention(subject):
    assert judged(subject).date == day(84)
    waits = judged(subject, incomplete_resection=NotAnEvent())
    assert (waits.date, waits.event) == (day(200), EfsEvent.DEATH)
    landmark = judged(subject, incomplete_resection=Landmark(days=112))
    assert (landmark.date, landmark.event) == (day(112), EfsEvent.INCOMPLETE_RESECTION)
    assert "found on 2026-03-26 and dated at the landmark of day 112" in landmark.reason


def test_the_reason_tells_an_exploration_from_an_r2_resection():
    assert judged(explored()).reason == "Event on 2026-03-26: exploration without resection"
    assert judged(resected(margin=Margin.R2)).reason == "Event on 2026-03-26: R2 resection"


def test_an_event_before_the_landmark_goes_first():
    result = judged(explored(death=100), incomplete_resection=Landmark(days=112))
    assert (result.date, result.event) == (day(100), EfsEvent.DEATH)
    assert result.reason == (
        "Event on 2026-04-11: death, 16 days after surgery, before exploration without resection "
        "of 2026-04-23"
    )


def test_a_landmark_after_the_cut_off_is_no_event_yet():
    subject = explored(assessments=(90,))
    result = judged(subject, incomplete_resection=Landmark(days=112), cut_off=100)
    assert (result.date, result.is_event) == (day(90), False)
    assert result.reason.endswith(
        "exploration without resection of 2026-03-26 counts on 2026-04-23, after the cut-off"
    )


@pytest.mark.parametrize("margin", [Margin.R0, Margin.R1, Margin.RX, None])
def test_other_margins_are_no_events(margin):
    assert not judged(resected(margin=margin, assessments=(100,))).is_event


@pytest.mark.parametrize("margin", [Margin.R0, Margin.RX, None])
def test_where_only_r0_is_complete_r1_is_an_event_and_an_unknown_margin_is_none(margin):
    only = {"clearance": Clearance.R0_ONLY}
    result = judged(resected(margin=Margin.R1), **only)
    assert (result.date, result.event) == (day(84), EfsEvent.INCOMPLETE_RESECTION)
    assert result.reason == "Event on 2026-03-26: R1 resection"
    assert not judged(resected(margin=margin), **only).is_event


@pytest.mark.parametrize(
    ("dating", "end"), [(OnTheDay(), 40), (NotAnEvent(), 200), (Landmark(days=112), 112)]
)
def test_not_reaching_surgery_is_an_event_only_by_a_switch(dating, end):
    subject = history(not_operated=40, death=200)
    assert judged(subject).event is EfsEvent.DEATH
    assert judged(subject, surgery_not_reached=dating).date == day(end)


def test_a_subject_operated_after_all_has_reached_surgery():
    subject = resected(not_operated=40, assessments=(90,))
    result = judged(subject, surgery_not_reached=OnTheDay())
    assert result.reason.endswith(
        "a decision against surgery of 2026-02-10 (surgery followed on 2026-03-26)"
    )


def test_a_second_primary_is_recorded_and_an_event_only_by_a_switch():
    subject = resected(second_primary=150, assessments=(200,))
    assert "second primary tumour of 2026-05-31 (another tumour" in judged(subject).reason
    result = judged(subject, second_primary=SecondPrimary.EVENT)
    assert (result.date, result.event) == (day(150), EfsEvent.SECOND_PRIMARY)


def test_follow_up_continues_through_a_new_therapy_or_ends_before_it_or_with_it():
    subject = resected(assessments=(100, 200), new_therapy=150, recurrence=260)
    assert judged(subject).date == day(260)
    assert "new therapy of 2026-05-31 (follow-up continues through it)" in judged(subject).reason
    ended = judged(subject, new_therapy=NewTherapy.CENSOR)
    assert (ended.date, ended.censoring) == (day(100), EfsCensoring.NEW_THERAPY)
    assert ended.reason == (
        "Censored on 2026-04-11, the last assessment up to the new therapy of 2026-05-31, "
        "which came before recurrence of 2026-09-18"
    )
    event = judged(subject, new_therapy=NewTherapy.EVENT)
    assert (event.date, event.event) == (day(150), EfsEvent.NEW_THERAPY)


def test_an_assessment_on_the_day_of_the_new_therapy_is_the_last_before_it():
    subject = history(assessments=(50, 150, 200), new_therapy=150)
    ended = judged(subject, new_therapy=NewTherapy.CENSOR)
    assert ended.date == day(150)
    assert ended.reason.endswith("came before the assessment of 2026-07-20")


def test_new_therapy_on_the_day_of_an_event_or_after_it_changes_nothing():
    censors = {"new_therapy": NewTherapy.CENSOR}
    for on in (150, 151):
        assert judged(history(death=150), **censors).is_event
        assert judged(resected(recurrence=150, new_therapy=on), **censors).date == day(150)
    quiet = judged(history(assessments=(100,), new_therapy=100), **censors)
    assert quiet.censoring is EfsCensoring.LAST_ASSESSMENT


def test_without_an_assessment_a_new_therapy_censors_at_randomisation():
    ended = judged(history(new_therapy=20, death=90), new_therapy=NewTherapy.CENSOR)
    assert (ended.date, ended.censoring) == (START, EfsCensoring.NEW_THERAPY)
    assert "at randomisation, without an assessment up to the new therapy" in ended.reason


def test_new_therapy_after_an_incomplete_resection_did_not_precede_its_landmark():
    switches = {"new_therapy": NewTherapy.CENSOR, "incomplete_resection": Landmark(days=112)}
    result = judged(explored(assessments=(60,), new_therapy=90), **switches)
    assert (result.date, result.is_event) == (day(112), True)


@pytest.mark.parametrize(("gap", "end", "event"), [(196, 300, True), (195, 104, False)])
def test_an_event_after_too_long_a_gap_is_censored_before_the_gap(gap, end, event):
    subject = resected(assessments=(90, 104), recurrence=300)
    result = judged(subject, missed_visits=CensorBeforeGap(longest_gap_days=gap))
    assert (result.date, result.is_event) == (day(end), event)
    if not event:
        assert result.censoring is EfsCensoring.MISSED_VISITS
        assert result.reason == (
            "Censored on 2026-04-15, the last assessment before recurrence of 2026-10-28: "
            "196 days lie between, and 195 at most may"
        )


def test_an_assessment_on_the_day_of_the_event_does_not_shorten_the_gap():
    subject = history(assessments=(50, 300), death=300)
    result = judged(subject, missed_visits=CensorBeforeGap(longest_gap_days=196))
    assert result.date == day(50)


def test_without_an_event_a_gap_is_no_matter():
    subject = history(assessments=(50, 300))
    result = judged(subject, missed_visits=CensorBeforeGap(longest_gap_days=196))
    assert result.censoring is EfsCensoring.LAST_ASSESSMENT


@pytest.mark.parametrize(("on", "said"), [(84, True), (174, True), (175, False)])
def test_a_death_within_90_days_of_surgery_is_an_event_and_told_as_one(on, said):
    result = judged(resected(margin=Margin.R0, death=on))
    assert (result.date, result.event) == (day(on), EfsEvent.DEATH)
    assert ("days after surgery" in result.reason) == said


def test_progression_gives_its_name_to_an_event_on_the_day_of_death():
    result = judged(history(progressions=(100,), death=100))
    assert (result.date, result.event) == (day(100), EfsEvent.PROGRESSION)
    assert result.reason == "Event on 2026-04-11: progression, named before death of the same day"


def test_an_event_on_the_day_of_the_cut_off_counts():
    assert judged(history(death=100), cut_off=100).is_event
    assert not judged(history(death=101), cut_off=100).is_event


def test_same_day_events_are_named_in_the_order_of_the_list():
    subject = resected(margin=Margin.R2, surgery=84, progressions=(84,), death=84)
    assert judged(subject, progression=ProgressionRule.ANY).event is EfsEvent.PROGRESSION
    assert judged(replace(subject, progressions=())).event is EfsEvent.INCOMPLETE_RESECTION
    both = resected(recurrence=90, second_primary=90, new_therapy=90)
    assert judged(both, new_therapy=NewTherapy.EVENT).event is EfsEvent.RECURRENCE


def test_switches_that_mean_nothing_are_refused():
    assert Landmark(days=0).days == 0
    with pytest.raises(BadInput, match="a landmark lies ahead"):
        Landmark(days=-1)
    with pytest.raises(BadInput, match="a gap lasts some days"):
        CensorBeforeGap(longest_gap_days=0)
