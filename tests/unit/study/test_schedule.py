"""Occurrences of visits: when each is planned, and which visit a name belongs to."""

import pytest

from equipoise.study.schedule import Schedule, Visit, occurrences, visit_of, visits_before_start


def visit(**words: object) -> Visit:
    said = {"epoch": "trial", "from": "entry", "forms": ["page"], **words}
    return Visit.model_validate(said)


def test_a_series_starts_one_step_after_its_clock() -> None:
    series = visit(every="3 wk", times=3)
    assert occurrences("cycle", series) == (("cycle_1", 21), ("cycle_2", 42), ("cycle_3", 63))


def test_a_series_may_start_elsewhere() -> None:
    series = visit(first="7 d", every="21 d", times=2)
    assert occurrences("cycle", series) == (("cycle_1", 7), ("cycle_2", 28))


@pytest.mark.parametrize(("until", "count"), [("36 wk", 3), ("37 wk", 3), ("35 wk", 2)])
def test_a_series_runs_until_a_day_and_on_it(until: str, count: int) -> None:
    assert len(occurrences("follow_up", visit(every="12 wk", until=until))) == count


def test_a_series_that_ends_before_it_starts_is_empty() -> None:
    assert occurrences("late", visit(first="4 y", every="12 wk", until="3 y")) == ()


def test_a_single_visit_is_planned_on_the_end_of_its_span_nearest_the_clock() -> None:
    assert occurrences("screening", visit(at="-28 d .. 0 d")) == (("screening", 0),)
    assert occurrences("biopsy", visit(at="1 d .. 6 d")) == (("biopsy", 1),)


def test_a_visit_with_a_day_for_each_arm_is_planned_on_the_earliest() -> None:
    assert occurrences("surgery", visit(at={"a": "13 wk", "b": "2 wk"})) == (("surgery", 14),)


def test_a_visit_of_any_time_has_no_planned_day() -> None:
    at_any_time = Visit(epoch="trial", forms=("page",))
    assert at_any_time.any_time
    assert occurrences("any_time", at_any_time) == ()


@pytest.mark.parametrize(
    ("occurrence", "name"),
    [
        ("screening", "screening"),
        ("cycle_2", "cycle"),
        ("day_30", "day_30"),
        ("week_2_1", "week_2"),
    ],
)
def test_an_occurrence_belongs_to_its_visit(occurrence: str, name: str) -> None:
    visits = {
        "screening": visit(at="0 d"),
        "cycle": visit(every="3 wk", times=2),
        "day_30": visit(at="30 d"),
        "week_2": visit(every="2 wk", times=2),
    }
    schedule = Schedule(clocks={"entry": "registration_date"}, epochs={"trial": "T"}, visits=visits)
    assert visit_of(schedule, occurrence) == (name, visits[name])


@pytest.mark.parametrize("occurrence", ["screening_2", "unknown", "cycle_", "cycle_x"])
def test_a_name_of_no_occurrence_belongs_to_no_visit(occurrence: str) -> None:
    visits = {"screening": visit(at="0 d"), "cycle": visit(every="3 wk", times=2)}
    schedule = Schedule(clocks={"entry": "registration_date"}, epochs={"trial": "T"}, visits=visits)
    assert visit_of(schedule, occurrence) is None


def test_visits_before_the_start_end_on_it_and_count_from_it() -> None:
    visits = {
        "screening": visit(at="-28 d .. 0 d"),
        "biopsy": visit(at="0 d .. 6 d"),
        "mixed": visit(at={"a": "-7 d", "b": "7 d"}),
        "cycle": visit(every="3 wk", times=2),
        "any_time": Visit(epoch="trial", forms=("page",)),
    }
    clocks = {"entry": "registration_date", "surgery": "surgery_date"}
    schedule = Schedule(clocks=clocks, epochs={"trial": "T"}, visits=visits)
    assert visits_before_start(schedule) == ("screening",)
    other = Schedule(clocks={"entry": "surgery_date"}, epochs={"trial": "T"}, visits=visits)
    assert visits_before_start(other) == ()


@pytest.mark.parametrize("at", ["-28 d .. 0 d", {"a": "13 wk", "b": "2 wk"}])
def test_a_visit_says_its_day_as_it_was_written(at: object) -> None:
    assert visit(at=at).model_dump(mode="json")["at"] == at
