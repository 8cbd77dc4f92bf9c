"""The bounds of a plan under one drift."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import assert_never

from equipoise.design.group_sequential.boundaries import (
    Boundary,
    classic_boundary,
    clock_of,
    efficacy_boundary,
    tests_of,
    where_tested,
)
from equipoise.design.group_sequential.classic import Shape, shape_z, solve_final_z
from equipoise.design.group_sequential.crossing import Bounds, crossings, refuse_length
from equipoise.design.group_sequential.futility import (
    BetaSpending,
    Binding,
    FixedFutility,
    NoFutility,
    NullSpending,
)
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.scales import Place, Scale, z_of
from equipoise.design.group_sequential.spending import spent_at
from equipoise.design.group_sequential.spent_bounds import At, Side, Target, solve_bounds, spend
from equipoise.stats.numerics.root import root

ROUNDS = 100
SAME = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What futility bounds may depend on.

    Attributes
    ----------
    drift : float
        Planned mean of Z at the last look.
    type_two_error : float
        Probability of not rejecting under that drift.
    acceptance : float
        Probability of not rejecting without an effect.
    final_z : float
        Efficacy bound at the last look.
    """

    drift: float
    type_two_error: float
    acceptance: float
    final_z: float


def unobstructed(plan: SequentialPlan) -> Boundary:
    """Return the efficacy boundary of a plan as if it had no futility bounds."""
    if isinstance(plan.efficacy, Shape):
        return classic_boundary(
            plan.information_fractions,
            alpha_one_sided=plan.alpha_one_sided,
            shape=plan.efficacy,
            tested=plan.tested,
        )
    return efficacy_boundary(
        plan.information_fractions,
        alpha_one_sided=plan.alpha_one_sided,
        spending=plan.efficacy,
        spending_times=plan.spending_times,
        tested=plan.tested,
    )


def plan_bounds(
    plan: SequentialPlan, *, free: Boundary, drift: float, type_two_error: float
) -> Bounds:
    """Return the bounds of a plan; those of the last look meet.

    Parameters
    ----------
    plan : SequentialPlan
        The plan.
    free : Boundary
        Its `unobstructed` efficacy boundary.
    drift : float
        Planned mean of Z at the last look.
    type_two_error : float
        What beta spending spends: 1 - the power wanted.
    """
    case = Case(
        drift=drift,
        type_two_error=type_two_error,
        acceptance=1 - plan.alpha_one_sided,
        final_z=free.z[-1],
    )
    match plan.binding:
        case Binding.NON_BINDING:
            return _non_binding(plan, case, free=free)
        case Binding.BINDING:
            return _binding(plan, case, free=free)
        case _:
            assert_never(plan.binding)


def _non_binding(plan: SequentialPlan, case: Case, *, free: Boundary) -> Bounds:
    """Return the bounds under given efficacy bounds.

    The chance of not rejecting without an effect, which null spending spends, is itself raised by
    the futility bounds, if by little: it is found by going round.
    """
    upper = tuple(At(z) for z in free.z)
    bounds = _solved(plan, case, upper=upper)
    if not isinstance(plan.futility, NullSpending):
        return bounds
    for _ in range(ROUNDS):
        acceptance = 1 - _null_error(bounds)
        if abs(acceptance - case.acceptance) < SAME:
            break
        case = replace(case, acceptance=acceptance)
        bounds = _solved(plan, case, upper=upper)
    return bounds


def _binding(plan: SequentialPlan, case: Case, *, free: Boundary) -> Bounds:
    """Return the bounds when efficacy bounds count on the futility bounds."""
    if isinstance(plan.efficacy, Shape):
        return _binding_shape(plan, case, shape=plan.efficacy)
    upper = spend(free.cumulative_alpha)
    if not isinstance(plan.futility, FixedFutility) or plan.futility.scale is Scale.Z:
        return _solved(plan, case, upper=upper)

    def found(final_z: float) -> Bounds:
        return _solved(plan, replace(case, final_z=final_z), upper=upper)

    def raised(final_z: float) -> float:
        return found(final_z).upper[-1] - final_z

    if raised(0.0) <= 0:  # futility leaves fewer trials than there is error to spend
        return found(0.0)
    # A higher final bound raises the futility bounds, and they lower the final bound.
    return found(root(raised, 0.0, free.z[-1] + 1e-6, xtol=1e-14, rtol=1e-15))


def _binding_shape(plan: SequentialPlan, case: Case, *, shape: Shape) -> Bounds:
    fractions = plan.information_fractions
    tests = tests_of(plan.tested, looks=len(fractions))

    def found(final_z: float) -> Bounds:
        z = shape_z(shape, information_fractions=fractions, final_z=final_z)
        upper = tuple(At(bound) for bound in where_tested(z, tested=tests))
        return _solved(plan, replace(case, final_z=final_z), upper=upper)

    def error(final_z: float) -> float:
        return _null_error(found(final_z))

    if error(0.0) < plan.alpha_one_sided:  # futility leaves too few trials, as above
        return found(0.0)
    return found(solve_final_z(error, alpha_one_sided=plan.alpha_one_sided))


def _solved(plan: SequentialPlan, case: Case, *, upper: tuple[Target, ...]) -> Bounds:
    return solve_bounds(
        plan.information_fractions,
        upper=Side(targets=upper, means=(0.0,) * len(upper)),
        lower=_lower(plan, case),
        upper_sees_lower=plan.binding is Binding.BINDING,
    )


def _lower(plan: SequentialPlan, case: Case) -> Side:
    """Return what is wanted of the lower bounds; that of the last look meets the upper one."""
    match plan.futility:
        case NoFutility():
            targets: tuple[Target, ...] = (At(-inf),) * len(plan.information_fractions)
            means = plan.means(0.0)
        case BetaSpending():
            targets = _spending_targets(plan, plan.futility, error=case.type_two_error)
            means = plan.means(case.drift)
        case NullSpending():
            targets = _spending_targets(plan, plan.futility, error=case.acceptance)
            means = plan.means(0.0)
        case FixedFutility():
            targets = (*_fixed_targets(plan, plan.futility, case=case), At(inf))
            means = plan.means(0.0)
        case _:
            assert_never(plan.futility)
    return Side(targets=(*targets[:-1], At(inf)), means=means)


def _spending_targets(
    plan: SequentialPlan, futility: BetaSpending | NullSpending, *, error: float
) -> tuple[Target, ...]:
    fractions = plan.information_fractions
    return spend(
        spent_at(
            futility.spending,
            times=clock_of(futility.spending_times, information_fractions=fractions),
            error=error,
            spends=tests_of(futility.tested, looks=len(fractions)),
        )
    )


def _fixed_targets(
    plan: SequentialPlan, futility: FixedFutility, *, case: Case
) -> tuple[Target, ...]:
    fractions, means = plan.information_fractions[:-1], plan.means(case.drift)
    refuse_length(futility.values, looks=len(fractions), where="values")
    targets = []
    for value, fraction, mean in zip(futility.values, fractions, means[:-1], strict=True):
        place = Place(fraction=fraction, mean=mean, drift=case.drift, final_z=case.final_z)
        z = -inf if value is None else z_of(value, scale=futility.scale, place=place)
        targets.append(At(z))
    return tuple(targets)


def _null_error(bounds: Bounds) -> float:
    """Return the probability of rejecting without an effect when the futility bounds are kept."""
    return sum(crossings(bounds, means=(0.0,) * len(bounds.upper)).upper)
