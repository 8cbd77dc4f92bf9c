import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from equipoise.design.two_proportions.exact_region import (
    ArmSizes,
    ChiSquare,
    ExactScore,
    Fisher,
    FisherTail,
    exact_power,
    rejection_region,
)
from equipoise.design.two_proportions.fisher_size import fisher_exact_power
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
    detectable_rate,
    size_two_proportions,
    two_proportion_power,
)
from equipoise.design.two_proportions.null_rates import null_rates
from equipoise.stats.proportions.fourfold import FourfoldTable
from equipoise.stats.proportions.score_ends import restricted_rates

rates = st.floats(0.03, 0.97)
allocations = st.floats(0.25, 4.0)
effects = st.one_of(
    st.builds(RiskDifference, null=st.floats(-0.3, 0.3)),
    st.builds(RiskRatio, null=st.floats(0.5, 2.0)),
    st.builds(OddsRatio, null=st.floats(0.3, 3.0)),
)


def likelihood(tried, *, observed, allocation):
    """Return the log-likelihood of rates, for one control subject."""
    control, experimental = (
        seen * np.log(rate) + (1 - seen) * np.log1p(-rate)
        for seen, rate in zip(observed, tried, strict=True)
    )
    return control + allocation * experimental


@given(effect=effects, one=rates, two=rates, allocation=allocations)
@settings(max_examples=150, deadline=None)
def test_null_rates_have_the_null_effect_and_the_largest_likelihood(
    *, effect, one, two, allocation
):
    control, experimental = (
        float(rate)
        for rate in null_rates(
            effect, control=np.asarray(one), experimental=np.asarray(two), allocation=allocation
        )
    )
    match effect:
        case RiskDifference():
            partner, reach = (lambda rate: rate + effect.null), 1 - abs(effect.null)
            start = max(0.0, -effect.null)
        case RiskRatio():
            partner, reach, start = (lambda rate: rate * effect.null), min(1, 1 / effect.null), 0.0
        case OddsRatio():
            null = effect.null
            partner, reach, start = (lambda rate: null * rate / (1 - rate + null * rate)), 1.0, 0.0
    assert experimental == pytest.approx(partner(control), abs=1e-9)
    best = likelihood((control, experimental), observed=(one, two), allocation=allocation)
    tried = start + reach * np.linspace(0.001, 0.999, 400)
    others = likelihood((tried, partner(tried)), observed=(one, two), allocation=allocation)
    assert best >= others.max() - 1e-9


@given(n1=st.integers(1, 30), n2=st.integers(1, 30), null=st.floats(-0.6, 0.6), data=st.data())
@settings(max_examples=150, deadline=None)
def test_null_rates_of_counts_are_those_of_the_score_interval(*, n1, n2, null, data):
    assume(abs(null) > 1e-6)
    x1, x2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    one, other = restricted_rates(FourfoldTable(x1=x1, n1=n1, x2=x2, n2=n2), null)
    control, experimental = null_rates(
        RiskDifference(null=null),
        control=np.asarray(x2 / n2),
        experimental=np.asarray(x1 / n1),
        allocation=n1 / n2,
    )
    # the cosine of a third of an angle loses half its digits where roots of the cubic meet
    assert float(control) == pytest.approx(other, abs=3e-7)
    assert float(experimental) == pytest.approx(one, abs=3e-7)


