"""Responders and others in the experimental arm: what their hazards mean for the log-rank test."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log1p, sqrt

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.seamless import ResponseGate

STEP = 1e-4
"""Half the stretch of the response rate over which a slope is taken."""

_UNIT, _WEIGHTS = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureLook:
    """A look of the primary endpoint.

    Attributes
    ----------
    information : float
        About the log hazard ratio: with d events and r experimental subjects for one control
        subject, d r / (1 + r) squared.
    arm_subjects : float
        Subjects of the experimental arm entered by then, those of the gate among them.
    control_event_share : float
        Share of control subjects with an event by then, inside (0, 1).
    """

    information: float
    arm_subjects: float
    control_event_share: float

    def __post_init__(self) -> None:
        """Refuse a look without information."""
        positive = 0 < self.information < inf and 0 < self.arm_subjects < inf
        if not positive or not 0 < self.control_event_share < 1:
            raise bad_input(
                "a look has information, subjects, and some control subjects with an event",
                where="information, arm_subjects, control_event_share",
                got=self,
                fix="information=32, arm_subjects=89, control_event_share=0.8",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseMixture:
    """An experimental arm of responders and others, against a control with one hazard.

    Attributes
    ----------
    responders, others : float
        Hazard ratio of either against the control, above 0.
    looks : tuple of MixtureLook
        The looks.
    allocation : float
        Experimental subjects for one control subject.
    """

    responders: float
    others: float
    looks: tuple[MixtureLook, ...]
    allocation: float = 1.0

    def __post_init__(self) -> None:
        """Refuse hazard ratios that are none."""
        ratios = (self.responders, self.others, self.allocation)
        if not all(0 < ratio < inf for ratio in ratios) or not self.looks:
            raise bad_input(
                "hazard ratios and allocation are above 0, and there is a look",
                where="responders, others, allocation, looks",
                got=(*ratios, len(self.looks)),
                fix="0.4, 0.8 and 1",
            )


def mixture_log_hazard_ratio(
    mixture: ResponseMixture, *, rate: float, control_event_share: float
) -> float:
    r"""Return the average log hazard ratio of the arms that the log-rank test sees.

    In the clock u of the control's cumulative hazard the experimental arm has

    .. math:: S(u) = p e^{-h_R u} + (1 - p) e^{-h_N u}, \qquad h(u) = -S'(u) / S(u)

    and the average is that of log h(u) over the information at u, up to the share of control
    subjects with an event. The hazards of the two arms are not proportional: others leave first,
    and the ratio falls.

    Parameters
    ----------
    mixture : ResponseMixture
        Hazard ratios and allocation.
    rate : float
        p, response rate, from 0 to 1.
    control_event_share : float
        Share of control subjects with an event, inside (0, 1); censoring before is left out.

    Raises
    ------
    BadInput
        For shares out of range.
    """
    if not 0 <= rate <= 1 or not 0 < control_event_share < 1:
        raise bad_input(
            "a rate lies between 0 and 1, and some control subjects have had the event",
            where="rate, control_event_share",
            got=f"{rate}, {control_event_share}",
            fix="0.45 and 0.8",
        )
    clock = -log1p(-control_event_share) * (1 + _UNIT) / 2
    kept = rate * np.exp(-mixture.responders * clock)
    lost = (1 - rate) * np.exp(-mixture.others * clock)
    ratio = (mixture.responders * kept + mixture.others * lost) / (kept + lost)
    control, experimental = np.exp(-clock), mixture.allocation * (kept + lost)
    at_risk = control + experimental
    information = control * experimental * (control + ratio * experimental) / at_risk**2
    weights = _WEIGHTS * information
    return float(weights @ np.log(ratio) / weights.sum())


def mixture_means(mixture: ResponseMixture, *, rate: float) -> tuple[float, ...]:
    """Return the means of Z at the looks: minus the average log hazard ratio, times the root of I.

    Parameters
    ----------
    mixture : ResponseMixture
        The arms and looks.
    rate : float
        Response rate.
    """
    return tuple(_mean(mixture, look=look, rate=rate) for look in mixture.looks)


def mixture_correlations(
    mixture: ResponseMixture, *, gate: ResponseGate, rate: float
) -> tuple[float, ...]:
    r"""Return the correlation of the number of responses at the gate with Z at each look.

    One response more among the N subjects of the arm moves the mean of Z by its slope in the
    response rate over N; so with n subjects at the gate

    .. math:: \rho_k = \frac{\sqrt{n p (1 - p)}}{N_k} \, \frac{\partial E Z_k}{\partial p}

    Parameters
    ----------
    mixture : ResponseMixture
        The arms and looks.
    gate : ResponseGate
        The gate; its subjects are among those of the arm.
    rate : float
        Response rate, inside (0, 1).

    Raises
    ------
    BadInput
        For a rate of 0 or 1, and more subjects at the gate than in the arm.
    """
    if not STEP < rate < 1 - STEP:
        raise bad_input("a rate lies inside (0, 1)", where="rate", got=rate, fix="0.45")
    if any(gate.subjects > look.arm_subjects for look in mixture.looks):
        raise bad_input(
            "the subjects of the gate are among those of the arm",
            where="gate.subjects",
            got=f"{gate.subjects} of {[look.arm_subjects for look in mixture.looks]}",
            fix="all subjects of the experimental arm entered by the look",
        )
    spread = sqrt(gate.subjects * rate * (1 - rate))
    return tuple(
        spread / look.arm_subjects * _slope(mixture, look=look, rate=rate) for look in mixture.looks
    )


def _mean(mixture: ResponseMixture, *, look: MixtureLook, rate: float) -> float:
    average = mixture_log_hazard_ratio(
        mixture, rate=rate, control_event_share=look.control_event_share
    )
    return -average * sqrt(look.information)


def _slope(mixture: ResponseMixture, *, look: MixtureLook, rate: float) -> float:
    more, less = (_mean(mixture, look=look, rate=rate + step) for step in (STEP, -STEP))
    return (more - less) / (2 * STEP)
