from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.two_proportions.goal import (
    Better,
    NullVariance,
    OddsRatio,
    ProportionTest,
    RiskDifference,
    RiskRatio,
    TwoRates,
)
from equipoise.design.two_proportions.normal_size import (
    critical_rate,
    detectable_rate,
    size_two_proportions,
    two_proportion_power,
)
from equipoise.stats.proportions.fourfold import Continuity

RATES = TwoRates(control=0.3, experimental=0.45)
TEST = ProportionTest(alpha_one_sided=0.025)


def test_subjects_lost_are_added_to_each_arm():
    size = size_two_proportions(RATES, test=TEST, power=0.8, allocation=2.0, lost=0.1)
    assert size.experimental >= 2 * size.control - 2
    assert size.enrolled_control * 0.9 >= size.control > (size.enrolled_control - 1) * 0.9
    assert size.enrolled_experimental * 0.9 >= size.experimental


def test_whole_numbers_of_subjects_keep_the_power():
    size = size_two_proportions(RATES, test=TEST, power=0.8, allocation=1.5)
    assert size.attained_power >= 0.8
    assert size.control + size.experimental - size.subjects < 2


def test_the_continuity_correction_asks_for_more_subjects():
    corrected = ProportionTest(alpha_one_sided=0.025, continuity=Continuity.YATES)
    plain = size_two_proportions(RATES, test=TEST, power=0.8).subjects
    assert size_two_proportions(RATES, test=corrected, power=0.8).subjects > plain + 10


def test_a_lower_rate_is_better_for_a_harm():
    harm = ProportionTest(alpha_one_sided=0.025, better=Better.LOWER)
    fewer = TwoRates(control=0.45, experimental=0.3)
    good = size_two_proportions(RATES, test=TEST, power=0.8)
    assert size_two_proportions(fewer, test=harm, power=0.8).subjects == pytest.approx(
        good.subjects
    )
    with pytest.raises(BadInput, match="better than the null"):
        size_two_proportions(RATES, test=harm, power=0.8)


def test_power_without_an_effect_is_the_error():
    same = TwoRates(control=0.3, experimental=0.3)
    assert two_proportion_power(same, test=TEST, subjects=80) == pytest.approx(0.025)


def test_a_margin_on_the_wrong_side_is_refused():
    same = TwoRates(control=0.8, experimental=0.8)
    wrong = ProportionTest(alpha_one_sided=0.025, effect=RiskDifference(null=0.1))
    with pytest.raises(BadInput, match="margin on the other side"):
        size_two_proportions(same, test=wrong, power=0.8)


def test_too_few_subjects_find_no_rate():
    with pytest.raises(BadInput, match="plan more subjects"):
        detectable_rate(0.9, test=TEST, subjects=10, power=0.9)


def test_a_margin_beyond_all_rates_is_refused():
    test = ProportionTest(
        alpha_one_sided=0.025, effect=RiskDifference(null=-0.25), variance=NullVariance.UNPOOLED
    )
    with pytest.raises(BadInput, match="no better than the null"):
        detectable_rate(0.1, test=test, subjects=100, power=0.8)


def test_no_rate_reaches_a_far_boundary():
    with pytest.raises(BadInput, match="just at the boundary"):
        critical_rate(9.0, control=0.5, test=TEST, subjects=20)


def test_unpooled_variance_is_that_of_the_alternative():
    wald = ProportionTest(alpha_one_sided=0.025, variance=NullVariance.UNPOOLED)
    assert (
        size_two_proportions(RATES, test=wald, power=0.8).subjects
        < size_two_proportions(RATES, test=TEST, power=0.8).subjects
    )


def test_every_fault_of_a_test_is_told():
    with pytest.raises(BadInput) as refused:
        ProportionTest(
            alpha_one_sided=0.7, effect=RiskRatio(null=-1.0), continuity=Continuity.YATES
        )
    assert [fault.where for fault in refused.value.faults] == [
        "alpha_one_sided",
        "null",
        "continuity",
    ]
    with pytest.raises(BadInput) as refused:
        TwoRates(control=nan, experimental=1.0)
    assert len(refused.value.faults) == 2


@pytest.mark.parametrize("null", [-1.0, 1.0, nan])
def test_a_difference_under_the_null_hypothesis_lies_inside_one(null):
    with pytest.raises(BadInput, match="between -1 and 1"):
        ProportionTest(alpha_one_sided=0.025, effect=RiskDifference(null=null))


@pytest.mark.parametrize("null", [0.0, -0.5, nan, inf])
def test_an_odds_ratio_under_the_null_hypothesis_is_above_zero(null):
    with pytest.raises(BadInput, match="between 0 and inf"):
        ProportionTest(alpha_one_sided=0.025, effect=OddsRatio(null=null))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("power", 0.02),
        ("power", 1.0),
        ("power", nan),
        ("allocation", 0.0),
        ("allocation", inf),
        ("lost", 1.0),
        ("lost", -0.1),
    ],
)
def test_numbers_out_of_range_are_refused_by_name(name, value):
    arguments = {"power": 0.8, name: value}
    with pytest.raises(BadInput) as refused:
        size_two_proportions(RATES, test=TEST, **arguments)
    assert refused.value.faults[0].where == name


@pytest.mark.parametrize("subjects", [0, -5, nan, inf])
def test_a_trial_without_subjects_has_no_power(subjects):
    with pytest.raises(BadInput, match="a trial has subjects"):
        two_proportion_power(RATES, test=TEST, subjects=subjects)


def test_a_size_warns_where_an_arm_expects_few_of_either_kind():
    rare = size_two_proportions(TwoRates(control=0.5, experimental=0.97), test=TEST, power=0.8)
    common = size_two_proportions(TwoRates(control=0.3, experimental=0.5), test=TEST, power=0.8)
    assert "fewer than 5" in rare.warnings[0]
    assert common.warnings == ()
