"""A folder becomes one frozen study with one hash, or every fault at once."""

import shutil
from pathlib import Path

import pytest

from equipoise.base.errors import StudyFaults
from equipoise.study.load import load_study, read_study
from equipoise.study.study import Study

HEALTHY = Path(__file__).parents[2] / "studies" / "oesophagus"


def edited(folder: Path, *edits: tuple[str, str]) -> Path:
    shutil.copytree(HEALTHY, folder)
    main = folder / "study.yaml"
    text = main.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    main.write_text(text, encoding="utf-8")
    return folder


def test_a_study_says_itself_in_words_that_read_the_same() -> None:
    study = load_study(HEALTHY)
    said = study.model_dump(mode="json", by_alias=True)
    assert Study.model_validate(said) == study
    assert said["design"]["alpha"]["one_sided"] == "2.5 %"
    assert said["design"]["assume"]["dropout"] == "3 % per year"
    assert said["schedule"]["visits"]["operation"]["at"] == {
        "chemo": "9 wk",
        "surgery_first": "2 wk",
    }


def test_comments_and_files_leave_the_hash_of_a_study_alone(tmp_path: Path) -> None:
    folder = edited(
        tmp_path / "study",
        ("# A neoadjuvant", "# The same neoadjuvant"),
        ("strata: {older: {label: Older than 60 years, rule: age > 60, source: assumed}}\n", ""),
    )
    stratum = "older: {label: Older than 60 years, rule: age > 60, source: assumed}\n"
    (folder / "strata.yaml").write_text(stratum, encoding="utf-8")
    assert load_study(folder).content_hash == load_study(HEALTHY).content_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("surgery_first: 2 wk}", "surgery_first: 3 wk}"),
        ("then: delay", "then: omit"),
        ("one_sided: 2.5 %", "one_sided: 2.4 %"),
        ("date: at_surgery", "date: landmark 16 wk"),
    ],
)
def test_whatever_a_study_says_is_in_its_hash(old: str, new: str, tmp_path: Path) -> None:
    other = load_study(edited(tmp_path / "study", (old, new)))
    assert other.content_hash != load_study(HEALTHY).content_hash


def test_every_wrong_word_is_told_at_once(tmp_path: Path) -> None:
    folder = edited(tmp_path / "study", ("phase: 3", "phase: 4"), ("cycle: 21 d", "cycle: 3 weeks"))
    with pytest.raises(StudyFaults) as raised:
        load_study(folder)
    assert [fault.kind for fault in raised.value.faults] == ["unknown_choice", "bad_quantity"]


def test_a_study_of_which_a_file_was_not_read_is_not_given_out(tmp_path: Path) -> None:
    folder = edited(tmp_path / "study")
    (folder / "desing.yaml").write_text("primary: os\n", encoding="utf-8")
    reading = read_study(folder)
    assert reading.study is None
    assert [fault.kind for fault in reading.faults] == ["unknown_file"]


def test_a_reading_knows_where_each_part_stands() -> None:
    reading = read_study(HEALTHY)
    assert reading.place_of(("endpoints", "os", "events", "0")).endswith("study.yaml:53")
    assert reading.place_of(("laboratory", "inr", "high")).endswith("laboratory.yaml:9")
    assert reading.place_of(("forms", "death", "items")).startswith("standard form death:")
