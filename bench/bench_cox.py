"""Cox regression, Efron ties, three covariates, beside R's coxph on the same rows."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from equipoise.stats.time_to_event.cox import cox

REPEATS = 5

LIMITS_MS = {1_000: 1.0, 1_000_000: 2500.0}

PEER = """
suppressMessages(library(survival))
raw <- readBin("{path}", "double", n = {size})
d <- as.data.frame(matrix(raw, ncol = 5))
fit <- function(i) coxph(Surv(V1, V2) ~ V3 + V4 + V5, d, ties = "efron")
once <- function() system.time(for (i in 1:{fits}) fit(i))[["elapsed"]] / {fits}
invisible(fit(1))
cat(median(replicate({repeats}, once())))
"""


def trial(n: int, *, unit: float) -> npt.NDArray[np.float64]:
    """Return time, event and three covariates, shape (n, 5); times in whole units, 0 for none."""
    draw = np.random.default_rng(n)
    x = draw.normal(size=(n, 3))
    x[:, 0] = x[:, 0] > 0
    event_time = draw.exponential(size=n) / np.exp(x @ [0.5, -0.3, 0.2])
    censored = draw.exponential(size=n) * 1.5
    followed = np.minimum(event_time, censored)
    if unit:
        followed = np.ceil(followed / unit)
    return np.column_stack((followed, event_time <= censored, x))


def milliseconds(rows: npt.NDArray[np.float64]) -> float:
    """Return the median time of a fit, after a first one."""
    cox(rows[:, 0], rows[:, 1], rows[:, 2:])
    times = []
    for _ in range(max(REPEATS, 20_000 // len(rows))):
        started = time.perf_counter()
        cox(rows[:, 0], rows[:, 1], rows[:, 2:])
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def peer_milliseconds(rows: npt.NDArray[np.float64], *, rscript: str) -> float:
    """Return the median time of R's fit of the same rows, after a first one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.bin"
        path.write_bytes(rows.tobytes(order="F"))
        # R's clock has steps of 1 ms, so small fits are timed by the dozen.
        fits = max(1, 20_000 // len(rows))
        script = PEER.format(path=path, size=rows.size, repeats=REPEATS, fits=fits)
        found = subprocess.run([rscript, "-e", script], check=True, capture_output=True, text=True)
    return 1000 * float(found.stdout)


def main() -> None:
    """Print medians, the limit, and R's median where R is installed."""
    rscript = shutil.which("Rscript")
    for n, limit in LIMITS_MS.items():
        for name, unit in (("distinct times", 0.0), ("times in days", 0.001)):
            rows = trial(n, unit=unit)
            median = milliseconds(rows)
            print(
                f"Cox {n} rows, {name} | {median:.2f} ms | limit {limit:g} ms | "
                f"{median / limit:.2f} of the limit"
            )
            if rscript is not None:
                peer = peer_milliseconds(rows, rscript=rscript)
                print(
                    f"Cox {n} rows, {name} | {median:.2f} ms | R coxph {peer:.2f} ms | "
                    f"{median / peer:.2f} of R"
                )


if __name__ == "__main__":
    main()
