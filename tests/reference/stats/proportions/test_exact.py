from fractions import Fraction
from itertools import product
from math import comb, inf

import pytest

from equipoise.stats.proportions.exact_tests import (
    barnard,
    boschloo,
    fisher_exact,
    odds_ratio_conditional,
)
from equipoise.stats.proportions.fourfold import FourfoldTable


def table(x1, n1, *, against):
    return FourfoldTable(x1=x1, n1=n1, x2=against[0], n2=against[1])


@pytest.mark.source(
    "program: R 4.2.2: fisher.test, its odds ratios found to 1e-4 on a scale from 0 to 1"
)
def test_fisher_of_r(stored):
    for row in stored("proportions_by_r.json")["fisher"]:
        arms = table(row["x1"], row["n1"], against=(row["x2"], row["n2"]))
        assert fisher_exact(arms).p_value == pytest.approx(row["p_value"], rel=1e-11)
        found = odds_ratio_conditional(arms)
        truth = [inf if row[end] is None else row[end] for end in ("estimate", "lower", "upper")]
        assert (found.estimate, found.lower, found.upper) == pytest.approx(truth, rel=1e-2)
        assert found.lower == pytest.approx(row["lower"], rel=1e-4)


@pytest.mark.source(
    "program: R 4.2.2: mantelhaen.test(exact = TRUE), its odds ratios found to 1e-4"
)
def test_exact_test_over_strata_of_r(stored):
    by_r = stored("proportions_by_r.json")
    strata = [FourfoldTable(**row) for row in by_r["strata"]]
    truth = by_r["exact"]
    assert fisher_exact(strata).p_value == pytest.approx(truth["p_value"], rel=1e-10)
    found = odds_ratio_conditional(strata)
    assert (found.estimate, found.lower, found.upper) == pytest.approx(
        (truth["estimate"], truth["lower"], truth["upper"]), abs=1e-4
    )


@pytest.mark.source(
    "paper: Fisher 1935: a lady names 3 of 4 cups of each kind; p = (16 + 1 + 16 + 1) / 70"
)
def test_lady_tasting_tea():
    assert fisher_exact(table(3, 4, against=(1, 4))).p_value == pytest.approx(34 / 70, rel=1e-13)


@pytest.mark.source("by hand: exact sums over the count of the first arm, at the odds ratios found")
@pytest.mark.parametrize("counts", [(9, 10, 3, 10), (2, 14, 5, 9), (56, 70, 48, 80)])
def test_conditional_odds_ratio_solves_its_equations(counts):
    x1, n1, x2, n2 = counts
    found = odds_ratio_conditional(table(x1, n1, against=(x2, n2)))
    margin = x1 + x2
    support = range(max(0, margin - n2), min(margin, n1) + 1)

    def chances(odds):
        ways = {k: comb(n1, k) * comb(n2, margin - k) * Fraction(odds) ** k for k in support}
        return {k: way / sum(ways.values()) for k, way in ways.items()}

    mean = sum(k * chance for k, chance in chances(found.estimate).items())
    assert float(mean) == pytest.approx(x1, rel=1e-10)
    above = sum(chance for k, chance in chances(found.lower).items() if k >= x1)
    below = sum(chance for k, chance in chances(found.upper).items() if k <= x1)
    assert (float(above), float(below)) == pytest.approx((0.025, 0.025), rel=1e-9)


def pooled_square(i, j, *, n1, n2):
    """Return z squared of a result as an exact fraction."""
    pooled = Fraction(i + j, n1 + n2)
    variance = pooled * (1 - pooled) * (Fraction(1, n1) + Fraction(1, n2))
    return (Fraction(i, n1) - Fraction(j, n2)) ** 2 / variance if variance else Fraction(0)


def fisher_of(i, j, *, n1, n2):
    """Return Fisher's p-value of a result as an exact fraction."""
    margin = i + j
    ways = {
        k: comb(n1, k) * comb(n2, margin - k)
        for k in range(max(0, margin - n2), min(margin, n1) + 1)
    }
    return Fraction(sum(w for w in ways.values() if w <= ways[i]), sum(ways.values()))


def largest(extreme, *, n1, n2):
    """Return the largest chance of these results on 2001 common rates."""
    return max(
        sum(
            comb(n1, i) * comb(n2, j) * p ** (i + j) * (1 - p) ** (n1 + n2 - i - j)
            for i, j in extreme
        )
        for p in (k / 2000 for k in range(2001))
    )


@pytest.mark.source("by hand: ways of each table counted as whole numbers, ties kept exactly")
@pytest.mark.parametrize(("n1", "n2"), [(9, 9), (12, 12), (8, 12), (14, 21)])
def test_fisher_keeps_its_ties(n1, n2):
    for i, j in product(range(n1 + 1), range(n2 + 1)):
        found = fisher_exact(table(i, n1, against=(j, n2))).p_value
        assert found == pytest.approx(float(fisher_of(i, j, n1=n1, n2=n2)), rel=1e-10)


UNEQUAL_AND_TIED = [(7, 15, 12, 15), (9, 10, 3, 10), (5, 16, 0, 9), (1, 8, 5, 7)]


@pytest.mark.source("by hand: results ordered by exact fractions, summed at 2001 common rates")
@pytest.mark.parametrize("counts", UNEQUAL_AND_TIED)
def test_unconditional_tests_keep_their_ties(counts):
    x1, n1, x2, n2 = counts
    arms = table(x1, n1, against=(x2, n2))
    results = list(product(range(n1 + 1), range(n2 + 1)))
    seen = pooled_square(x1, x2, n1=n1, n2=n2)
    wide = [(i, j) for i, j in results if pooled_square(i, j, n1=n1, n2=n2) >= seen]
    assert barnard(arms).p_value == pytest.approx(largest(wide, n1=n1, n2=n2), rel=1e-5)
    rare = fisher_of(x1, x2, n1=n1, n2=n2)
    rarest = [(i, j) for i, j in results if fisher_of(i, j, n1=n1, n2=n2) <= rare]
    assert boschloo(arms).p_value == pytest.approx(largest(rarest, n1=n1, n2=n2), rel=1e-5)


@pytest.mark.source(
    "paper: Mehta and Senchaudhuri 2003: 7/15 against 12/15, one-sided 0.0341, z 1.894"
)
def test_published_vaccine_trial():
    found = barnard(table(7, 15, against=(12, 15)))
    assert found.statistic == pytest.approx(-1.894, abs=5e-4)
    # Equal arms: the two sides have the same chance at every common rate.
    assert round(found.p_value / 2, 4) == 0.0341
