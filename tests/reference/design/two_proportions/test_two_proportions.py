from itertools import product

import numpy as np
import pytest
from scipy import stats

from equipoise.design.group_sequential.boundaries import efficacy_boundary
from equipoise.design.group_sequential.spending import PocockSpending
from equipoise.design.one_arm.exact_single_stage import SizeConvention
from equipoise.design.two_proportions.exact_region import (
    ArmSizes,
    Boschloo,
    ChiSquare,
    ExactScore,
    Fisher,
    FisherTail,
    exact_power,
    fisher_p_values,
    rejection_region,
)
from equipoise.design.two_proportions.fisher_size import fisher_exact_power, size_fisher
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
from equipoise.design.two_proportions.null_rates import null_rates
from equipoise.design.two_proportions.sequential import (
    LookVariance,
    sequential_proportion_power,
    size_sequential_proportions,
)
from equipoise.stats.proportions.difference import miettinen_nurminen
from equipoise.stats.proportions.fourfold import Continuity, FourfoldTable

CLOSE = 5e-6
POCOCK = efficacy_boundary((0.5, 1.0), alpha_one_sided=0.025, spending=PocockSpending())


@pytest.fixture(scope="module")
def truth(stored):
    return stored("two_proportions.json")


def rates_of(case):
    control, experimental = case["rates"]
    return TwoRates(control=control, experimental=experimental)


def chi_square(case, **more):
    return ProportionTest(alpha_one_sided=case["two_sided"] / 2, **more)


def better(case):
    control, experimental = case["rates"]
    return Better.HIGHER if experimental > control else Better.LOWER


@pytest.mark.source("program: rpact 4.5.0.9315: getSampleSizeRates with a margin, allocation 2")
def test_non_inferiority_by_farrington_and_manning(truth):
    case = truth["rpact_margin"]
    test = ProportionTest(alpha_one_sided=0.025, effect=RiskDifference(null=-0.1))
    rates = TwoRates(control=0.85, experimental=0.85)
    size = size_two_proportions(rates, test=test, power=0.9, allocation=2.0)
    assert size.subjects == pytest.approx(case["subjects"], rel=CLOSE)
    assert size.experimental == int(np.ceil(case["experimental"]))
    assert size.control == int(np.ceil(case["control"]))
    critical = critical_rate(
        stats.norm.ppf(0.975), control=0.85, test=test, subjects=size.subjects, allocation=2.0
    )
    assert critical - 0.85 == pytest.approx(case["critical_difference"], abs=CLOSE)


@pytest.mark.source("program: gsDesign 3.11.0.9003: nBinomial, whose ratio is control/experimental")
def test_the_other_direction_of_allocation(truth):
    case = truth["gsdesign_margin"]
    test = ProportionTest(alpha_one_sided=0.025, effect=RiskDifference(null=-0.1))
    rates = TwoRates(control=0.85, experimental=0.85)
    size = size_two_proportions(rates, test=test, power=0.9, allocation=0.5)
    # the case is printed with three decimals
    assert size.subjects == pytest.approx(case["subjects"], abs=0.5 * 10 ** -case["decimals"])


@pytest.mark.source("program: R 4.2.2: power.prop.test, solved for n, for power and for p2")
def test_size_power_and_rate_of_the_chi_square_test(truth):
    for case in truth["r_sizes"]:
        test = chi_square(case, better=better(case))
        size = size_two_proportions(rates_of(case), test=test, power=case["power"])
        assert size.subjects / 2 == pytest.approx(case["per_arm"], rel=1e-9)
    for case in truth["r_powers"]:
        ours = two_proportion_power(
            rates_of(case), test=chi_square(case), subjects=2 * case["per_arm"]
        )
        assert ours == pytest.approx(case["power"], rel=1e-10)
    for case in truth["r_rates"]:
        rate = detectable_rate(
            case["control"],
            test=chi_square(case),
            subjects=2 * case["per_arm"],
            power=case["power"],
        )
        assert rate == pytest.approx(case["rate"], abs=1e-8)


@pytest.mark.source(
    "paper: Fleiss, Levin and Paik 2003, doi:10.1002/0471445428, 0.6 v 0.7, two-sided 0.01, 0.95"
)
def test_continuity_correction_of_fleiss():
    test = ProportionTest(alpha_one_sided=0.005, continuity=Continuity.YATES)
    size = size_two_proportions(TwoRates(control=0.6, experimental=0.7), test=test, power=0.95)
    assert size.control == 827


@pytest.mark.source("program: clinfun 1.1.5: fe.ssize, whose first row is Casagrande-Pike-Smith")
def test_casagrande_pike_smith(truth):
    test = ProportionTest(alpha_one_sided=0.025, continuity=Continuity.YATES)
    size = size_two_proportions(TwoRates(control=0.25, experimental=0.45), test=test, power=0.8)
    assert size.control == truth["clinfun_fisher_size"]["casagrande_pike_smith"]


