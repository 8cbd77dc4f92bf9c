from math import acos, cos, pi, sqrt

import pytest

from equipoise.stats.proportions.difference import (
    agresti_caffo,
    mee,
    miettinen_nurminen,
    newcombe,
    newcombe_corrected,
    wald,
    wald_corrected,
)
from equipoise.stats.proportions.fourfold import FourfoldTable
from equipoise.stats.proportions.one_sample import wilson
from equipoise.stats.proportions.score_ends import restricted_rates

Z = 1.959963984540054


def table_of(row):
    return FourfoldTable(**{name: row[name] for name in ("x1", "n1", "x2", "n2")})


def table(x1, n1, *, against):
    return FourfoldTable(x1=x1, n1=n1, x2=against[0], n2=against[1])


@pytest.mark.source("program: R 4.2.2: tern 0.9.11 (DescTools) and ratesci 1.0.0")
@pytest.mark.parametrize(
    ("name", "method", "tolerance"),
    [
        ("miettinen_nurminen", miettinen_nurminen, 1e-10),
        ("wald", wald, 1e-12),
        ("wald_corrected", wald_corrected, 1e-12),
        ("agresti_caffo", agresti_caffo, 1e-12),
        ("newcombe_corrected", newcombe_corrected, 1e-12),
        ("mee", mee, 3e-5),  # DescTools leaves its root at the default tolerance of uniroot
    ],
)
def test_intervals_of_r(stored, name, *, method, tolerance):
    for row in stored("proportions_by_r.json")[name]:
        found = method(table_of(row))
        ends = row["lower"], row["upper"]
        assert (found.lower, found.upper) == pytest.approx(ends, abs=tolerance)


@pytest.mark.source("paper: Newcombe 1998, Stat Med 17:873-890, table II, method 10")
@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_published_hybrid_intervals(counts, lower, upper):
    found = newcombe(table(*counts[:2], against=counts[2:]))
    assert (round(found.lower, 4), round(found.upper, 4)) == (lower, upper)


def closed_form(counts, difference):
    """Return the most likely rates by the cosine formula of Farrington and Manning, appendix 1."""
    rate, other = counts.rates
    ratio = counts.n2 / counts.n1
    a = 1 + ratio
    b = -(a + rate + ratio * other + difference * (ratio + 2))
    c = difference**2 + difference * (2 * rate + a) + rate + ratio * other
    e = -rate * difference * (1 + difference)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a**2) + e / (2 * a)
    u = (1 if v > 0 else -1) * sqrt(b**2 / (3 * a) ** 2 - c / (3 * a))
    w = (pi + acos(max(-1.0, min(1.0, v / u**3)))) / 3
    first = 2 * u * cos(w) - b / (3 * a)
    return first, first - difference


@pytest.mark.source("paper: Farrington and Manning 1990, doi:10.1002/sim.4780091208, appendix 1")
@pytest.mark.parametrize("difference", [-0.6, -0.2, -0.01, -1e-16, 0.0, 1e-15, 0.3, 0.7])
@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 1, 29), (1, 7, 6, 9)])
def test_restricted_rates_are_those_of_the_closed_form(difference, counts):
    arms = table(*counts[:2], against=counts[2:])
    assert restricted_rates(arms, difference) == pytest.approx(
        closed_form(arms, difference), abs=1e-9
    )


@pytest.mark.source("by hand: the score statistic at an end is z, its rates by the closed form")
@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7)])
@pytest.mark.parametrize(("method", "enlarged"), [(mee, False), (miettinen_nurminen, True)])
def test_score_ends_are_z_standard_errors_away(counts, method, *, enlarged):
    arms = table(*counts[:2], against=counts[2:])
    factor = arms.total / (arms.total - 1) if enlarged else 1
    found = method(arms)
    for end in (found.lower, found.upper):
        one, other = closed_form(arms, end)
        variance = factor * (one * (1 - one) / arms.n1 + other * (1 - other) / arms.n2)
        assert abs(found.estimate - end) / sqrt(variance) == pytest.approx(Z, abs=1e-8)


@pytest.mark.source("by hand: without success, rates at an end are 0 and the end, as in Wilson's")
@pytest.mark.parametrize(("n1", "n2"), [(10, 20), (10, 10), (3, 50)])
def test_without_success_mee_has_the_ends_of_wilson(n1, n2):
    found = mee(table(0, n1, against=(0, n2)))
    ends = -wilson(0, n2).upper, wilson(0, n1).upper
    assert (found.lower, found.upper) == pytest.approx(ends, abs=1e-11)
