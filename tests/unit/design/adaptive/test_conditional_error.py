from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.adaptive.adapted_inference import (
    AdaptedEnd,
    adapted_inference,
    adapted_p_value,
)
from equipoise.design.adaptive.conditional_error import (
    NewRest,
    adapt_rest,
    chw_statistic,
    conditional_error,
    integrated_bounds,
    size_rest,
)
from equipoise.design.group_sequential.crossing import Bounds
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.spending import PocockSpending

BOUNDS = Bounds(information_fractions=(0.5, 1.0), lower=(0.0, -inf), upper=(2.8, 1.97))
ONE = NewRest(information_fractions=(1.0,), spending=PocockSpending())
END = AdaptedEnd(look=1, z=1.5, information=10.0, rest_information=10.0)


def adapted(z=1.0, binding=Binding.NON_BINDING, look=1):
    return adapt_rest(BOUNDS, look=look, z=z, rest=ONE, binding=binding)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: NewRest(information_fractions=(0.5, 0.9), spending=PocockSpending()),
        lambda: conditional_error(BOUNDS, look=2, z=1.0, binding=Binding.BINDING),
        lambda: conditional_error(BOUNDS, look=1, z=nan, binding=Binding.BINDING),
        lambda: adapted(z=2.9),
        lambda: adapted(z=-0.1, binding=Binding.BINDING),
        lambda: adapted(z=-30.0),
        lambda: adapted(look=2),
        lambda: size_rest(adapted(), effect=0.0, power=0.9),
        lambda: size_rest(adapted(), effect=0.3, power=0.01),
        lambda: size_rest(adapted(), effect=0.3, power=1.0),
        lambda: integrated_bounds(adapted(), information=0.0, rest_information=1.0),
        lambda: chw_statistic((1.0,), information=(0.0,), information_fractions=(0.5, 1.0)),
        lambda: chw_statistic((1.0, 2.0), information=(5.0, 9.0), information_fractions=(1.0,)),
        lambda: AdaptedEnd(look=1, z=nan, information=1.0, rest_information=1.0),
        lambda: AdaptedEnd(look=1, z=1.0, information=1.0, rest_information=0.0),
        lambda: adapted_inference(adapted(), end=END, confidence=1.0),
        lambda: adapted_p_value(adapted(binding=Binding.BINDING), end=END),
        lambda: adapted_p_value(
            adapted(),
            end=AdaptedEnd(look=2, z=1.5, information=10.0, rest_information=10.0),
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput):
        wrong()


def test_a_trial_may_go_on_below_futility_that_does_not_bind():
    assert adapted(z=-0.5).conditional_error < adapted(z=0.5).conditional_error


def test_more_power_needs_more_information():
    assert size_rest(adapted(), effect=0.3, power=0.9) > size_rest(adapted(), effect=0.3, power=0.8)
