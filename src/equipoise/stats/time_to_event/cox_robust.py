r"""The robust (sandwich) variance of a Cox model, by row or by cluster.

With :math:`D` the weighted score residuals times the model-based variance, summed within each
cluster, the variance is :math:`D^\top D`. It holds when the rows of a cluster depend on each
other, when weights are not counts (inverse probabilities of treatment), and for one row a subject
when hazards are not proportional. It is too small with few clusters. Lin and Wei 1989,
doi:10.1080/01621459.1989.10478874; weights: Binder 1992, doi:10.1093/biomet/79.1.139.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.stats.numerics.columns import FloatArray, freeze, label_column, normal_deviate
from equipoise.stats.numerics.likelihood import (
    DEPENDENT,
    ChiSquareTest,
    coefficients,
    wald_test,
)
from equipoise.stats.time_to_event.cox import Cox
from equipoise.stats.time_to_event.cox_residuals import dfbeta, score_residuals_at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustCox:
    """A Cox model with its sandwich variance.

    Attributes
    ----------
    coef : FloatArray, shape (p,)
        Log hazard ratios: those of the model.
    variance : FloatArray, shape (p, p)
        Sandwich variance.
    std_err, hazard_ratio, lower, upper, p_wald : FloatArray, shape (p,)
        Robust standard error; hazard ratio with its Wald interval; two-sided p-value.
    wald, score : ChiSquareTest
        Robust tests that all coefficients are 0.
    clusters : int
        Clusters the score residuals were summed over; the number of rows for none.
    confidence : float
        Level of the intervals.
    """

    coef: FloatArray
    variance: FloatArray
    std_err: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_wald: FloatArray
    wald: ChiSquareTest
    score: ChiSquareTest
    clusters: int
    confidence: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.coef, self.variance, self.std_err, self.hazard_ratio)
        freeze(self.lower, self.upper, self.p_wald)


def cox_robust(model: Cox, *, cluster: npt.ArrayLike | None = None) -> RobustCox:
    """Return the robust variance of a model with intervals and tests.

    Parameters
    ----------
    model : Cox
        A fitted model with Efron's or Breslow's ties.
    cluster : array_like, shape (n,), optional
        Label of the cluster of each row: the subject when it has several rows. Each row is its
        own cluster without it.

    Raises
    ------
    BadInput
        For labels of another length or missing, for as many coefficients as clusters or more,
        and for exact ties.
    """
    moved = _by_cluster(dfbeta(model), cluster)
    _refuse_few_clusters(moved / model.std_err)
    found = coefficients(model.coef.copy(), moved.T @ moved, z=normal_deviate(model.confidence))
    return RobustCox(
        coef=found.coef,
        variance=found.variance,
        std_err=found.std_err,
        hazard_ratio=found.ratio,
        lower=found.lower,
        upper=found.upper,
        p_wald=found.p_wald,
        wald=wald_test(found.coef, found.variance),
        score=_robust_score(model, cluster),
        clusters=moved.shape[0],
        confidence=model.confidence,
    )


def _robust_score(model: Cox, cluster: npt.ArrayLike | None) -> ChiSquareTest:
    """Return the score test at 0 with the variance of the scores of clusters."""
    score = score_residuals_at(model, np.zeros_like(model.coef))
    if model.rows.weights is not None:
        score = model.rows.weights[:, np.newaxis] * score
    parts = _by_cluster(score, cluster)
    _refuse_few_clusters(parts * model.std_err)
    total = parts.sum(axis=0)
    return wald_test(total, parts.T @ parts)


def _by_cluster(values: FloatArray, cluster: npt.ArrayLike | None) -> FloatArray:
    """Return sums of rows, shape (n, p), within each cluster: (clusters, p)."""
    if cluster is None:
        return values
    labels, codes = label_column(cluster, rows=values.shape[0], where="cluster")
    total = np.zeros((len(labels), values.shape[1]))
    np.add.at(total, codes, values)
    return total


def _refuse_few_clusters(moved: FloatArray) -> None:
    """Refuse a sandwich that is singular; ``moved`` has no unit."""
    clusters, width = moved.shape
    spread = np.linalg.eigvalsh(moved.T @ moved)
    if clusters <= width or spread[0] <= DEPENDENT * spread[-1]:
        raise bad_input(
            "a robust variance needs more clusters than coefficients",
            where="cluster",
            got=f"{clusters} clusters that say too little of {width} coefficients",
            fix="take the model-based variance, or fewer covariates",
        )
