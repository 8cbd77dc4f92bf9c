"""Who is expected to be at risk after how many months of follow-up, when the trial is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from equipoise.design.survival.event_course import Accrual, ArmCourse, TwoArmCourse, begun
from equipoise.design.survival.hazards import as_steps, cumulative_hazard, hazard_at, rate_and_shape
from equipoise.design.survival.quadrature import follow_up_nodes, steep_breaks
from equipoise.stats.numerics.columns import FloatArray

Pool = Callable[[FloatArray], FloatArray]
"""Survival of both arms together at months of follow-up."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtRisk:
    """Two arms at a look, on nodes of follow-up.

    Attributes
    ----------
    months, weights : FloatArray, shape (m,)
        Nodes of follow-up time and their quadrature weights, in order of time.
    hazard, survival, risk : FloatArray, shape (2, m)
        Hazard, probability of no event, and expected number still at risk, of control and
        experimental arm: subjects who entered long enough ago, have no event and are not lost.
    pool : Pool
        Survival of both arms together.
    """

    months: FloatArray
    weights: FloatArray
    hazard: FloatArray
    survival: FloatArray
    risk: FloatArray
    pool: Pool


@np.errstate(under="ignore")  # nobody is left far out
def at_risk(course: TwoArmCourse, *, months: float, until: float, corners: set[float]) -> AtRisk:
    r"""Return the arms at a calendar month, on nodes that integrate smooth functions of them.

    .. math:: \pi_j(s) = n_j\, A(T - s)\, e^{-\Lambda_j(s)} G_j(s)

    where A is the share of subjects who have entered and G the probability of not being lost.

    Parameters
    ----------
    course : TwoArmCourse
        Arms and accrual.
    months : float
        T, calendar month of the look, above 0.
    until : float
        Last month of follow-up, at most ``months``.
    corners : set of float
        Months of follow-up at which what will be integrated has a corner.
    """
    curves = [rate_and_shape(arm.hazard) for arm in course.arms]
    nodes, weights = follow_up_nodes(
        corners | _breaks(course, months=months, end=until),
        end=until,
        shape=min(shape for _, shape in curves),
    )
    survival = np.exp(-_cumulative(course, nodes))
    kept = np.exp(-np.array([_lost(arm, nodes) for arm in course.arms]))
    entered = _entered(course.accrual, months - nodes)
    return AtRisk(
        months=nodes,
        weights=weights,
        hazard=np.array([hazard_at(arm.hazard, nodes) for arm in course.arms]),
        survival=survival,
        risk=_subjects(course) * survival * kept * entered,
        pool=partial(mixed_survival, course),
    )


@np.errstate(under="ignore")  # nobody is left far out
def under_null(arms: AtRisk, course: TwoArmCourse) -> AtRisk:
    """Return both arms with the hazard that is the mean over subjects; dropout is as before."""
    share = _share(course)
    survival = np.broadcast_to(_null_survival(course, arms.months), arms.survival.shape)
    return AtRisk(
        months=arms.months,
        weights=arms.weights,
        hazard=np.broadcast_to((share * arms.hazard).sum(axis=0), arms.hazard.shape),
        survival=survival,
        risk=arms.risk / arms.survival * survival,
        pool=partial(_null_survival, course),
    )


def mixed_survival(course: TwoArmCourse, months: FloatArray) -> FloatArray:
    """Return the survival of both arms together, mixed in the shares of their subjects."""
    mixture: FloatArray = (_share(course) * np.exp(-_cumulative(course, months))).sum(axis=0)
    return mixture


def _null_survival(course: TwoArmCourse, months: FloatArray) -> FloatArray:
    mean: FloatArray = np.exp(-(_share(course) * _cumulative(course, months)).sum(axis=0))
    return mean


def _cumulative(course: TwoArmCourse, months: FloatArray) -> FloatArray:
    return np.array([cumulative_hazard(arm.hazard, months) for arm in course.arms])


def _subjects(course: TwoArmCourse) -> FloatArray:
    return np.array([[arm.subjects] for arm in course.arms])


def _share(course: TwoArmCourse) -> FloatArray:
    subjects = _subjects(course)
    share: FloatArray = subjects / subjects.sum()
    return share


def _lost(arm: ArmCourse, months: FloatArray) -> FloatArray:
    return cumulative_hazard(as_steps(arm.dropout_hazard, where="dropout_hazard"), months)


def _breaks(course: TwoArmCourse, *, months: float, end: float) -> set[float]:
    """Return where hazards jump, where accrual had a corner, and where many have left."""
    corners = {months - begin for _, begin in begun(course.accrual)}
    corners.add(months - course.accrual.months)
    grid = end * np.linspace(0.0, 1.0, 33) ** 2
    for arm in course.arms:
        rate, _ = rate_and_shape(arm.hazard)
        corners |= set(rate.until) | set(as_steps(arm.dropout_hazard, where="dropout_hazard").until)
    control = course.control
    corners |= steep_breaks(cumulative_hazard(control.hazard, grid) + _lost(control, grid), grid)
    return corners


def _entered(accrual: Accrual, months: FloatArray) -> FloatArray:
    """Return the share of subjects who have entered by each month."""
    ends, shares = [0.0], [0.0]
    for piece, begin in begun(accrual):
        ends.append(begin + piece.months)
        shares.append(shares[-1] + piece.share)
    return np.interp(months, ends, shares)
