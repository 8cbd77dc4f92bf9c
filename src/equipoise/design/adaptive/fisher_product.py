"""Fisher's product test of independent stages, with early stopping for efficacy and futility."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, pairwise
from math import exp, inf, log, prod
from typing import assert_never

from scipy.optimize import brentq
from scipy.special import gammainccinv

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.combination import Verdict
from equipoise.design.adaptive.product_recursion import (
    ProductDensity,
    ProductStage,
    after_stage,
    chance_reached,
    product_level,
    rejection_probabilities,
)
from equipoise.design.assumed import refuse_alpha
from equipoise.design.group_sequential.crossing import refuse_length
from equipoise.design.group_sequential.futility import Binding

ROUNDING = 1e-13
"""An error this much above alpha, in its logarithm, is alpha: a single stage has no more."""

LEAST = 1e-6
"""Smallest level looked for, as a share of alpha."""

LARGEST = 1 - 1e-12
SMALLEST = 1e-300
DEEPEST = 700.0
"""Minus logarithm of the smallest product looked for."""


class FisherLevels(StrEnum):
    """How the error is spread: levels are those of a product test without early stopping."""

    EQUAL = "equal"
    """The product of k stages is tested at the same level for every k (rpact's default)."""

    FULL_LAST = "full_last"
    """The last at the level of the whole trial, those before it at one smaller level: Bauer and
    Koehne. Binding futility pays for the early looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentAlpha:
    """Error spent up to and with each stage, said outright.

    Attributes
    ----------
    cumulative : tuple of float
        One for each stage, never falling, the last is the error of the whole trial.
    """

    cumulative: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FisherPlan:
    """What a product test rests on.

    Attributes
    ----------
    alpha_one_sided : float
        Error of the whole trial, between 0 and 0.5.
    weights : tuple of float
        Exponents of the stages' p-values, above 0; all 1 for Fisher's own product.
    levels : FisherLevels or SpentAlpha
        How the error is spread.
    futility_p : tuple of float
        For each stage before the last, give up when its own p-value is at least this; 1 for never.
    binding : Binding
        Whether that has to be obeyed; if so, the efficacy bounds are wider.

    Raises
    ------
    BadInput
        For numbers out of range, of other lengths than the stages, and error spent that does not
        end at alpha.
    """

    alpha_one_sided: float
    weights: tuple[float, ...] = (1.0, 1.0)
    levels: FisherLevels | SpentAlpha = FisherLevels.EQUAL
    futility_p: tuple[float, ...] = (1.0,)
    binding: Binding = Binding.NON_BINDING

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be meant."""
        refuse_alpha(self.alpha_one_sided)
        if not self.weights or not all(0 < weight < inf for weight in self.weights):
            raise bad_input("a weight is above 0", where="weights", got=self.weights, fix="(1, 1)")
        refuse_length(self.futility_p, looks=len(self.weights) - 1, where="futility_p")
        if not all(0 < p <= 1 for p in self.futility_p):
            raise bad_input(
                "a futility bound on p lies above 0 and is at most 1",
                where="futility_p",
                got=self.futility_p,
                fix="0.5, or 1 for none",
            )
        if isinstance(self.levels, SpentAlpha):
            self._refuse_spent(self.levels.cumulative)
        free = self.binding is Binding.NON_BINDING or min(self.futility_p, default=1.0) == 1
        if self.levels is FisherLevels.FULL_LAST and free:
            raise bad_input(
                "the full level at the last stage is paid for by binding futility",
                where="levels, futility_p, binding",
                got=f"{self.binding} futility at {self.futility_p}",
                fix="futility_p=(0.5,) with Binding.BINDING, or FisherLevels.EQUAL",
            )

    def _refuse_spent(self, spent: tuple[float, ...]) -> None:
        refuse_length(spent, looks=len(self.weights), where="levels")
        rising = all(before <= after for before, after in pairwise((0.0, *spent)))
        if not rising or spent[-1] != self.alpha_one_sided:
            raise bad_input(
                "the error spent never falls, and ends at alpha",
                where="levels",
                got=spent,
                fix=f"(0.01, {self.alpha_one_sided:g})",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FisherBoundary:
    r"""Reject after stage k when the weighted product of its p-values is at most ``products[k]``.

    Attributes
    ----------
    plan : FisherPlan
        What it rests on.
    products : tuple of float
        Bounds on :math:`\prod_{j \le k} p_j^{w_j}`; 0 where nothing is tested.
    cumulative_alpha : tuple of float
        Error spent up to and with each stage; as if futility were ignored where it is not binding.
    """

    plan: FisherPlan
    products: tuple[float, ...]
    cumulative_alpha: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FisherTest:
    """A product test after some stages.

    Attributes
    ----------
    products : tuple of float
        Weighted product after each stage.
    verdicts : tuple of Verdict
        What each look says when the trial came to it.
    stagewise_p_value : float
        Chance, without an effect, of rejecting at an earlier stage or of a product as small at the
        last one given: the p-value when the trial ends there.
    """

    products: tuple[float, ...]
    verdicts: tuple[Verdict, ...]
    stagewise_p_value: float


def fisher_boundary(plan: FisherPlan) -> FisherBoundary:
    r"""Return the bounds of a product test.

    For two stages with exponents 1, a bound :math:`c_1` on the first p-value, :math:`c_2` on the
    product and futility from :math:`\alpha_0` on, the error is

    .. math:: c_1 + c_2 (\ln \alpha_0 - \ln c_1)

    and for more stages or other weights that of `product_recursion`, to 1e-13.

    Parameters
    ----------
    plan : FisherPlan
        The plan.

    Raises
    ------
    BadInput
        When no bounds of the kind wanted have the error.

    References
    ----------
    Bauer and Koehne 1994, doi:10.2307/2533441; Wassmer and Brannath 2016, Group Sequential and
    Confirmatory Adaptive Designs in Clinical Trials, section 6.3, doi:10.1007/978-3-319-32562-0.
    """
    depths = _depths(plan)
    errors = rejection_probabilities(_stages(plan, depths=depths))
    return FisherBoundary(
        plan=plan,
        products=tuple(exp(-depth) for depth in depths),
        cumulative_alpha=tuple(accumulate(errors)),
    )


def fisher_test(p_values: tuple[float, ...], *, boundary: FisherBoundary) -> FisherTest:
    """Return the product test after some stages.

    Parameters
    ----------
    p_values : tuple of float
        One-sided p-value of each stage alone, the first stages or all.
    boundary : FisherBoundary
        The bounds.

    Raises
    ------
    BadInput
        For p-values out of range, and more of them than stages.
    """
    plan = boundary.plan
    products = _products(p_values, plan=plan)
    futility = (*plan.futility_p, inf)
    verdicts = (
        _verdict(product, p=p, bound=bound, futility=give_up)
        for product, p, bound, give_up in zip(
            products, p_values, boundary.products, futility, strict=False
        )
    )
    done = len(products)
    ended = (*_logs(boundary.products[: done - 1]), *_logs(products[-1:]))
    return FisherTest(
        products=products,
        verdicts=tuple(verdicts),
        stagewise_p_value=min(1.0, sum(rejection_probabilities(_stages(plan, depths=ended)))),
    )


def fisher_repeated_p_values(p_values: tuple[float, ...], *, plan: FisherPlan) -> tuple[float, ...]:
    """Return, after each stage, the error whose bound is the product there.

    Only for equal levels, whose bounds move with the error alone. The error of the plan itself is
    not used.

    Raises
    ------
    BadInput
        For levels that are not equal.
    """
    if plan.levels is not FisherLevels.EQUAL:
        raise bad_input(
            "repeated p-values belong to equal levels",
            where="plan.levels",
            got=plan.levels,
            fix="FisherLevels.EQUAL, or the stage-wise p-value",
        )

    def error(stages: int, product: float) -> float:
        level = product_level(plan.weights[:stages], depth=_logs((product,))[0])
        depths = _level_depths(plan, levels=(level,) * len(plan.weights))
        return min(1.0, sum(rejection_probabilities(_stages(plan, depths=depths))))

    products = _products(p_values, plan=plan)
    return tuple(error(stages, product) for stages, product in enumerate(products, start=1))


def _depths(plan: FisherPlan) -> tuple[float, ...]:
    """Return minus the logarithms of the bounds."""
    stages = len(plan.weights)
    match plan.levels:
        case SpentAlpha(cumulative=spent):
            return _spent_depths(plan, spent=spent)
        case FisherLevels.EQUAL:

            def levels(level: float) -> tuple[float, ...]:
                return (level,) * stages

        case FisherLevels.FULL_LAST:

            def levels(level: float) -> tuple[float, ...]:
                return (*(level,) * (stages - 1), plan.alpha_one_sided)

        case _:
            assert_never(plan.levels)
    return _solved_depths(plan, levels=levels)


def _solved_depths(
    plan: FisherPlan, *, levels: Callable[[float], tuple[float, ...]]
) -> tuple[float, ...]:
    """Return the bounds of the level that has the error of the plan."""

    def depths(level: float) -> tuple[float, ...]:
        return _level_depths(plan, levels=levels(level))

    def excess(level: float) -> float:
        found = sum(rejection_probabilities(_stages(plan, depths=depths(level))))
        return log(found / plan.alpha_one_sided)

    whole = plan.alpha_one_sided
    if excess(whole) <= ROUNDING:
        return depths(whole)
    return depths(float(brentq(excess, LEAST * whole, whole, xtol=1e-17, rtol=1e-14)))


def _level_depths(plan: FisherPlan, *, levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return the bounds of product tests of 1, 2, ... stages at some levels."""
    weights = plan.weights

    def depth_of(stages: int, level: float) -> float:
        if len(set(weights[:stages])) == 1:
            return weights[0] * float(gammainccinv(stages, level))
        return _deep_enough(lambda depth: product_level(weights[:stages], depth=depth), level=level)

    return tuple(depth_of(stages, level) for stages, level in enumerate(levels, start=1))


def _spent_depths(plan: FisherPlan, *, spent: tuple[float, ...]) -> tuple[float, ...]:
    """Return the bounds that spend an error stage by stage."""
    density, depths = ProductDensity(), []
    stages = _stages(plan, depths=(inf,) * len(spent))
    for stage, (before, after) in zip(stages, pairwise((0.0, *spent)), strict=True):
        depth = _depth_due(after - before, density=density, stage=stage)
        depths.append(depth)
        density = after_stage(density, replace(stage, reached=depth))
    return tuple(depths)


def _depth_due(share: float, *, density: ProductDensity, stage: ProductStage) -> float:
    if share <= 0:
        return inf

    def error(depth: float) -> float:
        return chance_reached(density, replace(stage, reached=depth))

    return _deep_enough(error, level=share)


def _deep_enough(error: Callable[[float], float], *, level: float) -> float:
    """Return the depth at which an error that falls with it is a level."""
    if level >= LARGEST:
        return 0.0

    def excess(depth: float) -> float:
        return log(max(error(depth), SMALLEST) / level)

    if excess(0.0) <= 0:
        raise bad_input(
            "some bound spends what is due",
            where="levels",
            got=f"{level:g} of {error(0.0):g} that is left",
            fix="less error at this stage, or less futility before it",
        )
    high = 1.0
    while excess(high) > 0 and high < DEEPEST:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-14, rtol=1e-15))


def _stages(plan: FisherPlan, *, depths: tuple[float, ...]) -> tuple[ProductStage, ...]:
    """Return the first stages as the error sees them: futility counts where it is binding."""
    match plan.binding:
        case Binding.BINDING:
            futility = (*plan.futility_p, 1.0)
        case Binding.NON_BINDING:
            futility = (1.0,) * len(plan.weights)
        case _:
            assert_never(plan.binding)
    return tuple(
        ProductStage(weight=weight, reached=depth, least=-weight * log(p))
        for weight, depth, p in zip(plan.weights, depths, futility, strict=False)
    )


def _products(p_values: tuple[float, ...], *, plan: FisherPlan) -> tuple[float, ...]:
    stages = len(plan.weights)
    if not 1 <= len(p_values) <= stages or not all(0 <= p <= 1 for p in p_values):
        raise bad_input(
            "p-values lie between 0 and 1, at most one for each stage",
            where="p_values",
            got=f"{p_values} of {stages} stages",
            fix="(0.03, 0.02)",
        )
    powers = [p**weight for p, weight in zip(p_values, plan.weights, strict=False)]
    return tuple(prod(powers[:done]) for done in range(1, len(powers) + 1))


def _logs(products: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(-log(product) if product > 0 else inf for product in products)


def _verdict(product: float, *, p: float, bound: float, futility: float) -> Verdict:
    if product <= bound and bound > 0:
        return Verdict.REJECT
    return Verdict.GIVE_UP if p >= futility and futility < 1 else Verdict.GO_ON
