"""Adverse events, counted on ten subjects of whom six were treated."""

from __future__ import annotations

import pytest

from equipoise.study.analyses import AdverseEventsAnalysis

SAFETY = AdverseEventsAnalysis(
    method="adverse_events", title="Safety", by="arm", population="treated"
)


@pytest.fixture(scope="module")
def events(run, data):
    return run(SAFETY, data)


def test_any_event_comes_first_then_terms_from_the_most_frequent_down(events):
    terms = [term for term in dict.fromkeys(events["endpoint"]) if term]
    assert terms == ["any_event", "fatigue", "neutropenia"]


def test_terms_of_equal_frequency_come_in_the_order_of_their_labels(run, make_data):
    rows = [
        {"USUBJID": "S1", "AEDECOD": code, "AETERM": label, "AETOXGR": 1}
        for code, label in (("a", "Zoster"), ("b", "Anaemia"))
    ]
    found = run(SAFETY, make_data(adae=rows, adsl=[{"USUBJID": "S1", "treated": True}]))
    assert [term for term in dict.fromkeys(found["endpoint"]) if term] == ["any_event", "b", "a"]


def test_a_subject_counts_once_a_term_at_the_worst_grade(events, value):
    assert value(events, "it/fatigue/chemo/any_grade/count") == 2.0
    assert value(events, "it/fatigue/chemo/grade_1_2/count") == 1.0
    assert value(events, "it/fatigue/chemo/grade_3_4/count") == 1.0


def test_the_n_of_a_count_is_its_events(events):
    told = events.filter(endpoint="fatigue", group="chemo", level="any_grade", statistic="count")
    assert told["n"].to_list() == [3]


def test_grade_5_has_its_own_line(events, value):
    assert value(events, "it/neutropenia/chemo/grade_5/count") == 1.0
    assert value(events, "it/neutropenia/chemo/grade_3_4/count") == 1.0


def test_any_event_is_at_the_worst_grade_of_all_terms(events, value):
    assert value(events, "it/any_event/chemo/any_grade/count") == 3.0
    assert value(events, "it/any_event/chemo/grade_1_2/count") == 0.0
    assert value(events, "it/any_event/chemo/grade_3_4/count") == 2.0
    assert value(events, "it/any_event/chemo/grade_5/count") == 1.0


def test_any_event_also_counts_serious_and_related_ones(events, value):
    assert value(events, "it/any_event/chemo/serious/count") == 2.0
    assert value(events, "it/any_event/all/related/count") == 3.0


def test_per_cents_are_of_the_analysis_set(events, value):
    assert value(events, "it/fatigue/surgery_first/any_grade/percent") == pytest.approx(100 / 3)
    assert value(events, "it/fatigue/all/any_grade/percent") == 50.0


def test_subjects_outside_the_analysis_set_are_not_counted(events, value):
    assert value(events, "it/fatigue/all/any_grade/count") == 3.0


def test_an_event_without_grade_has_a_line_of_its_own(events, value):
    assert value(events, "it/fatigue/surgery_first/not_graded/count") == 1.0
    assert "not_graded" not in events.filter(endpoint="neutropenia")["level"]


def test_the_grades_of_a_term_add_up_to_any_grade(events):
    counts = events.filter(endpoint="fatigue", group="all", statistic="count")
    told = dict(counts.select("level", "value").iter_rows())
    assert told.pop("any_grade") == sum(told.values())


def test_the_text_of_any_grade_is_the_term_in_words(events):
    told = events.filter(endpoint="neutropenia", level="any_grade")
    assert set(told["text"]) == {"Neutrophil count decreased"}


def test_a_trial_without_events_counts_nobody_with_any(run, make_data, value):
    found = run(SAFETY, make_data(adsl=[{"USUBJID": "S1", "treated": True}]))
    assert value(found, "it/any_event/all/any_grade/percent") == 0.0
