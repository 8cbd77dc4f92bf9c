"""Closed testing: a hypothesis falls when every intersection that contains it falls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import inf, sqrt
from typing import assert_never

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.base.errors import bad_input
from equipoise.design.adaptive.combination import combined_z
from equipoise.design.group_sequential.crossing import Bounds

MOST = 12
"""Hypotheses whose closure is still gone through: 4095 intersections."""

REACH = 8.3
_UNIT, _WEIGHTS = np.polynomial.legendre.leggauss(96)
_CONTROL = REACH * _UNIT
_MASS = REACH * _WEIGHTS * np.exp(-(_CONTROL**2) / 2) / sqrt(2 * np.pi)

Intersection = frozenset[str]


@dataclass(frozen=True, slots=True)
class BonferroniTest:
    """The smallest p-value times the number of hypotheses; valid whatever the dependence."""


@dataclass(frozen=True, slots=True)
class SimesTest:
    """The least of p times number over rank; valid for independent or positively dependent Z."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DunnettTest:
    """The largest Z of several arms against one control, whose correlation is known.

    Attributes
    ----------
    allocation : mapping of str to float
        Experimental subjects of each arm for one control subject, above 0.
    """

    allocation: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse arms without subjects."""
        if not self.allocation or not all(0 < share < inf for share in self.allocation.values()):
            raise bad_input(
                "each arm has subjects",
                where="allocation",
                got=dict(self.allocation),
                fix='{"low": 1.0, "high": 1.0}',
            )


IntersectionTest = BonferroniTest | SimesTest | DunnettTest


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCombination:
    """A closed combination test after some stages.

    Attributes
    ----------
    rejected_at : mapping of str to int or None
        For each hypothesis the look, counted from 1, at which it fell; None for not yet.
    adjusted_p : mapping of str to float
        Largest combined p-value of the intersections that contain it, after the last stage given,
        as if there were one look.
    combined_z : mapping of frozenset of str to tuple of float
        Combined statistic of each intersection after each stage.
    """

    rejected_at: Mapping[str, int | None]
    adjusted_p: Mapping[str, float]
    combined_z: Mapping[Intersection, tuple[float, ...]]


def dunnett_correlation(allocation: tuple[float, ...]) -> tuple[tuple[float, ...], ...]:
    r"""Return the correlation of the Z of several arms that share a control.

    .. math:: \rho_{ij} = \sqrt{\frac{r_i}{1 + r_i} \frac{r_j}{1 + r_j}}

    Parameters
    ----------
    allocation : tuple of float
        r, experimental subjects for one control subject; all 1 gives 1/2 throughout.

    References
    ----------
    Dunnett 1955, doi:10.1080/01621459.1955.10501294.
    """
    loadings = [control_loading(share) for share in allocation]
    return tuple(
        tuple(1.0 if i == j else one * other for j, other in enumerate(loadings))
        for i, one in enumerate(loadings)
    )


def control_loading(allocation: float) -> float:
    """Return the correlation of an arm's Z with the mean of the control: sqrt(r / (1 + r))."""
    return sqrt(allocation / (1 + allocation))


@np.errstate(under="ignore")
def dunnett_p_value(z: float, *, allocation: tuple[float, ...]) -> float:
    r"""Return the chance, without any effect, that the largest Z of some arms is at least this.

    .. math:: 1 - \int \phi(u) \prod_i
              \Phi\left(\frac{z - \lambda_i u}{\sqrt{1 - \lambda_i^2}}\right) du,
              \qquad \lambda_i = \sqrt{r_i / (1 + r_i)}

    given the control, the arms are independent. Absolute error below 1e-12.

    Parameters
    ----------
    z : float
        Largest Z, of variance 1.
    allocation : tuple of float
        r of each arm.

    References
    ----------
    Dunnett 1955, doi:10.1080/01621459.1955.10501294.
    """
    if len(allocation) == 1:
        return float(ndtr(-z))
    passed = np.zeros_like(_CONTROL)
    for share in allocation:
        loading = control_loading(share)
        at = (z - loading * _CONTROL) / sqrt(1 - loading**2)
        passed += (1 - passed) * ndtr(-at)  # 1 - (1 - p)(1 - q), without losing small ones
    return min(1.0, float(passed @ _MASS))


def intersection_p_value(z: Mapping[str, float], *, test: IntersectionTest) -> float:
    """Return the p-value of the hypothesis that none of some arms has an effect.

    Parameters
    ----------
    z : mapping of str to float
        Z of each arm, large favouring the experimental one.
    test : IntersectionTest
        Which test; Dunnett's has to know the allocation of each arm.

    Raises
    ------
    BadInput
        For no arms, and an arm whose allocation is not known.

    References
    ----------
    Simes 1986, doi:10.1093/biomet/73.3.751.
    """
    if not z:
        raise bad_input("an intersection has hypotheses", where="z", got=dict(z), fix="one or more")
    match test:
        case BonferroniTest():
            return min(1.0, len(z) * float(ndtr(-max(z.values()))))
        case SimesTest():
            falling = sorted(z.values(), reverse=True)
            ranked = (float(ndtr(-at)) / rank for rank, at in enumerate(falling, start=1))
            return len(z) * min(ranked)
        case DunnettTest(allocation=allocation):
            _refuse_unknown(set(z), known=set(allocation))
            arms = tuple(allocation[arm] for arm in sorted(z))
            return dunnett_p_value(max(z.values()), allocation=arms)
        case _:
            assert_never(test)


