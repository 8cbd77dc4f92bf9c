"""A report is written whole or not at all, whatever the disk does."""

import errno
import os
import resource
import signal
import subprocess
import sys

import pytest

from equipoise.base.errors import StorageFault
from equipoise.report import write_report

OLD, NEW = "<p>old</p>", "<p>new</p>" * 5000


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "report.html"
    found.write_text(OLD)
    return found


def failing(number):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    return fail


def alone(path):
    return [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_report_replaces_the_old_one_and_leaves_nothing_else(path):
    write_report(NEW, path)
    assert path.read_text() == NEW
    assert alone(path)


def test_a_report_is_written_in_utf_8(path):
    write_report("\u2013 \u2212", path)
    assert path.read_bytes() == b"\xe2\x80\x93 \xe2\x88\x92"


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.ENOSPC, "free at least"),
        (errno.EDQUOT, "free at least"),
        (errno.EROFS, "may write"),
        (errno.EIO, "remove the cause"),
    ],
)
def test_a_failing_disk_leaves_the_old_report_and_no_draft(*, path, monkeypatch, number, fix):
    monkeypatch.setattr(os, "fsync", failing(number))
    with pytest.raises(StorageFault) as caught:
        write_report(NEW, path)
    (fault,) = caught.value.faults
    assert (fault.kind, fault.where) == ("report_not_written", str(path))
    assert fault.got == os.strerror(number)
    assert fix in fault.fix
    assert path.read_text() == OLD
    assert alone(path)


def test_a_disk_that_fills_up_half_way_leaves_the_old_report(path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old_signal = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, before[1]))
    try:
        with pytest.raises(StorageFault) as caught:
            write_report(NEW, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old_signal)
    assert caught.value.faults[0].fix.startswith("free at least 0.1 MB")
    assert path.read_text() == OLD
    assert alone(path)


def test_a_rename_that_fails_leaves_the_old_report(path, monkeypatch):
    monkeypatch.setattr(os, "rename", failing(errno.EACCES))
    monkeypatch.setattr(os, "replace", failing(errno.EACCES))
    with pytest.raises(StorageFault):
        write_report(NEW, path)
    assert path.read_text() == OLD
    assert alone(path)


def test_a_folder_that_cannot_be_forced_to_disk_is_told_apart(path, monkeypatch):
    calls = []
    real = os.fsync

    def second_fails(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.EIO, "input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", second_fails)
    with pytest.raises(StorageFault) as caught:
        write_report(NEW, path)
    assert caught.value.faults[0].kind == "report_not_durable"
    assert path.read_text() == NEW


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StorageFault) as caught:
        write_report(NEW, tmp_path / "nowhere" / "report.html")
    assert caught.value.faults[0].fix.startswith(f"make the folder {tmp_path / 'nowhere'} first")


def test_a_folder_in_the_place_of_the_report_is_refused(tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(StorageFault) as caught:
        write_report(NEW, tmp_path / "report.html")
    assert "name a file" in caught.value.faults[0].fix
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


KILLED = """
import os, signal, sys
from pathlib import Path
from equipoise.report.write import write_report
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write_report(sys.argv[2], Path(sys.argv[1]))
"""


def test_a_report_that_is_killed_half_way_leaves_the_old_one(path):
    words = [sys.executable, "-c", KILLED, str(path), NEW]
    done = subprocess.run(words, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == OLD


def test_the_next_report_is_written_in_spite_of_a_draft_that_was_left(path):
    path.with_name(f".{path.name}.left.draft").write_text("half")
    write_report(NEW, path)
    assert path.read_text() == NEW
