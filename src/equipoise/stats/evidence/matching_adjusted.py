r"""Matching-adjusted indirect comparison: our subjects weighted to look like another trial's.

Only means (and perhaps standard deviations) of the other trial are known. Subject i gets the weight

.. math:: w_i \propto \exp(z_i^\top a), \qquad \sum_i w_i z_i = 0

where :math:`z_i` holds the covariates less their targets. The a that does this is the one minimum
of the convex :math:`\log \sum_i \exp(z_i^\top a)`; the weights are those with these means that
differ least from equal ones in entropy. Signorovitch et al. 2010,
doi:10.2165/11538370-000000000-00000; Hainmueller 2012, doi:10.1093/pan/mpr025.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import BadInput, NotConverged, bad_input
from equipoise.stats.evidence.balance import effective_sample_size
from equipoise.stats.numerics.columns import BoolArray, FloatArray, covariate_columns, freeze
from equipoise.stats.numerics.likelihood import refuse_dependent
from equipoise.stats.numerics.newton import Local, maximise

UNMET = 1e-6
"""Targets are met to this share of a standard deviation, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the other trial published of one covariate.

    Attributes
    ----------
    mean : float
        Its mean; a share for a column of 0 and 1.
    sd : float or None
        Its standard deviation, to be matched as well; None to match the mean only.
    """

    mean: float
    sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchingWeights:
    """Weights of our subjects, and what they make of the covariates.

    Attributes
    ----------
    weights : FloatArray, shape (n,)
        Weights with sum n.
    coefficients : FloatArray, shape (p + number of targets with sd,)
        a for each covariate less its target mean, then for each squared distance from the target
        mean less the target variance.
    effective_size : float
        Subjects of equal weight that would be as precise.
    before_means, before_sds, after_means, after_sds : FloatArray, shape (p,)
        Means and standard deviations (over n) without and with the weights.
    target_means, target_sds : FloatArray, shape (p,)
        What was aimed at; NaN for a standard deviation that was not.
    """

    weights: FloatArray
    coefficients: FloatArray
    effective_size: float
    before_means: FloatArray
    before_sds: FloatArray
    after_means: FloatArray
    after_sds: FloatArray
    target_means: FloatArray
    target_sds: FloatArray

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.weights, self.coefficients, self.target_means, self.target_sds)
        freeze(self.before_means, self.before_sds, self.after_means, self.after_sds)


def matching_weights(covariates: npt.ArrayLike, *, targets: Sequence[Target]) -> MatchingWeights:
    """Return the weights with which our subjects have the target means.

    Parameters
    ----------
    covariates : array_like, shape (n, p) or (n,)
        Numbers, one row for each of our subjects.
    targets : sequence of Target
        One for each covariate, in their order.

    Raises
    ------
    BadInput
        When a target lies outside what any weights could reach (outside the convex hull of our
        subjects, or on its edge), for covariates that are constant or dependent, and for another
        number of targets than covariates.
    """
    table = covariate_columns(covariates, rows=_subjects(covariates))
    means, sds = _wanted(targets, columns=table.shape[1])
    moments = _moments(table, means, sds=sds)
    scale = moments.std(axis=0)
    _refuse_one_sided(moments, columns=table.shape[1])
    point = _least_uneven(moments / scale)
    weights = _exponential(moments / scale, point)
    equal = np.full(table.shape[0], 1 / table.shape[0])
    before, after = _described(table, equal), _described(table, weights)
    return MatchingWeights(
        weights=weights * table.shape[0],
        coefficients=point / scale,
        effective_size=effective_sample_size(weights),
        before_means=before[0],
        before_sds=before[1],
        after_means=after[0],
        after_sds=after[1],
        target_means=means,
        target_sds=sds,
    )


def _subjects(covariates: npt.ArrayLike) -> int:
    rows = len(np.atleast_1d(np.asarray(covariates)))
    if rows == 0:
        raise bad_input(
            "weights are for at least one subject",
            where="covariates",
            got="no rows",
            fix="pass some",
        )
    return rows


def _wanted(targets: Sequence[Target], *, columns: int) -> tuple[FloatArray, FloatArray]:
    means = np.array([target.mean for target in targets], dtype=np.float64)
    sds = np.array([nan if t.sd is None else t.sd for t in targets], dtype=np.float64)
    if means.size != columns or not np.isfinite(means).all() or np.any(sds <= 0):
        raise bad_input(
            "each covariate has one target with a finite mean, and no sd or one above 0",
            where="targets",
            got=f"{means.size} target(s) for {columns} covariate(s)",
            fix="leave out a covariate that the other trial did not publish",
        )
    return means, sds


def _moments(table: FloatArray, means: FloatArray, *, sds: FloatArray) -> FloatArray:
    """Return what is to have mean 0: shape (n, p + number of targets with sd)."""
    centred = table - means
    squared: BoolArray = ~np.isnan(sds)
    return np.column_stack((centred, centred[:, squared] ** 2 - sds[squared] ** 2))


def _refuse_one_sided(moments: FloatArray, *, columns: int) -> None:
    """Refuse a target that all our subjects lie on one side of."""
    outside = (moments.min(axis=0) >= 0) | (moments.max(axis=0) <= 0)
    if outside.any():
        first = int(np.argmax(outside))
        what = f"mean of covariate {first}" if first < columns else "a standard deviation"
        raise _out_of_reach(f"{what}: all our subjects lie on one side of the target")


def _least_uneven(moments: FloatArray) -> FloatArray:
    start = np.zeros(moments.shape[1])
    refuse_dependent(_local(start, moments=moments).information)
    try:
        best = maximise(lambda point: _local(point, moments=moments), start=start)
    except NotConverged as error:
        raise _out_of_reach("the targets together, each alone within reach") from error
    if np.max(np.abs(best.local.score)) > UNMET:
        raise _out_of_reach("the targets together, each alone within reach")
    return best.point


def _local(point: FloatArray, *, moments: FloatArray) -> Local:
    """Return minus the log of the mean of exp(z a), with its derivatives."""
    # A Newton step too far has a value that is not finite, and is halved.
    with np.errstate(all="ignore"):
        height = moments @ point
        top = height.max()
        raw = np.exp(height - top)
        weights = raw / raw.sum()
        mean = weights @ moments
        centred = moments - mean
        return Local(
            value=-float(top + np.log(raw.mean())),
            score=-mean,
            information=centred.T @ (weights[:, np.newaxis] * centred),
        )


def _exponential(moments: FloatArray, point: FloatArray) -> FloatArray:
    height = moments @ point
    # A subject far from all targets may weigh less than the smallest number.
    with np.errstate(under="ignore"):
        raw = np.exp(height - height.max())
    weights: FloatArray = raw / raw.sum()
    return weights


def _described(table: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    means: FloatArray = weights @ table
    return means, np.sqrt(weights @ (table - means) ** 2)


def _out_of_reach(got: str) -> BadInput:
    return bad_input(
        "no weights give our subjects these means: the targets lie outside the range that our "
        "subjects span, or on its edge",
        where="targets",
        got=got,
        fix="leave out a covariate, or a standard deviation; the trials may not be comparable",
    )
