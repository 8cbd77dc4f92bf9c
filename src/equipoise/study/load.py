"""Load a study folder into one frozen value, or say every fault of it with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from equipoise.base.errors import Fault, StudyFaults
from equipoise.study.folder import read_folder
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came out of reading a folder: the study when its words were right, and the faults."""

    tree: Tree
    study: Study | None
    faults: tuple[Fault, ...]

    def place_of(self, path: Path) -> str:
        """Return file and line of a part of the study, or of the nearest part around it."""
        return place_of(self.tree, path)


def read_study(folder: FilePath) -> Reading:
    """Read a folder; faults of grammar and of single words are in the answer.

    Raises
    ------
    StorageFault
        When the folder cannot be read.
    """
    tree = read_folder(folder)
    try:
        study = Study.model_validate(tree.value)
    except ValidationError as error:
        faults = tuple(_fault(tree, details) for details in error.errors())
        return Reading(tree=tree, study=None, faults=(*tree.faults, *faults))
    return Reading(tree=tree, study=None if tree.faults else study, faults=tree.faults)


def place_of(tree: Tree, path: Path) -> str:
    """Return `file:line` of the part of the tree that lies deepest on a path."""
    found: Path = ()
    for word in path:
        if (*found, word) in tree.places:
            found = (*found, word)
    place = tree.places.get(found) or tree.places.get(())
    return str(place) if place is not None else "study.yaml:1"


_KINDS = {
    "missing": "missing_word",
    "extra_forbidden": "unknown_word",
    "enum": "unknown_choice",
    "literal_error": "unknown_choice",
    "union_tag_invalid": "unknown_choice",
    "union_tag_not_found": "missing_word",
    "string_pattern_mismatch": "bad_name",
    "value_error": "bad_quantity",
}


def _fault(tree: Tree, details: ErrorDetails) -> Fault:
    path = tuple(str(word) for word in details["loc"])
    kind = _KINDS.get(details["type"], "bad_value")
    said = " / ".join(path) or "study"
    message = details["msg"].removeprefix("Value error, ")
    return Fault(
        kind=kind,
        what=f"{said}: {message[:1].lower()}{message[1:]}",
        where=place_of(tree, path[:-1] if kind == "unknown_word" and not path else path),
        got=_short(details["input"]) if kind != "missing_word" else "nothing",
        fix=_fix(kind, word=path[-1] if path else "study"),
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _fix(kind: str, *, word: str) -> str:
    match kind:
        case "missing_word":
            return f"say '{word}' here"
        case "unknown_word":
            return f"remove '{word}' or correct its spelling; see `equipoise schema`"
        case "unknown_choice":
            return "use one of the words the message lists"
        case "bad_name":
            return "names are snake_case: small letters, digits and underscores"
        case _:
            return "write it as the message says"


def load_study(folder: FilePath) -> Study:
    """Return the study of a folder whose words are right.

    Whether its parts fit together is judged by `equipoise.study.checks.check_study`.

    Raises
    ------
    StudyFaults
        With every fault of grammar and of single words.
    StorageFault
        When the folder cannot be read.
    """
    reading = read_study(folder)
    if reading.study is None:
        raise StudyFaults(*reading.faults)
    return reading.study
