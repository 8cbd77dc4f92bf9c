"""A group-sequential plan: efficacy and futility rules in, bounds and the drift they need out."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

from scipy.special import ndtri

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_alpha, refuse_power
from equipoise.design.group_sequential.boundaries import clock_of, tests_of
from equipoise.design.group_sequential.classic import Shape
from equipoise.design.group_sequential.crossing import refuse_fractions, refuse_means
from equipoise.design.group_sequential.futility import Binding, Futility, NoFutility
from equipoise.design.group_sequential.spending import Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialPlan:
    """What a one-sided group-sequential design rests on.

    Attributes
    ----------
    information_fractions : tuple of float
        t, rising to 1.
    alpha_one_sided : float
        Type I error of the whole trial, between 0 and 0.5.
    power : float
        Wanted probability of rejecting under the planned effect, above alpha.
    efficacy : Spending or Shape
        How the type I error is spread over the looks.
    futility : Futility
        When to stop without a rejection.
    binding : Binding
        Whether futility bounds have to be obeyed.
    spending_times : tuple of float, optional
        Clock by which the type I error is spent; otherwise the information fractions.
    tested : tuple of bool, optional
        Whether efficacy is tested, one for each look; the last is always.
    effect_shares : tuple of float, optional
        Planned effect as estimated at each look over that at the last: all 1 for an effect that
        is constant in time, rising for a delayed one. The mean of Z at look k is
        ``drift * sqrt(t[k]) * effect_shares[k]``.

    Raises
    ------
    BadInput
        For fractions, errors, clocks and shares that cannot be meant, and for another clock of a
        classic shape, which spends in its own way.
    """

    information_fractions: tuple[float, ...]
    alpha_one_sided: float
    power: float
    efficacy: Spending | Shape
    futility: Futility = field(default_factory=NoFutility)
    binding: Binding = Binding.NON_BINDING
    spending_times: tuple[float, ...] | None = None
    tested: tuple[bool, ...] | None = None
    effect_shares: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be meant."""
        refuse_fractions(self.information_fractions)
        refuse_alpha(self.alpha_one_sided)
        refuse_power(self.power, alpha_one_sided=self.alpha_one_sided)
        clock_of(self.spending_times, information_fractions=self.information_fractions)
        if isinstance(self.efficacy, Shape) and self.spending_times is not None:
            raise bad_input(
                "a classic shape has no spending clock",
                where="spending_times",
                got=self.spending_times,
                fix="a spending function, as OBrienFlemingSpending()",
            )
        tests_of(self.tested, looks=len(self.information_fractions))
        refuse_means(self.shares, looks=len(self.information_fractions))
        if self.shares[-1] != 1:
            raise bad_input(
                "effects are shares of that at the last look",
                where="effect_shares",
                got=self.effect_shares,
                fix="(0.6, 0.9, 1.0)",
            )

    @property
    def shares(self) -> tuple[float, ...]:
        """Effect shares, 1 where none are given."""
        return self.effect_shares or (1.0,) * len(self.information_fractions)

    @property
    def fixed_drift(self) -> float:
        """Drift that one look alone would need for the power."""
        return float(ndtri(self.power) - ndtri(self.alpha_one_sided))

    def means(self, drift: float) -> tuple[float, ...]:
        """Return the means of Z at the looks for a drift."""
        return tuple(
            drift * sqrt(fraction) * share
            for fraction, share in zip(self.information_fractions, self.shares, strict=True)
        )
