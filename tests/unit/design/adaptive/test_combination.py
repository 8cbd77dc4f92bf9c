from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.adaptive.closed_testing import (
    BonferroniTest,
    DunnettTest,
    closed_combination_test,
    closed_p_values,
    intersection_p_value,
)
from equipoise.design.adaptive.combination import (
    Verdict,
    combined_repeated_interval,
    combined_stagewise_inference,
    fractions_of_weights,
    inverse_normal_test,
    stage_weights,
    stage_z_of,
    z_of_p,
)
from equipoise.design.adaptive.fisher_product import (
    FisherLevels,
    FisherPlan,
    SpentAlpha,
    fisher_boundary,
    fisher_repeated_p_values,
    fisher_test,
)
from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.futility import Binding

BOUNDS = Bounds(information_fractions=(0.5, 1.0), lower=(0.0, -inf), upper=(2.8, 2.0))


def fisher(**changes):
    return FisherPlan(**({"alpha_one_sided": 0.025} | changes))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: stage_weights((0.5, 0.4)),
        lambda: fractions_of_weights(()),
        lambda: fractions_of_weights((1.0, 0.0)),
        lambda: z_of_p((0.5, 1.2)),
        lambda: stage_z_of((1.0, 2.0), information=(60.0,)),
        lambda: stage_z_of((1.0, 2.0), information=(60.0, 60.0)),
        lambda: inverse_normal_test((), bounds=BOUNDS),
        lambda: inverse_normal_test((1.0, nan), bounds=BOUNDS),
        lambda: inverse_normal_test((1.0, 1.0, 1.0), bounds=BOUNDS),
        lambda: combined_repeated_interval((1.0,), stage_information=(0.0,), bounds=BOUNDS),
        lambda: combined_repeated_interval((1.0,), stage_information=(1.0, 1.0), bounds=BOUNDS),
        lambda: combined_stagewise_inference(
            (1.0,), stage_information=(9.0,), bounds=BOUNDS, confidence=95
        ),
        lambda: fisher(weights=()),
        lambda: fisher(weights=(1.0, -1.0)),
        lambda: fisher(futility_p=(0.5, 0.5)),
        lambda: fisher(futility_p=(0.0,)),
        lambda: fisher(alpha_one_sided=0.6),
        lambda: fisher(levels=SpentAlpha(cumulative=(0.03, 0.025))),
        lambda: fisher(levels=SpentAlpha(cumulative=(0.01, 0.02))),
        lambda: fisher(levels=FisherLevels.FULL_LAST),
        lambda: fisher_test((0.1, 0.1, 0.1), boundary=fisher_boundary(fisher())),
        lambda: fisher_test((), boundary=fisher_boundary(fisher())),
        lambda: fisher_test((1.1,), boundary=fisher_boundary(fisher())),
        lambda: fisher_repeated_p_values(
            (0.1,), plan=fisher(levels=SpentAlpha(cumulative=(0.01, 0.025)))
        ),
        lambda: fisher_boundary(
            fisher(
                levels=SpentAlpha(cumulative=(0.0, 0.025)),
                futility_p=(0.02,),
                binding=Binding.BINDING,
            )
        ),
        lambda: DunnettTest(allocation={}),
        lambda: DunnettTest(allocation={"a": 0.0}),
        lambda: intersection_p_value({}, test=BonferroniTest()),
        lambda: intersection_p_value({"b": 1.0}, test=DunnettTest(allocation={"a": 1.0})),
        lambda: closed_p_values((), p_value=lambda _: 0.1),
        lambda: closed_p_values(("a", "a"), p_value=lambda _: 0.1),
        lambda: closed_p_values(tuple("abcdefghijklm"), p_value=lambda _: 0.1),
        lambda: closed_combination_test((), test=BonferroniTest(), bounds=BOUNDS),
        lambda: closed_combination_test(
            ({"a": 1.0}, {"b": 1.0}), test=BonferroniTest(), bounds=BOUNDS
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput):
        wrong()


def test_the_first_bound_reached_ends_the_trial():
    assert inverse_normal_test((-0.1, 5.0), bounds=BOUNDS).verdict is Verdict.GIVE_UP
    assert inverse_normal_test((3.0, -5.0), bounds=BOUNDS).verdict is Verdict.REJECT
    assert inverse_normal_test((1.0, 1.0), bounds=BOUNDS).verdict is Verdict.GO_ON
    assert inverse_normal_test((2.8,), bounds=BOUNDS).verdict is Verdict.REJECT


def test_a_stage_that_says_nothing_for_the_arm_cannot_be_made_good():
    result = inverse_normal_test((2.5, -inf), bounds=BOUNDS)
    assert result.z[1] == -inf
    assert result.p_values[1] == 1.0


def test_weights_of_any_scale_have_the_same_fractions():
    assert fractions_of_weights((3.0, 4.0)) == pytest.approx((0.36, 1.0))
    assert fractions_of_weights(stage_weights((0.2, 0.7, 1.0))) == pytest.approx((0.2, 0.7, 1.0))


def test_a_product_test_gives_up_where_futility_says_so():
    boundary = fisher_boundary(fisher(futility_p=(0.5,)))
    assert fisher_test((0.5,), boundary=boundary).verdicts == (Verdict.GIVE_UP,)
    assert fisher_test((0.49,), boundary=boundary).verdicts == (Verdict.GO_ON,)
    assert fisher_test((0.01,), boundary=boundary).verdicts == (Verdict.REJECT,)
    assert fisher_test((0.4, 0.0), boundary=boundary).verdicts[1] is Verdict.REJECT
    assert fisher_test((0.4, 1.0), boundary=boundary).verdicts[1] is Verdict.GO_ON


def test_a_stage_without_error_has_no_bound():
    boundary = fisher_boundary(fisher(levels=SpentAlpha(cumulative=(0.0, 0.025))))
    assert boundary.products[0] == 0.0
    assert fisher_test((0.0,), boundary=boundary).verdicts == (Verdict.GO_ON,)


def test_binding_futility_widens_the_bounds_and_non_binding_does_not():
    free = fisher_boundary(fisher()).products
    kept = fisher_boundary(fisher(futility_p=(0.3,))).products
    bought = fisher_boundary(fisher(futility_p=(0.3,), binding=Binding.BINDING)).products
    assert kept == free
    assert all(more > less for more, less in zip(bought, free, strict=True))


def test_one_stage_is_the_test_itself():
    boundary = fisher_boundary(fisher(weights=(1.0,), futility_p=()))
    assert boundary.products == pytest.approx((0.025,))
    assert fisher_test((0.02,), boundary=boundary).stagewise_p_value == pytest.approx(0.02)


def test_an_arm_falls_at_the_look_by_which_all_its_intersections_have_fallen():
    z = ({"a": 4.5, "b": 4.5}, {"a": 0.0, "b": 0.0})
    found = closed_combination_test(z, test=BonferroniTest(), bounds=BOUNDS)
    assert found.rejected_at == {"a": 1, "b": 1}
