"""Restricted mean survival time: the area under a curve up to tau, and two arms compared by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, isfinite, log, nan, sqrt

import numpy as np
from scipy.special import ndtr

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, normal_deviate
from equipoise.stats.time_to_event.greenwood import greenwood_terms
from equipoise.stats.time_to_event.risk_sets import WeightMeaning
from equipoise.stats.time_to_event.survival import KaplanMeier


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMean:
    """Mean time without the event up to tau, and mean time lost, in the unit of the times.

    Attributes
    ----------
    tau : float
        End of the time that counts.
    estimate, std_err, lower, upper : float
        Restricted mean survival time, its standard error and interval.
    lost, lost_lower, lost_upper : float
        Restricted mean time lost, tau minus the restricted mean, with its interval; its standard
        error is the same.
    n, events : int
        Subjects, and their events up to tau.
    confidence : float
        Confidence level.
    """

    tau: float
    estimate: float
    std_err: float
    lower: float
    upper: float
    lost: float
    lost_lower: float
    lost_upper: float
    n: int
    events: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RmstContrast:
    """Two arms compared, experimental against control.

    Attributes
    ----------
    estimate, lower, upper : float
        Difference or ratio with its interval; NaN where a ratio cannot be told because an arm
        lost no time, or all of it.
    std_err : float
        Standard error of the difference, or of the logarithm of the ratio.
    z, p_value : float
        Wald test of no difference, or of a ratio of 1; two-sided.
    """

    estimate: float
    lower: float
    upper: float
    std_err: float
    z: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RmstComparison:
    """Restricted mean survival times of two arms, compared in three ways.

    Attributes
    ----------
    tau : float
        End of the time that counts.
    difference, ratio : RmstContrast
        Experimental minus, and over, control.
    lost_ratio : RmstContrast
        Ratio of the restricted mean times lost; below 1 favours the experimental arm. The
        difference of the times lost is minus ``difference``.
    experimental, control : RestrictedMean or None
        The arms; None when the comparison is adjusted for covariates.
    confidence : float
        Confidence level.
    """

    tau: float
    difference: RmstContrast
    ratio: RmstContrast
    lost_ratio: RmstContrast
    experimental: RestrictedMean | None
    control: RestrictedMean | None
    confidence: float


NO_CONTRAST = RmstContrast(estimate=nan, lower=nan, upper=nan, std_err=nan, z=nan, p_value=nan)
"""A ratio that cannot be told."""


def rmst(curve: KaplanMeier, *, tau: float, confidence: float = 0.95) -> RestrictedMean:
    r"""Return the restricted mean survival time with its interval.

    .. math:: \hat\mu(\tau) = \int_0^\tau \hat S(t)\,dt, \qquad
              \widehat{se}^2 = \sum_{t_i \le \tau} \left(\int_{t_i}^\tau \hat S(t)\,dt\right)^2
              \frac{d_i}{n_i (n_i - d_i)}

    Parameters
    ----------
    curve : KaplanMeier
        A curve without sampling weights.
    tau : float
        End of the time that counts, above 0 and not after the last time, in the unit of the
        curve.
    confidence : float
        Two-sided level of the interval, which is symmetric and not cut.

    Raises
    ------
    BadInput
        For tau not above 0 or beyond the last time, and for a curve with sampling weights, of which
        Greenwood's variance does not hold.

    References
    ----------
    Irwin 1949, doi:10.1017/S0022172400014443; Uno et al 2014, doi:10.1200/JCO.2014.55.2208.
    """
    z = normal_deviate(confidence)
    refuse_tau_beyond([curve], tau=tau)
    return _restricted_mean(curve, tau=tau, confidence=confidence, z=z)


def compare_rmst(
    experimental: KaplanMeier, *, control: KaplanMeier, tau: float, confidence: float = 0.95
) -> RmstComparison:
    """Return the difference and the ratios of the restricted means of two arms.

    Ratios have their interval and test on the log scale. As in survRM2, tau may lie after the
    last time of an arm in which everybody had the event, for S(t) is known to stay 0; not after
    that of an arm whose curve ends above 0, nor after the last time of both.

    Parameters
    ----------
    experimental, control : KaplanMeier
        Curves of the two arms.
    tau, confidence
        As of `rmst`.

    Raises
    ------
    BadInput
        As `rmst`.

    References
    ----------
    Royston and Parmar 2013, doi:10.1186/1471-2288-13-152.
    """
    z = normal_deviate(confidence)
    refuse_tau_beyond([experimental, control], tau=tau)
    one, other = (
        _restricted_mean(curve, tau=tau, confidence=confidence, z=z)
        for curve in (experimental, control)
    )
    error = sqrt(one.std_err**2 + other.std_err**2)
    return RmstComparison(
        tau=tau,
        difference=contrast(one.estimate - other.estimate, error, z=z),
        ratio=_ratio((one.estimate, one.std_err), (other.estimate, other.std_err), z=z),
        lost_ratio=_ratio((one.lost, one.std_err), (other.lost, other.std_err), z=z),
        experimental=one,
        control=other,
        confidence=confidence,
    )


def contrast(estimate: float, std_err: float, *, z: float) -> RmstContrast:
    """Return a difference with its interval and test; without error there is no test."""
    score = estimate / std_err if std_err > 0 else nan
    return RmstContrast(
        estimate=estimate,
        lower=estimate - z * std_err,
        upper=estimate + z * std_err,
        std_err=std_err,
        z=score,
        p_value=float(2 * ndtr(-abs(score))),
    )


def ratio_contrast(log_ratio: float, std_err: float, *, z: float) -> RmstContrast:
    """Return a ratio with its interval and test from its logarithm."""
    found = contrast(log_ratio, std_err, z=z)
    return replace(found, estimate=exp(log_ratio), lower=exp(found.lower), upper=exp(found.upper))


def refuse_tau_beyond(curves: Sequence[KaplanMeier], *, tau: float) -> None:
    """Refuse a tau at which some curve is not known.

    The limit is the first of the last times of curves that end above 0, and the last time of all.
    """
    if not (isfinite(tau) and tau > 0):
        raise bad_input("tau is a time above 0", where="tau", got=tau, fix="12, in months")
    last = max(float(curve.times[-1]) for curve in curves)
    known = min([last, *(float(curve.times[-1]) for curve in curves if curve.survival[-1] > 0)])
    if tau > known:
        raise bad_input(
            "tau lies within the follow-up of every arm whose curve ends above 0",
            where="tau",
            got=f"{tau:g} where follow-up ends at {known:g}",
            fix=f"{known:g} or less, better a time named in the protocol",
        )


def _restricted_mean(
    curve: KaplanMeier, *, tau: float, confidence: float, z: float
) -> RestrictedMean:
    _refuse_sampling(curve)
    until = int(np.searchsorted(curve.times, tau, side="right"))
    corners = np.concatenate(([0.0], curve.times[:until], [tau]))
    heights = np.concatenate(([1.0], curve.survival[:until]))
    areas = np.diff(corners) * heights
    estimate = float(areas.sum())
    std_err = _area_error(curve, areas[1:], until=until)
    return RestrictedMean(
        tau=tau,
        estimate=estimate,
        std_err=std_err,
        lower=estimate - z * std_err,
        upper=estimate + z * std_err,
        lost=tau - estimate,
        lost_lower=tau - estimate - z * std_err,
        lost_upper=tau - estimate + z * std_err,
        n=curve.n,
        events=int(curve.events[:until].sum()),
        confidence=confidence,
    )


def _area_error(curve: KaplanMeier, areas: FloatArray, *, until: int) -> float:
    """Return the standard error of the area under a curve; ``areas`` follow each time."""
    counted = curve if curve.weighted is None else curve.weighted
    terms = greenwood_terms(counted.at_risk[:until], counted.events[:until])
    after = np.cumsum(areas[::-1])[::-1]
    # Where all have the event S(t) is 0 for good: no area is left to be unsure of.
    return sqrt(float(np.sum(after**2 * np.where(np.isfinite(terms), terms, 0.0))))


def _ratio(one: tuple[float, float], other: tuple[float, float], *, z: float) -> RmstContrast:
    """Return the ratio of two means, each with its standard error."""
    if one[0] <= 0 or other[0] <= 0:
        return NO_CONTRAST
    relative = sqrt((one[1] / one[0]) ** 2 + (other[1] / other[0]) ** 2)
    return ratio_contrast(log(one[0] / other[0]), relative, z=z)


def _refuse_sampling(curve: KaplanMeier) -> None:
    if curve.weighted is not None and curve.weighted.meaning is WeightMeaning.SAMPLING:
        raise bad_input(
            "Greenwood's variance of a restricted mean does not hold for sampling weights",
            where="curve",
            got="a curve with sampling weights",
            fix="adjust for the covariates (adjusted_rmst), or weights that count subjects",
        )
