from itertools import accumulate
from math import inf, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.design.adaptive.blinded_reestimation import HeldEffect, blinded_rates
from equipoise.design.adaptive.closed_testing import SimesTest, closed_combination_test
from equipoise.design.adaptive.combination import (
    combined_repeated_interval,
    combined_stagewise_inference,
    combined_z,
    fractions_of_weights,
    inverse_normal_test,
    stage_weights,
    stage_z_of,
)
from equipoise.design.adaptive.conditional_error import (
    NewRest,
    adapt_rest,
    chw_statistic,
    conditional_error,
    integrated_bounds,
    size_rest,
)
from equipoise.design.adaptive.fisher_product import (
    FisherPlan,
    SpentAlpha,
    fisher_boundary,
    fisher_repeated_p_values,
    fisher_test,
)
from equipoise.design.adaptive.gate_link import LinkedGate, proportional_correlations
from equipoise.design.adaptive.hierarchical import HierarchicalPlan, Hierarchy, hierarchical_course
from equipoise.design.adaptive.multi_arm import SelectWithin, best_arm_course, select_arms
from equipoise.design.adaptive.multi_arm_boundary import multi_arm_boundary, multi_arm_course
from equipoise.design.adaptive.sample_size_reestimation import (
    FinalTest,
    reestimated_information,
    reestimation_course,
)
from equipoise.design.adaptive.seamless import seamless_course
from equipoise.design.adaptive.size_rules import ConditionalPowerSize, ObservedTrend, PromisingZone
from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.conditional_power import GivenDrift
from equipoise.design.group_sequential.crossing import Bounds, crossings, proportional_means
from equipoise.design.group_sequential.futility import Binding
from equipoise.design.group_sequential.spending import HwangShihDeCaniSpending
from equipoise.design.group_sequential.stagewise import stagewise_inference

LAW = settings(max_examples=25, deadline=None)
FEW = settings(max_examples=8, deadline=None)
ALPHA = st.floats(0.005, 0.1)
Z = st.floats(-3, 4)
SPENDING = st.builds(HwangShihDeCaniSpending, gamma=st.floats(-6, 2))
P = st.floats(1e-4, 1)


@st.composite
def fractions(draw, least=2, most=4):
    """Draw looks at least a tenth of the information apart."""
    looks = draw(st.lists(st.integers(1, 9), min_size=least - 1, max_size=most - 1, unique=True))
    return (*(look / 10 for look in sorted(looks)), 1.0)


@st.composite
def boundaries(draw, least=2, most=4):
    return efficacy_boundary(
        draw(fractions(least, most)), alpha_one_sided=draw(ALPHA), spending=draw(SPENDING)
    ).bounds


@given(fractions(), st.data())
@LAW
def test_a_trial_as_planned_combines_to_its_own_z(looks, data):
    z = tuple(data.draw(Z) for _ in looks)
    information = tuple(70 * at for at in looks)
    assert chw_statistic(z, information=information, information_fractions=looks) == (
        pytest.approx(z, abs=1e-9)
    )
    stages = stage_z_of(z, information=information)
    assert combined_z(stages, information_fractions=looks) == pytest.approx(z, abs=1e-9)


@given(st.lists(st.floats(0.3, 3), min_size=1, max_size=4))
@LAW
def test_weights_and_fractions_are_two_words_for_one_thing(weights):
    scale = sqrt(sum(weight**2 for weight in weights))
    looks = fractions_of_weights(tuple(weights))
    assert stage_weights(looks) == pytest.approx([weight / scale for weight in weights])


@given(boundaries(most=3), st.data())
@LAW
def test_swapping_the_arms_turns_the_combination_about(bounds, data):
    z = tuple(data.draw(Z) for _ in bounds.upper)
    swapped = Bounds(
        information_fractions=bounds.information_fractions,
        lower=tuple(-high for high in bounds.upper),
        upper=(inf,) * len(z),
    )
    here = inverse_normal_test(z, bounds=bounds)
    there = inverse_normal_test(tuple(-at for at in z), bounds=swapped)
    assert there.z == pytest.approx([-at for at in here.z])
    assert [verdict == "reject" for verdict in here.verdicts] == [
        verdict == "give_up" for verdict in there.verdicts
    ]


@given(boundaries(most=3), st.data())
@FEW
def test_inference_of_stages_as_planned_is_that_of_the_trial(bounds, data):
    look = data.draw(st.integers(1, len(bounds.upper)))
    z = tuple(data.draw(st.floats(-1, 3)) for _ in range(look))
    added = tuple(50 * weight**2 for weight in stage_weights(bounds.information_fractions))
    found = combined_stagewise_inference(
        z, stage_information=added[:look], bounds=bounds, confidence=0.9
    )
    information = 50 * bounds.information_fractions[look - 1]
    whole = combined_z(z, information_fractions=bounds.information_fractions)[-1]
    truth = stagewise_inference(bounds, look=look, z=whole, information=information, confidence=0.9)
    for name in ("p_value", "estimate", "lower", "upper"):
        assert getattr(found, name) == pytest.approx(getattr(truth, name), abs=1e-7)
    interval = combined_repeated_interval(z, stage_information=added[:look], bounds=bounds)
    assert interval.estimate == pytest.approx(whole / sqrt(information))


