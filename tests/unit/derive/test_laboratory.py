from __future__ import annotations

import polars as pl
import pytest


def rows(data, item: str) -> pl.DataFrame:
    return data.datasets["adlb"].filter(pl.col("PARAMCD") == item).sort("USUBJID", "ADT")


def test_limits_are_those_of_the_subjects_sex_and_unknown_while_the_sex_is(written):
    record = written().subject("S1").subject("S2").subject("S3")
    record.form("S1", "screening/demographics", -5, sex="female")
    record.form("S2", "screening/demographics", -5, sex="male")
    for subject in ("S1", "S2", "S3"):
        record.form(subject, "screening/laboratory", -5, alt=30, neutrophils=4)
    data = record.derive()
    assert rows(data, "alt").select("LOW", "HIGH").rows() == [(7, 40), (9, 50), (None, None)]
    assert rows(data, "neutrophils").select("LOW", "HIGH").rows() == [(1.8, 7.5)] * 3


@pytest.mark.parametrize(("value", "grade"), [(1.8, 0), (1.7, 1), (1.0, 2), (0.99, 3), (0.49, 4)])
def test_a_value_has_its_ctcae_grade(written, value, grade):
    record = written().subject("S1")
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=value)
    assert rows(record.derive(), "neutrophils")["ATOXGR"].to_list() == [grade]


def test_after_a_raised_baseline_the_grade_counts_multiples_of_it_and_before_it_never(written):
    record = written().subject("S1")
    record.form("S1", "screening/demographics", -5, sex="female")
    record.form("S1", "screening/laboratory", 0, alt=100)
    record.form("S1", "cycle_1/laboratory", 21, alt=149)
    record.form("S1", "cycle_2/laboratory", 42, alt=150)
    found = rows(record.derive(), "alt")
    assert found["BASE"].to_list() == [100.0] * 3
    assert found["ATOXGR"].to_list() == [1, 0, 1]


def test_a_baseline_that_came_after_the_start_grades_nothing(written):
    record = written().subject("S1")
    record.form("S1", "screening/demographics", -5, sex="female")
    record.form("S1", "screening/laboratory", 2, alt=100)
    record.form("S1", "cycle_1/laboratory", 21, alt=149)
    found = rows(record.derive(), "alt")
    assert found["BASE"].to_list() == [100.0, 100.0]
    assert found["ATOXGR"].to_list() == [1, 2]


def test_a_normal_baseline_leaves_the_grade_to_the_limits(written):
    record = written().subject("S1")
    record.form("S1", "screening/demographics", -5, sex="female")
    record.form("S1", "screening/laboratory", 0, alt=10)
    record.form("S1", "cycle_1/laboratory", 21, alt=41)
    assert rows(record.derive(), "alt")["ATOXGR"].to_list() == [0, 1]


def test_a_value_in_another_unit_than_its_term_has_no_grade(written):
    items = {
        "neutrophils": {
            "label": "Neutrophils",
            "type": "number",
            "unit": "cells/uL",
            "ctcae": "neutrophils",
        }
    }
    record = written(forms__laboratory__items=items).subject("S1")
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=900)
    assert rows(record.derive(), "neutrophils")["ATOXGR"].to_list() == [None]


def test_an_item_that_is_no_number_is_no_laboratory_value(written):
    record = written().subject("S1")
    record.form("S1", "cycle_1/laboratory", 21, haemolytic=True)
    assert record.derive().datasets["adlb"].is_empty()


def test_a_value_leads_to_its_own_entry_and_that_of_its_date(written):
    record = written().subject("S1")
    told = record.form("S1", "cycle_1/laboratory", 21, neutrophils=3, alt=20)
    found = rows(record.derive(), "alt")
    assert found["ENTRIES"].to_list() == [[told["form_date"], told["alt"]]]
    assert found.select("PARAM", "UNIT", "VISIT").rows() == [
        ("Alanine aminotransferase", "U/L", "cycle_1")
    ]
