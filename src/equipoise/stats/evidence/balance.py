r"""Whether weights make two groups alike: weighted moments, differences, effective sizes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    covariate_columns,
    event_column,
    freeze,
    number_column,
    weight_column,
)


class DifferenceScale(StrEnum):
    """The standard deviation that a difference of means is divided by; always without weights.

    BOTH is the root of the mean of the two variances; TREATED the treated group's alone.
    """

    BOTH = "both"
    TREATED = "treated"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CovariateBalance:
    """Standardised mean differences, treated minus control, before and after weighting.

    Attributes
    ----------
    before, after : FloatArray, shape (p,)
        Differences of means over one standard deviation, which is the same before and after.
    treated_means, control_means : FloatArray, shape (p,)
        Weighted means.
    scale : DifferenceScale
        Which standard deviation.
    """

    before: FloatArray
    after: FloatArray
    treated_means: FloatArray
    control_means: FloatArray
    scale: DifferenceScale

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.before, self.after, self.treated_means, self.control_means)


def effective_sample_size(weights: npt.ArrayLike) -> float:
    r"""Return the subjects of weight 1 that would be as precise, (sum w)^2 / sum w^2.

    Parameters
    ----------
    weights : array_like, shape (n,)
        Not negative, one above 0; their unit does not count.

    Raises
    ------
    BadInput
        For weights that are negative, missing, or all 0.

    References
    ----------
    Kish 1965, Survey Sampling, section 8.2.
    """
    column = number_column(weights, where="weights")
    weight_column(column, rows=column.size)
    # Divided by the largest, so that squares of small or large weights stay numbers.
    share = column / column.max()
    return float(share.sum() ** 2 / (share @ share))


def covariate_balance(
    covariates: npt.ArrayLike,
    treated: npt.ArrayLike,
    *,
    weights: npt.ArrayLike,
    scale: DifferenceScale = DifferenceScale.BOTH,
) -> CovariateBalance:
    r"""Return standardised mean differences before and after weighting.

    .. math:: d = (\bar x_1 - \bar x_0) \Big/ \sqrt{(s_1^2 + s_0^2) / 2}

    with variances over n - 1, of columns of 0 and 1 as well. A difference above 0.1 is commonly
    looked at again.

    Parameters
    ----------
    covariates : array_like, shape (n, p) or (n,)
        Numbers.
    treated : array_like, shape (n,)
        1 for treated, 0 for control; two of each at least.
    weights : array_like, shape (n,)
        None negative, some above 0 in each group.
    scale : DifferenceScale
        Which standard deviation.

    Raises
    ------
    BadInput
        For columns of unequal length, missing values, a group of fewer than two or without
        weight, and a covariate that does not vary.

    References
    ----------
    Austin 2009, doi:10.1002/sim.3697.
    """
    rows = number_column(treated, where="treated").size
    is_treated = event_column(treated, rows=rows, where="treated")
    table = covariate_columns(covariates, rows=rows)
    weight = number_column(weights, where="weights")
    weight_column(weight, rows=rows)
    _refuse_empty_group(is_treated, weight)
    spread = _spread(table, is_treated, scale=scale)
    first, second = (_means(table, weight * side) for side in (is_treated, ~is_treated))
    plain = table[is_treated].mean(axis=0) - table[~is_treated].mean(axis=0)
    return CovariateBalance(
        before=plain / spread,
        after=(first - second) / spread,
        treated_means=first,
        control_means=second,
        scale=scale,
    )


def _means(table: FloatArray, weights: FloatArray) -> FloatArray:
    means: FloatArray = weights @ table / weights.sum()
    return means


def _spread(table: FloatArray, treated: BoolArray, *, scale: DifferenceScale) -> FloatArray:
    first, second = (_variances(table[side]) for side in (treated, ~treated))
    match scale:
        case DifferenceScale.BOTH:
            variance: FloatArray = (first + second) / 2
        case DifferenceScale.TREATED:
            variance = first
        case _:
            assert_never(scale)
    if not np.all(variance > 0):
        raise bad_input(
            "a covariate that does not vary has no standardised difference",
            where="covariates",
            got=f"column {int(np.argmin(variance))} has variance 0",
            fix="leave it out, or take the other scale",
        )
    spread: FloatArray = np.sqrt(variance)
    return spread


def _variances(rows: FloatArray) -> FloatArray:
    variances: FloatArray = rows.var(axis=0, ddof=1)
    return variances


def _refuse_empty_group(treated: BoolArray, weights: FloatArray) -> None:
    counted = [int(np.sum(side & (weights > 0))) for side in (treated, ~treated)]
    sizes = [int(treated.sum()), int((~treated).sum())]
    if min(counted) < 1 or min(sizes) < 2:
        raise bad_input(
            "two groups of at least two subjects are compared, some of each with a weight above 0",
            where="treated, weights",
            got=f"{sizes[0]} treated and {sizes[1]} control, {counted[0]} and {counted[1]} counted",
            fix="pass the rows of both groups; trim less",
        )
