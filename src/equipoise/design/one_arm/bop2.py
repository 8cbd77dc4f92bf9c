"""BOP2 for one endpoint: a posterior cutoff that rises with the subjects, at its most power."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import assert_never

import numpy as np
from scipy.special import betaincc, ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.cutoff_search import (
    Rules,
    Wanted,
    best_cutoffs,
    binary_outcomes,
    courses,
    cutoff_range,
    highest_stops,
    refuse_looks,
)
from equipoise.design.one_arm.goal import HAIR, SingleArmGoal
from equipoise.design.one_arm.watched_arm import (
    WatchedArm,
    WatchedCharacteristics,
    watched_characteristics,
)
from equipoise.stats.evidence.beta_binomial import Beta
from equipoise.stats.numerics.columns import FloatArray

SHAPES = tuple(step / 100 for step in range(101))
"""Shapes gamma that a search tries: from a cutoff that does not move to one that rises evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerEfficacy:
    r"""Stop for efficacy above :math:`1 - (1 - \lambda) (n / N)^\eta`.

    Attributes
    ----------
    eta : float
        Shape, not negative; 0 stops as soon as the final cutoff is passed.
    """

    eta: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OBrienFlemingEfficacy:
    r"""Stop for efficacy above :math:`2 \Phi(\Phi^{-1}((1 + \lambda) / 2) / \sqrt{n/N}) - 1`."""


EfficacyStop = PowerEfficacy | OBrienFlemingEfficacy


@dataclass(frozen=True, slots=True, kw_only=True)
class Bop2Design:
    r"""Stop at n of N subjects when the posterior is below :math:`\lambda (n/N)^\gamma`.

    The posterior is the probability that the rate is above p0.

    Attributes
    ----------
    arm : WatchedArm
        Looks and the counts that stop.
    lambda_range : tuple of float
        The design is the same for every lambda above the first, up to the second number.
    gamma : float
        Shape of the cutoff.
    under_p0, under_p1 : WatchedCharacteristics
        Exact characteristics at the two rates.
    p0, p1 : float
        Rate of no interest, and rate worth finding.
    prior : Beta
        Belief about the rate before the trial.
    """

    arm: WatchedArm
    lambda_range: tuple[float, float]
    gamma: float
    under_p0: WatchedCharacteristics
    under_p1: WatchedCharacteristics
    p0: float
    p1: float
    prior: Beta

    @property
    def type_one_error(self) -> float:
        """Exact probability of going on at p0."""
        return self.under_p0.go_probability

    @property
    def attained_power(self) -> float:
        """Exact probability of going on at p1."""
        return self.under_p1.go_probability


def search_bop2(
    looks: tuple[int, ...],
    *,
    p0: float,
    p1: float,
    alpha_one_sided: float,
    shapes: tuple[float, ...] = SHAPES,
    prior: Beta | None = None,
) -> Bop2Design:
    r"""Return the BOP2 design with the most power at p1 among those that keep the error at p0.

    At n of N subjects the trial stops for futility when

    .. math:: P(p > p_0 \mid x) < \lambda (n / N)^\gamma

    (Zhou, Lee and Yuan write: when the probability of the null hypothesis is above
    :math:`1 - \lambda (n/N)^\gamma`), and it goes on when that never happened. For each
    :math:`\gamma` the error and the power fall as :math:`\lambda` rises, so the smallest
    :math:`\lambda` that keeps the error has the most power; it is found among the values at which
    the rule changes, exactly. Of designs with the same power (to 1e-12) the one that expects fewer
    subjects at p0 is taken, then the smaller :math:`\gamma`.

    Parameters
    ----------
    looks : tuple of int
        Subjects observed at each look, rising; the last is the size of the trial.
    p0, p1 : float
        Rate of no interest, and rate worth finding, above it.
    alpha_one_sided : float
        Largest probability of going on at p0, inside (0, 0.5).
    shapes : tuple of float
        Shapes gamma that are tried, none negative; 0 to 1 by 0.01 unless said.
    prior : Beta, optional
        Belief about the rate before the trial; Beta(p0, 1 - p0), worth one subject, unless said.

    Raises
    ------
    BadInput
        For numbers out of range, and when no design keeps the error.

    Notes
    -----
    Power always gains from looking less, so shapes far above 1, which hardly stop, would be taken
    if they were tried; the paper's program ends at 1, too.

    References
    ----------
    Zhou, Lee and Yuan 2017, doi:10.1002/sim.7338.
    """
    refuse_looks(looks)
    goal = SingleArmGoal(p0=p0, p1=p1, alpha_one_sided=alpha_one_sided, power=0.5)
    refuse_shapes(shapes)
    belief = Beta(a=p0, b=1 - p0) if prior is None else prior
    rules = _rules(looks, p0=p0, prior=belief, shapes=shapes)
    cutoffs = best_cutoffs(
        rules,
        outcomes=binary_outcomes(p0),
        wanted=Wanted.SMALLEST_WITHIN_ALPHA,
        limit=goal.alpha_one_sided * (1 + HAIR),
    )
    power = courses(rules, cutoffs=cutoffs, outcomes=binary_outcomes(p1)).go_probability
    under_null = courses(rules, cutoffs=cutoffs, outcomes=binary_outcomes(p0))
    if power.max() <= 0:
        raise no_design(looks)
    best = most_powerful(power, subjects=under_null.expected_subjects)
    one = Rules(looks=looks, values=rules.values[best : best + 1])
    return _design(one, cutoff=float(cutoffs[best]), goal=goal, gamma=shapes[best], prior=belief)


