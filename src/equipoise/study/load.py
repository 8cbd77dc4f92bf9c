"""Load a study folder into one frozen value, or say every fault of it with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from pydantic import ValidationError

from equipoise.base.errors import Fault, StudyFaults
from equipoise.study.folder import read_folder
from equipoise.study.grammar import grammar_faults, place_of
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
        faults = (*tree.faults, *grammar_faults(tree, error))
        return Reading(tree=tree, study=None, faults=faults)
    return Reading(tree=tree, study=None if tree.faults else study, faults=tree.faults)


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
