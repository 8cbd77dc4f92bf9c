from __future__ import annotations

import pytest

from equipoise.base.errors import BadInput
from equipoise.derive import entries_behind


def test_a_cell_of_adsl_leads_to_the_entry_that_set_it(written):
    record = written().subject("S1").subject("S2")
    told = record.form("S1", "screening/demographics", -5, age=61, sex="male")
    record.form("S2", "screening/demographics", -5, age=50)
    behind = entries_behind(record.derive(), dataset="adsl", where="age > 60", column="age")
    assert behind.rows() == [("S1", "age", "61", [told["age"]])]


def test_an_item_at_baseline_leads_to_the_value_that_counted(written):
    record = written().subject("S1")
    first = record.form("S1", "screening/laboratory", -5, neutrophils=5)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=1)
    behind = entries_behind(record.derive(), dataset="adsl", where="", column="neutrophils")
    assert behind["entries"].to_list() == [[first["neutrophils"]]]


def test_a_stratum_leads_to_what_its_rule_used(written):
    record = written().subject("S1")
    told = record.form("S1", "screening/demographics", -5, age=61, sex="male")
    behind = entries_behind(record.derive(), dataset="adsl", where="true", column="older")
    assert behind["entries"].to_list() == [[told["age"]]]


def test_registration_and_arm_lead_to_their_own_entries(written):
    data = written().subject("S1").derive()
    subject = entries_behind(data, dataset="adsl", where="", column="USUBJID")
    arm = entries_behind(data, dataset="adsl", where="", column="ARMCD")
    population = entries_behind(data, dataset="adsl", where="", column="randomised")
    assert subject["entries"].to_list() == [[1]]
    assert arm["entries"].to_list() == population["entries"].to_list() == [[2]]


def test_eligibility_leads_to_what_its_criteria_used(written):
    record = written().subject("S1")
    told = record.form("S1", "screening/demographics", -5, age=61)
    behind = entries_behind(record.derive(), dataset="adsl", where="", column="ELIGFL")
    assert behind["entries"].to_list() == [[told["age"]]]


def test_the_date_of_a_form_leads_to_the_entry_of_that_date(written):
    record = written().subject("S1")
    record.form("S1", "cycle_2/dosing", 42, drug="cisplatin")
    first = record.form("S1", "cycle_1/dosing", 21, drug="cisplatin")
    behind = entries_behind(record.derive(), dataset="adsl", where="", column="dosing_date")
    assert behind["entries"].to_list() == [[first["form_date"]]]


def test_a_worst_grade_leads_to_the_event_that_was_worst(written):
    record = written().subject("S1")
    record.form("S1", "any_time/adverse_events", 10, row=1, ae_term="rash", ae_grade=1)
    worst = record.form("S1", "any_time/adverse_events", 20, row=2, ae_term="rash", ae_grade=3)
    behind = entries_behind(record.derive(), dataset="adsl", where="", column="rash_grade")
    assert behind["entries"].to_list() == [sorted(worst.values())]


def test_a_rule_over_rows_leads_to_all_the_rows_it_asked(written):
    sets = {
        "severe": {"label": "Severe", "rule": "clavien = 'V'"},
        "randomised": {"label": "Randomised", "rule": "randomisation_date is not null"},
    }
    record = written(analysis_sets=sets).subject("S1")
    first = record.form("S1", "operation/complications", 70, row=1, clavien="V")
    second = record.form("S1", "operation/complications", 71, row=2, clavien="I")
    behind = entries_behind(record.derive(), dataset="adsl", where="severe", column="severe")
    assert behind["entries"].to_list() == [[first["clavien"], second["clavien"]]]


def test_a_missing_cell_has_no_entries(written):
    behind = entries_behind(
        written().subject("S1").derive(), dataset="adsl", where="", column="age"
    )
    assert behind.rows() == [("S1", "age", None, [])]


def test_other_rows_lead_to_their_own_entries_and_domains_do_too(written):
    record = written().subject("S1")
    told = record.form("S1", "screening/laboratory", -5, neutrophils=5, alt=30)
    data = record.derive()
    own = [told["form_date"], told["alt"]]
    of_values = entries_behind(data, dataset="adlb", where="PARAMCD = 'alt'", column="AVAL")
    of_domain = entries_behind(data, dataset="LB", where="LBTESTCD = 'ALT'", column="LBSTRESN")
    assert of_values["entries"].to_list() == of_domain["entries"].to_list() == [own]
    assert of_values["value"].to_list() == ["30.0"]


def test_entries_themselves_can_be_the_column(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", -5, alt=30)
    behind = entries_behind(record.derive(), dataset="adlb", where="", column="ENTRIES")
    assert behind["value"].to_list() == ["3 4"]


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"dataset": "adzz", "where": "", "column": "age"}, "no such dataset"),
        ({"dataset": "adsl", "where": "", "column": "aeg"}, "no such column"),
        ({"dataset": "adsl", "where": "aeg > 3", "column": "age"}, "cannot be selected"),
        ({"dataset": "adsl", "where": "age >", "column": "age"}, "cannot be selected"),
    ],
)
def test_an_unknown_name_or_an_unreadable_condition_is_refused(written, words, match):
    data = written().subject("S1").derive()
    with pytest.raises(BadInput, match=match):
        entries_behind(data, **words)
