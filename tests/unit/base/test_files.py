"""A folder appears whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from equipoise.base.errors import StorageFault
from equipoise.base.files import whole_folder


def _full(scratch: Path) -> None:
    (scratch / "half").write_text("half")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_folder_appears_when_the_block_ends_well(tmp_path: Path):
    with whole_folder(tmp_path / "out" / "run") as scratch:
        (scratch / "page").write_text("whole")
        assert not (tmp_path / "out" / "run").exists()
    assert (tmp_path / "out" / "run" / "page").read_text() == "whole"
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["run"]


def test_an_older_folder_is_replaced_as_a_whole(tmp_path: Path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "old").write_text("old")
    with whole_folder(run) as scratch:
        (scratch / "new").write_text("new")
    assert [entry.name for entry in run.iterdir()] == ["new"]


def test_a_full_disk_leaves_the_older_folder_and_nothing_else(tmp_path: Path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "old").write_text("old")
    with pytest.raises(StorageFault) as caught, whole_folder(run) as scratch:
        _full(scratch)
    assert caught.value.faults[0].got == "No space left on device"
    assert "--out" in caught.value.faults[0].fix
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]
    assert (run / "old").read_text() == "old"


def test_another_error_is_not_hidden(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), whole_folder(tmp_path / "run"):
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []
