"""Windows: a day belongs to one visit of a form."""

from collections.abc import Callable

import pytest

from equipoise.study.checks.problem import Whole
from equipoise.study.checks.windows import check_lengths, check_windows

Changed = Callable[..., Whole]


def overlapping(changed: Changed, *words: tuple[str, object]) -> list[str]:
    return [problem.path[-1] for problem in check_windows(changed(*words))]


def test_windows_that_touch_on_one_day_do_not_overlap(changed: Changed) -> None:
    # screening ends on day 0, the first cycle (day 3, three days either side) begins on it
    assert overlapping(changed) == []


def test_windows_of_one_series_overlap_when_wider_than_half_a_step(changed: Changed) -> None:
    window = "schedule/visits/follow_up/window"
    assert overlapping(changed, (window, "±42 d")) == []
    assert overlapping(changed, (window, "±43 d")) == ["follow_up"]


def test_visits_without_a_form_in_common_may_overlap(changed: Changed) -> None:
    assert overlapping(changed, ("schedule/visits/restaging/window", "±20 d")) == []


def test_visits_of_different_arms_may_overlap(changed: Changed) -> None:
    path = "schedule/visits/operation"
    words = [
        (f"{path}/forms", ["lesions"]),
        (f"{path}/arms", ["surgery_first"]),
        (f"{path}/at", "7 wk"),
    ]
    assert overlapping(changed, *words) == []
    assert overlapping(changed, *words[::2]) == ["restaging"]


def test_visits_on_different_clocks_are_not_compared(changed: Changed) -> None:
    words = [
        ("schedule/visits/follow_up/forms", ["lesions"]),
        ("schedule/visits/follow_up/first", "7 wk"),
    ]
    assert overlapping(changed, *words) == ["restaging"]
    assert overlapping(changed, *words, ("schedule/visits/follow_up/from", "surgery")) == []


@pytest.mark.parametrize(
    "path",
    [
        "schedule/visits/follow_up/every",
        "regimens/cf/cycle",
        "regimens/cf/drugs/cisplatin/stop_before_surgery",
        "regimens/cf/drugs/cisplatin/restart_after_surgery",
        "design/assume/control_median",
        "design/assume/accrual/over",
        "scenarios/design/follow_up_after_last",
    ],
)
def test_time_that_has_to_pass_is_above_zero(changed: Changed, path: str) -> None:
    problems = list(check_lengths(changed((path, "0 d"))))
    assert [(problem.path, problem.got) for problem in problems] == [
        (tuple(path.split("/")), "0 d")
    ]


@pytest.mark.parametrize("length", ["0 d", "-3 wk"])
def test_a_landmark_and_a_gap_are_above_zero(changed: Changed, length: str) -> None:
    dated = [{"event": "incomplete_resection", "date": f"landmark {length}"}, "died"]
    gap = {"longest_gap": length, "primary": "ignore", "sensitivity": "censor_if_two"}
    between = {"missed_visits": gap, "incomplete_resection": f"landmark {length}"}
    whole = changed(("endpoints/efs/events", dated), ("endpoints/efs/intercurrent", between))
    assert [("/".join(one.path[2:]), one.got) for one in check_lengths(whole)] == [
        ("intercurrent/missed_visits/longest_gap", length),
        ("intercurrent/incomplete_resection", length),
        ("events/0/date", length),
    ]


def test_a_lifetime_is_above_zero(changed: Changed) -> None:
    path = "scenarios/design/arms/chemo/recurrence"
    whole = changed((path, "weibull(shape 0.8, scale -3 mo)"))
    assert [problem.got for problem in check_lengths(whole)] == ["-3 mo"]
