"""One log under several programs and threads at once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from threading import Thread

import apsw

from equipoise.conduct.chain import verify

from .log_kit import LENGTH, draft, judged, kind_of, opened


def test_a_file_that_another_program_holds_is_in_use(path: Path):
    with closing(opened(path)) as log, closing(apsw.Connection(str(path))) as other:
        log._run(lambda: log._writer.connection.set_busy_timeout(10))
        other.execute("BEGIN IMMEDIATE")
        assert kind_of(lambda: log.append([draft("x")])) == "log_in_use"
        other.execute("ROLLBACK")
        assert log.append([draft("x")])[0].seq == LENGTH + 1


def test_two_programs_cannot_fork_the_chain(path: Path):
    with closing(opened(path)) as one, closing(opened(path)) as two:
        one.append([draft("from one")])
        assert kind_of(lambda: two.append([draft("from two")])) == "log_changed_elsewhere"
        one.append([draft("from one again")])
    assert judged(path).entries == LENGTH + 2


def test_two_threads_that_append_while_a_third_reads_lose_nothing(path: Path):
    with closing(opened(path)) as log:
        told: list[int] = []

        def write(name: str) -> None:
            for k in range(60):
                told.extend(entry.seq for entry in log.append([draft(f"{name}{k}")]))

        threads = [Thread(target=write, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            assert verify(log.entries()).intact
        for thread in threads:
            thread.join()
        assert sorted(told) == list(range(LENGTH + 1, LENGTH + 121))
        assert verify(log.entries()).entries == LENGTH + 120
