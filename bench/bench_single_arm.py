"""Search for a Simon design against its limit of 5 ms; other single-arm designs beside it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from equipoise.design.one_arm.exact_single_stage import SizeConvention, size_exact_single_stage
from equipoise.design.one_arm.goal import SingleArmGoal
from equipoise.design.one_arm.simon import size_simon
from equipoise.design.one_arm.toxicity_boundary import ConstantTail, toxicity_boundary

LIMIT_MS = 5.0

NEAR = SingleArmGoal(p0=0.1, p1=0.3, alpha_one_sided=0.05, power=0.8)
FAR = SingleArmGoal(p0=0.5, p1=0.65, alpha_one_sided=0.05, power=0.9)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of a call, after one that compiles."""
    work()
    times = []
    for _ in range(51):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main() -> None:
    """Print median times, the limit, and the share of it."""
    rule, looks = ConstantTail(error=0.1), tuple(range(1, 41))
    rows: dict[str, Callable[[], object]] = {
        "Simon 0.1 v 0.3": lambda: size_simon(NEAR),
        "Simon 0.5 v 0.65": lambda: size_simon(FAR),
        "exact single stage": lambda: size_exact_single_stage(
            NEAR, convention=SizeConvention.LASTING
        ),
        "toxicity after each of 40": lambda: toxicity_boundary(
            looks, acceptable_rate=0.2, rule=rule
        ),
    }
    for name, work in rows.items():
        median = milliseconds(work)
        share = median / LIMIT_MS
        print(f"{name} | {median:.3f} ms | limit {LIMIT_MS:g} ms | {share:.2f} of the limit")


if __name__ == "__main__":
    main()
