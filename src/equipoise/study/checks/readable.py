"""The part of a study that can be read although some of its words are wrong.

So that one look tells every fault: what is wrong with a word, and what does not fit elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError

from equipoise.study.checks.problem import Problem
from equipoise.study.folder import SECTIONS
from equipoise.study.grammar import wrong_paths
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path, Tree, part_of

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A study without the parts that could not be read.

    Attributes
    ----------
    study : Study
        What is left.
    lost : tuple[Path, ...]
        What was left out.
    words : frozenset[str]
        Names in what was left out: to miss one of them is no fault of the rest.
    """

    study: Study
    lost: tuple[Path, ...]
    words: frozenset[str]

    def believes(self, problem: Problem) -> bool:
        """Tell whether a problem would also be there if nothing had been left out."""
        if any(_meet(problem.path, lost) for lost in self.lost):
            return False
        said = f"{problem.what} {problem.got} {' '.join(problem.path)}"
        return not self.words & set(_WORD.findall(said))


def _meet(path: Path, lost: Path) -> bool:
    """Whether a path leads to what was lost, or lies in the same entry."""
    entry = lost[:-1]
    return path[: len(entry)] == entry or lost[: len(path)] == path


def readable_part(tree: Tree) -> Readable | None:
    """Return what of a study can be read; None when a whole section or an arm is lost."""
    value = deepcopy(tree.value)
    lost: list[Path] = list(tree.unread)
    if any(len(path) < 2 for path in lost):
        return None
    for _ in range(_MOST_ROUNDS):
        try:
            study = Study.model_validate(value)
        except ValidationError as error:
            wrong = sorted({_entry(value, path) for path in wrong_paths(tree, error)})
            if any(_is_too_much(value, path) for path in wrong):
                return None
            for path in wrong:
                _leave_out(value, path)
            lost += [path for path in wrong if len(path) > 1]
        else:
            words = frozenset(_words_of(tree, study, lost))
            return Readable(study=study, lost=tuple(lost), words=words)
    return None


def _is_too_much(value: object, path: Path) -> bool:
    """Whether without this part the rest says another trial; a word that is none says nothing."""
    if len(path) == 1 and isinstance(value, dict):
        unsaid = SECTIONS - value.keys()
        return path[0] in SECTIONS or bool(get_close_matches(path[0], unsaid, cutoff=0.7))
    return not path or path[0] == "arms"


def _entry(value: object, path: Path) -> Path:
    """Return a path up to, but not into, the first list: what follows keeps its place."""
    inner = value
    for k, word in enumerate(path):
        if isinstance(inner, list):
            return path[:k]
        inner = inner.get(word) if isinstance(inner, dict) else None
    return path


def _leave_out(value: object, path: Path) -> None:
    inner = value
    for word in path[:-1]:
        inner = inner.get(word) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(path[-1], None)


def _words_of(tree: Tree, study: Study, lost: Collection[Path]) -> Iterator[str]:
    for path in lost:
        yield from path[-2:] if len(path) > 2 else path[-1:]
        around = path[:-1] if len(path) > 2 else path
        for word in _said(part_of(tree, around)):
            yield word
            yield f"{word}_date"
            form = study.forms.get(word)
            yield from form.items if form else ()


def _said(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _WORD.findall(str(name))
            yield from _said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner)
    else:
        yield from _WORD.findall(str(value))
