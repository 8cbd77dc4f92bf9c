"""Start-up of the command line against a bare Python that imports typer and rich."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def seconds(*words: str) -> float:
    """Return the wall time of one process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - started


SIMON = (
    "from equipoise.design.one_arm.goal import SingleArmGoal;"
    "from equipoise.design.one_arm.simon import size_simon;"
    "size_simon(SingleArmGoal(p0=0.1, p1=0.3, alpha_one_sided=0.05, power=0.8))"
)


def tell_library() -> None:
    """Print what importing the statistics costs, and a compiled search in a second process."""
    bare = statistics.median(seconds("-c", "pass") for _ in range(7))
    imported = statistics.median(seconds("-c", "import equipoise.stats") for _ in range(7)) - bare
    print(f"import equipoise.stats | {imported:.3f} s | limit 0.5 s | {imported / 0.5:.2f} of it")
    seconds("-c", SIMON)  # compiles once, and keeps what it compiled
    numba = statistics.median(seconds("-c", "import numba, scipy.special") for _ in range(5))
    simon = statistics.median(seconds("-c", SIMON) for _ in range(5))
    print(
        f"Simon, second start | {simon:.3f} s | import of numba {numba:.3f} s | {simon / numba:.2f}"
    )


def main() -> None:
    """Print median start-up, the limit of 0.4 s, and the ratio to the bare peer."""
    tell_library()
    ours, peer = [], []
    for _ in range(7):
        ours.append(seconds("-m", "equipoise", "--help"))
        peer.append(seconds("-c", "import typer, rich.console"))
    median, bare = statistics.median(ours), statistics.median(peer)
    print(f"equipoise --help | {median:.3f} s | limit 0.4 s | {median / 0.4:.2f} of the limit")
    print(f"equipoise --help | {median:.3f} s | typer and rich {bare:.3f} s | {median / bare:.2f}")


if __name__ == "__main__":
    main()
