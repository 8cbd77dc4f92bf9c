"""The parts of a boundary, each by a line of arithmetic: error due, shapes, steps of recursion."""

from math import e, inf, log, sqrt

import pytest
from scipy.special import ndtr, ndtri

from equipoise.design.group_sequential import boundaries
from equipoise.design.group_sequential.boundaries import (
    clock_of,
    spending_z,
    where_tested,
)
from equipoise.design.group_sequential.classic import (
    HaybittlePetoShape,
    OBrienFlemingShape,
    PocockShape,
    WangTsiatisShape,
    shape_z,
    solve_final_z,
)
from equipoise.design.group_sequential.drift import solve_drift
from equipoise.design.group_sequential.futility import FixedFutility
from equipoise.design.group_sequential.observed import LastLook, due_at, observed_times
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.plan_bounds import plan_bounds, unobstructed
from equipoise.design.group_sequential.recursion import (
    START,
    advance,
    bound_above,
    bound_below,
    chance_above,
    chance_below,
    looks_of,
)
from equipoise.design.group_sequential.scales import Place, Scale, z_of
from equipoise.design.group_sequential.spending import (
    CumulativeSpending,
    HwangShihDeCaniSpending,
    KimDeMetsSpending,
    OBrienFlemingSpending,
    PocockSpending,
    alpha_spent,
    error_spent,
    spent_at,
)
from equipoise.design.group_sequential.spent_bounds import Side, nowhere, solve_bounds, spend

ORACLE = {
    "asHSD-4": HwangShihDeCaniSpending(gamma=-4),
    "asHSD-2": HwangShihDeCaniSpending(gamma=-2),
    "asHSD1": HwangShihDeCaniSpending(gamma=1),
    "asKD2": KimDeMetsSpending(rho=2),
    "obrien_fleming": OBrienFlemingSpending(),
    "pocock": PocockSpending(),
}
HALVES = (0.5, 1.0)


@pytest.mark.source("program: an independent recursion: data/efficacy_boundaries.json, alpha spent")
def test_error_spent_by_six_functions(stored):
    checked = 0
    for case in stored("efficacy_boundaries.json")["boundaries"]:
        if "cumulative_alpha" not in case:
            continue
        spending = ORACLE[case["spending"]]
        found = [
            alpha_spent(spending, fraction=fraction, alpha_one_sided=0.025)
            for fraction in case["information_fractions"]
        ]
        assert found == pytest.approx(case["cumulative_alpha"], rel=1e-13)
        checked += 1
    assert checked >= 14


@pytest.mark.source("by hand: 0.1 log(1 + (e - 1) / 4), 0.1 / 4^2, 0.1 of a line from 0 to 0.4")
def test_error_spent_by_a_quarter():
    for spending, expected in (
        (PocockSpending(), 0.1 * log(1 + (e - 1) / 4)),
        (KimDeMetsSpending(rho=2), 0.1 / 16),
        (CumulativeSpending(times=(0.5, 1.0), shares=(0.4, 1.0)), 0.1 * 0.2),
        (HwangShihDeCaniSpending(gamma=0), 0.1 / 4),
    ):
        assert error_spent(spending, fraction=0.25, error=0.1) == pytest.approx(expected, rel=1e-14)


@pytest.mark.source("by hand: rho 1 spends evenly; a look without spending leaves it to the next")
def test_a_look_that_spends_nothing():
    even = KimDeMetsSpending(rho=1)
    spent = spent_at(even, times=(0.2, 0.6, 1.0), error=0.05, spends=(True, False, True))
    assert spent == pytest.approx((0.01, 0.01, 0.05), rel=1e-14)


@pytest.mark.source("by hand: information is the clock, months of 36 another; all are tested")
def test_clocks_and_tests_unless_others_are_named():
    assert clock_of(None, information_fractions=HALVES) == HALVES
    assert clock_of((1 / 3, 1.0), information_fractions=HALVES) == (1 / 3, 1.0)
    assert boundaries.tests_of(None, looks=2) == (True, True)
    assert where_tested((3.0, 2.0), tested=(False, True)) == (inf, 2.0)


@pytest.mark.source("by hand: more events than planned are all; the final look takes the rest")
def test_error_due_at_the_events_observed():
    even = KimDeMetsSpending(rho=1)
    assert observed_times(None, observed_fractions=(0.4, 1.2)) == (0.4, 1.0)
    assert observed_times((0.5, 0.75), observed_fractions=(0.4, 0.9)) == (0.5, 0.75)
    due = due_at(even, times=(0.4, 0.8), error=0.05, last=LastLook.INTERIM)
    assert due == pytest.approx((0.02, 0.04), rel=1e-14)
    due = due_at(even, times=(0.4, 0.8), error=0.05, last=LastLook.FINAL)
    assert due == pytest.approx((0.02, 0.05), rel=1e-14)


