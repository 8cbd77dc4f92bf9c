"""A study's design as a file: JSON with versions and a hash; read back, verified, compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from equipoise import __version__
from equipoise.base.errors import BadInput, bad_input
from equipoise.base.frozen_json import frozen_from_words, frozen_to_words
from equipoise.base.hashes import hash_of
from equipoise.design.study_design import StudyDesign
from equipoise.study.study import Study

FORMAT = "equipoise-design/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFile:
    """A design with what made it.

    Attributes
    ----------
    format : str
        Name and version of the format.
    software : str
        Version of Equipoise.
    study, study_version, study_hash : str
        Name, version and content hash of the study file.
    design : StudyDesign
        The design.
    """

    format: str
    software: str
    study: str
    study_version: str
    study_hash: str
    design: StudyDesign

    @property
    def content_hash(self) -> str:
        """SHA-256 of everything else in the file."""
        return hash_of(frozen_to_words(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that two designs do not share; None where a design does not have it."""

    path: str
    left: str | None
    right: str | None


def design_file(study: Study, design: StudyDesign) -> DesignFile:
    """Return a design with the study and the software that made it."""
    return DesignFile(
        format=FORMAT,
        software=__version__,
        study=study.study,
        study_version=str(study.version),
        study_hash=study.content_hash,
        design=design,
    )


def design_to_json(kept: DesignFile) -> str:
    """Return the file: sorted, indented, with its own hash under `sha256`."""
    words = frozen_to_words(kept) | {"sha256": kept.content_hash}
    return json.dumps(words, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def design_from_json(text: str, *, where: str) -> DesignFile:
    """Return the design that a file tells, once its hash has been verified.

    Raises
    ------
    BadInput
        For a text that is no design of this format, and one that was changed since it was written.
    """
    try:
        words = json.loads(text)
    except json.JSONDecodeError as error:
        raise _not_a_design(f"{error}", where=where) from error
    if not isinstance(words, dict) or words.get("format") != FORMAT:
        raise _not_a_design("another kind of file", where=where)
    written = words.pop("sha256", None)
    kept = frozen_from_words(DesignFile, words, where=where)
    if kept.content_hash != written:
        raise bad_input(
            "the design was changed after it was written: its hash does not fit",
            where=where,
            got=f"{kept.content_hash[:12]} where the file says {str(written)[:12]}",
            fix="write it again with `equipoise design STUDY --out FOLDER`",
        )
    return kept


def compare_designs(left: StudyDesign, right: StudyDesign) -> tuple[Difference, ...]:
    """Return every value that two designs do not share, in the order of their parts.

    Parameters
    ----------
    left, right : StudyDesign
        Two designs, of one study or of two.
    """
    return tuple(_differences(frozen_to_words(left), frozen_to_words(right), path=""))


def _differences(left: Any, right: Any, *, path: str) -> Iterator[Difference]:  # noqa: ANN401  # JSON
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for name in dict.fromkeys((*left, *right)):
            inner = f"{path}.{name}" if path else str(name)
            yield from _differences(left.get(name), right.get(name), path=inner)
    elif _is_row(left) and _is_row(right):
        for place in range(max(len(left), len(right))):
            pair = (row[place] if place < len(row) else None for row in (left, right))
            yield from _differences(*pair, path=f"{path}[{place + 1}]")
    elif left != right:
        yield Difference(path=path, left=_told(left), right=_told(right))


def _is_row(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _told(value: object) -> str | None:
    if isinstance(value, float):
        return f"{value:.6g}"
    return None if value is None else str(value)


def _not_a_design(got: str, *, where: str) -> BadInput:
    return bad_input(
        f"this is no design file of the format {FORMAT}",
        where=where,
        got=got,
        fix="write one with `equipoise design STUDY --out FOLDER`",
    )
