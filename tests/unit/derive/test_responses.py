from __future__ import annotations

import datetime as dt

import polars as pl

START = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def points(data) -> list[tuple[object, ...]]:
    rows = data.datasets["adrs"].filter(pl.col("PARAMCD") == "OVR")
    return rows.select("VISIT", "ADT", "AVALC").rows()


def best(data) -> dict[str, object]:
    return data.datasets["adrs"].row(by_predicate=pl.col("PARAMCD") == "orr", named=True)


def test_each_scan_after_baseline_has_a_response_and_a_sentence_that_says_why(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 30, 20)
    record.scan("S1", "cycle_1", 21, 20, 10)
    record.scan("S1", "cycle_2", 42, 28, 10)
    data = record.derive()
    assert points(data) == [("cycle_1", day(21), "PR"), ("cycle_2", day(42), "PD")]
    assert "above the nadir of 30 mm" in data.datasets["adrs"]["EXPLAIN"][1]


def test_sums_and_changes_are_those_of_the_targets(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 30, 20)
    record.scan("S1", "cycle_1", 21, 20, 0)
    record.scan("S1", "cycle_2", 42, 25, 0)
    rows = record.derive().datasets["adtr"].select("SUMDIAM", "NADIR", "PCHG", "PCHGNAD").rows()
    assert rows == [(50, None, None, None), (20, 50, -60, -60), (25, 20, -50, 25)]


def test_the_baseline_is_the_last_scan_on_or_before_randomisation(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -20, 100)
    record.scan("S1", "any_time", 0, 50)
    record.scan("S1", "cycle_2", 42, 40)
    rows = record.derive().datasets["adtr"].select("ADT", "SUMDIAM").rows()
    assert rows == [(day(0), 50), (day(42), 40)]


def test_a_planned_screening_scan_that_came_late_is_the_baseline_and_a_later_scan_never(written):
    record = written().subject("S1").subject("S2")
    record.scan("S1", "screening", 3, 50)
    record.scan("S1", "cycle_2", 42, 40)
    record.scan("S2", "cycle_2", 42, 40)
    rows = record.derive().datasets["adtr"].select("USUBJID", "ADT").rows()
    assert rows == [("S1", day(3)), ("S1", day(42))]


def test_the_rows_of_one_visit_are_one_scan_on_the_first_of_their_days(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 30, 20)
    record.scan("S1", "cycle_1", 21, 20)
    record.scan("S1", "cycle_1", 23, 10, first=2)
    assert points(record.derive()) == [("cycle_1", day(21), "PR")]


