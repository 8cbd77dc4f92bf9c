"""YAML as plain values that remember their file and line.

Only true/false are booleans and a date stays text (YAML 1.2), so `no: No` is a code list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from equipoise.base.errors import Fault

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """File and line."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return `file:line`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A plain value, where each part of it stands, and what was wrong with the YAML itself.

    Attributes
    ----------
    value : object
        Mappings, lists and scalars.
    places : Mapping[Path, Place]
        File and line of every part.
    faults : tuple[Fault, ...]
        Faults of the YAML.
    unread : tuple[Path, ...]
        Parts whose file is no YAML, so that what they lack is no fault of its own.
    """

    value: object
    places: Mapping[Path, Place]
    faults: tuple[Fault, ...] = ()
    unread: tuple[Path, ...] = ()


def part_of(tree: Tree, path: Path) -> object:
    """Return what stands at a path of a tree, or None."""
    value = tree.value
    for word in path:
        if isinstance(value, dict):
            value = value.get(word)
        elif isinstance(value, list) and word.isdigit() and int(word) < len(value):
            value = value[int(word)]
        else:
            return None
    return value


class _Resolver(yaml.CSafeLoader):
    """YAML 1.2 core: no dates, no yes/no booleans."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and shape are PyYAML's
        first: [
            (tag, pattern)
            for tag, pattern in pairs
            if tag not in {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
        ]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(slots=True)
class _Reading:
    file: str
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def said_twice(self, node: yaml.Node, key: str) -> None:
        fault = Fault(
            kind="said_twice",
            what=f"'{key}' stands twice in one place",
            where=f"{self.file}:{node.start_mark.line + 1}",
            got=key,
            fix="keep one of the two",
        )
        self.faults.append(fault)

    def no_word(self, node: yaml.Node) -> None:
        fault = Fault(
            kind="yaml_syntax",
            what="a list or a mapping stands where a word belongs",
            where=f"{self.file}:{node.start_mark.line + 1}",
            got="brackets before a colon",
            fix="write one word before the colon",
        )
        self.faults.append(fault)

    def plain(self, node: yaml.Node, path: Path) -> object:
        self.places[path] = Place(file=self.file, line=node.start_mark.line + 1)
        match node:
            case yaml.MappingNode():
                return self._mapping(node, path)
            case yaml.SequenceNode():
                return [self.plain(part, (*path, str(k))) for k, part in enumerate(node.value)]
            case _:
                return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        answer: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.no_word(key_node)
                continue
            key = str(key_node.value)
            if key in answer:
                self.said_twice(key_node, key)
            answer[key] = self.plain(value_node, (*path, key))
            self.places[(*path, key)] = Place(file=self.file, line=key_node.start_mark.line + 1)
        return answer


_NUMBER = re.compile(r"^[-+]?(\d{1,18}|\d*\.\d+|\d+\.\d*)(e[-+]?\d+)?$", re.IGNORECASE)


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "int" | "float" if _NUMBER.match(text):
            return float(text) if "." in text else int(text)
        case "null":
            return None
        case _ if text in {"true", "false"} and not getattr(node, "style", None):
            return text == "true"
        case _:
            return text


def read_tree(text: str, *, file: str) -> Tree:
    """Return the value of a YAML text; a syntax fault is a fault of the tree, not an error."""
    try:
        aliases = _aliases(text)
        node = None if aliases else yaml.compose(text, Loader=_Resolver)
    except yaml.MarkedYAMLError as error:
        return _unread(_syntax_fault(file, error))
    except yaml.reader.ReaderError as error:
        return _unread(_character_fault(file, error, text=text))
    if aliases:
        return _unread(*(_alias_fault(file, event) for event in aliases))
    if node is None:
        return Tree(value={}, places={(): Place(file=file, line=1)})
    reading = _Reading(file=file)
    value = reading.plain(node, ())
    return Tree(value=value, places=reading.places, faults=tuple(reading.faults))


def _aliases(text: str) -> list[yaml.AliasEvent]:
    # Looked for first: an alias within its own anchor is a ring.
    events = yaml.parse(text, Loader=yaml.CSafeLoader) if "*" in text else ()
    return [event for event in events if isinstance(event, yaml.AliasEvent)]


def _unread(*faults: Fault) -> Tree:
    return Tree(value={}, places={}, faults=faults, unread=((),))


def _alias_fault(file: str, event: yaml.AliasEvent) -> Fault:
    line = event.start_mark.line + 1 if event.start_mark else 1
    return Fault(
        kind="yaml_alias",
        what="anchors and aliases hide what the trial says",
        where=f"{file}:{line}",
        got="an alias (*name)",
        fix="say it once under a name and refer to the name",
    )


def _syntax_fault(file: str, error: yaml.MarkedYAMLError) -> Fault:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return Fault(
        kind="yaml_syntax",
        what="the file is not YAML",
        where=f"{file}:{line}",
        got=error.problem or "unreadable text",
        fix="look at the indentation, colons, brackets and quotes of this line and the one above",
    )


def _character_fault(file: str, error: yaml.reader.ReaderError, *, text: str) -> Fault:
    line = text.count("\n", 0, error.position) + 1
    return Fault(
        kind="yaml_syntax",
        what="the file holds a character that no text has",
        where=f"{file}:{line}",
        got=f"character number {error.character}",
        fix="delete it; store the file as plain UTF-8 text",
    )