@given(ALPHA, st.lists(st.floats(0.3, 2), min_size=2, max_size=3), st.data())
@FEW
def test_a_product_test_spends_what_it_should(alpha, weights, data):
    shares = sorted(data.draw(st.floats(0.05, 0.9)) for _ in weights[1:])
    futility = tuple(data.draw(st.floats(0.3, 1)) for _ in weights[1:])
    spent = (*(alpha * share for share in shares), alpha)
    plan = FisherPlan(
        alpha_one_sided=alpha,
        weights=tuple(weights),
        futility_p=futility,
        levels=SpentAlpha(cumulative=spent),
        binding=data.draw(st.sampled_from(Binding)),
    )
    assert fisher_boundary(plan).cumulative_alpha == pytest.approx(spent, abs=1e-11)


@given(ALPHA, st.tuples(P, P))
@LAW
def test_a_repeated_p_value_is_the_error_that_just_rejects(alpha, p):
    plan = FisherPlan(alpha_one_sided=alpha)
    repeated = fisher_repeated_p_values(p, plan=plan)
    found = fisher_test(p, boundary=fisher_boundary(plan))
    for error, verdict in zip(repeated, found.verdicts, strict=True):
        assert (verdict == "reject") == (error <= alpha)


@given(boundaries(), Z, st.data())
@LAW
def test_a_new_rest_spends_the_conditional_error(bounds, z, data):
    look = data.draw(st.integers(1, len(bounds.upper) - 1))
    z = min(z, bounds.upper[look - 1] - 0.01)
    if conditional_error(bounds, look=look, z=z, binding=Binding.NON_BINDING) < 1e-9:
        return
    rest = NewRest(information_fractions=data.draw(fractions()), spending=data.draw(SPENDING))
    adapted = adapt_rest(bounds, look=look, z=z, rest=rest, binding=Binding.NON_BINDING)
    error = sum(crossings(adapted.rest, means=(0.0,) * len(adapted.rest.upper)).upper)
    assert error == pytest.approx(adapted.conditional_error, abs=1e-12)
    more = conditional_error(bounds, look=look, z=z + 0.1, binding=Binding.NON_BINDING)
    assert more > adapted.conditional_error
    # On all data or on the added ones alone, it is the same test.
    whole = integrated_bounds(adapted, information=10.0, rest_information=14.0)
    added = 14.0 * rest.information_fractions[0]
    score = whole.upper[0] * sqrt(10 + added) - z * sqrt(10)
    assert score / sqrt(added) == pytest.approx(adapted.rest.upper[0])


@given(boundaries(), st.floats(0.2, 1), st.floats(0.6, 0.95))
@FEW
def test_the_size_of_a_new_rest_gives_its_power(bounds, effect, power):
    rest = NewRest(information_fractions=(0.5, 1.0), spending=HwangShihDeCaniSpending(gamma=-2))
    z = min(1.0, bounds.upper[0] - 0.01)
    adapted = adapt_rest(bounds, look=1, z=z, rest=rest, binding=Binding.NON_BINDING)
    if adapted.conditional_error > 0.5:
        return
    information = size_rest(adapted, effect=effect, power=power)
    means = proportional_means((0.5, 1.0), drift=effect * sqrt(information))
    assert sum(crossings(adapted.rest, means=means).upper) == pytest.approx(power, abs=1e-9)


@st.composite
def rules(draw):
    """Draw rules that never take anything back, and may grow a trial fourfold."""
    target, most = draw(st.floats(0.3, 0.95)), draw(st.floats(1.1, 4))
    under = draw(st.sampled_from((ObservedTrend(), GivenDrift(drift=2.5))))
    return draw(
        st.sampled_from(
            (
                PromisingZone(least_power=0.5 * target, target_power=target, most=most),
                ConditionalPowerSize(target_power=target, under=under, least=1.0, most=most),
            )
        )
    )


@given(boundaries(most=2), rules())
@LAW
def test_a_combination_keeps_its_error_under_any_rule(bounds, rule):
    alpha = sum(crossings(bounds, means=(0.0, 0.0)).upper)
    null, found = (
        reestimation_course(bounds, rule=rule, drift=drift, test=FinalTest.COMBINATION)
        for drift in (0.0, 2.0)
    )
    assert null.power == pytest.approx(alpha, abs=1e-9)
    assert found.power > null.power
    assert bounds.information_fractions[0] < found.expected_information < rule.most


@given(boundaries(most=2), Z, rules())
@LAW
def test_sizes_stay_between_plan_and_cap(bounds, z, rule):
    assert 1 <= reestimated_information(bounds, z=z, rule=rule) <= rule.most