def bop2_boundary(
    looks: tuple[int, ...],
    *,
    p0: float,
    lambda_: float,
    gamma: float,
    prior: Beta | None = None,
    efficacy: EfficacyStop | None = None,
) -> WatchedArm:
    r"""Return the counts that stop with given :math:`\lambda` and :math:`\gamma`.

    Parameters
    ----------
    looks : tuple of int
        Subjects observed at each look, rising; the last is the size of the trial.
    p0 : float
        Rate of no interest, inside (0, 1).
    lambda_ : float
        Final cutoff, inside (0, 1).
    gamma : float
        Shape, not negative.
    prior : Beta, optional
        Belief about the rate before the trial; Beta(p0, 1 - p0) unless said.
    efficacy : EfficacyStop, optional
        Early stop for efficacy, which the error and power of the search do not know; none unless
        said.

    Raises
    ------
    BadInput
        For numbers out of range.

    References
    ----------
    Zhou, Lee and Yuan 2017, doi:10.1002/sim.7338; Xu et al. 2025 (efficacy),
    doi:10.1080/10543406.2025.2558142.
    """
    refuse_looks(looks)
    refuse_shapes((gamma,))
    for name, value in (("p0", p0), ("lambda_", lambda_)):
        if not 0 < value < 1:
            raise bad_input("it lies between 0 and 1", where=name, got=value, fix="0.9")
    belief = Beta(a=p0, b=1 - p0) if prior is None else prior
    rules = _rules(looks, p0=p0, prior=belief, shapes=(gamma,))
    upto = highest_stops(rules, cutoffs=np.array([lambda_]))[0]
    go_from = tuple(
        _first_above(_posterior(look, p0=p0, prior=belief), cutoff=cutoff)
        for look, cutoff in zip(
            looks, _efficacy(looks, lambda_=lambda_, stop=efficacy), strict=True
        )
    )
    return WatchedArm(looks=looks, futile_upto=tuple(int(x) for x in upto), go_from=go_from)


def most_powerful(power: FloatArray, *, subjects: FloatArray) -> int:
    """Return the place of the most power, and among those of the fewest subjects."""
    best = power >= power.max() - 1e-12
    return int(np.argmin(np.where(best, subjects, np.inf)))


def no_design(looks: tuple[int, ...]) -> Exception:
    """Return the error that no cutoff keeps the limit."""
    return bad_input(
        "no cutoff keeps the error: even a trial with nothing but responses is not enough",
        where="looks, alpha_one_sided",
        got=looks,
        fix="more subjects, or a larger error",
    )


def refuse_shapes(shapes: tuple[float, ...]) -> None:
    """Refuse shapes of a cutoff that falls, and none at all."""
    if not shapes or not all(0 <= shape < inf for shape in shapes):
        what = "a shape is not negative, and one at least is tried"
        raise bad_input(what, where="shapes", got=shapes, fix="(0.5, 0.75, 1.0)")


def share_powers(looks: tuple[int, ...], *, shapes: tuple[float, ...]) -> FloatArray:
    """Return the share of the subjects at each look to the power of each shape."""
    share = np.array(looks) / looks[-1]
    powers: FloatArray = share ** np.array(shapes)[:, np.newaxis]
    return powers


def _rules(looks: tuple[int, ...], *, p0: float, prior: Beta, shapes: tuple[float, ...]) -> Rules:
    """Return posterior probabilities over powers of the share of subjects: lambda cuts them off."""
    n = looks[-1]
    sure = np.ones((len(looks), n + 1))
    for place, look in enumerate(looks):
        sure[place, : look + 1] = _posterior(look, p0=p0, prior=prior)
    return Rules(looks=looks, values=sure / share_powers(looks, shapes=shapes)[:, :, np.newaxis])


def _posterior(n: int, *, p0: float, prior: Beta) -> FloatArray:
    responses = np.arange(n + 1)
    return np.asarray(betaincc(prior.a + responses, prior.b + n - responses, p0), dtype=np.float64)


def _design(
    rules: Rules, *, cutoff: float, goal: SingleArmGoal, gamma: float, prior: Beta
) -> Bop2Design:
    cutoffs = np.array([cutoff])
    low, high = cutoff_range(rules, cutoffs=cutoffs)
    arm = WatchedArm(
        looks=rules.looks,
        futile_upto=tuple(int(count) for count in highest_stops(rules, cutoffs=cutoffs)[0]),
        go_from=tuple(None for _ in rules.looks),
    )
    return Bop2Design(
        arm=arm,
        lambda_range=(float(low[0]), float(high[0])),
        gamma=gamma,
        under_p0=watched_characteristics(arm, rate=goal.p0),
        under_p1=watched_characteristics(arm, rate=goal.p1),
        p0=goal.p0,
        p1=goal.p1,
        prior=prior,
    )


def _efficacy(
    looks: tuple[int, ...], *, lambda_: float, stop: EfficacyStop | None
) -> tuple[float, ...]:
    """Return, for each look, the posterior probability above which efficacy is claimed."""
    shares = [look / looks[-1] for look in looks]
    match stop:
        case None:
            return tuple(inf for _ in looks)
        case PowerEfficacy(eta=eta):
            refuse_shapes((eta,))
            return tuple(1 - (1 - lambda_) * share**eta for share in shares)
        case OBrienFlemingEfficacy():
            final = float(ndtri((1 + lambda_) / 2))
            return tuple(float(2 * ndtr(final / sqrt(share)) - 1) for share in shares)
        case _:
            assert_never(stop)


def _first_above(sure: FloatArray, *, cutoff: float) -> int | None:
    above = sure > cutoff
    return int(np.argmax(above)) if above.any() else None
