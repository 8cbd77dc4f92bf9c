"""An amendment is told in the words of the trial, with what it concerns."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.study.amended_parts import PARTS, Consequence
from equipoise.study.amendments import Change, compare
from equipoise.study.load import load_study
from equipoise.study.study import Study

HEALTHY = Path(__file__).parents[2] / "studies" / "oesophagus"

_USE = "use: [demographics, vital_signs, laboratory,"

Amended = Callable[[str, str], tuple[Change, ...]]


@pytest.fixture(scope="module")
def old() -> Study:
    return load_study(HEALTHY)


@pytest.fixture
def amended(old: Study, tmp_path: Path) -> Amended:
    def amend(before: str, after: str) -> tuple[Change, ...]:
        folder = tmp_path / "study"
        shutil.copytree(HEALTHY, folder)
        main = folder / "study.yaml"
        text = main.read_text(encoding="utf-8")
        assert before in text
        main.write_text(text.replace(before, after, 1), encoding="utf-8")
        return compare(old, load_study(folder))

    return amend


def laboratory(said: str) -> str:
    form = f"forms: {{laboratory: {{use: laboratory, {said}}}}}\n"
    return f"{form}use: [demographics, vital_signs,"


_ITEM = "items: {ca199: {label: CA19-9, type: number, required: true}}"
_NEW_ROW = "{day_1: [{when: neutrophils < 0.5, then: stop}, "

_THERAPY = "{date: new_therapy_date, primary: event, sensitivity: censor}"
_SAID_THERAPY = "date new_therapy_date, primary event, sensitivity censor"

CASES = [
    (
        "dose: 80 mg/m2",
        "dose: 60 mg/m2",
        "safety",
        "Arm chemo, cisplatin: dose 80 mg/m2 -> 60 mg/m2",
    ),
    (
        "date: at_surgery",
        "date: landmark 16 wk",
        "endpoint",
        "Endpoint efs: incomplete resection dated at landmark 16 wk instead of at_surgery",
    ),
    (
        "when: recurrence}",
        "when: recurrence, suspected: recurrence_suspected_date}",
        "endpoint",
        "Event recurred: suspected recurrence_suspected_date added",
    ),
    (
        "population: all_randomised\n  os:",
        f"intercurrent: {{new_therapy: {_THERAPY}}}\n    population: all_randomised\n  os:",
        "endpoint",
        f"Endpoint efs: intercurrent new_therapy added: {_SAID_THERAPY}",
    ),
    ("every: 12 wk", "every: 8 wk", "schedule", "Visit follow_up: every 12 wk -> 8 wk"),
    (_USE, laboratory(_ITEM), "data", "Form laboratory: item ca199 added, required"),
    (_USE, laboratory("without: [ast]"), "safety", "Form laboratory: item ast removed"),
    (
        _USE,
        laboratory("items: {inr: {range: 0 .. 9}}"),
        "data",
        "Form laboratory, item inr: range 0.5 .. 20 -> 0 .. 9",
    ),
    (
        "rule: ecog <= 1",
        "rule: ecog = 0",
        "population",
        "Inclusion performance: rule ecog <= 1 -> ecog = 0",
    ),
    (
        "    platelets:   {text: Platelets at least 100,       rule: platelets >= 100}\n",
        "",
        "population",
        "Inclusion platelets removed",
    ),
    ("one_sided: 2.5 %", "one_sided: 1 %", "design", "Design: alpha one_sided 2.5 % -> 1 %"),
    (
        "dropout: 3 % per year",
        "dropout: 5 % per year",
        "design",
        "Design: assume dropout 3 % per year -> 5 % per year",
    ),
    (
        "  looks:",
        "  gate: {arm: chemo, subjects: 20, endpoint: orr, responses: 5}\n  looks:",
        "design",
        "Design: gate added: arm chemo, subjects 20, endpoint orr, responses 5, binding no",
    ),
    (
        "surgery_first: 2 wk}",
        "surgery_first: 3 wk}",
        "schedule",
        "Visit operation: at surgery_first 2 wk -> 3 wk",
    ),
    (
        "forms: [vital_signs, laboratory, dosing]",
        "forms: [vital_signs, dosing]",
        "schedule",
        "Visit cycle: forms laboratory removed",
    ),
    (
        "then: delay",
        "then: omit",
        "safety",
        "Arm chemo, cisplatin, day 1, neutrophils < 1.5 or platelets < 100: then delay -> omit",
    ),
    (
        "{day_1: [",
        _NEW_ROW,
        "safety",
        "Arm chemo, cisplatin, day 1: row neutrophils < 0.5 added: then stop",
    ),
    (
        "events: [died]",
        "events: [died, recurred]",
        "endpoint",
        "Endpoint os: events recurred added",
    ),
    (
        "label: Surgery,",
        "label: Only surgery,",
        "wording",
        "Arm surgery_first: label Surgery -> Only surgery",
    ),
    ("planned: 60", "planned: 80", "design", "Subjects: planned 60 -> 80"),
    ("phase: 3", "phase: 2/3", "design", "Phase 3 -> 2/3"),
    (
        "show: [flow, baseline]",
        "show: [baseline, flow]",
        "analysis",
        "Section Subjects: show flow, baseline -> baseline, flow",
    ),
    ("hidden: [arm]", "hidden: []", "data", "Role data_manager: hidden arm removed"),
]


@pytest.mark.parametrize("case", CASES, ids=[case[3] for case in CASES])
def test_an_edit_of_the_file_is_one_change_in_trial_words(
    amended: Amended, case: tuple[str, str, str, str]
) -> None:
    before, after, consequence, says = case
    changes = amended(before, after)
    assert [(str(change.consequence), change.says) for change in changes] == [(consequence, says)]


def test_the_same_study_has_no_change(old: Study) -> None:
    assert compare(old, old) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# A neoadjuvant trial", "# Another comment"),
        ("phase: 3", "phase: '3'"),
        ("age > 60,", "age > 60 ,"),
        ("hazard_ratio: 0.5", "hazard_ratio: 0.50"),
    ],
)
def test_another_spelling_is_no_change(amended: Amended, before: str, after: str) -> None:
    assert amended(before, after) == ()


def test_a_change_keeps_what_was_and_what_is(amended: Amended) -> None:
    (change,) = amended("every: 12 wk", "every: 8 wk")
    assert change.path == ("schedule", "visits", "follow_up", "every")
    assert (change.old, change.new) == ("12 wk", "8 wk")


def test_an_entry_under_another_name_is_renamed_and_not_lost(amended: Amended) -> None:
    changes = amended("  lanes: {method", "  courses: {method")
    assert changes[0].says == "Analysis lanes is now called courses"


def test_what_is_added_one_way_is_removed_the_other_way(old: Study, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    shutil.copytree(HEALTHY, folder)
    main = folder / "study.yaml"
    text = main.read_text(encoding="utf-8").replace("events: [died]", "events: [died, recurred]")
    main.write_text(text, encoding="utf-8")
    new = load_study(folder)
    assert [change.says for change in compare(new, old)] == ["Endpoint os: events recurred removed"]


def test_changes_come_in_the_order_of_the_study(old: Study, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    shutil.copytree(HEALTHY, folder)
    main = folder / "study.yaml"
    text = main.read_text(encoding="utf-8")
    for before, after in (("hidden: [arm]", "hidden: []"), ("planned: 60", "planned: 61")):
        text = text.replace(before, after, 1)
    main.write_text(text, encoding="utf-8")
    sections = [change.path[0] for change in compare(old, load_study(folder))]
    assert sections == ["subjects", "roles"]


def test_every_section_of_a_study_is_a_part_that_an_amendment_can_name() -> None:
    named = {part.pattern[0] for part in PARTS}
    assert named == set(Study.model_fields)
    assert {part.consequence for part in PARTS} == set(Consequence)
