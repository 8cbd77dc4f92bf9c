"""Two-sided boundaries: an error on each side, alike or not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.boundaries import clock_of, tests_of, where_tested
from equipoise.design.group_sequential.classic import Shape, shape_z, solve_final_z
from equipoise.design.group_sequential.crossing import Bounds, crossings, refuse_fractions
from equipoise.design.group_sequential.spending import Spending, spent_at
from equipoise.design.group_sequential.spent_bounds import Side, solve_bounds, spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The error of one side.

    Attributes
    ----------
    alpha_one_sided : float
        Probability, without an effect, of ever crossing the bounds of this side first.
    spending : Spending
        How it is spread over the looks.
    spending_times : tuple of float, optional
        Clock by which it is spent; otherwise the information fractions.
    tested : tuple of bool, optional
        Whether the side is tested, one for each look; the last is always.
    """

    alpha_one_sided: float
    spending: Spending
    spending_times: tuple[float, ...] | None = None
    tested: tuple[bool, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse an alpha that is none."""
        refuse_alpha(self.alpha_one_sided)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSidedBoundary:
    """Stop and reject in favour of the experimental arm, or against it.

    Attributes
    ----------
    bounds : Bounds
        Upper and lower bounds on Z; between those of the last look nothing is rejected.
    cumulative_alpha_upper, cumulative_alpha_lower : tuple of float
        Error of each side up to and with each look.
    """

    bounds: Bounds
    cumulative_alpha_upper: tuple[float, ...]
    cumulative_alpha_lower: tuple[float, ...]


def two_sided_boundary(
    information_fractions: tuple[float, ...], *, upper: Tail, lower: Tail
) -> TwoSidedBoundary:
    """Return the bounds that spend an error on each side, each seeing the other.

    Parameters
    ----------
    information_fractions : tuple of float
        Rising to 1.
    upper, lower : Tail
        Errors in favour of the experimental arm and against it. The same for both is a symmetric
        test: with a two-sided error of 0.05 each spends 0.025.

    Raises
    ------
    BadInput
        For fractions and clocks that do not rise to 1, and when the sides meet.
    """
    refuse_fractions(information_fractions)
    bounds = solve_bounds(
        information_fractions,
        upper=_side(upper, information_fractions=information_fractions),
        lower=_side(lower, information_fractions=information_fractions),
        upper_sees_lower=True,
    )
    return _two_sided(bounds)


def classic_two_sided_boundary(
    information_fractions: tuple[float, ...],
    *,
    alpha_two_sided: float,
    shape: Shape,
    tested: tuple[bool, ...] | None = None,
) -> TwoSidedBoundary:
    """Return the symmetric bounds of a classic shape, on the absolute value of Z.

    Parameters
    ----------
    information_fractions : tuple of float
        Rising to 1.
    alpha_two_sided : float
        Error of both sides together, between 0 and 1.
    shape : Shape
        O'Brien-Fleming, Pocock, Wang-Tsiatis or Haybittle-Peto.
    tested : tuple of bool, optional
        Whether anything is tested, one for each look; the last is always.

    Raises
    ------
    BadInput
        For fractions that do not rise to 1, an alpha outside (0, 1), and early bounds that spend
        more than all of it.
    """
    if not 0 < alpha_two_sided < 1:
        raise bad_input(
            "a two-sided error lies between 0 and 1",
            where="alpha_two_sided",
            got=alpha_two_sided,
            fix="0.05",
        )
    refuse_fractions(information_fractions)
    tests = tests_of(tested, looks=len(information_fractions))

    def bounds(final_z: float) -> Bounds:
        z = shape_z(shape, information_fractions=information_fractions, final_z=final_z)
        upper = where_tested(z, tested=tests)
        lower = tuple(-bound for bound in upper)
        return Bounds(information_fractions=information_fractions, lower=lower, upper=upper)

    def error(final_z: float) -> float:
        return _two_sided(bounds(final_z)).cumulative_alpha_upper[-1]

    return _two_sided(bounds(solve_final_z(error, alpha_one_sided=alpha_two_sided / 2)))


def _side(tail: Tail, *, information_fractions: tuple[float, ...]) -> Side:
    spent = spent_at(
        tail.spending,
        times=clock_of(tail.spending_times, information_fractions=information_fractions),
        error=tail.alpha_one_sided,
        spends=tests_of(tail.tested, looks=len(information_fractions)),
    )
    return Side(targets=spend(spent), means=(0.0,) * len(spent))


def _two_sided(bounds: Bounds) -> TwoSidedBoundary:
    found = crossings(bounds, means=(0.0,) * len(bounds.upper))
    return TwoSidedBoundary(
        bounds=bounds,
        cumulative_alpha_upper=tuple(accumulate(found.upper)),
        cumulative_alpha_lower=tuple(accumulate(found.lower)),
    )
