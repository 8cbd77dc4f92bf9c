from decimal import Decimal, getcontext
from math import comb

import numpy as np
import pytest

from equipoise.stats.proportions.exact_stratified import (
    PointMass,
    TwoSided,
    exact_mantel_haenszel,
)
from equipoise.stats.proportions.exact_tests import fisher_exact
from equipoise.stats.proportions.fourfold import FourfoldTable
from equipoise.stats.proportions.generalised_mantel_haenszel import (
    Association,
    generalised_mantel_haenszel,
)
from equipoise.stats.proportions.stratified import cochran_mantel_haenszel


@pytest.fixture
def truth(stored):
    return stored("stratified_tests.json")


@pytest.fixture
def small(truth):
    return [FourfoldTable(**row) for row in truth["small"]]


@pytest.mark.source("program: R 4.2.2: mantelhaen.test(UCBAdmissions, exact = TRUE)")
def test_exact_test_of_the_berkeley_admissions(stored, truth):
    strata = [FourfoldTable(**row) for row in stored("proportions_by_r.json")["strata"]]
    found, by_r = exact_mantel_haenszel(strata), truth["exact_berkeley"]
    assert found.observed == by_r["observed"]
    assert found.p_value == pytest.approx(by_r["p_value"], rel=1e-10)
    # R's roots are good to 1e-4 only; those of the next test but one are exact.
    assert (found.odds_ratio, found.lower, found.upper) == pytest.approx(
        (by_r["estimate"], by_r["lower"], by_r["upper"]), abs=1e-4
    )


@pytest.mark.source("program: R 4.2.2: mantelhaen.test(exact = TRUE), two-sided, greater, less")
def test_exact_test_of_three_small_strata(truth, small):
    found, by_r = exact_mantel_haenszel(small), truth["exact_small"]
    assert (found.p_value, found.p_greater, found.p_less) == pytest.approx(
        (by_r["p_value"], by_r["p_greater"], by_r["p_less"]), rel=1e-12
    )
    assert (found.odds_ratio, found.lower, found.upper) == pytest.approx(
        (by_r["estimate"], by_r["lower"], by_r["upper"]), rel=2e-3
    )


def chances(tables, odds):
    """Return the chance of each total of the first arms, by whole numbers and 50 digits."""
    getcontext().prec = 50
    ways = {0: 1}
    for t in tables:
        margin = t.x1 + t.x2
        part = {
            k: comb(t.n1, k) * comb(t.n2, margin - k)
            for k in range(max(0, margin - t.n2), min(margin, t.n1) + 1)
        }
        ways = {
            total: sum(ways[a] * part[total - a] for a in ways if total - a in part)
            for total in range(min(ways) + min(part), max(ways) + max(part) + 1)
        }
    weight = {k: way * Decimal(odds) ** k for k, way in ways.items()}
    whole = sum(weight.values())
    return {k: w / whole for k, w in weight.items()}


@pytest.mark.source("by hand: whole-number convolution of the strata, at the odds ratios found")
@pytest.mark.parametrize(("point_mass", "part"), [(PointMass.WHOLE, "1"), (PointMass.HALF, "0.5")])
def test_estimate_and_ends_solve_their_equations(small, *, point_mass, part):
    found = exact_mantel_haenszel(small, point_mass=point_mass, confidence=0.9)
    seen, share = found.observed, Decimal(part)
    at = {odds: chances(small, odds) for odds in (found.odds_ratio, found.lower, found.upper)}
    mean = sum(k * chance for k, chance in at[found.odds_ratio].items())
    assert float(mean) == pytest.approx(seen, rel=1e-10)
    low, high = at[found.lower], at[found.upper]
    above = sum(c for k, c in low.items() if k > seen) + share * low[seen]
    below = sum(c for k, c in high.items() if k < seen) + share * high[seen]
    assert (float(above), float(below)) == pytest.approx((0.05, 0.05), rel=1e-9)


@pytest.mark.source("by hand: whole-number convolution of the strata, half of the chance seen off")
def test_mid_p_values(small):
    null = chances(small, 1)
    seen = sum(t.x1 for t in small)
    half = null[seen] / 2
    greater = sum(c for k, c in null.items() if k >= seen) - half
    less = sum(c for k, c in null.items() if k <= seen) - half
    rare = sum(c for c in null.values() if c <= null[seen]) - half
    mid = exact_mantel_haenszel(small, point_mass=PointMass.HALF)
    assert (mid.p_greater, mid.p_less, mid.p_value) == pytest.approx(
        (float(greater), float(less), float(rare)), rel=1e-12
    )
    doubled = exact_mantel_haenszel(small, point_mass=PointMass.HALF, two_sided=TwoSided.DOUBLED)
    assert doubled.p_value == pytest.approx(2 * float(greater), rel=1e-12)


