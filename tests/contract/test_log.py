"""What every adapter of the log must do: the same tests on memory and on SQLite."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Barrier, Thread

import pytest

from equipoise.base.errors import StorageFault
from equipoise.conduct.chain import GENESIS, seal_all, verify
from equipoise.conduct.entries import Action, Draft, Entry, Place, Stamp
from equipoise.conduct.ports import Log
from equipoise.wiring import open_log

STAMP = Stamp(
    at=dt.datetime(2026, 3, 2, 8, 15, 0, 250_000, tzinfo=dt.UTC),
    who="Ünal 肝",
    role="doctor",
    study="ab" * 32,
    version="1.2",
    request="r-1",
)


def draft(new: str | None = "72", **words: object) -> Draft:
    place = Place(subject="01", visit="cycle_2", form="body", row=1, item="weight_kg")
    asked: dict[str, object] = {"stamp": STAMP, "action": Action.RECORD, "place": place}
    return Draft(new=new, **(asked | words))


def counted() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):032x}"


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    path = None if request.param == "memory" else tmp_path / "record.db"
    with closing(open_log(path, salts=counted())) as opened:
        yield opened


def test_an_empty_log_has_a_head_of_zeros(log: Log):
    assert log.head() == "0" * 64
    assert list(log.entries()) == []


def test_entries_come_back_as_they_were_sealed(log: Log):
    drafts = [
        draft(),
        draft(old="72", new=None, why="Zeile 1\nZeile 2 'quoted' \"twice\" \\ 🙂"),
        draft(action=Action.SIGN, place=Place(subject="02")),
    ]
    entries = log.append(drafts)
    assert list(log.entries()) == list(entries)
    assert log.head() == entries[-1].hash


def test_every_adapter_seals_the_same_chain(log: Log):
    from_head = seal_all([draft(), draft("73")], previous=GENESIS, salts=counted())
    assert log.append([draft(), draft("73")]) == from_head


def test_numbers_go_on_without_gaps(log: Log):
    log.append([draft(), draft()])
    log.append([])
    (third,) = log.append([draft()])
    assert third.seq == 3
    assert [entry.seq for entry in log.entries()] == [1, 2, 3]


def test_reading_begins_behind_a_number(log: Log):
    log.append([draft(str(k)) for k in range(5)])
    assert [entry.new for entry in log.entries(after=3)] == ["3", "4"]
    assert list(log.entries(after=5)) == []


def test_the_chain_of_a_log_verifies(log: Log):
    for k in range(4):
        log.append([draft(str(k)), draft(None, old=str(k), why="gone")])
    verdict = verify(log.entries())
    assert (verdict.intact, verdict.entries) == (True, 8)


def test_a_redaction_takes_the_value_out_and_leaves_the_chain(log: Log):
    log.append([draft("Mrs Smith", why="asked"), draft("other")])
    log.append([draft("1", action=Action.REDACT, why="a name")])
    first, second, third = log.entries()
    assert (first.old, first.new, first.why, first.salt) == (None, None, None, "")
    assert (second.new, third.why) == ("other", "a name")
    assert verify([first, second, third]).intact


def test_a_value_may_be_appended_and_redacted_at_once(log: Log):
    log.append([draft("Mrs Smith"), draft("1", action=Action.REDACT)])
    assert next(log.entries()).new is None
    assert verify(log.entries()).intact


def test_a_batch_is_complete_when_it_ends(log: Log):
    with log.batch():
        for k in range(30):
            log.append([draft(str(k)), draft(None)])
    assert [entry.seq for entry in log.entries()] == list(range(1, 61))
    assert verify(log.entries()).intact


def test_a_batch_can_be_read_while_it_goes_on(log: Log):
    with log.batch():
        log.append([draft("1")])
        assert [entry.new for entry in log.entries()] == ["1"]
        with log.batch():
            log.append([draft("2")])
        log.append([draft("3")])
        assert [entry.new for entry in log.entries()] == ["1", "2", "3"]


def test_what_a_broken_off_batch_appended_is_kept(log: Log):
    def break_off() -> None:
        with log.batch():
            log.append([draft("1")])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert [entry.new for entry in log.entries()] == ["1"]


def test_threads_that_append_together_make_one_chain(log: Log):
    threads, each = 8, 25
    gate, answers = Barrier(threads), [list[Entry]() for _ in range(threads)]

    def write(number: int) -> None:
        gate.wait()
        for k in range(each):
            answers[number] += log.append([draft(f"{number}-{k}"), draft(f"{number}-{k}-b")])

    writers = [Thread(target=write, args=(number,)) for number in range(threads)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    entries = list(log.entries())
    assert verify(entries).intact
    assert len(entries) == threads * each * 2
    assert sorted((e for own in answers for e in own), key=lambda e: e.seq) == entries
    for number, own in enumerate(answers):
        assert [e.new for e in own[::2]] == [f"{number}-{k}" for k in range(each)]
        assert all(two.seq == one.seq + 1 for one, two in zip(own[::2], own[1::2], strict=True))


def test_a_reader_sees_whole_appends_while_others_write(log: Log):
    seen: list[int] = []
    done = False

    def read() -> None:
        while not done:
            seen.append(len(list(log.entries())))

    reader = Thread(target=read)
    reader.start()
    for k in range(60):
        log.append([draft(str(k))] * 3)
    done = True
    reader.join()
    assert seen == sorted(seen)
    assert all(length % 3 == 0 for length in seen)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_a_text_without_spelling_is_refused_and_nothing_is_written(tmp_path: Path, text: str):
    with closing(open_log(tmp_path / "record.db", salts=counted())) as log:
        log.append([draft()])
        with pytest.raises(StorageFault, match="no canonical spelling"):
            log.append([draft("fine"), draft(text)])
        log.append([draft("73")])
        assert [entry.new for entry in log.entries()] == ["72", "73"]
        assert verify(log.entries()).intact


def test_a_log_on_disk_goes_on_where_it_stopped(tmp_path: Path):
    path = tmp_path / "record.db"
    with closing(open_log(path, salts=counted())) as log:
        first = log.append([draft()])
    with closing(open_log(path, salts=counted())) as log:
        assert log.head() == first[-1].hash
        second = log.append([draft("73")])
        assert second[0].previous == first[0].hash
        assert list(log.entries()) == [*first, *second]


def test_a_closed_log_says_so(tmp_path: Path):
    log = open_log(tmp_path / "record.db", salts=counted())
    log.close()
    with pytest.raises(StorageFault, match="closed"):
        log.append([draft()])
    with pytest.raises(StorageFault, match="closed"):
        list(log.entries())
