from itertools import accumulate
from math import sqrt

import pytest
from scipy.integrate import quad
from scipy.stats import norm

from equipoise.design.group_sequential.boundaries import (
    classic_boundary,
    crossing_probabilities,
    efficacy_boundary,
)
from equipoise.design.group_sequential.classic import (
    HaybittlePetoShape,
    OBrienFlemingShape,
    PocockShape,
    WangTsiatisShape,
)
from equipoise.design.group_sequential.optimal import Criterion, optimal_wang_tsiatis
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import size_group_sequential
from equipoise.design.group_sequential.spending import (
    CumulativeSpending,
    HwangShihDeCaniSpending,
    KimDeMetsSpending,
    OBrienFlemingSpending,
    PocockSpending,
)
from equipoise.design.group_sequential.two_sided import (
    Tail,
    classic_two_sided_boundary,
    two_sided_boundary,
)

PACKAGES = "program: rpact 4.5, gsDesign 3.11, lrstat 0.3.3: data/group_sequential.json"
ORACLE = {
    "asHSD-4": HwangShihDeCaniSpending(gamma=-4),
    "asHSD-2": HwangShihDeCaniSpending(gamma=-2),
    "asHSD1": HwangShihDeCaniSpending(gamma=1),
    "asKD2": KimDeMetsSpending(rho=2),
    "obrien_fleming": OBrienFlemingSpending(),
    "pocock": PocockSpending(),
    "OF": OBrienFlemingShape(),
    "P": PocockShape(),
    "WT0.1": WangTsiatisShape(delta=0.1),
    "WT0.25": WangTsiatisShape(delta=0.25),
    "WT0.4": WangTsiatisShape(delta=0.4),
}
SHAPES = (OBrienFlemingShape, PocockShape, WangTsiatisShape, HaybittlePetoShape)


KINDS = {
    "obrien_fleming": lambda _: OBrienFlemingSpending(),
    "pocock": lambda _: PocockSpending(),
    "hwang_shih_decani": lambda case: HwangShihDeCaniSpending(gamma=case["parameter"]),
    "kim_demets": lambda case: KimDeMetsSpending(rho=case["parameter"]),
    "obrien_fleming_shape": lambda _: OBrienFlemingShape(),
    "pocock_shape": lambda _: PocockShape(),
    "wang_tsiatis": lambda case: WangTsiatisShape(delta=case["parameter"]),
    "optimal_wang_tsiatis": lambda case: WangTsiatisShape(delta=case["delta"]),
    "cumulative": lambda case: CumulativeSpending(
        times=tuple(case["information_fractions"]),
        shares=tuple(spent / case["parameter"][-1] for spent in case["parameter"]),
    ),
}


def rule_of(case):
    """Return the spending function or shape that a stored case names."""
    return KINDS[case["kind"]](case)


def boundary_by(rule, fractions, alpha=0.025):
    if isinstance(rule, SHAPES):
        return classic_boundary(fractions, alpha_one_sided=alpha, shape=rule)
    return efficacy_boundary(fractions, alpha_one_sided=alpha, spending=rule)


def fractions_of(case):
    """Return the looks; equal thirds were stored with 15 digits and may not end at 1."""
    return (*case["information_fractions"][:-1], 1.0)


@pytest.mark.source(
    "program: an independent recursion, accurate to 3e-14: data/efficacy_boundaries.json"
)
def test_all_spending_functions_and_shapes_agree_to_1e_12(stored):
    for truth in stored("efficacy_boundaries.json")["boundaries"]:
        boundary = boundary_by(ORACLE[truth["spending"]], fractions_of(truth))
        assert boundary.z == pytest.approx(truth["z"], abs=1e-12, rel=0)
        if "cumulative_alpha" in truth:
            assert boundary.cumulative_alpha == pytest.approx(truth["cumulative_alpha"], rel=1e-12)


@pytest.mark.source(PACKAGES)
def test_boundaries_of_three_packages(stored):
    cases = stored("group_sequential.json")["boundaries"]
    assert len(cases) == 50
    for truth in cases:
        boundary = boundary_by(rule_of(truth), fractions_of(truth), truth["alpha_one_sided"])
        assert boundary.z == pytest.approx(truth["z"], abs=5e-6, rel=0), truth["call"]
        if "cumulative_alpha" in truth:
            # rpact spends 1e-8 less than all of alpha.
            assert boundary.cumulative_alpha == pytest.approx(
                truth["cumulative_alpha"], abs=2e-8
            ), truth["call"]
            assert boundary.nominal_p == pytest.approx(truth["nominal_p"], abs=2e-8)


@pytest.mark.source("program: gsDesign 3.11: gsDesign(test.type = 1), n.I, en, upper$prob")
def test_size_and_stopping_of_one_sided_designs(stored):
    checked = 0
    for truth in stored("group_sequential.json")["boundaries"]:
        if "inflation_factor" not in truth:
            continue
        design = size_group_sequential(
            SequentialPlan(
                information_fractions=fractions_of(truth),
                alpha_one_sided=truth["alpha_one_sided"],
                power=truth["power"],
                efficacy=rule_of(truth),
            )
        )
        # gsDesign finds its bounds and sizes to a tolerance of 1e-6.
        assert design.inflation_factor == pytest.approx(truth["inflation_factor"], abs=2e-6)
        assert design.cumulative_power == pytest.approx(
            list(accumulate(truth["stops_planned"])), abs=2e-6
        )
        means = (design.expected_information.null, design.expected_information.planned)
        assert [mean * design.inflation_factor for mean in means] == pytest.approx(
            truth["expected_information"], abs=5e-6
        )
        checked += 1
    assert checked > 8


