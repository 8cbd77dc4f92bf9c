from math import inf, isnan

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.stats.proportions.difference import (
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
from equipoise.stats.proportions.fourfold import FourfoldTable
from equipoise.stats.proportions.one_sample import clopper_pearson, wilson
from equipoise.stats.proportions.one_sample_intervals import (
    agresti_coull,
    jeffreys,
    mid_p,
    wilson_corrected,
)
from equipoise.stats.proportions.ratio import (
    odds_ratio_woolf,
    risk_ratio_katz,
    risk_ratio_koopman,
    risk_ratio_miettinen_nurminen,
)
from equipoise.stats.proportions.stratified import (
    Homogeneity,
    breslow_day,
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
)
from equipoise.stats.proportions.stratified_difference import (
    mantel_haenszel_difference,
    stratified_miettinen_nurminen,
    stratified_newcombe,
)

few = settings(max_examples=40, deadline=None)
levels = st.sampled_from([0.5, 0.8, 0.95, 0.999])

SINGLE = [agresti_coull, jeffreys, mid_p, wilson_corrected]
DIFFERENCES = [miettinen_nurminen, mee, newcombe, newcombe_corrected, wald, wald_corrected]
RATIOS = [
    risk_ratio_miettinen_nurminen,
    risk_ratio_koopman,
    risk_ratio_katz,
    odds_ratio_woolf,
    odds_ratio_conditional,
]
STRATIFIED = [stratified_miettinen_nurminen, stratified_newcombe, mantel_haenszel_difference]


@st.composite
def tables(draw, most=40):
    """Draw the counts of two arms, edges included."""
    n1, n2 = draw(st.integers(1, most)), draw(st.integers(1, most))
    return FourfoldTable(x1=draw(st.integers(0, n1)), n1=n1, x2=draw(st.integers(0, n2)), n2=n2)


strata = st.lists(tables(most=25), min_size=1, max_size=5)


def varies(table):
    return 0 < table.x1 + table.x2 < table.total


@few
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), levels)
@pytest.mark.parametrize("method", SINGLE)
def test_failures_mirror_successes(method, counts, level):
    successes, n = counts
    one = method(successes, n, confidence=level)
    other = method(n - successes, n, confidence=level)
    assert other.lower == pytest.approx(1 - one.upper, abs=1e-12)
    assert 0 <= one.lower <= one.upper <= 1
    if method is not jeffreys:
        assert one.lower <= one.estimate <= one.upper


@few
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), levels)
def test_intervals_lie_one_in_another(counts, level):
    score, corrected, middle, exact, around = (
        method(*counts, confidence=level)
        for method in (wilson, wilson_corrected, mid_p, clopper_pearson, agresti_coull)
    )
    for inner, outer in ((score, corrected), (middle, exact), (score, around)):
        assert outer.lower <= inner.lower + 1e-12
        assert inner.upper <= outer.upper + 1e-12


@few
@given(tables(), levels)
@pytest.mark.parametrize("method", [*DIFFERENCES, agresti_caffo])
def test_swapping_the_arms_turns_the_difference_round(method, table, level):
    one, other = method(table, confidence=level), method(table.swapped(), confidence=level)
    assert other.estimate == pytest.approx(-one.estimate, abs=1e-15)
    assert (-other.upper, -other.lower) == pytest.approx((one.lower, one.upper), abs=1e-14)


@few
@given(tables(), levels)
@pytest.mark.parametrize("method", [miettinen_nurminen, mee, newcombe, wald, agresti_caffo])
def test_counting_failures_turns_the_difference_round(method, table, level):
    failures = FourfoldTable(
        x1=table.n1 - table.x1, n1=table.n1, x2=table.n2 - table.x2, n2=table.n2
    )
    one, other = method(table, confidence=level), method(failures, confidence=level)
    assert (-other.upper, -other.lower) == pytest.approx((one.lower, one.upper), abs=1e-10)


@few
@given(tables(), levels)
@pytest.mark.parametrize("method", DIFFERENCES)
def test_a_difference_lies_in_its_interval(method, table, level):
    found = method(table, confidence=level)
    assert -1 <= found.lower <= found.estimate <= found.upper <= 1


@few
@given(tables(), levels)
def test_the_interval_of_mee_lies_in_that_of_miettinen_and_nurminen(table, level):
    inner, outer = mee(table, confidence=level), miettinen_nurminen(table, confidence=level)
    assert outer.lower <= inner.lower + 1e-12
    assert inner.upper <= outer.upper + 1e-12


@few
@given(tables())
def test_the_score_interval_holds_0_when_the_test_of_mantel_does_not_reject(table):
    assume(varies(table))
    p_value = cochran_mantel_haenszel([table]).p_value
    assume(abs(p_value - 0.05) > 1e-9)
    found = miettinen_nurminen(table)
    # At difference 0 both have the variance of the pooled rate, times N / (N - 1).
    assert (found.lower < 0 < found.upper) == (p_value > 0.05)
    ratio = risk_ratio_miettinen_nurminen(table)
    assert (ratio.lower < 1 < ratio.upper) == (p_value > 0.05)


