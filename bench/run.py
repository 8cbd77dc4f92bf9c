"""Run every bench and keep what it said: `make bench`.

A bench prints rows `name | figure | limit or peer | ratio`; nothing here passes or fails.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run the benches one after the other and store their output."""
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    said = []
    for bench in sorted(HERE.glob("bench_*.py")):
        done = subprocess.run(
            [sys.executable, str(bench)], capture_output=True, text=True, check=True
        )
        said.append(done.stdout)
        print(done.stdout, end="")
    today = dt.datetime.now(tz=dt.UTC).date()
    (results / f"{today}.txt").write_text("".join(said))


if __name__ == "__main__":
    main()
