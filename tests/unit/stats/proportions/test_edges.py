from math import inf, isnan

import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.proportions.difference import (
    DifferenceMethod,
    agresti_caffo,
    mee,
    miettinen_nurminen,
    newcombe,
    newcombe_corrected,
    wald,
    wald_corrected,
)
from equipoise.stats.proportions.exact_tests import (
    barnard,
    boschloo,
    fisher_exact,
    odds_ratio_conditional,
)
from equipoise.stats.proportions.fourfold import Continuity, FourfoldTable
from equipoise.stats.proportions.one_sample import ProportionMethod
from equipoise.stats.proportions.one_sample_intervals import (
    agresti_coull,
    jeffreys,
    mid_p,
    wilson_corrected,
)
from equipoise.stats.proportions.ratio import (
    RatioMethod,
    odds_ratio_woolf,
    risk_ratio_katz,
    risk_ratio_koopman,
    risk_ratio_miettinen_nurminen,
)
from equipoise.stats.proportions.stratified import (
    breslow_day,
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
)
from equipoise.stats.proportions.stratified_difference import (
    mantel_haenszel_difference,
    stratified_miettinen_nurminen,
    stratified_newcombe,
)

ONE_PROPORTION = {
    agresti_coull: ProportionMethod.AGRESTI_COULL,
    jeffreys: ProportionMethod.JEFFREYS,
    mid_p: ProportionMethod.MID_P,
    wilson_corrected: ProportionMethod.WILSON_CORRECTED,
}
DIFFERENCES = {
    miettinen_nurminen: DifferenceMethod.MIETTINEN_NURMINEN,
    mee: DifferenceMethod.MEE,
    newcombe: DifferenceMethod.NEWCOMBE,
    newcombe_corrected: DifferenceMethod.NEWCOMBE_CORRECTED,
    wald: DifferenceMethod.WALD,
    wald_corrected: DifferenceMethod.WALD_CORRECTED,
    agresti_caffo: DifferenceMethod.AGRESTI_CAFFO,
}
RATIOS = {
    risk_ratio_miettinen_nurminen: RatioMethod.RISK_MIETTINEN_NURMINEN,
    risk_ratio_koopman: RatioMethod.RISK_KOOPMAN,
    risk_ratio_katz: RatioMethod.RISK_KATZ,
    odds_ratio_woolf: RatioMethod.ODDS_WOOLF,
    odds_ratio_conditional: RatioMethod.ODDS_CONDITIONAL,
}
STRATIFIED = {
    stratified_miettinen_nurminen: DifferenceMethod.MIETTINEN_NURMINEN,
    stratified_newcombe: DifferenceMethod.NEWCOMBE,
    mantel_haenszel_difference: DifferenceMethod.SATO,
    mantel_haenszel_odds_ratio: RatioMethod.ODDS_MANTEL_HAENSZEL,
}

TABLE = FourfoldTable(x1=7, n1=12, x2=3, n2=11)
OTHER = FourfoldTable(x1=4, n1=9, x2=4, n2=10)
ONE_ARM = FourfoldTable(x1=3, n1=5, x2=0, n2=0)
NO_SUCCESS = FourfoldTable(x1=0, n1=6, x2=0, n2=8)
ALL_SUCCESS = FourfoldTable(x1=6, n1=6, x2=8, n2=8)
ALL_OR_NONE = FourfoldTable(x1=6, n1=6, x2=0, n2=8)
FIRST_NONE = FourfoldTable(x1=0, n1=6, x2=3, n2=8)


def refused(where, call):
    with pytest.raises(BadInput) as error:
        call()
    fault = error.value.faults[0]
    assert fault.where == where
    assert fault.fix


@pytest.mark.parametrize(("method", "name"), ONE_PROPORTION.items())
class TestOneProportion:
    def test_says_its_method_level_and_counts(self, method, name):
        found = method(3, 11, confidence=0.9)
        assert (found.method, found.confidence) == (name, 0.9)
        assert (found.successes, found.n, found.estimate) == (3, 11, 3 / 11)

    def test_ends_at_0_and_1_when_none_or_all_succeeded(self, method, name):
        assert method(0, 9).lower == 0
        assert method(9, 9).upper == 1
        assert method(0, 9).method is name

    def test_widens_with_the_level(self, method, name):
        assert method(3, 11, confidence=0.99).lower < method(3, 11).lower
        assert method(3, 11, confidence=0.99).upper > method(3, 11).upper
        assert method(3, 11).method is name

    def test_refuses_counts_and_levels_that_cannot_be_meant(self, method, name):
        refused("successes, n", lambda: method(5, 4))
        refused("successes, n", lambda: method(0, 0))
        refused("confidence", lambda: method(3, 11, confidence=95))
        assert method(3, 11).method is name


@pytest.mark.parametrize(("method", "name"), (DIFFERENCES | RATIOS).items())
class TestTwoProportions:
    def test_says_its_method_level_and_counts(self, method, name):
        found = method(TABLE, confidence=0.9)
        assert (found.method, found.confidence, found.tables) == (name, 0.9, (TABLE,))
        assert found.lower < found.estimate < found.upper

    def test_widens_with_the_level(self, method, name):
        wide, found = method(TABLE, confidence=0.99), method(TABLE)
        assert wide.lower < found.lower
        assert found.upper < wide.upper
        assert found.method is name

    def test_refuses_an_empty_arm_and_a_level_that_cannot_be_meant(self, method, name):
        refused("tables", lambda: method(ONE_ARM))
        refused("confidence", lambda: method(TABLE, confidence=0))
        assert method(TABLE).method is name


