"""Proportions, measured endpoints and logistic regression, counted on ten subjects."""

from __future__ import annotations

import pytest

from equipoise.stats import clopper_pearson, logistic, wilson
from equipoise.study.analyses import LogisticAnalysis, ProportionAnalysis, SummaryAnalysis
from equipoise.study.endpoints import ResponseEndpoint

RATES = ProportionAnalysis(
    method="proportion",
    title="Rates",
    endpoints=("orr", "r0"),
    by="arm",
    intervals=("clopper_pearson", "wilson"),
)
CHANGE = SummaryAnalysis(
    method="summary", title="Change", endpoint="change", by="arm", at_most=(-30,), at_least=(20,)
)


@pytest.fixture(scope="module")
def rates(run, data):
    return run(RATES, data)


def test_successes_are_counted_among_all_who_have_an_answer(rates, value):
    assert value(rates, "it/r0/surgery_first/clopper_pearson/successes") == 2.0
    assert value(rates, "it/r0/surgery_first/clopper_pearson/n") == 4.0
    assert value(rates, "it/r0/surgery_first/clopper_pearson/proportion") == 0.5


@pytest.mark.parametrize(
    ("level", "method"), [("clopper_pearson", clopper_pearson), ("wilson", wilson)]
)
def test_each_interval_is_the_one_it_is_named_for(*, rates, value, level, method):
    ends = [value(rates, f"it/r0/surgery_first/{level}/{end}") for end in ("lower", "upper")]
    assert ends == [method(2, 4).lower, method(2, 4).upper]


def test_the_method_of_each_interval_is_told_in_words(rates):
    told = rates.filter(statistic="lower", endpoint="r0", group="chemo")["method"].to_list()
    assert told == ["Clopper-Pearson interval, 95 %", "Wilson score interval, 95 %"]


def test_categories_of_response_and_those_not_assessed_add_up_to_the_group(rates):
    counts = rates.filter(endpoint="orr", group="chemo", statistic="count")
    told = dict(counts.select("level", "value").iter_rows())
    assert told == {"CR": 0, "PR": 1, "SD": 1, "PD": 1, "NE": 0, "not_assessed": 1}


def test_categories_by_irecist_are_in_its_words_best_first(run, make_data, study):
    words = {"kind": "response", "label": "R", "criteria": "irecist", "population": "treated"}
    immune = ResponseEndpoint.model_validate(words)
    other = study.model_copy(update={"endpoints": {**study.endpoints, "iorr": immune}})
    best = {"S01": "iPR", "S02": "iUPD", "S03": "iCPD", "S04": "NON-iCR/NON-iUPD", "S05": None}
    common = {"ARMCD": "chemo", "PARAMCD": "iorr"}
    rows = [common | {"USUBJID": who, "AVALC": said} for who, said in best.items()]
    answers = [row | {"AVAL": float(row["AVALC"] == "iPR")} for row in rows]
    rate = RATES.model_copy(update={"endpoints": ("iorr",)})
    found = run(rate, make_data(adrs=rows, adeff=answers), of=other)
    counts = found.filter(group="chemo", statistic="count").select("level", "value", "text").rows()
    assert counts == [
        ("iCR", 0.0, "Complete response (iCR)"),
        ("iPR", 1.0, "Partial response (iPR)"),
        ("iSD", 0.0, "Stable disease (iSD)"),
        (
            "NON-iCR/NON-iUPD",
            1.0,
            "Neither complete response nor progression (NON-iCR/NON-iUPD)",
        ),
        ("iCPD", 1.0, "Confirmed progression (iCPD)"),
        ("iUPD", 1.0, "Unconfirmed progression (iUPD)"),
        ("NE", 0.0, "Not evaluable"),
        ("not_assessed", 1.0, "Not assessed"),
    ]


def test_a_binary_endpoint_has_no_categories_of_response(rates):
    assert rates.filter(endpoint="r0", statistic="count").height == 0


def test_a_subject_whose_answer_is_missing_and_excluded_is_not_in_n(run, make_data, value):
    rows = [
        {"USUBJID": who, "ARMCD": "chemo", "PARAMCD": "r0", "AVAL": answer}
        for who, answer in (("S01", 1.0), ("S02", 0.0), ("S03", None))
    ]
    found = run(RATES.model_copy(update={"endpoints": ("r0",)}), make_data(adeff=rows))
    assert value(found, "it/r0/chemo/wilson/n") == 2.0


def test_an_empty_group_has_no_proportion(run, empty):
    found = run(RATES, empty).filter(statistic="proportion")
    assert set(found["text"]) == {"not estimable: no subjects"}
    assert found["value"].null_count() == found.height == 8


@pytest.fixture
def changed(make_data):
    rows = [
        {"USUBJID": f"S{k}", "ARMCD": "chemo", "PARAMCD": "change", "AVAL": change}
        for k, change in enumerate([-50.0, -30.0, 0.0, 20.0, None])
    ]
    return make_data(adeff=rows)


def test_limits_count_themselves(run, changed, value):
    found = run(CHANGE, changed)
    assert value(found, "it/change/chemo/at_most/count@-30") == 2.0
    assert value(found, "it/change/chemo/at_least/count@20") == 1.0


def test_limits_are_per_cent_of_those_with_a_value(run, changed, value):
    assert value(run(CHANGE, changed), "it/change/chemo/at_most/percent@-30") == 50.0


def test_a_measured_endpoint_is_summarised(run, changed, value):
    found = run(CHANGE, changed)
    assert value(found, "it/change/chemo/median") == -15.0
    assert value(found, "it/change/chemo/missing") == 1.0


def test_a_single_value_has_no_spread(run, make_data):
    row = {"USUBJID": "S1", "ARMCD": "chemo", "PARAMCD": "change", "AVAL": 3.0}
    found = run(CHANGE, make_data(adeff=[row])).filter(group="chemo", statistic="sd")
    assert found["text"].to_list() == ["not estimable: a single value has no spread"]


def logit(*covariates):
    return LogisticAnalysis(method="logistic", title="Model", endpoint="r0", covariates=covariates)


def test_the_odds_ratio_is_that_of_the_subjects_with_every_covariate(run, data, value):
    found = run(logit("age", "sex"), data)
    ages, male = [55, 65, 70, 50, 66, 40, 61, 59], [0, 1, 1, 0, 1, 0, 1, 0]
    outcome = [1, 0, 0, 0, 1, 0, 1, 0]
    fit = logistic(outcome, list(zip(ages, male, strict=True)))
    assert value(found, "it/r0/all/age/odds_ratio") == pytest.approx(fit.odds_ratio[1])
    assert value(found, "it/r0/all/sex=male/coefficient") == pytest.approx(fit.coef[2])
    assert value(found, "it/r0/all/model/likelihood_ratio") == pytest.approx(
        fit.likelihood_ratio.chi_square
    )


def test_a_missing_covariate_is_counted_as_missing(run, data, value):
    found = run(logit("ecog"), data)
    assert value(found, "it/r0/all/model/n") == 7.0
    assert value(found, "it/r0/all/model/missing") == 1.0


def test_a_covariate_that_separates_the_outcomes_says_so(run, data):
    found = run(logit("r0"), data).filter(level="r0")
    assert found["value"].null_count() == found.height == 6
    assert found["text"].str.starts_with("not estimable: ").all()


def test_nobody_gives_no_model(run, empty):
    found = run(logit("age"), empty).filter(level="age")
    assert set(found["text"]) == {"not estimable: no subjects"}
