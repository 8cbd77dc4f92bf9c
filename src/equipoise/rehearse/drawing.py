"""Virtual subjects in the order of their arrival, drawn by one process or by several."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import count

from equipoise.base.randomness import Seed
from equipoise.simulate import VirtualSubject, draw_subjects
from equipoise.study.scenarios import Scenario
from equipoise.study.study import Study

CHUNK = 32
"""Subjects drawn together. A subject is the same in any chunk, so this is only about speed."""


def draw_in_order(
    study: Study, *, scenario: Scenario, seed: Seed, workers: int
) -> Generator[VirtualSubject]:
    """Yield virtual subjects without end, in the order of their numbers.

    With more than one worker the next chunks are drawn ahead in other processes.
    """
    chunks = (range(start, start + CHUNK) for start in count(0, CHUNK))
    if workers == 1:
        for numbers in chunks:
            yield from draw_subjects(study, scenario, seed=seed, numbers=numbers)
        return
    # A forked child could inherit a lock that a thread of polars held, and wait for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
        ahead: deque[Future[tuple[VirtualSubject, ...]]] = deque()
        try:
            for numbers in chunks:
                ahead.append(
                    pool.submit(draw_subjects, study, scenario, seed=seed, numbers=numbers)
                )
                if len(ahead) > workers:
                    yield from ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()
