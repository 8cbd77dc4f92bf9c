"""BOP2 for two endpoints: two responses (or one that is ordered), or a response and a harm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from scipy.special import betainc, betaincc

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha
from equipoise.design.one_arm.bop2 import most_powerful, no_design, refuse_shapes, share_powers
from equipoise.design.one_arm.cutoff_search import (
    Courses,
    Outcome,
    Rules,
    Wanted,
    best_cutoffs,
    courses,
    cutoff_range,
    refuse_looks,
)
from equipoise.design.one_arm.goal import HAIR
from equipoise.stats.numerics.columns import FloatArray

JOINT_SHAPES = tuple(step / 20 for step in range(21))
"""Shapes gamma that a search tries, 0 to 1 by 0.05: tables of two counts take their time."""


class JointKind(StrEnum):
    """What the two endpoints are, and what is asked of them."""

    EITHER_RESPONSE = "either_response"
    """Two responses of which one is enough: stop when both are futile. An ordered response is one
    too (complete; complete or partial), with no subject who has the first only."""

    RESPONSE_WITHOUT_HARM = "response_without_harm"
    """A response and a harm: stop when the response is futile or the harm too frequent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRates:
    """Probabilities of two events in one subject; the rest has neither.

    Attributes
    ----------
    both, first_only, second_only : float
        Not negative, with a sum of at most 1; each event lies inside (0, 1).
    """

    both: float
    first_only: float
    second_only: float

    def __post_init__(self) -> None:
        """Refuse probabilities that are none."""
        parts = (self.both, self.first_only, self.second_only)
        inside = 0 < self.first < 1 and 0 < self.second < 1
        if min(parts) < 0 or sum(parts) > 1 + 1e-12 or not inside:
            raise bad_input(
                "three probabilities, none negative, sum to at most 1 and leave both events open",
                where="both, first_only, second_only",
                got=parts,
                fix="both=0.15, first_only=0.3, second_only=0.15",
            )

    @property
    def first(self) -> float:
        """Probability of the first event."""
        return self.both + self.first_only

    @property
    def second(self) -> float:
        """Probability of the second event."""
        return self.both + self.second_only

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What one subject adds to the two counts."""
        neither = max(1 - self.both - self.first_only - self.second_only, 0.0)
        added = (
            ((1, 1), self.both),
            ((1, 0), self.first_only),
            ((0, 1), self.second_only),
            ((0, 0), neither),
        )
        return tuple(outcome for outcome in added if outcome[1] > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointCharacteristics:
    """What a design does when the rates are known.

    Attributes
    ----------
    rates : JointRates
        True rates.
    stop_per_look : tuple of float
        Probability of stopping at each look, the last included.
    go_probability : float
        Probability of never stopping.
    expected_subjects : float
        Mean number of subjects.
    """

    rates: JointRates
    stop_per_look: tuple[float, ...]
    go_probability: float
    expected_subjects: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bop2JointDesign:
    """Counts that are futile, by endpoint, and what they do.

    Attributes
    ----------
    looks : tuple of int
        Subjects observed at each look.
    first_upto : tuple of int
        The first endpoint is futile with at most so many; -1 where no count is.
    second_limit : tuple of int
        A second response is futile with at most so many (-1: no count is), a harm too frequent
        from so many on (one more than the subjects: no count is).
    kind : JointKind
        Whether both must be futile to stop, or one.
    lambda_range : tuple of float
        The design is the same for every lambda above the first, up to the second number.
    gamma : float
        Shape of the cutoff.
    under_null, under_alternative : JointCharacteristics
        Exact characteristics.
    """

    looks: tuple[int, ...]
    first_upto: tuple[int, ...]
    second_limit: tuple[int, ...]
    kind: JointKind
    lambda_range: tuple[float, float]
    gamma: float
    under_null: JointCharacteristics
    under_alternative: JointCharacteristics

    @property
    def type_one_error(self) -> float:
        """Exact probability of going on under the null hypothesis."""
        return self.under_null.go_probability

    @property
    def attained_power(self) -> float:
        """Exact probability of going on under the alternative."""
        return self.under_alternative.go_probability


def search_bop2_joint(
    looks: tuple[int, ...],
    *,
    null: JointRates,
    alternative: JointRates,
    kind: JointKind,
    alpha_one_sided: float,
    shapes: tuple[float, ...] = JOINT_SHAPES,
) -> Bop2JointDesign:
    r"""Return the BOP2 design with the most power among those that keep the error.

    The four outcomes of a subject have a Dirichlet prior whose mean is the null hypothesis and
    which is worth one subject, so that each endpoint has a beta posterior. A response is futile
    when :math:`P(p > p_0 \mid x) < \lambda (n/N)^\gamma`, a harm too frequent when
    :math:`P(p \le p_0 \mid x) < \lambda (n/N)^\gamma`. Error and power are those of the two
    counts together, subject by subject; search as in `search_bop2`.

    Parameters
    ----------
    looks : tuple of int
        Subjects observed at each look, rising; the last is the size of the trial.
    null, alternative : JointRates
        Rates of no interest, and rates worth finding.
    kind : JointKind
        What the endpoints are.
    alpha_one_sided : float
        Largest probability of going on under the null hypothesis, inside (0, 0.5).
    shapes : tuple of float
        Shapes gamma that are tried.

    Raises
    ------
    BadInput
        For numbers out of range, an alternative no better than the null hypothesis, and when no
        design keeps the error.

    References
    ----------
    Zhou, Lee and Yuan 2017, doi:10.1002/sim.7338.
    """
    refuse_looks(looks)
    refuse_shapes(shapes)
    _refuse_goal(null, alternative=alternative, kind=kind)
    refuse_alpha(alpha_one_sided, fix="0.1")
    rules = _rules(looks, null=null, kind=kind, shapes=shapes)
    cutoffs = best_cutoffs(
        rules,
        outcomes=null.outcomes,
        wanted=Wanted.SMALLEST_WITHIN_ALPHA,
        limit=alpha_one_sided * (1 + HAIR),
    )
    power = courses(rules, cutoffs=cutoffs, outcomes=alternative.outcomes).go_probability
    under_null = courses(rules, cutoffs=cutoffs, outcomes=null.outcomes)
    if power.max() <= 0:
        raise no_design(looks)
    best = most_powerful(power, subjects=under_null.expected_subjects)
    return bop2_joint_design(
        looks,
        null=null,
        alternative=alternative,
        kind=kind,
        lambda_=float(cutoffs[best]),
        gamma=shapes[best],
    )


def bop2_joint_design(
    looks: tuple[int, ...],
    *,
    null: JointRates,
    alternative: JointRates,
    kind: JointKind,
    lambda_: float,
    gamma: float,
) -> Bop2JointDesign:
    """Return the design of given cutoffs, with its exact characteristics.

    Parameters
    ----------
    looks, null, alternative, kind
        Those of `search_bop2_joint`.
    lambda_ : float
        Final cutoff, above 0 and at most 1.
    gamma : float
        Shape, not negative.

    Raises
    ------
    BadInput
        For numbers out of range.
    """
    refuse_looks(looks)
    refuse_shapes((gamma,))
    if not 0 < lambda_ <= 1:
        what = "a final cutoff is above 0 and at most 1"
        raise bad_input(what, where="lambda_", got=lambda_, fix="0.9")
    rules = _rules(looks, null=null, kind=kind, shapes=(gamma,))
    cutoffs = np.array([lambda_])
    low, high = cutoff_range(rules, cutoffs=cutoffs)
    first, second = _surety(looks, null=null, kind=kind)
    level = lambda_ * share_powers(looks, shapes=(gamma,))[0]
    return Bop2JointDesign(
        looks=looks,
        first_upto=tuple(_futile(sure, level=cut) for sure, cut in zip(first, level, strict=True)),
        second_limit=tuple(
            _second_limit(sure, level=cut, kind=kind)
            for sure, cut in zip(second, level, strict=True)
        ),
        kind=kind,
        lambda_range=(float(low[0]), float(high[0])),
        gamma=gamma,
        under_null=_characteristics(rules, cutoffs=cutoffs, rates=null),
        under_alternative=_characteristics(rules, cutoffs=cutoffs, rates=alternative),
    )


def _characteristics(
    rules: Rules, *, cutoffs: FloatArray, rates: JointRates
) -> JointCharacteristics:
    found: Courses = courses(rules, cutoffs=cutoffs, outcomes=rates.outcomes)
    return JointCharacteristics(
        rates=rates,
        stop_per_look=tuple(float(stop) for stop in found.stop_per_look[0]),
        go_probability=float(found.go_probability[0]),
        expected_subjects=float(found.expected_subjects[0]),
    )


def _futile(sure: FloatArray, *, level: float) -> int:
    """Return the largest count that is not sure enough, -1 when all are."""
    return int(np.sum(sure < level)) - 1


def _second_limit(sure: FloatArray, *, level: float, kind: JointKind) -> int:
    match kind:
        case JointKind.EITHER_RESPONSE:
            return _futile(sure, level=level)
        case JointKind.RESPONSE_WITHOUT_HARM:
            return int(np.sum(sure >= level))
        case _:
            assert_never(kind)


def _surety(
    looks: tuple[int, ...], *, null: JointRates, kind: JointKind
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return, for each look, how sure each count makes that its endpoint is better than null."""
    first = [_above(look, rate=null.first) for look in looks]
    match kind:
        case JointKind.EITHER_RESPONSE:
            return first, [_above(look, rate=null.second) for look in looks]
        case JointKind.RESPONSE_WITHOUT_HARM:
            return first, [_below(look, rate=null.second) for look in looks]
        case _:
            assert_never(kind)


