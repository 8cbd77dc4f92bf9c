"""What pydantic found wrong with the words of a study, told as faults with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from equipoise.base.errors import Fault
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path, Tree

_KINDS: Mapping[str, str] = {
    "missing": "missing_word",
    "extra_forbidden": "unknown_word",
    "enum": "unknown_choice",
    "literal_error": "unknown_choice",
    "union_tag_invalid": "unknown_choice",
    "union_tag_not_found": "missing_word",
    "value_error": "bad_quantity",
}

_OTHER_SHAPE = frozenset({"model_type", "dict_type", "tuple_type", "list_type", "string_type"})
"""What pydantic says of an alternative that the writer never meant: a list where a word stands."""

_NAME_PATTERN = "^[a-z][a-z0-9_]*$"


def place_of(tree: Tree, path: Path) -> str:
    """Return `file:line` of the part of the tree that lies deepest on a path."""
    around = (path[:k] for k in range(len(path), -1, -1))
    return next((str(tree.places[part]) for part in around if part in tree.places), "study.yaml:1")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Complaint:
    """One error of pydantic, its place told apart from the alternatives it went through.

    Attributes
    ----------
    path : Path
        Where it is in the tree.
    branches : tuple[tuple[Path, str], ...]
        (place, alternative) for each union on the way.
    """

    path: Path
    branches: tuple[tuple[Path, str], ...]
    details: ErrorDetails

    @property
    def kind(self) -> str:
        found = self.details["type"]
        if found == "string_pattern_mismatch":
            pattern = self.details.get("ctx", {}).get("pattern")
            return "bad_name" if pattern == _NAME_PATTERN else "bad_value"
        return _KINDS.get(found, "bad_value")

    def misses(self, place: Path) -> bool:
        """Whether the alternative at a place has another shape than what is written there."""
        found = self.details["type"]
        word = found == "literal_error" and not isinstance(self.details["input"], str)
        return self.path == place and (found in _OTHER_SHAPE or word)


def grammar_faults(tree: Tree, error: ValidationError) -> tuple[Fault, ...]:
    """Return one fault for each thing a person has to put right.

    Of a word with several meanings only the meaning that fits best is told, and what a file
    that is no YAML fails to say is left out.
    """
    told = [one for one in _complaints(tree, error) if not _unread(tree, one)]
    return tuple(dict.fromkeys(_fault(tree, complaint) for complaint in told))


def wrong_paths(tree: Tree, error: ValidationError) -> tuple[Path, ...]:
    """Return the parts that cannot be read; of a missing word the part that lacks it."""
    return tuple(
        complaint.path[:-1] if complaint.kind == "missing_word" else complaint.path
        for complaint in _complaints(tree, error)
    )


def _complaints(tree: Tree, error: ValidationError) -> list[_Complaint]:
    complaints = _best_alternatives([_complaint(tree, details) for details in error.errors()])
    return [
        one
        for one in complaints
        if not (one.details["type"] == "too_short" and _within(one, complaints))
    ]


def _within(around: _Complaint, complaints: list[_Complaint]) -> bool:
    """Whether a list is only too short because something in it is wrong."""
    length = len(around.path)
    return any(one.path[:length] == around.path and one.path != around.path for one in complaints)


def _complaint(tree: Tree, details: ErrorDetails) -> _Complaint:
    path: Path = ()
    branches: list[tuple[Path, str]] = []
    words = [str(word) for word in details["loc"] if word != "[key]"]
    for k, word in enumerate(words):
        last = k == len(words) - 1
        if _is_part(tree, (*path, word)) or (last and details["type"] == "missing"):
            path = (*path, word)
        else:
            branches.append((path, word))
    tag = str(details.get("ctx", {}).get("discriminator", "")).strip("'")
    path = (*path, tag) if tag else path
    return _Complaint(path=path, branches=tuple(branches), details=details)


def _is_part(tree: Tree, path: Path) -> bool:
    # A section whose entries are files of their own has no place itself, nor has an unread file.
    sections = {("forms",), ("scenarios",), ("regimens",)}
    return path in tree.places or path in sections or path in tree.unread


def _best_alternatives(complaints: list[_Complaint]) -> list[_Complaint]:
    forks = {place for complaint in complaints for place, _ in complaint.branches}
    for place in sorted(forks, key=len):
        here: dict[str, list[_Complaint]] = {}
        for complaint in complaints:
            for fork, word in complaint.branches:
                if fork == place:
                    here.setdefault(word, []).append(complaint)
        if len(here) > 1:
            best = min(here, key=lambda word: _distance(here[word], place))
            gone = [one for word, several in here.items() if word != best for one in several]
            complaints = [complaint for complaint in complaints if complaint not in gone]
    return complaints


def _distance(complaints: Iterable[_Complaint], place: Path) -> tuple[bool, int]:
    told = list(complaints)
    return any(complaint.misses(place) for complaint in told), len(told)


def _unread(tree: Tree, complaint: _Complaint) -> bool:
    return any(
        complaint.path == part
        or (complaint.path[: len(part)] == part and complaint.kind == "missing_word")
        for part in tree.unread
    )


def _fault(tree: Tree, complaint: _Complaint) -> Fault:
    path = complaint.path
    return Fault(
        kind=complaint.kind,
        what=f"{' / '.join(path) or 'study'}: {_what(complaint)}",
        where=place_of(tree, path),
        got="nothing" if complaint.kind == "missing_word" else _short(complaint),
        fix=_fix(complaint, word=path[-1] if path else "study"),
    )


def _what(complaint: _Complaint) -> str:
    message = complaint.details["msg"].removeprefix("Value error, ")
    match complaint.kind:
        case "missing_word":
            return "this word is missing"
        case "unknown_word":
            return "this part of a study has no such word"
        case "bad_name":
            return "this is no name"
        case "unknown_choice" if complaint.details["type"] == "union_tag_invalid":
            return f"the choice is {complaint.details.get('ctx', {}).get('expected_tags')}"
        case _:
            return f"{message[:1].lower()}{message[1:]}"


def _short(complaint: _Complaint) -> str:
    tag = complaint.details.get("ctx", {}).get("tag")
    text = repr(tag if tag is not None else complaint.details["input"])
    return text if len(text) <= 80 else f"{text[:77]}..."


def _fix(complaint: _Complaint, *, word: str) -> str:
    match complaint.kind:
        case "missing_word":
            return f"say '{word}' here"
        case "unknown_word":
            near = get_close_matches(word, _vocabulary(), n=1)
            return f"did you mean '{near[0]}'?" if near else f"take '{word}' out"
        case "unknown_choice":
            return "use one of the words the message lists"
        case "bad_name":
            return "names are snake_case: small letters, digits and underscores"
        case _ if complaint.details["type"] == "string_type":
            return "put it in quotes"
        case _:
            return "write it as the message says"


@cache
def _vocabulary() -> tuple[str, ...]:
    """Return every word of the language."""
    return tuple(sorted(set(_properties(Study.model_json_schema()))))


def _properties(schema: object) -> Iterator[str]:
    if isinstance(schema, list):
        for part in schema:
            yield from _properties(part)
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        for part in schema.values():
            yield from _properties(part)
