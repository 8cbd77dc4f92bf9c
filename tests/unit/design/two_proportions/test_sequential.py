import pytest

from equipoise.base.errors import BadInput
from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.spending import OBrienFlemingSpending
from equipoise.design.two_proportions.goal import (
    NullVariance,
    ProportionTest,
    RiskDifference,
    TwoRates,
)
from equipoise.design.two_proportions.normal_size import size_two_proportions
from equipoise.design.two_proportions.sequential import (
    LookVariance,
    sequential_proportion_power,
    size_sequential_proportions,
)
from equipoise.stats.proportions.fourfold import Continuity

RATES = TwoRates(control=0.3, experimental=0.5)
TEST = ProportionTest(alpha_one_sided=0.025)
LOOKS = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending())
ONE = efficacy_boundary((1.0,), alpha_one_sided=0.025, spending=OBrienFlemingSpending())


@pytest.mark.parametrize("looks", list(LookVariance))
def test_one_look_is_the_fixed_trial(looks):
    found = size_sequential_proportions(RATES, test=TEST, boundary=ONE, power=0.9, looks=looks)
    single = size_two_proportions(RATES, test=TEST, power=0.9)
    assert found.subjects[0] == pytest.approx(single.subjects, rel=1e-9)
    assert found.expected_subjects == pytest.approx(single.subjects, rel=1e-9)


def test_a_size_has_its_power():
    found = size_sequential_proportions(RATES, test=TEST, boundary=LOOKS, power=0.9, allocation=2.0)
    stops = sequential_proportion_power(
        RATES, test=TEST, boundary=LOOKS, subjects=found.subjects[-1], allocation=2.0
    )
    assert sum(stops) == pytest.approx(0.9, abs=1e-9)
    assert stops == pytest.approx(found.stop_per_look)


def test_both_ways_agree_where_the_variance_is_not_pooled():
    wald = ProportionTest(alpha_one_sided=0.025, variance=NullVariance.UNPOOLED)
    one, other = (
        size_sequential_proportions(RATES, test=wald, boundary=LOOKS, power=0.8, looks=looks)
        for looks in LookVariance
    )
    assert one.subjects == pytest.approx(other.subjects, rel=1e-9)


def test_rates_at_the_margin_cross_with_the_error():
    test = ProportionTest(alpha_one_sided=0.025, effect=RiskDifference(null=-0.1))
    at_margin = TwoRates(control=0.6, experimental=0.5)
    stops = sequential_proportion_power(at_margin, test=test, boundary=LOOKS, subjects=300)
    assert sum(stops) == pytest.approx(0.025, abs=1e-9)


def test_the_error_of_boundary_and_test_is_one():
    other = ProportionTest(alpha_one_sided=0.05)
    with pytest.raises(BadInput, match="same one-sided error"):
        size_sequential_proportions(RATES, test=other, boundary=LOOKS, power=0.8)


def test_looks_have_no_continuity_correction():
    yates = ProportionTest(alpha_one_sided=0.025, continuity=Continuity.YATES)
    with pytest.raises(BadInput, match="without continuity correction"):
        sequential_proportion_power(RATES, test=yates, boundary=LOOKS, subjects=200)
