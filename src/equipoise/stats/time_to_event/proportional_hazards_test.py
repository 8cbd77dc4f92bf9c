r"""Are hazards proportional? The score test for coefficients that change with time.

A coefficient :math:`\beta_j + \gamma_j g(t)` is tested for :math:`\gamma = 0`. With U the score of
:math:`\gamma` and V the information about :math:`(\beta, \gamma)`, both at the fitted
coefficients,

.. math:: U = \sum_{events} g(t) (x - \bar x(t)), \quad
          V = \sum_{terms} \begin{pmatrix} 1 & g \\ g & g^2 \end{pmatrix} \otimes V(t), \quad
          \chi^2 = (0, U)\, V^{-1} (0, U)^\top

with g centred at its mean over the events. The test of one term keeps all of :math:`\beta` and
that term's :math:`\gamma`. This is ``cox.zph`` of R's survival 3; versions before 3 took
:math:`V(t)` as constant and give other numbers. Grambsch and Therneau 1994,
doi:10.1093/biomet/81.3.515.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import BoolArray, FloatArray
from equipoise.stats.numerics.likelihood import DEPENDENT, ChiSquareTest, chi_square_test
from equipoise.stats.time_to_event.cox import Cox
from equipoise.stats.time_to_event.cox_fitted import fitted, refuse_exact_ties
from equipoise.stats.time_to_event.cox_risk_sets import RiskSets, RiskSums, information
from equipoise.stats.time_to_event.cox_rows import CoxRows


class TimeScale(StrEnum):
    """The g(t) that a coefficient is suspected to change with."""

    KAPLAN_MEIER = "kaplan_meier"
    """1 - S(t-), of all rows together: what R calls ``km``, robust to a long tail."""

    IDENTITY = "identity"
    LOG = "log"
    RANK = "rank"
    """Rank of the time among those of all rows, censored ones included; ties share a rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionalHazardsTest:
    """Tests that coefficients do not change with time.

    Attributes
    ----------
    terms : tuple of ChiSquareTest
        One for each term.
    overall : ChiSquareTest
        All terms together.
    scale : TimeScale
        The g(t) of the alternative.
    """

    terms: tuple[ChiSquareTest, ...]
    overall: ChiSquareTest
    scale: TimeScale


def proportional_hazards_test(
    model: Cox,
    *,
    scale: TimeScale = TimeScale.KAPLAN_MEIER,
    terms: Sequence[Sequence[int]] | None = None,
) -> ProportionalHazardsTest:
    """Test whether the hazard ratios of a model are constant in time.

    Parameters
    ----------
    model : Cox
        A fitted model with Efron's or Breslow's ties.
    scale : TimeScale
        The g(t) of the alternative.
    terms : sequence of sequences of int, optional
        Columns of each term, such as those of one factor; each column by itself when left out.

    Raises
    ------
    BadInput
        For exact ties, for columns that the model does not have, and when the events are too few
        to tell, such as events all at one time.
    """
    refuse_exact_ties(model, what="tests of proportional hazards")
    width = model.coef.size
    groups = [[column] for column in range(width)] if terms is None else [*map(list, terms)]
    _refuse_columns(groups, width=width)
    score, bend = _score_and_information(model, _centred(model.rows, scale=scale))
    return ProportionalHazardsTest(
        terms=tuple(_score_test(score, bend, columns=group) for group in groups),
        overall=_score_test(score, bend, columns=list(range(width))),
        scale=scale,
    )


