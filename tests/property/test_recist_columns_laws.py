"""The column version of RECIST against the one-form version, on random histories."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from equipoise.base import BadInput
from equipoise.oncology import best_overall_response, recist_responses
from equipoise.oncology.response.best_response import AfterComplete, DatedResponse, ResponseRules
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState, Response
from equipoise.oncology.response.recist_column_types import (
    KIND_CODES,
    NO_DAY,
    NO_RESPONSE,
    STATE_CODES,
    CallColumns,
    LesionColumns,
)
from equipoise.oncology.response.recist_columns import best_columns, calls_of, recist_columns
from equipoise.oncology.response.recist_timepoints import Assessment, Regrowth

ORIGIN = dt.date(2026, 1, 1)
RESPONSES = list(Response)
TARGET_STATES = [LesionState.MEASURED] * 6 + [
    LesionState.ABSENT,
    LesionState.ABSENT,
    LesionState.TOO_SMALL,
    LesionState.NOT_EVALUATED,
    LesionState.MERGED,
]
OTHER_STATES = [LesionState.PRESENT] * 3 + [
    LesionState.ABSENT,
    LesionState.ABSENT,
    LesionState.GROWN,
    LesionState.UNEQUIVOCAL_PROGRESSION,
    LesionState.NOT_EVALUATED,
    LesionState.MEASURED,
]
NEW_STATES = [
    LesionState.EQUIVOCAL,
    LesionState.EQUIVOCAL,
    LesionState.ABSENT,
    LesionState.NOT_EVALUATED,
    LesionState.PRESENT,
    LesionState.MEASURED,
    LesionState.TOO_SMALL,
]
THERE = (LesionState.PRESENT, LesionState.GROWN, LesionState.UNEQUIVOCAL_PROGRESSION)
WITHOUT_LENGTH = (LesionState.ABSENT, LesionState.TOO_SMALL, LesionState.MERGED)
# sizes that meet the cuts at 5, 10, 15 mm, 20 % and 30 %
SIZES = [0.0, 2.1, 5.0, 7.0, 9.9, 10.0, 12.0, 14.0, 15.0, 18.0, 20.0, 24.0, 25.0, None]


def drawn_lesion(draw, number, kind, *, nodal, baseline):
    states = {
        LesionKind.TARGET: TARGET_STATES,
        LesionKind.NON_TARGET: OTHER_STATES,
        LesionKind.NEW: NEW_STATES,
    }[kind]
    state = states[draw.integers(len(states))]
    if baseline and kind is LesionKind.TARGET:
        state = LesionState.MEASURED
    size = SIZES[draw.integers(len(SIZES))]
    if state in WITHOUT_LENGTH or state is LesionState.NOT_EVALUATED or draw.random() < 0.05:
        size = None
    if state in THERE and size == 0:
        size = None
    return Lesion(name=str(number), kind=kind, nodal=nodal, state=state, diameter_mm=size)


def drawn_course(draw):
    """Return a random history: up to three targets, two non-targets, two new lesions."""
    followed = [(number, LesionKind.TARGET) for number in range(draw.integers(4))]
    followed += [(10 + number, LesionKind.NON_TARGET) for number in range(draw.integers(3))]
    nodal = {number: bool(draw.random() < 0.3) for number in (*range(3), 10, 11, 20, 21)}
    day, course = 0, []
    for visit in range(draw.integers(1, 8)):
        chosen = [one for one in followed if visit == 0 or draw.random() < 0.95]
        if visit:
            chosen += [(number, LesionKind.NEW) for number in (20, 21) if draw.random() < 0.12]
        lesions = [
            drawn_lesion(draw, number, kind, nodal=nodal[number], baseline=visit == 0)
            for number, kind in chosen
        ]
        lesions = unmerged(lesions, followed)
        draw.shuffle(lesions)
        markers = [False, False, True, None][draw.integers(4)]
        if lesions:
            date = ORIGIN + dt.timedelta(days=day)
            course.append(Assessment(date=date, lesions=tuple(lesions), markers_raised=markers))
        elif visit == 0:
            return drawn_course(draw)
        day += int(draw.integers(1, 60))
    return course


def unmerged(lesions, followed):
    """Leave one target that is not merged."""
    merged = [one for one in lesions if one.state is LesionState.MERGED]
    if len(merged) < sum(kind is LesionKind.TARGET for _, kind in followed):
        return lesions
    return [
        replace(one, state=LesionState.ABSENT) if one.state is LesionState.MERGED else one
        for one in lesions
    ]


def columns_of(courses, draw):
    rows = [
        (subject, (one.date - ORIGIN).days, int(lesion.name), lesion, one.markers_raised)
        for subject, course in enumerate(courses)
        for one in course
        for lesion in one.lesions
    ]
    rows = [rows[place] for place in draw.permutation(len(rows))]
    sizes = [row[3].diameter_mm for row in rows]
    return LesionColumns(
        subject=np.array([row[0] for row in rows]),
        day=np.array([row[1] for row in rows]),
        lesion=np.array([row[2] for row in rows]),
        kind=np.array([KIND_CODES[row[3].kind] for row in rows], np.int8),
        state=np.array([STATE_CODES[row[3].state] for row in rows], np.int8),
        nodal=np.array([row[3].nodal for row in rows]),
        diameter_mm=np.array([np.nan if size is None else size for size in sizes]),
        markers=np.array([-1 if row[4] is None else int(row[4]) for row in rows], np.int8),
    )


def number(value):
    return np.nan if value is None else float(value)


def code(response):
    return NO_RESPONSE if response is None else RESPONSES.index(response)


def day_of(date):
    return NO_DAY if date is None else (date - ORIGIN).days


@pytest.fixture(scope="module")
def courses():
    draw = np.random.default_rng(20260301)
    return [drawn_course(draw) for _ in range(8000)]


@pytest.mark.parametrize("regrowth", list(Regrowth))
def test_columns_give_what_one_form_gives_on_every_visit(courses, regrowth):
    own = courses if regrowth is Regrowth.BY_VISIT else courses[:1500]
    points = [point for one in own for point in recist_responses(one, regrowth=regrowth)]
    found = recist_columns(columns_of(own, np.random.default_rng(1)), regrowth=regrowth)
    assert found.day.tolist() == [day_of(point.date) for point in points]
    np.testing.assert_array_equal(found.sum_mm, [number(point.sum_mm) for point in points])
    np.testing.assert_array_equal(found.nadir_mm, [number(point.nadir_mm) for point in points])
    np.testing.assert_array_equal(
        found.change_from_baseline_percent,
        [number(point.change_from_baseline_percent) for point in points],
    )
    for name in ("nadir_day", "progressed_on"):
        own_name = name.replace("_day", "_date")
        expected = [day_of(getattr(point, own_name)) for point in points]
        assert getattr(found, name).tolist() == expected
    for name in ("target", "non_target", "response"):
        expected = [code(getattr(point, name)) for point in points]
        assert getattr(found, name).tolist() == expected
    assert found.new_lesion.tolist() == [point.new_lesion for point in points]


def test_columns_give_the_best_response_of_one_form(courses):
    points = [recist_responses(course) for course in courses[:2500]]
    calls = calls_of(recist_columns(columns_of(courses[:2500], np.random.default_rng(2))))
    for confirmed in (True, False):
        found = best_columns(calls, confirmed=confirmed)
        expected = [best_overall_response(own, since=ORIGIN, confirmed=confirmed) for own in points]
        assert found.response.tolist() == [code(best.response) for best in expected]
        assert found.day.tolist() == [day_of(best.date) for best in expected]
        assert found.confirmed_on.tolist() == [day_of(best.confirmed_on) for best in expected]


def drawn_calls(draw):
    """Return days, responses and days from which PD counts; some on one day, some without."""
    days = np.cumsum(draw.choice([0, 7, 14, 28, 35], draw.integers(7)))
    weights = [0.2, 0.25, 0.2, 0.05, 0.1, 0.15, 0.05]
    drawn = draw.choice([*range(len(RESPONSES)), NO_RESPONSE], days.size, p=weights)
    early = days - draw.choice([0, 0, 20, 50], days.size)
    is_pd = drawn == RESPONSES.index(Response.PD)
    return days, drawn, np.where(is_pd, np.maximum(early, 0), NO_DAY)


RULES = [
    ResponseRules(most_ne_between=ne, most_sd_between=sd, after_complete=after)
    for ne, sd in ((1, 0), (0, 1), (2, 1))
    for after in AfterComplete
]


@pytest.mark.parametrize("place", range(len(RULES)))
def test_columns_read_calls_by_every_convention_as_one_form_does(place):
    rules, draw = RULES[place], np.random.default_rng(place)
    drawn = [drawn_calls(draw) for _ in range(1200)]
    known = [own for own in drawn if own[0].size]
    since = draw.integers(-40, 20, len(known))
    until = np.where(draw.random(len(known)) < 0.5, NO_DAY, draw.integers(20, 150, len(known)))
    subject = np.repeat(np.arange(len(known)), [own[0].size for own in known])
    days, responses, progressed = (np.concatenate(column) for column in zip(*known, strict=True))
    calls = CallColumns(
        subject=subject, day=days, response=responses.astype(np.int8), progressed_on=progressed
    )
    found = best_columns(calls, confirmed=True, since=since, until=until, rules=rules)
    for one, own in enumerate(known):
        best = best_overall_response(
            [dated(*call) for call in zip(*own, strict=True) if call[1] != NO_RESPONSE],
            since=ORIGIN + dt.timedelta(days=int(since[one])),
            confirmed=True,
            until=None if until[one] == NO_DAY else ORIGIN + dt.timedelta(days=int(until[one])),
            rules=rules,
        )
        expected = code(best.response), day_of(best.date), day_of(best.confirmed_on)
        assert (found.response[one], found.day[one], found.confirmed_on[one]) == expected


def dated(day, response, progressed):
    on = None if progressed == NO_DAY else ORIGIN + dt.timedelta(days=int(progressed))
    date = ORIGIN + dt.timedelta(days=int(day))
    return DatedResponse(date=date, response=RESPONSES[response], progressed_on=on)


def few(**changes):
    """Return two rows of one subject, a target at baseline and 56 days later."""
    columns = {
        "subject": np.array([1, 1]),
        "day": np.array([0, 56]),
        "lesion": np.array([1, 1]),
        "kind": np.array([0, 0], np.int8),
        "state": np.array([0, 0], np.int8),
        "nodal": np.array([False, False]),
        "diameter_mm": np.array([30.0, 20.0]),
    }
    return LesionColumns(**(columns | changes))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"lesion": np.array([1, 2])}, "a lesion that baseline does not have is new"),
        ({"day": np.array([0, 0])}, "a lesion is there twice"),
        ({"nodal": np.array([False, True])}, "the lesion was something else at baseline"),
        ({"kind": np.array([2, 2], np.int8)}, "no lesion is new at baseline"),
        ({"kind": np.array([0, 9], np.int8)}, "no kind or state of a lesion has this code"),
        ({"state": np.array([0, 3], np.int8)}, "no state of a lesion of this kind"),
        ({"diameter_mm": np.array([30.0, -1.0])}, "no such diameter"),
        ({"diameter_mm": np.array([30.0, np.inf])}, "no such diameter"),
        ({"diameter_mm": np.array([30.0, 0.0001])}, "finer than 0.001 mm"),
        ({"state": np.array([0, 2], np.int8)}, "state and diameter contradict each other"),
        (
            {
                "kind": np.array([1, 1], np.int8),
                "state": np.array([3, 3], np.int8),
                "diameter_mm": np.array([30.0, 0.0]),
            },
            "state and diameter contradict each other",
        ),
        ({"day": np.array([0])}, "columns have one value a row"),
        ({"markers": np.array([0, 2], np.int8)}, "markers are 1"),
        (
            {
                "day": np.array([56, 56]),
                "lesion": np.array([1, 2]),
                "markers": np.array([0, 1], np.int8),
            },
            "markers of an assessment are not the same on all its rows",
        ),
        (
            {"state": np.array([0, 7], np.int8), "diameter_mm": np.array([30.0, np.nan])},
            "no target is left to hold what has merged",
        ),
        (
            {"state": np.array([7, 0], np.int8), "diameter_mm": np.array([np.nan, 30.0])},
            "no lesion is merged at baseline",
        ),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(changes, what):
    with pytest.raises(BadInput, match=what):
        recist_columns(few(**changes))


def test_a_refused_row_is_named_by_subject_day_and_lesion():
    with pytest.raises(BadInput, match="subject 1, day 56") as caught:
        recist_columns(few(diameter_mm=np.array([30.0, -1.0])))
    assert "lesion 1" in caught.value.faults[0].got


def test_no_rows_give_no_visits_and_no_subjects():
    empty = {name: getattr(few(), name)[:0] for name in few().__slots__ if name != "markers"}
    found = recist_columns(LesionColumns(**empty))
    assert found.subject.size == 0
    assert best_columns(calls_of(found), confirmed=True).subject.size == 0


def test_days_far_apart_are_ordered_all_the_same():
    wide = few(subject=np.array([2**61, -(2**61)]), lesion=np.array([1, 2**61]))
    found = recist_columns(wide)
    assert found.subject.tolist() == [-(2**61), 2**61]
