"""Every row of what clinfun, lrstat and rpact say of single-arm designs."""

from math import ceil, sqrt

import pytest

from equipoise.design.one_arm.exact_single_stage import SizeConvention, size_exact_single_stage
from equipoise.design.one_arm.gate import gate_probability
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import simon_characteristics, simon_design, size_simon


@pytest.fixture(scope="module")
def truth(stored):
    return stored("single_arm_designs.json")


def goal_of(case):
    return SingleArmGoal(
        p0=case["p0"], p1=case["p1"], alpha_one_sided=case["alpha"], power=1 - case["beta"]
    )


@pytest.mark.source("program: clinfun 1.1.5: ph2single, the five smallest designs")
def test_errors_of_every_design_that_clinfun_lists(truth):
    for case in truth["clinfun_single_stage"]:
        listed = case["designs"]
        assert len(listed) == 5
        for row in listed:
            # Going on means more than r responses.
            error = gate_probability(row["n"], responses=row["r"] + 1, rate=case["p0"])
            power = gate_probability(row["n"], responses=row["r"] + 1, rate=case["p1"])
            assert error == pytest.approx(row["type_one_error"], abs=1e-13)
            assert 1 - power == pytest.approx(row["type_two_error"], abs=1e-13)
        smallest = size_exact_single_stage(goal_of(case), convention=SizeConvention.FIRST)
        assert smallest.n == min(row["n"] for row in listed)


@pytest.mark.source("program: clinfun 1.1.5: twostage.admissible, EN(p0) and PET(p0) of each row")
def test_expected_subjects_of_admissible_designs(truth, stored):
    case = truth["clinfun_admissible"]
    table = stored("remaining_goldens_design.json")["cases"]["simon-admissible-.2-.4"]["outputs"]
    found = size_simon(goal_of(case)).admissible
    for ours, row in zip(found, table["table"], strict=True):
        design = ours.design
        assert [design.r1, design.n1, design.r, design.n] == [
            row[k] for k in ("r1", "n1", "r", "n")
        ]
        under = simon_characteristics(design, rate=0.2)
        assert under.expected_subjects == pytest.approx(row["EN(p0)"], abs=1e-11)
        assert under.early_stop_probability == pytest.approx(row["PET(p0)"], abs=1e-12)


@pytest.mark.source("program: lrstat 0.3.3: simon2stage, EN0 and PET0 of each row")
def test_expected_subjects_of_the_designs_of_lrstat(truth):
    case = truth["lrstat_admissible"]
    for row in case["designs"]:
        r1, n1, r, n = row["design"]
        design = simon_design(goal_of(case), r1=r1, n1=n1, r=r, n=n)
        under = simon_characteristics(design, rate=case["p0"])
        assert under.expected_subjects == pytest.approx(row["expected_subjects"], abs=1e-11)
        assert under.early_stop_probability == pytest.approx(row["early_stop"], abs=1e-12)


@pytest.mark.source("program: rpact 4.5: getSampleSizeRates(groups = 1), ours exact on purpose")
def test_the_bound_of_rpact_is_normal_and_ours_is_a_count(truth):
    # rpact sizes exactly, but tells the rate 0.3 + 1.96 sqrt(0.21 / 54), which 23 responses pass:
    # with an error above 0.025. Ours asks for one response more.
    case = truth["rpact_single_stage"]
    ours = size_exact_single_stage(goal_of(case), convention=SizeConvention.LASTING)
    assert case["critical_rate"] == pytest.approx(0.3 + 1.959963984540054 * sqrt(0.21 / 54))
    passed = ceil(case["critical_rate"] * ours.n)
    assert (passed, ours.r + 1) == (23, 24)
    errors = [gate_probability(ours.n, responses=count, rate=0.3) for count in (23, 24)]
    assert errors[1] < 0.025 < errors[0]


@pytest.mark.source(
    "by hand: stop after 2 with 0 responses, chance q^2, else 3 subjects, more than 1"
)
@pytest.mark.parametrize("rate", [0.1, 0.4, 0.75])
def test_a_two_stage_design_of_three_subjects(rate):
    goal = SingleArmGoal(p0=0.1, p1=0.7, alpha_one_sided=0.2, power=0.6)
    found = simon_characteristics(simon_design(goal, r1=0, n1=2, r=1, n=3), rate=rate)
    stop = (1 - rate) ** 2
    assert found.early_stop_probability == pytest.approx(stop, rel=1e-13)
    assert found.expected_subjects == pytest.approx(2 + (1 - stop), rel=1e-13)
    two_at_once, one_then_one = rate**2, 2 * rate * (1 - rate) * rate
    assert found.go_probability == pytest.approx(two_at_once + one_then_one, rel=1e-13)
