"""Survival of two arms compared at one time, a milestone."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr

from equipoise.base.errors import BadInput, bad_input
from equipoise.stats.numerics.columns import normal_deviate
from equipoise.stats.numerics.probability_scale import ProbabilityScale, off_scale, on_scale
from equipoise.stats.time_to_event.survival import KaplanMeier, survival_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalDifference:
    """S(t) of the experimental arm minus that of control, at one time.

    Attributes
    ----------
    time : float
        The milestone, in the unit of the curves.
    estimate, lower, upper : float
        Difference with its interval.
    experimental, control : float
        S(t) of the arms.
    z, p_value : float
        Test of equal survival on ``scale``; large z favours the experimental arm; two-sided p.
    confidence : float
        Confidence level.
    scale : ProbabilityScale
        Scale of the test, and of the arms' intervals that make that of the difference.
    """

    time: float
    estimate: float
    lower: float
    upper: float
    experimental: float
    control: float
    z: float
    p_value: float
    confidence: float
    scale: ProbabilityScale


@dataclass(frozen=True, slots=True, kw_only=True)
class _Height:
    """S(t) of an arm with its interval, and its place on a scale with standard error."""

    survival: float
    lower: float
    upper: float
    level: float
    error: float


def survival_difference(
    experimental: KaplanMeier,
    *,
    control: KaplanMeier,
    at: float,
    scale: ProbabilityScale = ProbabilityScale.PLAIN,
    confidence: float = 0.95,
) -> SurvivalDifference:
    r"""Return the difference of S(t) between two arms with its interval and z test.

    With a scale g rising with S(t), as :math:`-\log(-\log S)`,

    .. math:: z = \frac{g(\hat S_1) - g(\hat S_0)}{\sqrt{se_1^2 + se_0^2}}, \qquad
              \hat S_1 - \hat S_0 - \sqrt{(\hat S_1 - l_1)^2 + (u_0 - \hat S_0)^2}

    the latter the lower end, from the ends l and u of the arms' intervals on that scale; the
    upper end mirrors it. On the plain scale that is the difference and z standard errors.

    Parameters
    ----------
    experimental, control : KaplanMeier
        Curves of the two arms.
    at : float
        The milestone.
    scale : ProbabilityScale
        Scale of the test and of the arms' intervals. Plain is common; log-log keeps its level
        better where few are at risk.
    confidence : float
        Two-sided level of the interval.

    Raises
    ------
    BadInput
        For a time after the last one of an arm whose curve ends above 0; where the error of S(t)
        is not known, at 0 and, save on the plain scale, at 1; and without events in both arms.

    References
    ----------
    Klein et al 2007, doi:10.1002/sim.2864; intervals: Zou and Donner 2008, doi:10.1002/sim.3095.
    """
    deviate = normal_deviate(confidence)
    one, other = (
        _height(curve, at=at, scale=scale, deviate=deviate, where=where)
        for curve, where in ((experimental, "experimental"), (control, "control"))
    )
    if one.error == other.error == 0:
        raise _unknown_error("experimental, control", at=at, survival=1.0)
    estimate = one.survival - other.survival
    z = (one.level - other.level) / sqrt(one.error**2 + other.error**2)
    below = sqrt((one.survival - one.lower) ** 2 + (other.upper - other.survival) ** 2)
    above = sqrt((one.upper - one.survival) ** 2 + (other.survival - other.lower) ** 2)
    return SurvivalDifference(
        time=at,
        estimate=estimate,
        lower=max(-1.0, estimate - below),
        upper=min(1.0, estimate + above),
        experimental=one.survival,
        control=other.survival,
        z=z,
        p_value=float(2 * ndtr(-abs(z))),
        confidence=confidence,
        scale=scale,
    )


def _height(
    curve: KaplanMeier, *, at: float, scale: ProbabilityScale, deviate: float, where: str
) -> _Height:
    _refuse_after_follow_up(curve, at=at, where=where)
    told = survival_at(curve, [at])
    survival = float(told.estimate[0])
    if survival == 0 or (survival == 1 and scale is not ProbabilityScale.PLAIN):
        raise _unknown_error(where, at=at, survival=survival)
    level, error = on_scale(told.estimate, told.std_err / told.estimate, scale=scale)
    ends = np.concatenate((level - deviate * error, level + deviate * error))
    if scale is not ProbabilityScale.PLAIN:  # an end cut at 0 or 1 would narrow the difference
        ends = off_scale(ends, scale=scale)
    return _Height(
        survival=survival,
        lower=float(ends[0]),
        upper=float(ends[1]),
        level=float(level[0]),
        error=float(error[0]),
    )


def _refuse_after_follow_up(curve: KaplanMeier, *, at: float, where: str) -> None:
    if at > curve.times[-1] and curve.survival[-1] > 0:
        raise bad_input(
            "the milestone lies within the follow-up of both arms",
            where="at",
            got=f"{at:g} where follow-up of {where} ends at {curve.times[-1]:g}",
            fix="an earlier milestone",
        )


def _unknown_error(where: str, *, at: float, survival: float) -> BadInput:
    return bad_input(
        "a difference of survival needs an arm with some events, and some subjects without",
        where=where,
        got=f"S({at:g}) = {survival:g}, of which the error is not known",
        fix="another milestone, or the difference of two proportions",
    )
