"""Events, hazard ratios and power of a log-rank test, by formula (variance of equal hazards)."""

from __future__ import annotations

from math import exp, inf, log, sqrt

from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.assumed import (
    refuse_allocation,
    refuse_alpha,
    refuse_hazard_ratio,
    refuse_power,
)
from equipoise.design.group_sequential.boundaries import Boundary, crossing_probabilities


def schoenfeld_events(
    hazard_ratio: float, *, alpha_one_sided: float, power: float, allocation: float = 1.0
) -> float:
    r"""Return the events that a log-rank test at one look needs, not rounded.

    .. math:: d = \frac{(1 + r)^2}{r} \frac{(z_{1-\alpha} + z_{power})^2}{(\log HR)^2}

    Parameters
    ----------
    hazard_ratio : float
        Experimental over control; not 1.
    alpha_one_sided : float
        One-sided error.
    power : float
        Wanted power, between ``alpha_one_sided`` and 1.
    allocation : float
        r, experimental subjects for each control subject.

    Raises
    ------
    BadInput
        For a hazard ratio of 1 or not above 0, and an error, power or allocation that is none.

    References
    ----------
    Schoenfeld 1981, doi:10.1093/biomet/68.1.316.
    """
    refuse_alpha(alpha_one_sided)
    if hazard_ratio == 1:
        raise bad_input(
            "no number of events shows a difference where there is none",
            where="hazard_ratio",
            got=hazard_ratio,
            fix="a hazard ratio below 1",
        )
    refuse_power(power, alpha_one_sided=alpha_one_sided)
    effect = _effect(hazard_ratio, allocation=allocation)
    return float((ndtri(1 - alpha_one_sided) + ndtri(power)) / effect) ** 2


def hazard_ratio_at(z: float, *, events: float, allocation: float = 1.0) -> float:
    r"""Return the hazard ratio that is just at a boundary, about.

    .. math:: \exp\left(-z \frac{1 + r}{\sqrt{r d}}\right)

    Parameters
    ----------
    z : float
        Boundary of Z, large favours the experimental arm.
    events : float
        d, events at the look.
    allocation : float
        r, experimental subjects for each control subject.

    Raises
    ------
    BadInput
        For events or an allocation that are not above 0.
    """
    _refuse_no_events(events)
    return exp(-z / (_per_event(allocation) * sqrt(events)))


def survival_power(
    boundary: Boundary, *, events: float, hazard_ratio: float, allocation: float = 1.0
) -> tuple[float, ...]:
    r"""Return the probability of first crossing the boundary at each look of a log-rank test.

    Under proportional hazards Z has mean :math:`-\log(HR) \sqrt{d r} / (1 + r)` after d events and
    variance 1, as if the hazards were equal: an approximation for hazard ratios near 1 and many
    events.

    Parameters
    ----------
    boundary : Boundary
        Its information fractions are shares of the events.
    events : float
        Events at the last look.
    hazard_ratio : float
        Experimental over control.
    allocation : float
        Experimental subjects for each control subject.

    Returns
    -------
    tuple of float
        One for each look; the sum is the power.

    Raises
    ------
    BadInput
        For events, a hazard ratio or an allocation that are not above 0.
    """
    _refuse_no_events(events)
    drift = _effect(hazard_ratio, allocation=allocation) * sqrt(events)
    return crossing_probabilities(boundary, drift=drift)


def _effect(hazard_ratio: float, *, allocation: float) -> float:
    """Return the mean of Z after one event."""
    refuse_hazard_ratio(hazard_ratio)
    return -log(hazard_ratio) * _per_event(allocation)


def _per_event(allocation: float) -> float:
    """Return the root of the information about log HR that one event gives."""
    refuse_allocation(allocation)
    return sqrt(allocation) / (1 + allocation)


def _refuse_no_events(events: float) -> None:
    if not 0 < events < inf:
        raise bad_input("a look has events", where="events", got=events, fix="128")
