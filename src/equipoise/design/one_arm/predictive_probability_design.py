"""Lee and Liu's one-arm design: stop when success at the end has become improbable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincc

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_tails
from equipoise.design.one_arm.cutoff_search import (
    Rules,
    Wanted,
    best_cutoffs,
    binary_outcomes,
    courses,
    cutoff_range,
    highest_stops,
)
from equipoise.design.one_arm.goal import HAIR, SingleArmGoal
from equipoise.design.one_arm.watched_arm import (
    WatchedArm,
    WatchedCharacteristics,
    watched_characteristics,
)
from equipoise.stats.evidence.beta_binomial import Beta
from equipoise.stats.numerics.columns import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """When a trial is looked at before its end.

    Attributes
    ----------
    first : int
        Subjects at the first look.
    every : int
        Subjects between looks; 1 is continuous monitoring.
    """

    first: int = 10
    every: int = 1

    def __post_init__(self) -> None:
        """Refuse looks at no subjects."""
        whole = isinstance(self.first, int) and isinstance(self.every, int)
        if not whole or self.first < 1 or self.every < 1:
            what = "a first look and steps are whole numbers of subjects, from 1"
            fix = "first=10, every=5"
            raise bad_input(what, where="first, every", got=(self.first, self.every), fix=fix)

    def looks(self, n: int) -> tuple[int, ...]:
        """Return the looks of a trial of n subjects, its end included."""
        return (*range(self.first, n, self.every), n)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictiveDesign:
    """Stop when the predictive probability of success at the end is below a cutoff.

    Attributes
    ----------
    arm : WatchedArm
        Looks and the counts that stop; the trial goes on with more than the last of them.
    theta_low, theta_high : tuple of float
        Ranges of the two cutoffs with which the design is the same: of the predictive probability
        (above the first, up to the second number), and of the final posterior probability that the
        rate is above p0 (from the first to below the second).
    under_p0, under_p1 : WatchedCharacteristics
        Exact characteristics at the two rates.
    goal : SingleArmGoal
        Rates, and limits of the error rates.
    prior : Beta
        Belief about the rate before the trial.
    """

    arm: WatchedArm
    theta_low: tuple[float, float]
    theta_high: tuple[float, float]
    under_p0: WatchedCharacteristics
    under_p1: WatchedCharacteristics
    goal: SingleArmGoal
    prior: Beta

    @property
    def n(self) -> int:
        """Largest number of subjects."""
        return self.arm.looks[-1]

    @property
    def type_one_error(self) -> float:
        """Exact probability of going on at p0."""
        return self.under_p0.go_probability

    @property
    def attained_power(self) -> float:
        """Exact probability of going on at p1."""
        return self.under_p1.go_probability


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictiveDesigns:
    """What a search found.

    Attributes
    ----------
    designs : tuple of PredictiveDesign
        For each n that has a design, the one with the fewest expected subjects at p0; by rising n.
    n_limit : int
        Largest number of subjects looked at.
    """

    designs: tuple[PredictiveDesign, ...]
    n_limit: int

    @property
    def minimax(self) -> PredictiveDesign:
        """The design with the smallest n."""
        return self.designs[0]

    @property
    def optimal(self) -> PredictiveDesign:
        """The design with the fewest expected subjects at p0, up to the limit."""
        return min(self.designs, key=lambda design: design.under_p0.expected_subjects)


def size_predictive_probability(
    goal: SingleArmGoal, *, prior: Beta, monitoring: Monitoring, n_limit: int
) -> PredictiveDesigns:
    r"""Return the designs that keep error and power, for every n up to a limit.

    With x responses among n of N subjects the predictive probability of success is

    .. math:: PP = \sum_y P(Y = y \mid x)\, 1[P(p > p_0 \mid x + y) > \theta_T]

    where Y, the responses to come, are beta-binomial. It is found backwards, as the mean of what
    it will be after one more subject. The trial stops at a look when :math:`PP < \theta_L`, and
    goes on in the end when the posterior probability is above :math:`\theta_T`.

    For each N and each number of responses that :math:`\theta_T` may ask for, error and power fall
    as :math:`\theta_L` rises: the largest :math:`\theta_L` that leaves the power expects the fewest
    subjects, and keeps the smallest error. So no cutoff is missed, as it may be on a grid.

    Parameters
    ----------
    goal : SingleArmGoal
        Rates and error rates.
    prior : Beta
        Belief about the rate before the trial; Lee and Liu take Beta(p0, 1 - p0).
    monitoring : Monitoring
        First look and steps.
    n_limit : int
        Largest number of subjects looked at; above the first look.

    Raises
    ------
    BadInput
        When no design within the limit keeps the error rates.

    Notes
    -----
    There is no early stop for efficacy (:math:`\theta_U = 1`), as in the paper's tables.

    References
    ----------
    Lee and Liu 2008, doi:10.1177/1740774508089279.
    """
    if not isinstance(n_limit, int) or n_limit <= monitoring.first:
        what = "the largest trial is larger than its first look"
        raise bad_input(what, where="n_limit", got=n_limit, fix=f"{monitoring.first + 30}")
    designs = tuple(_designs(goal, prior=prior, monitoring=monitoring, n_limit=n_limit))
    if not designs:
        raise bad_input(
            "no design of this size keeps the error rates",
            where="n_limit",
            got=f"n_limit={n_limit} for {goal}",
            fix="allow more subjects, or ask for rates further apart",
        )
    return PredictiveDesigns(designs=designs, n_limit=n_limit)


def predictive_probability_design(
    goal: SingleArmGoal,
    *,
    prior: Beta,
    looks: tuple[int, ...],
    theta_low: float,
    theta_high: float,
) -> PredictiveDesign:
    """Return the design of two given cutoffs, whether it keeps the goal or not.

    Parameters
    ----------
    goal : SingleArmGoal
        Rates at which the characteristics are given.
    prior : Beta
        Belief about the rate before the trial.
    looks : tuple of int
        Subjects at each look, rising; the last is the size of the trial.
    theta_low : float
        The trial stops when the predictive probability is below; inside (0, 1).
    theta_high : float
        It goes on in the end when the posterior probability is above; inside (0, 1).

    Raises
    ------
    BadInput
        For cutoffs or looks out of range, and a final cutoff that no result is above.
    """
    for name, value in (("theta_low", theta_low), ("theta_high", theta_high)):
        if not 0 < value < 1:
            raise bad_input("a cutoff lies between 0 and 1", where=name, got=value, fix="0.05")
    n = looks[-1]
    enough = np.flatnonzero(_posterior(goal, prior=prior, n=n) > theta_high)
    if not enough.size:
        what = "some result is above the final cutoff"
        raise bad_input(what, where="theta_high", got=f"{theta_high} for n={n}", fix="0.9")
    rules = _rules(np.array(enough[:1]), prior=prior, looks=looks)
    return _design(goal, prior=prior, rules=rules, cutoff=theta_low)


def _designs(
    goal: SingleArmGoal, *, prior: Beta, monitoring: Monitoring, n_limit: int
) -> Iterator[PredictiveDesign]:
    for n in range(monitoring.first + 1, n_limit + 1):
        power = binomial_tails(np.arange(1, n + 1), n=n, rate=goal.p1)
        needed = 1 + np.flatnonzero(power >= goal.power * (1 - HAIR))
        if needed.size:
            yield from _best(goal, prior=prior, looks=monitoring.looks(n), needed=needed)


def _best(
    goal: SingleArmGoal,
    *,
    prior: Beta,
    looks: tuple[int, ...],
    needed: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> Iterator[PredictiveDesign]:
    """Return the design of these looks with the fewest expected subjects, if there is one."""
    rules = _rules(needed, prior=prior, looks=looks)
    cutoffs = best_cutoffs(
        rules,
        outcomes=binary_outcomes(goal.p1),
        wanted=Wanted.LARGEST_WITH_POWER,
        limit=goal.power * (1 - HAIR),
    )
    under_p0 = courses(rules, cutoffs=cutoffs, outcomes=binary_outcomes(goal.p0))
    kept = under_p0.go_probability <= goal.alpha_one_sided * (1 + HAIR)
    if kept.any():
        best = int(np.argmin(np.where(kept, under_p0.expected_subjects, np.inf)))
        one = Rules(looks=looks, values=rules.values[best : best + 1])
        yield _design(goal, prior=prior, rules=one, cutoff=float(cutoffs[best]))


def _design(goal: SingleArmGoal, *, prior: Beta, rules: Rules, cutoff: float) -> PredictiveDesign:
    cutoffs = np.array([cutoff])
    low, high = cutoff_range(rules, cutoffs=cutoffs)
    arm = WatchedArm(
        looks=rules.looks,
        futile_upto=tuple(int(count) for count in highest_stops(rules, cutoffs=cutoffs)[0]),
        go_from=tuple(None for _ in rules.looks),
    )
    needed = arm.futile_upto[-1] + 1
    sure = _posterior(goal, prior=prior, n=rules.looks[-1])
    return PredictiveDesign(
        arm=arm,
        theta_low=(max(float(low[0]), 0.0), min(float(high[0]), 1.0)),
        theta_high=(float(sure[needed - 1]), float(sure[needed])),
        under_p0=watched_characteristics(arm, rate=goal.p0),
        under_p1=watched_characteristics(arm, rate=goal.p1),
        goal=goal,
        prior=prior,
    )


def _posterior(goal: SingleArmGoal, *, prior: Beta, n: int) -> FloatArray:
    """Return the posterior probability of a rate above p0 for 0 .. n responses."""
    responses = np.arange(n + 1)
    sure = betaincc(prior.a + responses, prior.b + n - responses, goal.p0)
    return np.asarray(sure, dtype=np.float64)


def _rules(
    needed: np.ndarray[tuple[int, ...], np.dtype[np.int64]], *, prior: Beta, looks: tuple[int, ...]
) -> Rules:
    """Return the predictive probabilities at the looks, a rule for each number of responses needed.

    At the end they are 1 with enough responses and 0 without.
    """
    n = looks[-1]
    values = np.ones((needed.size, len(looks), n + 1))
    ahead = (np.arange(n + 1) >= needed[:, np.newaxis]).astype(np.float64)
    values[:, -1] = ahead
    for seen in range(n - 1, looks[0] - 1, -1):
        responses = np.arange(seen + 1)
        chance = (prior.a + responses) / (prior.a + prior.b + seen)
        ahead = chance * ahead[:, 1:] + (1 - chance) * ahead[:, :-1]
        if seen in looks:
            values[:, looks.index(seen), : seen + 1] = ahead
    return Rules(looks=looks, values=values)
