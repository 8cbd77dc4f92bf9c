"""Two proportions looked at several times: subjects and power with a group-sequential boundary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt
from typing import assert_never

from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_power
from equipoise.design.group_sequential.boundaries import Boundary, crossing_probabilities
from equipoise.design.group_sequential.drift import solve_drift
from equipoise.design.two_proportions.goal import ProportionTest, TwoRates
from equipoise.design.two_proportions.normal_size import (
    TwoProportionSize,
    critical_rate,
    proportion_moments,
    size_two_proportions,
    whole_size,
)
from equipoise.stats.proportions.fourfold import Continuity


class LookVariance(StrEnum):
    """How the variance of Z, which is 1 under the null hypothesis only, enters the looks."""

    SCALED = "scaled"
    """Z is taken with its true variance at every look: a trial with one look has the size of
    `size_two_proportions` exactly, and so have its parts."""

    INFLATED = "inflated"
    """Size of one look times the inflation factor of the boundary, as if the variance of Z were 1
    throughout (rpact, gsDesign)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialProportions:
    """Subjects of a group-sequential comparison of two proportions.

    Attributes
    ----------
    size : TwoProportionSize
        Subjects at the last look; its attained power is that of one look.
    subjects : tuple of float
        Of both arms at each look, not rounded.
    stop_per_look : tuple of float
        Probability of crossing first at each look, at the assumed rates; the sum is the power.
    expected_subjects : float
        Mean number of subjects at the assumed rates.
    critical_rates : tuple of float
        Experimental rate that is just at the boundary when the control rate is as assumed.
    boundary : Boundary
        The boundary.
    """

    size: TwoProportionSize
    subjects: tuple[float, ...]
    stop_per_look: tuple[float, ...]
    expected_subjects: float
    critical_rates: tuple[float, ...]
    boundary: Boundary


def size_sequential_proportions(
    rates: TwoRates,
    *,
    test: ProportionTest,
    boundary: Boundary,
    power: float,
    allocation: float = 1.0,
    looks: LookVariance = LookVariance.SCALED,
) -> SequentialProportions:
    r"""Return the subjects that a group-sequential test needs.

    With :math:`\delta, \sigma_0, \sigma_1` of `size_two_proportions`, Z at fraction t of N subjects
    has mean :math:`\sqrt{t N} \delta / \sigma_0` and standard deviation
    :math:`\sigma_1 / \sigma_0`; so it crosses c when a standardised Z of drift
    :math:`\sqrt N \delta / \sigma_1` crosses :math:`c \sigma_0 / \sigma_1`.

    Parameters
    ----------
    rates : TwoRates
        Assumed rates.
    test : ProportionTest
        Effect, margin, direction, error and variance; without continuity correction.
    boundary : Boundary
        Its fractions are shares of the subjects, its error that of the test.
    power : float
        Wanted power.
    allocation : float
        Experimental subjects for each control subject.
    looks : LookVariance
        How the variance of Z enters; where it is unpooled both are the same.

    Raises
    ------
    BadInput
        For a boundary of another error, a continuity correction, and numbers out of range.

    References
    ----------
    Jennison and Turnbull 2000, Group Sequential Methods with Applications to Clinical Trials,
    chapter 3.
    """
    _refuse_mismatch(test, boundary=boundary)
    refuse_power(power, alpha_one_sided=test.alpha_one_sided)
    single = size_two_proportions(rates, test=test, power=power, allocation=allocation)
    moments = proportion_moments(rates, test=test, allocation=allocation)
    match looks:
        case LookVariance.SCALED:
            scaled = _scaled(boundary, by=moments.null_deviation / moments.deviation)
            drift = _drift(scaled, power=power)
            subjects = (drift * moments.deviation / moments.gain) ** 2
            stops = crossing_probabilities(scaled, drift=drift)
        case LookVariance.INFLATED:
            drift = _drift(boundary, power=power)
            one = float(ndtri(1 - test.alpha_one_sided) + ndtri(power))
            subjects = single.subjects * (drift / one) ** 2
            stops = crossing_probabilities(boundary, drift=drift)
        case _:
            assert_never(looks)
    size = whole_size(subjects, rates=rates, test=test, allocation=allocation, lost=0.0)
    return _sequential(size, stops=stops, boundary=boundary, allocation=allocation)


def sequential_proportion_power(
    rates: TwoRates,
    *,
    test: ProportionTest,
    boundary: Boundary,
    subjects: float,
    allocation: float = 1.0,
) -> tuple[float, ...]:
    """Return the probability of crossing first at each look, as `LookVariance.SCALED`.

    Parameters
    ----------
    rates : TwoRates
        True rates, better than the null hypothesis or not.
    test, boundary, allocation
        Those of `size_sequential_proportions`.
    subjects : float
        Of both arms at the last look.

    Returns
    -------
    tuple of float
        One for each look; the sum is the power, or the error at rates of the null hypothesis.

    Raises
    ------
    BadInput
        When test and boundary have different errors, for a continuity correction, and for
        subjects or an allocation that are not above 0.
    """
    _refuse_mismatch(test, boundary=boundary)
    moments = proportion_moments(rates, test=test, allocation=allocation)
    scaled = _scaled(boundary, by=moments.null_deviation / moments.deviation)
    drift = sqrt(subjects) * moments.gain / moments.deviation
    return crossing_probabilities(scaled, drift=drift)


def _sequential(
    size: TwoProportionSize, *, stops: tuple[float, ...], boundary: Boundary, allocation: float
) -> SequentialProportions:
    subjects = tuple(size.subjects * fraction for fraction in boundary.information_fractions)
    saved = sum(stop * (subjects[-1] - at) for stop, at in zip(stops, subjects, strict=True))
    return SequentialProportions(
        size=size,
        subjects=subjects,
        stop_per_look=stops,
        expected_subjects=subjects[-1] - saved,
        critical_rates=tuple(
            critical_rate(
                z,
                control=size.rates.control,
                test=size.test,
                subjects=at,
                allocation=allocation,
            )
            for z, at in zip(boundary.z, subjects, strict=True)
        ),
        boundary=boundary,
    )


def _scaled(boundary: Boundary, *, by: float) -> Boundary:
    return replace(boundary, z=tuple(z * by for z in boundary.z))


def _drift(boundary: Boundary, *, power: float) -> float:
    return solve_drift(
        lambda drift: sum(crossing_probabilities(boundary, drift=drift)),
        power=power,
        near=boundary.z[-1] + float(ndtri(power)),
    )


def _refuse_mismatch(test: ProportionTest, *, boundary: Boundary) -> None:
    if abs(test.alpha_one_sided - boundary.alpha_one_sided) > 1e-12:
        raise bad_input(
            "test and boundary have the same one-sided error",
            where="test, boundary",
            got=f"{test.alpha_one_sided:g} and {boundary.alpha_one_sided:g}",
            fix="make the boundary with the error of the test",
        )
    if test.continuity is not Continuity.NONE:
        raise bad_input(
            "a group-sequential boundary is for a test without continuity correction",
            where="test.continuity",
            got=test.continuity,
            fix="Continuity.NONE",
        )
