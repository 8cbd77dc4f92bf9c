"""Amendments: what differs between two versions of a study, in the words of the trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from equipoise.study.amended_parts import (
    Consequence,
    Part,
    consequence_of,
    part_of_path,
    title_of,
)
from equipoise.study.forms import Item
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that an amendment changes.

    Attributes
    ----------
    path : Path
        The part of the study, in the new version (in the old one when it is removed).
    consequence : Consequence
        Whom it concerns: what has to be weighed before it is made.
    says : str
        What changes, in one sentence.
    old, new : str | None
        What it was and what it is; None when it was not, or is no longer, there.
    """

    path: Path
    consequence: Consequence
    says: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    """A path at which two plain values differ; None stands for what is not said."""

    path: Path
    old: Plain
    new: Plain


class _Rows(dict[str, Plain]):
    """A list of entries as entries by name, whose order says something too."""


def compare(old: Study, new: Study) -> tuple[Change, ...]:
    """Return what changes from one version of a study to another.

    Parameters
    ----------
    old, new : Study
        Two versions; comments, order of files and spelling of quantities that mean the same are
        no change.

    Returns
    -------
    tuple[Change, ...]
        In the order of the study: arms, eligibility, regimens, schedule, forms and so on.
    """
    written = (_written(old), _written(new))
    said = [_keyed(study.model_dump(mode="json", by_alias=True)) for study in written]
    differences = list(_differences(said[0], said[1], ()))
    told = [difference for difference in differences if difference.path[:1] != ("use",)]
    renamed = _renamed(told)
    gone = {path for pair in renamed for path in pair}
    changes = [_rename(before, after, study=new) for before, after in renamed]
    changes += [
        _change(difference, old=old, new=new) for difference in told if difference.path not in gone
    ]
    order = list(Study.model_fields)
    return tuple(sorted(changes, key=lambda change: order.index(change.path[0])))


def _written(study: Study) -> Study:
    """Return a study without the rules that its risk tables stand for."""
    forms = {
        name: form.model_copy(
            update={"items": {item: _own_words(one) for item, one in form.items.items()}}
        )
        for name, form in study.forms.items()
    }
    return study.model_copy(update={"forms": forms})


def _own_words(item: Item) -> Item:
    return item if item.risk is None else item.model_copy(update={"compute": None})


def _keyed(value: Plain) -> Plain:
    """Return a value in which lists of entries are entries by name."""
    if isinstance(value, dict):
        return {name: _keyed(inner) for name, inner in value.items()}
    if isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        rows = _Rows()
        for inner in value:
            name, said = _row(inner)
            rows[name if name not in rows else f"{name} (again)"] = said
        return rows
    return value


_ROW_NAMES = ("event", "when", "heading", "from_kg")


def _row(value: Plain) -> tuple[str, Plain]:
    if not isinstance(value, dict):
        return str(value), {}
    for word in _ROW_NAMES:
        if word in value:
            rest = {name: _keyed(inner) for name, inner in value.items() if name != word}
            return _say(value[word]), rest
    return _say(value), {}


