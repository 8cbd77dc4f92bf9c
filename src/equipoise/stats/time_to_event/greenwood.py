"""How sure a survival curve is: Greenwood's variance, or a robust one for sampling weights."""

from __future__ import annotations

from math import inf

import numpy as np

from equipoise.stats.numerics.columns import FloatArray, IntArray
from equipoise.stats.time_to_event.influence import Steps, robust_variance
from equipoise.stats.time_to_event.risk_sets import RiskTable, Rows, WeightMeaning


def greenwood_terms(at_risk: FloatArray | IntArray, events: FloatArray | IntArray) -> FloatArray:
    """Return d / (n (n - d)) at each time, shape (k,); infinite where all have the event."""
    with np.errstate(divide="ignore"):
        terms: FloatArray = events / (at_risk * (at_risk - events))
    return terms


def log_survival_variance(rows: Rows, table: RiskTable) -> FloatArray:
    """Return the variance of log S(t), shape (k,); infinite from where S(t) is 0.

    Greenwood 1926, Reports on Public Health and Medical Subjects 33; robust with sampling weights.
    """
    weighted = table.weighted
    if weighted is None:
        return np.cumsum(greenwood_terms(table.at_risk, table.events))
    drift = greenwood_terms(weighted.at_risk, weighted.events)
    if weighted.meaning is WeightMeaning.COUNT:
        return np.cumsum(drift)
    staying = weighted.at_risk - weighted.events
    some = staying > 0
    jump = np.divide(1.0, staying, out=np.zeros(staying.size), where=some)
    steps = Steps(times=table.times, jump=jump, drift=np.where(some, drift, 0.0))
    ended = np.logical_or.accumulate(~some)
    return np.where(ended, inf, robust_variance(rows, steps))
