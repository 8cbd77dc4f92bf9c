"""RECIST 1.1 for many subjects in columns, and for one subject on one form."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable

import numpy as np

from equipoise.oncology import best_overall_response, recist_responses
from equipoise.oncology.response.recist import Lesion, LesionKind, LesionState
from equipoise.oncology.response.recist_column_types import LesionColumns
from equipoise.oncology.response.recist_columns import best_columns, calls_of, recist_columns
from equipoise.oncology.response.recist_timepoints import Assessment

SUBJECTS, VISITS, LESIONS = 100_000, 10, 5
START = dt.date(2026, 1, 1)
LIMIT_S, LIMIT_MS = 3.0, 5.0


def drawn_columns(seed: int) -> LesionColumns:
    """Return five targets of each subject at ten visits, each size a random walk in 0.1 mm."""
    draw = np.random.default_rng(seed)
    shape = (SUBJECTS, VISITS, LESIONS)
    first = draw.integers(150, 800, (SUBJECTS, 1, LESIONS))
    steps = draw.integers(-60, 50, shape)
    steps[:, 0] = 0
    sizes = np.maximum(first + steps.cumsum(axis=1), 0) / 10
    subject, visit, lesion = (axis.ravel() for axis in np.indices(shape))
    rows = subject.size
    return LesionColumns(
        subject=subject,
        day=56 * visit,
        lesion=lesion,
        kind=np.zeros(rows, np.int8),
        state=np.zeros(rows, np.int8),
        nodal=lesion == LESIONS - 1,
        diameter_mm=sizes.ravel(),
    )


def one_course(lesions: LesionColumns) -> list[Assessment]:
    """Return the first subject as assessments."""
    sizes = lesions.diameter_mm[: VISITS * LESIONS].reshape(VISITS, LESIONS)
    return [
        Assessment(
            date=START + dt.timedelta(days=56 * visit),
            lesions=tuple(
                Lesion(
                    name=f"T{place}",
                    kind=LesionKind.TARGET,
                    nodal=place == LESIONS - 1,
                    state=LesionState.MEASURED,
                    diameter_mm=float(size),
                )
                for place, size in enumerate(own)
            ),
        )
        for visit, own in enumerate(sizes)
    ]


def seconds(work: Callable[[], object], *, times: int) -> float:
    """Return the median time of some calls, after one that compiles."""
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def shuffled(lesions: LesionColumns) -> LesionColumns:
    """Return the same rows in random order."""
    order = np.random.default_rng(2).permutation(lesions.subject.size)
    return LesionColumns(
        subject=lesions.subject[order],
        day=lesions.day[order],
        lesion=lesions.lesion[order],
        kind=lesions.kind[order],
        state=lesions.state[order],
        nodal=lesions.nodal[order],
        diameter_mm=lesions.diameter_mm[order],
    )


def main() -> None:
    """Print median times beside their limits."""
    lesions = drawn_columns(1)
    mixed = shuffled(lesions)
    course = one_course(lesions)

    def columns() -> object:
        return best_columns(calls_of(recist_columns(lesions)), confirmed=True)

    def mixed_columns() -> object:
        return best_columns(calls_of(recist_columns(mixed)), confirmed=True)

    def form() -> object:
        return best_overall_response(recist_responses(course), since=START, confirmed=True)

    what = f"{SUBJECTS:,} subjects x {VISITS} visits x {LESIONS} lesions with best response"
    for name, work in ((what, columns), (f"{what}, rows in random order", mixed_columns)):
        took = seconds(work, times=3)
        print(f"RECIST, {name} | {took:.2f} s | limit {LIMIT_S} s | {LIMIT_S / took:.1f} x")
    took = 1000 * seconds(form, times=21)
    what = f"RECIST, one subject of {VISITS} visits with best response"
    print(f"{what} | {took:.2f} ms | limit {LIMIT_MS} ms | {LIMIT_MS / took:.1f} x")


if __name__ == "__main__":
    main()
