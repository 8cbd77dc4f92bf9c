"""Exact designs of proportions against the programs that search or simulate them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from equipoise.design.one_arm.bop2 import search_bop2
from equipoise.design.one_arm.bop2_joint import JointKind, JointRates, search_bop2_joint
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.predictive_probability_design import (
    Monitoring,
    size_predictive_probability,
)
from equipoise.design.two_proportions.exact_region import (
    ArmSizes,
    ExactScore,
    FisherTail,
    rejection_region,
)
from equipoise.design.two_proportions.fisher_size import fisher_exact_power, size_fisher
from equipoise.design.two_proportions.goal import TwoRates
from equipoise.stats.evidence.beta_binomial import Beta

RATES = TwoRates(control=0.25, experimental=0.45)
ARMS = ArmSizes(control=98, experimental=98)
LOOKS = (10, 15, 20, 25, 30, 35, 40)
GOAL = SingleArmGoal(p0=0.2, p1=0.4, alpha_one_sided=0.1, power=0.9)
NULL = JointRates(both=0.15, first_only=0.30, second_only=0.15)
BETTER = JointRates(both=0.18, first_only=0.42, second_only=0.02)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of seven calls, after one that compiles."""
    work()
    times = []
    for _ in range(7):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main() -> None:
    """Print median times, the peer, and how many times faster ours is.

    Peers are single first calls under R 4.2.2; the search of BOP2FE also tries cutoffs for
    efficacy, and its characteristics are simulated.
    """
    rows: tuple[tuple[str, Callable[[], object], str, float], ...] = (
        (
            "Fisher exact power, 98 an arm",
            lambda: fisher_exact_power(ARMS, rates=RATES, alpha=0.05, tail=FisherTail.BY_CHANCE),
            "clinfun fe.ssize",
            2.0,
        ),
        (
            "Fisher lasting size",
            lambda: size_fisher(RATES, alpha=0.05, power=0.8, tail=FisherTail.BY_CHANCE),
            "lrstat samplesizeFisherExact",
            90.0,
        ),
        (
            "exact score region, 55 an arm",
            lambda: rejection_region(
                ArmSizes(control=55, experimental=55), rule=ExactScore(), alpha=0.025
            ),
            "lrstat powerRiskDiffExact",
            9.0,
        ),
        (
            "BOP2 search",
            lambda: search_bop2(LOOKS, p0=0.2, p1=0.4, alpha_one_sided=0.1),
            "BOP2FE_binary",
            18_018.0,
        ),
    )
    for name, work, peer, theirs in rows:
        ours = milliseconds(work)
        print(f"{name} | {ours:.3f} ms | {peer} {theirs:,.0f} ms | {theirs / ours:.2f} x")
    alone: tuple[tuple[str, Callable[[], object]], ...] = (
        (
            "BOP2 search, response and harm",
            lambda: search_bop2_joint(
                LOOKS,
                null=NULL,
                alternative=BETTER,
                kind=JointKind.RESPONSE_WITHOUT_HARM,
                alpha_one_sided=0.1,
            ),
        ),
        (
            "predictive probability, n up to 50",
            lambda: size_predictive_probability(
                GOAL, prior=Beta(a=0.2, b=0.8), monitoring=Monitoring(), n_limit=50
            ),
        ),
    )
    for name, work in alone:
        print(f"{name} | {milliseconds(work):.1f} ms | no peer | -")


if __name__ == "__main__":
    main()
