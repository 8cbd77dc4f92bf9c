"""The shape of boundary that stops earliest on average."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from equipoise.design.group_sequential.classic import WangTsiatisShape
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import size_group_sequential
from equipoise.stats.numerics.root import peak


class Criterion(StrEnum):
    """Which mean information is made small, over that of a trial with one look."""

    PLANNED = "planned"
    """Under the planned effect."""

    BALANCED = "balanced"
    """The sum without an effect, with half the planned one, and with the planned one."""


def optimal_wang_tsiatis(
    information_fractions: tuple[float, ...],
    *,
    alpha_one_sided: float,
    power: float,
    criterion: Criterion,
) -> WangTsiatisShape:
    """Return the Wang-Tsiatis shape with the least mean information.

    The minimum is flat: its delta is found to about 1e-6 and matters in the third digit at most.

    Parameters
    ----------
    information_fractions : tuple of float
        Rising to 1; two looks or more.
    alpha_one_sided, power : float
        Type I error of the whole trial, and power.
    criterion : Criterion
        Which mean.

    References
    ----------
    Wang and Tsiatis 1987, doi:10.2307/2531959.
    """

    def mean_information(delta: float) -> float:
        plan = SequentialPlan(
            information_fractions=information_fractions,
            alpha_one_sided=alpha_one_sided,
            power=power,
            efficacy=WangTsiatisShape(delta=delta),
        )
        return _mean_information(plan, criterion=criterion)

    delta, _ = peak(lambda delta: -mean_information(delta), -0.5, 0.75, xtol=1e-8)
    return WangTsiatisShape(delta=delta)


def _mean_information(plan: SequentialPlan, *, criterion: Criterion) -> float:
    sized = size_group_sequential(plan)
    expected = sized.expected_information
    match criterion:
        case Criterion.PLANNED:
            share = expected.planned
        case Criterion.BALANCED:
            share = expected.null + expected.halfway + expected.planned
        case _:
            assert_never(criterion)
    return share * sized.inflation_factor
