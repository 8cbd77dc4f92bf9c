from math import inf, nan

import pytest

from equipoise.base.errors import BadInput
from equipoise.design.group_sequential.boundaries import classic_boundary, efficacy_boundary
from equipoise.design.group_sequential.classic import (
    HaybittlePetoShape,
    PocockShape,
    WangTsiatisShape,
)
from equipoise.design.group_sequential.conditional_power import (
    FlatDrift,
    GivenDrift,
    NormalDrift,
    assurance,
    assurance_after,
    conditional_power,
    predictive_power,
)
from equipoise.design.group_sequential.crossing import Bounds, crossings
from equipoise.design.group_sequential.drift import drift_for_power
from equipoise.design.group_sequential.futility import BetaSpending, Binding, FixedFutility
from equipoise.design.group_sequential.observed import LastLook, observed_boundary
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.repeated import (
    classic_repeated_p_values,
    repeated_interval,
    repeated_p_values,
)
from equipoise.design.group_sequential.scales import Place, Scale, z_of
from equipoise.design.group_sequential.sizing import (
    power_group_sequential,
    size_group_sequential,
)
from equipoise.design.group_sequential.spending import (
    CumulativeSpending,
    HwangShihDeCaniSpending,
    KimDeMetsSpending,
    OBrienFlemingSpending,
    PocockSpending,
    error_spent,
)
from equipoise.design.group_sequential.stagewise import stagewise_inference
from equipoise.design.group_sequential.two_sided import Tail, classic_two_sided_boundary

PLAN = {
    "information_fractions": (0.5, 1.0),
    "alpha_one_sided": 0.025,
    "power": 0.9,
    "efficacy": OBrienFlemingSpending(),
}
BOUNDS = Bounds(information_fractions=(0.5, 1.0), lower=(0.0, 2.0), upper=(2.9, 2.0))


def plan_of(**changes):
    return SequentialPlan(**{**PLAN, **changes})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("information_fractions", ()),
        ("information_fractions", (0.5, 0.5)),
        ("information_fractions", (-0.5, 1.0)),
        ("information_fractions", (0.5, inf)),
        ("lower", (0.0,)),
        ("upper", (2.9, 2.0, 2.0)),
        ("lower", (3.0, 2.0)),
        ("upper", (nan, 2.0)),
    ],
)
def test_bounds_that_are_none_are_refused(field, value):
    fields = {"information_fractions": (0.5, 1.0), "lower": (0.0, 2.0), "upper": (2.9, 2.0)}
    with pytest.raises(BadInput, match=field.split("_")[0]):
        Bounds(**{**fields, field: value})


@pytest.mark.parametrize("means", [(0.0,), (0.0, inf), (nan, 0.0)])
def test_means_that_are_not_one_number_a_look_are_refused(means):
    with pytest.raises(BadInput, match="means"):
        crossings(BOUNDS, means=means)


def test_bounds_that_meet_early_end_the_trial():
    closed = Bounds(information_fractions=(0.5, 1.0), lower=(1.0, 2.0), upper=(1.0, 2.0))
    found = crossings(closed, means=(0.5, 0.7))
    assert sum(found.stops[:1]) == pytest.approx(1, abs=1e-15)
    assert found.stops[1] == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: HwangShihDeCaniSpending(gamma=nan),
        lambda: KimDeMetsSpending(rho=0),
        lambda: KimDeMetsSpending(rho=inf),
        lambda: CumulativeSpending(times=(0.5, 1.0), shares=(0.5,)),
        lambda: CumulativeSpending(times=(0.5, 0.9), shares=(0.5, 1.0)),
        lambda: CumulativeSpending(times=(0.5, 1.0), shares=(0.5, 0.9)),
        lambda: CumulativeSpending(times=(0.5, 1.0), shares=(-0.1, 1.0)),
        lambda: CumulativeSpending(times=(0.5, 0.7, 1.0), shares=(0.5, 0.4, 1.0)),
        lambda: CumulativeSpending(times=(), shares=()),
        lambda: error_spent(PocockSpending(), fraction=0.5, error=1.0),
        lambda: WangTsiatisShape(delta=2),
        lambda: HaybittlePetoShape(early_z=0),
        lambda: classic_boundary(
            (0.5, 1.0), alpha_one_sided=0.025, shape=HaybittlePetoShape(early_z=1.9)
        ),
        lambda: classic_two_sided_boundary((0.5, 1.0), alpha_two_sided=0.0, shape=PocockShape()),
        lambda: Tail(alpha_one_sided=0.6, spending=PocockSpending()),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(make):
    with pytest.raises(BadInput):
        make()


