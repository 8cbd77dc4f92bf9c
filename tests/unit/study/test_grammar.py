"""A wrong word is one fault, told in the words of the file and not of its reader."""

from typing import Any

import pytest
from pydantic import ValidationError

from equipoise.base.errors import Fault
from equipoise.study.grammar import grammar_faults, place_of
from equipoise.study.study import Study
from equipoise.study.yaml_tree import read_tree

SMALLEST = """\
study: small
title: Small
phase: 2
disease: {name: carcinoma}
subjects: {planned: 10}
arms: {only: {label: Only}}
schedule:
  clocks: {entry: registration_date}
  epochs: {trial: Trial}
  visits: {start: {epoch: trial, from: entry, at: 0 d, forms: [page]}}
forms: {page: {form: page, title: Page, items: {age: {label: Age, type: integer}}}}
events: {died: {label: Death, date: page_date}}
endpoints:
  os: {kind: time_to_event, label: OS, from: entry, events: [died], population: all}
analysis_sets: {all: {label: All, rule: true}}
analyses: {flow: {method: flow, title: Flow}}
report: [{heading: Flow, show: [flow]}]
roles: {nurse: {label: Nurse, may: [record]}}
"""


def faults(old: str, new: str) -> list[Fault]:
    assert old in SMALLEST
    tree = read_tree(SMALLEST.replace(old, new, 1), file="study.yaml")
    with pytest.raises(ValidationError) as raised:
        Study.model_validate(tree.value)
    return list(grammar_faults(tree, raised.value))


def test_the_smallest_study_is_one() -> None:
    tree: Any = read_tree(SMALLEST, file="study.yaml").value
    assert Study.model_validate(tree).analysis_sets["all"].rule == "true"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title: Small\n", "", ("missing_word", 1)),
        ("phase: 2", "phase: 5", ("unknown_choice", 3)),
        ("planned: 10", "planned: ten", ("bad_value", 5)),
        ("planned: 10", "planned: -1", ("bad_value", 5)),
        ("{only:", "{Only:", ("bad_name", 6)),
        ("at: 0 d", "at: 0 days", ("bad_quantity", 10)),
        ("at: 0 d", "at: {only: 0 days}", ("bad_quantity", 10)),
        ("type: integer", "type: whole", ("unknown_choice", 11)),
        ("kind: time_to_event", "kind: survival", ("unknown_choice", 14)),
        ("kind: time_to_event, ", "", ("missing_word", 14)),
        ("events: [died]", "events: [Died]", ("bad_name", 14)),
        ("events: [died]", "events: [{event: died, date: then}]", ("bad_quantity", 14)),
        ("may: [record]", "may: [write]", ("unknown_choice", 18)),
        ("phase: 2", "phase: 2\nversion: 1.1", ("bad_value", 4)),
    ],
)
def test_one_slip_is_one_fault_with_its_line(old: str, new: str, fault: tuple[str, int]) -> None:
    kind, line = fault
    found = [(one.kind, one.where) for one in faults(old, new)]
    assert found == [(kind, f"study.yaml:{line}")]


def test_of_two_meanings_only_the_nearer_is_told() -> None:
    told = faults("date: page_date", "dat: page_date")
    assert [fault.kind for fault in told] == ["missing_word", "unknown_word"]
    assert told[1].fix == "did you mean 'date'?"


def test_a_response_event_with_a_wrong_response_is_not_taken_for_a_recorded_one() -> None:
    told = faults("date: page_date", "response: SD")
    assert [fault.what for fault in told] == ["events / died / response: input should be 'PD'"]


def test_a_number_where_a_text_belongs_asks_for_quotes() -> None:
    assert faults("phase: 2", "phase: 2\nversion: 1.1")[0].fix == "put it in quotes"


def test_a_place_is_that_of_the_nearest_part_around() -> None:
    tree = read_tree("a:\n  b:\n    c: 1\n", file="f.yaml")
    assert place_of(tree, ("a", "b", "d", "e")) == "f.yaml:2"
    assert place_of(tree, ("x",)) == "f.yaml:1"
