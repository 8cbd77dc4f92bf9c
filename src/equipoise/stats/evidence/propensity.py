r"""Propensity scores: subjects weighted so that treated and control are alike in what was seen.

The score e is the probability of treatment given the covariates, by logistic regression
(Rosenbaum and Rubin 1983, doi:10.1093/biomet/70.1.41). With a tilt h(e) that says whom the
comparison is about, treated subjects weigh h / e and control h / (1 - e) (Li, Morgan and Zaslavsky
2018, doi:10.1080/01621459.2016.1260466):

=============  =============  =================  ==================
whom           h              treated            control
=============  =============  =================  ==================
everybody      1              1 / e              1 / (1 - e)
the treated    e              1                  e / (1 - e)
the overlap    e (1 - e)      1 - e              e
=============  =============  =================  ==================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from equipoise.base.errors import bad_input
from equipoise.stats.evidence.balance import effective_sample_size
from equipoise.stats.logistic import Logistic, logistic
from equipoise.stats.numerics.columns import (
    BoolArray,
    FloatArray,
    covariate_columns,
    event_column,
    freeze,
    number_column,
)
from equipoise.stats.numerics.counts import refuse_share


class ComparedSubjects(StrEnum):
    """Whom a weighted comparison is about."""

    EVERYBODY = "everybody"
    TREATED = "treated"
    OVERLAP = "overlap"


class WeightScale(StrEnum):
    """In what unit weights come.

    STABILISED multiplies by the share of the subject's own group (over the share of the treated,
    when the treated are compared, who then keep weight 1).
    """

    RAW = "raw"
    STABILISED = "stabilised"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAll:
    """No subject is left out and no weight is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimScores:
    """Subjects whose score lies outside a range weigh 0; scores are not fitted again.

    Attributes
    ----------
    low, high : float
        Scores kept, ends included. Crump et al. 2009 (doi:10.1093/biomet/asn055) take 0.1 and 0.9.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse a range that is none."""
        if not 0 <= self.low < self.high <= 1:
            raise bad_input(
                "a range of scores has its lower end first, between 0 and 1",
                where="low, high",
                got=f"{self.low}, {self.high}",
                fix="low=0.1, high=0.9",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CapWeights:
    """Weights above a quantile of the weights of their group are set to it.

    Attributes
    ----------
    share : float
        Quantile (linear between weights), inside (0, 1).
    """

    share: float

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        refuse_share(self.share, where="share", fix="0.99")


Trimming = KeepAll | TrimScores | CapWeights


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropensityScore:
    """The probability of treatment of each subject.

    Attributes
    ----------
    score : FloatArray, shape (n,)
        Fitted probability.
    treated : BoolArray, shape (n,)
        Who was.
    model : Logistic
        The regression behind it.
    """

    score: FloatArray
    treated: BoolArray
    model: Logistic

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.score, self.treated)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropensityWeights:
    """Weights for a comparison of treated and control.

    Attributes
    ----------
    weights : FloatArray, shape (n,)
        For `kaplan_meier` and `cox_rows`; 0 for subjects left out.
    treated : BoolArray, shape (n,)
        Who was.
    compared : ComparedSubjects
        Whom the comparison is about.
    scale : WeightScale
        Unit of the weights.
    trimming : KeepAll, TrimScores or CapWeights
        What was done to extremes.
    effective_treated, effective_control : float
        Subjects of equal weight that would be as precise.
    left_out, capped : int
        Subjects with weight 0, and subjects whose weight was cut.
    """

    weights: FloatArray
    treated: BoolArray
    compared: ComparedSubjects
    scale: WeightScale
    trimming: Trimming
    effective_treated: float
    effective_control: float
    left_out: int
    capped: int

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze(self.weights, self.treated)


