from __future__ import annotations

import datetime as dt

import polars as pl

START = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def reasons(data) -> list[str]:
    return data.impossible["reason"].to_list()


def censored(data, endpoint: str = "efs") -> bool:
    rows = data.datasets["adtte"].filter(pl.col("PARAMCD") == endpoint)
    return rows["CNSR"].to_list() == [1]


def test_a_possible_history_is_not_told(written):
    record = written().subject("S1")
    record.form(
        "S1",
        "operation/surgery",
        60,
        operated=True,
        surgery_date=day(60),
        surgery_outcome="resected",
    )
    record.form("S1", "operation/pathology", 67, margin="R1", viable_percent=40)
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(168))
    record.form("S1", "any_time/death", 300, death_date=day(300))
    assert reasons(record.derive()) == []


def test_a_recurrence_without_a_resection_is_told_and_no_event(written):
    record = written().subject("S1")
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(168))
    data = record.derive()
    assert reasons(data) == ["recurrence without resection"]
    assert censored(data)


def test_a_recurrence_after_an_exploration_or_before_the_resection_is_no_event(written):
    for on, outcome in ((60, "explored_only"), (200, "resected")):
        record = written(endpoints__efs__events=["recurred"]).subject("S1")
        record.form("S1", "operation/surgery", on, surgery_date=day(on), surgery_outcome=outcome)
        record.form("S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(168))
        data = record.derive()
        assert censored(data)
        assert len(reasons(data)) == 1


def test_an_event_before_the_start_is_told_and_does_not_count(written):
    record = written().subject("S1")
    record.form("S1", "operation/surgery", 3, surgery_date=day(-3), surgery_outcome="explored_only")
    data = record.derive()
    assert censored(data)
    assert reasons(data) == [
        "Incomplete resection of 2025-12-29 lies before randomisation of 2026-01-01",
        "surgery before randomisation",
    ]


def test_braces_in_a_label_are_letters_like_others(written):
    record = written(events__incomplete__label="Left {behind}").subject("S1")
    record.form("S1", "operation/surgery", 3, surgery_date=day(-3), surgery_outcome="explored_only")
    assert reasons(record.derive())[0] == (
        "Left {behind} of 2025-12-29 lies before randomisation of 2026-01-01"
    )


def test_a_death_before_a_later_assessment_is_told_and_still_a_death(written):
    record = written().subject("S1")
    record.form("S1", "any_time/death", 105, death_date=day(100))
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=False)
    data = record.derive()
    assert reasons(data) == ["a sign of life after death"]
    assert not censored(data, "os")


def test_a_new_therapy_after_death_and_a_suspicion_after_its_confirmation_are_told(written):
    record = written().subject("S1")
    record.form("S1", "operation/surgery", 60, surgery_date=day(60), surgery_outcome="resected")
    record.form(
        "S1",
        "follow_up_2/follow_up",
        168,
        recurrence=True,
        recurrence_date=day(150),
        recurrence_suspected_date=day(151),
        new_therapy_date=day(301),
    )
    record.form("S1", "any_time/death", 300, death_date=day(300))
    assert reasons(record.derive()) == [
        "new therapy after death",
        "recurrence confirmed before it was suspected",
    ]


def test_the_death_form_and_the_specimen_may_be_later_than_the_death(written):
    record = written().subject("S1")
    record.form("S1", "operation/surgery", 60, surgery_date=day(60), surgery_outcome="resected")
    record.form("S1", "any_time/death", 70, death_date=day(62))
    record.form("S1", "operation/pathology", 75, margin="R0")
    assert reasons(record.derive()) == []


def test_no_viable_tumour_and_a_margin_with_tumour_is_told(written):
    record = written().subject("S1")
    record.form("S1", "operation/surgery", 60, surgery_date=day(60), surgery_outcome="resected")
    record.form("S1", "operation/pathology", 75, margin="R1", viable_percent=0)
    assert reasons(record.derive()) == ["complete pathological response with R1 or R2"]


def test_a_study_that_does_not_ask_for_surgery_takes_recurrence_as_it_is(written):
    surgery = {"form": "surgery", "title": "Surgery", "items": {}}
    surgery["items"] = {"days_in_hospital": {"label": "Days", "type": "integer"}}
    record = written(forms__surgery=surgery, endpoints__efs__events=["recurred", "died"]).subject(
        "S1"
    )
    record.form("S1", "operation/pathology", 75, margin="R1")
    record.form("S1", "follow_up_2/follow_up", 168, recurrence=True, recurrence_date=day(168))
    data = record.derive()
    assert reasons(data) == []
    assert not censored(data)
