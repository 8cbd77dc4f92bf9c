import datetime as dt

import pytest

from equipoise.oncology import best_overall_response
from equipoise.oncology.response.best_response import DatedResponse, ResponseRules
from equipoise.oncology.response.recist import Response

TABLE_3 = "paper: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, table 3"
ADMIRALONCO = "program: pharmaverse admiralonco, tests/testthat/test-derive_param_confirmed_bor.R"
START = dt.date(2026, 1, 1)
CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NON = Response.NON_CR_NON_PD


def confirmed(*visits, minimum_sd_days=42):
    timepoints = [
        DatedResponse(date=START + dt.timedelta(days=day), response=response)
        for day, response in visits
    ]
    rules = ResponseRules(minimum_sd_days=minimum_sd_days)
    return best_overall_response(timepoints, since=START, confirmed=True, rules=rules)


@pytest.mark.source(TABLE_3 + ": PR, NE, PR is confirmed")
def test_pr_then_ne_then_pr_is_a_confirmed_pr():
    result = confirmed((35, PR), (63, NE), (91, PR))
    assert result.response is PR
    assert result.confirmed_on == START + dt.timedelta(days=91)


@pytest.mark.source("program: pharmaverse admiralonco, vignette adrs_basic: window of 42 days")
def test_an_early_pr_and_nothing_after_it_is_ne():
    assert confirmed((21, PR)).response is NE


@pytest.mark.source("program: pharmaverse admiralonco: CR at day 40, then SD, counts as SD")
def test_a_cr_that_turns_into_sd_counts_as_sd():
    assert confirmed((40, CR), (70, SD)).response is SD


@pytest.mark.source(TABLE_3)
@pytest.mark.parametrize(
    ("first", "then", "after_minimum", "before_minimum"),
    [
        (CR, CR, CR, CR),
        (CR, PD, SD, PD),
        (CR, NE, SD, NE),
        (PR, CR, PR, PR),
        (PR, PR, PR, PR),
        (PR, PD, SD, PD),
        (PR, NE, SD, NE),
        (NE, NE, NE, NE),
        (SD, PD, SD, PD),
        (SD, NE, SD, NE),
    ],
)
def test_two_visits_give_the_response_of_the_table(*, first, then, after_minimum, before_minimum):
    visits = ((50, first), (80, then))
    assert confirmed(*visits, minimum_sd_days=42).response is after_minimum
    assert confirmed(*visits, minimum_sd_days=56).response is before_minimum


@pytest.mark.source(TABLE_3 + ": CR or PR then SD is SD when the minimum was met")
@pytest.mark.parametrize("first", [CR, PR])
def test_a_response_that_turns_into_sd_is_sd(first):
    assert confirmed((50, first), (80, SD)).response is SD


FIRST_DOSE = {
    1: "2020-01-01",
    2: "2019-12-12",
    3: "2019-11-11",
    4: "2019-12-30",
    5: "2020-01-01",
    6: "2020-02-02",
    7: "2020-02-02",
    8: "2020-04-01",
    9: "2020-02-01",
}
OVERALL = {
    1: "2020-01-01 PR, 2020-02-01 CR, 2020-02-16 NE, 2020-03-01 CR, 2020-04-01 SD",
    2: "2020-01-01 SD, 2020-02-01 PR, 2020-03-01 SD, 2020-03-13 CR",
    3: "2019-11-12 CR, 2019-12-02 CR, 2020-01-01 SD",
    4: "2020-01-01 PR, 2020-03-01 SD, 2020-04-01 SD, 2020-05-01 PR, 2020-05-15 NON-CR/NON-PD",
    5: "2020-01-01 PR, 2020-01-10 SD, 2020-01-20 PR, 2020-05-15 NON-CR/NON-PD",
    6: "2020-02-06 PR, 2020-02-16 CR, 2020-03-30 PR",
    7: "2020-02-06 PR, 2020-02-16 CR, 2020-04-01 NE",
    9: "2020-02-16 PD, 2020-03-06 SD",
}


def best_of(subject, rules):
    pairs = [visit.split() for visit in OVERALL.get(subject, "").split(", ") if visit]
    timepoints = [
        DatedResponse(date=dt.date.fromisoformat(date), response=Response(response))
        for date, response in pairs
    ]
    since = dt.date.fromisoformat(FIRST_DOSE[subject])
    return best_overall_response(timepoints, since=since, confirmed=True, rules=rules)


@pytest.mark.source(ADMIRALONCO + ", test 1")
@pytest.mark.parametrize(
    ("subject", "date", "response"),
    [
        (1, "2020-02-01", CR),
        (2, "2020-02-01", SD),
        (3, "2020-01-01", SD),
        (4, "2020-03-01", SD),
        (5, "2020-05-15", NON),
        (6, "2020-03-30", SD),
        (7, "2020-02-06", NE),
        (9, "2020-02-16", PD),
    ],
)
def test_confirmed_best_responses_of_admiralonco(subject, date, response):
    result = best_of(subject, ResponseRules(minimum_sd_days=28))
    assert (result.response, result.date) == (response, dt.date.fromisoformat(date))


@pytest.mark.source(ADMIRALONCO + ", test 1: MISSING there is no response here")
def test_a_subject_without_assessment_has_no_best_response():
    assert best_of(8, ResponseRules(minimum_sd_days=28)).response is None


@pytest.mark.source(ADMIRALONCO + ", test 2: 14 days, no NE, one SD accepted")
@pytest.mark.parametrize(
    ("subject", "date", "response"),
    [
        (1, "2020-01-01", PR),
        (2, "2020-02-01", PR),
        (3, "2019-11-12", CR),
        (4, "2020-03-01", SD),
        (5, "2020-01-01", PR),
        (6, "2020-03-30", SD),
        (9, "2020-02-16", PD),
    ],
)
def test_best_responses_of_admiralonco_under_other_rules(subject, date, response):
    rules = ResponseRules(minimum_sd_days=28, confirm_days=14, most_ne_between=0, most_sd_between=1)
    result = best_of(subject, rules)
    assert (result.response, result.date) == (response, dt.date.fromisoformat(date))
