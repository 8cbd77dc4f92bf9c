"""One stage, one arm: the exact binomial sample size, under both conventions in use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, log, sqrt
from typing import assert_never

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_tails
from equipoise.design.one_arm.goal import HAIR, SingleArmGoal
from equipoise.stats.numerics.columns import FloatArray, IntArray

FARTHEST = 100_000
"""Subjects beyond which an exact single-arm trial is not asked for."""


class SizeConvention(StrEnum):
    """Which n is *the* sample size; exact power falls and rises with n like the teeth of a saw."""

    FIRST = "first"
    """The smallest n that keeps both error rates."""

    LASTING = "lasting"
    """The smallest n from which every larger n keeps both error rates too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactSingleStage:
    """Go on with more than r responses among n subjects.

    Attributes
    ----------
    r, n : int
        Largest number of responses that does not suffice, and subjects.
    type_one_error, attained_power : float
        Exact probabilities of going on at p0 and at p1.
    goal : SingleArmGoal
        Rates and limits.
    convention : SizeConvention
        Which n this is.
    """

    r: int
    n: int
    type_one_error: float
    attained_power: float
    goal: SingleArmGoal
    convention: SizeConvention


def size_exact_single_stage(goal: SingleArmGoal, *, convention: SizeConvention) -> ExactSingleStage:
    r"""Return the exact single-stage design.

    For each n, r is the smallest count with :math:`P_{p_0}(X > r) \le \alpha`; n keeps the goal
    when :math:`P_{p_1}(X > r) \ge 1 - \beta`. By Hoeffding's inequality every

    .. math:: n \ge \frac{(\sqrt{\ln 1/\alpha} + \sqrt{\ln 1/\beta})^2}{2 (p_1 - p_0)^2}

    keeps it, so that all n up to there decide for all n.

    Parameters
    ----------
    goal : SingleArmGoal
        Rates and error rates.
    convention : SizeConvention
        Which n is asked for.

    Raises
    ------
    BadInput
        For rates so close that more than 100 000 subjects would have to be looked at.

    References
    ----------
    A'Hern 2001, doi:10.1002/sim.721; Hoeffding 1963, doi:10.1080/01621459.1963.10500830.
    """
    sizes = np.arange(1, _enough(goal) + 1)
    critical = _critical(sizes, goal=goal)
    powers = binomial_tails(critical + 1, n=sizes, rate=goal.p1)
    kept = powers >= goal.power * (1 - HAIR)
    match convention:
        case SizeConvention.FIRST:
            place = int(np.argmax(kept))
        case SizeConvention.LASTING:
            place = int(np.max(np.flatnonzero(~kept), initial=-1)) + 1
        case _:
            assert_never(convention)
    return _design(goal, r=int(critical[place]), n=int(sizes[place]), convention=convention)


def _design(goal: SingleArmGoal, *, r: int, n: int, convention: SizeConvention) -> ExactSingleStage:
    return ExactSingleStage(
        r=r,
        n=n,
        type_one_error=float(binomial_tails(np.array(r + 1), n=n, rate=goal.p0)),
        attained_power=float(binomial_tails(np.array(r + 1), n=n, rate=goal.p1)),
        goal=goal,
        convention=convention,
    )


def _enough(goal: SingleArmGoal) -> int:
    """Return a number of subjects that keeps the goal, as do all larger ones."""
    deviations = sqrt(-log(goal.alpha_one_sided)) + sqrt(-log(1 - goal.power))
    enough = ceil(deviations**2 / (2 * (goal.p1 - goal.p0) ** 2)) + 1
    if enough > FARTHEST:
        raise bad_input(
            "the two rates are too close for an exact single-arm trial",
            where="p0, p1",
            got=f"{goal.p0} and {goal.p1}, up to {enough} subjects",
            fix="ask for rates further apart",
        )
    return enough


def _critical(sizes: IntArray, *, goal: SingleArmGoal) -> IntArray:
    """Return, for each n, the smallest r whose error is within alpha, by halving from -1 to n."""
    low, high = np.full_like(sizes, -1), sizes.copy()
    while np.any(high - low > 1):
        middle = (low + high) // 2
        within = _errors(middle, sizes=sizes, goal=goal) <= goal.alpha_one_sided * (1 + HAIR)
        low, high = np.where(within, low, middle), np.where(within, middle, high)
    return high


def _errors(r: IntArray, *, sizes: IntArray, goal: SingleArmGoal) -> FloatArray:
    return binomial_tails(r + 1, n=sizes, rate=goal.p0)
