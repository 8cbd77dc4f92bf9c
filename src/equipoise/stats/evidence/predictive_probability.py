r"""Predictive probability: how likely the final analysis is a success, given the subjects so far.

For every number of successes Y among the subjects to come, the final posterior is known now; Y
follows the beta-binomial distribution of what is believed now (Lee and Liu 2008,
doi:10.1177/1740774508089279):

.. math:: PP = \sum_y P(Y = y \mid x) \, 1\left[P(p > p_0 \mid x, y) > \theta\right]
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.evidence.beta_binomial import (
    Belief,
    posterior,
    predictive_distribution,
    probability_above,
)
from equipoise.stats.evidence.two_rates import probability_better
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.counts import refuse_counts, refuse_share
from equipoise.stats.proportions.fourfold import FourfoldTable


@dataclass(frozen=True, slots=True, kw_only=True)
class OneArmPlan:
    """When one arm is a success at its final number of subjects.

    Attributes
    ----------
    n : int
        Final number of subjects, at least 1.
    prior : Beta or BetaMixture
        What was believed of the rate before the trial.
    p0 : float
        Rate to be exceeded, inside (0, 1).
    threshold : float
        Success when P(p > p0) is above it, strictly, as in the paper; inside (0, 1).
    """

    n: int
    prior: Belief
    p0: float
    threshold: float

    def __post_init__(self) -> None:
        """Refuse a plan that no trial can follow."""
        _refuse_size(self.n, where="n")
        refuse_share(self.p0, where="p0", fix="0.3")
        refuse_share(self.threshold, where="threshold", fix="0.95")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoArmPlan:
    """When the first of two arms is a success against the second at their final numbers.

    Attributes
    ----------
    n1, n2 : int
        Final number of subjects of each arm, at least 1.
    prior1, prior2 : Beta or BetaMixture
        What was believed of each rate before the trial.
    threshold : float
        Success when P(p1 > p2 + margin) is above it, strictly; inside (0, 1).
    margin : float
        Difference to be exceeded.
    """

    n1: int
    n2: int
    prior1: Belief
    prior2: Belief
    threshold: float
    margin: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a plan that no trial can follow."""
        _refuse_size(self.n1, where="n1")
        _refuse_size(self.n2, where="n2")
        refuse_share(self.threshold, where="threshold", fix="0.95")


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictiveProbability:
    """How likely success is at the end, and what it stands on now.

    Attributes
    ----------
    probability : float
        Predictive probability of success at the final analysis.
    now : float
        Posterior probability now: P(p > p0), or P(p1 > p2 + margin).
    successes, n : tuple of int
        Counts so far, one for each arm.
    """

    probability: float
    now: float
    successes: tuple[int, ...]
    n: tuple[int, ...]


def successes_needed(plan: OneArmPlan) -> int | None:
    """Return the fewest successes at the final number that are a success, None when none suffice.

    The posterior probability rises with the successes whatever the prior, so one number says all.

    Parameters
    ----------
    plan : OneArmPlan
        When the arm is a success.
    """
    needed = bisect_left(range(plan.n + 1), 1, key=lambda x: int(_succeeds(x, plan=plan)))
    return needed if needed <= plan.n else None


def predictive_probability(successes: int, *, n: int, plan: OneArmPlan) -> PredictiveProbability:
    """Return how likely one arm is to be a success at the end, given its subjects so far.

    Parameters
    ----------
    successes, n : int
        Counts so far, ``0 <= successes <= n <= plan.n``.
    plan : OneArmPlan
        Final number, prior, and what success is.

    Raises
    ------
    BadInput
        For counts that are no part of a whole, or more subjects than planned.
    """
    refuse_counts(successes, n, where="successes, n")
    _refuse_beyond(n, planned=plan.n, where="n")
    belief = posterior(plan.prior, successes, n=n)
    coming = predictive_distribution(belief, plan.n - n)
    needed = successes_needed(plan)
    missing = coming.size if needed is None else max(needed - successes, 0)
    return PredictiveProbability(
        probability=min(float(coming[missing:].sum()), 1.0),
        now=probability_above(belief, plan.p0),
        successes=(successes,),
        n=(n,),
    )


def predictive_probability_two_arms(
    so_far: FourfoldTable, *, plan: TwoArmPlan
) -> PredictiveProbability:
    r"""Return how likely the first arm is to beat the second at the end, given the table so far.

    .. math:: PP = \sum_{y_1, y_2} P(y_1 \mid x_1) P(y_2 \mid x_2) \,
              1\left[P(p_1 > p_2 + \delta \mid x_1 + y_1, x_2 + y_2) > \theta\right]

    More successes in the second arm never lower the number that the first one needs, so only the
    staircase between success and none is evaluated.

    Parameters
    ----------
    so_far : FourfoldTable
        Counts so far; an arm may still be empty.
    plan : TwoArmPlan
        Final numbers, priors, and what success is.

    Raises
    ------
    BadInput
        For more subjects than planned in an arm.
    """
    _refuse_beyond(so_far.n1, planned=plan.n1, where="n1")
    _refuse_beyond(so_far.n2, planned=plan.n2, where="n2")
    first = posterior(plan.prior1, so_far.x1, n=so_far.n1)
    second = posterior(plan.prior2, so_far.x2, n=so_far.n2)
    coming = predictive_distribution(first, plan.n1 - so_far.n1)
    against = predictive_distribution(second, plan.n2 - so_far.n2)
    return PredictiveProbability(
        probability=_staircase(coming, against, so_far=so_far, plan=plan),
        now=probability_better(first, control=second, margin=plan.margin),
        successes=(so_far.x1, so_far.x2),
        n=(so_far.n1, so_far.n2),
    )


def _staircase(
    coming: FloatArray, against: FloatArray, *, so_far: FourfoldTable, plan: TwoArmPlan
) -> float:
    tails = np.append(np.cumsum(coming[::-1])[::-1], 0.0)
    needed, total = 0, 0.0
    for y2, chance in enumerate(against):
        while needed < coming.size and not _beats(
            so_far.x1 + needed, against=so_far.x2 + y2, plan=plan
        ):
            needed += 1
        total += chance * tails[needed]
    return min(float(total), 1.0)


def _succeeds(successes: int, *, plan: OneArmPlan) -> bool:
    belief = posterior(plan.prior, successes, n=plan.n)
    return probability_above(belief, plan.p0) > plan.threshold


def _beats(successes: int, *, against: int, plan: TwoArmPlan) -> bool:
    first = posterior(plan.prior1, successes, n=plan.n1)
    second = posterior(plan.prior2, against, n=plan.n2)
    return probability_better(first, control=second, margin=plan.margin) > plan.threshold


def _refuse_size(n: int, *, where: str) -> None:
    if n < 1 or not float(n).is_integer():
        raise bad_input(
            "a final number of subjects is whole and at least 1", where=where, got=n, fix="40"
        )


def _refuse_beyond(n: int, *, planned: int, where: str) -> None:
    if n > planned:
        raise bad_input(
            "an arm has at most its planned number of subjects",
            where=where,
            got=f"{n} of {planned} planned",
            fix="ask for the posterior probability instead; the trial is over",
        )