def test_cumulative_spending_runs_along_straight_lines():
    points = CumulativeSpending(times=(0.4, 0.8, 1.0), shares=(0.1, 0.5, 1.0))
    found = [error_spent(points, fraction=at, error=0.1) for at in (0.2, 0.4, 0.6, 0.8, 0.9, 1)]
    assert found == pytest.approx([0.005, 0.01, 0.03, 0.05, 0.075, 0.1], rel=1e-14)


@pytest.mark.parametrize("gamma", [-3000.0, -1e-16, 0.0, 3000.0])
def test_extreme_gammas_spend_nothing_or_all_and_never_overflow(gamma):
    spent = error_spent(HwangShihDeCaniSpending(gamma=gamma), fraction=0.5, error=0.025)
    assert spent == pytest.approx({-3000.0: 0.0, 3000.0: 0.025}.get(gamma, 0.0125), abs=1e-15)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("spending_times", (0.5,)),
        ("spending_times", (0.5, 0.9)),
        ("spending_times", (0.0, 1.0)),
        ("tested", (True,)),
        ("tested", (True, False)),
    ],
)
def test_clocks_and_tests_that_do_not_fit_the_looks_are_refused(argument, value):
    with pytest.raises(BadInput, match=argument):
        efficacy_boundary(
            (0.5, 1.0), alpha_one_sided=0.025, spending=PocockSpending(), **{argument: value}
        )
    with pytest.raises(BadInput, match=argument):
        plan_of(**{argument: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("information_fractions", (0.5, 1.2)),
        ("alpha_one_sided", 0.6),
        ("power", 0.02),
        ("power", 1.0),
        ("effect_shares", (1.0,)),
        ("effect_shares", (0.5, 2.0)),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(field, value):
    with pytest.raises(BadInput):
        plan_of(**{field: value})


def test_a_classic_shape_has_no_clock():
    with pytest.raises(BadInput, match="spending_times"):
        plan_of(efficacy=PocockShape(), spending_times=(0.4, 1.0))


def test_fixed_futility_has_one_value_for_each_look_before_the_last():
    with pytest.raises(BadInput, match="values"):
        size_group_sequential(plan_of(futility=FixedFutility(values=(0.0, 0.0))))


def test_futility_above_efficacy_is_refused():
    with pytest.raises(BadInput, match="futility"):
        size_group_sequential(plan_of(futility=FixedFutility(values=(3.5,))))


def test_binding_futility_that_leaves_fewer_trials_than_error_is_refused():
    spending = BetaSpending(spending=CumulativeSpending(times=(0.5, 1.0), shares=(1.0, 1.0)))
    with pytest.raises(BadInput, match="futility"):
        size_group_sequential(plan_of(futility=spending, binding=Binding.BINDING))


def test_a_futility_bound_that_follows_the_effect_to_the_efficacy_bound_is_refused():
    with pytest.raises(BadInput, match="futility"):
        size_group_sequential(plan_of(futility=FixedFutility(values=(0.99,), scale=Scale.EFFECT)))


def test_a_power_that_no_drift_gives_is_refused():
    never = Bounds(information_fractions=(0.5, 1.0), lower=(0.0, 0.0), upper=(inf, inf))
    with pytest.raises(BadInput, match="some drift gives the power"):
        drift_for_power(never, power=0.9)


@pytest.mark.parametrize("drift", [0.0, -1.0, nan, inf])
def test_a_planned_drift_is_above_0(drift):
    with pytest.raises(BadInput, match="drift"):
        power_group_sequential(plan_of(), drift=drift)


@pytest.mark.parametrize("power", [0.0, 1.0, nan])
def test_a_power_that_is_none_is_refused(power):
    with pytest.raises(BadInput, match="power"):
        drift_for_power(BOUNDS, power=power)


@pytest.mark.parametrize("value", [0.0, 1.0, 1.5, nan])
def test_a_power_scale_takes_powers(value):
    place = Place(fraction=0.5, mean=2.0, drift=2.8, final_z=2.0)
    with pytest.raises(BadInput, match="value"):
        z_of(value, scale=Scale.PREDICTIVE_POWER, place=place)


def test_the_last_look_has_no_conditional_power():
    with pytest.raises(BadInput, match="fraction"):
        Place(fraction=1.0, mean=2.8, drift=2.8, final_z=2.0)
    for look in (0, 2):
        with pytest.raises(BadInput, match="look"):
            conditional_power(BOUNDS, look=look, z=1.0, under=GivenDrift(drift=0.0))


def test_beliefs_and_results_that_are_no_numbers_are_refused():
    with pytest.raises(BadInput, match="drift"):
        GivenDrift(drift=inf)
    with pytest.raises(BadInput, match="standard_deviation"):
        NormalDrift(mean=0.0, standard_deviation=0.0)
    with pytest.raises(BadInput, match="z"):
        predictive_power(BOUNDS, look=1, z=nan, prior=FlatDrift())


def test_a_belief_too_wide_to_tell_looks_apart_is_refused():
    with pytest.raises(BadInput, match="prior"):
        assurance(BOUNDS, prior=NormalDrift(mean=0.0, standard_deviation=100.0))


@pytest.mark.parametrize("look", [-1, 2])
def test_assurance_after_a_look_that_is_not_before_the_last_is_refused(look):
    outlook = assurance(BOUNDS, prior=NormalDrift(mean=2.0, standard_deviation=1.0))
    with pytest.raises(BadInput, match="look"):
        assurance_after(outlook, look=look)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("past_z", (3.0, 2.5, 2.0)),
        ("past_z", (nan,)),
        ("spending_times", (0.5, 1.1)),
        ("spending_times", (0.8, 0.5)),
        ("spending_times", (0.0, 0.5)),
        ("spending_times", (0.5,)),
        ("alpha_one_sided", 0.0),
    ],
)
def test_observed_looks_that_cannot_be_meant_are_refused(argument, value):
    settings = {"alpha_one_sided": 0.025, "spending": PocockSpending(), "last": LastLook.FINAL}
    with pytest.raises(BadInput, match=argument):
        observed_boundary((0.5, 0.9), **{**settings, argument: value})


