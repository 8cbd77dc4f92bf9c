"""Every kind of fault is found in a study that has it, with its file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.base.errors import Fault, StorageFault, StudyFaults
from equipoise.study.checks import FAULT_KINDS, check_study, faults_page

from .fault_cases import CASES, Case

HEALTHY = Path(__file__).parents[2] / "studies" / "oesophagus"

Edited = Callable[..., Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Return the healthy study with some text of its main file replaced."""

    def edit(*replacements: tuple[str, str]) -> Path:
        folder = tmp_path / "study"
        shutil.copytree(HEALTHY, folder)
        main = folder / "study.yaml"
        text = main.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        main.write_text(text, encoding="utf-8")
        return folder

    return edit


def broken(case: Case, folder: Path) -> Path:
    shutil.copytree(HEALTHY, folder)
    for name, content in case.files.items():
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    file = folder / case.file
    text = file.read_text(encoding="utf-8")
    assert case.old in text
    file.write_text(text.replace(case.old, case.new, 1), encoding="utf-8")
    return folder


def expected_place(case: Case, folder: Path) -> str:
    file = folder / (case.at_file or case.file)
    if case.at == "":
        return f"{file}:1"
    text = file.read_text(encoding="utf-8")
    marker = case.at if case.at is not None else case.new
    assert marker in text
    return f"{file}:{text.count(chr(10), 0, text.index(marker)) + 1}"


def kinds_of(faults: tuple[Fault, ...]) -> list[str]:
    return [fault.kind for fault in faults]


@pytest.mark.parametrize("kind", CASES)
def test_a_broken_study_names_its_fault_with_file_and_line(kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    folder = broken(case, tmp_path / "study")
    found = [fault for fault in check_study(folder).faults if fault.kind == kind]
    assert expected_place(case, folder) in [fault.where for fault in found]
    assert all(fault.what and fault.got and fault.fix for fault in found)


def test_every_kind_of_the_catalogue_has_a_broken_study() -> None:
    assert set(CASES) | {"no_study_folder"} == set(FAULT_KINDS)


def test_a_missing_folder_is_a_fault_of_storage(tmp_path: Path) -> None:
    with pytest.raises(StorageFault) as raised:
        check_study(tmp_path / "nowhere")
    assert raised.value.faults[0].kind == "no_study_folder"


def test_the_healthy_study_has_no_fault() -> None:
    checked = check_study(HEALTHY)
    assert checked.faults == ()
    assert checked.sound().study == "oesophagus"


def test_a_study_with_faults_is_not_given_out(edited: Edited) -> None:
    checked = check_study(edited(("rule: ecog <= 1", "rule: ecgo <= 1")))
    with pytest.raises(StudyFaults) as raised:
        checked.sound()
    assert raised.value.faults == checked.faults


def test_a_wrong_word_does_not_hide_what_does_not_fit_elsewhere(edited: Edited) -> None:
    folder = edited(
        ("phase: 3", "phase: 3\nfase: 3"),
        ("rule: ecog <= 1", "rule: ecgo <= 1"),
        ("then: [os]", "then: [os, os]"),
    )
    checked = check_study(folder)
    assert checked.study is None
    assert kinds_of(checked.faults) == [
        "unknown_word",
        "rule_unknown_item",
        "endpoint_tested_twice",
    ]


def test_what_cannot_be_read_is_not_missed_elsewhere(edited: Edited) -> None:
    folder = edited(("from: randomisation, at: -28 d .. 0 d", "from: randomisation, at: then"))
    assert kinds_of(check_study(folder).faults) == ["bad_quantity"]


def test_an_unreadable_endpoint_is_not_missed_by_its_analyses(edited: Edited) -> None:
    folder = edited(
        ("rule: margin = 'R0', population: all_randomised}", "rule: [], population: a}"),
        ("hidden: [arm]", "hidden: [arms]"),
    )
    assert kinds_of(check_study(folder).faults) == ["bad_value", "role_hides_unknown"]


def test_a_section_that_is_no_yaml_is_one_fault_and_not_many(edited: Edited) -> None:
    folder = edited()
    (folder / "laboratory.yaml").write_text("neutrophils: {low: 1", encoding="utf-8")
    assert kinds_of(check_study(folder).faults) == ["yaml_syntax"]


def test_a_section_that_may_not_be_empty_is_one_fault_too_when_its_file_is_no_yaml(
    edited: Edited,
) -> None:
    folder = edited()
    main = folder / "study.yaml"
    text = main.read_text(encoding="utf-8")
    first, end = text.index("analysis_sets:"), text.index("analyses:")
    main.write_text(text[:first] + text[end:], encoding="utf-8")
    (folder / "analysis_sets.yaml").write_text("all: {label: All", encoding="utf-8")
    assert kinds_of(check_study(folder).faults) == ["yaml_syntax"]


def test_faults_come_in_the_order_of_lines(edited: Edited) -> None:
    folder = edited(("then: [os]", "then: [os, os]"), ("rule: ecog <= 1", "rule: ecgo <= 1"))
    lines = [int(fault.where.rpartition(":")[2]) for fault in check_study(folder).faults]
    assert lines == sorted(lines)
    assert len(lines) == 2


def test_a_misspelt_name_is_answered_with_the_nearest_one(edited: Edited) -> None:
    faults = check_study(edited(("rule: ecog <= 1", "rule: ecgo <= 1"))).faults
    assert faults[0].fix == "did you mean 'ecog'?"


def test_an_assumption_is_told_in_the_words_of_the_file_with_its_line() -> None:
    told = {".".join(one.path): one for one in check_study(HEALTHY).assumptions}
    alpha = told["design.alpha"]
    assert (alpha.words, alpha.tag, str(alpha.kind)) == ("one_sided 2.5 %", "assumed", "assumed")
    assert alpha.where.endswith("study.yaml:78")
    assert told["regimens.cf.drugs.cisplatin"].words.startswith("dose 80 mg/m2, route")


def test_a_source_that_was_read_is_no_assumption(edited: Edited) -> None:
    folder = edited(("one_sided: 2.5 %, source: assumed", "one_sided: 2.5 %, source: custom"))
    sources = folder / "SOURCES.md"
    sources.write_text(sources.read_text(encoding="utf-8") + "| custom | standard | habit |\n")
    checked = check_study(folder)
    assert checked.faults == ()
    assert ("design", "alpha") not in {one.path for one in checked.assumptions}


def test_counts_tell_how_much_a_study_says() -> None:
    counts = check_study(HEALTHY).counts
    assert counts is not None
    # screening, 2 cycles, restaging, operation, follow-up from week 24 to year 3, any time
    assert (counts.arms, counts.visits, counts.forms) == (2, 1 + 2 + 1 + 1 + 12 + 1, 11)


def test_the_page_of_faults_lists_every_kind_once() -> None:
    page = faults_page()
    assert all(page.count(f"| `{kind}` |") == 1 for kind in FAULT_KINDS)
