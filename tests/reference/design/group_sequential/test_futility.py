from itertools import accumulate
from math import inf, sqrt

import numpy as np
import pytest
from scipy.special import ndtr

from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.classic import OBrienFlemingShape, PocockShape
from equipoise.design.group_sequential.crossing import Bounds, crossings
from equipoise.design.group_sequential.drift import drift_for_power
from equipoise.design.group_sequential.futility import (
    BetaSpending,
    Binding,
    FixedFutility,
    NullSpending,
)
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.scales import Place, Scale, value_of
from equipoise.design.group_sequential.sizing import (
    power_group_sequential,
    size_group_sequential,
)
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    OBrienFlemingSpending,
)

LATE = HwangShihDeCaniSpending(gamma=-4)
MILD = HwangShihDeCaniSpending(gamma=-2)
GSDESIGN = {
    3: (BetaSpending(spending=MILD), Binding.BINDING),
    4: (BetaSpending(spending=MILD), Binding.NON_BINDING),
    5: (NullSpending(spending=MILD), Binding.BINDING),
    6: (NullSpending(spending=MILD), Binding.NON_BINDING),
}


def plan_of(fractions, **changes):
    settings = {"alpha_one_sided": 0.025, "power": 0.9, "efficacy": OBrienFlemingSpending()}
    return SequentialPlan(information_fractions=fractions, **{**settings, **changes})


def of_program(cases, program):
    return [case for case in cases if case["program"].startswith(program)]


@pytest.mark.source("program: gsDesign 3.11: gsDesign(test.type = 3 to 6, sfHSD -4, sfHSD -2)")
def test_binding_and_non_binding_futility_of_gsdesign(stored):
    cases = of_program(stored("group_sequential.json")["futility"], "gsDesign")
    assert len(cases) == 4
    for case in cases:
        futility, binding = GSDESIGN[case["arguments"]["test.type"]]
        truth = case["found"]
        design = size_group_sequential(
            plan_of((0.5, 0.75, 1.0), efficacy=LATE, futility=futility, binding=binding)
        )
        # gsDesign stops at an error of 1e-6 in each probability; where it spends the error with
        # both bounds to find (test types 3 and 5) its own upper_prob is 7e-7 off upper_spend,
        # which is 2e-5 of a bound, and more of a futility bound in a thin tail.
        assert design.efficacy == pytest.approx(truth["upper"], abs=2e-5), case["call"]
        assert design.futility == pytest.approx(truth["lower"], abs=4e-5), case["call"]
        assert design.inflation_factor == pytest.approx(truth["n.I"][-1], abs=1e-5)
        assert design.cumulative_power == pytest.approx(
            list(accumulate(row[1] for row in truth["upper_prob"])), abs=2e-5
        )
        assert design.cumulative_beta == pytest.approx(
            list(accumulate(row[1] for row in truth["lower_prob"])), abs=2e-5
        )
        means = (design.expected_information.null, design.expected_information.planned)
        assert [mean * design.inflation_factor for mean in means] == pytest.approx(
            truth["en"], abs=2e-5
        )


@pytest.mark.source("program: gsDesign 3.11: upper_prob and lower_prob at its own bounds and size")
def test_crossing_probabilities_at_the_bounds_of_gsdesign(stored):
    for case in of_program(stored("group_sequential.json")["futility"], "gsDesign"):
        truth = case["found"]
        bounds = Bounds(
            information_fractions=(0.5, 0.75, 1.0),
            lower=tuple(truth["lower"]),
            upper=tuple(truth["upper"]),
        )
        for column, drift in enumerate((0.0, truth["delta"] * sqrt(truth["n.I"][-1]))):
            found = crossings(bounds, means=tuple(drift * sqrt(t) for t in (0.5, 0.75, 1.0)))
            assert found.upper == pytest.approx(
                [row[column] for row in truth["upper_prob"]], abs=3e-7
            )
            assert found.lower == pytest.approx(
                [row[column] for row in truth["lower_prob"]], abs=3e-7
            )


