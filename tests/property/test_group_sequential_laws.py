from itertools import accumulate, pairwise
from math import inf, sqrt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.design.group_sequential.boundaries import classic_boundary, efficacy_boundary
from equipoise.design.group_sequential.classic import WangTsiatisShape
from equipoise.design.group_sequential.conditional_power import (
    FlatDrift,
    GivenDrift,
    NormalDrift,
    assurance,
    conditional_power,
    predictive_power,
)
from equipoise.design.group_sequential.crossing import Bounds, crossings, proportional_means
from equipoise.design.group_sequential.drift import drift_for_power
from equipoise.design.group_sequential.futility import BetaSpending, Binding, FixedFutility
from equipoise.design.group_sequential.observed import LastLook, observed_boundary
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.repeated import repeated_p_values
from equipoise.design.group_sequential.scales import Place, Scale, value_of, z_of
from equipoise.design.group_sequential.sizing import size_group_sequential
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    KimDeMetsSpending,
    OBrienFlemingSpending,
    PocockSpending,
    error_spent,
)
from equipoise.design.group_sequential.stagewise import stagewise_inference
from equipoise.design.group_sequential.two_sided import Tail, two_sided_boundary

GAMMA = st.floats(-8, 4)
SPENDING = st.one_of(
    st.just(OBrienFlemingSpending()),
    st.just(PocockSpending()),
    st.builds(HwangShihDeCaniSpending, gamma=GAMMA),
    st.builds(KimDeMetsSpending, rho=st.floats(0.3, 5)),
)
LAW = settings(max_examples=40, deadline=None)


@st.composite
def fractions(draw, least=1):
    """Draw 1 to 4 looks at least a twentieth of the information apart."""
    looks = draw(st.lists(st.integers(2, 19), min_size=least - 1, max_size=3, unique=True))
    return (*(look / 20 for look in sorted(looks)), 1.0)


@st.composite
def closed_bounds(draw):
    """Draw bounds that meet at the last look."""
    looks = draw(fractions())
    lower = [draw(st.one_of(st.just(-inf), st.floats(-3, 1))) for _ in looks[1:]]
    upper = [draw(st.one_of(st.just(inf), st.floats(1.2, 4))) for _ in looks[1:]]
    final = draw(st.floats(-1, 3))
    return Bounds(information_fractions=looks, lower=(*lower, final), upper=(*upper, final))


@given(closed_bounds(), st.data())
@LAW
def test_every_trial_ends_once(bounds, data):
    means = tuple(data.draw(st.floats(-5, 5)) for _ in bounds.upper)
    found = crossings(bounds, means=means)
    assert min((*found.upper, *found.lower)) >= 0
    assert sum(found.stops) == pytest.approx(1, abs=1e-12)


@given(closed_bounds(), st.floats(-4, 4))
@LAW
def test_swapping_the_arms_swaps_the_bounds(bounds, drift):
    swapped = Bounds(
        information_fractions=bounds.information_fractions,
        lower=tuple(-z for z in bounds.upper),
        upper=tuple(-z for z in bounds.lower),
    )
    looks = bounds.information_fractions
    there = crossings(bounds, means=proportional_means(looks, drift=drift))
    back = crossings(swapped, means=proportional_means(looks, drift=-drift))
    assert there.upper == pytest.approx(back.lower, abs=1e-13)
    assert there.lower == pytest.approx(back.upper, abs=1e-13)


@given(closed_bounds(), st.floats(0.01, 1000), st.floats(-3, 3))
@LAW
def test_the_unit_of_information_does_not_matter(bounds, unit, drift):
    looks = bounds.information_fractions
    scaled = Bounds(
        information_fractions=tuple(unit * at for at in looks),
        lower=bounds.lower,
        upper=bounds.upper,
    )
    means = proportional_means(looks, drift=drift)
    assert crossings(scaled, means=means).upper == pytest.approx(
        crossings(bounds, means=means).upper, abs=1e-12
    )


@given(closed_bounds(), st.floats(0.05, 0.95), st.floats(-3, 3))
@LAW
def test_a_look_without_bounds_changes_nothing(bounds, place, drift):
    looks = bounds.information_fractions
    at = place * looks[0]
    more = Bounds(
        information_fractions=(at, *looks),
        lower=(-inf, *bounds.lower),
        upper=(inf, *bounds.upper),
    )
    found = crossings(more, means=proportional_means((at, *looks), drift=drift))
    plain = crossings(bounds, means=proportional_means(looks, drift=drift))
    assert found.upper == pytest.approx((0, *plain.upper), abs=1e-13)


