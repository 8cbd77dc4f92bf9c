import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import simon_design
from equipoise.design.one_arm.simon_interim import simon_conditional_power

GOAL = SingleArmGoal(p0=0.1, p1=0.3, alpha_one_sided=0.05, power=0.8)
DESIGN = simon_design(GOAL, r1=1, n1=10, r=5, n=29)


def test_a_trial_that_stops_has_no_power_left():
    assert simon_conditional_power(DESIGN, responses=1, rate=0.9) == 0


def test_enough_responses_in_the_first_stage_are_certain():
    assert simon_conditional_power(DESIGN, responses=6, rate=0.0) == 1


@pytest.mark.parametrize("responses", [-1, 11, 2.5])
def test_responses_are_those_of_the_first_stage(responses):
    with pytest.raises(BadInput, match="from 0 to 10 responses"):
        simon_conditional_power(DESIGN, responses=responses, rate=0.3)


@pytest.mark.parametrize("rate", [-0.1, 1.5, float("nan")])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(BadInput, match="rate"):
        simon_conditional_power(DESIGN, responses=3, rate=rate)