def closed_p_values(
    hypotheses: tuple[str, ...], *, p_value: Callable[[Intersection], float]
) -> Mapping[str, float]:
    """Return for each hypothesis the largest p-value of the intersections that contain it.

    Rejecting those at most alpha keeps the chance of any false rejection at alpha, whichever
    hypotheses are true, when each intersection is tested at alpha.

    Parameters
    ----------
    hypotheses : tuple of str
        Names, at most 12.
    p_value : callable
        P-value of an intersection.

    Raises
    ------
    BadInput
        For no hypotheses, more than 12, or a name twice.

    References
    ----------
    Marcus, Peritz and Gabriel 1976, doi:10.1093/biomet/63.3.655.
    """
    found = {part: p_value(part) for part in closure(hypotheses)}
    return {name: max(p for part, p in found.items() if name in part) for name in hypotheses}


def closure(hypotheses: tuple[str, ...]) -> tuple[Intersection, ...]:
    """Return all intersections of some hypotheses, small ones first.

    Raises
    ------
    BadInput
        For no hypotheses, more than 12, or a name twice.
    """
    if not 1 <= len(hypotheses) <= MOST or len(set(hypotheses)) < len(hypotheses):
        raise bad_input(
            f"one to {MOST} hypotheses, each of its own name, are tested together",
            where="hypotheses",
            got=hypotheses,
            fix='("low", "high")',
        )
    return tuple(
        frozenset(part)
        for size in range(1, len(hypotheses) + 1)
        for part in combinations(hypotheses, size)
    )


def closed_combination_test(
    stage_z: tuple[Mapping[str, float], ...], *, test: IntersectionTest, bounds: Bounds
) -> ClosedCombination:
    """Return the closed test of several arms by inverse normal combination over the stages.

    An intersection is tested at a stage by those of its arms that are still in the trial; when
    none is left, the stage says nothing for it (a p-value of 1). An arm falls at the first look by
    which all its intersections have crossed the efficacy bound, whatever rule chose the arms.

    Parameters
    ----------
    stage_z : tuple of mapping of str to float
        For each stage so far, Z from its own subjects of the arms that were in it; the first stage
        has all arms.
    test : IntersectionTest
        How an intersection is tested within a stage.
    bounds : Bounds
        Bounds on the combined statistic, at the information fractions that fix the weights; lower
        ones are not looked at.

    Raises
    ------
    BadInput
        For stages without arms, arms that come back, and more stages than planned.

    References
    ----------
    Bretz, Schmidli, Koenig, Racine and Maurer 2006, doi:10.1002/bimj.200510232; Posch et al. 2005,
    doi:10.1002/sim.2389.
    """
    _refuse_returning(stage_z)
    names = tuple(stage_z[0])
    found = {
        part: combined_z(
            tuple(_stage_of(part, z=z, test=test) for z in stage_z),
            information_fractions=bounds.information_fractions,
        )
        for part in closure(names)
    }
    fell = {part: _crossed_at(z, bounds=bounds) for part, z in found.items()}
    last = {part: float(ndtr(-z[-1])) for part, z in found.items()}
    return ClosedCombination(
        rejected_at={
            name: _latest(at for part, at in fell.items() if name in part) for name in names
        },
        adjusted_p={name: max(p for part, p in last.items() if name in part) for name in names},
        combined_z=found,
    )


def _stage_of(part: Intersection, *, z: Mapping[str, float], test: IntersectionTest) -> float:
    left = {name: at for name, at in z.items() if name in part}
    return float(-ndtri(intersection_p_value(left, test=test))) if left else -inf


def _crossed_at(z: tuple[float, ...], *, bounds: Bounds) -> int | None:
    looks = enumerate(zip(z, bounds.upper, strict=False), start=1)
    return next((look for look, (at, bound) in looks if at >= bound), None)


def _latest(looks: Iterable[int | None]) -> int | None:
    """Return the last of some looks; None when one is still to come."""
    known = tuple(looks)
    return None if None in known else max(look for look in known if look is not None)


def _refuse_unknown(arms: set[str], *, known: set[str]) -> None:
    if not arms <= known:
        raise bad_input(
            "the allocation of each arm is known",
            where="test.allocation",
            got=sorted(arms - known),
            fix="name the arms as in z",
        )


def _refuse_returning(stage_z: tuple[Mapping[str, float], ...]) -> None:
    kept = all(set(after) <= set(before) for before, after in pairwise(stage_z))
    if not stage_z or not all(stage_z) or not kept:
        raise bad_input(
            "each stage has arms, and none that an earlier one had left out",
            where="stage_z",
            got=tuple(tuple(z) for z in stage_z),
            fix='({"low": 1.1, "high": 1.9}, {"high": 1.6})',
        )