@pytest.mark.source("program: rpact 4.5: getDesignGroupSequential with bsHSD and bsOF")
def test_beta_spending_of_rpact(stored):
    binding, non_binding, _ = of_program(stored("group_sequential.json")["futility"], "rpact")
    plans = (
        plan_of(
            (0.4, 0.7, 1.0),
            power=0.8,
            efficacy=LATE,
            futility=BetaSpending(spending=MILD),
            binding=Binding.BINDING,
        ),
        plan_of((0.5, 0.75, 1.0), futility=BetaSpending(spending=OBrienFlemingSpending())),
    )
    for case, plan in zip((binding, non_binding), plans, strict=True):
        truth, design = case["found"], size_group_sequential(plan)
        assert design.efficacy == pytest.approx(truth["criticalValues"], abs=5e-6)
        assert design.futility[:-1] == pytest.approx(truth["futilityBounds"], abs=5e-6)
        assert design.cumulative_power == pytest.approx(truth["power"], abs=5e-6)
        assert design.cumulative_beta == pytest.approx(truth["betaSpent"], abs=5e-6)
        assert design.cumulative_alpha == pytest.approx(truth["alphaSpent"], abs=2e-8)


@pytest.mark.source("program: rpact 4.5: getDesignGroupSequential(futilityBounds = 0)")
def test_a_fixed_non_binding_bound_leaves_the_efficacy_bounds(stored):
    *_, case = of_program(stored("group_sequential.json")["futility"], "rpact")
    design = size_group_sequential(plan_of((0.5, 1.0), futility=FixedFutility(values=(0.0,))))
    assert design.efficacy == pytest.approx(case["found"]["criticalValues"], abs=5e-6)
    assert design.futility[0] == case["found"]["futilityBounds"]
    assert design.type_one_error < 0.025 - 1e-4  # obeyed, it only costs error


@pytest.mark.source("program: rpact 4.5: getDesignCharacteristics")
@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("char-asOF-K3", plan_of((0.5, 0.75, 1.0))),
        ("char-P-K5", plan_of((0.2, 0.4, 0.6, 0.8, 1.0), power=0.8, efficacy=PocockShape())),
    ],
)
def test_characteristics_of_designs(stored, name, plan):
    truth = stored("group_sequential.json")["cases"][name]["found"]
    design = size_group_sequential(plan)
    expected = design.expected_information
    assert plan.fixed_drift**2 == pytest.approx(truth["nFixed"], rel=1e-12)
    assert design.drift**2 == pytest.approx(truth["shift"], abs=5e-6)
    assert design.inflation_factor == pytest.approx(truth["inflationFactor"], abs=1e-6)
    assert design.cumulative_power == pytest.approx(truth["power"], abs=1e-7)
    for mean, name_there in (
        (expected.planned, "averageSampleNumber1"),
        (expected.halfway, "averageSampleNumber01"),
        (expected.null, "averageSampleNumber0"),
    ):
        assert mean * design.inflation_factor == pytest.approx(truth[name_there], abs=1e-6)


@pytest.mark.source("program: gsDesign 3.11: gsSurvCalendar(spending = 'calendar')")
def test_error_spent_by_the_calendar(stored):
    truth = stored("group_sequential.json")["cases"]["gsSurvCalendar"]["found"]
    events, times = truth["n.I"], (1 / 3, 2 / 3, 1.0)
    design = size_group_sequential(
        plan_of(
            (events[0] / events[2], events[1] / events[2], 1.0),
            spending_times=times,
            futility=BetaSpending(spending=MILD, spending_times=times),
        )
    )
    # Bounds to the 1e-6 in probability at which gsDesign stops.
    assert design.efficacy == pytest.approx(truth["upper"], abs=2e-5)
    assert design.futility == pytest.approx(truth["lower"], abs=1e-4)
    assert crossings(design.bounds, means=(0.0, 0.0, 0.0)).upper == pytest.approx(
        [row[0] for row in truth["upper_prob"]], abs=1e-6
    )
    assert design.cumulative_power == pytest.approx(
        list(accumulate(row[1] for row in truth["upper_prob"])), abs=1e-5
    )


@pytest.mark.source("program: rpact 4.5: getGroupSequentialProbabilities")
def test_exit_probabilities_of_rpact(stored):
    truth = stored("group_sequential.json")["cases"]["prob-gs-K3"]["found"]["matrix"]
    bounds = Bounds(
        information_fractions=(0.5, 0.75, 1.0), lower=(-1.0, 0.5, 1.9), upper=(3.0, 2.5, 2.0)
    )
    found = crossings(bounds, means=(0.0, 0.0, 0.0))
    assert found.lower == pytest.approx(truth[0], abs=1e-6)
    # Its third row counts all who come to a look, its second those below the upper bound.
    upper = [whole - below for below, whole in zip(truth[1], truth[2], strict=True)]
    assert found.upper == pytest.approx(upper, abs=1e-6)


