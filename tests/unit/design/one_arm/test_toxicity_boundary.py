import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.toxicity_boundary import (
    ConstantTail,
    PosteriorCertainty,
    toxicity_boundary,
    toxicity_characteristics,
)

LOOKS = (5, 10, 20)
TAIL = ConstantTail(error=0.1)
FLAT = PosteriorCertainty(certainty=0.9, prior_with=1.0, prior_without=1.0)


def test_no_count_stops_where_even_events_in_all_subjects_are_not_rare_enough():
    boundary = toxicity_boundary((1, 2, 10), acceptable_rate=0.3, rule=ConstantTail(error=0.05))
    assert boundary.stop_at[:2] == (None, None)
    assert boundary.stop_at[2] is not None


def test_an_error_below_every_tail_never_stops():
    boundary = toxicity_boundary((2, 3), acceptable_rate=0.5, rule=ConstantTail(error=0.01))
    assert boundary.stop_at == (None, None)
    course = toxicity_characteristics(boundary, rate=0.9)
    assert course.stop_probability == 0.0
    assert course.expected_subjects == 3


def test_a_heavier_prior_of_no_events_stops_later():
    heavy = PosteriorCertainty(certainty=0.9, prior_with=1.0, prior_without=9.0)
    early, late = (
        toxicity_boundary(LOOKS, acceptable_rate=0.2, rule=rule).stop_at for rule in (FLAT, heavy)
    )
    assert all(soon < later for soon, later in zip(early, late, strict=True))


def test_a_prior_that_stops_without_any_event_is_refused():
    sure = PosteriorCertainty(certainty=0.5, prior_with=2.0, prior_without=1.0)
    with pytest.raises(BadInput, match="prior alone"):
        toxicity_boundary((1, 2), acceptable_rate=0.5, rule=sure)


@pytest.mark.parametrize("looks", [(), (0, 5), (5, 5), (10, 5), (5.0, 10.0)])
def test_looks_that_do_not_rise_are_refused(looks):
    with pytest.raises(BadInput, match="looks"):
        toxicity_boundary(looks, acceptable_rate=0.2, rule=TAIL)


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        (ConstantTail(error=0.0), "error"),
        (ConstantTail(error=1.0), "error"),
        (PosteriorCertainty(certainty=1.0, prior_with=1.0, prior_without=1.0), "certainty"),
        (PosteriorCertainty(certainty=0.9, prior_with=0.0, prior_without=1.0), "prior"),
        (PosteriorCertainty(certainty=0.9, prior_with=1.0, prior_without=float("inf")), "prior"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule, where):
    with pytest.raises(BadInput, match=where):
        toxicity_boundary(LOOKS, acceptable_rate=0.2, rule=rule)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, float("nan")])
def test_an_acceptable_rate_outside_0_and_1_is_refused(rate):
    with pytest.raises(BadInput, match="acceptable_rate"):
        toxicity_boundary(LOOKS, acceptable_rate=rate, rule=TAIL)


def test_a_true_rate_that_is_none_is_refused():
    boundary = toxicity_boundary(LOOKS, acceptable_rate=0.2, rule=TAIL)
    with pytest.raises(BadInput, match="rate"):
        toxicity_characteristics(boundary, rate=1.2)
