import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.exact_single_stage import SizeConvention
from equipoise.design.two_proportions.exact_region import (
    ArmSizes,
    Boschloo,
    ChiSquare,
    ExactScore,
    Fisher,
    FisherTail,
    exact_power,
    rejection_region,
)
from equipoise.design.two_proportions.fisher_size import fisher_exact_power, size_fisher
from equipoise.design.two_proportions.goal import TwoRates
from equipoise.stats.proportions.fourfold import Continuity

ARMS = ArmSizes(control=25, experimental=30)
RATES = TwoRates(control=0.2, experimental=0.5)


def test_boschloo_rejects_whenever_fisher_does():
    fisher = rejection_region(ARMS, rule=Fisher(), alpha=0.025)
    boschloo = rejection_region(ARMS, rule=Boschloo(), alpha=0.025)
    assert np.all(boschloo.rejects >= fisher.rejects)
    assert fisher.size < boschloo.size <= 0.025
    assert exact_power(boschloo, rates=RATES) > exact_power(fisher, rates=RATES)


def test_yates_rejects_less_than_the_plain_chi_square_test():
    plain = rejection_region(ARMS, rule=ChiSquare(), alpha=0.05)
    yates = rejection_region(ARMS, rule=ChiSquare(continuity=Continuity.YATES), alpha=0.05)
    assert np.all(plain.rejects >= yates.rejects)
    assert yates.rejects.sum() < plain.rejects.sum()


def test_the_largest_region_grows_when_nothing_more_fits():
    region = rejection_region(ARMS, rule=ExactScore(null=-0.1), alpha=0.05)
    assert region.size <= 0.05
    none = rejection_region(ArmSizes(control=1, experimental=1), rule=ExactScore(), alpha=0.01)
    assert not none.rejects.any()
    assert none.size == 0
    assert none.critical_z == np.inf


def test_a_p_value_that_equals_alpha_rejects():
    arms = ArmSizes(control=9, experimental=18)  # one success: in the control arm with chance 1/3
    alpha, rates = 1 / 3, TwoRates(control=0.5, experimental=0.5)
    region = rejection_region(arms, rule=Fisher(tail=FisherTail.BY_CHANCE), alpha=alpha)
    assert region.rejects[0, 1]
    fast = fisher_exact_power(arms, rates=rates, alpha=alpha, tail=FisherTail.BY_CHANCE)
    assert fast == pytest.approx(exact_power(region, rates=rates), abs=1e-12)


def test_a_region_cannot_be_changed():
    region = rejection_region(ARMS, rule=Fisher(), alpha=0.05)
    with pytest.raises(ValueError, match="read-only"):
        region.rejects[0, 0] = True


def test_both_sides_of_fishers_test_reject_when_the_arms_are_alike():
    lower = TwoRates(control=0.7, experimental=0.3)
    two = fisher_exact_power(ARMS, rates=lower, alpha=0.05, tail=FisherTail.BY_CHANCE)
    assert two > 0.7
    assert fisher_exact_power(ARMS, rates=lower, alpha=0.05) < 1e-4


def test_a_lasting_size_has_the_power_and_so_have_larger_ones():
    found = size_fisher(RATES, alpha=0.025, power=0.8, allocation=2.0)
    assert found.arms.experimental == 2 * found.arms.control
    for more in range(6):
        arms = ArmSizes(
            control=found.arms.control + more, experimental=found.arms.experimental + 2 * more
        )
        assert fisher_exact_power(arms, rates=RATES, alpha=0.025) >= 0.8
    fewer = ArmSizes(control=found.arms.control - 1, experimental=found.arms.experimental - 2)
    assert fisher_exact_power(fewer, rates=RATES, alpha=0.025) < 0.8


def test_the_first_size_is_not_above_the_lasting_one():
    first = size_fisher(
        RATES, alpha=0.025, power=0.9, allocation=1.7, convention=SizeConvention.FIRST
    )
    lasting = size_fisher(RATES, alpha=0.025, power=0.9, allocation=1.7)
    total = first.arms.control + first.arms.experimental
    assert total < lasting.arms.control + lasting.arms.experimental


@pytest.mark.parametrize(("control", "experimental"), [(0, 5), (5, -1), (2.5, 3)])
def test_arms_are_whole_numbers(control, experimental):
    with pytest.raises(BadInput, match="at least 1 subject"):
        ArmSizes(control=control, experimental=experimental)


def test_a_table_of_all_results_has_a_limit():
    with pytest.raises(BadInput, match="up to 1000 subjects"):
        rejection_region(ArmSizes(control=10, experimental=1001), rule=Fisher(), alpha=0.05)


@pytest.mark.parametrize("alpha", [0.0, 0.5, float("nan")])
def test_an_error_out_of_range_is_refused(alpha):
    with pytest.raises(BadInput, match="an error lies between"):
        rejection_region(ARMS, rule=Fisher(), alpha=alpha)
    with pytest.raises(BadInput, match="an error lies between"):
        fisher_exact_power(ARMS, rates=RATES, alpha=alpha)


@pytest.mark.parametrize("rule", [ExactScore(null=1.0), ChiSquare(null=-1.5)])
def test_a_margin_out_of_range_is_refused(rule):
    with pytest.raises(BadInput, match="margin"):
        rejection_region(ARMS, rule=rule, alpha=0.05)


def test_fishers_test_is_sized_for_more_experimental_successes():
    with pytest.raises(BadInput, match="more of"):
        size_fisher(TwoRates(control=0.4, experimental=0.4), alpha=0.05, power=0.8)
    with pytest.raises(BadInput, match="too close"):
        size_fisher(TwoRates(control=0.4, experimental=0.41), alpha=0.05, power=0.8)
