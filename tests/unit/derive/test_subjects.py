from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from equipoise.base.errors import BadInput
from equipoise.derive import AnalysisData, adsl_schema, derive_datasets, entries_behind

START = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def cells(data: AnalysisData, subject: str = "S1") -> dict[str, Any]:
    return data.datasets["adsl"].row(by_predicate=pl.col("USUBJID") == subject, named=True)


def test_every_registered_subject_has_one_row_with_the_columns_of_the_study(written):
    record = written().subject("S1").subject("S2", randomised=None, not_eligible="adult")
    data = record.derive()
    assert data.datasets["adsl"].schema == adsl_schema(record.study).columns
    assert cells(data, "S1")["ENROLFL"] is True
    second = cells(data, "S2")
    assert (second["ENROLFL"], second["ELIGFL"], second["NOTELIG"]) == (False, False, "adult")
    assert (second["ARMCD"], second["RANDDT"]) == (None, None)


def test_arm_and_label_are_those_of_the_study(written):
    row = cells(written().subject("S1", arm="upfront").derive())
    assert (row["ARMCD"], row["ARM"]) == ("upfront", "Surgery")


def test_an_item_of_a_visit_before_randomisation_has_its_last_value_on_or_before_it(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", -10, neutrophils=5)
    record.form("S1", "screening/laboratory", 0, row=2, neutrophils=4)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=1)
    assert cells(record.derive())["neutrophils"] == 4.0


def test_a_screening_visit_that_came_late_is_still_baseline_and_a_later_visit_is_not(written):
    record = written().subject("S1").subject("S2")
    record.form("S1", "screening/laboratory", 2, neutrophils=4)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=1)
    record.form("S2", "cycle_1/laboratory", 21, neutrophils=1)
    data = record.derive()
    assert cells(data, "S1")["neutrophils"] == 4.0
    assert cells(data, "S2")["neutrophils"] is None


def test_a_value_before_randomisation_goes_before_a_late_one_of_the_same_visit(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", -10, neutrophils=5)
    record.form("S1", "screening/laboratory", 2, row=2, neutrophils=4)
    assert cells(record.derive())["neutrophils"] == 5.0


def test_before_randomisation_the_last_value_counts(written):
    record = written().subject("S1", randomised=None)
    record.form("S1", "screening/laboratory", -10, neutrophils=5)
    record.form("S1", "screening/laboratory", 30, row=2, neutrophils=4)
    assert cells(record.derive())["neutrophils"] == 4.0


def test_any_other_item_has_its_last_value(written):
    record = written().subject("S1")
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=True)
    record.form("S1", "follow_up_1/follow_up", 84, recurrence=False)
    assert cells(record.derive())["recurrence"] is True


def test_the_date_of_a_form_is_the_day_it_was_first_filled_unless_an_item_has_that_name(written):
    record = written().subject("S1")
    record.form("S1", "cycle_2/dosing", 42, drug="cisplatin")
    record.form("S1", "cycle_1/dosing", 21, drug="cisplatin")
    record.form("S1", "operation/surgery", 70, operated=True, surgery_date=day(63))
    row = cells(record.derive())
    assert row["dosing_date"] == day(21)
    assert row["surgery_date"] == day(63)


def test_a_stratum_stays_unknown_and_an_analysis_set_is_false_when_something_is_missing(written):
    record = written().subject("S1").subject("S2")
    record.form("S2", "screening/demographics", -5, age=61)
    data = record.derive()
    assert cells(data, "S1")["older"] is None
    assert cells(data, "S2")["older"] is True
    assert cells(data, "S1")["clear"] is False