@pytest.mark.source("program: lrstat 0.3.3: exitprob")
def test_exit_probabilities_of_lrstat(stored):
    truth = stored("group_sequential.json")["cases"]["lr-exitprob"]["found"]
    information = (50.0, 100.0, 150.0)
    bounds = Bounds(
        information_fractions=information,
        lower=(-1.0, 0.5, 2.004),
        upper=(3.471, 2.454, 2.004),
    )
    found = crossings(bounds, means=tuple(0.2 * sqrt(at) for at in information))
    assert found.upper == pytest.approx(truth["exitProbUpper"], abs=1e-6)
    assert found.lower == pytest.approx(truth["exitProbLower"], abs=1e-6)
    assert sum(found.stops) == pytest.approx(1, abs=1e-13)


@pytest.mark.source("program: gsDesign2 1.1.8: gs_power_npe, an effect that grows with time")
def test_means_that_do_not_follow_the_root_of_information(stored):
    rows = stored("group_sequential.json")["cases"]["gs2-npe"]["found"]
    information = (40.0, 80.0, 120.0)
    upper = efficacy_boundary(
        (1 / 3, 2 / 3, 1.0), alpha_one_sided=0.025, spending=OBrienFlemingSpending()
    ).z
    bounds = Bounds(information_fractions=information, lower=(-1.0, 0.0, 0.0), upper=upper)
    found = crossings(
        bounds,
        means=tuple(row["theta"] * sqrt(at) for row, at in zip(rows, information, strict=False)),
    )
    # The package's own bounds are 7e-6 off, its grid of 18 points shows in the sixth digit.
    assert upper == pytest.approx([row["z"] for row in rows[:3]], abs=1e-5)
    assert list(accumulate(found.upper)) == pytest.approx(
        [row["probability"] for row in rows[:3]], abs=3e-6
    )
    assert list(accumulate(found.lower)) == pytest.approx(
        [row["probability"] for row in rows[3:]], abs=3e-6
    )


@pytest.mark.source("by hand: with effect shares, the drift scales the same means")
def test_a_delayed_effect_needs_a_larger_drift_with_early_futility():
    futility = FixedFutility(values=(0.0, 0.5))
    steady = size_group_sequential(plan_of((0.4, 0.7, 1.0), futility=futility))
    late = size_group_sequential(
        plan_of((0.4, 0.7, 1.0), futility=futility, effect_shares=(0.3, 0.8, 1.0))
    )
    assert late.drift > steady.drift
    means = [late.drift * sqrt(t) * s for t, s in ((0.4, 0.3), (0.7, 0.8), (1.0, 1.0))]
    assert sum(crossings(late.bounds, means=tuple(means)).upper) == pytest.approx(0.9, abs=1e-12)


@pytest.mark.source("by hand: conditional and predictive power of the last look, written out")
def test_futility_said_on_other_scales():
    place = Place(fraction=0.4, mean=1.8, drift=3.0, final_z=2.0)
    z = 1.1
    left = sqrt(0.6)
    score = z * sqrt(0.4)
    assert value_of(z, scale=Scale.EFFECT, place=place) == pytest.approx(1.1 / 1.8)
    # Under the plan the score still gains 3 less the 1.8 root(0.4) already due.
    gained = 3.0 - 1.8 * sqrt(0.4)
    assert value_of(z, scale=Scale.PLANNED_POWER, place=place) == pytest.approx(
        ndtr((score + gained - 2) / left)
    )
    trend = score / 0.4
    assert value_of(z, scale=Scale.TREND_POWER, place=place) == pytest.approx(
        ndtr((score + 0.6 * trend - 2) / left)
    )
    # The mean of conditional power over a drift that is normal around the trend, as a fine sum.
    steps = np.linspace(-9, 9, 20_001)
    weights = np.exp(-(steps**2) / 2)
    drifts = trend + steps / sqrt(0.4)
    powers = ndtr((score + 0.6 * drifts - 2) / left)
    assert value_of(z, scale=Scale.PREDICTIVE_POWER, place=place) == pytest.approx(
        np.sum(weights * powers) / np.sum(weights), abs=1e-10
    )


