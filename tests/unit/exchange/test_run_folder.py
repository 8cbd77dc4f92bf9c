"""A run on disk is read back as it was written, or said to be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from equipoise.base.errors import StorageFault
from equipoise.base.frames import hash_of_frame
from equipoise.cli.app import app
from equipoise.exchange.run_folder import read_run

ADVANCED = Path(__file__).parents[3] / "studies" / "icc_advanced"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    done = CliRunner().invoke(app, ["analyse", str(ADVANCED), "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def test_study_results_and_provenance_come_back(run: Path):
    read = read_run(run)
    assert read.study.content_hash == read.provenance.study_hash
    assert hash_of_frame(read.results) == read.provenance.results_hash
    assert read.data.datasets["adsl"].height == 30


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path):
    with pytest.raises(StorageFault) as caught:
        read_run(tmp_path)
    assert caught.value.faults[0].kind == "no_run"


@pytest.mark.parametrize("file", ["results.parquet", "study.json", "datasets/adsl.parquet"])
def test_a_damaged_file_is_said_to_be_damaged(run: Path, file: str):
    (run / file).write_bytes(b"nothing")
    with pytest.raises(StorageFault) as caught:
        read_run(run)
    assert caught.value.faults[0].kind == "damaged_run"