def test_a_rule_may_speak_of_an_item_at_one_visit_and_of_the_last_of_a_series(written):
    sets = {
        "first": {"label": "First", "rule": "screening.neutrophils > 4"},
        "last": {"label": "Last", "rule": "cycle.neutrophils < 2"},
        "randomised": {"label": "Randomised", "rule": "randomisation_date is not null"},
        "clear": {"label": "Clear", "rule": "margin = 'R0'"},
    }
    record = written(analysis_sets=sets).subject("S1")
    record.form("S1", "screening/laboratory", -10, neutrophils=5)
    record.form("S1", "cycle_2/laboratory", 42, neutrophils=1.5)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=3)
    row = cells(record.derive())
    assert (row["first"], row["last"]) == (True, True)


def test_a_rule_over_a_form_that_repeats_is_true_when_it_is_true_of_one_row(written):
    sets = {
        "severe": {"label": "Severe", "rule": "clavien = 'V'"},
        "randomised": {"label": "Randomised", "rule": "randomisation_date is not null"},
    }
    record = written(analysis_sets=sets).subject("S1").subject("S2")
    record.form("S1", "operation/complications", 70, row=1, complication="leak", clavien="V")
    record.form("S1", "operation/complications", 71, row=2, complication="fever", clavien="I")
    record.form("S2", "operation/complications", 71, complication="fever", clavien="I")
    data = record.derive()
    assert cells(data, "S1")["severe"] is True
    assert cells(data, "S2")["severe"] is False


def test_the_worst_grade_of_a_term_is_that_of_all_its_rows(written):
    record = written().subject("S1")
    record.form("S1", "any_time/adverse_events", 10, row=1, ae_term="rash", ae_grade=3)
    record.form("S1", "any_time/adverse_events", 20, row=2, ae_term="rash", ae_grade=1)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=0.9)
    row = cells(record.derive())
    assert (row["rash_grade"], row["fatigue_grade"], row["neutrophils_grade"]) == (3, None, 3)


def test_what_is_dated_after_the_cut_is_not_known(written):
    record = written().subject("S1").subject("S2", randomised=5).subject("S3", registered=6)
    record.form("S1", "cycle_1/dosing", 6, drug="cisplatin")
    data = record.derive(cut=4)
    assert data.datasets["adsl"]["USUBJID"].to_list() == ["S1", "S2"]
    assert cells(data, "S1")["dosing_date"] is None
    assert cells(data, "S2")["ARMCD"] is None
    assert data.cut == day(4)


def test_the_cut_is_the_last_day_of_the_record_unless_given(written):
    record = written().subject("S1")
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=3)
    assert record.derive().cut == day(21)


def test_a_study_of_one_arm_that_does_not_randomise_enrols_at_registration(written):
    record = written(
        arms={"drug": {"label": "Drug"}},
        randomise=None,
        analysis_sets={"randomised": {"label": "All", "rule": "registration_date is not null"}},
        endpoints__efs__population="randomised",
    )
    record.subject("S1", randomised=None, registered=0)
    record.form("S1", "screening/laboratory", 0, neutrophils=4)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=1)
    row = cells(record.derive())
    assert (row["ARMCD"], row["ENROLFL"], row["neutrophils"]) == ("drug", True, 4.0)


def test_a_snapshot_of_another_study_is_refused(written):
    snapshot = written().subject("S1").snapshot()
    with pytest.raises(BadInput, match="another study"):
        derive_datasets(written(title="Another").study, snapshot)


def test_a_record_without_entries_gives_empty_datasets(written):
    data = written().derive()
    assert {frame.height for frame in data.datasets.values()} == {0}
    assert {frame.height for frame in data.domains.values()} == {0}
    assert data.lineage.is_empty()


def test_a_value_that_is_not_of_its_items_type_is_missing_and_told(written):
    record = written().subject("S1")
    record.form("S1", "screening/demographics", -5, age="sixty")
    data = record.derive()
    assert cells(data)["age"] is None
    assert data.impossible.rows() == [
        ("S1", "screening, demographics: the value of 'age' is no integer")
    ]


