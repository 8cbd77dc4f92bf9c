"""Bad input on the command line: a clear message, an exit code that is not 0, nothing written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Equipoise = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
OESOPHAGUS = ROOT / "tests" / "studies" / "oesophagus"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OESOPHAGUS, tmp_path / "study"))


def edit(study: Path, old: str, new: str) -> int:
    file = study / "study.yaml"
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


def test_a_missing_folder_is_named(equipoise: Equipoise, tmp_path: Path):
    done = equipoise("rehearse", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.returncode == 5
    assert "there is no such folder" in done.stderr
    assert str(tmp_path / "nowhere") in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_syntax_fault_is_told_with_file_and_line(
    equipoise: Equipoise, study: Path, tmp_path: Path
):
    line = edit(study, "phase: 3", "phase: [3")
    done = equipoise("rehearse", study, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert "is not YAML" in done.stderr
    told = int(done.stderr.split("study.yaml:")[1].split()[0])
    assert line <= told <= line + 1
    assert not (tmp_path / "out").exists()


def test_a_rule_with_an_unknown_function_is_told_with_file_and_line(
    equipoise: Equipoise, study: Path, tmp_path: Path
):
    line = edit(study, "rule: ecog <= 1", "rule: frailty_of(ecog) <= 1")
    done = equipoise("rehearse", study, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert f"study.yaml:{line}" in done.stderr
    assert "frailty_of" in done.stderr
    assert not (tmp_path / "out").exists()


def test_check_tells_faults_on_standard_output_and_exits_with_3(equipoise: Equipoise, study: Path):
    edit(study, "endpoint: efs, by: arm, at: [12 mo, 24 mo]", "endpoint: eFs, by: arm")
    done = equipoise("check", study)
    assert done.returncode == 3
    assert "got" in done.stdout
    assert "fix" in done.stdout


def test_an_unknown_cell_names_near_ones(equipoise: Equipoise, tmp_path: Path):
    done = equipoise("trace", tmp_path, "efs/median")
    assert done.returncode == 5
    assert "no finished run" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk can be mounted by root only")
def test_a_full_disk_leaves_nothing_half_written_and_the_older_run_whole(
    equipoise: Equipoise, tmp_path: Path
):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        older = disk / "run"
        older.mkdir()
        (older / "report.html").write_text("an older report")
        (older / "provenance.json").write_text("{}")
        done = equipoise("rehearse", OESOPHAGUS, "--workers", 1, "--out", older)
        assert done.returncode == 5, done.stdout + done.stderr
        assert "No space left" in done.stderr or "full" in done.stderr
        assert [entry.name for entry in disk.iterdir()] == ["run"]
        assert (older / "report.html").read_text() == "an older report"
    finally:
        subprocess.run(["umount", str(disk)], check=True)
