r"""One number and its variance from each trial: log odds ratios and log risk ratios of tables.

.. math:: \log OR = \log\frac{x_1 (n_2 - x_2)}{x_2 (n_1 - x_1)}, \quad
          v = \frac1{x_1} + \frac1{n_1 - x_1} + \frac1{x_2} + \frac1{n_2 - x_2}; \qquad
          \log RR = \log\frac{x_1 n_2}{x_2 n_1}, \quad
          v = \frac1{x_1} - \frac1{n_1} + \frac1{x_2} - \frac1{n_2}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import BoolArray, FloatArray, freeze, number_column
from equipoise.stats.proportions.fourfold import FourfoldTable, comparing


class EffectMeasure(StrEnum):
    """What is compared, on the log scale, first arm against second."""

    LOG_ODDS_RATIO = "log_odds_ratio"
    LOG_RISK_RATIO = "log_risk_ratio"


class ZeroCells(StrEnum):
    """What is done when a cell of a table is 0, where the log has no variance.

    HALF_WHERE_ZERO adds 1/2 to the four cells of such tables, HALF_EVERYWHERE to those of all
    tables as soon as one has a zero; REFUSE asks for a method without logs.
    """

    HALF_WHERE_ZERO = "half_where_zero"
    HALF_EVERYWHERE = "half_everywhere"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialEffects:
    """What each trial found: effects on a scale where they are near normal, and their variances.

    Attributes
    ----------
    effects, variances : FloatArray, shape (trials,)
        Effects, and their variances within the trial, which count as known.
    """

    effects: FloatArray
    variances: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.effects, self.variances)


def trial_effects(effects: npt.ArrayLike, *, variances: npt.ArrayLike) -> TrialEffects:
    """Return effects that were published, for example log hazard ratios, with their variances.

    Parameters
    ----------
    effects, variances : array_like, shape (trials,)
        A variance is the standard error squared, above 0.

    Raises
    ------
    BadInput
        For fewer than two trials, columns of unequal length, and variances not above 0.
    """
    found = number_column(effects, where="effects").copy()
    spread = number_column(variances, where="variances").copy()
    if found.size < 2 or found.size != spread.size or spread.min() <= 0:
        raise bad_input(
            "a meta-analysis pools two trials or more, each with an effect and a variance above 0",
            where="effects, variances",
            got=f"{found.size} effects, {spread.size} variances, the smallest {spread.min():g}",
            fix="a variance is the square of the standard error",
        )
    return TrialEffects(effects=found, variances=spread)


def effects_of_tables(
    tables: Sequence[FourfoldTable],
    *,
    measure: EffectMeasure,
    zero_cells: ZeroCells = ZeroCells.HALF_WHERE_ZERO,
) -> TrialEffects:
    """Return the log odds ratio or log risk ratio of each trial's table.

    Parameters
    ----------
    tables : sequence of FourfoldTable
        One for each trial, with subjects in both arms.
    measure : EffectMeasure
        Odds or risks; first arm against second.
    zero_cells : ZeroCells
        What to do about cells of 0; the default is that of R's metafor.

    Raises
    ------
    BadInput
        For fewer than two tables, an empty arm, and a zero cell that is to be refused.
    """
    cells = _cells(tables, zero_cells=zero_cells)
    success1, failure1, success2, failure2 = cells
    match measure:
        case EffectMeasure.LOG_ODDS_RATIO:
            effects = np.log(success1 * failure2) - np.log(failure1 * success2)
            return trial_effects(effects, variances=np.sum(1 / cells, axis=0))
        case EffectMeasure.LOG_RISK_RATIO:
            n1, n2 = success1 + failure1, success2 + failure2
            variances = 1 / success1 - 1 / n1 + 1 / success2 - 1 / n2
            return trial_effects(np.log(success1 * n2 / (success2 * n1)), variances=variances)
        case _:
            assert_never(measure)


def _cells(tables: Sequence[FourfoldTable], *, zero_cells: ZeroCells) -> FloatArray:
    """Return successes and failures of the first and the second arm, shape (4, tables)."""
    if any(not table.compares for table in tables):
        raise bad_input(
            "a trial compares two arms with subjects in both",
            where="tables",
            got=f"{len(tables) - len(comparing(tables))} table(s) with an empty arm",
            fix="leave these trials out",
        )
    rows = [(t.x1, t.n1 - t.x1, t.x2, t.n2 - t.x2) for t in tables]
    cells = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    return cells + _added(np.any(cells == 0, axis=0), zero_cells=zero_cells)


def _added(has_zero: BoolArray, *, zero_cells: ZeroCells) -> FloatArray:
    match zero_cells:
        case ZeroCells.HALF_WHERE_ZERO:
            return np.where(has_zero, 0.5, 0.0)
        case ZeroCells.HALF_EVERYWHERE:
            return np.full(has_zero.size, 0.5 if has_zero.any() else 0.0)
        case ZeroCells.REFUSE:
            if has_zero.any():
                raise bad_input(
                    "the log of a ratio has no variance when a cell is 0",
                    where="tables",
                    got=f"{int(has_zero.sum())} table(s) with a zero cell",
                    fix="pool by Mantel-Haenszel, or add a half by another `zero_cells`",
                )
            return np.zeros(has_zero.size)
        case _:
            assert_never(zero_cells)
