"""`adlbsum`: grade at baseline and the worst after it, of every subject and graded item."""

from __future__ import annotations


def found(data, item="neutrophils"):
    frame = data.datasets["adlbsum"].filter(PARAMCD=item).sort("USUBJID")
    return frame.select("BTOXGR", "WTOXGR", "GRADED", "UNGRADED").rows()


def test_the_worst_grade_after_baseline_stands_beside_that_of_the_baseline(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", -9, neutrophils=0.4)
    record.form("S1", "screening/laboratory", -5, row=2, neutrophils=1.6)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=0.9)
    record.form("S1", "cycle_2/laboratory", 42, neutrophils=1.9)
    assert found(record.derive()) == [(1, 3, 2, 0)]


def test_a_subject_without_any_value_has_a_row_that_says_so(written):
    assert found(written().subject("S1").derive()) == [(None, None, 0, 0)]


def test_missing_before_or_after_is_kept_apart_from_no_change(written):
    record = written().subject("S1").subject("S2")
    record.form("S1", "screening/laboratory", -5, neutrophils=4)
    record.form("S2", "cycle_1/laboratory", 21, neutrophils=4)
    assert found(record.derive()) == [(0, None, 0, 0), (None, 0, 1, 0)]


def test_a_value_without_a_grade_counts_as_ungraded(written):
    record = written().subject("S1")  # of unknown sex: the limits of alanine aminotransferase vary
    record.form("S1", "screening/laboratory", -5, alt=30)
    record.form("S1", "cycle_1/laboratory", 21, alt=300)
    assert found(record.derive(), "alt") == [(None, None, 0, 1)]


def test_a_baseline_that_was_taken_late_is_the_baseline_and_comes_not_after_it(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", 2, neutrophils=1.6)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=0.9)
    data = record.derive()
    assert found(data) == [(1, 3, 1, 0)]
    values = data.datasets["adlb"].filter(PARAMCD="neutrophils").sort("ADT")
    assert values.select("ABLFL", "POSTFL").rows() == [(True, False), (False, True)]


def test_all_values_that_count_are_behind_a_row(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", -5, neutrophils=1.6)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=0.9)
    data = record.derive()
    of_values = data.datasets["adlb"].filter(PARAMCD="neutrophils")["ENTRIES"].explode()
    [behind] = data.datasets["adlbsum"].filter(PARAMCD="neutrophils")["ENTRIES"].to_list()
    assert behind == sorted(of_values)


def test_a_value_below_0_has_no_grade_and_is_no_baseline(written):
    record = written().subject("S1")
    record.form("S1", "screening/laboratory", -9, neutrophils=1.6)
    record.form("S1", "screening/laboratory", -5, row=2, neutrophils=-1)
    record.form("S1", "cycle_1/laboratory", 21, neutrophils=-2)
    assert found(record.derive()) == [(1, None, 0, 1)]