@pytest.mark.parametrize("z", [(nan,), (40.0,), (1.0, 2.0)])
def test_p_values_of_results_that_are_none_are_refused(z):
    with pytest.raises(BadInput, match="z"):
        repeated_p_values(
            z, observed_fractions=(0.5,), spending=PocockSpending(), last=LastLook.INTERIM
        )
    with pytest.raises(BadInput, match="z"):
        classic_repeated_p_values(z, information_fractions=(1.0,), shape=PocockShape())


@pytest.mark.parametrize("information", [0.0, -1.0, inf, nan])
def test_no_interval_without_information(information):
    with pytest.raises(BadInput, match="information"):
        repeated_interval(1.0, critical_z=2.0, information=information)
    with pytest.raises(BadInput, match="information"):
        stagewise_inference(BOUNDS, look=1, z=1.0, information=information, confidence=0.9)


@pytest.mark.parametrize(
    ("argument", "value"), [("look", 0), ("look", 3), ("z", 50.0), ("z", nan), ("confidence", 1.0)]
)
def test_an_end_that_is_none_is_refused(argument, value):
    settings = {"look": 1, "z": 3.0, "information": 1.0, "confidence": 0.9}
    with pytest.raises(BadInput, match=argument):
        stagewise_inference(BOUNDS, **{**settings, argument: value})
