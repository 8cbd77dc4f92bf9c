r"""The exact test of Mantel and Haenszel: two arms over strata, given all margins.

Given the margins of each stratum, the successes :math:`X` of the first arm over all strata have

.. math:: P_\psi(X = x) \propto c_x \psi^x

with :math:`c` the convolution of the hypergeometric counts and :math:`\psi` the odds ratio
common to the strata. With one table this is Fisher's test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.proportions.conditional import (
    TIED,
    ConditionalSuccesses,
    conditional_successes,
    likeliest_odds_ratio,
    odds_ratio_ends,
)
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing


class PointMass(StrEnum):
    """How much of the chance of the counts seen belongs to the extreme results.

    ``WHOLE`` keeps the level for certain; ``HALF`` is the mid-P, which is less conservative and
    keeps it on average.
    """

    WHOLE = "whole"
    HALF = "half"


class TwoSided(StrEnum):
    """Which results are extreme on both sides.

    ``LEAST_LIKELY`` takes all that are no more likely than the one seen (R's
    ``mantelhaen.test``); ``DOUBLED`` twice the smaller tail, which agrees with the interval.
    """

    LEAST_LIKELY = "least_likely"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactMantelHaenszel:
    """An exact test that the odds ratio common to the strata is 1, and its interval.

    Attributes
    ----------
    p_value : float
        Two-sided.
    p_greater, p_less : float
        One-sided, against odds ratios above and below 1.
    odds_ratio : float
        Most likely given the margins, first arm over second; 0 or infinite at the ends of what
        the margins allow, NaN when they allow one count only.
    lower, upper : float
        Interval of equal tails.
    observed, least, most : int
        Successes of the first arm seen, and the ends of what the margins allow.
    confidence : float
        Level of the interval.
    point_mass : PointMass
        Exact or mid-P; of p-values and interval alike.
    two_sided : TwoSided
        Rule behind ``p_value``.
    tables : tuple of FourfoldTable
        The strata that counted.
    """

    p_value: float
    p_greater: float
    p_less: float
    odds_ratio: float
    lower: float
    upper: float
    observed: int
    least: int
    most: int
    confidence: float
    point_mass: PointMass
    two_sided: TwoSided
    tables: tuple[FourfoldTable, ...]


def exact_mantel_haenszel(
    tables: Sequence[FourfoldTable],
    *,
    point_mass: PointMass = PointMass.WHOLE,
    two_sided: TwoSided = TwoSided.LEAST_LIKELY,
    confidence: float = 0.95,
) -> ExactMantelHaenszel:
    r"""Return the exact test of a common odds ratio of 1, with estimate and interval.

    The ends of the interval solve :math:`P_\psi(X > x) + m P_\psi(X = x) = \alpha / 2` and the
    same below, with m = 1, or 1/2 for the mid-P; relative precision 1e-10. The mid-P of least
    likely results is the exact p-value less half the chance of the counts seen.

    Parameters
    ----------
    tables : sequence of FourfoldTable
        One for each stratum; strata that hold one arm only are left out.
    point_mass : PointMass
        Exact, or mid-P.
    two_sided : TwoSided
        Rule of the two-sided p-value.
    confidence : float
        Two-sided level of the interval.

    Raises
    ------
    BadInput
        When no stratum holds both arms, and for a level outside (0, 1).

    References
    ----------
    Gart 1970, doi:10.1093/biomet/57.3.471; Mehta, Patel and Gray 1985,
    doi:10.1080/01621459.1985.10478212; mid-P: Lancaster 1961,
    doi:10.1080/01621459.1961.10482105.
    """
    kept = comparing(tables)
    normal_deviate(confidence)
    given = conditional_successes(kept)
    share = _share(point_mass)
    less, greater = _tails(given, share=share)
    lower, upper = odds_ratio_ends(given, tail=(1 - confidence) / 2, share=share)
    return ExactMantelHaenszel(
        p_value=_both_sides(given, tails=(less, greater), share=share, rule=two_sided),
        p_greater=greater,
        p_less=less,
        odds_ratio=likeliest_odds_ratio(given),
        lower=lower,
        upper=upper,
        observed=given.seen,
        least=given.low,
        most=given.low + given.log_chance.size - 1,
        confidence=confidence,
        point_mass=point_mass,
        two_sided=two_sided,
        tables=kept,
    )


def _share(point_mass: PointMass) -> float:
    match point_mass:
        case PointMass.WHOLE:
            return 1.0
        case PointMass.HALF:
            return 0.5
        case _:
            assert_never(point_mass)


def _tails(given: ConditionalSuccesses, *, share: float) -> tuple[float, float]:
    """Return the chances of as few successes, and of as many, as seen."""
    chance = given.at(0.0)
    place = given.seen - given.low
    point = share * float(chance[place])
    return (
        min(1.0, float(chance[:place].sum()) + point),
        min(1.0, float(chance[place + 1 :].sum()) + point),
    )


def _both_sides(
    given: ConditionalSuccesses, *, tails: tuple[float, float], share: float, rule: TwoSided
) -> float:
    match rule:
        case TwoSided.DOUBLED:
            return min(1.0, 2 * min(tails))
        case TwoSided.LEAST_LIKELY:
            chance = given.at(0.0)
            seen = float(chance[given.seen - given.low])
            total = float(chance[chance <= seen * TIED].sum()) - (1 - share) * seen
            return min(1.0, total)
        case _:
            assert_never(rule)
