from __future__ import annotations

import polars as pl


def answers(data, endpoint: str) -> list[tuple[object, ...]]:
    rows = data.datasets["adeff"].filter(pl.col("PARAMCD") == endpoint)
    return rows.select("USUBJID", "AVAL", "AVALC").rows()


def binary(**more: object) -> dict[str, object]:
    rule = {"kind": "binary", "label": "R0", "rule": "margin = 'R0'", "population": "randomised"}
    return rule | more


def test_yes_counts_one_no_counts_zero_and_a_missing_answer_is_a_failure(written):
    record = written().subject("S1").subject("S2").subject("S3")
    record.form("S1", "operation/pathology", 70, margin="R0")
    record.form("S2", "operation/pathology", 70, margin="R1")
    assert answers(record.derive(), "r0") == [
        ("S1", 1.0, "yes"),
        ("S2", 0.0, "no"),
        ("S3", 0.0, None),
    ]


def test_a_missing_answer_may_be_excluded_instead(written):
    record = written(endpoints__r0=binary(missing="excluded")).subject("S1")
    assert answers(record.derive(), "r0") == [("S1", None, None)]


def test_only_the_population_is_counted(written):
    record = written(endpoints__r0=binary(population="clear")).subject("S1").subject("S2")
    record.form("S2", "operation/pathology", 70, margin="R0")
    assert answers(record.derive(), "r0") == [("S2", 1.0, "yes")]


def test_a_binary_answer_leads_to_the_entries_of_its_rule(written):
    record = written().subject("S1")
    told = record.form("S1", "operation/pathology", 70, margin="R0", viable_percent=5)
    rows = record.derive().datasets["adeff"].filter(pl.col("PARAMCD") == "r0")
    assert rows["ENTRIES"].to_list() == [[told["margin"]]]


def measured(value: str) -> dict[str, object]:
    return {"kind": "measured", "label": "M", "value": value, "population": "randomised"}


def test_a_measured_endpoint_has_its_number_and_what_is_not_finite_is_missing(written):
    value = "100 * (viable_percent - age) / age"
    record = written(endpoints__change=measured(value)).subject("S1").subject("S2").subject("S3")
    for subject, age in (("S1", 50), ("S2", 0)):
        record.form(subject, "screening/demographics", -5, age=age)
        record.form(subject, "operation/pathology", 70, viable_percent=40)
    assert answers(record.derive(), "change") == [
        ("S1", -20.0, None),
        ("S2", None, None),
        ("S3", None, None),
    ]


def test_a_length_of_time_is_measured_in_days(written):
    record = written(endpoints__wait=measured("surgery_date - randomisation_date")).subject("S1")
    record.form("S1", "operation/surgery", 70, surgery_date="2026-03-04")
    assert answers(record.derive(), "wait") == [("S1", 62.0, None)]


def test_a_response_in_the_success_categories_counts_one(written):
    record = written().subject("S1").subject("S2").subject("S3")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_2", 42, 30)
    record.scan("S2", "screening", -5, 50)
    record.scan("S2", "cycle_2", 42, 45)
    assert answers(record.derive(), "orr") == [
        ("S1", 1.0, "PR"),
        ("S2", 0.0, "SD"),
        ("S3", 0.0, None),
    ]


def test_a_response_that_could_not_be_evaluated_is_no_answer(written):
    response = {"kind": "response", "label": "R", "until": "surgery", "population": "randomised"}
    record = written(endpoints__orr=response | {"missing": "excluded"}).subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_1", 21, 45)
    assert answers(record.derive(), "orr") == [("S1", None, "NE")]


def test_a_response_that_is_recorded_ready_made_is_taken_as_it_is(written):
    response = {
        "kind": "response",
        "label": "R",
        "recorded": "response",
        "population": "randomised",
    }
    record = written(endpoints__orr=response).subject("S1").subject("S2")
    told = record.form("S1", "any_time/extra", 100, response="PR")
    data = record.derive()
    assert answers(data, "orr") == [("S1", 1.0, "PR"), ("S2", 0.0, None)]
    assert data.datasets["adeff"].filter(pl.col("PARAMCD") == "orr")["ENTRIES"].to_list()[0] == [
        told["response"]
    ]
