import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import simon_design
from equipoise.design.one_arm.simon_inference import SimonStage, simon_inference

GOAL = SingleArmGoal(p0=0.1, p1=0.3, alpha_one_sided=0.05, power=0.8)
DESIGN = simon_design(GOAL, r1=1, n1=10, r=5, n=29)


def test_after_a_stop_the_estimate_is_the_share_of_the_first_stage():
    stopped = simon_inference(DESIGN, stage=SimonStage.FIRST, responses=1)
    assert stopped.estimate == stopped.share == 0.1
    assert stopped.subjects == 10
    assert stopped.p_value == pytest.approx(1 - 0.9**10, abs=1e-14)


def test_no_response_has_a_lower_end_of_0_and_every_response_an_upper_end_of_1():
    none = simon_inference(DESIGN, stage=SimonStage.FIRST, responses=0)
    every = simon_inference(DESIGN, stage=SimonStage.SECOND, responses=29)
    assert none.lower == 0.0
    assert none.upper == pytest.approx(1 - 0.05**0.1, abs=1e-12)
    assert every.upper == 1.0
    assert every.lower == pytest.approx(0.05 ** (1 / 29), abs=1e-12)


def test_the_smallest_result_that_goes_on_has_the_type_one_error_as_p_value():
    ended = simon_inference(DESIGN, stage=SimonStage.SECOND, responses=DESIGN.r + 1)
    assert ended.p_value == pytest.approx(DESIGN.type_one_error, abs=1e-15)


def test_a_higher_confidence_gives_a_wider_interval():
    narrow, wide = (
        simon_inference(DESIGN, stage=SimonStage.SECOND, responses=7, confidence=level)
        for level in (0.8, 0.95)
    )
    assert wide.lower < narrow.lower < narrow.estimate < narrow.upper < wide.upper


@pytest.mark.parametrize(
    ("stage", "responses"),
    [
        (SimonStage.FIRST, 2),
        (SimonStage.FIRST, -1),
        (SimonStage.SECOND, 1),
        (SimonStage.SECOND, 30),
        (SimonStage.SECOND, 6.0),
    ],
)
def test_responses_with_which_no_trial_ends_there_are_refused(stage, responses):
    with pytest.raises(BadInput, match="responses"):
        simon_inference(DESIGN, stage=stage, responses=responses)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, float("nan")])
def test_a_level_outside_0_and_1_is_refused(confidence):
    with pytest.raises(BadInput, match="confidence"):
        simon_inference(DESIGN, stage=SimonStage.SECOND, responses=6, confidence=confidence)