@pytest.mark.source(
    "by hand: 0.2 v 0.4, ratio null 1 pools to 0.3; log OR 0.980829, variances 1/0.16 and 1/0.24"
)
def test_ratio_and_odds_ratio_by_hand():
    rates = TwoRates(control=0.2, experimental=0.4)
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.9)
    wald = NullVariance.UNPOOLED
    odds = ProportionTest(alpha_one_sided=0.025, effect=OddsRatio(), variance=wald)
    by_hand = (z / np.log(8 / 3)) ** 2 * 2 * (1 / 0.16 + 1 / 0.24)
    found = size_two_proportions(rates, test=odds, power=0.9)
    assert found.subjects == pytest.approx(by_hand, rel=1e-12)
    ratio = ProportionTest(alpha_one_sided=0.025, effect=RiskRatio())
    pooled, own = np.sqrt(4 * 0.21), np.sqrt(2 * (0.16 + 0.24))
    by_hand = ((stats.norm.ppf(0.975) * pooled + stats.norm.ppf(0.9) * own) / 0.2) ** 2
    found = size_two_proportions(rates, test=ratio, power=0.9)
    assert found.subjects == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.source(
    "by hand: rates of 1/2 move evenly to both sides; rates that have the null effect stay"
)
def test_null_rates_by_symmetry():
    half = np.asarray(0.5)
    for effect, control, experimental in (
        (RiskDifference(null=-0.2), 0.6, 0.4),
        (RiskDifference(), 0.5, 0.5),
        (OddsRatio(null=4.0), 1 / 3, 2 / 3),
    ):
        found = null_rates(effect, control=half, experimental=half, allocation=1.0)
        assert [float(rate) for rate in found] == pytest.approx([control, experimental], abs=1e-12)
    for effect in (RiskDifference(null=0.2), RiskRatio(null=2.0), OddsRatio(null=8 / 3)):
        found = null_rates(
            effect, control=np.asarray(0.2), experimental=np.asarray(0.4), allocation=1.7
        )
        assert [float(rate) for rate in found] == pytest.approx([0.2, 0.4], abs=1e-8)


@pytest.mark.source("program: gsDesign 3.11.0.9003: testBinomial of 25/50 and 14/50")
def test_the_rate_at_a_boundary_is_that_of_the_test(truth):
    test = ProportionTest(alpha_one_sided=0.025)
    z = truth["gsdesign_test"]["z"]
    assert critical_rate(z, control=14 / 50, test=test, subjects=100) == pytest.approx(0.5)


@pytest.mark.source("program: lrstat 0.3.3: mnRiskDiffCI, with the factor N / (N - 1)")
def test_score_interval_of_lrstat(truth):
    case = truth["lrstat_interval"]
    interval = miettinen_nurminen(FourfoldTable(x1=25, n1=50, x2=14, n2=50))
    assert [interval.lower, interval.upper] == pytest.approx(
        [case["lower"], case["upper"]], abs=1e-8
    )


@pytest.mark.source("program: rpact 4.5.0.9315: getSampleSizeRates with two looks, Pocock spending")
def test_two_looks_by_inflation(truth):
    case = truth["rpact_two_looks"]
    test = ProportionTest(alpha_one_sided=0.025)
    found = size_sequential_proportions(
        TwoRates(control=0.25, experimental=0.45),
        test=test,
        boundary=POCOCK,
        power=0.8,
        looks=LookVariance.INFLATED,
    )
    assert found.subjects == pytest.approx(case["subjects"], rel=CLOSE)
    assert found.expected_subjects == pytest.approx(case["expected_subjects"], rel=CLOSE)
    differences = [rate - 0.25 for rate in found.critical_rates]
    assert differences == pytest.approx(case["critical_differences"], abs=CLOSE)


@pytest.mark.source("simulation: 40 000 trials of two looks, chi-square at 200 and 400 subjects")
def test_two_looks_against_simulated_trials():
    test = ProportionTest(alpha_one_sided=0.025)
    for rates in (
        TwoRates(control=0.25, experimental=0.45),
        TwoRates(control=0.35, experimental=0.35),
    ):
        power = sum(sequential_proportion_power(rates, test=test, boundary=POCOCK, subjects=400.0))
        draws = np.random.default_rng(20261122)
        each = 40_000
        control = draws.binomial(100, rates.control, (each, 2)).cumsum(axis=1)
        experimental = draws.binomial(100, rates.experimental, (each, 2)).cumsum(axis=1)
        n = np.array([100, 200])
        pooled = (control + experimental) / (2 * n)
        z = (experimental - control) / n / np.sqrt(pooled * (1 - pooled) * 2 / n)
        crossed = np.mean((z >= np.array(POCOCK.z)).any(axis=1))
        # three standard errors, and 0.004 for counts that are not normal
        assert crossed == pytest.approx(power, abs=3 * np.sqrt(0.25 / each) + 0.004)


