"""Sources: each tag of a figure is a row of SOURCES.md, and each assumption can be listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as FilePath

from pydantic import BaseModel

from equipoise.study.checks.problem import Problem, Whole, unknown
from equipoise.study.yaml_tree import Path, Place

KINDS: Mapping[str, str] = {
    "sources_missing": "Figures have tags, and there is no SOURCES.md that explains them.",
    "source_unknown": "A figure has a tag that SOURCES.md does not explain.",
    "source_kind_unknown": "SOURCES.md calls a source by a kind that is none.",
    "source_said_twice": "SOURCES.md explains a tag twice.",
}

FILE = "SOURCES.md"
_ROW = re.compile(r"^\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|")
_RULE = re.compile(r"^:?-+:?$")


class SourceKind(StrEnum):
    """What stands behind a figure."""

    READ = "read"
    STANDARD = "standard"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One row of SOURCES.md: a tag, its kind as written, and its line."""

    tag: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedFigure:
    """A part of the study that names its source.

    Attributes
    ----------
    path : Path
        The part.
    tag : str
        Its tag.
    """

    path: Path
    tag: str


def read_sources(folder: FilePath) -> tuple[SourceRow, ...] | None:
    """Return the rows of the tables of SOURCES.md, or None when there is no such file."""
    file = folder / FILE
    if not file.is_file():
        return None
    rows: list[SourceRow] = []
    text = file.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        match = _ROW.match(line.strip())
        if match and match[1] != "tag" and not _RULE.match(match[1]):
            rows.append(SourceRow(tag=match[1], kind=match[2], line=number))
    return tuple(rows)


def tagged_figures(part: BaseModel, path: Path = ()) -> Iterator[TaggedFigure]:
    """Return every part of a study that names its source."""
    tag = getattr(part, "source", None)
    if isinstance(tag, str):
        yield TaggedFigure(path=path, tag=tag)
    for name, field in type(part).model_fields.items():
        yield from _tagged_within(getattr(part, name), (*path, field.alias or name))


def _tagged_within(value: object, path: Path) -> Iterator[TaggedFigure]:
    if isinstance(value, BaseModel):
        yield from tagged_figures(value, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _tagged_within(inner, (*path, str(name)))
    elif isinstance(value, tuple):
        for k, inner in enumerate(value):
            yield from _tagged_within(inner, (*path, str(k)))


def words_of(value: object) -> str:
    """Return what a part of a study file says, without its tag and without inner figures."""
    if not isinstance(value, dict):
        return _plain(value)
    said = {name: inner for name, inner in value.items() if name != "source" and _is_flat(inner)}
    return ", ".join(f"{name} {_plain(inner)}" for name, inner in said.items())


def _is_flat(value: object) -> bool:
    """Whether a value is a figure or a few of them, not a part with figures of its own."""
    if not isinstance(value, dict | list):
        return value is not None
    inner = value.values() if isinstance(value, dict) else value
    return not any(isinstance(one, dict | list) for one in inner) and "source" not in value


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_sources(whole: Whole) -> Iterator[Problem]:
    """Find tags that SOURCES.md does not explain, and rows of it that cannot be meant."""
    rows = read_sources(whole.folder)
    figures = list(tagged_figures(whole.study))
    if rows is None:
        if figures:
            yield Problem(
                kind="sources_missing",
                path=(*figures[0].path, "source"),
                what=f"{len(figures)} figures have tags, and there is no {FILE}",
                got=figures[0].tag,
                fix=f"write {FILE} with a table: | tag | kind | what |",
            )
        return
    known = {row.tag for row in rows}
    for figure in figures:
        if figure.tag not in known:
            what = f"{FILE} does not explain the tag '{figure.tag}'"
            path = (*figure.path, "source")
            yield unknown("source_unknown", path=path, got=figure.tag, known=known, what=what)
    yield from _rows(whole, rows)


def _rows(whole: Whole, rows: tuple[SourceRow, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    kinds = [kind.value for kind in SourceKind]
    for row in rows:
        place = Place(file=str(whole.folder / FILE), line=row.line)
        if row.kind not in kinds:
            yield Problem(
                kind="source_kind_unknown",
                path=(),
                what=f"the kind of '{row.tag}' is none",
                got=row.kind or "nothing",
                fix=f"write one of {', '.join(kinds)}",
                at=place,
            )
        if row.tag in seen:
            yield Problem(
                kind="source_said_twice",
                path=(),
                what=f"the tag '{row.tag}' is explained twice",
                got=row.tag,
                fix="keep one of the rows",
                at=place,
            )
        seen.add(row.tag)