def test_best_response_is_that_up_to_the_day_of_surgery_included(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_2", 42, 45)
    record.scan("S1", "cycle_3", 60, 30)
    record.scan("S1", "cycle_4", 90, 0)
    record.form("S1", "operation/surgery", 60, surgery_date=day(60), surgery_outcome="resected")
    found = best(record.derive())
    assert (found["AVALC"], found["ADT"], found["VISIT"]) == ("PR", day(60), "cycle_3")


def test_scans_after_surgery_are_flagged_as_such(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_3", 60, 30)
    record.scan("S1", "cycle_4", 90, 0)
    record.form("S1", "operation/surgery", 60, surgery_date=day(60), surgery_outcome="resected")
    assert record.derive().datasets["adtr"]["PREFL"].to_list() == [True, True, False]


def test_stable_disease_needs_its_minimum_time_from_randomisation(written):
    record = written().subject("S1").subject("S2")
    for subject, on in (("S1", 41), ("S2", 42)):
        record.scan(subject, "screening", -5, 50)
        record.scan(subject, "cycle_2", on, 45)
    rows = record.derive().datasets["adrs"].filter(pl.col("PARAMCD") == "orr")
    assert rows["AVALC"].to_list() == ["NE", "SD"]


def test_a_response_that_needs_confirmation_counts_only_with_it(written):
    response = {"kind": "response", "label": "R", "confirmed": True, "population": "randomised"}
    record = written(endpoints__orr=response).subject("S1").subject("S2")
    for subject, second in (("S1", 40), ("S2", 30)):
        record.scan(subject, "screening", -5, 50)
        record.scan(subject, "cycle_2", 42, 30)
        record.scan(subject, "cycle_4", 84, second)
    rows = record.derive().datasets["adrs"].filter(pl.col("PARAMCD") == "orr")
    assert rows["AVALC"].to_list() == ["SD", "PR"]


def test_the_best_response_says_why_it_is_less_than_that_of_its_scan(written):
    response = {"kind": "response", "label": "R", "confirmed": True, "population": "randomised"}
    record = written(endpoints__orr=response).subject("S1").subject("S2").subject("S3")
    for subject, on in (("S1", 42), ("S2", 41), ("S3", 42)):
        record.scan(subject, "screening", -5, 50)
        record.scan(subject, "cycle_2", on, 50 if subject == "S3" else 30)
    for visit, on, state in (("cycle_2", 42, "equivocal"), ("cycle_4", 84, "present")):
        said = {"lesion": "X1", "lesion_kind": "new", "lesion_organ": "lung"}
        record.form("S3", f"{visit}/lesions", on, row=2, **said, lesion_state=state)
    record.scan("S3", "cycle_4", 84, 50)
    rows = record.derive().datasets["adrs"].filter(pl.col("PARAMCD") == "orr")
    assert rows["AVALC"].to_list() == ["SD", "NE", "PD"]
    partial, early, progressed = rows["EXPLAIN"].to_list()
    assert partial.endswith("(PR: sum 30 mm is 40.0 % below the baseline of 50 mm; not confirmed)")
    assert early.endswith(f"not confirmed, before {day(42)}, the first day of stable disease)")
    since = f"suspected since {day(42)}, from which day PD counts)"
    assert progressed == f"PD by the assessment of {day(42)} (PD: new lesion 'X1', {since}"


def test_a_subject_never_assessed_has_a_row_that_says_so(written):
    found = best(written().subject("S1").derive())
    assert (found["AVALC"], found["EXPLAIN"]) == (None, "No assessment after baseline")


def test_a_lymph_node_below_10_mm_is_gone(written):
    record = written().subject("S1")
    for visit, on, length in (("screening", -5, 18), ("cycle_2", 42, 9)):
        record.form(
            "S1",
            f"{visit}/lesions",
            on,
            lesion="T1",
            lesion_kind="target",
            lesion_organ="lymph_node",
            lesion_state="measured",
            diameter_mm=length,
        )
    assert points(record.derive()) == [("cycle_2", day(42), "CR")]


def test_the_entries_of_a_scan_are_its_own_and_those_of_baseline_and_nadir(written):
    record = written().subject("S1")
    baseline = record.scan("S1", "screening", -5, 50)
    nadir = record.scan("S1", "cycle_1", 21, 30)
    between = record.scan("S1", "cycle_2", 42, 32)
    last = record.scan("S1", "cycle_3", 63, 40)
    rows = record.derive().datasets["adrs"].filter(pl.col("PARAMCD") == "OVR")
    entries = set(rows["ENTRIES"].to_list()[-1])
    assert entries == {*baseline.values(), *nadir.values(), *last.values()}
    assert not entries & set(between.values())


def test_lesions_that_contradict_themselves_end_the_assessments_and_are_told(written):
    record = written().subject("S1")
    record.scan("S1", "screening", -5, 50)
    record.scan("S1", "cycle_1", 21, 30)
    record.scan("S1", "cycle_2", 42, 20, 10)
    record.scan("S1", "cycle_3", 63, 0)
    data = record.derive()
    assert points(data) == [("cycle_1", day(21), "PR")]
    assert data.impossible["subject"].to_list() == ["S1"]
    assert "a lesion that baseline does not have is new" in data.impossible["reason"][0]


def test_a_kind_of_lesion_that_recist_does_not_know_is_told(written):
    record = written().subject("S1")
    record.form(
        "S1",
        "screening/lesions",
        -5,
        lesion="T1",
        lesion_kind="cyst",
        lesion_organ="liver",
        lesion_state="present",
    )
    data = record.derive()
    assert data.datasets["adtr"].is_empty()
    assert "not a word of RECIST (cyst)" in data.impossible["reason"][0]