@pytest.mark.source("program: lrstat 0.3.3: samplesizeFisherExact; any total, from which it lasts")
def test_lasting_size_of_fishers_test(truth):
    case = truth["lrstat_fisher_size"]
    found = size_fisher(
        TwoRates(control=0.25, experimental=0.45),
        alpha=0.05,
        power=0.8,
        tail=FisherTail.BY_CHANCE,
        allocation=1.000001,  # no whole number: every total is looked at
    )
    assert found.arms.control + found.arms.experimental == case["subjects"]
    assert found.attained_power == pytest.approx(case["power"], abs=1e-12)


@pytest.mark.source("program: clinfun 1.1.5: fe.ssize, equal arms, the smallest n with the power")
def test_first_size_of_fishers_test(truth):
    case = truth["clinfun_fisher_size"]
    found = size_fisher(
        TwoRates(control=0.25, experimental=0.45),
        alpha=0.05,
        power=0.8,
        tail=FisherTail.BY_CHANCE,
        convention=SizeConvention.FIRST,
    )
    assert found.arms == ArmSizes(control=case["fisher"], experimental=case["fisher"])
    assert found.attained_power == pytest.approx(case["power"], abs=1e-12)


@pytest.mark.source("program: R 4.2.2: fisher.test of every table, weighted by dbinom")
def test_exact_power_of_fishers_test(truth):
    for case in truth["r_fisher"]:
        control, experimental = case["arms"]
        tail = FisherTail.ONE_SIDED if case["sides"] == 1 else FisherTail.BY_CHANCE
        arms = ArmSizes(control=control, experimental=experimental)
        fast = fisher_exact_power(arms, rates=rates_of(case), alpha=case["alpha"], tail=tail)
        region = rejection_region(arms, rule=Fisher(tail=tail), alpha=case["alpha"])
        assert fast == pytest.approx(case["power"], abs=1e-12)
        assert exact_power(region, rates=rates_of(case)) == pytest.approx(fast, abs=1e-12)


@pytest.mark.source("program: lrstat 0.3.3: powerRiskDiffExact, score Z, size over the common rate")
def test_exact_score_test(truth):
    case = truth["lrstat_exact_difference"]
    region = rejection_region(ArmSizes(control=55, experimental=55), rule=ExactScore(), alpha=0.025)
    rates = TwoRates(control=0.25, experimental=0.45)
    assert region.size == pytest.approx(case["attained_alpha"], abs=1e-10)
    assert region.critical_z == pytest.approx(case["critical_z"], abs=1e-12)
    assert exact_power(region, rates=rates) == pytest.approx(case["power"], abs=1e-12)


@pytest.mark.source("program: scipy 1.17: fisher_exact, boschloo_exact, one-sided, of every table")
def test_fisher_and_boschloo_of_every_table():
    arms = ArmSizes(control=6, experimental=5)
    ours = fisher_p_values(arms, tail=FisherTail.ONE_SIDED)
    region = rejection_region(arms, rule=Boschloo(), alpha=0.1)
    for one, other in product(range(6), range(7)):
        table = [[one, other], [5 - one, 6 - other]]
        theirs = stats.fisher_exact(table, alternative="greater").pvalue
        assert ours[one, other] == pytest.approx(theirs, abs=1e-12)
        boschloo = stats.boschloo_exact(table, alternative="greater", n=128).pvalue
        assert region.rejects[one, other] == (boschloo <= 0.1)


@pytest.mark.source(
    "by hand: two subjects each; 2 of 2 v 0 of 2 alone rejects, chance p^2 q^2, worst at 1/2: 1/16"
)
def test_size_by_hand():
    region = rejection_region(ArmSizes(control=2, experimental=2), rule=ExactScore(), alpha=0.07)
    assert np.argwhere(region.rejects).tolist() == [[2, 0]]
    assert region.size == pytest.approx(1 / 16, abs=1e-12)
    assert region.worst_control_rate == pytest.approx(0.5, abs=1e-6)
    assert exact_power(region, rates=TwoRates(control=0.5, experimental=0.9)) == pytest.approx(
        0.81 * 0.25
    )


@pytest.mark.source("simulation: 100 000 trials of 60 and 40 subjects, chi-square with a margin")
def test_exact_power_of_a_margin_against_simulated_trials():
    rates = TwoRates(control=0.6, experimental=0.65)
    region = rejection_region(
        ArmSizes(control=40, experimental=60), rule=ChiSquare(null=-0.15), alpha=0.05
    )
    draws = np.random.default_rng(7)
    each = 100_000
    rejected = region.rejects[draws.binomial(60, 0.65, each), draws.binomial(40, 0.6, each)]
    exact = exact_power(region, rates=rates)
    assert rejected.mean() == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / each))
    by_formula = two_proportion_power(
        rates,
        test=ProportionTest(alpha_one_sided=0.05, effect=RiskDifference(null=-0.15)),
        subjects=100,
        allocation=1.5,
    )
    assert by_formula == pytest.approx(exact, abs=0.02)  # the formula is a normal approximation
