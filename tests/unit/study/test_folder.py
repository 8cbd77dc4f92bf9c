"""A folder of files is one tree: sections, entries, and standard forms filled in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from equipoise.base.errors import StorageFault
from equipoise.study.folder import read_folder, standard_form, standard_form_names
from equipoise.study.yaml_tree import Tree

Written = Callable[[Mapping[str, str]], Tree]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(files: Mapping[str, str]) -> Tree:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return read_folder(tmp_path)

    return write


def said(tree: Tree) -> Any:
    return tree.value


def kinds(tree: Tree) -> list[str]:
    return [fault.kind for fault in tree.faults]


def test_a_file_is_the_section_of_its_name(written: Written) -> None:
    tree = written({"study.yaml": "study: one", "strata.yaml": "older: {rule: age > 60}"})
    assert said(tree)["strata"] == {"older": {"rule": "age > 60"}}
    assert str(tree.places["strata", "older"]).endswith("strata.yaml:1")


def test_a_file_in_a_folder_is_one_entry_named_by_itself_or_by_its_file(written: Written) -> None:
    tree = written(
        {
            "study.yaml": "study: one",
            "scenarios/best.yaml": "title: Best",
            "scenarios/second.yaml": "scenario: worst\ntitle: Worst",
            "regimens/cf.yaml": "regimen: fc\nlabel: CF",
        }
    )
    assert said(tree)["scenarios"] == {
        "best": {"scenario": "best", "title": "Best"},
        "worst": {"scenario": "worst", "title": "Worst"},
    }
    assert said(tree)["regimens"] == {"fc": {"label": "CF"}}


def test_a_section_said_in_two_files_is_a_fault(written: Written) -> None:
    tree = written({"study.yaml": "strata: {a: {}}", "strata.yaml": "b: {}"})
    assert kinds(tree) == ["said_twice"]


def test_an_entry_said_in_two_files_is_a_fault(written: Written) -> None:
    tree = written({"study.yaml": "forms: {a: {title: A}}", "forms/a.yaml": "title: A"})
    assert kinds(tree) == ["said_twice"]


@pytest.mark.parametrize("name", ["shedule.yaml", "schedule.yml", "form/a.yaml", "forms/a.yml"])
def test_a_file_that_would_not_be_read_is_a_fault(written: Written, name: str) -> None:
    tree = written({"study.yaml": "study: one", name: "a: 1"})
    assert [(fault.kind, fault.got) for fault in tree.faults] == [("unknown_file", name)]


def test_hidden_files_are_left_alone(written: Written) -> None:
    assert kinds(written({"study.yaml": "study: one", ".git/x.yaml": "a: 1"})) == []


def test_a_standard_form_is_filled_in(written: Written) -> None:
    form = said(written({"study.yaml": "use: [death]"}))["forms"]["death"]
    assert form["form"] == "death"
    assert list(form["items"]) == ["death_date", "death_cause"]


def test_what_a_study_says_of_a_standard_form_overrides_it(written: Written) -> None:
    own = "use: death\nwithout: [death_cause]\ntitle: Dead\nitems: {death_date: {label: When}}"
    tree = written({"study.yaml": "study: one", "forms/death.yaml": own})
    form = said(tree)["forms"]["death"]
    assert (form["title"], list(form["items"])) == ("Dead", ["death_date"])
    assert form["items"]["death_date"]["label"] == "When"
    assert form["items"]["death_date"]["type"] == "date"
    assert str(tree.places["forms", "death", "items", "death_date", "type"]).startswith(
        "standard form death"
    )


def test_a_code_list_of_a_study_replaces_the_standard_one(written: Written) -> None:
    own = "use: death\nitems: {death_cause: {codes: {any: Any}}}"
    form = said(written({"study.yaml": "study: one", "forms/death.yaml": own}))["forms"]["death"]
    assert form["items"]["death_cause"]["codes"] == {"any": "Any"}


def test_overrides_leave_the_standard_form_of_the_package_alone(written: Written) -> None:
    written({"study.yaml": "forms: {death: {use: death, items: {death_date: {label: When}}}}"})
    original: Any = standard_form("death").value
    assert original["items"]["death_date"]["label"] == "Date of death"
    assert "form" not in original


def test_a_form_used_as_it_is_and_written_out_is_a_fault(written: Written) -> None:
    tree = written({"study.yaml": "use: [death]", "forms/death.yaml": "use: death"})
    assert kinds(tree) == ["said_twice"]


def test_leaving_out_what_is_not_there_is_a_fault(written: Written) -> None:
    tree = written({"study.yaml": "forms: {death: {use: death, without: [cause]}}"})
    assert [(fault.kind, fault.got) for fault in tree.faults] == [("without_unknown", "cause")]


def test_an_unknown_standard_form_is_a_fault_that_names_the_known_ones(written: Written) -> None:
    fault = written({"study.yaml": "use: [deaths]"}).faults[0]
    assert fault.kind == "unknown_standard_form"
    assert all(name in fault.fix for name in standard_form_names())


def test_a_folder_without_a_study_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match=r"there is no study\.yaml in the folder"):
        read_folder(tmp_path)


def test_standard_forms_are_yaml_without_faults() -> None:
    assert [fault for name in standard_form_names() for fault in standard_form(name).faults] == []