@given(looks=fractions(), spending=SPENDING, alpha=st.floats(0.001, 0.2))
@LAW
def test_every_spending_function_spends_what_it_says(looks, spending, alpha):
    boundary = efficacy_boundary(looks, alpha_one_sided=alpha, spending=spending)
    crossed = crossings(boundary.bounds, means=(0.0,) * len(looks)).upper
    due = [error_spent(spending, fraction=at, error=alpha) for at in looks]
    assert list(accumulate(crossed)) == pytest.approx(due, rel=1e-9, abs=1e-14)
    assert due[-1] == alpha
    assert all(before <= after for before, after in pairwise(due))


@given(fractions(least=2), GAMMA, st.floats(0.3, 3))
@LAW
def test_spending_more_early_raises_the_last_bound(looks, gamma, more):
    settings = {"alpha_one_sided": 0.025}
    late = efficacy_boundary(looks, spending=HwangShihDeCaniSpending(gamma=gamma), **settings)
    early = efficacy_boundary(
        looks, spending=HwangShihDeCaniSpending(gamma=gamma + more), **settings
    )
    assert early.z[0] < late.z[0]
    assert early.z[-1] > late.z[-1]


@given(fractions(), st.floats(-0.3, 0.6), st.floats(0.001, 0.2))
@LAW
def test_a_classic_shape_has_its_error(looks, delta, alpha):
    boundary = classic_boundary(looks, alpha_one_sided=alpha, shape=WangTsiatisShape(delta=delta))
    assert boundary.cumulative_alpha[-1] == pytest.approx(alpha, rel=1e-11)
    assert boundary.z[0] == pytest.approx(boundary.z[-1] * looks[0] ** (delta - 0.5), rel=1e-12)


@given(fractions(), SPENDING)
@LAW
def test_a_symmetric_two_sided_boundary_is_symmetric(looks, spending):
    tail = Tail(alpha_one_sided=0.025, spending=spending)
    bounds = two_sided_boundary(looks, upper=tail, lower=tail).bounds
    assert bounds.upper == pytest.approx([-z for z in bounds.lower], abs=1e-12)
    found = crossings(bounds, means=(0.0,) * len(looks))
    assert sum(found.upper) == pytest.approx(0.025, rel=1e-10)
    # Seeing the other side can only leave more room.
    one_sided = efficacy_boundary(looks, alpha_one_sided=0.025, spending=spending)
    assert all(two <= one + 1e-12 for two, one in zip(bounds.upper, one_sided.z, strict=True))


@given(fractions(), SPENDING, st.floats(0.3, 0.97))
@LAW
def test_a_design_with_looks_needs_no_less_than_one_look_and_has_its_power(looks, spending, power):
    plan = SequentialPlan(
        information_fractions=looks, alpha_one_sided=0.025, power=power, efficacy=spending
    )
    design = size_group_sequential(plan)
    assert design.power == pytest.approx(power, abs=1e-11)
    assert design.inflation_factor >= 1 - 1e-10
    assert drift_for_power(design.bounds, power=power) == pytest.approx(design.drift, abs=1e-10)
    expected = design.expected_information
    assert expected.planned <= expected.halfway <= expected.null <= 1 + 1e-12


@given(
    looks=fractions(least=2),
    gamma=st.floats(-6, 0),
    power=st.floats(0.7, 0.95),
    binding=st.sampled_from(Binding),
)
@settings(max_examples=25, deadline=None)
def test_beta_spending_spends_both_errors(looks, gamma, *, power, binding):
    rule = HwangShihDeCaniSpending(gamma=gamma)
    plan = SequentialPlan(
        information_fractions=looks,
        alpha_one_sided=0.025,
        power=power,
        efficacy=HwangShihDeCaniSpending(gamma=-4),
        futility=BetaSpending(spending=rule),
        binding=binding,
    )
    design = size_group_sequential(plan)
    due = [error_spent(rule, fraction=at, error=1 - power) for at in looks]
    assert design.cumulative_beta == pytest.approx(due, abs=1e-10)
    assert design.power == pytest.approx(power, abs=1e-10)
    assert design.futility[-1] == design.efficacy[-1]
    if binding is Binding.BINDING:
        assert design.type_one_error == pytest.approx(0.025, rel=1e-10)
    else:
        assert design.type_one_error <= 0.025 + 1e-13


@given(looks=fractions(least=2), futility=st.floats(-1, 1))
@settings(max_examples=25, deadline=None)
def test_counting_on_futility_lowers_the_efficacy_bounds(looks, futility):
    def sized(binding):
        return size_group_sequential(
            SequentialPlan(
                information_fractions=looks,
                alpha_one_sided=0.025,
                power=0.8,
                efficacy=HwangShihDeCaniSpending(gamma=-4),
                futility=FixedFutility(values=(futility,) * (len(looks) - 1)),
                binding=binding,
            )
        )

    binding, non_binding = sized(Binding.BINDING), sized(Binding.NON_BINDING)
    assert binding.efficacy[0] == pytest.approx(non_binding.efficacy[0], abs=1e-12)
    assert binding.efficacy[-1] <= non_binding.efficacy[-1] + 1e-12
    assert binding.drift <= non_binding.drift + 1e-11
    if looks[0] <= 0.6:  # few trials without an effect pass from below the bound to a rejection
        assert binding.efficacy[-1] < non_binding.efficacy[-1]
        assert binding.drift < non_binding.drift