@pytest.mark.source("program: rpact 4.5: typeOfDesign WToptimum, criterion ASNH1, delta 0.389")
def test_optimal_wang_tsiatis_shape():
    thirds = (1 / 3, 2 / 3, 1.0)
    shape = optimal_wang_tsiatis(
        thirds, alpha_one_sided=0.025, power=0.8, criterion=Criterion.PLANNED
    )
    assert round(shape.delta, 3) == 0.389
    balanced = optimal_wang_tsiatis(
        thirds, alpha_one_sided=0.025, power=0.8, criterion=Criterion.BALANCED
    )
    assert 0 < balanced.delta < shape.delta  # an early stop is no use without an effect


@pytest.mark.source("paper: Jennison and Turnbull 2000, tables 2.1 and 2.3: two-sided 0.05")
@pytest.mark.parametrize(
    ("looks", "pocock", "obrien_fleming"),
    [(2, 2.178, 1.977), (3, 2.289, 2.004), (5, 2.413, 2.040), (10, 2.555, 2.087)],
)
def test_two_sided_classic_constants(looks, pocock, obrien_fleming):
    fractions = tuple((look + 1) / looks for look in range(looks))
    for shape, constant in ((PocockShape(), pocock), (OBrienFlemingShape(), obrien_fleming)):
        found = classic_two_sided_boundary(fractions, alpha_two_sided=0.05, shape=shape)
        assert found.bounds.upper[-1] == pytest.approx(constant, abs=5e-4)


@pytest.mark.source("paper: Jennison and Turnbull 2000, table 2.9: Wang-Tsiatis 0.25, five looks")
def test_two_sided_wang_tsiatis_constant():
    fractions = (0.2, 0.4, 0.6, 0.8, 1.0)
    shape = WangTsiatisShape(delta=0.25)
    found = classic_two_sided_boundary(fractions, alpha_two_sided=0.05, shape=shape)
    assert found.bounds.upper[-1] == pytest.approx(2.136, abs=5e-4)


@pytest.mark.source("by hand: bounds of 3, then what solves P(Z1 < 3, Z2 < c) = 0.975 by bisection")
def test_haybittle_peto_takes_the_rest_at_the_last_look():
    boundary = classic_boundary((0.5, 1.0), alpha_one_sided=0.025, shape=HaybittlePetoShape())
    assert boundary.z[0] == 3
    low, high = 1.9, 2.1
    for _ in range(60):
        middle = (low + high) / 2
        crossed = sum(both_looks(3.0, middle))
        low, high = (middle, high) if crossed > 0.025 else (low, middle)
    assert boundary.z[1] == pytest.approx(low, abs=1e-9)


def both_looks(first, second):
    """Return the crossing probabilities of two equal looks by a fine sum over the first score."""

    later = quad(lambda z: norm.pdf(z) * norm.sf((second - z * sqrt(0.5)) / sqrt(0.5)), -12, first)[
        0
    ]
    return norm.sf(first), later


@pytest.mark.source("by hand: a skipped look is as if it were not planned")
@pytest.mark.parametrize("rule", [HwangShihDeCaniSpending(gamma=-4), KimDeMetsSpending(rho=2)])
def test_a_look_without_a_test_is_as_none(rule):
    skipping = efficacy_boundary(
        (0.3, 0.6, 1.0), alpha_one_sided=0.025, spending=rule, tested=(False, True, True)
    )
    without = efficacy_boundary((0.6, 1.0), alpha_one_sided=0.025, spending=rule)
    assert skipping.z[1:] == pytest.approx(without.z, abs=1e-12)
    assert skipping.cumulative_alpha == pytest.approx((0, *without.cumulative_alpha), rel=1e-12)
    assert crossing_probabilities(skipping, drift=3.0)[0] == 0


@pytest.mark.source("by hand: at halves of a clock the power family spends a quarter")
def test_another_clock_spends_by_its_own_time():
    boundary = efficacy_boundary(
        (0.7, 1.0),
        alpha_one_sided=0.025,
        spending=KimDeMetsSpending(rho=2),
        spending_times=(0.5, 1.0),
    )
    assert boundary.cumulative_alpha == pytest.approx((0.025 / 4, 0.025), rel=1e-13)
    assert boundary.z[0] == pytest.approx(2.497705474412373, abs=1e-12)  # z of 0.00625
    assert sum(crossing_probabilities(boundary, drift=0.0)) == pytest.approx(0.025, rel=1e-12)


@pytest.mark.source("by hand: sides far apart do not see each other, so each is one-sided")
def test_a_two_sided_boundary_is_two_one_sided_ones():
    fractions = (0.5, 0.75, 1.0)
    up = Tail(alpha_one_sided=0.025, spending=HwangShihDeCaniSpending(gamma=-4))
    down = Tail(alpha_one_sided=0.01, spending=PocockSpending())
    found = two_sided_boundary(fractions, upper=up, lower=down)
    assert found.cumulative_alpha_upper[-1] == pytest.approx(0.025, rel=1e-12)
    assert found.cumulative_alpha_lower[-1] == pytest.approx(0.01, rel=1e-12)
    upper = efficacy_boundary(fractions, alpha_one_sided=0.025, spending=up.spending)
    lower = efficacy_boundary(fractions, alpha_one_sided=0.01, spending=down.spending)
    # Crossing both sides of one trial has a chance of the order 1e-6.
    assert found.bounds.upper == pytest.approx(upper.z, abs=1e-4)
    assert [-z for z in found.bounds.lower] == pytest.approx(lower.z, abs=1e-4)
    assert found.bounds.upper[0] == pytest.approx(upper.z[0], abs=1e-13)
