"""Log-rank test against its plain twin and R's survdiff; normal integral of MaxCombo."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from equipoise.stats.numerics.columns import BoolArray, FloatArray, IntArray
from equipoise.stats.numerics.multivariate_normal import rectangle_probability
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.max_combo import max_combo

LIMITS_MS = {1_000: 0.1, 1_000_000: 150.0}
INTEGRAL_LIMIT_MS = 2.0
SIZES = (1_000, 100_000, 1_000_000)

IN_R = """
suppressMessages(library(survival)); set.seed(1)
for (n in c(1e3, 1e5, 1e6)) for (days in c(FALSE, TRUE)) {
  t <- rexp(n); if (days) t <- ceiling(365 * t)
  e <- rbinom(n, 1, 0.6); g <- rbinom(n, 1, 0.5)
  runs <- if (n < 1e4) 50 else 3
  took <- system.time(for (i in 1:runs) survdiff(Surv(t, e) ~ g))[[3]]
  cat(1000 * took / runs, "\n")
}
"""


def milliseconds(work: Callable[[], object], *, runs: int = 9) -> float:
    """Return the median time of a call, after a first one."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def plain_z(times: FloatArray, event: BoolArray, arm: IntArray) -> float:
    """Return z of two arms by sorting and searching: the twin that a reader would write."""
    moments, events = np.unique(times[event], return_counts=True)
    at_risk = times.size - np.searchsorted(np.sort(times), moments)
    treated = np.sort(times[arm == 1])
    share = (treated.size - np.searchsorted(treated, moments)) / at_risk
    left = (at_risk - events) / np.maximum(at_risk - 1, 1)
    difference = np.count_nonzero(event & (arm == 1)) - events @ share
    return float(difference / np.sqrt(events @ (left * share * (1 - share))))


def r_times() -> list[float]:
    """Return R's milliseconds in the order of the rows; none without R."""
    program = shutil.which("Rscript")
    if program is None:
        return []
    said = subprocess.run([program, "-e", IN_R], capture_output=True, text=True, check=True)
    return [float(line) for line in said.stdout.split()]


def compare_log_rank() -> None:
    """Print the time of each size, with continuous times and with days."""
    random, r_took = np.random.default_rng(1), iter(r_times())
    for n in SIZES:
        continuous = random.exponential(1, n)
        event, arm = random.random(n) < 0.6, random.integers(0, 2, n)
        for name, times in (("continuous", continuous), ("days", np.ceil(365 * continuous))):
            runs = 201 if n < 10_000 else 9
            ours = milliseconds(partial(logrank, times, event, arm), runs=runs)
            twin = milliseconds(partial(plain_z, times, event, arm), runs=runs)
            row = f"log-rank {n} {name}"
            if n in LIMITS_MS:
                limit = LIMITS_MS[n]
                print(f"{row} | {ours:.3f} ms | limit {limit:g} ms | {ours / limit:.2f} of it")
            print(f"{row} | {ours:.3f} ms | plain numpy {twin:.3f} ms | {twin / ours:.2f} times")
            in_r = next(r_took, None)
            if in_r is not None:
                print(f"{row} | {ours:.3f} ms | R survdiff {in_r:.2f} ms | {in_r / ours:.1f} times")


def compare_max_combo() -> None:
    """Print the time of the normal integral of four tests, and of the whole test."""
    random = np.random.default_rng(2)
    times, event, arm = random.exponential(1, 300), random.random(300) < 0.7, np.arange(300) % 2
    test = max_combo(times, event, arm)
    low, high = np.full(4, -2.2), np.full(4, 2.2)
    integral = partial(rectangle_probability, low, correlation=test.correlation)
    rows: dict[str, Callable[[], object]] = {
        "MaxCombo integral, one-sided": partial(integral, np.full(4, np.inf)),
        "MaxCombo integral, two-sided": partial(integral, high),
        "MaxCombo of 300 subjects": partial(max_combo, times, event, arm),
    }
    for name, work in rows.items():
        took = milliseconds(work, runs=101)
        share = took / INTEGRAL_LIMIT_MS
        print(f"{name} | {took:.3f} ms | limit {INTEGRAL_LIMIT_MS:g} ms | {share:.2f} of it")


def main() -> None:
    """Print both comparisons."""
    compare_log_rank()
    compare_max_combo()


if __name__ == "__main__":
    main()
