"""Inference when the trial has stopped: stage-wise ordering of all its possible ends."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.crossing import (
    Bounds,
    crossings,
    proportional_means,
    refuse_no_information,
    refuse_z,
)
from equipoise.design.group_sequential.drift import solve_drift
from equipoise.stats.numerics.counts import refuse_share


@dataclass(frozen=True, slots=True, kw_only=True)
class StagewiseInference:
    """What a stopped trial says of the effect.

    Attributes
    ----------
    p_value : float
        One-sided, large Z favouring the experimental arm.
    estimate : float
        Median-unbiased estimate of the effect.
    lower, upper : float
        Ends of the confidence interval.
    confidence : float
        Its two-sided confidence.
    """

    p_value: float
    estimate: float
    lower: float
    upper: float
    confidence: float


def stagewise_inference(
    bounds: Bounds, *, look: int, z: float, information: float, confidence: float
) -> StagewiseInference:
    r"""Return the p-value, median-unbiased estimate and confidence interval at the end of a trial.

    Ends are ordered by look, then by Z: crossing an upper bound early is the strongest evidence,
    crossing a lower bound early the weakest. An end at look k with :math:`Z_k = z` has

    .. math:: p(\theta) = \sum_{j < k} P_\theta(\text{first cross upper bound } j) +
              P_\theta(\text{come to look } k, Z_k \ge z)

    which rises with the effect: p(0) is the p-value, the estimate solves p = 1/2, and the ends of
    the interval solve :math:`p = (1 \mp \text{confidence}) / 2`.

    Parameters
    ----------
    bounds : Bounds
        Bounds that were used at the looks before, at the information observed. Lower bounds count
        only if they were really obeyed; give minus infinity for non-binding ones.
    look : int
        Look at which the trial stopped, counted from 1.
    z : float
        Z at it.
    information : float
        Information about the effect there, 1 over the variance of its estimate; the effect is in
        the unit that belongs to it.
    confidence : float
        Two-sided, between 0 and 1; 1 - 2 alpha agrees with the test.

    Raises
    ------
    BadInput
        For a look that is none, a Z beyond 37, no information, and a confidence outside (0, 1).

    References
    ----------
    Tsiatis, Rosner and Mehta 1984, Biometrics 40:797-803; Jennison and Turnbull 2000, Group
    Sequential Methods with Applications to Clinical Trials, sections 8.4 and 8.5.
    """
    _refuse(bounds, look=look, z=z, information=information)
    refuse_share(confidence, where="confidence", fix="0.95")
    ended = _ended(bounds, look=look, z=z)

    def p_value(drift: float) -> float:
        means = proportional_means(ended.information_fractions, drift=drift)
        return sum(crossings(ended, means=means).upper)

    def effect_at(p: float) -> float:
        return solve_drift(p_value, power=p, near=z) / sqrt(information)

    return StagewiseInference(
        p_value=p_value(0.0),
        estimate=effect_at(0.5),
        lower=effect_at((1 - confidence) / 2),
        upper=effect_at((1 + confidence) / 2),
        confidence=confidence,
    )


def _ended(bounds: Bounds, *, look: int, z: float) -> Bounds:
    """Return bounds that are crossed upward by all ends as strong; information is 1 at the end."""
    last = bounds.information_fractions[look - 1]
    return Bounds(
        information_fractions=tuple(at / last for at in bounds.information_fractions[:look]),
        lower=(*bounds.lower[: look - 1], -inf),
        upper=(*bounds.upper[: look - 1], z),
    )


def _refuse(bounds: Bounds, *, look: int, z: float, information: float) -> None:
    if not 1 <= look <= len(bounds.upper):
        raise bad_input(
            "looks are counted from 1",
            where="look",
            got=f"{look} of {len(bounds.upper)}",
            fix="the look at which the trial stopped",
        )
    refuse_z(z)
    refuse_no_information(information)
