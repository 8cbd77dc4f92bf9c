"""The rows of a Cox model, checked once: follow-up, covariates, strata, case weights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Label,
    covariate_columns,
    entry_column,
    event_column,
    label_column,
    time_column,
    weight_column,
)


class Ties(StrEnum):
    """How the partial likelihood treats events at one time.

    ``EXACT`` is the conditional likelihood of the events given their number (the discrete
    logistic model): ``ties="exact"`` of R, ``ties=discrete`` of SAS.
    """

    EFRON = "efron"
    BRESLOW = "breslow"
    EXACT = "exact"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoxRows:
    """Rows of follow-up for a Cox model, made by `cox_rows`.

    Attributes
    ----------
    time : FloatArray, shape (n,)
        Where a row's follow-up ends.
    event : BoolArray, shape (n,)
        Whether it ends in an event.
    covariates : FloatArray, shape (n, p)
        Covariates in their own units.
    entry : FloatArray or None, shape (n,)
        Where a row's follow-up begins: it is at risk at t when entry < t <= time.
    weights : FloatArray or None, shape (n,)
        Case weights; a row of weight 0 is as good as left out.
    strata : tuple of Label
        Labels of the strata; empty for none.
    stratum : IntArray, shape (n,)
        Place of each row's label in ``strata``; 0 for none.
    """

    time: FloatArray
    event: BoolArray
    covariates: FloatArray
    entry: FloatArray | None
    weights: FloatArray | None
    strata: tuple[Label, ...]
    stratum: IntArray

    @property
    def members(self) -> tuple[IntArray, ...]:
        """Row numbers of each stratum, in the order of the input."""
        if len(self.strata) < 2:
            return (np.arange(self.time.size),)
        grouped = np.argsort(self.stratum, kind="stable")
        ends = np.cumsum(np.bincount(self.stratum, minlength=len(self.strata)))
        return tuple(np.split(grouped, ends[:-1]))


def cox_rows(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
) -> CoxRows:
    """Return checked rows for `cox_regression`.

    A covariate that changes during follow-up takes one row for each of its values, each from
    ``entry`` to ``time``; a subject may have any number of rows that do not overlap.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event, censoring or change of a covariate; not negative, any unit.
    event : array_like, shape (n,)
        1 when the row ends in an event, else 0.
    covariates : array_like, shape (n, p) or (n,)
        Numbers; a factor of k levels has k - 1 columns of 0 and 1.
    entry : array_like, shape (n,), optional
        Time of entry, before ``time``. A row that enters at the time of an event is not at risk
        for it.
    strata : array_like, shape (n,), optional
        Label of the stratum.
    weights : array_like, shape (n,), optional
        Case weights, not negative.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, events not 0 or 1, no events, entries not
        before their times, negative weights.
    """
    times = time_column(time)
    had_event = event_column(event, rows=times.size)
    case_weights = weight_column(weights, rows=times.size)
    _refuse_no_events(had_event, case_weights)
    labels: tuple[Label, ...] = ()
    codes = np.zeros(times.size, dtype=np.int64)
    if strata is not None:
        labels, codes = label_column(strata, rows=times.size, where="strata")
    return CoxRows(
        time=times,
        event=had_event,
        covariates=covariate_columns(covariates, rows=times.size),
        entry=entry_column(entry, time=times),
        weights=case_weights,
        strata=labels,
        stratum=codes,
    )


def _refuse_no_events(event: BoolArray, weights: FloatArray | None) -> None:
    counted = event if weights is None else event & (weights > 0)
    if not counted.any():
        raise bad_input(
            "a Cox model needs at least one event",
            where="event",
            got=f"0 events among {event.size} subjects",
            fix="wait for events",
        )