@given(
    effect=effects,
    one=rates,
    two=rates,
    allocation=allocations,
    variance=st.sampled_from(NullVariance),
    power=st.floats(0.5, 0.95),
)
@settings(max_examples=150, deadline=None)
def test_size_power_and_rate_answer_each_other(*, effect, one, two, allocation, variance, power):
    test = ProportionTest(alpha_one_sided=0.025, effect=effect, variance=variance)
    assumed = TwoRates(control=one, experimental=two)
    better = two_proportion_power(assumed, test=test, subjects=1e9, allocation=allocation)
    assume(better > 0.999)
    size = size_two_proportions(assumed, test=test, power=power, allocation=allocation)
    again = two_proportion_power(assumed, test=test, subjects=size.subjects, allocation=allocation)
    assert again == pytest.approx(power, abs=1e-9)
    null_rate = {
        RiskDifference: one + effect.null,
        RiskRatio: one * effect.null,
        OddsRatio: effect.null * one / (1 - one + effect.null * one),
    }[type(effect)]
    assume(0.001 < null_rate < 0.999 and two < 0.98)
    # power falls again near 1 on the log odds scale: beyond its peak another rate is found
    further = TwoRates(control=one, experimental=two + 0.01)
    assume(
        two_proportion_power(further, test=test, subjects=size.subjects, allocation=allocation)
        > power
    )
    found = detectable_rate(
        one, test=test, subjects=size.subjects, power=power, allocation=allocation
    )
    reached = two_proportion_power(
        TwoRates(control=one, experimental=found),
        test=test,
        subjects=size.subjects,
        allocation=allocation,
    )
    assert reached == pytest.approx(power, abs=1e-8)
    assert null_rate < found


@given(one=rates, two=rates, allocation=allocations, null=st.floats(-0.2, 0.2))
@settings(max_examples=100, deadline=None)
def test_a_harm_counts_as_the_absence_of_a_response(*, one, two, allocation, null):
    response = ProportionTest(alpha_one_sided=0.025, effect=RiskDifference(null=null))
    harm = ProportionTest(
        alpha_one_sided=0.025, effect=RiskDifference(null=-null), better=Better.LOWER
    )
    good = two_proportion_power(
        TwoRates(control=one, experimental=two), test=response, subjects=90, allocation=allocation
    )
    bad = two_proportion_power(
        TwoRates(control=1 - one, experimental=1 - two),
        test=harm,
        subjects=90,
        allocation=allocation,
    )
    assert bad == pytest.approx(good, abs=1e-7)


@example(  # a p-value of exactly 1/3
    control=9,
    experimental=18,
    one=0.5,
    two=0.5,
    alpha=1 / 3,
    tail=FisherTail.ONE_SIDED,
)
@given(
    control=st.integers(1, 25),
    experimental=st.integers(1, 25),
    one=rates,
    two=rates,
    alpha=st.floats(0.005, 0.4),
    tail=st.sampled_from(FisherTail),
)
@settings(max_examples=120, deadline=None)
def test_the_fast_power_of_fishers_test_is_the_sum_over_its_region(
    *, control, experimental, one, two, alpha, tail
):
    arms = ArmSizes(control=control, experimental=experimental)
    drawn = TwoRates(control=one, experimental=two)
    region = rejection_region(arms, rule=Fisher(tail=tail), alpha=alpha)
    fast = fisher_exact_power(arms, rates=drawn, alpha=alpha, tail=tail)
    assert fast == pytest.approx(exact_power(region, rates=drawn), abs=1e-12)


@given(
    control=st.integers(2, 12),
    experimental=st.integers(2, 12),
    null=st.floats(-0.3, 0.3),
    alpha=st.floats(0.01, 0.3),
)
@settings(max_examples=40, deadline=None)
def test_the_size_of_a_region_is_not_passed_at_any_rate(*, control, experimental, null, alpha):
    arms = ArmSizes(control=control, experimental=experimental)
    for rule in (ExactScore(null=null), ChiSquare(null=null)):
        region = rejection_region(arms, rule=rule, alpha=alpha)
        low, high = max(0.0, -null), min(1.0, 1.0 - null)
        for rate in np.linspace(low + 0.001, high - 0.001, 37):
            drawn = TwoRates(control=float(rate), experimental=float(rate + null))
            assert exact_power(region, rates=drawn) <= region.size + 1e-9
        if isinstance(rule, ExactScore):
            assert region.size <= alpha
