"""Competing risks of 100 000 subjects against the limit of 0.1 s; the other methods beside it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from equipoise.stats.competing_risks import (
    aalen_johansen,
    fine_gray,
    gray,
    multi_state,
    state_histories,
)
from equipoise.stats.competing_risks.incidence_variance import IncidenceVariance
from equipoise.stats.competing_risks.state_variance import StateVariance

LIMIT = 0.1
ROWS = 100_000


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of five calls, after one that warms up."""
    work()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Print median times, the limit, and the share of it."""
    rng = np.random.default_rng(1)
    cause, group = rng.integers(0, 3, ROWS), rng.integers(0, 2, ROWS)
    late = rng.integers(0, 500, ROWS) / 1e3
    rows: dict[str, Callable[[], object]] = {}
    for name, times in (
        ("days", rng.integers(1, 1000, ROWS)),
        ("distinct", rng.exponential(300, ROWS) + 1),
    ):
        for variance in IncidenceVariance:
            rows[f"Aalen-Johansen {variance}, {name}"] = lambda t=times, v=variance: aalen_johansen(
                t, cause, variance=v
            )
        rows[f"Aalen-Johansen, late entry, {name}"] = lambda t=times: aalen_johansen(
            t, cause, entry=late
        )
        rows[f"Gray, {name}"] = lambda t=times: gray(t, cause, group, of_interest=1)
        rows[f"Fine-Gray, {name}"] = lambda t=times: fine_gray(t, cause, group, of_interest=1)
    days = rng.integers(1, 1000, 10_000)
    states = np.array(["start", "one", "two"])
    histories = state_histories(
        np.arange(10_000),
        np.full(10_000, "start"),
        states[cause[:10_000]],
        start=np.zeros(10_000),
        stop=days,
    )
    for kind in StateVariance:
        rows[f"multi-state {kind}, 10 000 subjects"] = lambda v=kind: multi_state(
            histories, variance=v
        )
    for name, work in rows.items():
        median = seconds(work)
        limited = name.startswith("Aalen")
        aim = (
            f"limit {LIMIT:g} s | {median / LIMIT:.2f} of the limit" if limited else "no limit | -"
        )
        print(f"{name} | {median:.4f} s | {aim}")


if __name__ == "__main__":
    main()
