"""What packages say of a design beside its bounds: error spent, chances of each look, sizes."""

from itertools import accumulate, pairwise

import pytest
from scipy.special import ndtr

from equipoise.design.group_sequential.boundaries import (
    classic_boundary,
    crossing_probabilities,
    efficacy_boundary,
)
from equipoise.design.group_sequential.classic import OBrienFlemingShape, PocockShape
from equipoise.design.group_sequential.crossing import Bounds, crossings
from equipoise.design.group_sequential.futility import (
    BetaSpending,
    Binding,
    FixedFutility,
    NullSpending,
)
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import size_group_sequential
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    OBrienFlemingSpending,
)

LATE = HwangShihDeCaniSpending(gamma=-4)
MILD = HwangShihDeCaniSpending(gamma=-2)
ONE_SIDED = {
    "gsd-LDOF-K2": OBrienFlemingSpending(),
    "gsd-HSD-4-K2": LATE,
    "gsd-OF-K2": OBrienFlemingShape(),
    "gsd-LDOF-K3": OBrienFlemingSpending(),
    "gsd-OF-K3": OBrienFlemingShape(),
    "gsd-Pocock-K3": PocockShape(),
    "gsd-Pocock-K4": PocockShape(),
    "gsd-LDOF-K5": OBrienFlemingSpending(),
    "gsd-OF-K5": OBrienFlemingShape(),
    "gsd-Pocock-K5": PocockShape(),
}
FUTILITY = {
    3: (BetaSpending(spending=MILD), Binding.BINDING),
    4: (BetaSpending(spending=MILD), Binding.NON_BINDING),
    5: (NullSpending(spending=MILD), Binding.BINDING),
    6: (NullSpending(spending=MILD), Binding.NON_BINDING),
}


def plan_of(fractions, **changes):
    settings = {"alpha_one_sided": 0.025, "power": 0.9, "efficacy": OBrienFlemingSpending()}
    return SequentialPlan(information_fractions=fractions, **{**settings, **changes})


def boundary_by(rule, fractions):
    if isinstance(rule, OBrienFlemingShape | PocockShape):
        return classic_boundary(fractions, alpha_one_sided=0.025, shape=rule)
    return efficacy_boundary(fractions, alpha_one_sided=0.025, spending=rule)


def gains(cumulative):
    """Return what each look adds."""
    return [later - before for before, later in pairwise((0.0, *cumulative))]


@pytest.mark.source("program: gsDesign 3.11: gsDesign(test.type = 1), all that it says; to 5e-6")
@pytest.mark.parametrize("name", list(ONE_SIDED))
def test_error_size_and_chances_of_one_sided_designs(stored, name):
    truth = stored("remaining_goldens_design.json")["cases"][name]["outputs"]
    fractions = (*truth["timing"][:-1], 1.0)
    boundary = boundary_by(ONE_SIDED[name], fractions)
    design = size_group_sequential(plan_of(fractions, efficacy=ONE_SIDED[name]))
    assert boundary.z == pytest.approx(truth["upper"], abs=5e-6)
    assert gains(boundary.cumulative_alpha) == pytest.approx(truth["upper_spend"], abs=1e-7)
    assert design.drift**2 / truth["delta"] ** 2 == pytest.approx(truth["n.I"][-1], abs=5e-6)
    assert [design.inflation_factor * t for t in fractions] == pytest.approx(truth["n.I"], abs=5e-6)
    null, planned = (crossing_probabilities(boundary, drift=drift) for drift in (0.0, design.drift))
    assert null == pytest.approx([row[0] for row in truth["upper_prob"]], abs=1e-7)
    assert planned == pytest.approx([row[1] for row in truth["upper_prob"]], abs=2e-6)
    expected = design.expected_information
    assert [mean * design.inflation_factor for mean in (expected.null, expected.planned)] == (
        pytest.approx(truth["en"], abs=5e-6)
    )


