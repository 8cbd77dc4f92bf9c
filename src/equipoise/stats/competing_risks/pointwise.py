r"""Pointwise intervals of a probability that a curve gives at each time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np

from equipoise.stats.numerics.columns import FloatArray, normal_deviate

EDGE = 1e-12
"""A probability nearer to 0 or 1 than this is there: it was summed from shares of whole counts."""


class ProbabilityScale(StrEnum):
    """On which scale the interval of a probability P is symmetric.

    ``PLAIN`` is P itself, ``LOG`` log P, ``LOG_LOG`` log(-log P), and ``COMPLEMENTARY_LOG_LOG``
    log(-log(1 - P)), which for one cause is the log-log interval of Kaplan and Meier.
    """

    PLAIN = "plain"
    LOG = "log"
    LOG_LOG = "log_log"
    COMPLEMENTARY_LOG_LOG = "complementary_log_log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointwise:
    """How the pointwise intervals of a curve are made.

    Attributes
    ----------
    scale : ProbabilityScale
        Where the interval is symmetric; plain ones are cut at 0 and 1, log ones at 1. R's
        ``survfit`` calls log(-log P) "log-log" for a probability of a state as well.
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
    height, width = estimate[inside], pointwise.deviate * std_err[inside]
    lower[inside], upper[inside] = _ends(height, width, scale=pointwise.scale)
    return lower, upper


def _ends(
    height: FloatArray, width: FloatArray, *, scale: ProbabilityScale
) -> tuple[FloatArray, FloatArray]:
    # A very wide interval ends at 0 or 1 to machine precision; that is its end.
    with np.errstate(under="ignore", over="ignore"):
        match scale:
            case ProbabilityScale.PLAIN:
                return np.maximum(height - width, 0.0), np.minimum(height + width, 1.0)
            case ProbabilityScale.LOG:
                factor = np.exp(width / height)
                return height / factor, np.minimum(height * factor, 1.0)
            case ProbabilityScale.LOG_LOG:
                return _log_log(height, width)
            case ProbabilityScale.COMPLEMENTARY_LOG_LOG:
                lower, upper = _log_log(1 - height, width)
                return 1 - upper, 1 - lower
            case _:
                assert_never(scale)


def _log_log(height: FloatArray, width: FloatArray) -> tuple[FloatArray, FloatArray]:
    spread = width / (height * -np.log(height))
    return height ** np.exp(spread), height ** np.exp(-spread)
