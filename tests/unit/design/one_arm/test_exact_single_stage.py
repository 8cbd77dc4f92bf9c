import pytest
from scipy.stats import binom

from equipoise.base.errors import BadInput
from equipoise.design.one_arm.exact_single_stage import SizeConvention, size_exact_single_stage
from equipoise.design.one_arm.goal import SingleArmGoal

GOAL = SingleArmGoal(p0=0.2, p1=0.4, alpha_one_sided=0.05, power=0.8)


def keeps(n):
    """Tell whether some cut-off among n subjects keeps the goal: the slow twin."""
    return any(
        binom.sf(r, n, GOAL.p0) <= GOAL.alpha_one_sided and binom.sf(r, n, GOAL.p1) >= GOAL.power
        for r in range(n)
    )


def test_both_conventions_find_what_counting_finds():
    kept = [n for n in range(1, 200) if keeps(n)]
    lasting = max(set(range(1, 200)) - set(kept)) + 1
    first = size_exact_single_stage(GOAL, convention=SizeConvention.FIRST)
    assert first.n == kept[0]
    assert size_exact_single_stage(GOAL, convention=SizeConvention.LASTING).n == lasting
    assert first.n < lasting


def test_rates_too_close_are_refused():
    near = SingleArmGoal(p0=0.3, p1=0.301, alpha_one_sided=0.05, power=0.8)
    with pytest.raises(BadInput, match="too close"):
        size_exact_single_stage(near, convention=SizeConvention.FIRST)
