from __future__ import annotations

import datetime as dt

import pytest


def test_an_event_has_the_label_of_its_code_and_its_own_answers(written):
    record = written().subject("S1")
    told = record.form(
        "S1",
        "any_time/adverse_events",
        10,
        ae_term="rash",
        ae_grade=2,
        ae_start="2026-01-05",
        ae_serious=False,
        ae_related=True,
    )
    row = record.derive().datasets["adae"].row(0, named=True)
    assert (row["AEDECOD"], row["AETERM"], row["AETOXGR"]) == ("rash", "Rash maculo-papular", 2)
    assert (row["AESER"], row["AEREL"], row["ARMCD"]) == (False, True, "drug")
    assert row["ENTRIES"] == sorted(told.values())


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("2026-02", dt.date(2026, 2, 1)),
        ("2026", dt.date(2026, 1, 1)),
        ("2026-02-31", None),
    ],
)
def test_a_partial_start_counts_from_the_first_day_it_can_be(written, start, day):
    record = written().subject("S1")
    record.form("S1", "any_time/adverse_events", 60, ae_term="rash", ae_start=start)
    row = record.derive().datasets["adae"].row(0, named=True)
    assert (row["AESTDTC"], row["ASTDT"]) == (start, day)


def test_a_form_without_some_standard_items_leaves_them_missing(written):
    items = {"ae_term": {"label": "Term", "type": "text"}}
    record = written(forms__adverse_events__items=items).subject("S1")
    record.form("S1", "any_time/adverse_events", 60, ae_term="fell down")
    row = record.derive().datasets["adae"].row(0, named=True)
    assert (row["AEDECOD"], row["AETERM"], row["AETOXGR"]) == ("fell down", "fell down", None)


def test_each_dose_has_a_row_with_what_was_planned_and_given(written):
    record = written().subject("S1")
    record.form(
        "S1",
        "cycle_1/dosing",
        21,
        drug="cisplatin",
        planned_mg=100,
        given_mg=75,
        dose_change="reduced",
    )
    rows = record.derive().datasets["adex"]
    assert rows.select("DRUG", "PLANNED", "GIVEN", "CHANGE", "VISIT").rows() == [
        ("cisplatin", 100.0, 75.0, "reduced", "cycle_1")
    ]
