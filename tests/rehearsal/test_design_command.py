"""`equipoise design` from a study folder to a file, a page, a sweep and a comparison."""

import json
import shutil
from pathlib import Path

import pytest

STUDY = Path(__file__).parents[2] / "studies" / "icc_golp"


@pytest.fixture
def changed(tmp_path):
    """Return a copy of the study that assumes a weaker effect."""
    folder = tmp_path / "changed"
    shutil.copytree(STUDY, folder)
    file = folder / "design.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("hazard_ratio: 0.6", "hazard_ratio: 0.65"), encoding="utf-8")
    return folder


def test_a_design_is_written_and_compared_with_that_of_an_amended_study(
    equipoise, tmp_path, changed
):
    out = tmp_path / "design"
    done = equipoise("design", STUDY, "--out", out)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["design.html", "design.json"]
    kept = json.loads((out / "design.json").read_text(encoding="utf-8"))
    assert kept["design"]["survival"]["power"] == pytest.approx(0.820557, abs=5e-7)

    told = equipoise("design", changed, "--compare", out / "design.json", "--json")
    differences = {each["path"]: each for each in json.loads(told.stdout)["differences"]}
    assert differences["survival.assumptions.hazard_ratio"]["right"] == "0.65"
    same = equipoise("design", STUDY, "--compare", out / "design.json")
    assert "The designs are the same." in same.stdout


def test_a_sweep_has_a_row_for_each_combination(equipoise):
    done = equipoise(
        "design", STUDY, "--explore", "hazard_ratio=0.6,0.7", "--explore", "subjects=178", "--json"
    )
    rows = json.loads(done.stdout)["explored"]["rows"]
    assert [row["values"] for row in rows] == [[0.6, 178.0], [0.7, 178.0]]
    assert rows[0]["power"] == pytest.approx(0.820557, abs=5e-7)


def test_faulty_words_are_told_and_nothing_is_written(equipoise, tmp_path):
    out = tmp_path / "design"
    done = equipoise("design", STUDY, "--explore", "hazard=1", "--out", out)
    assert done.returncode != 0
    assert "--explore hazard=1" in done.stderr
    assert not out.exists()
    missing = equipoise("design", STUDY, "--compare", tmp_path / "none.json")
    assert missing.returncode != 0
    assert "none.json" in missing.stderr


def test_a_running_trial_is_held_against_its_design(equipoise):
    done = equipoise("design", STUDY, "--seen", "80:2.1")
    assert "2.6060" in done.stdout
    assert "go on" in done.stdout
    assert "89.2% with the planned effect" in done.stdout
    ended = equipoise("design", STUDY, "--seen", "80:2.1", "--seen", "131:2.4", "--final", "--json")
    watched = json.loads(ended.stdout)["watched"]
    assert watched["monitored"]["looks"][1]["verdict"] == "reject"
    assert watched["conclusion"]["hazard_ratio"] == pytest.approx(0.66252, abs=1e-5)
    wrong = equipoise("design", STUDY, "--seen", "80", "--seen", "many:2")
    assert wrong.returncode != 0
    assert "--seen 80" in wrong.stderr
    assert "--seen many:2" in wrong.stderr
