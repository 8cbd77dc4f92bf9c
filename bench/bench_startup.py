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


def main() -> None:
    """Print median start-up, the limit of 0.4 s, and the ratio to the bare peer."""
    ours, peer = [], []
    for _ in range(7):
        ours.append(seconds("-m", "equipoise", "--help"))
        peer.append(seconds("-c", "import typer, rich.console"))
    median, bare = statistics.median(ours), statistics.median(peer)
    print(f"equipoise --help | {median:.3f} s | limit 0.4 s | {median / 0.4:.2f} of the limit")
    print(f"equipoise --help | {median:.3f} s | typer and rich {bare:.3f} s | {median / bare:.2f}")


if __name__ == "__main__":
    main()
