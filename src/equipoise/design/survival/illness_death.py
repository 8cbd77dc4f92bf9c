"""Overall survival of subjects who may progress first, and its average hazard ratio."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.survival.quadrature import follow_up_nodes, steep_breaks
from equipoise.stats.numerics.columns import FloatArray

NEAR = 1e-7
"""Hazards of leaving and of dying after progression that are nearer than this, relatively, are
taken as equal: the difference of exponentials over theirs would lose its digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions:
    """Constant hazards between first treatment, progression and death, per month.

    Attributes
    ----------
    progression : float
        From the start to progression.
    death : float
        From the start to death without progression.
    death_after_progression : float
        From progression to death; above 0.
    """

    progression: float
    death: float
    death_after_progression: float

    def __post_init__(self) -> None:
        """Refuse hazards that are none."""
        first = (self.progression, self.death)
        known = all(0 <= hazard < inf for hazard in first) and sum(first) > 0
        if not (known and 0 < self.death_after_progression < inf):
            raise bad_input(
                "hazards are not negative, and everybody dies some day",
                where="progression, death, death_after_progression",
                got=f"{self.progression}, {self.death}, {self.death_after_progression}",
                fix="Transitions(progression=0.05, death=0.02, death_after_progression=0.06)",
            )


def overall_survival(transitions: Transitions, *, months: FloatArray) -> FloatArray:
    r"""Return the probability of being alive, with or without progression.

    .. math:: S(t) = e^{-(a + b) t} + \frac{a}{a + b - c} (e^{-c t} - e^{-(a + b) t})

    with hazards a of progression, b of death before and c after it.

    Parameters
    ----------
    transitions : Transitions
        Hazards per month between the states.
    months : FloatArray, shape (m,)
        Follow-up, not negative.
    """
    free, progressed = _states(transitions, months=months)
    alive: FloatArray = free + progressed
    return alive


def average_death_hazard_ratio(
    control: Transitions, experimental: Transitions, *, months: float
) -> float:
    r"""Return the hazard ratio of death, averaged over the months up to some.

    .. math:: \frac{\int_0^\tau \lambda_1(t) \sqrt{S_0(t) S_1(t)}\,dt}
                   {\int_0^\tau \lambda_0(t) \sqrt{S_0(t) S_1(t)}\,dt}

    with hazards :math:`\lambda` of death from either state. Even when every transition has
    proportional hazards, death has not.

    Parameters
    ----------
    control, experimental : Transitions
        The arms.
    months : float
        :math:`\tau`, above 0.

    Raises
    ------
    BadInput
        For months that are not above 0.

    References
    ----------
    Kalbfleisch and Prentice 1981, doi:10.1093/biomet/68.1.105.
    """
    if not 0 < months < inf:
        raise bad_input("an average is over some months", where="months", got=months, fix="100")
    grid = months * np.linspace(0.0, 1.0, 33) ** 2
    fastest = max(_leaving(control), _leaving(experimental))
    nodes, weights = follow_up_nodes(steep_breaks(fastest * grid, grid), end=months)
    with np.errstate(under="ignore"):  # nobody is left far out
        alive = [overall_survival(arm, months=nodes) for arm in (control, experimental)]
        dying = [_deaths(arm, months=nodes) for arm in (control, experimental)]
        shared = np.sqrt(alive[0] * alive[1])
        exposed = [
            float(
                weights @ np.divide(deaths * shared, left, out=np.zeros_like(left), where=left > 0)
            )
            for deaths, left in zip(dying, alive, strict=True)
        ]
    return exposed[1] / exposed[0]


def _states(transitions: Transitions, *, months: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the shares alive without and with progression."""
    leaving, after = _leaving(transitions), transitions.death_after_progression
    free: FloatArray = np.exp(-leaving * months)
    gap, slower = abs(leaving - after), min(leaving, after)
    waited = -np.expm1(-gap * months) / gap if gap > NEAR * leaving else months
    progressed: FloatArray = transitions.progression * np.exp(-slower * months) * waited
    return free, progressed


def _deaths(transitions: Transitions, *, months: FloatArray) -> FloatArray:
    """Return deaths per month and subject at the start."""
    free, progressed = _states(transitions, months=months)
    deaths: FloatArray = transitions.death * free + transitions.death_after_progression * progressed
    return deaths


def _leaving(transitions: Transitions) -> float:
    return transitions.progression + transitions.death
