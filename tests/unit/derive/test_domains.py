from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.derive.placement import PlaceKind, place_of
from equipoise.study.forms import Form, Item

START = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


@pytest.fixture
def record(written):
    return written().subject("S1").subject("S2")


def test_a_finding_has_one_row_a_value(record):
    told = record.form("S1", "screening/laboratory", -5, neutrophils=4.2, haemolytic=True)
    rows = record.derive().domains["LB"]
    shown = ["LBSEQ", "LBTESTCD", "LBTEST", "LBORRES", "LBORRESU", "LBSTRESN", "VISIT", "LBDTC"]
    assert rows.select(shown).rows() == [
        (1, "HAEM", "Haemolytic", "Y", None, None, "screening", "2025-12-27"),
        (2, "NEUT", "Neutrophils", "4.2", "10^9/L", 4.2, "screening", "2025-12-27"),
    ]
    assert rows["ENTRIES"].to_list()[1] == [told["form_date"], told["neutrophils"]]


def test_numbers_of_rows_run_within_a_subject_in_the_order_of_days(record):
    record.form("S2", "screening/laboratory", -5, alt=10)
    record.form("S1", "cycle_1/laboratory", 21, alt=30)
    record.form("S1", "screening/laboratory", -5, alt=20)
    rows = record.derive().domains["LB"].select("USUBJID", "LBSEQ", "LBSTRESN").rows()
    assert rows == [("S1", 1, 20.0), ("S1", 2, 30.0), ("S2", 1, 10.0)]


def test_an_event_has_one_row_a_form_row(record):
    told = record.form(
        "S1",
        "any_time/adverse_events",
        10,
        row=2,
        ae_term="rash",
        ae_grade=2,
        ae_start="2026-01",
        ae_serious=False,
    )
    row = record.derive().domains["AE"].row(0, named=True)
    assert (row["STUDYID"], row["DOMAIN"], row["AESEQ"]) == ("small", "AE", 1)
    assert (row["AETERM"], row["AETOXGR"], row["AESTDTC"]) == ("rash", 2.0, "2026-01")
    assert (row["AESER"], row["AEREL"], row["AESPID"]) == ("N", None, "adverse_events/2")
    assert row["ENTRIES"] == sorted(told.values())


def test_one_form_row_may_fill_two_domains_that_meet_by_lesion(record):
    record.scan("S1", "screening", -5, 30, 20)
    data = record.derive()
    lesions = data.domains["TU"].select("TULNKID", "TULOC").rows()
    results = data.domains["TR"].filter(pl.col("TRTESTCD") == "DIAMETER")
    assert lesions == [("T1", "liver"), ("T2", "liver")]
    assert results.select("TRLNKID", "TRSTRESN").rows() == [("T1", 30.0), ("T2", 20.0)]


def test_an_item_of_another_domain_than_its_form_lands_in_its_own(record):
    record.form("S1", "follow_up_1/follow_up", 84, recurrence=False, new_therapy_date=day(80))
    data = record.derive()
    assert data.domains["CM"].select("CMSTDTC", "VISIT").rows() == [("2026-03-22", "follow_up_1")]
    assert data.domains["RS"]["RSTESTCD"].to_list() == ["RECUR"]


def test_a_qualifier_of_a_finding_stands_on_its_row_with_its_entry(record):
    told = record.form(
        "S1",
        "operation/complications",
        80,
        complication="leak",
        clavien="IIIa",
        complication_date=day(75),
    )
    row = record.derive().domains["FA"].row(0, named=True)
    assert (row["FATESTCD"], row["FAORRES"]) == ("CLAVIEN", "IIIa")
    assert (row["FATERM"], row["FADTC"]) == ("leak", "2026-03-17")
    assert row["ENTRIES"] == sorted(told.values())


def test_a_finding_without_its_own_date_has_that_of_its_form(record):
    record.form("S1", "operation/complications", 80, complication="leak", clavien="IIIa")
    assert record.derive().domains["FA"]["FADTC"].to_list() == ["2026-03-22"]


def test_what_only_this_study_asks_lands_as_findings_under_its_own_name(record):
    record.form("S1", "any_time/extra", 5, pain=3)
    rows = record.derive().domains["FA"].select("FATESTCD", "FATEST", "FASTRESN", "FATERM").rows()
    assert rows == [("PAIN", "Pain", 3.0, None)]


def test_demographics_has_one_row_a_subject_with_the_death_of_another_form(record):
    told = record.form("S1", "screening/demographics", -5, age=61, sex="male")
    death = record.form("S1", "any_time/death", 90, death_date=day(88), death_cause="disease")
    data = record.derive()
    rows = data.domains["DM"]
    assert rows.select("USUBJID", "ARMCD", "RFSTDTC", "AGE", "SEX", "DTHDTC").rows() == [
        ("S1", "drug", "2026-01-01", 61, "male", "2026-03-30"),
        ("S2", "drug", "2026-01-01", None, None, None),
    ]
    assert set(rows["ENTRIES"].to_list()[0]) == {
        1,
        2,
        told["age"],
        told["sex"],
        death["death_date"],
    }
    assert data.domains["DD"].select("DDTESTCD", "DDORRES").rows() == [("DEATH_CAUSE", "disease")]


def test_visits_of_the_schedule_have_their_first_and_last_day(record):
    first = record.form("S1", "screening/demographics", -8, age=61)
    last = record.form("S1", "screening/laboratory", -5, alt=20)
    record.form("S1", "any_time/extra", 5, pain=3)
    rows = record.derive().domains["SV"]
    assert rows.select("VISIT", "SVSTDTC", "SVENDTC").rows() == [
        ("screening", "2025-12-24", "2025-12-27")
    ]
    assert rows["ENTRIES"].to_list() == [[first["form_date"], last["form_date"]]]


def test_a_domain_that_the_study_can_fill_has_its_columns_without_any_row(record):
    empty = record.derive().domains
    record.scan("S1", "screening", -5, 30)
    record.form("S1", "operation/complications", 80, complication="leak", clavien="I")
    full = record.derive().domains
    assert set(empty) == set(full) >= {"DM", "SV", "LB", "TU", "TR", "EX", "AE", "CM", "FA"}
    for domain in ("TU", "TR", "FA"):
        assert empty[domain].schema == full[domain].schema


@pytest.mark.parametrize(
    ("sdtm", "place"),
    [
        ("LB.NEUT", ("LB", "NEUT", PlaceKind.TEST)),
        ("FA.FADTC", ("FA", "FADTC", PlaceKind.QUALIFIER)),
        ("DD.DDORRES", ("DD", "ASKED", PlaceKind.TEST)),
        ("AE.AESER", ("AE", "AESER", PlaceKind.COLUMN)),
        (None, ("QS", "ASKED", PlaceKind.TEST)),
    ],
)
def test_an_item_is_placed_by_its_word_or_by_its_form(sdtm, place):
    item = Item.model_validate({"label": "Asked", "type": "text", "sdtm": sdtm})
    form = Form(form="own", title="Own", domain="QS", items={"asked": item})
    found = place_of("asked", item, form)
    assert (found.domain, found.variable, found.kind) == place


def test_a_form_with_only_qualifiers_of_a_domain_keeps_them_as_findings(written):
    items = {"complication": {"label": "Complication", "type": "text", "sdtm": "FA.FATERM"}}
    record = written(forms__complications__items=items).subject("S1")
    record.form("S1", "operation/complications", 80, complication="leak")
    rows = record.derive().domains["FA"]
    assert rows.select("FATESTCD", "FAORRES").rows() == [("FATERM", "leak")]
