from math import comb

import pytest

from equipoise.design.one_arm.exact_single_stage import SizeConvention, size_exact_single_stage
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import simon_design, size_simon
from equipoise.design.one_arm.simon_inference import SimonStage, simon_inference
from equipoise.design.one_arm.toxicity_boundary import (
    ConstantTail,
    PosteriorCertainty,
    ToxicityBoundary,
    toxicity_boundary,
    toxicity_characteristics,
)


def goal_of(case):
    power = case["power"] if "power" in case else 1 - case["beta"]
    return SingleArmGoal(p0=case["p0"], p1=case["p1"], alpha_one_sided=case["alpha"], power=power)


def plan_of(design):
    return [design.r1, design.n1, design.r, design.n]


@pytest.fixture(scope="module")
def truth(stored):
    return stored("single_arm_designs.json")


@pytest.mark.source("paper: Simon 1989, doi:10.1016/0197-2456(89)90015-9, table 1")
def test_designs_of_simons_table(truth):
    for case in truth["simon_1989"]:
        found = size_simon(goal_of(case))
        assert plan_of(found.optimal) == case["optimal"]
        if "minimax" in case:
            assert plan_of(found.minimax) == case["minimax"]


@pytest.mark.source("program: clinfun 1.1.5: ph2simon")
def test_optimal_and_minimax_designs(truth):
    assert len(truth["clinfun_simon"]) >= 12
    for case in truth["clinfun_simon"]:
        found = size_simon(goal_of(case))
        assert found.proven
        for name, ours in (("optimal", found.optimal), ("minimax", found.minimax)):
            theirs = case[name]
            assert plan_of(ours) == theirs["design"], case
            assert ours.under_p0.expected_subjects == pytest.approx(
                theirs["expected_subjects"], abs=1e-11
            )
            assert ours.under_p0.early_stop_probability == pytest.approx(
                theirs["early_stop"], abs=1e-12
            )


@pytest.mark.source("program: clinfun 1.1.5: twostage.admissible, weights on a grid of 0.001")
def test_admissible_designs_of_clinfun(truth):
    case = truth["clinfun_admissible"]
    found = size_simon(goal_of(case)).admissible
    assert [plan_of(one.design) for one in found] == [row["design"] for row in case["designs"]]
    for ours, theirs in zip(found, case["designs"], strict=True):
        assert [ours.weight_low, ours.weight_high] == pytest.approx(theirs["q"], abs=1e-3)


@pytest.mark.source("program: lrstat 0.3.3: simon2stage")
def test_admissible_designs_of_lrstat(truth):
    case = truth["lrstat_admissible"]
    found = size_simon(goal_of(case)).admissible
    assert [plan_of(one.design) for one in found] == [row["design"] for row in case["designs"]]
    for ours, theirs in zip(found, case["designs"], strict=True):
        assert [ours.weight_low, ours.weight_high] == pytest.approx(theirs["q"], abs=1e-11)
        assert ours.design.type_one_error == pytest.approx(theirs["type_one_error"], abs=1e-12)
        assert ours.design.attained_power == pytest.approx(theirs["power"], abs=1e-12)


@pytest.mark.source("program: clinfun 1.1.5: twostage.inference; limits on a grid of 0.0001")
def test_inference_after_the_second_stage(truth):
    case = truth["clinfun_inference"]
    goal = SingleArmGoal(p0=case["p0"], p1=0.4, alpha_one_sided=0.05, power=0.8)
    r1, n1, r, n = case["design"]
    design = simon_design(goal, r1=r1, n1=n1, r=r, n=n)
    ours = simon_inference(design, stage=SimonStage.SECOND, responses=case["responses"])
    fewer = simon_inference(design, stage=SimonStage.SECOND, responses=case["responses"] - 1)
    assert ours.estimate == pytest.approx(case["umvue"], abs=1e-14)
    assert ours.p_value == pytest.approx(case["p_value"], abs=1e-12)
    assert ours.lower == pytest.approx(case["lower"], abs=case["grid"])
    assert fewer.upper == pytest.approx(case["upper_without_the_result"], abs=case["grid"])


@pytest.mark.source("by hand: 1/2 2/4 with 2 responses; both came in the first stage")
def test_unbiased_estimate_by_hand():
    goal = SingleArmGoal(p0=0.2, p1=0.6, alpha_one_sided=0.2, power=0.5)
    design = simon_design(goal, r1=1, n1=2, r=2, n=4)
    assert simon_inference(design, stage=SimonStage.SECOND, responses=2).estimate == 1.0
    ended = simon_inference(design, stage=SimonStage.SECOND, responses=3)
    assert ended.p_value == pytest.approx(0.2**2 * (1 - 0.8**2), abs=1e-15)


@pytest.mark.source("program: clinfun 1.1.5: ph2single, the smallest n that keeps the error rates")
def test_first_single_stage(truth):
    for case in truth["clinfun_single_stage"]:
        ours = size_exact_single_stage(goal_of(case), convention=SizeConvention.FIRST)
        theirs = case["designs"][0]
        assert (ours.n, ours.r) == (theirs["n"], theirs["r"])
        assert ours.type_one_error == pytest.approx(theirs["type_one_error"], abs=1e-13)
        assert 1 - ours.attained_power == pytest.approx(theirs["type_two_error"], abs=1e-13)


@pytest.mark.source(
    "program: rpact 4.5: getSampleSizeRates, from which n on power never falls below"
)
def test_lasting_single_stage(truth):
    case = truth["rpact_single_stage"]
    ours = size_exact_single_stage(goal_of(case), convention=SizeConvention.LASTING)
    assert ours.n == case["n"]


@pytest.mark.source("program: clinfun 1.1.5: toxbdry; it stops above its boundary, not at it")
def test_what_toxicity_boundaries_do(truth):
    case = truth["clinfun_toxicity"]
    rule = ConstantTail(error=case["error"])
    for first, name in ((1, "low"), (4, "high")):
        boundary = ToxicityBoundary(
            looks=tuple(case["looks"]),
            stop_at=tuple(count + 1 for count in case["stops_above"][name]),
            acceptable_rate=case["acceptable_rate"],
            rule=rule,
        )
        for row in case["rows"]:
            ours = toxicity_characteristics(boundary, rate=row[0])
            got = [ours.stop_probability, ours.early_stop_probability, ours.expected_subjects]
            assert got == pytest.approx(row[first : first + 3], abs=1e-10)


@pytest.mark.source(
    "program: clinfun 1.1.5: toxbdry with delta = 0 (Pocock), the boundary within the error"
)
def test_pococks_toxicity_boundary(truth):
    case = truth["clinfun_toxicity"]
    boundary = toxicity_boundary(
        tuple(case["looks"]),
        acceptable_rate=case["acceptable_rate"],
        rule=ConstantTail(error=case["error"]),
    )
    assert [count - 1 for count in boundary.stop_at] == case["stops_above"]["high"]


@pytest.mark.source("by hand: with a flat prior P(p > t | x of n) = P(Bin(n + 1, t) <= x)")
def test_posterior_boundary_by_counting():
    looks, limit, certainty = (3, 6, 12), 0.25, 0.9
    boundary = toxicity_boundary(
        looks,
        acceptable_rate=limit,
        rule=PosteriorCertainty(certainty=certainty, prior_with=1.0, prior_without=1.0),
    )
    for n, count in zip(looks, boundary.stop_at, strict=True):
        sure = [
            sum(comb(n + 1, k) * limit**k * (1 - limit) ** (n + 1 - k) for k in range(x + 1))
            for x in range(n + 1)
        ]
        assert sure[count] >= certainty > sure[count - 1]