@few
@given(tables(), levels)
@pytest.mark.parametrize("method", RATIOS)
def test_swapping_the_arms_inverts_the_ratio_and_its_interval_holds_it(method, table, level):
    one, other = method(table, confidence=level), method(table.swapped(), confidence=level)
    if isnan(one.estimate):
        assert isnan(other.estimate)
        return
    assert one.lower <= one.estimate * (1 + 1e-12)
    assert one.estimate <= one.upper * (1 + 1e-12)
    for mine, theirs in ((one.lower, other.upper), (one.estimate, other.estimate)):
        if mine == 0:
            assert theirs == inf
        elif mine < inf:
            assert theirs == pytest.approx(1 / mine, rel=1e-9)


@few
@given(table=tables(), level=levels)
@pytest.mark.parametrize(
    ("stratified", "plain"),
    [(stratified_miettinen_nurminen, miettinen_nurminen), (stratified_newcombe, newcombe)],
)
def test_one_stratum_is_no_stratum(stratified, plain, *, table, level):
    found, truth = stratified([table], confidence=level), plain(table, confidence=level)
    assert (found.lower, found.estimate, found.upper) == pytest.approx(
        (truth.lower, truth.estimate, truth.upper), abs=1e-10
    )


@few
@given(tables(), levels)
def test_the_odds_ratio_of_one_stratum_is_that_of_woolf(table, level):
    found = mantel_haenszel_odds_ratio([table], confidence=level)
    truth = odds_ratio_woolf(table, confidence=level)
    assume(0 < truth.estimate < inf)
    assert (found.lower, found.estimate, found.upper) == pytest.approx(
        (truth.lower, truth.estimate, truth.upper), rel=1e-9
    )


@few
@given(strata=strata, level=levels, random=st.randoms(use_true_random=False))
@pytest.mark.parametrize("method", STRATIFIED)
def test_strata_have_no_order_and_arms_turn_the_sign(method, *, strata, level, random):
    one = method(strata, confidence=level)
    mixed = random.sample(strata, len(strata))
    other = method([table.swapped() for table in mixed], confidence=level)
    assert (-other.upper, -other.estimate, -other.lower) == pytest.approx(
        (one.lower, one.estimate, one.upper), abs=1e-11
    )
    assert -1 <= one.lower <= one.estimate + 1e-12
    assert one.estimate <= one.upper + 1e-12 <= 1 + 1e-12


@few
@given(strata)
def test_tests_over_strata_do_not_see_which_arm_is_first(strata):
    assume(any(varies(table) for table in strata))
    swapped = [table.swapped() for table in strata]
    one, other = cochran_mantel_haenszel(strata), cochran_mantel_haenszel(swapped)
    assert other.chi_square == pytest.approx(one.chi_square, rel=1e-9, abs=1e-12)
    assert other.observed - other.expected == pytest.approx(one.expected - one.observed, abs=1e-10)
    assert 0 <= one.p_value <= 1
    assert fisher_exact(swapped).p_value == pytest.approx(fisher_exact(strata).p_value, rel=1e-9)


@few
@given(strata, st.sampled_from(list(Homogeneity)))
def test_equal_odds_ratios_are_tested_alike_from_either_arm(strata, test):
    assume(sum(varies(table) for table in strata) > 1)
    assume(0 < mantel_haenszel_odds_ratio(strata).estimate < inf)
    one = breslow_day(strata, test=test)
    other = breslow_day([table.swapped() for table in strata], test=test)
    assert other.chi_square == pytest.approx(one.chi_square, rel=1e-6, abs=1e-9)
    assert one.chi_square >= -1e-9
    assert 0 <= one.p_value <= 1
    assert one.chi_square <= breslow_day(strata, test=Homogeneity.BRESLOW_DAY).chi_square + 1e-12


@few
@given(tables(most=15))
def test_exact_tests_have_p_in_range_and_boschloo_never_exceeds_fisher(table):
    fisher = fisher_exact(table).p_value
    better = boschloo(table).p_value
    assert 0 < better <= fisher * (1 + 1e-9) <= 1 + 1e-9
    for test in (barnard, boschloo):
        p_value = test(table).p_value
        assert 0 < p_value <= 1
        assert test(table.swapped()).p_value == pytest.approx(p_value, rel=1e-7)


@few
@given(tables(most=25), st.integers(0, 4))
def test_strata_without_news_leave_the_exact_test_alone(table, more):
    strata = [table] + [FourfoldTable(x1=0, n1=3, x2=0, n2=5)] * more
    assert fisher_exact(strata).p_value == pytest.approx(fisher_exact(table).p_value, rel=1e-10)
