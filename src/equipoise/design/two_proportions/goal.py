"""What a comparison of two proportions should show: rates, effect, margin, error and variance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from equipoise.base.errors import BadInput, bad_input
from equipoise.design.assumed import refuse_allocation
from equipoise.stats.proportions.fourfold import Continuity


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskDifference:
    """Experimental rate minus control rate.

    Attributes
    ----------
    null : float
        Difference under the null hypothesis, inside (-1, 1): 0 for superiority, a margin otherwise.
    """

    null: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRatio:
    """Experimental rate over control rate, tested on the linear scale (rate E less R times rate C).

    Attributes
    ----------
    null : float
        Ratio R under the null hypothesis, above 0: 1 for superiority, a margin otherwise.
    """

    null: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsRatio:
    """Experimental odds over control odds, tested on the log scale.

    Attributes
    ----------
    null : float
        Odds ratio under the null hypothesis, above 0: 1 for superiority, a margin otherwise.
    """

    null: float = 1.0


Effect = RiskDifference | RiskRatio | OddsRatio


class Better(StrEnum):
    """Which rate is the better one."""

    HIGHER = "higher"
    """Responses: Z is large when the experimental rate is higher."""

    LOWER = "lower"
    """Harms: Z is large when the experimental rate is lower."""


class NullVariance(StrEnum):
    """Where the variance of the test statistic is taken."""

    RESTRICTED = "restricted"
    """At the rates most likely under the null hypothesis (Farrington and Manning); for a null
    hypothesis of no effect that is the pooled rate, and the test is the usual chi-square."""

    UNPOOLED = "unpooled"
    """At each arm's own rate (Wald), under both hypotheses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRates:
    """Assumed rates of the two arms, each inside (0, 1)."""

    control: float
    experimental: float

    def __post_init__(self) -> None:
        """Refuse rates that are none, both in one go."""
        rates = (("control", self.control), ("experimental", self.experimental))
        errors = [
            bad_input("a rate lies between 0 and 1", where=name, got=rate, fix="0.3")
            for name, rate in rates
            if not 0 < rate < 1
        ]
        if errors:
            raise BadInput(*(fault for error in errors for fault in error.faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionTest:
    """A one-sided test of two proportions by a normal deviate.

    Attributes
    ----------
    alpha_one_sided : float
        One-sided error, inside (0, 0.5).
    effect : Effect
        `RiskDifference`, `RiskRatio` or `OddsRatio` with its value under the null hypothesis.
    better : Better
        Direction of the alternative.
    variance : NullVariance
        Where the variance of the statistic is taken.
    continuity : Continuity
        Of a risk difference only, which is drawn towards its null value by half of 1/n of each
        arm; sizes after Casagrande, Pike and Smith, and Fleiss.
    """

    alpha_one_sided: float
    effect: Effect = RiskDifference()
    better: Better = Better.HIGHER
    variance: NullVariance = NullVariance.RESTRICTED
    continuity: Continuity = Continuity.NONE

    def __post_init__(self) -> None:
        """Refuse an error rate, a margin or a correction that cannot be meant, all in one go."""
        errors = [*self._alpha_errors(), *self._null_errors(), *self._continuity_errors()]
        if errors:
            raise BadInput(*(fault for error in errors for fault in error.faults))

    @property
    def sign(self) -> float:
        """1 when a higher experimental rate is better, -1 when a lower one is."""
        return 1.0 if self.better is Better.HIGHER else -1.0

    def _alpha_errors(self) -> list[BadInput]:
        if 0 < self.alpha_one_sided < 0.5:
            return []
        what = "a one-sided error lies between 0 and 0.5"
        return [bad_input(what, where="alpha_one_sided", got=self.alpha_one_sided, fix="0.025")]

    def _null_errors(self) -> list[BadInput]:
        null, is_difference = self.effect.null, isinstance(self.effect, RiskDifference)
        low, high = (-1.0, 1.0) if is_difference else (0.0, inf)
        if low < null < high:
            return []
        what = f"the effect under the null hypothesis lies between {low:g} and {high:g}"
        fix = "-0.1 for a margin of 10 points" if is_difference else "1, or a margin such as 0.8"
        return [bad_input(what, where="null", got=null, fix=fix)]

    def _continuity_errors(self) -> list[BadInput]:
        if self.continuity is Continuity.NONE or isinstance(self.effect, RiskDifference):
            return []
        what = "the continuity correction belongs to a risk difference"
        fix = "Continuity.NONE, or RiskDifference()"
        return [bad_input(what, where="continuity", got=self.effect, fix=fix)]


def shares(allocation: float) -> tuple[float, float]:
    """Return the shares of subjects in the control and the experimental arm.

    Parameters
    ----------
    allocation : float
        Experimental subjects for each control subject; above 0.

    Raises
    ------
    BadInput
        For an allocation that is not above 0.
    """
    refuse_allocation(allocation)
    return 1 / (1 + allocation), allocation / (1 + allocation)
