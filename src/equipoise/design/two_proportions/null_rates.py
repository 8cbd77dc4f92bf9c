"""The rates most likely under a null hypothesis: where a score test takes its variance."""

from __future__ import annotations

from typing import assert_never

import numpy as np

from equipoise.design.two_proportions.goal import Effect, OddsRatio, RiskDifference, RiskRatio
from equipoise.stats.numerics.columns import FloatArray

NullRates = tuple[FloatArray, FloatArray]
"""Control, then experimental."""

NONE = 1e-12
"""A null difference this small, or a null odds ratio this near to 1, is none: the rates are
pooled, and formulas that divide by it are not asked."""


def null_rates(
    effect: Effect, *, control: FloatArray, experimental: FloatArray, allocation: float
) -> NullRates:
    r"""Return the rates that maximise the likelihood among those with the null effect.

    With :math:`\tilde p_E` a function of :math:`\tilde p_C` by the null effect, they solve

    .. math:: \frac{r (\hat p_E - \tilde p_E)}{\tilde p_E \tilde q_E}
              \frac{d \tilde p_E}{d \tilde p_C}
              + \frac{\hat p_C - \tilde p_C}{\tilde p_C \tilde q_C} = 0

    which is a cubic for a difference and a quadratic for a ratio or an odds ratio, all in closed
    form (to about 1e-8 where roots of the cubic meet at an end of the range).

    Parameters
    ----------
    effect : Effect
        Scale and null value.
    control, experimental : FloatArray
        Observed or assumed rates, of one shape.
    allocation : float
        r, experimental subjects for each control subject.

    References
    ----------
    Farrington and Manning 1990, doi:10.1002/sim.4780091208; Miettinen and Nurminen 1985,
    doi:10.1002/sim.4780040211.
    """
    observed = (control, experimental)
    match effect:
        case RiskDifference(null=null):
            first = _of_difference(null, observed=observed, allocation=allocation)
            return first, np.clip(first + null, 0.0, 1.0)
        case RiskRatio(null=null):
            first = _of_ratio(null, observed=observed, allocation=allocation)
            return first, np.clip(first * null, 0.0, 1.0)
        case OddsRatio(null=null):
            first = _of_odds(null, observed=observed, allocation=allocation)
            return first, null * first / (1 - first + null * first)
        case _:
            assert_never(effect)


def _pooled(observed: NullRates, *, allocation: float) -> FloatArray:
    control, experimental = observed
    return (control + allocation * experimental) / (1 + allocation)


def _of_difference(null: float, *, observed: NullRates, allocation: float) -> FloatArray:
    """Return the control rate: the middle root of a cubic, by the cosine of a third of an angle."""
    if abs(null) < NONE:
        return _pooled(observed, allocation=allocation)
    control, experimental = observed
    cubic = 1 + allocation
    total = control + allocation * experimental
    square = null * (2 + allocation) - cubic - total
    line = null * (null - cubic - 2 * control) + total
    constant = control * null * (1 - null)
    shift = square / (3 * cubic)
    half = shift**3 - square * line / (6 * cubic**2) + constant / (2 * cubic)
    inside = np.maximum(shift**2 - line / (3 * cubic), 0.0)
    radius = np.where(half < 0, -1.0, 1.0) * np.sqrt(inside)
    known = radius != 0  # a triple root has no angle
    cosine = np.where(known, half / np.where(known, radius, 1.0) ** 3, 1.0)
    angle = (np.pi + np.arccos(np.clip(cosine, -1.0, 1.0))) / 3
    root: FloatArray = 2 * radius * np.cos(angle) - shift
    return np.clip(root, max(0.0, -null), min(1.0, 1.0 - null))


def _of_ratio(null: float, *, observed: NullRates, allocation: float) -> FloatArray:
    """Return the control rate: the smaller root, without a difference of near numbers."""
    control, experimental = observed
    square = (1 + allocation) * null
    line = allocation * (null + experimental) + 1 + null * control
    constant = control + allocation * experimental
    root = np.sqrt(np.maximum(line**2 - 4 * square * constant, 0.0))
    return np.clip(2 * constant / (line + root), 0.0, min(1.0, 1 / null))


def _of_odds(null: float, *, observed: NullRates, allocation: float) -> FloatArray:
    """Return the control rate: the root of a quadratic that lies between 0 and 1."""
    if abs(null - 1) < NONE:
        return _pooled(observed, allocation=allocation)
    control, experimental = observed
    total = control + allocation * experimental
    square = null - 1
    line = allocation * null + 1 - total * square
    root = np.sqrt(np.maximum(line**2 + 4 * square * total, 0.0))
    return np.clip(2 * total / (line + root), 0.0, 1.0)
