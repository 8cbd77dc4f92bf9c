"""The worst grade of an adverse event in a run of days."""

from __future__ import annotations

import pytest

from equipoise.oncology.dosing.event_grades import EventSpan, worst_begun, worst_grade


def event(grade: int | None, start: int, end: int | None) -> EventSpan:
    ends = None if end is None else (end, end)
    return EventSpan(grade=grade, starts=(start, start), ends=ends)


def test_a_subject_without_the_event_has_grade_0():
    assert worst_grade([], first=1, last=9) == 0


@pytest.mark.parametrize(
    ("first", "last", "grade"),
    [(1, 4, 0), (1, 5, 3), (5, 5, 3), (7, 7, 3), (8, 8, 0), (1, 99, 3)],
)
def test_an_event_counts_from_its_first_to_its_last_day(first: int, last: int, grade: int):
    assert worst_grade([event(3, 5, 7)], first=first, last=last) == grade


def test_an_event_without_end_lasts():
    assert worst_grade([event(2, 5, None)], first=90, last=90) == 2


def test_the_worst_of_several_events_counts():
    events = [event(1, 1, 9), event(4, 2, 3), event(2, 1, None)]
    assert [worst_grade(events, first=day, last=day) for day in (1, 2, 4)] == [2, 4, 2]


def test_an_end_that_is_known_to_the_month_leaves_the_grade_open_within_it():
    vague = EventSpan(grade=3, starts=(5, 5), ends=(10, 20))
    found = [worst_grade([vague], first=day, last=day) for day in (9, 10, 11, 20, 21)]
    assert found == [3, 3, None, None, 0]
    assert worst_grade([vague, event(3, 1, None)], first=15, last=15) == 3


def test_a_grade_that_nobody_recorded_leaves_the_worst_open():
    assert worst_grade([event(None, 1, 9), event(2, 1, 9)], first=1, last=1) is None
    assert worst_grade([event(None, 1, 9)], first=10, last=10) == 0


def test_only_events_that_begin_in_the_run_are_new():
    events = [event(3, 1, None), event(2, 5, None)]
    assert [worst_begun(events, first=first, last=6) for first in (1, 2, 6)] == [3, 2, 0]
