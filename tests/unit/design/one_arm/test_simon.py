from math import comb

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import simon_characteristics, simon_design, size_simon

CLEAR = {"p0": 0.1, "p1": 0.45, "alpha_one_sided": 0.1, "power": 0.8}


def goal(**changes):
    return SingleArmGoal(**{**CLEAR, **changes})


def plain_go(plan, rate):
    """Return the probability of going on by counting pairs of responses, slowly."""
    r1, n1, r, n = plan
    return sum(
        comb(n1, x) * comb(n - n1, y) * rate ** (x + y) * (1 - rate) ** (n - x - y)
        for x in range(r1 + 1, n1 + 1)
        for y in range(n - n1 + 1)
        if x + y > r
    )


def plain_expected(plan, rate):
    r1, n1, _, n = plan
    stop = sum(comb(n1, x) * rate**x * (1 - rate) ** (n1 - x) for x in range(r1 + 1))
    return n1 + (n - n1) * (1 - stop)


def plain_designs(asked, largest):
    """Return every design up to a size that keeps the limits: the slow twin of the search."""
    return [
        (r1, n1, r, n)
        for n in range(2, largest + 1)
        for n1 in range(1, n)
        for r1 in range(n1)
        for r in range(r1, n)
        if plain_go((r1, n1, r, n), asked.p0) <= asked.alpha_one_sided
        and plain_go((r1, n1, r, n), asked.p1) >= asked.power
    ]


@pytest.mark.parametrize(
    "asked", [goal(), goal(p0=0.4, p1=0.85), goal(p1=0.5, alpha_one_sided=0.05)]
)
def test_the_search_finds_what_counting_every_design_finds(asked):
    found = size_simon(asked)
    assert found.proven
    designs = plain_designs(asked, 15)
    expected = {plan: plain_expected(plan, asked.p0) for plan in designs}
    smallest = min(n for *_, n in designs)
    least = min(expected[plan] for plan in designs if plan[3] == smallest)
    assert found.minimax.n == smallest
    assert found.minimax.under_p0.expected_subjects == pytest.approx(least, abs=1e-12)
    assert found.optimal.n <= 15
    assert found.optimal.under_p0.expected_subjects == pytest.approx(
        min(expected.values()), abs=1e-12
    )


def test_a_limit_that_cuts_the_search_is_told():
    cut = size_simon(goal(p1=0.3, alpha_one_sided=0.05), n_limit=26)
    whole = size_simon(goal(p1=0.3, alpha_one_sided=0.05))
    assert not cut.proven
    assert whole.proven
    assert cut.optimal.n <= 26 < whole.optimal.n
    assert cut.minimax == whole.minimax


def test_rates_close_together_are_searched_beyond_the_first_reach():
    found = size_simon(goal(p0=0.3, p1=0.4, alpha_one_sided=0.05))
    assert found.proven
    assert found.optimal.n > 128
    assert found.optimal.type_one_error <= 0.05
    assert found.optimal.attained_power >= 0.8


def test_a_power_that_one_subject_meets_exactly_is_no_trap():
    found = size_simon(goal(p0=0.7, p1=0.9, alpha_one_sided=0.1, power=0.9))
    assert str(found.optimal) == "6/9 22/28"
    assert str(found.minimax) == "11/16 20/25"


def test_no_design_within_the_limit_is_an_error():
    with pytest.raises(BadInput, match="n_limit=10"):
        size_simon(goal(p1=0.2), n_limit=10)


@pytest.mark.parametrize("n_limit", [1, 0, -5, 50.0])
def test_a_limit_that_is_no_number_of_subjects_is_refused(n_limit):
    with pytest.raises(BadInput, match="n_limit"):
        size_simon(goal(), n_limit=n_limit)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"p0": 0.5, "p1": 0.5}, "p0, p1"),
        ({"p0": 0.6, "p1": 0.5}, "p0, p1"),
        ({"p0": 0.0}, "p0"),
        ({"p1": 1.0}, "p1"),
        ({"p0": float("nan")}, "p0"),
        ({"alpha_one_sided": 0.5}, "alpha_one_sided"),
        ({"alpha_one_sided": 0.0}, "alpha_one_sided"),
        ({"power": 1.0}, "power"),
        ({"power": 0.2}, "power"),
    ],
)
def test_a_goal_that_cannot_be_meant_is_refused(changes, where):
    with pytest.raises(BadInput) as caught:
        goal(**changes)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_all_that_is_wrong_with_a_goal_is_told_at_once():
    with pytest.raises(BadInput) as caught:
        SingleArmGoal(p0=-1, p1=2, alpha_one_sided=5, power=80)
    assert [fault.where for fault in caught.value.faults] == [
        "p0",
        "p1",
        "alpha_one_sided",
        "power",
    ]


@pytest.mark.parametrize("plan", [(-1, 5, 3, 9), (5, 5, 6, 9), (1, 9, 3, 9), (3, 5, 2, 9)])
def test_numbers_that_are_no_two_stages_are_refused(plan):
    r1, n1, r, n = plan
    with pytest.raises(BadInput, match="two stages"):
        simon_design(goal(), r1=r1, n1=n1, r=r, n=n)


def test_at_a_rate_of_0_every_trial_stops_and_at_1_every_trial_goes_on():
    design = simon_design(goal(), r1=1, n1=10, r=5, n=29)
    never, always = (simon_characteristics(design, rate=rate) for rate in (0.0, 1.0))
    assert (never.go_probability, never.expected_subjects) == (0.0, 10.0)
    assert (always.go_probability, always.expected_subjects) == (1.0, 29.0)
    with pytest.raises(BadInput, match="rate"):
        simon_characteristics(design, rate=1.1)
