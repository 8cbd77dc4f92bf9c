"""Which rows of the tables are followed on a day, and what is said when something is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from equipoise.oncology.dosing.dose import dose_mg
from equipoise.oncology.dosing.event_grades import EventSpan
from equipoise.study.dose_actions import body_of, planned_dose
from equipoise.study.dose_tables import (
    Asked,
    DoseDay,
    DrugTables,
    TableRow,
    TablesSay,
    tables_say,
)
from equipoise.study.regimens import DoseRule, Drug, say_action


def row(table: str, number: int, then: str, *, when: str = "x > 1") -> TableRow:
    rule = DoseRule.model_validate({"when": when, "then": then})
    return TableRow(drug="drug", table=table, number=number, rule=rule)


def tables(*rows: TableRow, days: Any = (1, 8), terms: tuple[str, ...] = ("rash",)) -> DrugTables:
    words = {"dose": "100 mg", "route": "oral", "days": days, "levels": ["80 mg", "60 mg"]}
    return DrugTables(
        name="drug",
        drug=Drug.model_validate(words),
        cycle_days=21,
        rows=rows,
        terms=frozenset(terms),
    )


def on_day(number: int) -> DoseDay:
    return DoseDay(
        dose_day=number,
        day=number,
        since=None,
        value=lambda _name: None,
        events=lambda _term: (),
        body=body_of(height_cm=None, weight_kg=None),
    )


def say(of: DrugTables, answers: Mapping[str, bool | None], *, day: int = 1) -> TablesSay:
    asked = {Asked.WHEN: answers, Asked.BEGUN: {}, Asked.UNTIL: {}}
    return tables_say(of, on_day(day), answers=asked)


def followed(found: TablesSay) -> list[str]:
    return [one.label for one in found.followed]


def unjudged(found: TablesSay) -> list[str]:
    return [one.label for one in found.unjudged]


TWO = tables(row("day_8", 1, "omit"), row("day_8", 2, "reduce 50 %"))


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        (True, True, ["day_8/1"]),
        (False, True, ["day_8/2"]),
        (True, False, ["day_8/1"]),
        (False, False, []),
    ],
)
def test_the_first_row_of_a_table_that_is_true_is_followed(
    *, first: bool, second: bool, rows: list[str]
):
    assert followed(say(TWO, {"day_8/1": first, "day_8/2": second}, day=8)) == rows


def test_a_table_of_another_day_is_not_followed():
    assert followed(say(TWO, {"day_8/1": True, "day_8/2": True}, day=1)) == []


def test_of_the_table_of_the_day_and_that_of_any_day_both_are_followed_the_graver_first():
    both = tables(row("any_day", 1, "reduce one level"), row("day_8", 1, "omit"))
    found = say(both, {"any_day/1": True, "day_8/1": True}, day=8)
    assert followed(found) == ["day_8/1", "any_day/1"]


@pytest.mark.parametrize(
    ("answers", "open_rows"),
    [
        ((None, None), ["day_8/1", "day_8/2"]),
        ((None, True), ["day_8/1"]),
        ((False, None), ["day_8/2"]),
        ((True, None), []),
        ((None, False), ["day_8/1"]),
    ],
)
def test_a_row_that_cannot_be_judged_is_told_when_it_could_leave_less(
    answers: tuple[bool | None, bool | None], open_rows: list[str]
):
    labels = dict(zip(("day_8/1", "day_8/2"), answers, strict=True))
    assert unjudged(say(TWO, labels, day=8)) == open_rows


def test_what_could_not_leave_less_than_a_stop_need_not_be_known():
    rows = tables(row("any_day", 1, "stop"), row("day_1", 1, "delay"))
    assert unjudged(say(rows, {"any_day/1": True, "day_1/1": None})) == []
    assert unjudged(say(rows, {"any_day/1": None, "day_1/1": True})) == ["any_day/1"]


def test_an_unknown_reduction_matters_beside_another_reduction():
    rows = tables(row("any_day", 1, "reduce one level"), row("day_1", 1, "reduce 50 %"))
    assert unjudged(say(rows, {"any_day/1": None, "day_1/1": True})) == ["any_day/1"]


def test_questions_are_asked_of_the_right_time():
    hold = row("any_day", 1, "hold until rash_grade <= 1", when="rash_grade >= 3")
    counts = row("day_8", 1, "omit", when="platelets < 75")
    asked = tables(hold, counts).questions
    assert asked[Asked.WHEN] == {"any_day/1": "rash_grade >= 3", "day_8/1": "platelets < 75"}
    assert asked[Asked.BEGUN] == {"any_day/1": "rash_grade >= 3"}
    assert asked[Asked.UNTIL] == {"rash_grade <= 1": "rash_grade <= 1"}


def test_a_grade_is_the_worst_since_the_dose_before_and_after_until_that_of_the_day():
    events = (
        EventSpan(grade=4, starts=(3, 3), ends=(5, 5)),
        EventSpan(grade=2, starts=(1, 1), ends=None),
    )
    day = DoseDay(
        dose_day=8,
        day=8,
        since=1,
        value={"platelets": 80.0}.get,
        events=lambda term: events if term == "rash" else (),
        body=body_of(height_cm=None, weight_kg=None),
    )
    terms = frozenset({"rash", "fever"})
    look = {asked: day.look_up("rash_grade", asked=asked, terms=terms) for asked in Asked}
    assert look == {Asked.WHEN: 4, Asked.BEGUN: 4, Asked.UNTIL: 2}
    assert day.look_up("fever_grade", asked=Asked.WHEN, terms=terms) == 0
    assert day.look_up("platelets", asked=Asked.WHEN, terms=terms) == 80.0
    assert day.look_up("platelets", asked=Asked.BEGUN, terms=terms) is None


def test_before_the_first_dose_only_grades_of_that_day_count():
    events = (EventSpan(grade=4, starts=(3, 3), ends=(5, 5)),)
    day = DoseDay(
        dose_day=1,
        day=8,
        since=None,
        value=lambda _name: None,
        events=lambda _term: events,
        body=body_of(height_cm=None, weight_kg=None),
    )
    assert day.look_up("rash_grade", asked=Asked.WHEN, terms=frozenset({"rash"})) == 0


def test_a_daily_drug_is_decided_on_day_1_and_a_run_of_days_on_its_first():
    assert tables(days="daily").starts == (1,)
    assert tables(days=(1, 2, 3, 8, 9)).starts == (1, 8)


@pytest.mark.parametrize(("kg", "mg"), [(59.9, 8.0), (60.0, 12.0), (None, None)])
def test_exactly_60_kg_takes_the_band_that_begins_there(kg: float | None, mg: float | None):
    bands = [{"from_kg": 0, "dose": "8 mg"}, {"from_kg": 60, "dose": "12 mg"}]
    drug = Drug.model_validate({"by_weight": bands, "route": "oral", "days": "daily"})
    body = body_of(height_cm=170.0, weight_kg=kg)
    assert dose_mg(planned_dose(drug), weight_kg=body.weight_kg, bsa_m2=body.bsa_m2) == mg


@pytest.mark.parametrize(("cap", "area"), [(None, 2.5), (2.0, 2.0), (2.6, 2.5)])
def test_a_dose_counts_no_larger_surface_than_the_largest(cap: float | None, area: float):
    assert body_of(height_cm=180.0, weight_kg=125.0, cap_m2=cap).bsa_m2 == area


@pytest.mark.parametrize(
    "words",
    [
        "omit",
        "delay",
        "hold",
        "stop",
        "reduce 50 %",
        "reduce one level",
        "reduce to 65 mg/m2",
        "reduce to 4 mg every other day",
        "reduce to 800 mg/m2 on day 1",
        "hold until a <= 1 and b < 2",
        "hold until a <= 1 then reduce one level",
        "hold until case when a then b end then reduce to 65 mg/m2",
        "return to planned dose",
    ],
)
def test_an_action_is_said_again_as_it_was_written(words: str):
    rule = DoseRule.model_validate({"when": "x", "then": words})
    assert say_action(rule.then) == words
    assert DoseRule.model_validate(rule.model_dump()) == rule


@pytest.mark.parametrize(
    "words", ["4 mg", "4 mg every other day", "800 mg/m2 on days 1, 8", "stop"]
)
def test_a_level_is_said_again_as_it_was_written(words: str):
    drug = Drug.model_validate(
        {"dose": "900 mg/m2", "route": "oral", "days": "daily", "levels": [words]}
    )
    assert [str(level) for level in drug.levels] == [words]


@pytest.mark.parametrize("words", ["little", "4 mg every third day", "4 on day 1", "mg"])
def test_words_that_are_no_level_are_refused(words: str):
    with pytest.raises(ValueError, match="a level is a dose"):
        Drug.model_validate({"dose": "9 mg", "route": "oral", "days": "daily", "levels": [words]})