@given(
    value=st.floats(0.05, 0.95),
    scale=st.sampled_from(Scale),
    fraction=st.floats(0.1, 0.9),
    drift=st.floats(1, 5),
)
def test_scales_are_read_forth_and_back(value, scale, *, fraction, drift):
    place = Place(fraction=fraction, mean=drift * sqrt(fraction), drift=drift, final_z=2.0)
    z = z_of(value, scale=scale, place=place)
    assert value_of(z, scale=scale, place=place) == pytest.approx(value, abs=1e-10)


@given(st.floats(0.1, 0.9), st.floats(-2, 4), st.floats(0, 4))
def test_conditional_power_grows_with_z_and_with_the_effect(fraction, z, drift):
    bounds = efficacy_boundary(
        (fraction, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
    ).bounds
    found = conditional_power(bounds, look=1, z=z, under=GivenDrift(drift=drift)).power
    more = conditional_power(bounds, look=1, z=z + 0.5, under=GivenDrift(drift=drift)).power
    stronger = conditional_power(bounds, look=1, z=z, under=GivenDrift(drift=drift + 0.5)).power
    assert 0 <= found <= min(more, stronger) <= 1


@given(fractions(least=2), st.floats(-2, 3), st.floats(0.02, 0.2))
@LAW
def test_certainty_beforehand_makes_assurance_power(looks, mean, spread):
    bounds = efficacy_boundary(
        looks, alpha_one_sided=0.025, spending=OBrienFlemingSpending()
    ).bounds
    power = sum(crossings(bounds, means=proportional_means(looks, drift=mean)).upper)
    found = assurance(bounds, prior=NormalDrift(mean=mean, standard_deviation=spread)).power
    # The second derivative of power by the drift is below 1.
    assert found == pytest.approx(power, abs=spread**2)


@given(fractions(least=2), st.floats(-1, 3))
@LAW
def test_a_prior_that_says_nothing_is_a_flat_one(looks, z):
    bounds = efficacy_boundary(
        looks, alpha_one_sided=0.025, spending=OBrienFlemingSpending()
    ).bounds
    flat = predictive_power(bounds, look=1, z=z, prior=FlatDrift()).power
    wide = predictive_power(
        bounds, look=1, z=z, prior=NormalDrift(mean=0.0, standard_deviation=1e4)
    ).power
    assert flat == pytest.approx(wide, abs=1e-6)


@given(fractions(), SPENDING, st.floats(0.002, 0.2))
@LAW
def test_at_its_own_boundary_every_look_has_the_error_as_its_repeated_p(looks, spending, alpha):
    boundary = efficacy_boundary(looks, alpha_one_sided=alpha, spending=spending)
    assume(max(boundary.z) < 30)
    p_values = repeated_p_values(
        boundary.z, observed_fractions=looks, spending=spending, last=LastLook.FINAL
    )
    assert p_values == pytest.approx((alpha,) * len(looks), rel=1e-7)


@given(fractions(), SPENDING)
@LAW
def test_observed_as_planned_is_the_plan(looks, spending):
    plan = efficacy_boundary(looks, alpha_one_sided=0.025, spending=spending)
    found = observed_boundary(looks, alpha_one_sided=0.025, spending=spending, last=LastLook.FINAL)
    assert found.z == pytest.approx(plan.z, abs=1e-11)
    kept = observed_boundary(
        looks, alpha_one_sided=0.025, spending=spending, last=LastLook.FINAL, past_z=plan.z[:-1]
    )
    assert kept.z == pytest.approx(plan.z, abs=1e-8)


@given(looks=fractions(), data=st.data(), information=st.floats(0.5, 50))
@LAW
def test_the_final_interval_holds_its_estimate_and_agrees_with_the_p_value(
    looks, data, information
):
    bounds = efficacy_boundary(
        looks, alpha_one_sided=0.025, spending=HwangShihDeCaniSpending(gamma=-4)
    ).bounds
    look = data.draw(st.integers(1, len(looks)))
    z = data.draw(st.floats(-2, 4))
    found = stagewise_inference(bounds, look=look, z=z, information=information, confidence=0.95)
    assert found.lower < found.estimate < found.upper
    assert (found.p_value <= 0.025) == (found.lower >= -1e-12)
    higher = stagewise_inference(
        bounds, look=look, z=z + 0.5, information=information, confidence=0.95
    )
    # Far beyond a boundary close to the one before, what lies between is below the last digit.
    assert higher.p_value <= found.p_value
    assert higher.p_value < found.p_value or z > bounds.upper[look - 1]
    assert higher.estimate > found.estimate
