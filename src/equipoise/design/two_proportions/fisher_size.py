"""Subjects and power of a trial that ends with Fisher's exact test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, log, sqrt
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.design.assumed import refuse_power
from equipoise.design.one_arm.binomial_arm import binomial_masses
from equipoise.design.one_arm.exact_single_stage import SizeConvention
from equipoise.design.two_proportions.exact_region import HAIR, ArmSizes, FisherTail
from equipoise.design.two_proportions.fisher_kernel import fisher_power
from equipoise.design.two_proportions.goal import TwoRates, shares

FARTHEST = 5000
"""Subjects beyond which an exact trial is not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FisherSize:
    """Subjects of a trial that ends with Fisher's test.

    Attributes
    ----------
    arms : ArmSizes
        Subjects of each arm.
    attained_power : float
        Exact.
    rates : TwoRates
        Assumed rates.
    tail : FisherTail
        Kind of test; alpha is of one side or two, as it is.
    alpha : float
        Largest p-value that rejects.
    convention : SizeConvention
        Which size this is.
    """

    arms: ArmSizes
    attained_power: float
    rates: TwoRates
    tail: FisherTail
    alpha: float
    convention: SizeConvention


def size_fisher(
    rates: TwoRates,
    *,
    alpha: float,
    power: float,
    tail: FisherTail = FisherTail.ONE_SIDED,
    allocation: float = 1.0,
    convention: SizeConvention = SizeConvention.LASTING,
) -> FisherSize:
    r"""Return the subjects with which Fisher's test has a power, exactly.

    Trials are looked at by rising total, whose experimental arm is the nearest whole number to its
    share; with 1:1 totals are even, with 2:1 multiples of 3, and so on (of the smallest whole
    allocation; any total for an allocation that is none).

    Exact power falls and rises with n. The chance of missing a difference of observed rates d is
    at most :math:`\exp(-2 (\delta - d)^2 N s_E s_C)`, and given the margins a difference d has a
    p-value of at most :math:`\exp(-2 d^2 N s_E^2 s_C^2 / \min(s))` (Hoeffding), times the number
    of results where those of both sides are added. So every total beyond

    .. math:: \sqrt N \delta = \sqrt{\frac{\min(s) \log(1/\alpha)}{2 s_E^2 s_C^2}} +
              \sqrt{\frac{\log(1/\beta)}{2 s_E s_C}}

    has the power, and all totals up to there decide for all.

    Parameters
    ----------
    rates : TwoRates
        Assumed rates, the experimental one higher.
    alpha : float
        Largest p-value that rejects; of both sides for `FisherTail.BY_CHANCE`.
    power : float
        Wanted power.
    tail : FisherTail
        What the p-value adds up.
    allocation : float
        Experimental subjects for each control subject.
    convention : SizeConvention
        The first size that has the power, or the first from which all larger ones have it.

    Raises
    ------
    BadInput
        For an experimental rate that is not higher, and rates so close that more than 5000
        subjects would have to be looked at.

    References
    ----------
    Casagrande, Pike and Smith 1978, doi:10.2307/2346945; Hoeffding 1963,
    doi:10.1080/01621459.1963.10500830.
    """
    refuse_power(power, alpha_one_sided=alpha)
    _refuse_not_higher(rates)
    enough = _enough(rates, errors=(alpha, 1 - power), tail=tail, allocation=allocation)
    found: FisherSize | None = None
    for arms in _trials(allocation, upto=enough):
        reached = fisher_exact_power(arms, rates=rates, alpha=alpha, tail=tail)
        if reached < power:
            found = None
        elif found is None:
            found = FisherSize(
                arms=arms,
                attained_power=reached,
                rates=rates,
                tail=tail,
                alpha=alpha,
                convention=convention,
            )
        if found is not None and convention is SizeConvention.FIRST:
            break
    if found is None:
        raise _too_close(rates, subjects=enough)
    return found


def fisher_exact_power(
    arms: ArmSizes, *, rates: TwoRates, alpha: float, tail: FisherTail = FisherTail.ONE_SIDED
) -> float:
    """Return the exact chance that Fisher's test rejects, to 1e-13.

    All pairs of counts are added up whose chance counts, ordered by the successes of both arms.

    Parameters
    ----------
    arms : ArmSizes
        Subjects.
    rates : TwoRates
        True rates.
    alpha : float
        Largest p-value that rejects, inside (0, 0.5).
    tail : FisherTail
        What the p-value adds up; rejections on either side count for `FisherTail.BY_CHANCE`.

    Raises
    ------
    BadInput
        For an alpha out of range.
    """
    if not 0 < alpha < 0.5:
        raise bad_input("an error lies between 0 and 0.5", where="alpha", got=alpha, fix="0.025")
    match tail:
        case FisherTail.ONE_SIDED:
            sides = 1
        case FisherTail.BY_CHANCE:
            sides = 2
        case _:
            assert_never(tail)
    control = binomial_masses(arms.control, rate=rates.control)
    experimental = binomial_masses(arms.experimental, rate=rates.experimental)
    return float(fisher_power((control, experimental), alpha * (1 + HAIR), sides))


def _trials(allocation: float, *, upto: int) -> Iterator[ArmSizes]:
    """Return the trials that are looked at, by rising total."""
    _, share = shares(allocation)
    whole = allocation if allocation >= 1 else 1 / allocation
    step = round(whole) + 1 if abs(whole - round(whole)) < 1e-9 else 1
    for total in range(2 if step == 1 else step, upto + step, step):
        experimental = floor(total * share + 0.5)
        if 0 < experimental < total:
            yield ArmSizes(control=total - experimental, experimental=experimental)


def _enough(
    rates: TwoRates, *, errors: tuple[float, float], tail: FisherTail, allocation: float
) -> int:
    """Return a total beyond which every trial has the power.

    Arms are rounded: shares move by half a subject, and are taken at their worst.
    """
    alpha, beta = errors
    nominal, enough = shares(allocation), 0
    results, worst = 1.0, 0.0
    for _ in range(50):
        control, experimental = (max(share - worst, 0.01) for share in nominal)
        product = control * experimental
        lesser = min(nominal) + worst
        deviations = sqrt(lesser * log(results / alpha) / 2) / product + sqrt(
            -log(beta) / (2 * product)
        )
        before = enough
        enough = max(before, ceil((deviations / (rates.experimental - rates.control)) ** 2) + 1)
        if enough > FARTHEST:
            raise _too_close(rates, subjects=enough)
        if enough == before:
            break
        worst = 1 / enough
        results = enough + 1.0 if tail is FisherTail.BY_CHANCE else 1.0
    return enough


def _too_close(rates: TwoRates, *, subjects: int) -> Exception:
    return bad_input(
        "the two rates are too close for an exact trial",
        where="rates",
        got=f"{rates}, up to {subjects} subjects",
        fix="ask for rates further apart, or size the chi-square test with Yates's correction",
    )


def _refuse_not_higher(rates: TwoRates) -> None:
    if rates.experimental <= rates.control:
        raise bad_input(
            "a success is what the experimental arm should have more of",
            where="rates",
            got=rates,
            fix="for a harm, give the rates of subjects without it",
        )
