from math import exp, log, sqrt

import pytest

from equipoise.stats.proportions.fourfold import FourfoldTable
from equipoise.stats.proportions.ratio import (
    odds_ratio_woolf,
    risk_ratio_katz,
    risk_ratio_koopman,
    risk_ratio_miettinen_nurminen,
)

KOOPMAN = FourfoldTable(x1=36, n1=40, x2=16, n2=80)
Z = 1.959963984540054


@pytest.mark.source(
    "paper: Koopman 1984, doi:10.2307/2531405: 36/40 against 16/80 gives 2.94 to 7.15"
)
def test_published_score_interval_of_a_risk_ratio():
    found = risk_ratio_koopman(KOOPMAN)
    assert found.estimate == 4.5
    assert (round(found.lower, 2), round(found.upper, 2)) == (2.94, 7.15)


def score(counts, ratio, *, factor):
    """Return the score statistic with the rates of the quadratic of Gart and Nam 1988."""
    a = (counts.n1 + counts.n2) * ratio
    b = -(ratio * (counts.x2 + counts.n1) + counts.x1 + counts.n2)
    other = (-b - sqrt(b * b - 4 * a * (counts.x1 + counts.x2))) / (2 * a)
    one = ratio * other
    variance = one * (1 - one) / counts.n1 + ratio**2 * other * (1 - other) / counts.n2
    distance = counts.x1 / counts.n1 - ratio * counts.x2 / counts.n2
    return distance / sqrt(factor * variance)


@pytest.mark.source("paper: Gart and Nam 1988, doi:10.2307/2531848, the restricted rates")
@pytest.mark.parametrize("counts", [(36, 40, 16, 80), (1, 30, 7, 25), (56, 70, 48, 80)])
@pytest.mark.parametrize(
    ("method", "enlarged"), [(risk_ratio_koopman, False), (risk_ratio_miettinen_nurminen, True)]
)
def test_score_ends_are_z_standard_errors_away(counts, method, *, enlarged):
    arms = FourfoldTable(**dict(zip(("x1", "n1", "x2", "n2"), counts, strict=True)))
    factor = arms.total / (arms.total - 1) if enlarged else 1
    found = method(arms)
    assert score(arms, found.lower, factor=factor) == pytest.approx(Z, abs=1e-8)
    assert score(arms, found.upper, factor=factor) == pytest.approx(-Z, abs=1e-8)


@pytest.mark.source("by hand: log 4.5 with variance 1/36 - 1/40 + 1/16 - 1/80 = 19/360")
def test_log_interval_of_a_risk_ratio():
    found = risk_ratio_katz(KOOPMAN)
    half = Z * sqrt(19 / 360)
    assert (found.lower, found.upper) == pytest.approx((4.5 * exp(-half), 4.5 * exp(half)))


@pytest.mark.source("by hand: odds 36/4 over 16/64 = 36, variance 1/36 + 1/4 + 1/16 + 1/64")
def test_log_interval_of_an_odds_ratio():
    found = odds_ratio_woolf(KOOPMAN)
    assert found.estimate == pytest.approx(36)
    half = Z * sqrt(205 / 576)
    assert log(found.lower) == pytest.approx(log(36) - half)
    assert log(found.upper) == pytest.approx(log(36) + half)