@pytest.mark.parametrize(("method", "name"), STRATIFIED.items())
class TestStrata:
    def test_says_its_method_and_leaves_out_a_stratum_with_one_arm(self, method, name):
        found = method([TABLE, ONE_ARM, OTHER], confidence=0.9)
        assert (found.method, found.confidence) == (name, 0.9)
        assert found == method([TABLE, OTHER], confidence=0.9)
        assert found.tables == (TABLE, OTHER)

    def test_refuses_no_stratum_and_a_level_that_cannot_be_meant(self, method, name):
        refused("tables", lambda: method([]))
        refused("confidence", lambda: method([TABLE], confidence=1))
        assert method([TABLE]).method is name


@pytest.mark.parametrize("method", [*DIFFERENCES])
def test_a_difference_stays_between_minus_one_and_one(method):
    one, other = method(ALL_OR_NONE), method(ALL_OR_NONE.swapped())
    assert (one.estimate, one.upper) == (1, 1)
    assert (other.estimate, other.lower) == (-1, -1)
    assert -1 <= method(NO_SUCCESS).lower <= 0 <= method(NO_SUCCESS).upper <= 1


@pytest.mark.parametrize("method", [*RATIOS])
def test_without_success_a_ratio_is_unknown(method):
    found = method(NO_SUCCESS)
    assert isnan(found.estimate)
    assert (found.lower, found.upper) == (0, inf)


@pytest.mark.parametrize("method", [risk_ratio_koopman, risk_ratio_miettinen_nurminen])
def test_a_score_interval_of_a_ratio_is_open_on_the_side_of_the_empty_arm_only(method):
    found, other = method(FIRST_NONE), method(FIRST_NONE.swapped())
    assert (found.estimate, found.lower) == (0, 0)
    assert 1 < found.upper < inf
    assert (other.estimate, other.upper) == (inf, inf)
    assert 0 < other.lower < 1


@pytest.mark.parametrize("method", [risk_ratio_katz, odds_ratio_woolf])
def test_a_log_ratio_with_an_empty_cell_tells_nothing(method):
    found = method(FIRST_NONE)
    assert (found.estimate, found.lower, found.upper) == (0, 0, inf)


def test_a_common_odds_ratio_without_failures_against_success_tells_nothing():
    found = mantel_haenszel_odds_ratio([ALL_OR_NONE, ALL_OR_NONE])
    assert (found.estimate, found.lower, found.upper) == (inf, 0, inf)


def test_the_conditional_odds_ratio_is_open_on_one_side_when_the_count_is_extreme():
    found = odds_ratio_conditional(ALL_OR_NONE)
    assert (found.estimate, found.upper) == (inf, inf)
    assert found.lower > 1
    other = odds_ratio_conditional(ALL_OR_NONE.swapped())
    assert (other.estimate, other.lower) == (0, 0)
    assert other.upper == pytest.approx(1 / found.lower, rel=1e-10)


@pytest.mark.parametrize("table", [NO_SUCCESS, ALL_SUCCESS])
@pytest.mark.parametrize("test", [fisher_exact, barnard, boschloo])
def test_when_nothing_varies_an_exact_test_has_p_1(test, table):
    assert test(table).p_value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("test", [fisher_exact, barnard, boschloo])
def test_an_exact_test_refuses_an_empty_arm(test):
    refused("tables", lambda: test(ONE_ARM))


def test_an_exact_test_says_what_ordered_the_results_and_where_p_is_largest():
    assert fisher_exact(TABLE).worst_rate is None
    assert boschloo(TABLE).statistic == pytest.approx(fisher_exact(TABLE).p_value, rel=1e-12)
    assert barnard(TABLE).statistic > 0 > barnard(TABLE.swapped()).statistic
    rate = barnard(TABLE).worst_rate
    assert rate is not None
    assert 0 < rate < 1


def test_a_large_table_keeps_its_far_tail():
    found = odds_ratio_conditional(FourfoldTable(x1=1900, n1=2000, x2=100, n2=2000))
    assert found.estimate == pytest.approx(361, rel=0.01)
    assert found.lower < found.estimate < found.upper < inf


def test_stratified_intervals_of_strata_without_success_hold_0():
    for method in (stratified_miettinen_nurminen, stratified_newcombe):
        found = method([NO_SUCCESS, FourfoldTable(x1=0, n1=20, x2=0, n2=5)])
        assert found.lower < 0 == found.estimate < found.upper


def test_mantel_haenszel_refuses_strata_in_which_nothing_varies():
    refused("tables", lambda: cochran_mantel_haenszel([NO_SUCCESS, ALL_SUCCESS]))
    assert cochran_mantel_haenszel([NO_SUCCESS, TABLE]).chi_square == pytest.approx(
        cochran_mantel_haenszel([TABLE]).chi_square
    )


def test_a_correction_never_turns_the_distance_round():
    balanced = FourfoldTable(x1=5, n1=11, x2=5, n2=12)
    found = cochran_mantel_haenszel([balanced], continuity=Continuity.YATES)
    assert abs(found.observed - found.expected) < 0.5
    assert (found.chi_square, found.p_value) == (0, 1)
    assert cochran_mantel_haenszel([balanced]).chi_square > 0


def test_equal_odds_ratios_are_tested_where_success_varies_in_two_strata():
    refused("tables", lambda: breslow_day([TABLE]))
    refused("tables", lambda: breslow_day([TABLE, NO_SUCCESS]))
    refused("tables", lambda: breslow_day([ALL_OR_NONE, ALL_OR_NONE]))
    assert breslow_day([TABLE, NO_SUCCESS, OTHER]) == breslow_day([TABLE, OTHER])
