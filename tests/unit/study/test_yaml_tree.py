"""YAML as plain values that remember their line, and nothing that hides what a trial says."""

import pytest

from equipoise.study.yaml_tree import part_of, read_tree


def value_of(text: str) -> object:
    return read_tree(text, file="study.yaml").value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("'true'", "true"),
        ("2026-03-02", "2026-03-02"),
        ("1:30", "1:30"),
        ("007", 7),
        ("-28 d", "-28 d"),
        ("-3", -3),
        ("0.5", 0.5),
        (".inf", ".inf"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("'3'", "3"),
        ("60 %", "60 %"),
        ("", None),
        ("~", None),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ],
)
def test_a_scalar_is_what_a_person_reads(text: str, value: object) -> None:
    assert value_of(f"word: {text}") == {"word": value}


def test_a_code_list_may_hold_no() -> None:
    assert value_of("codes: {no: No, 1: One}") == {"codes": {"no": "No", "1": "One"}}


def test_every_part_knows_its_line() -> None:
    tree = read_tree("a:\n  b: 1\n  c:\n    - x\n    - {d: y}\n", file="f.yaml")
    lines = {".".join(path): place.line for path, place in tree.places.items()}
    assert lines == {"": 1, "a": 1, "a.b": 2, "a.c": 3, "a.c.0": 4, "a.c.1": 5, "a.c.1.d": 5}
    assert str(tree.places["a", "b"]) == "f.yaml:2"


def test_a_part_is_found_by_its_path_through_lists() -> None:
    tree = read_tree("a: [x, {d: y}]", file="f.yaml")
    assert part_of(tree, ("a", "1", "d")) == "y"
    assert part_of(tree, ("a", "7")) is None
    assert part_of(tree, ("a", "0", "d")) is None


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("a: 1\nb: [", "yaml_syntax", 3),
        ("a: 1\nb: c: d", "yaml_syntax", 2),
        ("a: 1\n---\nb: 2", "yaml_syntax", 2),
        ("a: 1\nb: \x01", "yaml_syntax", 2),
        ("a: 1\n[b]: 2", "yaml_syntax", 2),
        ("a: &x 1\nb: *x", "yaml_alias", 2),
        ("a: &x [*x]", "yaml_alias", 1),
        ("a: 1\nb: 2\na: 3", "said_twice", 3),
    ],
)
def test_what_is_wrong_with_the_yaml_is_told_with_its_line(text: str, kind: str, line: int) -> None:
    faults = read_tree(text, file="f.yaml").faults
    assert [(fault.kind, fault.where) for fault in faults] == [(kind, f"f.yaml:{line}")]


def test_every_alias_is_told() -> None:
    faults = read_tree("a: &x 1\nb: *x\nc: *x", file="f.yaml").faults
    assert [fault.where for fault in faults] == ["f.yaml:2", "f.yaml:3"]


def test_a_text_that_is_no_yaml_counts_as_unread() -> None:
    assert read_tree("a: [", file="f.yaml").unread == ((),)
    assert read_tree("a: 1", file="f.yaml").unread == ()


def test_an_asterisk_in_a_text_is_no_alias() -> None:
    assert value_of("rule: alt > 10 * 50") == {"rule": "alt > 10 * 50"}


def test_an_empty_text_says_nothing() -> None:
    assert value_of("# only a comment\n") == {}