def test_the_order_of_values_in_the_snapshot_is_of_no_matter(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", -10, neutrophils=5)
    record.form("S1", "cycle_1/dosing", 21, drug="cisplatin", given_mg=50)
    record.scan("S1", "screening", -5, 30, 20)
    forward = record.derive()
    record.values.reverse()
    backward = record.derive()
    for name, frame in forward.datasets.items():
        assert frame.equals(backward.datasets[name]), name


def test_two_tellings_of_one_date_give_the_entries_of_the_first_each_time(written):
    record = written()
    first = {}
    for k in range(40):
        name = f"S{k:02}"
        record.subject(name)
        resection = {"surgery_date": day(20), "surgery_outcome": "resected"}
        record.form(name, "operation/surgery", 20, operated=True, **resection)
        told = [
            record.form(
                name, f"follow_up_{n}/follow_up", 84 * n, recurrence=True, recurrence_date=day(50)
            )
            for n in (1, 2, 3, 4)
        ]
        first[name] = {told[0]["recurrence"], told[0]["recurrence_date"]}
    for _ in range(3):
        times = record.derive().datasets["adtte"].filter(pl.col("PARAMCD") == "efs")
        told_by = dict(times.select("USUBJID", "ENTRIES").iter_rows())
        assert all(first[name] <= set(told_by[name]) for name in first)


LATER = {
    "include": {
        "adult": {"text": "Adult", "rule": "age >= 18"},
        "clear": {"text": "Clear", "rule": "margin = 'R0'", "at": "surgery", "arms": ["drug"]},
        "operated": {"text": "Operated", "rule": "operated", "at": "surgery"},
    },
    "exclude": {
        "low": {"text": "Low", "rule": "neutrophils < 1.5", "at": "treatment"},
        "toxic": {"text": "Toxic", "rule": "ae_grade >= 4", "at": "surgery"},
    },
}


def test_a_later_criterion_is_met_not_met_or_unknown(written):
    record = written(eligibility=LATER).subject("S1").subject("S2").subject("S3")
    record.form("S1", "screening/laboratory", -5, neutrophils=4)
    record.form("S2", "screening/laboratory", -5, neutrophils=1)
    record.form("S1", "operation/pathology", 60, margin="R0")
    record.form("S2", "operation/pathology", 60, margin="R1")
    data = record.derive()
    found = {who: cells(data, who) for who in ("S1", "S2", "S3")}
    assert [found[who]["met_clear"] for who in found] == [True, False, None]
    assert [found[who]["met_low"] for who in found] == [True, False, None]
    assert [found[who]["met_operated"] for who in found] == [None, None, None]
    assert "met_adult" not in found["S1"]


def test_a_criterion_of_one_arm_is_unknown_in_the_others_and_before_allocation(written):
    record = written(eligibility=LATER).subject("S1", arm="upfront")
    record.subject("S2", randomised=None)
    record.form("S1", "operation/pathology", 60, margin="R0")
    record.form("S2", "operation/pathology", 60, margin="R0")
    data = record.derive()
    assert [cells(data, who)["met_clear"] for who in ("S1", "S2")] == [None, None]


def test_an_exclusion_over_rows_is_not_met_when_one_row_says_so(written):
    record = written(eligibility=LATER).subject("S1").subject("S2")
    record.form("S1", "any_time/adverse_events", 5, ae_term="fatigue", ae_grade=4)
    record.form("S1", "any_time/adverse_events", 9, row=2, ae_term="rash", ae_grade=1)
    record.form("S2", "any_time/adverse_events", 9, ae_term="rash", ae_grade=1)
    data = record.derive()
    assert [cells(data, who)["met_toxic"] for who in ("S1", "S2")] == [False, True]


def test_the_entries_of_a_later_criterion_are_those_of_its_rule_and_of_the_arm(written):
    record = written(eligibility=LATER).subject("S1")
    allocation = record.seq
    filled = record.form("S1", "operation/pathology", 60, margin="R1")
    told = entries_behind(record.derive(), dataset="adsl", where="", column="met_clear")
    assert told["entries"].to_list() == [[allocation, filled["margin"]]]
