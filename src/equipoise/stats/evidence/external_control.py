"""A trial's arm against controls from elsewhere, made alike by propensity weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.evidence.propensity import PropensityWeights
from equipoise.stats.numerics.columns import event_column, time_column
from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.time_to_event.cox import cox_regression
from equipoise.stats.time_to_event.cox_robust import RobustCox, cox_robust
from equipoise.stats.time_to_event.cox_rows import cox_rows
from equipoise.stats.time_to_event.risk_sets import CaseWeights, WeightMeaning
from equipoise.stats.time_to_event.survival import KaplanMeier, kaplan_meier


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExternalComparison:
    """Treated subjects against external controls, weighted.

    Attributes
    ----------
    hazard_ratio : RobustCox
        Treated against control, with the robust variance, which takes the weights as known.
    treated, control : KaplanMeier
        Weighted curves; their counts without weights tell how many subjects are behind them.
    weights : PropensityWeights
        Whom the comparison is about, and the effective sizes.
    """

    hazard_ratio: RobustCox
    treated: KaplanMeier
    control: KaplanMeier
    weights: PropensityWeights


def compare_with_external_control(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    weights: PropensityWeights,
    confidence: float = 0.95,
    interval: ProbabilityScale = ProbabilityScale.LOG_LOG,
) -> ExternalComparison:
    """Return the weighted hazard ratio and the weighted curves of both groups.

    Weights make the groups alike in the covariates of the score only; whatever else differs
    between the trial and where the controls come from (calendar time, how progression was looked
    for, who was fit enough) stays in the answer.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from a comparable origin to event or censoring, in the order of the scores.
    event : array_like, shape (n,)
        1 for an event, 0 for censored.
    weights : PropensityWeights
        From `propensity_weights`.
    confidence : float
        Level of the intervals.
    interval : ProbabilityScale
        Scale of the curves' intervals.

    Raises
    ------
    BadInput
        For columns of another length than the weights, negative times, and no events.
    NotConverged
        When one group has no events.
    """
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    _refuse_other_rows(times.size, scored=weights.weights.size)
    rows = cox_rows(times, had_event, weights.treated, weights=weights.weights)
    model = cox_regression(rows, confidence=confidence)
    curves = [
        kaplan_meier(
            times[group],
            had_event[group],
            weights=CaseWeights(values=weights.weights[group], meaning=WeightMeaning.SAMPLING),
            confidence=confidence,
            interval=interval,
        )
        for group in (weights.treated, np.logical_not(weights.treated))
    ]
    return ExternalComparison(
        hazard_ratio=cox_robust(model), treated=curves[0], control=curves[1], weights=weights
    )


def _refuse_other_rows(rows: int, *, scored: int) -> None:
    if rows != scored:
        raise bad_input(
            "times belong to the subjects whose scores were made, in their order",
            where="time",
            got=f"{rows} times for {scored} weights",
            fix="pass one time for each subject of the propensity score",
        )
