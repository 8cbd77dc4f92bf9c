"""Times to event as the survival methods take them: one selection of `adtte`, two columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.analyse.selection import Selection, equals, select
from equipoise.base.quantities import DAYS_PER_MONTH
from equipoise.derive.frames import AnalysisData
from equipoise.study.analyses import Estimand, TimeUnit

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Times:
    """Times to event of some subjects.

    Attributes
    ----------
    days : FloatArray, shape (n,)
        Days from origin to event or censoring.
    event : FloatArray, shape (n,)
        1 for an event, 0 for censored.
    """

    days: FloatArray
    event: FloatArray


def select_times(data: AnalysisData, *, endpoint: str, estimand: Estimand) -> Selection:
    """Return the rows of `adtte` of one endpoint and estimand whose time is known."""
    rows = select(data, "adtte", column="AVAL").narrowed(equals("PARAMCD", endpoint))
    return rows.narrowed(equals("ESTIMAND", estimand)).known("AVAL", "CNSR")


def times_of(selection: Selection) -> Times:
    """Return times and events of the rows of a selection of `adtte`."""
    return Times(
        days=selection.rows["AVAL"].to_numpy(),
        event=1.0 - selection.rows["CNSR"].to_numpy(),
    )


def days_per(unit: TimeUnit) -> float:
    """Return how many days a unit of time has; a month has 30.4375."""
    return DAYS_PER_MONTH if unit is TimeUnit.MONTHS else 1.0
