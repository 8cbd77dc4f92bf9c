"""A group-sequential plan solved: bounds, drift for the power, and what the trial then does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import assert_never

from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.group_sequential.boundaries import Boundary
from equipoise.design.group_sequential.crossing import Bounds, Crossings, crossings
from equipoise.design.group_sequential.drift import LARGEST_DRIFT, solve_drift
from equipoise.design.group_sequential.futility import (
    BetaSpending,
    Binding,
    FixedFutility,
    NoFutility,
    NullSpending,
)
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.plan_bounds import plan_bounds, unobstructed
from equipoise.design.group_sequential.scales import Scale
from equipoise.stats.numerics.root import root

LEAST = 1e-12
"""Type II errors nearer to 0 or 1 are not looked for."""

UNSPENT = 1e-8
"""Share of the type I error that binding bounds may leave by rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedInformation:
    """Mean information at which the trial stops, over the maximum information.

    Attributes
    ----------
    null, halfway, planned : float
        Without an effect, with half the planned one, and with the planned one. Futility bounds
        are obeyed, binding or not.
    """

    null: float
    halfway: float
    planned: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequentialBoundary:
    """A one-sided group-sequential design, whatever the endpoint.

    Attributes
    ----------
    plan : SequentialPlan
        What it rests on.
    efficacy : tuple of float
        Reject at look k when Z is at least this; infinity where it is not tested.
    futility : tuple of float
        Give up at look k when Z is at most this; minus infinity where it is not looked at. At the
        last look the two bounds meet.
    cumulative_alpha : tuple of float
        Type I error up to and with each look; as if futility bounds were ignored where they are
        not binding.
    cumulative_power, cumulative_beta : tuple of float
        Probability, under the planned effect, of having rejected and of having given up.
    drift : float
        Mean of Z at the last look that the plan needs: effect times root of maximum information.
    power : float
        Probability of rejecting under it.
    type_one_error : float
        Probability of rejecting without an effect, when the futility bounds are obeyed.
    inflation_factor : float
        Maximum information over that of a trial with one look and the same power.
    expected_information : ExpectedInformation
        Over the maximum; times ``inflation_factor`` it is over that of a trial with one look.
    """

    plan: SequentialPlan
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    cumulative_alpha: tuple[float, ...]
    cumulative_power: tuple[float, ...]
    cumulative_beta: tuple[float, ...]
    drift: float
    power: float
    type_one_error: float
    inflation_factor: float
    expected_information: ExpectedInformation

    @property
    def bounds(self) -> Bounds:
        """Both bounds, as `crossings` takes them."""
        return Bounds(
            information_fractions=self.plan.information_fractions,
            lower=self.futility,
            upper=self.efficacy,
        )

    def crossings(self, drift: float) -> Crossings:
        """Return the probabilities of crossing under another drift, futility bounds obeyed."""
        return crossings(self.bounds, means=self.plan.means(drift))


def size_group_sequential(plan: SequentialPlan) -> GroupSequentialBoundary:
    r"""Return the bounds of a plan together with the drift that gives it its power.

    The drift :math:`\delta` solves

    .. math:: \sum_k P_\delta(\text{first reject at look } k) = \text{power}

    while futility bounds that depend on it (beta spending, conditional power) move along. The
    maximum information is then :math:`(\delta / \theta)^2` for a planned effect :math:`\theta`.

    Parameters
    ----------
    plan : SequentialPlan
        The plan.

    Raises
    ------
    BadInput
        When no drift gives the power, or the futility bound meets the efficacy bound before the
        last look.

    References
    ----------
    Pampallona and Tsiatis 1994, doi:10.1016/0378-3758(94)90187-2; Chang, Hwang and Shih 1998,
    doi:10.1080/03610929808832161; Jennison and Turnbull 2000, Group Sequential Methods with
    Applications to Clinical Trials, chapters 4, 5 and 7.
    """
    free = unobstructed(plan)
    at = partial(plan_bounds, plan, free=free, type_two_error=1 - plan.power)
    still = at(drift=plan.fixed_drift)
    moves = _follows_drift(plan)

    def power_at(drift: float) -> float:
        return _power(plan, at(drift=drift) if moves else still, drift=drift)

    drift = solve_drift(power_at, power=plan.power, near=plan.fixed_drift)
    return _solved(plan, at(drift=drift), drift=drift, free=free)