def _above(n: int, *, rate: float) -> FloatArray:
    counts = np.arange(n + 1)
    return np.asarray(betaincc(rate + counts, 1 - rate + n - counts, rate), dtype=np.float64)


def _below(n: int, *, rate: float) -> FloatArray:
    counts = np.arange(n + 1)
    return np.asarray(betainc(rate + counts, 1 - rate + n - counts, rate), dtype=np.float64)


def _rules(
    looks: tuple[int, ...], *, null: JointRates, kind: JointKind, shapes: tuple[float, ...]
) -> Rules:
    """Return what lambda cuts off, for each shape, look, first count and second count."""
    n = looks[-1]
    sure = np.ones((len(looks), n + 1, n + 1))
    for place, (one, two) in enumerate(zip(*_surety(looks, null=null, kind=kind), strict=True)):
        either = kind is JointKind.EITHER_RESPONSE
        joined = np.maximum.outer(one, two) if either else np.minimum.outer(one, two)
        sure[place, : one.size, : two.size] = joined
    powers = share_powers(looks, shapes=shapes)
    return Rules(looks=looks, values=sure / powers[:, :, np.newaxis, np.newaxis])


def _refuse_goal(null: JointRates, *, alternative: JointRates, kind: JointKind) -> None:
    harm = kind is JointKind.RESPONSE_WITHOUT_HARM
    gains = (
        alternative.first - null.first,
        (null.second - alternative.second) if harm else (alternative.second - null.second),
    )
    if min(gains) < 0 or max(gains) <= 0:
        raise bad_input(
            "the alternative is better than the null hypothesis in one endpoint, in none worse",
            where="null, alternative",
            got=f"{null}, {alternative}",
            fix="more responses, and fewer harms, under the alternative",
        )
