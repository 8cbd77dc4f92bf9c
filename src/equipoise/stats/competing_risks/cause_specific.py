r"""Cause-specific hazards: a Cox model of each cause, the other causes censoring it.

The model of cause j compares those still free of any event: its hazard ratio says what a
covariate does to the rate of the cause among them, and not what it does to the chance of the
cause by time t, which depends on the other causes too (see `fine_gray`, `aalen_johansen`).
Prentice et al. 1978, doi:10.2307/2530374.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from equipoise.stats.competing_risks.causes import cause_column, place_of
from equipoise.stats.numerics.columns import time_column
from equipoise.stats.time_to_event.cox import Cox, Ties, cox


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CauseSpecificCox:
    """A Cox model for each cause.

    Attributes
    ----------
    causes : tuple of int
        Numbers of the causes, in rising order.
    models : tuple of Cox
        The model of each.
    """

    causes: tuple[int, ...]
    models: tuple[Cox, ...]

    def of(self, cause: int) -> Cox:
        """Return the model of one cause; `BadInput` for a cause that nobody had."""
        return self.models[place_of(cause, names=self.causes)]


def cause_specific_cox(
    time: npt.ArrayLike,
    cause: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    ties: Ties = Ties.EFRON,
    strata: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> CauseSpecificCox:
    """Fit the hazard of every cause, each with the same covariates.

    Parameters
    ----------
    time : array_like, shape (n,)
        Time from origin to event or censoring, not negative, any unit.
    cause : array_like, shape (n,)
        0 for censored; 1, 2, ... for the causes.
    covariates : array_like, shape (n, p) or (n,)
        Numbers; a factor of k levels has k - 1 columns of 0 and 1.
    ties : Ties
        Treatment of events at one time.
    strata : array_like, shape (n,), optional
        Label of the stratum.
    confidence : float
        Level of the intervals of the hazard ratios.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, causes that are not whole numbers from 0,
        no event, and covariates that are constant or dependent among the subjects at risk.
    NotConverged
        When the likelihood of a cause is monotone.
    """
    times = time_column(time)
    causes = cause_column(cause, rows=times.size)
    models = [
        cox(
            times,
            causes.code == place + 1,
            covariates,
            ties=ties,
            strata=strata,
            confidence=confidence,
        )
        for place in range(len(causes.names))
    ]
    return CauseSpecificCox(causes=causes.names, models=tuple(models))
