from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.adaptive.best_arm_sequential import (
    best_arm_boundary,
    best_arm_sequential_course,
    size_best_arm,
)
from equipoise.design.adaptive.multi_arm import (
    SelectBest,
    SelectPromising,
    SelectWithin,
    best_arm_course,
    select_arms,
)
from equipoise.design.adaptive.multi_arm_boundary import (
    multi_arm_boundary,
    multi_arm_course,
    size_multi_arm,
)
from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.spending import CumulativeSpending, PocockSpending

BOUNDS = Bounds(information_fractions=(0.5, 1.0), lower=(-inf, -inf), upper=(2.8, 2.2))
FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)


def boundary(fractions=(0.5, 1.0), allocation=(1.0, 1.0), alpha=0.025):
    return multi_arm_boundary(
        fractions, allocation=allocation, alpha_one_sided=alpha, spending=PocockSpending()
    )


def chosen(fractions=(0.5, 1.0), allocation=(1.0, 1.0), alpha=0.025):
    return best_arm_boundary(
        fractions, allocation=allocation, alpha_one_sided=alpha, spending=PocockSpending()
    )


def best(*, bounds=BOUNDS, allocation=(1.0, 1.0), drifts=(0.0, 0.0), second=None):
    return best_arm_course(bounds, allocation=allocation, drifts=drifts, second_information=second)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: boundary(fractions=FIVE),
        lambda: boundary(fractions=(0.5, 0.9)),
        lambda: boundary(allocation=()),
        lambda: boundary(allocation=(1.0, -1.0)),
        lambda: boundary(alpha=0.5),
        lambda: multi_arm_course(BOUNDS, allocation=(1.0, 1.0), drifts=(0.0,)),
        lambda: multi_arm_course(BOUNDS, allocation=(1.0,), drifts=(nan,)),
        lambda: size_multi_arm(BOUNDS, allocation=(1.0,), effects=(0.0,), power=0.9),
        lambda: size_multi_arm(BOUNDS, allocation=(1.0,), effects=(0.3,), power=1.0),
        lambda: best(drifts=(0.0,)),
        lambda: best(allocation=(1.0,), drifts=(0.0,)),
        lambda: best(allocation=(1.0, 0.0)),
        lambda: best(second=0.0),
        lambda: best(bounds=Bounds(information_fractions=(1.0,), lower=(-inf,), upper=(2.0,))),
        lambda: chosen(fractions=(0.5, 0.9)),
        lambda: chosen(allocation=()),
        lambda: chosen(alpha=0.7),
        lambda: best_arm_sequential_course(BOUNDS, allocation=(1.0,), drifts=(0.0, 0.0)),
        lambda: size_best_arm(BOUNDS, allocation=(1.0,), effects=(-0.1,), power=0.9),
        lambda: select_arms({}, rule=SelectBest()),
        lambda: select_arms({"a": nan}, rule=SelectBest()),
        lambda: select_arms({"a": 1.0}, rule=SelectBest(arms=0)),
        lambda: select_arms({"a": 1.0}, rule=SelectWithin(epsilon=-0.1)),
        lambda: select_arms({"a": 1.0}, rule=SelectPromising(least_z=inf)),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput):
        wrong()


def test_more_arms_have_higher_bounds():
    two, three = boundary().z, boundary(allocation=(1.0, 1.0, 1.0)).z
    assert all(more > less for more, less in zip(three, two, strict=True))


def test_a_look_that_spends_nothing_has_no_bound():
    spending = CumulativeSpending(times=(0.5, 1.0), shares=(0.0, 1.0))
    found = multi_arm_boundary(
        (0.5, 1.0), allocation=(1.0, 1.0), alpha_one_sided=0.025, spending=spending
    )
    assert found.z[0] == inf
    assert found.z[1] == pytest.approx(2.2121, abs=1e-4)


def test_futility_that_is_obeyed_lowers_error_and_power():
    kept = Bounds(information_fractions=(0.5, 1.0), lower=(0.5, -inf), upper=(2.8, 2.2))
    for drifts in ((0.0, 0.0), (2.0, 3.0)):
        free = multi_arm_course(BOUNDS, allocation=(1.0, 1.0), drifts=drifts)
        obeyed = multi_arm_course(kept, allocation=(1.0, 1.0), drifts=drifts)
        assert obeyed.power < free.power
        assert obeyed.rejects[0] == pytest.approx(free.rejects[0])


def test_subjects_given_to_the_arm_that_stays_add_power():
    usual = best(drifts=(1.0, 2.5))
    assert best(drifts=(1.0, 2.5), second=0.8).power > usual.power
    assert best(drifts=(1.0, 2.5), second=0.5) == usual


def test_bounds_that_stop_everyone_leave_no_second_stage():
    closed = Bounds(information_fractions=(0.5, 1.0), lower=(1.0, -inf), upper=(1.0, 2.0))
    found = best(bounds=closed)
    assert found.early + found.given_up == pytest.approx(1.0)
    assert found.power == pytest.approx(found.early)


def test_a_choice_costs_less_than_testing_all_arms_at_every_look():
    all_arms, best_only = boundary().z, chosen().z
    assert best_only[0] == pytest.approx(all_arms[0], abs=1e-8)
    assert best_only[1] < all_arms[1]


def test_a_first_look_without_error_only_chooses():
    spending = CumulativeSpending(times=(0.5, 1.0), shares=(0.0, 1.0))
    found = best_arm_boundary(
        (0.5, 1.0), allocation=(1.0, 1.0), alpha_one_sided=0.025, spending=spending
    )
    assert found.z[0] == inf
    course = best_arm_sequential_course(found.bounds, allocation=(1.0, 1.0), drifts=(0.0, 0.0))
    assert course.rejects == pytest.approx((0.0, 0.025), abs=1e-12)