def _score_and_information(model: Cox, scaled_time: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the score of gamma, shape (p,), and the information about both, (2p, 2p)."""
    width = model.coef.size
    score = np.zeros(width)
    bend = np.zeros((2 * width, 2 * width))
    for sets, sums in fitted(model).strata:
        at_event = scaled_time[sets.rows[sets.dead[sets.first_dead]]]
        score += _score(sets, sums, at_event=at_event)
        for power, (row, column) in enumerate(((0, 0), (0, 1), (1, 1))):
            factor = at_event[sets.term_moment] ** power
            block = information(sums, sets, factor=factor)
            bend[_part(row, width), _part(column, width)] += block
    bend[width:, :width] = bend[:width, width:]
    return score, bend


def _part(place: int, width: int) -> slice:
    return slice(place * width, (place + 1) * width)


def _score(sets: RiskSets, sums: RiskSums, *, at_event: FloatArray) -> FloatArray:
    pull: FloatArray = at_event[sets.tie]
    if sets.case_weight is not None:
        pull = pull * sets.case_weight[sets.dead]
    expected = sums.mean @ (sets.mass * at_event[sets.term_moment])
    return sets.covariates[:, sets.dead] @ pull - expected


def _score_test(score: FloatArray, bend: FloatArray, *, columns: list[int]) -> ChiSquareTest:
    width = score.size
    kept = np.concatenate((np.arange(width), width + np.array(columns)))
    slope = np.concatenate((np.zeros(width), score[columns]))
    part = bend[np.ix_(kept, kept)]
    _refuse_nothing_known(part)
    return chi_square_test(float(slope @ np.linalg.solve(part, slope)), df=len(columns))


def _centred(rows: CoxRows, *, scale: TimeScale) -> FloatArray:
    """Return g(t) of each row's time, less its mean over the events, shape (n,)."""
    event = rows.event if rows.weights is None else rows.event & (rows.weights > 0)
    scaled = _on_scale(rows, event=event, scale=scale)
    # Taken off first, one value leaves exact zeros when all events are at one time.
    moved: FloatArray = scaled - scaled[event][0]
    centred: FloatArray = moved - moved[event].mean()
    return centred


def _on_scale(rows: CoxRows, *, event: BoolArray, scale: TimeScale) -> FloatArray:
    match scale:
        case TimeScale.KAPLAN_MEIER:
            return _share_lost(rows, event=event)
        case TimeScale.IDENTITY:
            return rows.time
        case TimeScale.LOG:
            return _log_time(rows, event=event)
        case TimeScale.RANK:
            _, place, count = np.unique(rows.time, return_inverse=True, return_counts=True)
            return (np.cumsum(count) - (count - 1) / 2)[place]
        case _:
            assert_never(scale)


def _log_time(rows: CoxRows, *, event: BoolArray) -> FloatArray:
    if np.any(rows.time[event] == 0):
        raise bad_input(
            "the logarithm of time 0 is not a number",
            where="scale",
            got=f"{int(np.sum(rows.time[event] == 0))} events at time 0",
            fix="take the Kaplan-Meier scale",
        )
    logs: FloatArray = np.log(np.where(event, rows.time, 1.0))
    return logs


def _share_lost(rows: CoxRows, *, event: BoolArray) -> FloatArray:
    """Return 1 - S(t-) of each row's time: Kaplan-Meier of all rows, each counted once."""
    moments, deaths = np.unique(rows.time[event], return_counts=True)
    at_risk = rows.time.size - np.searchsorted(np.sort(rows.time), moments, side="left")
    if rows.entry is not None:
        outside = np.searchsorted(np.sort(rows.entry), moments, side="left")
        at_risk = at_risk - (rows.entry.size - outside)
    survival = np.concatenate(([1.0], np.cumprod(1 - deaths / at_risk)))
    return 1 - survival[np.searchsorted(moments, rows.time, side="left")]


def _refuse_nothing_known(bend: FloatArray) -> None:
    """Refuse an information that is singular, whatever the units of time and covariates."""
    square = np.diag(bend)
    unit = np.sqrt(np.where(square > 0, square, 1.0))
    spread = np.linalg.eigvalsh(bend / np.outer(unit, unit))
    if spread[0] <= DEPENDENT * spread[-1]:
        raise bad_input(
            "the events do not tell whether this coefficient changes with time",
            where="model",
            got=f"information about {len(spread)} things that says less",
            fix="wait for events at more times, or test fewer covariates",
        )


def _refuse_columns(groups: list[list[int]], *, width: int) -> None:
    for group in groups:
        if not group or not all(0 <= column < width for column in group):
            raise bad_input(
                "a term is one or more columns of the model",
                where="terms",
                got=group,
                fix=f"columns are counted from 0 to {width - 1}",
            )
