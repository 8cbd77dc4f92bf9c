"""Boundaries and courses of several arms that share a control and are looked at several times."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.closed_testing import control_loading
from equipoise.design.adaptive.multi_arm_recursion import (
    BRANCHES,
    START,
    ArmState,
    ArmStep,
    arm_after,
    path_chances,
    unrejected_after,
)
from equipoise.design.adaptive.several_arms import information_for_power, refuse_arms
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.boundaries import Boundary
from equipoise.design.group_sequential.crossing import Bounds, refuse_fractions
from equipoise.design.group_sequential.spending import Spending, spent_at

ROOM = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiArmCourse:
    """What a trial of several arms does under some effects.

    Attributes
    ----------
    rejects : tuple of float
        Probability that the first rejection, of any arm, is at each look.
    power : float
        Probability of any rejection; without effects the familywise error.
    expected_information : float
        Mean information at which it stops, over the maximum, when it stops at the first rejection
        (and goes to its end otherwise).
    """

    rejects: tuple[float, ...]
    power: float
    expected_information: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """Arms that are alike, how many they are, and where they stand."""

    steps: tuple[ArmStep, ...]
    arms: int
    state: ArmState


def multi_arm_boundary(
    information_fractions: tuple[float, ...],
    *,
    allocation: tuple[float, ...],
    alpha_one_sided: float,
    spending: Spending,
) -> Boundary:
    r"""Return the efficacy boundary for the largest Z of several arms.

    .. math:: P\left(\max_m Z_{m1} < c_1, \dots, \max_m Z_{mk} \ge c_k\right) =
              \alpha(t_k) - \alpha(t_{k-1})

    without effects, with correlation :math:`\lambda_m \lambda_n \sqrt{t_j / t_k}` between arms and
    :math:`\sqrt{t_j / t_k}` within one, :math:`\lambda = \sqrt{r / (1 + r)}`. With one arm it is
    `efficacy_boundary`, with one look Dunnett's test. The error of ``z`` is below 1e-8, and 1e-6
    with four looks or large allocations (see `multi_arm_recursion`).

    Parameters
    ----------
    information_fractions : tuple of float
        t, the same for every arm, rising to 1; at most 4 looks.
    allocation : tuple of float
        r, experimental subjects of each arm for one control subject.
    alpha_one_sided : float
        Familywise error, between 0 and 0.5.
    spending : Spending
        How it is spent.

    Returns
    -------
    Boundary
        Reject the hypothesis of an arm when its Z is at least ``z``; errors are familywise, the
        nominal p-values those of one arm.

    Raises
    ------
    BadInput
        For no arms, arms without subjects, more than 4 looks, and errors out of range.

    References
    ----------
    Dunnett 1955, doi:10.1080/01621459.1955.10501294; Magirr, Jaki and Whitehead 2012,
    doi:10.1093/biomet/ass002.
    """
    refuse_alpha(alpha_one_sided)
    looks = len(information_fractions)
    families = _families(
        information_fractions, allocation=allocation, drifts=(0.0,) * len(allocation)
    )
    spent = spent_at(
        spending, times=information_fractions, error=alpha_one_sided, spends=(True,) * looks
    )
    z: list[float] = []
    for look, error in enumerate(spent):
        bound = _bound(families, look=look, error=error, arms=len(allocation))
        z.append(bound)
        if look < looks - 1:
            families = _advanced(families, look=look, lower=-inf, upper=bound)
    return Boundary(
        information_fractions=information_fractions,
        z=tuple(z),
        nominal_p=tuple(float(ndtr(-bound)) for bound in z),
        cumulative_alpha=spent,
        alpha_one_sided=alpha_one_sided,
        spending=spending,
    )


def multi_arm_course(
    bounds: Bounds, *, allocation: tuple[float, ...], drifts: tuple[float, ...]
) -> MultiArmCourse:
    """Return what a trial of several arms does.

    Parameters
    ----------
    bounds : Bounds
        The same for every arm: at the upper one its hypothesis is rejected, at the lower one the
        arm is dropped and the others go on. The last information fraction is 1; at most 4 looks.
    allocation : tuple of float
        Experimental subjects of each arm for one control subject.
    drifts : tuple of float
        Mean of Z of each arm at the last look; all 0 for the familywise error.

    Raises
    ------
    BadInput
        For no arms, arms without subjects, another number of drifts, and more than 4 looks.

    References
    ----------
    Magirr, Jaki and Whitehead 2012, doi:10.1093/biomet/ass002.
    """
    fractions = bounds.information_fractions
    families = _families(fractions, allocation=allocation, drifts=drifts)
    left = [1.0]
    for look, (low, high) in enumerate(zip(bounds.lower, bounds.upper, strict=True)):
        left.append(_unrejected(families, look=look, upper=high))
        if look < len(fractions) - 1:
            families = _advanced(families, look=look, lower=low, upper=high)
    rejects = tuple(before - after for before, after in pairwise(left))
    saved = sum(chance * (1 - at) for chance, at in zip(rejects, fractions, strict=True))
    return MultiArmCourse(rejects=rejects, power=sum(rejects), expected_information=1 - saved)


def size_multi_arm(
    bounds: Bounds, *, allocation: tuple[float, ...], effects: tuple[float, ...], power: float
) -> float:
    """Return the maximum information on each arm's effect that gives a power.

    Parameters
    ----------
    bounds : Bounds
        The same for every arm.
    allocation : tuple of float
        Experimental subjects of each arm for one control subject.
    effects : tuple of float
        True effect of each arm; one above 0.
    power : float
        Wanted probability of rejecting any hypothesis.

    Returns
    -------
    float
        1 over the variance of the estimate of one arm's effect, at the last look.

    Raises
    ------
    BadInput
        For no effect above 0, and a power outside (0, 1).
    """

    def power_at(drifts: tuple[float, ...]) -> float:
        return multi_arm_course(bounds, allocation=allocation, drifts=drifts).power

    return information_for_power(effects, power=power, final_z=bounds.upper[-1], power_at=power_at)


def _families(
    fractions: tuple[float, ...], *, allocation: tuple[float, ...], drifts: tuple[float, ...]
) -> tuple[_Family, ...]:
    """Return the arms at the start, those of the same allocation and drift together."""
    _refuse(fractions, allocation=allocation, drifts=drifts)
    kinds = list(zip(allocation, drifts, strict=True))
    return tuple(
        _Family(
            steps=tuple(
                ArmStep(
                    before=before,
                    after=after,
                    gain=drift * (after - before),
                    loading=control_loading(share),
                    branches=BRANCHES[len(fractions) - 1],
                )
                for before, after in pairwise((0.0, *fractions))
            ),
            arms=kinds.count((share, drift)),
            state=START,
        )
        for share, drift in sorted(set(kinds))
    )


def _advanced(
    families: tuple[_Family, ...], *, look: int, lower: float, upper: float
) -> tuple[_Family, ...]:
    return tuple(
        _Family(
            steps=family.steps,
            arms=family.arms,
            state=arm_after(family.state, family.steps[look], lower=lower, upper=upper),
        )
        for family in families
    )


def _unrejected(families: tuple[_Family, ...], *, look: int, upper: float) -> float:
    """Return the probability that no arm has been rejected up to and with a look."""
    kept = path_chances(look + 1, branches=families[0].steps[0].branches)
    for family in families:
        kept = kept * unrejected_after(family.state, family.steps[look], upper=upper) ** family.arms
    return float(kept.sum())


def _bound(families: tuple[_Family, ...], *, look: int, error: float, arms: int) -> float:
    """Return the bound with which the error up to a look is what may be spent."""
    never = 1 - _unrejected(families, look=look, upper=inf)
    if error - never <= 0:
        return inf

    def excess(bound: float) -> float:
        return 1 - _unrejected(families, look=look, upper=bound) - error

    # One arm without looks before is the least bound, Bonferroni's of what is new the largest.
    least, largest = float(-ndtri(error)), float(-ndtri((error - never) / arms))
    return float(brentq(excess, least - 1.0, largest + ROOM, xtol=1e-12))


def _refuse(
    fractions: tuple[float, ...], *, allocation: tuple[float, ...], drifts: tuple[float, ...]
) -> None:
    refuse_fractions(fractions)
    if len(fractions) > len(BRANCHES):
        raise bad_input(
            f"several arms are followed over {len(BRANCHES)} looks at most",
            where="information_fractions",
            got=f"{len(fractions)} looks",
            fix="fewer looks",
        )
    refuse_arms(allocation, drifts=drifts)
