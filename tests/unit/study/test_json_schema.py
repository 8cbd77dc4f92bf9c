"""The JSON Schemas accept what the reader accepts, and refuse what an editor should underline."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from equipoise.study.folder import FOLDERS, SECTIONS
from equipoise.study.json_schema import schema_files, study_schema
from equipoise.study.yaml_tree import read_tree

STUDIES = Path(__file__).parents[2] / "studies"
FILES = schema_files()


def raw(file: Path) -> Any:
    return read_tree(file.read_text(encoding="utf-8"), file=str(file)).value


def complaints(schema: Mapping[str, Any], value: object) -> list[str]:
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("name", FILES)
def test_each_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(FILES[name])


@pytest.mark.parametrize("file", sorted((STUDIES / "oesophagus").glob("*.yaml")), ids=str)
def test_each_file_of_a_study_fits_its_schema(file: Path) -> None:
    assert complaints(FILES[file.name], raw(file)) == []


def test_a_study_in_one_file_fits_the_schema_of_the_whole() -> None:
    folder = STUDIES / "oesophagus"
    whole = raw(folder / "study.yaml") | {"laboratory": raw(folder / "laboratory.yaml")}
    assert complaints(study_schema(), whole) == []


@pytest.mark.parametrize(
    "form",
    [
        {"use": "laboratory"},
        {"use": "laboratory", "without": ["ast"], "items": {"inr": {"range": "0 .. 9"}}},
        {"title": "Page", "items": {"age": {"label": "Age", "type": "integer"}}},
    ],
)
def test_a_form_may_be_its_own_or_change_a_standard_one(form: dict[str, Any]) -> None:
    assert complaints(FILES["forms/*.yaml"], form) == []


@pytest.mark.parametrize(
    "form",
    [
        {"use": "laboratories"},
        {"use": "laboratory", "item": {}},
        {"title": "Page", "items": {"age": {"label": "Age"}}},
        {"title": "Page", "without": ["age"], "items": {"age": {"label": "A", "type": "text"}}},
    ],
)
def test_a_form_that_is_neither_is_underlined(form: dict[str, Any]) -> None:
    assert complaints(FILES["forms/*.yaml"], form)


@pytest.mark.parametrize(
    ("file", "word", "value"),
    [
        ("study.yaml", "phase", 4),
        ("study.yaml", "fase", 3),
        ("study.yaml", "use", ["biopsies"]),
        ("strata.yaml", "Older", {"label": "Older", "rule": "age > 60"}),
        ("strata.yaml", "older", {"label": "Older"}),
        ("endpoints.yaml", "os", {"kind": "survival", "label": "OS", "population": "all"}),
    ],
)
def test_a_wrong_word_is_underlined(file: str, word: str, value: object) -> None:
    study = {"study": "x", "title": "X", "phase": 2, "disease": {"name": "x"}}
    main = study | {"subjects": {"planned": 1}}
    assert complaints(FILES[file], (main if file == "study.yaml" else {}) | {word: value})


def test_study_yaml_may_leave_sections_to_their_files() -> None:
    main = {"study": "x", "title": "X", "phase": "2/3"}
    assert complaints(FILES["study.yaml"], main) == []
    assert complaints(study_schema(), main)


def test_there_is_a_schema_for_every_file_that_the_reader_takes() -> None:
    small = {"study", "version", "title", "registry", "phase", "use"}
    expected = {f"{section}.yaml" for section in SECTIONS - small} | {"study.yaml"}
    assert set(FILES) == expected | {f"{folder}/*.yaml" for folder in FOLDERS}


def test_a_schema_of_a_section_holds_only_what_it_refers_to() -> None:
    assert set(FILES["strata.yaml"]["$defs"]) == {"Stratum"}


def test_changing_one_schema_leaves_the_next_one_alone() -> None:
    study_schema()["properties"].clear()
    assert study_schema()["properties"]