def power_group_sequential(plan: SequentialPlan, *, drift: float) -> GroupSequentialBoundary:
    """Return the bounds of a plan, and its power, when the drift is settled.

    The power wanted by the plan is not used. Beta spending then spends the type II error that the
    trial really has: 1 - power, found together with the bounds.

    Parameters
    ----------
    plan : SequentialPlan
        The plan.
    drift : float
        Mean of Z at the last look under the planned effect, above 0.

    Raises
    ------
    BadInput
        For a drift that is not above 0, or when the futility bound meets the efficacy bound before
        the last look.
    """
    if not 0 < drift < LARGEST_DRIFT:
        raise bad_input("a planned drift is above 0", where="drift", got=drift, fix="2.8")
    free = unobstructed(plan)
    at = partial(plan_bounds, plan, free=free, drift=drift)
    type_two_error = 1 - plan.power
    if isinstance(plan.futility, BetaSpending):

        def gained(type_two_error: float) -> float:
            bounds = at(type_two_error=type_two_error)
            return _power(plan, bounds, drift=drift) - (1 - type_two_error)

        type_two_error = root(gained, LEAST, 1 - LEAST, xtol=1e-15, rtol=1e-15)
    bounds = at(type_two_error=type_two_error)
    return _solved(plan, bounds, drift=drift, free=free)


def _follows_drift(plan: SequentialPlan) -> bool:
    """Tell whether the bounds depend on the planned effect."""
    match plan.futility:
        case BetaSpending():
            return True
        case FixedFutility(scale=scale):
            return scale in {Scale.EFFECT, Scale.PLANNED_POWER}
        case NoFutility() | NullSpending():
            return False
        case _:
            assert_never(plan.futility)


def _power(plan: SequentialPlan, bounds: Bounds, *, drift: float) -> float:
    return sum(crossings(bounds, means=plan.means(drift)).upper)


def _solved(
    plan: SequentialPlan, bounds: Bounds, *, drift: float, free: Boundary
) -> GroupSequentialBoundary:
    null, halfway, planned = (
        crossings(bounds, means=plan.means(effect)) for effect in (0.0, drift / 2, drift)
    )
    binding = plan.binding is Binding.BINDING
    unspent = plan.alpha_one_sided - sum(null.upper) if binding else 0.0
    _refuse_strong_futility(plan, bounds, unspent=unspent)
    at_null, at_half, at_plan = (_expected_share(plan, found) for found in (null, halfway, planned))
    power = sum(planned.upper)
    fixed = float(ndtri(power) - ndtri(plan.alpha_one_sided))
    return GroupSequentialBoundary(
        plan=plan,
        efficacy=bounds.upper,
        futility=bounds.lower,
        cumulative_alpha=tuple(accumulate(null.upper)) if binding else free.cumulative_alpha,
        cumulative_power=tuple(accumulate(planned.upper)),
        cumulative_beta=tuple(accumulate(planned.lower)),
        drift=drift,
        power=power,
        type_one_error=sum(null.upper),
        inflation_factor=(drift / fixed) ** 2,
        expected_information=ExpectedInformation(null=at_null, halfway=at_half, planned=at_plan),
    )


def _expected_share(plan: SequentialPlan, found: Crossings) -> float:
    """Return the mean information at the end; the bounds of the last look meet, so all stop."""
    return sum(
        fraction * stop
        for fraction, stop in zip(plan.information_fractions, found.stops, strict=True)
    )


def _refuse_strong_futility(plan: SequentialPlan, bounds: Bounds, *, unspent: float) -> None:
    """Refuse bounds that meet early, or leave fewer trials than there is error to spend."""
    pairs = zip(bounds.lower[:-1], bounds.upper, strict=False)
    if unspent > UNSPENT * plan.alpha_one_sided or any(low >= high for low, high in pairs):
        raise bad_input(
            "futility bounds leave room for efficacy at every look",
            where="futility",
            got=f"{bounds.lower} under {bounds.upper}",
            fix="futility that stops later or less often",
        )