@pytest.mark.source("program: gsDesign 3.11: gsDesign(test.type = 3 to 6), error spent and n.I")
def test_error_and_size_of_designs_with_futility(stored):
    cases = [
        case
        for case in stored("group_sequential.json")["futility"]
        if case["program"].startswith("gsDesign")
    ]
    assert len(cases) == 4
    for case in cases:
        truth = case["found"]
        futility, binding = FUTILITY[case["arguments"]["test.type"]]
        plan = plan_of((0.5, 0.75, 1.0), efficacy=LATE, futility=futility, binding=binding)
        design = size_group_sequential(plan)
        # gsDesign stops at an error of 1e-6 in each probability.
        assert gains(design.cumulative_alpha) == pytest.approx(truth["upper_spend"], abs=2e-6)
        assert [design.inflation_factor * t for t in (0.5, 0.75, 1.0)] == pytest.approx(
            truth["n.I"], abs=1e-5
        )
        if isinstance(futility, BetaSpending):
            lower = gains(design.cumulative_beta)
            assert lower == pytest.approx(truth["lower_spend"], abs=2e-6)
        else:
            # Under the null hypothesis 1 - 0.025 is spent, at the last look by the efficacy bound.
            lower = crossings(design.bounds, means=(0.0, 0.0, 0.0)).lower
            assert lower == pytest.approx(truth["lower_spend"], abs=2e-5)


@pytest.mark.source("program: rpact 4.5: getDesignGroupSequential with futility: stageLevels")
@pytest.mark.parametrize(
    ("place", "plan"),
    [
        (
            0,
            plan_of(
                (0.4, 0.7, 1.0),
                power=0.8,
                efficacy=LATE,
                futility=BetaSpending(spending=MILD),
                binding=Binding.BINDING,
            ),
        ),
        (1, plan_of((0.5, 0.75, 1.0), futility=BetaSpending(spending=OBrienFlemingSpending()))),
        (2, plan_of((0.5, 1.0), futility=FixedFutility(values=(0.0,)))),
    ],
)
def test_levels_of_looks_with_futility(stored, place, plan):
    cases = [
        case
        for case in stored("group_sequential.json")["futility"]
        if case["program"].startswith("rpact")
    ]
    truth = cases[place]["found"]
    levels = [float(ndtr(-z)) for z in size_group_sequential(plan).efficacy]
    # rpact spends 1e-8 less than all of alpha, and a binding bound moves with its type II error.
    assert levels == pytest.approx(truth["stageLevels"], abs=1e-7)


@pytest.mark.source("program: rpact 4.5: getDesignCharacteristics, chances and information by look")
@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("char-asOF-K3", plan_of((0.5, 0.75, 1.0))),
        ("char-P-K5", plan_of((0.2, 0.4, 0.6, 0.8, 1.0), power=0.8, efficacy=PocockShape())),
    ],
)
def test_chances_and_information_by_look(stored, name, plan):
    truth = stored("group_sequential.json")["cases"][name]["found"]
    design = size_group_sequential(plan)
    stops = crossings(design.bounds, means=plan.means(design.drift)).upper
    assert stops == pytest.approx(truth["rejectionProbabilities"], abs=1e-7)
    information = [design.drift**2 * fraction for fraction in plan.information_fractions]
    assert information == pytest.approx(truth["information"], abs=5e-6)


@pytest.mark.source("program: rpact 4.5: getGroupSequentialProbabilities, rows below and in all")
def test_rows_of_the_matrix_of_exit_probabilities(stored):
    below, below_upper, whole = stored("group_sequential.json")["cases"]["prob-gs-K3"]["found"][
        "matrix"
    ]
    bounds = Bounds(
        information_fractions=(0.5, 0.75, 1.0), lower=(-1.0, 0.5, 1.9), upper=(3.0, 2.5, 2.0)
    )
    found = crossings(bounds, means=(0.0, 0.0, 0.0))
    gone = list(accumulate(found.stops, initial=0.0))[:-1]
    reached = [1 - share for share in gone]
    assert reached == pytest.approx(whole, abs=1e-6)
    under = [share - up for share, up in zip(reached, found.upper, strict=True)]
    assert under == pytest.approx(below_upper, abs=1e-6)
    assert found.lower == pytest.approx(below, abs=1e-6)
