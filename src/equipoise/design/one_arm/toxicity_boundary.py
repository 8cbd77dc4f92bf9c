"""When to stop for toxicity: boundaries on the count of subjects with an event, and what they do.

Toxicity may be looked at after every subject (``looks=tuple(range(1, n + 1))``) or after groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.special import betaincc

from equipoise.base.errors import bad_input
from equipoise.design.one_arm.binomial_arm import binomial_masses, binomial_tails
from equipoise.design.one_arm.cutoff_search import refuse_looks
from equipoise.stats.numerics.columns import FloatArray
from equipoise.stats.numerics.counts import refuse_rate, refuse_share


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantTail:
    r"""Pocock's kind: stop when :math:`P(X_k \ge x) \le c` at the acceptable rate.

    The level c is the same at every look, and as large as the error of the whole trial allows.

    Attributes
    ----------
    error : float
        Largest probability of ever stopping when the rate is acceptable, inside (0, 1).
    """

    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PosteriorCertainty:
    r"""Bayes's kind: stop when :math:`P(p > p_{acceptable} \mid x) \ge` certainty.

    Attributes
    ----------
    certainty : float
        Posterior probability that stops, inside (0, 1).
    prior_with, prior_without : float
        Beta prior, as if so many subjects with and without an event had been seen; above 0.
    """

    certainty: float
    prior_with: float
    prior_without: float


ToxicityRule = ConstantTail | PosteriorCertainty


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicityBoundary:
    """Stop at look k when at least ``stop_at[k]`` subjects have had an event.

    Attributes
    ----------
    looks : tuple of int
        Subjects observed at each look, rising; the last is the size of the trial.
    stop_at : tuple of int or None
        Smallest count that stops; None where no count does.
    acceptable_rate : float
        Toxicity rate that is still acceptable.
    rule : ToxicityRule
        Kind of boundary.
    """

    looks: tuple[int, ...]
    stop_at: tuple[int | None, ...]
    acceptable_rate: float
    rule: ToxicityRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicityCharacteristics:
    """What a boundary does when the toxicity rate is known.

    Attributes
    ----------
    rate : float
        True toxicity rate.
    stop_per_look : tuple of float
        Probability of stopping at each look.
    stop_probability : float
        Probability that the boundary is reached at any look, the last included.
    early_stop_probability : float
        The same without the last look, where the trial ends anyway.
    expected_subjects, expected_events : float
        Mean numbers of subjects treated, and of those with an event, counted look by look.
    """

    rate: float
    stop_per_look: tuple[float, ...]
    stop_probability: float
    early_stop_probability: float
    expected_subjects: float
    expected_events: float


def toxicity_boundary(
    looks: tuple[int, ...], *, acceptable_rate: float, rule: ToxicityRule
) -> ToxicityBoundary:
    """Return the boundary of a rule.

    Parameters
    ----------
    looks : tuple of int
        Subjects observed at each look, rising from 1 or more.
    acceptable_rate : float
        Toxicity rate that is still acceptable, inside (0, 1).
    rule : ToxicityRule
        `ConstantTail` or `PosteriorCertainty`.

    Raises
    ------
    BadInput
        For looks that do not rise, for probabilities or a prior that are none, and for a prior that
        stops without any event.

    References
    ----------
    Ivanova, Qaqish and Schell 2005 (constant tail), doi:10.1111/j.1541-0420.2005.00311.x.
    """
    refuse_looks(looks)
    refuse_share(acceptable_rate, where="acceptable_rate", fix="0.2")
    match rule:
        case ConstantTail():
            stop_at = _constant_tail(looks, rate=acceptable_rate, rule=rule)
        case PosteriorCertainty():
            stop_at = _posterior(looks, rate=acceptable_rate, rule=rule)
        case _:
            assert_never(rule)
    return ToxicityBoundary(
        looks=looks, stop_at=stop_at, acceptable_rate=acceptable_rate, rule=rule
    )


def toxicity_characteristics(boundary: ToxicityBoundary, *, rate: float) -> ToxicityCharacteristics:
    """Return what a boundary does at a true rate, by exact recursion over the count of events.

    Subjects between two looks are independent; expected events are rate times expected subjects
    (Wald's identity).

    Parameters
    ----------
    boundary : ToxicityBoundary
        Counts that stop the trial.
    rate : float
        True rate of the event, from 0 to 1.

    Raises
    ------
    BadInput
        For a rate outside [0, 1].
    """
    refuse_rate(rate, where="rate")
    stops = _stopping(_steps(boundary.looks, rate=rate), stop_at=boundary.stop_at)
    early = sum(stops[:-1])
    subjects = boundary.looks[-1] - sum(
        stop * (boundary.looks[-1] - look) for stop, look in zip(stops, boundary.looks, strict=True)
    )
    return ToxicityCharacteristics(
        rate=rate,
        stop_per_look=stops,
        stop_probability=early + stops[-1],
        early_stop_probability=early,
        expected_subjects=subjects,
        expected_events=rate * subjects,
    )


def _steps(looks: tuple[int, ...], *, rate: float) -> list[FloatArray]:
    """Return the masses of the events added between looks."""
    return [binomial_masses(look - before, rate=rate) for before, look in pairwise((0, *looks))]


def _stopping(steps: list[FloatArray], *, stop_at: tuple[int | None, ...]) -> tuple[float, ...]:
    """Return the probability of stopping at each look."""
    going, stops = np.ones(1), []
    for step, count in zip(steps, stop_at, strict=True):
        counts = np.convolve(going, step)
        reached = len(counts) if count is None else count
        stops.append(float(counts[reached:].sum()))
        going = counts[:reached]
    return tuple(stops)


def _constant_tail(
    looks: tuple[int, ...], *, rate: float, rule: ConstantTail
) -> tuple[int | None, ...]:
    """Return the boundary with the largest c that keeps the error.

    The boundary changes only where c passes one of the tails, and a larger c stops more often, so
    halving over the sorted tails finds the largest. Below the smallest tail nothing stops.
    """
    refuse_share(rule.error, where="error", fix="0.1")
    tails = [binomial_tails(np.arange(look + 1), n=look, rate=rate) for look in looks]
    levels = np.unique(np.concatenate(tails))
    steps = _steps(looks, rate=rate)
    low, high = -1, len(levels) - 1  # a c of 1 stops always, more often than any error below 1
    while high - low > 1:
        middle = (low + high) // 2
        stop_at = _counts_within(tails, level=float(levels[middle]))
        kept = sum(_stopping(steps, stop_at=stop_at)) <= rule.error
        low, high = (middle, high) if kept else (low, middle)
    return _counts_within(tails, level=float(levels[low]) if low >= 0 else 0.0)


def _counts_within(tails: list[FloatArray], *, level: float) -> tuple[int | None, ...]:
    """Return, for each look, the smallest count whose tail is at most the level."""
    return tuple(_first(look <= level) for look in tails)


def _posterior(
    looks: tuple[int, ...], *, rate: float, rule: PosteriorCertainty
) -> tuple[int | None, ...]:
    r"""Return the boundary from the posterior, Beta(prior + x, prior + n - x)."""
    refuse_share(rule.certainty, where="certainty", fix="0.9")
    _refuse_prior(rule)
    counts = [np.arange(look + 1) for look in looks]
    after = (betaincc(rule.prior_with + x, rule.prior_without + x[::-1], rate) for x in counts)
    stop_at = tuple(_first(sure >= rule.certainty) for sure in after)
    if 0 in stop_at:
        raise bad_input(
            "the prior alone stops the trial: no event is needed",
            where="prior_with, prior_without",
            got=(rule.prior_with, rule.prior_without),
            fix="take a prior whose mean is not above the acceptable rate",
        )
    return stop_at


def _first(stops: npt.NDArray[np.bool_]) -> int | None:
    return int(np.argmax(stops)) if stops.any() else None


def _refuse_prior(rule: PosteriorCertainty) -> None:
    if not (0 < rule.prior_with < np.inf and 0 < rule.prior_without < np.inf):
        raise bad_input(
            "a beta prior has two finite numbers above 0",
            where="prior_with, prior_without",
            got=(rule.prior_with, rule.prior_without),
            fix="prior_with=0.4, prior_without=1.6 for a rate of 0.2 worth two subjects",
        )