def _differences(old: Plain, new: Plain, path: Path) -> Iterator[_Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _in_entries(old, new, path)
    elif _words(old) and _words(new) and isinstance(old, list) and isinstance(new, list):
        yield from _in_words(old, new, path)
    elif old != new:
        yield _Difference(path=path, old=old, new=new)


def _in_entries(old: dict[str, Plain], new: dict[str, Plain], path: Path) -> Iterator[_Difference]:
    for name in dict.fromkeys((*new, *old)):
        yield from _differences(old.get(name), new.get(name), (*path, name))
    kept = [[name for name in one if name in other] for one, other in ((old, new), (new, old))]
    if isinstance(new, _Rows) and kept[0] != kept[1]:
        yield _Difference(path=(*path, "order"), old="; ".join(kept[0]), new="; ".join(kept[1]))


def _words(value: Plain) -> bool:
    return isinstance(value, list) and all(isinstance(inner, str) for inner in value)


def _in_words(old: list[Plain], new: list[Plain], path: Path) -> Iterator[_Difference]:
    removed = [word for word in old if word not in new]
    added = [word for word in new if word not in old]
    for word in removed:
        yield _Difference(path=path, old=word, new=None)
    for word in added:
        yield _Difference(path=path, old=None, new=word)
    if not removed and not added and old != new:
        yield _Difference(path=path, old=old, new=new)


def _renamed(differences: list[_Difference]) -> list[tuple[Path, Path]]:
    """Return pairs of an entry removed and one added beside it that says the same."""
    removed = {one.path: one.old for one in differences if one.new is None and one.old}
    added = {one.path: one.new for one in differences if one.old is None and one.new}
    pairs: list[tuple[Path, Path]] = []
    for before, was in removed.items():
        for after, became in added.items():
            taken = any(after == other for _, other in pairs)
            if before[:-1] == after[:-1] and not taken and _same_but_name(was, became):
                pairs.append((before, after))
                break
    return pairs


def _same_but_name(old: Plain, new: Plain) -> bool:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    names = {"form", "scenario"}
    return {name: old[name] for name in old if name not in names} == {
        name: new[name] for name in new if name not in names
    }


def _rename(before: Path, after: Path, *, study: Study) -> Change:
    part = part_of_path(after)
    title = title_of(part, after, study=study, inside=True)
    return Change(
        path=after,
        consequence=part.consequence,
        says=_capital(f"{title}{part.sort} {before[-1]} is now called {after[-1]}"),
        old=before[-1],
        new=after[-1],
    )


def _change(difference: _Difference, *, old: Study, new: Study) -> Change:
    path = difference.path
    study = old if difference.new is None else new
    part = part_of_path(path)
    rest = path[len(part.pattern) :]
    words = (
        _field_words(difference, part=part, study=study)
        if rest
        else _entry_words(difference, part=part, study=study)
    )
    return Change(
        path=path,
        consequence=_consequence(difference, part=part),
        says=words,
        old=None if difference.old is None else _say(difference.old),
        new=None if difference.new is None else _say(difference.new),
    )


def _consequence(difference: _Difference, *, part: Part) -> Consequence:
    entry = difference.old if difference.new is None else difference.new
    if part.sort == "item" and isinstance(entry, dict) and entry.get("ctcae"):
        return Consequence.SAFETY  # a graded item comes or goes
    return consequence_of(part, difference.path)


def _entry_words(difference: _Difference, *, part: Part, study: Study) -> str:
    """Say that an entry is added or removed: `Form disease: item ca199 added, required`."""
    title = title_of(part, difference.path, study=study, inside=True)
    name = difference.path[-1] if part.pattern[-1] == "*" else ""
    thing = " ".join(word for word in (part.sort, name) if word)
    if difference.new is None:
        return _capital(f"{title}{thing} removed")
    if difference.old is None:
        return _capital(f"{title}{thing} added{_summary(difference.new)}")
    return _capital(f"{title}{thing} {_say(difference.old)} -> {_say(difference.new)}")


_SUMMARY = ("rule", "dose", "kind", "method", "at", "every", "then", "low", "date")


def _summary(value: Plain) -> str:
    if not isinstance(value, dict):
        return ""
    if "items" in value and isinstance(value["items"], dict):
        return f", with {len(value['items'])} items"
    if value.get("required") is True:
        return ", required"
    if value.get("required_when"):
        return f", required when {_say(value['required_when'])}"
    said = next((word for word in _SUMMARY if value.get(word) not in (None, [], {})), None)
    return f": {said} {_say(value[said])}" if said else ""


def _field_words(difference: _Difference, *, part: Part, study: Study) -> str:
    """Say that a word of an entry changes: `Visit follow_up: every 12 wk -> 8 wk`."""
    title = title_of(part, difference.path, study=study, inside=False)
    rest = difference.path[len(part.pattern) :]
    old, new = difference.old, difference.new
    if rest[0] == "events" and len(rest) == 3 and rest[2] == "date":
        event = rest[1].replace("_", " ")
        return f"{title}: {event} dated at {_say(new)} instead of {_say(old)}"
    field = " ".join(rest)
    if _is_said(old) and _is_said(new):
        return f"{title}: {field} {_say(old)} -> {_say(new)}"
    deed, value = ("added", new) if _is_said(new) else ("removed", old)
    if isinstance(value, dict):
        return f"{title}: {field} {deed}: {_say(value)}".removesuffix(": ")
    return f"{title}: {field} {_say(value)} {deed}"


def _is_said(value: Plain) -> bool:
    return value is not None and value != [] and (value != {} or isinstance(value, _Rows))


def _say(value: Plain) -> str:
    """Return a plain value in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case list():
            return ", ".join(_say(inner) for inner in value)
        case dict():
            return _say_entry(value)
        case _:
            return str(value)


def _say_entry(value: Mapping[str, Plain]) -> str:
    said = {name: inner for name, inner in value.items() if name != "source" and _is_said(inner)}
    return ", ".join(f"{name} {_say(inner)}" for name, inner in said.items())


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
