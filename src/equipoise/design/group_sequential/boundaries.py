"""Efficacy boundaries that spend a one-sided error, and what they do under an effect."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import inf

from scipy.special import ndtr

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.classic import Shape, shape_z, solve_final_z
from equipoise.design.group_sequential.crossing import (
    Bounds,
    crossings,
    proportional_means,
    refuse_fractions,
    refuse_length,
)
from equipoise.design.group_sequential.spending import Spending, refuse_clock, spent_at
from equipoise.design.group_sequential.spent_bounds import Side, nowhere, solve_bounds, spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """An efficacy boundary: stop and reject at look k when Z is at least ``z[k]``.

    Attributes
    ----------
    information_fractions : tuple of float
        Information at each look over information at the last; the last is 1.
    z : tuple of float
        Boundary on the scale of the standardised statistic, large favours the experimental arm;
        infinity at a look without an efficacy test.
    nominal_p : tuple of float
        One-sided p-value at the boundary.
    cumulative_alpha : tuple of float
        One-sided error spent up to and with each look.
    alpha_one_sided : float
        Error of the whole trial.
    spending : Spending or Shape
        Kind of spending, or the classic shape that spends in its own way.
    """

    information_fractions: tuple[float, ...]
    z: tuple[float, ...]
    nominal_p: tuple[float, ...]
    cumulative_alpha: tuple[float, ...]
    alpha_one_sided: float
    spending: Spending | Shape

    @property
    def bounds(self) -> Bounds:
        """The same without a lower bound, as `crossings` takes it."""
        return upper_bounds(self.information_fractions, z=self.z)


def efficacy_boundary(
    information_fractions: tuple[float, ...],
    *,
    alpha_one_sided: float,
    spending: Spending,
    spending_times: tuple[float, ...] | None = None,
    tested: tuple[bool, ...] | None = None,
) -> Boundary:
    r"""Return the boundary that spends a one-sided error as the spending function says.

    The boundary of look k solves, by Newton's method on the logarithm,

    .. math:: P(Z_1 < c_1, \dots, Z_{k-1} < c_{k-1}, Z_k \ge c_k) =
              \alpha(s_k) - \alpha(s_{k-1})

    where the Z are standard normal with correlation :math:`\sqrt{t_j / t_k}`. The probabilities
    come from the recursion of Armitage, McPherson and Rowe over the density of the score, by
    Gauss-Legendre quadrature; the error of ``z`` is below 1e-10.

    Parameters
    ----------
    information_fractions : tuple of float
        t, rising, the last is 1.
    alpha_one_sided : float
        Error of the whole trial, between 0 and 0.5.
    spending : Spending
        Kind of spending.
    spending_times : tuple of float, optional
        s, the clock by which error is spent, rising to 1: calendar time, for one. Otherwise the
        information fractions.
    tested : tuple of bool, optional
        Whether there is an efficacy test at each look; the last has one. A look without spends
        nothing, and the next test spends what has become due.

    Raises
    ------
    BadInput
        For fractions or times that do not rise to 1 and an alpha outside (0, 0.5).

    References
    ----------
    Armitage, McPherson and Rowe 1969, doi:10.2307/2343787; Lan and DeMets 1989,
    Statistics in Medicine 8:1191-1198 (another clock); Jennison and Turnbull 2000, Group
    Sequential Methods with Applications to Clinical Trials, chapter 19.
    """
    refuse_alpha(alpha_one_sided)
    refuse_fractions(information_fractions)
    spent = spent_at(
        spending,
        times=clock_of(spending_times, information_fractions=information_fractions),
        error=alpha_one_sided,
        spends=tests_of(tested, looks=len(information_fractions)),
    )
    return _boundary(
        information_fractions,
        z=spending_z(information_fractions, spent=spent),
        spent=spent,
        alpha_one_sided=alpha_one_sided,
        spending=spending,
    )


def classic_boundary(
    information_fractions: tuple[float, ...],
    *,
    alpha_one_sided: float,
    shape: Shape,
    tested: tuple[bool, ...] | None = None,
) -> Boundary:
    """Return the boundary of a classic shape with a one-sided error.

    Parameters
    ----------
    information_fractions : tuple of float
        Rising, the last is 1; equally spaced in the papers, here as they are.
    alpha_one_sided : float
        Error of the whole trial, between 0 and 0.5.
    shape : Shape
        O'Brien-Fleming, Pocock, Wang-Tsiatis or Haybittle-Peto; `shape_z` has the formulas.
    tested : tuple of bool, optional
        Whether there is an efficacy test at each look; the last has one.

    Raises
    ------
    BadInput
        For fractions that do not rise to 1, an alpha outside (0, 0.5), and an early bound that
        spends more than all of it.
    """
    refuse_alpha(alpha_one_sided)
    refuse_fractions(information_fractions)
    tests = tests_of(tested, looks=len(information_fractions))

    def bounds(final_z: float) -> Bounds:
        z = shape_z(shape, information_fractions=information_fractions, final_z=final_z)
        return upper_bounds(information_fractions, z=where_tested(z, tested=tests))

    def errors(final_z: float) -> tuple[float, ...]:
        return _crossed(bounds(final_z), drift=0.0)

    final_z = solve_final_z(lambda z: sum(errors(z)), alpha_one_sided=alpha_one_sided)
    return _boundary(
        information_fractions,
        z=bounds(final_z).upper,
        spent=tuple(accumulate(errors(final_z))),
        alpha_one_sided=alpha_one_sided,
        spending=shape,
    )


def crossing_probabilities(boundary: Boundary, *, drift: float) -> tuple[float, ...]:
    r"""Return the probability of first crossing the boundary at each look.

    Parameters
    ----------
    boundary : Boundary
        An efficacy boundary.
    drift : float
        Mean of Z at full information, :math:`\theta\sqrt{I_{max}}`; 0 under the null hypothesis.
        At fraction t the mean of Z is ``drift * sqrt(t)``.

    Returns
    -------
    tuple of float
        One for each look; their sum is the power, or the type I error for a drift of 0.
    """
    return _crossed(boundary.bounds, drift=drift)


def upper_bounds(information: tuple[float, ...], *, z: tuple[float, ...]) -> Bounds:
    """Return upper bounds alone."""
    return Bounds(information_fractions=information, lower=(-inf,) * len(information), upper=z)


def spending_z(information: tuple[float, ...], *, spent: tuple[float, ...]) -> tuple[float, ...]:
    """Return the upper bounds that spend a cumulative error under the null hypothesis."""
    looks = len(information)
    return solve_bounds(
        information,
        upper=Side(targets=spend(spent), means=(0.0,) * looks),
        lower=nowhere(looks, at=-inf),
        upper_sees_lower=False,
    ).upper


def clock_of(
    times: tuple[float, ...] | None, *, information_fractions: tuple[float, ...]
) -> tuple[float, ...]:
    """Return the clock by which error is spent: the information, unless another is named."""
    if times is None:
        return information_fractions
    refuse_clock(times, where="spending_times")
    refuse_length(times, looks=len(information_fractions), where="spending_times")
    return times


def tests_of(tested: tuple[bool, ...] | None, *, looks: int) -> tuple[bool, ...]:
    """Return at which looks efficacy is tested: at all, unless some are named."""
    if tested is None:
        return (True,) * looks
    refuse_length(tested, looks=looks, where="tested")
    if not tested[-1]:
        raise bad_input(
            "the last look tests efficacy", where="tested", got=tested, fix="(False, True)"
        )
    return tested


def where_tested(z: tuple[float, ...], *, tested: tuple[bool, ...]) -> tuple[float, ...]:
    """Return bounds that are infinite where nothing is tested."""
    return tuple(bound if test else inf for bound, test in zip(z, tested, strict=True))


def _crossed(bounds: Bounds, *, drift: float) -> tuple[float, ...]:
    means = proportional_means(bounds.information_fractions, drift=drift)
    return crossings(bounds, means=means).upper


def _boundary(
    information_fractions: tuple[float, ...],
    *,
    z: tuple[float, ...],
    spent: tuple[float, ...],
    alpha_one_sided: float,
    spending: Spending | Shape,
) -> Boundary:
    return Boundary(
        information_fractions=information_fractions,
        z=z,
        nominal_p=tuple(float(ndtr(-bound)) for bound in z),
        cumulative_alpha=spent,
        alpha_one_sided=alpha_one_sided,
        spending=spending,
    )
