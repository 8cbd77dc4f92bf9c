from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

START = dt.date(2026, 1, 1)


def rows_day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


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


def neutrophils_in(unit):
    item = {"label": "Neutrophils", "type": "number", "unit": unit, "ctcae": "neutrophils"}
    return {"neutrophils": item}


def test_a_value_in_another_unit_of_its_kind_is_graded_in_that_of_its_term(written):
    limits = {"neutrophils": {"low": 1800, "high": 7500, "unit": "cells/uL"}}
    items = neutrophils_in("cells/uL")
    record = written(forms__laboratory__items=items, laboratory=limits).subject("S1")
    for day, value in ((21, 900), (42, 1799), (63, 1800)):
        record.form("S1", f"cycle_{day // 21}/laboratory", day, neutrophils=value)
    found = rows(record.derive(), "neutrophils")
    assert found["ATOXGR"].to_list() == [3, 1, 0]
    assert found["AVAL"].to_list() == [900, 1799, 1800]
    assert found["LOW"].to_list() == [1800] * 3


def test_a_value_in_a_unit_of_another_kind_has_no_grade(written):
    record = written(forms__laboratory__items=neutrophils_in("%")).subject("S1")
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=9)
    assert rows(record.derive(), "neutrophils")["ATOXGR"].to_list() == [None]


def test_limits_are_those_of_the_days_on_which_they_were_in_use(written):
    day_30 = str(rows_day(30))
    ranges = [{"until": str(rows_day(29)), "high": 40}, {"since": day_30, "high": 50}]
    limits = {"alt": {"unit": "U/L", "ranges": ranges}}
    record = written(laboratory=limits).subject("S1")
    record.form("S1", "screening/laboratory", 0, alt=45)
    record.form("S1", "cycle_1/laboratory", 21, alt=45)
    record.form("S1", "cycle_2/laboratory", 42, alt=60)
    found = rows(record.derive(), "alt")
    assert found["HIGH"].to_list() == [40, 40, 50]
    # The baseline of 45 was abnormal under the limit of its own day, so that 60 is no 1.5 times it.
    assert found["ATOXGR"].to_list() == [1, 0, 0]


def test_limits_are_those_of_the_site_and_the_age_and_unknown_without_them(written):
    ranges = [{"site": "elsewhere", "high": 10}, {"age": "18 .. 64", "high": 40}]
    limits = {"alt": {"unit": "U/L", "ranges": ranges}}
    record = written(laboratory=limits).subject("S1")
    record.form("S1", "cycle_1/laboratory", 21, alt=45)
    found = rows(record.derive(), "alt")
    assert found.select("HIGH", "ATOXGR").rows() == [(None, None)]


def test_the_edition_of_the_study_grades(written):
    grades = []
    editions = [{"criteria": name} for name in ("ctcae_5", "ctcae_4_03", "ctcae_6")]
    for words in (*editions, {"baseline_missing": "unknown"}):
        limits = {"alt": {"unit": "U/L", "high": 40}}
        record = written(laboratory=limits, toxicity=words).subject("S1").subject("S2")
        record.form("S1", "screening/laboratory", 0, alt=100)
        record.form("S1", "cycle_1/laboratory", 21, alt=149)
        record.form("S2", "cycle_1/laboratory", 21, alt=149)
        grades.append(rows(record.derive(), "alt")["ATOXGR"].to_list())
    assert grades == [[1, 0, 2], [1, 2, 2], [1, 1, 2], [None, 0, None]]


def test_a_baseline_below_the_limit_of_its_own_day_counts_in_the_edition_that_asks_for_it(written):
    asked = {"label": "C", "type": "number", "unit": "umol/L", "ctcae": "creatinine"}
    early, late = {"until": str(START), "low": 50}, {"since": str(rows_day(1)), "low": 40}
    ranges = [{**own, "high": 110} for own in (early, late)]
    words = {
        "laboratory": {"creatinine": {"unit": "umol/L", "ranges": ranges}},
        "forms__laboratory__items__creatinine": {**asked, "sdtm": "LB.CREAT"},
    }
    grades = []
    for edition in ("ctcae_5", "ctcae_6"):
        record = written(**words, toxicity={"criteria": edition}).subject("S1").subject("S2")
        for subject, before in (("S1", 45), ("S2", 50)):
            record.form(subject, "screening/laboratory", 0, creatinine=before)
            record.form(subject, "cycle_1/laboratory", 21, creatinine=80)
        grades.append(rows(record.derive(), "creatinine")["ATOXGR"].to_list())
    assert grades == [[0, 2, 0, 2], [0, 2, 0, 0]]


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
