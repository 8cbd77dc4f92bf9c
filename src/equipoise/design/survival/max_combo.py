"""A MaxCombo test with one look: the best of several weighted log-rank tests, jointly bounded."""

from __future__ import annotations

from math import sqrt

import numpy as np

from equipoise.base.errors import bad_input
from equipoise.design.survival.event_course import expected_events, subjects_of, with_subjects
from equipoise.design.survival.fixed_design import FixedDesign, FixedQuestion, fixed_cautions
from equipoise.design.survival.weighted_logrank import LogrankMoments, Weight, logrank_moments
from equipoise.stats.numerics.multivariate_normal import max_quantile, rectangle_probability
from equipoise.stats.numerics.root import root

FARTHEST = 1e4
"""Times the subjects asked about beyond which nobody looks for a size."""


def design_max_combo(question: FixedQuestion, *, weights: tuple[Weight, ...]) -> FixedDesign:
    r"""Return the power of a MaxCombo test, or the subjects that a power needs.

    The test rejects when the largest of several weighted log-rank statistics reaches a bound c
    with

    .. math:: P(Z_1 < c, \dots, Z_k < c) = 1 - \alpha

    under their correlation :math:`V_{ij} / \sqrt{V_{ii} V_{jj}}`, which is that of the
    assumptions, as the analysis will estimate it. The normal probabilities are without random
    numbers, so that the same question has the same answer.

    Parameters
    ----------
    question : FixedQuestion
        The trial; its power or its subjects are asked for.
    weights : tuple of Weight
        Two to eight different weights.

    Raises
    ------
    BadInput
        For fewer than two or equal weights, and a power that no number of subjects gives.

    References
    ----------
    Karrison 2016, Stata Journal 16, 678-690; Lin et al. 2020,
    doi:10.1080/19466315.2019.1697738.
    """
    if len(set(weights)) < max(2, len(weights)):
        raise bad_input(
            "a MaxCombo test combines two or more different weights",
            where="weights",
            got=weights,
            fix="(FlemingHarrington(), FlemingHarrington(gamma=1))",
        )
    moments = logrank_moments(question.course, months=question.months, weights=weights)
    z = max_quantile(1 - question.alpha_one_sided, correlation=moments.correlation)
    growth = 1.0
    if question.power is not None:
        growth = _growth_for_power(moments, z=z, power=question.power)
    course = with_subjects(question.course, subjects=growth * subjects_of(question.course))
    return FixedDesign(
        subjects=subjects_of(course),
        events=expected_events(course, months=question.months).events,
        months=question.months,
        z=z,
        alpha_one_sided=question.alpha_one_sided,
        power=max_combo_power(moments, z=z, growth=growth),
        effect=None,
        warnings=fixed_cautions(course, months=question.months, weights=weights),
    )


def max_combo_power(moments: LogrankMoments, *, z: float, growth: float = 1.0) -> float:
    """Return the probability that the largest of several weighted statistics reaches a bound.

    Parameters
    ----------
    moments : LogrankMoments
        Means and covariances of the statistics.
    z : float
        The common bound.
    growth : float
        Times as many subjects.
    """
    upper = z - sqrt(growth) * moments.mean_z
    below = np.full(upper.size, -np.inf)
    return 1 - rectangle_probability(below, upper, correlation=moments.correlation)


def _growth_for_power(moments: LogrankMoments, *, z: float, power: float) -> float:
    def excess(log_growth: float) -> float:
        growth = float(np.exp(log_growth))
        return max_combo_power(moments, z=z, growth=growth) - power

    far = float(np.log(FARTHEST))
    if excess(far) <= 0:
        raise bad_input(
            "some number of subjects has the power",
            where="power",
            got=power,
            fix="assume an effect in favour of the experimental arm",
        )
    return float(np.exp(root(excess, -far, far, xtol=1e-9)))
