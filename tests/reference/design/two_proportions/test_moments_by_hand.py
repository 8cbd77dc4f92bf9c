"""The parts of the size of two rates, each by a line of arithmetic."""

from math import sqrt

import pytest

from equipoise.design.two_proportions.exact_region import (
    Boschloo,
    ChiSquare,
    ExactScore,
    Fisher,
    rule_null,
)
from equipoise.design.two_proportions.goal import (
    Continuity,
    NullVariance,
    ProportionTest,
    TwoRates,
    shares,
)
from equipoise.design.two_proportions.normal_size import proportion_moments, whole_size

RATES = TwoRates(control=0.2, experimental=0.5)


@pytest.mark.source("by hand: two to one are a third and two thirds; a margin is that of the test")
def test_shares_and_null_differences():
    assert shares(2.0) == pytest.approx((1 / 3, 2 / 3), rel=1e-15)
    assert (rule_null(Fisher()), rule_null(Boschloo())) == (0.0, 0.0)
    assert (rule_null(ExactScore(null=-0.1)), rule_null(ChiSquare(null=0.2))) == (-0.1, 0.2)


@pytest.mark.source("by hand: 0.2 and 0.5, two to one, pool to 0.4: 0.24 * 4.5; else 0.855")
def test_moments_of_one_subject():
    pooled = proportion_moments(RATES, test=ProportionTest(alpha_one_sided=0.025), allocation=2.0)
    assert pooled.gain == pytest.approx(0.3, rel=1e-14)
    assert pooled.null_deviation == pytest.approx(sqrt(0.24 * (3 + 1.5)), rel=1e-9)
    assert pooled.deviation == pytest.approx(sqrt(0.16 * 3 + 0.25 * 1.5), rel=1e-14)
    assert pooled.correction == 0
    wald = ProportionTest(
        alpha_one_sided=0.025, variance=NullVariance.UNPOOLED, continuity=Continuity.YATES
    )
    own = proportion_moments(RATES, test=wald, allocation=2.0)
    assert own.null_deviation == pytest.approx(own.deviation, rel=1e-14)
    assert own.correction == pytest.approx((3 + 1.5) / 2, rel=1e-14)


@pytest.mark.source("by hand: 100.5 two to one are 34 and 67; where a tenth is lost, 38 and 75")
def test_whole_arms_and_those_enrolled():
    found = whole_size(
        100.5, rates=RATES, test=ProportionTest(alpha_one_sided=0.025), allocation=2.0, lost=0.1
    )
    assert (found.control, found.experimental) == (34, 67)
    assert (found.enrolled_control, found.enrolled_experimental) == (38, 75)
    assert found.subjects == 100.5
