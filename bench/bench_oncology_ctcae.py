"""CTCAE grades: ten million laboratory values on one core, and those of one form."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from equipoise.oncology.toxicity.ctcae import Baseline, GradingRules, ctcae_grade
from equipoise.oncology.toxicity.ctcae_columns import LaboratoryColumns, ctcae_grades
from equipoise.oncology.toxicity.ctcae_limits import Limits
from equipoise.oncology.toxicity.ctcae_rows import Edition, Term

ROWS = 10_000_000
LIMIT_SECONDS = 5.0
FORM_LIMIT_MS = 5.0


def seconds(work: Callable[[], object], *, times: int) -> float:
    """Return the median time of a call, after one that warms up."""
    work()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def random_columns(rows: int) -> LaboratoryColumns:
    """Return values of every term, a fifth of them without a baseline."""
    draw = np.random.default_rng(1)
    upper = np.round(draw.uniform(20, 60, rows), 1)
    baselines = np.round(upper * draw.uniform(0.3, 3, rows), 1)
    baselines[draw.random(rows) < 0.2] = np.nan
    return LaboratoryColumns(
        terms=draw.integers(0, len(Term), rows).astype(np.int8),
        values=np.round(upper * draw.uniform(0, 25, rows), 1),
        lower_limits=np.round(upper / 5, 1),
        upper_limits=upper,
        baselines=baselines,
        baseline_lower_limits=np.full(rows, np.nan),
        baseline_upper_limits=np.full(rows, np.nan),
        symptomatic=draw.integers(-1, 2, rows).astype(np.int8),
    )


def one_form() -> None:
    """Grade one value of every term."""
    limits, baseline = Limits(lower=2.0, upper=40.0), Baseline(value=50.0)
    for term in Term:
        ctcae_grade(term, 87.3, limits=limits, baseline=baseline, symptomatic=True)


def main() -> None:
    """Print both times against their limits."""
    columns = random_columns(ROWS)
    for edition in Edition:
        rules = GradingRules(edition=edition)
        took = seconds(lambda rules=rules: ctcae_grades(columns, rules=rules), times=3)
        told = f"{edition.spoken} {ROWS:,} rows | {took:.2f} s | limit {LIMIT_SECONDS:g} s"
        print(f"{told} | {took / LIMIT_SECONDS:.2f}")
    took_ms = 1000 * seconds(one_form, times=21)
    share = took_ms / FORM_LIMIT_MS
    print(f"CTCAE one form, {len(Term)} values | {took_ms:.2f} ms | limit 5 ms | {share:.2f}")


if __name__ == "__main__":
    main()