@pytest.mark.source("by hand: the bound found has the value on the scale that was asked for")
@pytest.mark.parametrize("binding", list(Binding))
@pytest.mark.parametrize("efficacy", [LATE, OBrienFlemingShape()])
@pytest.mark.parametrize("scale", list(Scale))
def test_fixed_bounds_have_the_value_asked_for(binding, efficacy, scale):
    plan = plan_of(
        (0.4, 0.7, 1.0),
        efficacy=efficacy,
        futility=FixedFutility(values=(0.3, None), scale=scale),
        binding=binding,
    )
    design = size_group_sequential(plan)
    place = Place(
        fraction=0.4,
        mean=design.drift * sqrt(0.4),
        drift=design.drift,
        final_z=design.efficacy[-1],
    )
    assert value_of(design.futility[0], scale=scale, place=place) == pytest.approx(0.3, abs=1e-10)
    assert design.futility[1] == -inf
    assert design.power == pytest.approx(0.9, abs=1e-12)
    free = efficacy_boundary((0.4, 0.7, 1.0), alpha_one_sided=0.025, spending=LATE)
    if binding is Binding.BINDING:
        assert design.type_one_error == pytest.approx(0.025, abs=1e-13)
    elif efficacy is LATE:
        assert design.efficacy == free.z


@pytest.mark.source("by hand: the power of a drift that was found for a power")
@pytest.mark.parametrize(
    "futility",
    [BetaSpending(spending=MILD), NullSpending(spending=MILD), FixedFutility(values=(0.0, 0.5))],
)
@pytest.mark.parametrize("binding", list(Binding))
def test_power_of_a_settled_drift_undoes_the_sizing(futility, binding):
    plan = plan_of((0.4, 0.7, 1.0), futility=futility, binding=binding)
    sized = size_group_sequential(plan)
    back = power_group_sequential(
        plan_of((0.4, 0.7, 1.0), power=0.5, futility=futility, binding=binding), drift=sized.drift
    )
    assert back.power == pytest.approx(0.9, abs=1e-10)
    assert back.futility == pytest.approx(sized.futility, abs=1e-8)


@pytest.mark.source("by hand: a drift of z(0.975) + z(0.9) has power 0.9 at one look")
def test_the_drift_of_one_look():
    single = Bounds(information_fractions=(1.0,), lower=(-inf,), upper=(1.959963984540054,))
    assert drift_for_power(single, power=0.9) == pytest.approx(
        1.959963984540054 + 1.2815515655446004, abs=1e-12
    )


@pytest.mark.source("by hand: futility looked at once is spent for twice there")
def test_futility_at_some_looks_only():
    everywhere = plan_of((0.4, 0.7, 1.0), futility=BetaSpending(spending=MILD))
    late = plan_of(
        (0.4, 0.7, 1.0),
        futility=BetaSpending(spending=MILD, tested=(False, True, True)),
    )
    both, once = size_group_sequential(everywhere), size_group_sequential(late)
    assert once.futility[0] == -inf
    assert once.cumulative_beta[0] == 0
    assert once.cumulative_beta[1] == pytest.approx(both.cumulative_beta[1], rel=1e-10)
    assert once.futility[1] > both.futility[1]
    assert once.drift < both.drift


@pytest.mark.source("by hand: three looks as a double sum over the first two scores, by midpoints")
def test_three_looks_with_two_bounds_and_any_means_are_a_double_sum():
    bounds = Bounds(
        information_fractions=(0.3, 0.55, 1.0), lower=(-0.8, 0.1, 1.9), upper=(2.4, 2.3, 2.1)
    )
    means = (0.4, 1.7, 2.2)  # an effect that comes late and goes again
    at = np.sqrt(bounds.information_fractions)
    score = np.array(means) * at  # means of the score

    def cells(look):
        edges = np.linspace(bounds.lower[look], bounds.upper[look], 1501) * at[look]
        return (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]

    def density(x, spread):
        return np.exp(-((x / spread) ** 2) / 2) / (spread * sqrt(2 * np.pi))

    first, width = cells(0)
    mass = density(first - score[0], at[0]) * width
    found = crossings(bounds, means=means)
    for look in (1, 2):
        step = sqrt(bounds.information_fractions[look] - bounds.information_fractions[look - 1])
        start = first + score[look] - score[look - 1]
        high = ndtr((start - bounds.upper[look] * at[look]) / step) @ mass
        low = ndtr((bounds.lower[look] * at[look] - start) / step) @ mass
        assert found.upper[look] == pytest.approx(high, abs=1e-6)
        assert found.lower[look] == pytest.approx(low, abs=1e-6)
        second, width = cells(look)
        mass = density(second[:, None] - start, step) @ mass * width
        first = second
    assert found.upper[0] == pytest.approx(ndtr(0.4 - 2.4), rel=1e-13)
    assert found.lower[0] == pytest.approx(ndtr(-0.8 - 0.4), rel=1e-13)
