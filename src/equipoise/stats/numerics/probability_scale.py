"""Scales on which the interval of a probability is symmetric, of S(t) and of incidences alike."""

from __future__ import annotations

from enum import StrEnum
from math import pi
from typing import assert_never

import numpy as np

from equipoise.stats.numerics.columns import FloatArray


class ProbabilityScale(StrEnum):
    """On which scale the pointwise interval of a probability P is symmetric.

    ``PLAIN`` is P itself, ``LOG`` log P, ``LOG_LOG`` log(-log P), ``LOGIT`` log(P / (1 - P)),
    ``ARCSINE`` the arcsine of the root of P (the names of R's ``survfit``, which calls log(-log P)
    "log-log" for the chance of a state as well). ``COMPLEMENTARY_LOG_LOG`` is log(-log(1 - P)):
    for an incidence what ``LOG_LOG`` is for the survival that goes with it.
    """

    LOG_LOG = "log_log"
    LOG = "log"
    PLAIN = "plain"
    LOGIT = "logit"
    ARCSINE = "arcsine"
    COMPLEMENTARY_LOG_LOG = "complementary_log_log"


def on_scale(
    probability: FloatArray, relative_error: FloatArray, *, scale: ProbabilityScale
) -> tuple[FloatArray, FloatArray]:
    """Return P on a scale, rising with P, and its standard error there.

    Parameters
    ----------
    probability : FloatArray, shape (k,)
        Between 0 and 1, neither included save on the plain scale.
    relative_error : FloatArray, shape (k,)
        Standard error of log P, which is that of P over P.
    scale : ProbabilityScale
        The scale.
    """
    match scale:
        case ProbabilityScale.PLAIN:
            return probability, probability * relative_error
        case ProbabilityScale.LOG:
            return np.log(probability), relative_error
        case ProbabilityScale.LOG_LOG:
            hazard = -np.log(probability)
            return -np.log(hazard), relative_error / hazard
        case ProbabilityScale.COMPLEMENTARY_LOG_LOG:
            hazard = -np.log1p(-probability)
            odds = probability / (1 - probability)
            return np.log(hazard), relative_error * odds / hazard
        case ProbabilityScale.LOGIT:
            return np.log(probability / (1 - probability)), relative_error / (1 - probability)
        case ProbabilityScale.ARCSINE:
            odds = probability / (1 - probability)
            return np.arcsin(np.sqrt(probability)), 0.5 * relative_error * np.sqrt(odds)
        case _:
            assert_never(scale)


def off_scale(level: FloatArray, *, scale: ProbabilityScale) -> FloatArray:
    """Return P from its place on a scale, cut at 0 and 1."""
    # Far out on the scale P is 0 or 1, and the exponential in between is infinite or 0.
    with np.errstate(over="ignore", under="ignore"):
        match scale:
            case ProbabilityScale.PLAIN:
                return np.clip(level, 0, 1)
            case ProbabilityScale.LOG:
                return np.minimum(np.exp(level), 1)
            case ProbabilityScale.LOG_LOG:
                return np.exp(-np.exp(-level))
            case ProbabilityScale.COMPLEMENTARY_LOG_LOG:
                return -np.expm1(-np.exp(level))
            case ProbabilityScale.LOGIT:
                return 1 / (1 + np.exp(-level))
            case ProbabilityScale.ARCSINE:
                return np.sin(np.clip(level, 0, pi / 2)) ** 2
            case _:
                assert_never(scale)


def ends_on_scale(
    probability: FloatArray, relative_width: FloatArray, *, scale: ProbabilityScale
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of P, cut at 0 and 1, from the half-width of that of log P.

    Shapes and limits are those of `on_scale`.
    """
    level, width = on_scale(probability, relative_width, scale=scale)
    return off_scale(level - width, scale=scale), off_scale(level + width, scale=scale)
