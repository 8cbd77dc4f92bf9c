"""Kaplan-Meier at 10^3, 10^5 and 10^6 rows against plain numpy, R where it is, and its limits."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from equipoise.stats import kaplan_meier

Array = npt.NDArray[np.float64]

LIMITS_MS = {1_000: 0.1, 1_000_000: 150.0}
REPEATS = {1_000: 201, 100_000: 21, 1_000_000: 7}

R_PROGRAM = """
suppressMessages(library(survival))
time <- -log((seq_len({n}) * 7919 %% 1000003 + 0.5) / 1000004)
if ({days}) time <- ceiling(1000 * time)
event <- seq_len({n}) %% 2
took <- replicate({times}, system.time(survfit(Surv(time, event) ~ 1, conf.type = "log-log"))[3])
cat(1000 * median(took))
"""


def milliseconds(work: Callable[[], object], *, times: int) -> float:
    """Return the median time of a call, after one that warms up."""
    work()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - started))
    return statistics.median(took)


def plain_numpy(moments: Array, event: Array) -> tuple[Array, Array, Array]:
    """Return S(t) and its log-log interval as a page of numpy would: unique and bincount."""
    row = np.unique(moments, return_inverse=True)[1]
    leaving = np.bincount(row)
    events = np.bincount(row, weights=event)
    at_risk = moments.size - np.cumsum(leaving) + leaving
    with np.errstate(all="ignore"):
        survival = np.cumprod(1 - events / at_risk)
        error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        width = np.exp(1.959963984540054 * error / np.log(survival))
        return survival, survival ** (1 / width), survival**width


def rows_of(n: int, *, days: bool) -> tuple[Array, Array]:
    """Return exponential times, half of them with events; in days they are tied."""
    draw = np.random.default_rng(1)
    moments = draw.exponential(size=n)
    event = draw.integers(0, 2, size=n).astype(np.float64)
    return (np.ceil(1000 * moments) if days else moments), event


def r_milliseconds(n: int, *, days: bool) -> float | None:
    """Return the median time of survfit on rows alike, or None where R is not."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    program = R_PROGRAM.format(n=n, days="TRUE" if days else "FALSE", times=3 if n > 10**5 else 5)
    done = subprocess.run(
        [rscript, "-e", program],
        capture_output=True,
        text=True,
        check=False,
    )
    return float(done.stdout) if done.returncode == 0 else None


def report(n: int, *, days: bool) -> None:
    """Print our time against plain numpy, R and the limit."""
    moments, event = rows_of(n, days=days)
    name = f"Kaplan-Meier {n:,} {'days' if days else 'all distinct'}"
    ours = milliseconds(lambda: kaplan_meier(moments, event), times=REPEATS[n])
    twin = milliseconds(lambda: plain_numpy(moments, event), times=REPEATS[n])
    print(f"{name} | {ours:.3f} ms | plain numpy {twin:.3f} ms | {ours / twin:.2f} of plain numpy")
    by_r = r_milliseconds(n, days=days)
    if by_r is not None:
        print(f"{name} | {ours:.3f} ms | R survfit {by_r:.1f} ms | {ours / by_r:.3f} of R")
    if n in LIMITS_MS:
        limit = LIMITS_MS[n]
        print(f"{name} | {ours:.3f} ms | limit {limit:g} ms | {ours / limit:.2f} of the limit")


def main() -> None:
    """Print the rows of every size, with tied and with distinct times."""
    for n in REPEATS:
        for days in (False, True):
            report(n, days=days)


if __name__ == "__main__":
    main()
