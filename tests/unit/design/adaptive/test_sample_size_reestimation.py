from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.adaptive.blinded_reestimation import (
    ArmRates,
    BlindedRatesPlan,
    BlindedVariance,
    HeldEffect,
    blinded_hazards,
    blinded_rates,
    blinded_rates_course,
    blinded_size,
    blinded_variance,
)
from equipoise.design.adaptive.sample_size_reestimation import (
    FinalTest,
    least_promising_power,
    reestimated_information,
    reestimation_course,
)
from equipoise.design.adaptive.size_rules import (
    ConditionalPowerSize,
    ObservedTrend,
    PromisingZone,
)
from equipoise.design.group_sequential.conditional_power import GivenDrift
from equipoise.design.group_sequential.crossing import Bounds

BOUNDS = Bounds(information_fractions=(0.5, 1.0), lower=(0.0, -inf), upper=(2.8, 1.97))
THREE = Bounds(information_fractions=(0.3, 0.6, 1.0), lower=(-inf,) * 3, upper=(3.0, 2.5, 2.0))
ZONE = PromisingZone(least_power=0.36, target_power=0.8, most=2.0)
EQUAL = ArmRates(control=0.4, experimental=0.4)


def sized(**changes):
    usual = {"target_power": 0.9, "under": ObservedTrend(), "least": 1.0, "most": 2.0}
    return ConditionalPowerSize(**(usual | changes))


def rates_plan(**changes):
    usual = {"first": 20, "size_of": lambda _: 30, "alpha_one_sided": 0.025}
    return BlindedRatesPlan(**(usual | changes))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: PromisingZone(least_power=0.9, target_power=0.8, most=2.0),
        lambda: PromisingZone(least_power=0.3, target_power=0.8, most=1.0),
        lambda: sized(target_power=1.0),
        lambda: sized(least=2.0, most=1.0),
        lambda: sized(most=inf),
        lambda: sized(under=GivenDrift(drift=-1.0)),
        lambda: reestimated_information(THREE, z=1.0, rule=ZONE),
        lambda: reestimated_information(BOUNDS, z=nan, rule=ZONE),
        lambda: reestimated_information(BOUNDS, z=1.0, rule=sized(least=0.5)),
        lambda: least_promising_power(THREE, target_power=0.8, most=2.0),
        lambda: least_promising_power(BOUNDS, target_power=1.8, most=2.0),
        lambda: reestimation_course(BOUNDS, rule=ZONE, drift=inf, test=FinalTest.POOLED),
        lambda: reestimation_course(THREE, rule=ZONE, drift=0.0, test=FinalTest.POOLED),
        lambda: blinded_variance(1.0, subjects=1, effect=0.1),
        lambda: blinded_variance(1.0, subjects=10, effect=0.1, allocation=0.0),
        lambda: blinded_variance(1.0, subjects=10, effect=3.0, method=BlindedVariance.ADJUSTED),
        lambda: blinded_rates(1.0, effect=0.1, held=HeldEffect.DIFFERENCE),
        lambda: blinded_rates(0.1, effect=0.4, held=HeldEffect.DIFFERENCE),
        lambda: blinded_rates(0.4, effect=0.0, held=HeldEffect.ODDS_RATIO),
        lambda: blinded_hazards(0, time_at_risk=10.0, hazard_ratio=0.6),
        lambda: blinded_size(
            100.0, assumed_variance=1.0, seen_variance=0.0, least=50.0, most=100.0
        ),
        lambda: blinded_size(
            100.0, assumed_variance=1.0, seen_variance=1.0, least=150.0, most=100.0
        ),
        lambda: rates_plan(first=0),
        lambda: rates_plan(alpha_one_sided=0.0),
        lambda: blinded_rates_course(rates_plan(size_of=lambda _: 10), rates=EQUAL),
        lambda: blinded_rates_course(rates_plan(size_of=lambda _: 10_000), rates=EQUAL),
        lambda: blinded_rates_course(rates_plan(), rates=ArmRates(control=0.0, experimental=0.4)),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(BadInput):
        wrong()


def test_only_promising_results_grow_the_trial():
    sizes = [reestimated_information(BOUNDS, z=z, rule=ZONE) for z in (0.5, 1.25, 1.6, 2.5)]
    assert sizes[0] == sizes[3] == 1.0
    assert sizes[1] == 2.0
    assert 1.0 < sizes[2] < 2.0


def test_a_trend_in_disfavour_asks_for_the_cap():
    assert reestimated_information(BOUNDS, z=-0.5, rule=sized()) == 2.0


def test_a_given_effect_asks_for_less_the_better_the_result():
    rule = sized(under=GivenDrift(drift=3.0), least=0.8)
    sizes = [reestimated_information(BOUNDS, z=z, rule=rule) for z in (0.5, 1.0, 1.5, 2.5)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 0.8


def test_a_trial_that_always_stops_early_has_no_second_stage():
    closed = Bounds(information_fractions=(0.5, 1.0), lower=(1.0, -inf), upper=(1.0, 2.0))
    found = reestimation_course(closed, rule=ZONE, drift=1.0, test=FinalTest.POOLED)
    assert found.early_rejection + found.early_futility == pytest.approx(1.0)
    assert found.expected_information == pytest.approx(0.5)