def propensity_score(treated: npt.ArrayLike, covariates: npt.ArrayLike) -> PropensityScore:
    """Return the probability of treatment given the covariates, by logistic regression.

    Parameters
    ----------
    treated : array_like, shape (n,)
        1 for treated, 0 for control.
    covariates : array_like, shape (n, p) or (n,)
        What was seen before treatment; numbers, without a column of ones.

    Raises
    ------
    BadInput
        As `logistic`.
    NotConverged
        When a covariate tells the groups apart without error: they do not overlap.
    """
    model = logistic(treated, covariates)
    is_treated = event_column(treated, rows=model.n, where="treated")
    table = covariate_columns(covariates, rows=model.n)
    score = expit(model.coef[0] + table @ model.coef[1:])
    return PropensityScore(score=score, treated=is_treated, model=model)


def propensity_weights(
    score: PropensityScore,
    *,
    compared: ComparedSubjects,
    scale: WeightScale = WeightScale.RAW,
    trimming: Trimming | None = None,
) -> PropensityWeights:
    """Return weights that make treated and control alike, for whom the comparison is about.

    Parameters
    ----------
    score : PropensityScore
        Scores of both groups.
    compared : ComparedSubjects
        Everybody, the treated (external controls), or the overlap.
    scale : WeightScale
        Unit of the weights; it leaves each group's curve as it is, and moves a hazard ratio a
        little, because groups of other total weight meet in the risk sets.
    trimming : KeepAll, TrimScores or CapWeights, optional
        What to do about extremes; nothing without it.

    Raises
    ------
    BadInput
        When a score is 0 or 1 and its weight infinite, and when trimming leaves a group empty.
    """
    chosen = KeepAll() if trimming is None else trimming
    raw = _tilted(score, compared=compared)
    raw = raw * _unit(score.treated, compared=compared, scale=scale)
    weights = _trimmed(raw, score=score, trimming=chosen)
    _refuse_useless(weights, treated=score.treated)
    return PropensityWeights(
        weights=weights,
        treated=score.treated.copy(),
        compared=compared,
        scale=scale,
        trimming=chosen,
        effective_treated=effective_sample_size(weights[score.treated]),
        effective_control=effective_sample_size(weights[~score.treated]),
        left_out=int(np.sum(weights == 0)),
        capped=int(np.sum((weights < raw) & (weights > 0))),
    )


def _tilted(score: PropensityScore, *, compared: ComparedSubjects) -> FloatArray:
    e, treated = score.score, score.treated
    # A score of exactly 0 or 1 has an infinite weight, which is refused below.
    with np.errstate(divide="ignore"):
        match compared:
            case ComparedSubjects.EVERYBODY:
                return 1 / np.where(treated, e, 1 - e)
            case ComparedSubjects.TREATED:
                return np.where(treated, 1.0, e / (1 - e))
            case ComparedSubjects.OVERLAP:
                return np.where(treated, 1 - e, e)
            case _:
                assert_never(compared)


def _unit(treated: BoolArray, *, compared: ComparedSubjects, scale: WeightScale) -> FloatArray:
    share = float(treated.mean())
    match scale:
        case WeightScale.RAW:
            return np.ones(treated.size)
        case WeightScale.STABILISED:
            own = np.where(treated, share, 1 - share)
            return own / share if compared is ComparedSubjects.TREATED else own
        case _:
            assert_never(scale)


def _trimmed(weights: FloatArray, *, score: PropensityScore, trimming: Trimming) -> FloatArray:
    match trimming:
        case KeepAll():
            return weights
        case TrimScores():
            kept = (score.score >= trimming.low) & (score.score <= trimming.high)
            return np.where(kept, weights, 0.0)
        case CapWeights():
            tops = [
                np.quantile(weights[g], trimming.share) for g in (~score.treated, score.treated)
            ]
            return np.minimum(weights, np.array(tops)[score.treated.astype(np.int64)])
        case _:
            assert_never(trimming)


def _refuse_useless(weights: FloatArray, *, treated: BoolArray) -> None:
    number_column(weights, where="score")
    counted = [int(np.sum(weights[side] > 0)) for side in (treated, ~treated)]
    if min(counted) == 0:
        raise bad_input(
            "weights leave somebody in both groups",
            where="trimming",
            got=f"{counted[0]} treated and {counted[1]} control left",
            fix="trim less; or the groups do not overlap and cannot be compared",
        )
