"""Relative dose intensity by drug and arm."""

from __future__ import annotations

from equipoise.study.analyses import DoseIntensityAnalysis

ROWS = [
    {"USUBJID": who, "ARMCD": "chemo", "PARAMCD": drug, "REGIMEN": "cf", "RDI": rdi}
    for who, drug, rdi in (
        ("S01", "cisplatin", 100.0),
        ("S01", "fluorouracil", 60.0),
        ("S02", "cisplatin", 80.0),
        ("S02", "fluorouracil", 80.0),
        ("S03", "cisplatin", None),
        ("S03", "fluorouracil", 70.0),
    )
]
TABLE = DoseIntensityAnalysis(method="dose_intensity", title="Doses", by="arm", at_least=(80.0,))


def value(rows, statistic, *, drug, level=""):
    found = rows.filter(
        (rows["endpoint"] == drug) & (rows["statistic"] == statistic) & (rows["level"] == level)
    )
    return found["value"].to_list()


def test_each_drug_has_the_quartiles_of_who_is_known_and_counts_the_others(make_data, run):
    rows = run(TABLE, make_data(adexsum=ROWS))
    assert value(rows, "n", drug="cf.cisplatin") == [2.0]
    assert value(rows, "missing", drug="cf.cisplatin") == [1.0]
    assert value(rows, "mean", drug="cf.cisplatin") == [90.0]
    assert value(rows, "median", drug="cf.fluorouracil") == [70.0]


def test_a_limit_counts_of_those_whose_intensity_is_known(make_data, run):
    rows = run(TABLE, make_data(adexsum=ROWS))
    assert value(rows, "count", drug="cf.cisplatin", level="at_least") == [2.0]
    assert value(rows, "percent", drug="cf.cisplatin", level="at_least") == [100.0]
    assert value(rows, "count", drug="cf.fluorouracil", level="at_least") == [1.0]


def test_each_arm_counts_its_subjects_and_one_without_the_drug_has_no_lines_of_it(make_data, run):
    rows = run(TABLE, make_data(adexsum=ROWS))
    sizes = rows.filter((rows["endpoint"] == "") | rows["endpoint"].is_null())
    assert dict(sizes.select("group", "value").iter_rows()) == {"chemo": 3.0, "surgery_first": 0.0}
    assert set(rows.filter(rows["endpoint"] == "cf.cisplatin")["group"]) == {"chemo"}


def test_a_trial_that_nobody_entered_has_no_lines(empty, run):
    rows = run(TABLE, empty)
    assert rows["value"].to_list() == [0.0, 0.0]
