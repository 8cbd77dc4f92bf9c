import pytest

from equipoise.stats.proportions.fourfold import Continuity, FourfoldTable
from equipoise.stats.proportions.stratified import (
    Homogeneity,
    breslow_day,
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
)
from equipoise.stats.proportions.stratified_difference import (
    _shrinkage,
    mantel_haenszel_difference,
    stratified_miettinen_nurminen,
    stratified_newcombe,
)

MIGRAINE = (
    FourfoldTable(x1=16, n1=27, x2=5, n2=25),
    FourfoldTable(x1=12, n1=28, x2=7, n2=26),
)


@pytest.fixture
def by_r(stored):
    return stored("proportions_by_r.json")


@pytest.fixture
def berkeley(by_r):
    return [FourfoldTable(**row) for row in by_r["strata"]]


@pytest.mark.source("program: R 4.2.2: mantelhaen.test, correct = FALSE and TRUE")
@pytest.mark.parametrize(
    ("continuity", "name"), [(Continuity.NONE, "plain"), (Continuity.YATES, "corrected")]
)
def test_mantel_haenszel_test_of_r(by_r, berkeley, *, continuity, name):
    found = cochran_mantel_haenszel(berkeley, continuity=continuity)
    truth = by_r["mantel_haenszel"][name]
    assert found.chi_square == pytest.approx(truth["chi_square"], rel=1e-12)
    assert found.p_value == pytest.approx(truth["p_value"], rel=1e-12)
    assert found.observed == 1198


@pytest.mark.source("program: R 4.2.2: mantelhaen.test, estimate and interval")
def test_mantel_haenszel_odds_ratio_of_r(by_r, berkeley):
    found = mantel_haenszel_odds_ratio(berkeley)
    truth = by_r["mantel_haenszel"]["odds_ratio"]
    assert (found.estimate, found.lower, found.upper) == pytest.approx(
        (truth["estimate"], truth["lower"], truth["upper"]), rel=1e-12
    )


@pytest.mark.source("program: SAS/STAT User's Guide, PROC FREQ, example of the migraine trial")
def test_published_migraine_trial():
    test = cochran_mantel_haenszel(MIGRAINE)
    assert (round(test.chi_square, 4), round(test.p_value, 4)) == (8.3052, 0.0040)
    odds = mantel_haenszel_odds_ratio(MIGRAINE)
    found = tuple(round(value, 4) for value in (odds.estimate, odds.lower, odds.upper))
    assert found == (3.3132, 1.4456, 7.5934)
    equal = breslow_day(MIGRAINE, test=Homogeneity.BRESLOW_DAY)
    assert (round(equal.chi_square, 4), equal.df, round(equal.p_value, 4)) == (1.4929, 1, 0.2218)


@pytest.mark.source("by hand: odds ratios 4 and 4 in two strata are equal")
@pytest.mark.parametrize("test", list(Homogeneity))
def test_equal_odds_ratios_have_no_heterogeneity(test):
    strata = [FourfoldTable(x1=8, n1=10, x2=5, n2=10), FourfoldTable(x1=4, n1=8, x2=2, n2=10)]
    found = breslow_day(strata, test=test)
    assert (found.chi_square, found.p_value) == pytest.approx((0, 1), abs=1e-12)


@pytest.mark.source("by hand: the terms of Tarone's sum, around expected counts by bisection")
def test_tarone_takes_off_the_square_of_the_summed_gaps():
    common = mantel_haenszel_odds_ratio(MIGRAINE).estimate
    gaps, spreads = [], []
    for t in MIGRAINE:
        m = t.x1 + t.x2
        low, high = float(max(0, m - t.n2)), float(min(m, t.n1))
        for _ in range(100):
            e = (low + high) / 2
            below = e * (t.n2 - m + e) < common * (m - e) * (t.n1 - e)
            low, high = (e, high) if below else (low, e)
        gaps.append(t.x1 - e)
        spreads.append(1 / (1 / e + 1 / (m - e) + 1 / (t.n1 - e) + 1 / (t.n2 - m + e)))
    plain = sum(gap**2 / spread for gap, spread in zip(gaps, spreads, strict=True))
    less = sum(gaps) ** 2 / sum(spreads)
    assert breslow_day(MIGRAINE, test=Homogeneity.BRESLOW_DAY).chi_square == pytest.approx(plain)
    assert less > 0
    assert breslow_day(MIGRAINE).chi_square == pytest.approx(plain - less, rel=1e-12)


@pytest.mark.source("program: R 4.2.2: ratesci 1.0.0 and tern 0.9.11")
@pytest.mark.parametrize(
    ("name", "method", "tolerance"),
    [
        ("stratified_miettinen_nurminen", stratified_miettinen_nurminen, 1e-10),
        ("stratified_newcombe", stratified_newcombe, 1e-12),
        ("sato", mantel_haenszel_difference, 1e-12),
    ],
)
def test_stratified_differences_of_r(by_r, berkeley, *, name, method, tolerance):
    found, truth = method(berkeley), by_r[name]
    assert (found.lower, found.estimate, found.upper) == pytest.approx(
        (truth["lower"], truth["estimate"], truth["upper"]), abs=tolerance
    )


@pytest.mark.source(
    "program: R 4.2.2: prop.test; the test of Pearson is N / (N - 1) times that of Mantel"
)
def test_one_stratum_is_the_test_of_pearson_but_for_one_subject(by_r):
    for row in by_r["pearson"]:
        arms = FourfoldTable(**{name: row[name] for name in ("x1", "n1", "x2", "n2")})
        found = cochran_mantel_haenszel([arms]).chi_square * arms.total / (arms.total - 1)
        assert found == pytest.approx(row["chi_square"], rel=1e-12)


@pytest.mark.source("by hand: at a rate p in all strata sqrt(sum w^2 / n) / sum w sqrt(1 / n)")
def test_strata_without_success_shrink_the_deviate_as_any_common_rate():
    weights = [0.4, 0.6]
    none = _shrinkage([(0, 10), (0, 40)], weights=weights)
    assert none == pytest.approx((0.016 + 0.009) ** 0.5 / (0.4 / 10**0.5 + 0.6 / 40**0.5))
    assert none == pytest.approx(_shrinkage([(2, 10), (8, 40)], weights=weights), rel=1e-12)
    assert none == pytest.approx(_shrinkage([(10, 10), (40, 40)], weights=weights), rel=1e-12)