@pytest.mark.source("by hand: a tea of Fisher, 3 of 4 cups; p = 34 / 70, 17 / 70 one-sided")
def test_one_stratum_is_the_test_of_fisher():
    tea = FourfoldTable(x1=3, n1=4, x2=1, n2=4)
    found = exact_mantel_haenszel([tea])
    assert found.p_value == pytest.approx(fisher_exact(tea).p_value, rel=1e-13)
    assert (found.p_value, found.p_greater) == pytest.approx((34 / 70, 17 / 70), rel=1e-13)
    assert (found.least, found.observed, found.most) == (0, 3, 4)


@pytest.mark.source("program: R 4.2.2: mantelhaen.test of more than two columns")
@pytest.mark.parametrize("name", ["general_prior", "general_trt"])
def test_general_association_of_r(truth, data_set, name):
    veteran = data_set("veteran")
    columns = {
        "general_prior": (veteran["celltype"], veteran["trt"], veteran["prior"]),
        "general_trt": ((veteran["karno"] > 60).cast(int), veteran["celltype"], veteran["trt"]),
    }
    response, group, strata = columns[name]
    found, by_r = generalised_mantel_haenszel(response, group, strata=strata), truth[name]
    assert (found.chi_square, found.df, found.p_value) == pytest.approx(
        (by_r["chi_square"], by_r["df"], by_r["p_value"]), rel=1e-10
    )


@pytest.mark.source(
    "program: R 4.2.2: kruskal.test, which is the test of mean ranks in one stratum"
)
def test_mean_scores_of_ranks_are_the_test_of_kruskal_and_wallis(truth, data_set):
    veteran = data_set("veteran")
    ranks = veteran["karno"].rank(method="average").to_numpy()
    found = generalised_mantel_haenszel(
        ranks, veteran["celltype"], association=Association.MEAN_SCORES
    )
    by_r = truth["kruskal"]
    assert (found.chi_square, found.df, found.p_value) == pytest.approx(
        (by_r["chi_square"], by_r["df"], by_r["p_value"]), rel=1e-10
    )


@pytest.mark.source("program: R 4.2.2: (n - 1) cor(karno, age)^2")
def test_correlation_is_n_less_1_times_the_square_of_pearsons(truth, data_set):
    veteran = data_set("veteran")
    found = generalised_mantel_haenszel(
        veteran["karno"], veteran["age"], association=Association.CORRELATION
    )
    assert found.chi_square == pytest.approx(truth["correlation"]["chi_square"], rel=1e-10)
    assert found.df == 1


@pytest.mark.source(
    "by hand: Mantel 1963, sums over strata of x y - n mean mean, and of their spread"
)
def test_correlation_adds_over_strata():
    x = np.array([1, 2, 3, 1, 3, 2, 2, 4, 1, 4.0])
    y = np.array([0, 2, 2, 1, 4, 1, 3, 3, 0, 2.0])
    stratum = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    gap = spread = 0.0
    for part in (stratum == 0, stratum == 1):
        dx, dy = x[part] - x[part].mean(), y[part] - y[part].mean()
        gap += float(dx @ dy)
        spread += float(dx @ dx * (dy @ dy)) / (part.sum() - 1)
    found = generalised_mantel_haenszel(y, x, association=Association.CORRELATION, strata=stratum)
    assert found.chi_square == pytest.approx(gap**2 / spread, rel=1e-12)


@pytest.mark.source("by hand: in fourfold tables all three are the test of Cochran and Mantel")
@pytest.mark.parametrize("association", list(Association))
def test_fourfold_tables_have_one_statistic(small, association):
    rows = [
        (response, group, stratum)
        for stratum, t in enumerate(small)
        for group, (x, n) in enumerate([(t.x1, t.n1), (t.x2, t.n2)])
        for response, count in [(1, x), (0, n - x)]
        for _ in range(count)
    ]
    response, group, strata = np.array(rows).T
    found = generalised_mantel_haenszel(response, group, association=association, strata=strata)
    assert found.df == 1
    assert found.chi_square == pytest.approx(cochran_mantel_haenszel(small).chi_square, rel=1e-12)
