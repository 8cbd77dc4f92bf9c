import datetime as dt

import pytest

from equipoise.base import BadInput
from equipoise.oncology import best_overall_response, best_percentage_change, recist_responses
from equipoise.oncology.response.best_response import (
    ADMIRALONCO_ACCEPT_SD,
    GUIDELINE,
    GUIDELINE_RECODED,
    DatedResponse,
    ResponseRules,
    first_response,
    progression_date,
)
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState, Response
from equipoise.oncology.response.recist_timepoints import Assessment

START = dt.date(2026, 1, 1)


def day(number):
    return START + dt.timedelta(days=number)


def points(text):
    """Read "35 PR, 63 NE" as responses on days after the start."""
    pairs = (part.split() for part in text.split(", ") if part)
    return [DatedResponse(date=day(int(on)), response=Response(call)) for on, call in pairs]


def best(text, **options):
    options = {"confirmed": True} | options
    return best_overall_response(points(text), since=START, **options)


def test_a_subject_never_assessed_has_no_best_response():
    assert best("").response is None


def test_without_confirmation_the_best_call_counts_at_its_first_date():
    result = best("50 SD, 80 PR, 110 PR, 140 PD", confirmed=False)
    assert (result.response, result.date, result.confirmed_on) == (Response.PR, day(80), None)


def test_the_confirming_assessment_is_named():
    result = best("50 PR, 60 PR, 78 CR")
    assert (result.response, result.date, result.confirmed_on) == (Response.PR, day(50), day(78))


def test_confirmation_counts_from_day_28_and_not_before():
    assert best("50 PR, 77 PR").response is Response.SD
    assert best("50 PR, 78 PR").response is Response.PR


def test_sd_counts_from_the_minimum_day_and_not_before():
    assert best("41 SD").response is Response.NE
    assert best("42 SD").response is Response.SD
    assert best("42 SD", rules=ResponseRules(minimum_sd_days=56)).response is Response.NE
    assert best("41 NON-CR/NON-PD").response is Response.NE
    assert best("42 NON-CR/NON-PD").response is Response.NON_CR_NON_PD


def test_early_sd_before_pd_is_pd_and_early_sd_alone_is_ne():
    assert best("20 SD, 50 PD").response is Response.PD
    assert best("20 SD").response is Response.NE


def test_nothing_counts_after_the_first_pd():
    assert best("30 PD, 60 CR, 90 CR", confirmed=False).response is Response.PD


def test_nothing_counts_after_the_last_day():
    text = "50 SD, 70 PR, 100 PR"
    assert best(text, until=day(100)).response is Response.PR
    assert best(text, until=day(99)).response is Response.SD
    assert best(text, until=day(10)).response is None


def test_of_two_responses_on_one_day_the_worse_counts_and_any_goes_before_ne():
    assert best("50 PR, 50 SD", confirmed=False).response is Response.SD
    assert best("50 NE, 50 PR", confirmed=False).response is Response.PR


def test_two_assessments_not_evaluable_in_between_break_a_confirmation():
    assert best("50 PR, 60 NE, 80 PR").response is Response.PR
    assert best("50 PR, 60 NE, 70 NE, 80 PR").response is Response.SD
    wide = ResponseRules(most_ne_between=2)
    assert best("50 PR, 60 NE, 70 NE, 80 PR", rules=wide).response is Response.PR


def test_sd_in_between_breaks_a_confirmation_unless_the_protocol_accepts_it():
    assert best("50 PR, 60 SD, 80 PR").response is Response.SD
    accepts = ResponseRules(most_sd_between=1)
    assert best("50 PR, 60 SD, 80 PR", rules=accepts).response is Response.PR


def test_the_named_conventions_differ_where_they_say():
    assert best("50 PR, 60 SD, 80 PR", rules=ADMIRALONCO_ACCEPT_SD).response is Response.PR
    assert best("30 CR, 50 SD").response is Response.SD
    assert best("30 CR, 50 SD", rules=GUIDELINE).response is Response.PD
    assert best("50 CR, 80 PR, 110 PR").response is Response.PR
    assert best("50 CR, 80 PR, 110 PR", rules=GUIDELINE).response is Response.SD
    assert best("50 CR, 80 PR, 110 PR", rules=GUIDELINE_RECODED).response is Response.PR


def test_only_a_cr_that_was_not_confirmed_is_recoded():
    held = best("50 CR, 78 CR, 110 PR", rules=GUIDELINE_RECODED)
    assert (held.response, held.confirmed_on) == (Response.CR, day(78))
    short = best("50 CR, 77 CR, 110 PR", rules=GUIDELINE_RECODED)
    assert (short.response, short.date, short.confirmed_on) == (Response.PR, day(50), day(110))
    again = best("50 CR, 60 PR, 70 CR, 85 PR", rules=GUIDELINE_RECODED)
    assert (again.response, again.confirmed_on) == (Response.PR, day(85))