@given(st.floats(0.05, 0.95), st.floats(0.2, 5), st.floats(0.3, 3))
@LAW
def test_blinded_rates_mix_to_the_rate_that_was_seen(rate, odds_ratio, allocation):
    found = blinded_rates(
        rate, effect=odds_ratio, held=HeldEffect.ODDS_RATIO, allocation=allocation
    )
    mixed = (allocation * found.experimental + found.control) / (1 + allocation)
    assert mixed == pytest.approx(rate)
    odds = found.experimental / (1 - found.experimental) * (1 - found.control) / found.control
    assert odds == pytest.approx(odds_ratio)


@given(boundaries(most=2), st.tuples(Z, Z), Z)
@LAW
def test_an_arm_falls_only_where_its_own_test_falls(bounds, first, second):
    best = "a" if first[0] >= first[1] else "b"
    stages = ({"a": first[0], "b": first[1]}, {best: second})
    found = closed_combination_test(stages, test=SimesTest(), bounds=bounds)
    own = inverse_normal_test((max(first), second), bounds=bounds)
    at = found.rejected_at[best]
    if at is not None:
        assert "reject" in own.verdicts[:at]
    lost = found.rejected_at["b" if best == "a" else "a"]
    assert lost in {None, 1}


@given(boundaries(most=3), st.floats(0.1, 1), st.data())
@FEW
def test_a_gate_never_adds_to_what_lies_behind_it(bounds, passes, data):
    correlation, drift = data.draw(st.floats(-0.6, 0.6)), data.draw(st.floats(0, 3.5))
    looks = bounds.information_fractions
    links = proportional_correlations(looks, final=correlation)
    gate = LinkedGate(passes=passes, correlations=links)
    means = proportional_means(looks, drift=drift)
    found = seamless_course(gate, bounds=bounds, means=means)
    assert found.power <= min(passes, found.power_without_gate) + 1e-7
    gain = found.power - passes * found.power_without_gate
    assert gain * correlation >= -1e-7
    null = seamless_course(gate, bounds=bounds, means=(0.0,) * len(looks))
    assert null.power <= null.power_without_gate + 1e-7


@given(boundaries(most=2), st.floats(0, 0.9), st.tuples(*[st.floats(0, 3.5)] * 2))
@FEW
def test_endpoints_in_sequence_win_less_often_than_alone(bounds, correlation, drifts):
    looks = bounds.information_fractions
    means = [proportional_means(looks, drift=drift) for drift in drifts]
    stage, whole = (
        hierarchical_course(
            HierarchicalPlan(
                first=bounds, second=bounds, correlation=correlation, hierarchy=hierarchy
            ),
            first_means=means[0],
            second_means=means[1],
        )
        for hierarchy in (Hierarchy.STAGEWISE, Hierarchy.OVERALL)
    )
    alone = [sum(crossings(bounds, means=mean).upper) for mean in means]
    assert stage.power_both <= whole.power_both + 1e-6
    assert whole.power_both <= min(alone) + 1e-6
    assert whole.power_first == pytest.approx(alone[0], abs=1e-6)


@given(st.permutations((0.5, 1.0, 2.0)), ALPHA, SPENDING)
@FEW
def test_arms_have_no_order(allocation, alpha, spending):
    looks = (0.5, 1.0)
    here, there = (
        multi_arm_boundary(
            looks, allocation=tuple(shares), alpha_one_sided=alpha, spending=spending
        )
        for shares in (allocation, sorted(allocation))
    )
    assert here.z == pytest.approx(there.z, abs=1e-9)
    course = multi_arm_course(here.bounds, allocation=tuple(allocation), drifts=(0.0,) * 3)
    assert tuple(accumulate(course.rejects)) == pytest.approx(here.cumulative_alpha, abs=1e-9)


@given(boundaries(most=2), st.floats(0, 3), st.floats(0, 3))
@FEW
def test_a_choice_of_the_best_is_certain_and_fair(bounds, one, other):
    found, swapped = (
        best_arm_course(bounds, allocation=(1.0, 1.0), drifts=drifts)
        for drifts in ((one, other), (other, one))
    )
    assert sum(found.selected) == pytest.approx(1, abs=1e-9)
    assert found.rejected == pytest.approx(swapped.rejected[::-1], abs=1e-9)
    assert (found.selected[0] >= 0.5 - 1e-9) == (one >= other) or abs(one - other) < 1e-6


@given(st.lists(Z, min_size=1, max_size=5, unique=True), st.floats(0, 3))
@LAW
def test_the_best_arm_always_goes_on(z, epsilon):
    at = {f"arm {number}": value for number, value in enumerate(z)}
    chosen = select_arms(at, rule=SelectWithin(epsilon=epsilon))
    assert at[chosen[0]] == max(z)
    assert all(max(z) - at[arm] <= epsilon for arm in chosen)
