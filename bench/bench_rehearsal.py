"""The main job against its limit: the shipped trial rehearsed, protocol to report, in a process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDY = Path(__file__).parents[1] / "studies" / "icc_golp"


def seconds(workers: int) -> float:
    """Return the wall time of one rehearsal into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["rehearse", str(STUDY), "--workers", str(workers), "--out", f"{folder}/run"]
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "equipoise", *words], check=True, capture_output=True)
        return time.perf_counter() - started


def main() -> None:
    """Print the median of three rehearsals on one worker and on two, beside the limit of 60 s."""
    for workers in (1, 2):
        median = statistics.median(seconds(workers) for _ in range(3))
        name = f"rehearse icc_golp, {workers} worker{'s' if workers > 1 else ''}"
        print(f"{name} | {median:.1f} s | limit 60 s | {median / 60:.2f} of the limit")


if __name__ == "__main__":
    main()
