"""Pointwise intervals of a probability that a curve gives at each time."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.stats.numerics.columns import FloatArray, normal_deviate
from equipoise.stats.numerics.probability_scale import ProbabilityScale, ends_on_scale

EDGE = 1e-12
"""A probability nearer to 0 or 1 than this is there: it was summed from shares of whole counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointwise:
    """How the pointwise intervals of a curve are made.

    Attributes
    ----------
    scale : ProbabilityScale
        Where the interval is symmetric; ends are cut at 0 and 1.
    confidence : float
        Two-sided level.
    """

    scale: ProbabilityScale = ProbabilityScale.COMPLEMENTARY_LOG_LOG
    confidence: float = 0.95

    @property
    def deviate(self) -> float:
        """Standard normal deviate of the level; a level outside (0, 1) is refused."""
        return normal_deviate(self.confidence)


POINTWISE_95 = Pointwise()
"""Intervals of 95 % on the complementary log-log scale."""


def bounds(
    estimate: FloatArray, std_err: FloatArray, *, pointwise: Pointwise
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the pointwise intervals, of the shape of the estimates.

    An estimate of 0 or 1 is returned as both ends: its standard error is 0, and no method of
    this kind says how far from the truth it is.
    """
    lower, upper = estimate.copy(), estimate.copy()
    inside = (estimate > EDGE) & (estimate < 1 - EDGE)
    height = estimate[inside]
    relative_width = pointwise.deviate * std_err[inside] / height
    lower[inside], upper[inside] = ends_on_scale(height, relative_width, scale=pointwise.scale)
    return lower, upper
