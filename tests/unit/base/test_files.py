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
    with whole_folder(tmp_path / "out" / "run", ours=("page",)) as scratch:
        (scratch / "page").write_text("whole")
        assert not (tmp_path / "out" / "run").exists()
    assert (tmp_path / "out" / "run" / "page").read_text() == "whole"
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["run"]


def test_an_older_folder_is_replaced_as_a_whole(tmp_path: Path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "old").write_text("old")
    with whole_folder(run, ours=("old", "new")) as scratch:
        (scratch / "new").write_text("new")
    assert [entry.name for entry in run.iterdir()] == ["new"]


def test_a_full_disk_leaves_the_older_folder_and_nothing_else(tmp_path: Path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "old").write_text("old")
    with pytest.raises(StorageFault) as caught, whole_folder(run, ours=("old", "new")) as scratch:
        _full(scratch)
    assert caught.value.faults[0].got == "No space left on device"
    assert "--out" in caught.value.faults[0].fix
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]
    assert (run / "old").read_text() == "old"


def test_another_error_is_not_hidden(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), whole_folder(tmp_path / "run", ours=("page",)):
        1 / 0  # noqa: B018 - the error is wanted
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.docx").write_text("years of work")
    (theirs / "page").write_text("a page")
    with pytest.raises(StorageFault) as caught, whole_folder(theirs, ours=("page",)):
        pytest.fail("the block must not begin")
    assert caught.value.faults[0].kind == "not_ours"
    assert (theirs / "thesis.docx").read_text() == "years of work"


def test_a_file_at_the_place_is_left_alone(tmp_path: Path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(StorageFault), whole_folder(tmp_path / "run", ours=("page",)):
        pytest.fail("the block must not begin")
    assert (tmp_path / "run").read_text() == "a file"


def test_an_empty_folder_may_be_filled(tmp_path: Path):
    (tmp_path / "run").mkdir()
    with whole_folder(tmp_path / "run", ours=("page",)) as scratch:
        (scratch / "page").write_text("whole")
    assert (tmp_path / "run" / "page").read_text() == "whole"
