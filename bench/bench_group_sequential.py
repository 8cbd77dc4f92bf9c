"""Group-sequential numbers against their limits, and against the fastest package measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from equipoise.design.group_sequential.boundaries import (
    classic_boundary,
    crossing_probabilities,
    efficacy_boundary,
)
from equipoise.design.group_sequential.classic import PocockShape
from equipoise.design.group_sequential.futility import BetaSpending
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import size_group_sequential
from equipoise.design.group_sequential.spending import (
    HwangShihDeCaniSpending,
    OBrienFlemingSpending,
)
from equipoise.design.group_sequential.stagewise import stagewise_inference

LOOKS = (0.2, 0.35, 0.5, 0.8, 1.0)
SPENDING = OBrienFlemingSpending()
BOUNDARY = efficacy_boundary(LOOKS, alpha_one_sided=0.025, spending=SPENDING)
ANCHOR = efficacy_boundary((77 / 128, 1.0), alpha_one_sided=0.025, spending=SPENDING)
FUTILITY = SequentialPlan(
    information_fractions=LOOKS,
    alpha_one_sided=0.025,
    power=0.9,
    efficacy=SPENDING,
    futility=BetaSpending(spending=HwangShihDeCaniSpending(gamma=-2)),
)

ROWS: tuple[tuple[str, Callable[[], object], float, str], ...] = (
    (
        "five looks, O'Brien-Fleming spending",
        lambda: efficacy_boundary(LOOKS, alpha_one_sided=0.025, spending=SPENDING),
        1.0,
        "limit 1 ms; gsDesign 8.2 ms",
    ),
    (
        "exact power, five looks",
        lambda: crossing_probabilities(BOUNDARY, drift=2.9),
        0.5,
        "limit 0.5 ms",
    ),
    (
        "exact power, two looks",
        lambda: crossing_probabilities(ANCHOR, drift=2.89),
        0.5,
        "limit 0.5 ms; lrstat 2.3 ms with its survival part",
    ),
    (
        "five looks, Pocock's shape",
        lambda: classic_boundary(LOOKS, alpha_one_sided=0.025, shape=PocockShape()),
        10.0,
        "limit 10 ms",
    ),
    (
        "five looks with beta spending, sized",
        lambda: size_group_sequential(FUTILITY),
        20.0,
        "limit 20 ms",
    ),
    (
        "final estimate, interval and p-value",
        lambda: stagewise_inference(
            BOUNDARY.bounds, look=5, z=2.1, information=100.0, confidence=0.95
        ),
        20.0,
        "limit 20 ms",
    ),
)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of a warm call."""
    work()
    times = []
    for _ in range(51):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main() -> None:
    """Print median times, the limits, and the share of them."""
    for name, work, limit, peer in ROWS:
        median = milliseconds(work)
        print(f"{name} | {median:.3f} ms | {peer} | {median / limit:.2f} of the limit")


if __name__ == "__main__":
    main()