@pytest.mark.source("by hand: 2 / sqrt(1/4) = 4, 2, 2 (1/4)^-0.25 = 2 sqrt 2, and 3 before 2")
@pytest.mark.parametrize(
    ("shape", "first"),
    [
        (OBrienFlemingShape(), 4.0),
        (PocockShape(), 2.0),
        (WangTsiatisShape(delta=0.25), 2 * sqrt(2)),
        (HaybittlePetoShape(early_z=3.0), 3.0),
    ],
)
def test_shapes_that_end_at_2(shape, first):
    found = shape_z(shape, information_fractions=(0.25, 1.0), final_z=2.0)
    assert found == pytest.approx((first, 2.0), rel=1e-14)


@pytest.mark.source("by hand: an error of 0.025 ends at 1.959964, twice 0.0125 at 2.241403")
def test_the_final_bound_of_an_error_and_the_drift_of_a_power():
    single = solve_final_z(lambda z: float(ndtr(-z)), alpha_one_sided=0.025)
    assert single == pytest.approx(1.959963984540054, abs=1e-12)
    doubled = solve_final_z(lambda z: 2 * float(ndtr(-z)), alpha_one_sided=0.025)
    assert doubled == pytest.approx(2.241402727604947, abs=1e-12)  # z of 0.0125
    drift = solve_drift(lambda drift: float(ndtr(drift - 1.96)), power=0.8, near=1.0)
    assert drift == pytest.approx(1.96 + 0.8416212335729143, abs=1e-12)


@pytest.mark.source("by hand: halves of information; P(Z1 < 0, Z2 < 0) = 1/4 + asin(sqrt 1/2)/2pi")
def test_one_step_of_the_recursion_is_an_orthant():
    first, second = looks_of(HALVES, means=(0.0, 0.0))
    assert chance_above(START, first, z=1.5) == pytest.approx(ndtr(-1.5), rel=1e-13)
    assert chance_below(START, first, z=1.5) == pytest.approx(ndtr(1.5), rel=1e-13)
    going_on = advance(START, first, lower=-inf, upper=0.0)
    assert chance_below(going_on, second, z=0.0) == pytest.approx(3 / 8, abs=1e-13)
    assert chance_above(going_on, second, z=0.0) == pytest.approx(1 / 8, abs=1e-13)
    assert bound_above(going_on, second, probability=1 / 8) == pytest.approx(0.0, abs=1e-11)
    assert bound_below(going_on, second, probability=3 / 8) == pytest.approx(0.0, abs=1e-11)


@pytest.mark.source("by hand: spend half, then an eighth: both bounds are 0 at halves")
def test_bounds_that_spend_an_orthant():
    assert spending_z(HALVES, spent=(0.5, 0.625)) == pytest.approx((0.0, 0.0), abs=1e-11)
    side = Side(targets=spend((0.5, 0.625)), means=(0.0, 0.0))
    found = solve_bounds(HALVES, upper=side, lower=nowhere(2, at=-inf), upper_sees_lower=False)
    assert found.upper == pytest.approx((0.0, 0.0), abs=1e-11)
    assert found.lower == (-inf, -inf)


@pytest.mark.source("by hand: futility at 0 that does not bind; the bounds of the last look meet")
def test_bounds_of_a_plan_with_futility_that_does_not_bind():
    plan = SequentialPlan(
        information_fractions=HALVES,
        alpha_one_sided=0.025,
        power=0.9,
        efficacy=KimDeMetsSpending(rho=1),
        futility=FixedFutility(values=(0.0,)),
    )
    free = unobstructed(plan)
    assert free.z[0] == pytest.approx(float(-ndtri(0.0125)), abs=1e-11)
    bounds = plan_bounds(plan, free=free, drift=3.2, type_two_error=0.1)
    assert bounds.upper == free.z
    assert bounds.lower == (0.0, free.z[-1])


@pytest.mark.source("by hand: at t = 1/4 and a final bound of 2, half a chance is at the bound")
def test_the_z_of_an_even_chance():
    place = Place(fraction=0.25, mean=1.5, drift=3.0, final_z=2.0)
    # Z sqrt(t) is where the score is: the trend takes it to Z / sqrt(t), the plan adds 3 - 0.75.
    assert z_of(0.5, scale=Scale.TREND_POWER, place=place) == pytest.approx(2.0 * 0.5)
    assert z_of(0.5, scale=Scale.PREDICTIVE_POWER, place=place) == pytest.approx(2.0 * 0.5)
    assert z_of(0.5, scale=Scale.PLANNED_POWER, place=place) == pytest.approx(
        (2.0 - (3.0 - 0.75)) / 0.5
    )
    assert z_of(0.5, scale=Scale.EFFECT, place=place) == pytest.approx(0.75)
    assert z_of(1.1, scale=Scale.Z, place=place) == 1.1
    # One deviate above: 0.8413 = Phi(1), and what is still to come has variance 3/4.
    above = float(ndtr(1.0))
    assert z_of(above, scale=Scale.TREND_POWER, place=place) == pytest.approx(
        (2.0 + sqrt(0.75)) * 0.5
    )
    assert z_of(above, scale=Scale.PREDICTIVE_POWER, place=place) == pytest.approx(
        2.0 * 0.5 + sqrt(0.75)
    )
