"""The inverse normal combination of independent stages, with weights fixed beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from math import inf, isnan, sqrt

from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.crossing import (
    Bounds,
    crossings,
    refuse_information,
    refuse_length,
)
from equipoise.design.group_sequential.drift import solve_drift
from equipoise.design.group_sequential.repeated import RepeatedInterval
from equipoise.design.group_sequential.stagewise import StagewiseInference


class Verdict(StrEnum):
    """What a look says."""

    REJECT = "reject"
    """The null hypothesis is rejected."""

    GIVE_UP = "give_up"
    """A futility bound was reached."""

    GO_ON = "go_on"
    """Neither; the last look ends the trial all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedTest:
    """A combination test after some stages.

    Attributes
    ----------
    z : tuple of float
        Combined statistic after each stage; without an effect standard normal, and jointly like
        the Z of a group-sequential trial with the information of the plan.
    p_values : tuple of float
        One-sided p-values of it, as if there were one look.
    verdicts : tuple of Verdict
        What each look says when the trial came to it.
    """

    z: tuple[float, ...]
    p_values: tuple[float, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def verdict(self) -> Verdict:
        """The first that ends the trial, else that of the last stage."""
        ends = (verdict for verdict in self.verdicts if verdict is not Verdict.GO_ON)
        return next(ends, self.verdicts[-1])


def stage_weights(information_fractions: tuple[float, ...]) -> tuple[float, ...]:
    r"""Return the weights that planned information gives to the stages.

    .. math:: w_k = \sqrt{t_k - t_{k-1}}

    Their squares sum to 1. They stay when the adaptation changes what the stages hold.
    """
    refuse_information(information_fractions)
    last = information_fractions[-1]
    return tuple(
        sqrt((after - before) / last) for before, after in pairwise((0.0, *information_fractions))
    )


def fractions_of_weights(weights: tuple[float, ...]) -> tuple[float, ...]:
    """Return the information fractions whose boundary belongs to some weights.

    Parameters
    ----------
    weights : tuple of float
        One for each stage, above 0, of any scale.

    Raises
    ------
    BadInput
        For weights that are not above 0.
    """
    sums = tuple(accumulate(weight**2 for weight in weights))
    if not weights or not all(0 < weight < inf for weight in weights):
        raise bad_input("a weight is above 0", where="weights", got=weights, fix="(1.0, 1.0)")
    return (*(at / sums[-1] for at in sums[:-1]), 1.0)


def z_of_p(p_values: tuple[float, ...]) -> tuple[float, ...]:
    """Return the normal deviates of one-sided p-values, large when they are small."""
    if not all(0 <= p <= 1 for p in p_values):
        raise bad_input("a p-value lies between 0 and 1", where="p_values", got=p_values, fix="0.1")
    return tuple(float(-ndtri(p)) for p in p_values)


def stage_z_of(z: tuple[float, ...], *, information: tuple[float, ...]) -> tuple[float, ...]:
    r"""Return what each stage alone says, from statistics that rest on all data so far.

    .. math:: \tilde z_k = \frac{z_k \sqrt{I_k} - z_{k-1} \sqrt{I_{k-1}}}{\sqrt{I_k - I_{k-1}}}

    Parameters
    ----------
    z : tuple of float
        Z at each look, from all data up to it; for a log-rank test the increments are independent
        too, as long as nothing but its own result so far changed the trial.
    information : tuple of float
        Information at them as it turned out, rising, in any unit: subjects, or events.

    Raises
    ------
    BadInput
        For information that does not rise, and of another number of looks.
    """
    refuse_information(information)
    refuse_length(z, looks=len(information), where="z")
    scores = (0.0, *(at * sqrt(known) for at, known in zip(z, information, strict=True)))
    gained = (after - before for before, after in pairwise(scores))
    added = (after - before for before, after in pairwise((0.0, *information)))
    return tuple(score / sqrt(more) for score, more in zip(gained, added, strict=True))


def combined_z(
    stage_z: tuple[float, ...], *, information_fractions: tuple[float, ...]
) -> tuple[float, ...]:
    r"""Return the inverse normal combination after each stage.

    .. math:: Z^*_k = \frac{\sum_{j \le k} w_j \tilde z_j}{\sqrt{\sum_{j \le k} w_j^2}}

    Parameters
    ----------
    stage_z : tuple of float
        Statistic of each stage alone, the first stages or all; minus infinity for a stage that
        says nothing for the experimental arm (a p-value of 1).
    information_fractions : tuple of float
        As planned; they fix the weights (`stage_weights`).

    Raises
    ------
    BadInput
        For more stages than planned, and statistics that are missing.

    References
    ----------
    Lehmacher and Wassmer 1999, doi:10.1111/j.0006-341X.1999.01286.x.
    """
    weights = stage_weights(information_fractions)
    _refuse_stages(stage_z, looks=len(weights))
    sums = accumulate(z * weight for z, weight in zip(stage_z, weights, strict=False))
    squares = accumulate(weight**2 for weight in weights)
    return tuple(total / sqrt(square) for total, square in zip(sums, squares, strict=False))


def inverse_normal_test(stage_z: tuple[float, ...], *, bounds: Bounds) -> CombinedTest:
    """Return the combination test after some stages.

    Parameters
    ----------
    stage_z : tuple of float
        Statistic of each stage alone, independent of those before or, given them, with a p-value
        no smaller than uniform; `z_of_p` for p-values, `stage_z_of` for statistics of all data.
    bounds : Bounds
        Bounds on the combined statistic, at the information fractions that fix the weights.

    References
    ----------
    Lehmacher and Wassmer 1999, doi:10.1111/j.0006-341X.1999.01286.x.
    """
    z = combined_z(stage_z, information_fractions=bounds.information_fractions)
    verdicts = (
        verdict_at(at, lower=low, upper=high)
        for at, low, high in zip(z, bounds.lower, bounds.upper, strict=False)
    )
    return CombinedTest(z=z, p_values=tuple(float(ndtr(-at)) for at in z), verdicts=tuple(verdicts))


def verdict_at(z: float, *, lower: float, upper: float) -> Verdict:
    """Return what a statistic says between two bounds; on a bound it has reached it."""
    if z >= upper:
        return Verdict.REJECT
    return Verdict.GIVE_UP if z <= lower else Verdict.GO_ON


def combined_repeated_interval(
    stage_z: tuple[float, ...], *, stage_information: tuple[float, ...], bounds: Bounds
) -> RepeatedInterval:
    r"""Return the repeated confidence interval of the effect after the last stage given.

    With :math:`m_k = \sum_{j \le k} w_j \sqrt{I_j} / \sqrt{\sum w_j^2}`, the mean of the combined
    statistic for an effect of 1,

    .. math:: \frac{Z^*_k \pm c_k}{m_k}

    Its estimate weighs the stages as the test does; where the stages hold what was planned it is
    the usual one.

    Parameters
    ----------
    stage_z : tuple of float
        Statistic of each stage alone.
    stage_information : tuple of float
        Information about the effect that each stage added, 1 over the variance of its estimate.
    bounds : Bounds
        Efficacy bounds on the combined statistic.

    Raises
    ------
    BadInput
        For stages without information, and more of them than looks.

    References
    ----------
    Lehmacher and Wassmer 1999, doi:10.1111/j.0006-341X.1999.01286.x.
    """
    z = combined_z(stage_z, information_fractions=bounds.information_fractions)[-1]
    mean = _unit_means(stage_information, bounds=bounds, stages=len(stage_z))[-1]
    critical = bounds.upper[len(stage_z) - 1]
    return RepeatedInterval(
        estimate=z / mean, lower=(z - critical) / mean, upper=(z + critical) / mean
    )


def combined_stagewise_inference(
    stage_z: tuple[float, ...],
    *,
    stage_information: tuple[float, ...],
    bounds: Bounds,
    confidence: float,
) -> StagewiseInference:
    r"""Return p-value, median-unbiased estimate and interval when the trial ends at this stage.

    As `stagewise_inference`, with the mean :math:`\theta m_k` of the combined statistic; so it is
    exact when the size of later stages did not depend on earlier ones, and otherwise holds for the
    hypothesis of no effect (the p-value) and nearly for others.

    Parameters
    ----------
    stage_z : tuple of float
        Statistic of each stage alone, up to the one with which the trial ended.
    stage_information : tuple of float
        Information about the effect that each stage added.
    bounds : Bounds
        Bounds on the combined statistic; lower ones that were not obeyed are left out (minus
        infinity).
    confidence : float
        Two-sided, between 0 and 1.

    Raises
    ------
    BadInput
        For stages without information, more of them than looks, and a confidence outside (0, 1).

    References
    ----------
    Wassmer and Brannath 2016, Group Sequential and Confirmatory Adaptive Designs in Clinical
    Trials, chapter 8, doi:10.1007/978-3-319-32562-0.
    """
    if not 0 < confidence < 1:
        raise bad_input(
            "a confidence lies between 0 and 1", where="confidence", got=confidence, fix="0.95"
        )
    stages = len(stage_z)
    z = combined_z(stage_z, information_fractions=bounds.information_fractions)[-1]
    means = _unit_means(stage_information, bounds=bounds, stages=stages)
    ended = Bounds(
        information_fractions=bounds.information_fractions[:stages],
        lower=(*bounds.lower[: stages - 1], -inf),
        upper=(*bounds.upper[: stages - 1], z),
    )

    def p_value(drift: float) -> float:
        at = tuple(drift * mean / means[-1] for mean in means)
        return sum(crossings(ended, means=at).upper)

    def effect_at(p: float) -> float:
        return solve_drift(p_value, power=p, near=z) / means[-1]

    return StagewiseInference(
        p_value=p_value(0.0),
        estimate=effect_at(0.5),
        lower=effect_at((1 - confidence) / 2),
        upper=effect_at((1 + confidence) / 2),
        confidence=confidence,
    )


def _unit_means(
    stage_information: tuple[float, ...], *, bounds: Bounds, stages: int
) -> tuple[float, ...]:
    """Return the means of the combined statistic for an effect of 1."""
    refuse_length(stage_information, looks=stages, where="stage_information")
    if not all(0 < known < inf for known in stage_information):
        raise bad_input(
            "each stage adds information",
            where="stage_information",
            got=stage_information,
            fix="events over 4 for a log hazard ratio, (15.0, 22.5)",
        )
    roots = tuple(sqrt(known) for known in stage_information)
    return combined_z(roots, information_fractions=bounds.information_fractions)


def _refuse_stages(stage_z: tuple[float, ...], *, looks: int) -> None:
    if not 1 <= len(stage_z) <= looks or any(isnan(z) or z == inf for z in stage_z):
        raise bad_input(
            "each stage so far has a statistic, and no more stages are done than planned",
            where="stage_z",
            got=f"{stage_z} of {looks} stages",
            fix="(1.2, 2.0)",
        )
