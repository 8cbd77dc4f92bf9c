"""The parts of comparisons of two proportions, each by whole numbers."""

from math import comb, exp, inf, log, nan, sqrt

import numpy as np
import pytest

from equipoise.stats.proportions.common_ratio import (
    common_odds_ratio,
    common_risk_ratio,
    cross_sums,
    ratio,
)
from equipoise.stats.proportions.conditional import (
    conditional_successes,
    hypergeometric_successes,
    likeliest_odds_ratio,
    log_choose,
    no_more_likely,
    odds_ratio_ends,
)
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing, fourfold_tables
from equipoise.stats.proportions.ratio import RatioMethod, around_log

TEA = FourfoldTable(x1=3, n1=4, x2=1, n2=4)
EMPTY = FourfoldTable(x1=2, n1=4, x2=0, n2=0)


@pytest.mark.source("by hand: two strata counted; a stratum with one arm is set aside")
def test_counts_of_two_arms_in_strata():
    event = [1, 0, 1, 1, 0, 0, 1]
    arm = ["a", "a", "b", "b", "a", "b", "a"]
    site = [1, 1, 1, 1, 1, 2, 1]
    first, second = fourfold_tables(event, arm, first="a", strata=site)
    assert first == FourfoldTable(x1=2, n1=4, x2=2, n2=2)
    assert second == FourfoldTable(x1=0, n1=0, x2=0, n2=1)
    assert comparing([first, second]) == (first,)
    assert comparing([TEA, EMPTY]) == (TEA,)


@pytest.mark.source("by hand: one table: 3 * 3 / (1 * 1) = 9; log errors of Woolf and of Katz")
def test_common_ratios_of_one_table_are_its_own():
    assert cross_sums([TEA]) == pytest.approx((9 / 8, 1 / 8))
    odds = common_odds_ratio([TEA])
    assert odds.ratio == pytest.approx(9.0, rel=1e-14)
    # P = 6/8, R = 9/8, S = 1/8: P/2R + (P S + Q R)/2RS + Q/2S = 1/3 + 4/3 + 1, Woolf's 8/3.
    assert odds.log_error == pytest.approx(sqrt(1 / 3 + 1 + 1 + 1 / 3), rel=1e-14)
    risk = common_risk_ratio([TEA])
    assert risk.ratio == pytest.approx(3.0, rel=1e-14)
    assert risk.log_error == pytest.approx(sqrt(1 / 3 - 1 / 4 + 1 - 1 / 4), rel=1e-14)


@pytest.mark.source("by hand: two tables: odds (9/8 + 4/6) / (1/8 + 1/6), risks (12/8 + 1) / 1")
def test_common_ratios_of_two_tables():
    other = FourfoldTable(x1=2, n1=3, x2=1, n2=3)
    # Of the second table: 2 * 2 / 6 and 1 * 1 / 6; 2 * 3 / 6 and 1 * 3 / 6.
    assert common_odds_ratio([TEA, other]).ratio == pytest.approx((9 / 8 + 4 / 6) / (1 / 8 + 1 / 6))
    assert common_risk_ratio([TEA, other]).ratio == pytest.approx((12 / 8 + 1) / (4 / 8 + 3 / 6))


@pytest.mark.source("by hand: over 0 infinite, 0 over 0 unknown; e^(log 2 +- 1.96 * 0.5)")
def test_a_ratio_and_its_ends():
    assert (ratio(3.0, 0.0), ratio(3.0, 2.0)) == (inf, 1.5)
    assert ratio(0.0, 0.0) == pytest.approx(nan, nan_ok=True)
    settings = {"confidence": 0.95, "method": RatioMethod.RISK_KATZ, "tables": (TEA,)}
    found = around_log(2.0, error=0.5, **settings)
    half = 1.959963984540054 * 0.5
    assert (found.lower, found.upper) == pytest.approx((exp(log(2) - half), exp(log(2) + half)))
    untold = around_log(inf, error=inf, **settings)
    assert (untold.lower, untold.upper) == (0.0, inf)


@pytest.mark.source(
    "by hand: a tea of Fisher: 1, 16, 36, 16, 1 of 70 ways; 34 are as rare as 3 of 4"
)
def test_the_conditional_distribution_of_a_tea():
    counts = np.arange(5.0)
    assert np.exp(log_choose(4, counts)) == pytest.approx([1, 4, 6, 4, 1], rel=1e-13)
    low, log_chance = hypergeometric_successes(4, 4, successes=4)
    ways = [comb(4, k) ** 2 for k in range(5)]
    assert low == 0
    assert np.exp(log_chance) == pytest.approx(np.array(ways) / 70, rel=1e-13)
    assert hypergeometric_successes(3, 2, successes=4)[0] == 2
    rarer = no_more_likely(np.array(ways) / 70)
    assert rarer == pytest.approx(np.array([2, 34, 70, 34, 2]) / 70, rel=1e-13)


@pytest.mark.source("by hand: 1 of 1 and 0 of 1 with one success: P(1) = odds / (1 + odds)")
def test_odds_ratios_of_one_success_among_two():
    given = conditional_successes([FourfoldTable(x1=1, n1=1, x2=0, n2=1)])
    assert likeliest_odds_ratio(given) == inf
    lower, upper = odds_ratio_ends(given, tail=0.025)
    assert (lower, upper) == (pytest.approx(0.025 / 0.975, rel=1e-10), inf)
    # 2 of 2 and 1 of 2: of the ways 1 * 2 and 2 * 1 the mean is 1 + odds / (1 + odds).
    half = conditional_successes([FourfoldTable(x1=1, n1=2, x2=1, n2=2)])
    assert likeliest_odds_ratio(half) == pytest.approx(1.0, rel=1e-10)