def test_pd_before_a_lesser_response_leaves_a_cr_as_it_was():
    result = best("50 CR, 80 PD, 110 PR", confirmed=False, rules=GUIDELINE)
    assert (result.response, result.date) == (Response.CR, day(50))


def test_a_progression_that_dates_back_takes_the_responses_since_with_it():
    later = DatedResponse(date=day(110), response=Response.PD, progressed_on=day(80))
    history = [*points("50 SD, 80 PR"), later]
    result = best_overall_response(history, since=START, confirmed=False)
    assert (result.response, result.date) == (Response.SD, day(50))
    assert progression_date(history) == day(80)
    assert progression_date(history, until=day(109)) is None
    own = [*points("50 SD, 80 PR, 110 PD")]
    assert best_overall_response(own, since=START, confirmed=False).response is Response.PR
    assert progression_date(own) == day(110)


def test_progression_counts_from_the_earliest_day_that_any_pd_dates_back_to():
    calls = [
        DatedResponse(date=day(56), response=Response.PR),
        DatedResponse(date=day(112), response=Response.PD),
        DatedResponse(date=day(168), response=Response.PD, progressed_on=day(56)),
    ]
    assert progression_date(calls) == day(56)
    best = best_overall_response(calls, since=day(0), confirmed=False)
    assert (best.response, best.date) == (Response.PD, day(56))


def test_progression_by_the_guideline_is_what_comes_back_after_cr():
    assert progression_date(points("50 CR, 80 SD")) is None
    assert progression_date(points("50 CR, 80 SD"), rules=GUIDELINE) == day(80)
    assert progression_date([]) is None


def test_the_first_response_is_the_first_that_counts_whether_cr_or_pr():
    text = "50 PR, 80 CR, 110 CR"
    assert best(text).date == day(80)
    found = first_response(points(text), confirmed=True)
    assert found is not None
    assert (found.response, found.date, found.confirmed_on) == (Response.PR, day(50), day(80))
    assert first_response(points("50 PR, 80 SD"), confirmed=True) is None
    assert first_response(points("50 SD"), confirmed=False) is None
    assert first_response(points(text), confirmed=True, until=day(79)) is None


def test_every_kind_of_response_may_lie_between_where_the_protocol_accepts_it():
    accepts = ResponseRules(most_sd_between=1)
    assert best("50 PR, 55 SD, 60 NE, 65 PR, 90 CR", rules=accepts).response is Response.PR


def test_a_confirmation_may_be_asked_for_sooner():
    assert best("50 PR, 64 PR", rules=ResponseRules(confirm_days=14)).response is Response.PR


def test_a_pr_after_a_cr_in_between_breaks_a_confirmation_of_pr():
    assert best("50 PR, 60 CR, 90 PR").response is Response.SD
    assert best("50 PR, 60 PR, 90 CR").response is Response.PR


def test_a_pr_does_not_confirm_a_cr():
    assert best("50 CR, 90 PR").response is Response.SD


def test_a_later_response_may_be_the_confirmed_one():
    result = best("50 CR, 60 SD, 90 CR, 120 CR")
    assert (result.response, result.date, result.confirmed_on) == (Response.CR, day(90), day(120))


def test_rules_below_zero_are_refused():
    with pytest.raises(BadInput, match="a rule is negative"):
        ResponseRules(confirm_days=-1)


def course(*sums):
    assessments = []
    for place, mm in enumerate(sums):
        state = LesionState.NOT_EVALUATED if mm is None else LesionState.MEASURED
        lesion = Lesion(name="T1", kind=LesionKind.TARGET, nodal=False, state=state, diameter_mm=mm)
        assessments.append(Assessment(date=day(50 * place), lesions=(lesion,)))
    return recist_responses(assessments)


def test_timepoints_of_recist_go_in_and_the_baseline_is_passed_over():
    timepoints = course(100, 70, 60)
    result = best_overall_response(timepoints, since=START, confirmed=True)
    assert (result.response, result.date) == (Response.PR, day(50))
    assert best_overall_response(course(100), since=START, confirmed=True).response is None


def test_the_best_change_is_the_smallest_up_to_the_last_day():
    timepoints = course(100, 80, None, 60, 130)
    assert best_percentage_change(timepoints) == -40.0
    assert best_percentage_change(timepoints, until=day(150)) == -40.0
    assert best_percentage_change(timepoints, until=day(149)) == -20.0
    assert best_percentage_change(course(100, 130)) == 30.0


def test_the_best_change_is_unknown_without_a_sum_after_baseline():
    assert best_percentage_change(course(100, None)) is None
