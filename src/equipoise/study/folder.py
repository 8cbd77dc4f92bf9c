"""A study folder as one tree: `study.yaml`, a file for each section, folders of forms and so on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath

from pydantic import ValidationError

from equipoise.base.errors import BadInput, Fault, StorageFault
from equipoise.study.forms import ItemType
from equipoise.study.risk import ANSWERS, RiskTable, risk_rule
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path, Place, Tree, read_tree

SECTIONS = frozenset(Study.model_fields)
"""A file may bear the name of each field of a study."""

FOLDERS: Mapping[str, str] = {"forms": "form", "scenarios": "scenario", "regimens": "regimen"}
"""Folders whose files are one entry each, named by the word given (or by the file)."""

NAMED_INSIDE: frozenset[str] = frozenset({"forms", "scenarios"})
"""Folders whose entries hold their own name as well; the reader fills it in."""

STANDARD_FORMS = files("equipoise.study") / "standard_forms"


@dataclass(slots=True)
class _Collecting:
    root: FilePath
    value: dict[str, object] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)

    def add(self, tree: Tree, *, at: Path) -> None:
        self.faults.extend(tree.faults)
        self.places.update({(*at, *path): place for path, place in tree.places.items()})
        self.unread.extend((*at, *path) for path in tree.unread)

    def fault(self, kind: str, *, what: str, where: str, got: str, fix: str) -> None:
        self.faults.append(Fault(kind=kind, what=what, where=where, got=got, fix=fix))

    def place(self, *paths: Path) -> str:
        """Return the first of these places that is known."""
        found = [self.places[path] for path in paths if path in self.places]
        return str(found[0]) if found else f"{self.root / 'study.yaml'}:1"


def read_folder(folder: FilePath) -> Tree:
    """Return everything a study folder says, standard forms filled in.

    Raises
    ------
    StorageFault
        When the folder or its `study.yaml` is missing, or a file may not be read.
    """
    main = folder / "study.yaml"
    if not main.is_file():
        raise StorageFault(_missing(folder, main))
    collecting = _Collecting(root=folder)
    _take_main(collecting, main)
    for file in _yaml_files(folder):
        if file != main:
            _take_file(collecting, file)
    _take_standard_forms(collecting)
    _answer_from_risk_tables(collecting.value)
    _name_entries(collecting)
    return Tree(
        value=collecting.value,
        places=collecting.places,
        faults=tuple(collecting.faults),
        unread=tuple(collecting.unread),
    )


def _missing(folder: FilePath, main: FilePath) -> Fault:
    what = "there is no study.yaml in the folder" if folder.is_dir() else "there is no such folder"
    return Fault(
        kind="no_study_folder",
        what=what,
        where=str(folder),
        got=f"{main} is missing",
        fix="name a folder that holds a study.yaml, for example studies/icc_golp",
    )


def _yaml_files(folder: FilePath) -> Iterator[FilePath]:
    """Return the YAML files of a folder and its folders, sections before single entries."""
    for pattern in ("[!.]*.y*ml", "[!.]*/[!.]*.y*ml"):
        yield from sorted(file for file in folder.glob(pattern) if file.is_file())


def _read(file: FilePath) -> Tree:
    try:
        return read_tree(file.read_text(encoding="utf-8"), file=str(file))
    except UnicodeDecodeError as error:
        return Tree(value={}, places={}, faults=(_unreadable(file, error),), unread=((),))
    except OSError as error:
        raise StorageFault(_unreadable(file, error)) from None


def _unreadable(file: FilePath, error: OSError | UnicodeDecodeError) -> Fault:
    return Fault(
        kind="unreadable_file",
        what="the file cannot be read",
        where=f"{file}:1",
        got=str(error),
        fix="store it as UTF-8 text that you may read",
    )


def _take_main(collecting: _Collecting, file: FilePath) -> None:
    tree = _read(file)
    collecting.add(tree, at=())
    if isinstance(tree.value, dict):
        collecting.value.update(tree.value)


def _take_file(collecting: _Collecting, file: FilePath) -> None:
    inside = file.parent != collecting.root
    if file.suffix == ".yaml" and inside and file.parent.name in FOLDERS:
        _take_entry(collecting, file)
    elif file.suffix == ".yaml" and not inside and file.stem in SECTIONS:
        _take_section(collecting, file)
    else:
        collecting.fault(
            "unknown_file",
            what="no part of a study has the name of this file, and it would not be read",
            where=f"{file}:1",
            got=str(file.relative_to(collecting.root)),
            fix=f"a file is one of {', '.join(sorted(SECTIONS))} with the end .yaml; "
            f"a folder is one of {', '.join(sorted(FOLDERS))}",
        )


def _take_section(collecting: _Collecting, file: FilePath) -> None:
    section = file.stem
    tree = _read(file)
    if section in collecting.value:
        collecting.fault(
            "said_twice",
            what=f"'{section}' stands in study.yaml and in a file of its own",
            where=collecting.place((section,)),
            got=file.name,
            fix="keep one of the two",
        )
    collecting.value[section] = tree.value
    collecting.add(tree, at=(section,))


def _take_entry(collecting: _Collecting, file: FilePath) -> None:
    section = file.parent.name
    tree = _read(file)
    entry = dict(tree.value) if isinstance(tree.value, dict) else tree.value
    word = FOLDERS[section]
    name = str(entry.get(word, file.stem)) if isinstance(entry, dict) else file.stem
    entries = collecting.value.setdefault(section, {})
    if not isinstance(entries, dict):
        return
    if isinstance(entry, dict) and section not in NAMED_INSIDE:
        entry.pop(word, None)
    if name in entries:
        collecting.fault(
            "said_twice",
            what=f"{word} '{name}' is said twice",
            where=f"{file}:1",
            got=name,
            fix="keep one of the two",
        )
    entries[name] = entry
    collecting.add(tree, at=(section, name))


def _name_entries(collecting: _Collecting) -> None:
    for section in sorted(NAMED_INSIDE):
        entries = collecting.value.get(section)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            if isinstance(entry, dict):
                entry.setdefault(FOLDERS[section], name)


def _answer_from_risk_tables(value: dict[str, object]) -> None:
    """Give each item that names a risk table the rule it stands for.

    A table that cannot be read gives none: what is wrong with it is told when it is checked.
    """
    tables = _entries(value.get("risk"))
    for form in _entries(value.get("forms")).values():
        items = _entries(_entries(form).get("items"))
        for name, item in items.items():
            said = _entries(item)
            rule = _risk_rule(tables.get(str(said.get("risk"))), answers=said.get("type"))
            if rule is not None and not said.keys() & {"compute", "function"}:
                items[name] = {**said, "compute": rule}


def _entries(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _risk_rule(table: object, *, answers: object) -> str | None:
    if answers not in ANSWERS:
        return None
    try:
        return risk_rule(RiskTable.model_validate(table), answers=ItemType(str(answers)))
    except (ValidationError, BadInput):
        return None


def _take_standard_forms(collecting: _Collecting) -> None:
    forms = collecting.value.setdefault("forms", {})
    if not isinstance(forms, dict):
        return
    used = collecting.value.get("use", [])
    for k, name in enumerate(used if isinstance(used, list) else []):
        _use_as_it_is(collecting, forms, name=str(name), at=("use", str(k)))
    for name, form in list(forms.items()):
        if isinstance(form, dict):
            forms[name] = _filled_in(collecting, name, form)


def _use_as_it_is(
    collecting: _Collecting, forms: dict[str, object], *, name: str, at: Path
) -> None:
    if name in forms:
        collecting.fault(
            "said_twice",
            what=f"form '{name}' is used as it is and written out as well",
            where=collecting.place(at),
            got=name,
            fix="take it out of 'use'; a form of the study says 'use' itself",
        )
        return
    forms[name] = {"use": name}
    if at in collecting.places:
        collecting.places.setdefault(("forms", name), collecting.places[at])


@cache
def standard_form_names() -> tuple[str, ...]:
    """Return the names of the standard forms of the package, sorted."""
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in STANDARD_FORMS.iterdir()))


@cache
def standard_form(name: str) -> Tree:
    """Return what a standard form of the package says."""
    source = STANDARD_FORMS / f"{name}.yaml"
    return read_tree(source.read_text(encoding="utf-8"), file=f"standard form {name}")


def _filled_in(collecting: _Collecting, name: str, form: dict[str, object]) -> object:
    own = {word: said for word, said in form.items() if word not in {"use", "without"}}
    without = form.get("without", [])
    standard = form.get("use")
    base: object = {}
    if standard in standard_form_names():
        tree = standard_form(str(standard))
        base = tree.value
        for path, place in tree.places.items():
            collecting.places.setdefault(("forms", name, *path), place)
    elif standard is not None:
        _no_such_standard_form(collecting, name, standard)
        return own
    for word in _not_there(base, without):
        _nothing_to_leave_out(collecting, name, word)
    return _merged(_without(base, without), own)


def _no_such_standard_form(collecting: _Collecting, name: str, standard: object) -> None:
    collecting.fault(
        "unknown_standard_form",
        what="there is no standard form of this name",
        where=collecting.place(("forms", name, "use"), ("forms", name)),
        got=str(standard),
        fix=f"standard forms are {', '.join(standard_form_names())}",
    )
    collecting.unread.append(("forms", name))


def _nothing_to_leave_out(collecting: _Collecting, name: str, word: str) -> None:
    collecting.fault(
        "without_unknown",
        what=f"form '{name}' leaves out what its standard form does not have",
        where=collecting.place(("forms", name, "without"), ("forms", name)),
        got=word,
        fix="name items or checks of the standard form, or take the word out",
    )


def _parts(form: object) -> Mapping[str, Mapping[str, object]]:
    if not isinstance(form, dict):
        return {}
    return {part: form[part] for part in ("items", "checks") if isinstance(form.get(part), dict)}


def _not_there(form: object, names: object) -> list[str]:
    there = {name for part in _parts(form).values() for name in part}
    listed = names if isinstance(names, list) else [names]
    return [str(name) for name in listed if str(name) not in there]


def _without(form: object, names: object) -> object:
    if not isinstance(form, dict) or not isinstance(names, list):
        return form
    gone = {str(name) for name in names}
    kept = {
        part: {name: said for name, said in entries.items() if name not in gone}
        for part, entries in _parts(form).items()
    }
    return form | kept


def _merged(base: object, over: object) -> object:
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    answer = dict(base)
    for word, said in over.items():
        whole = word == "codes" or word not in base
        answer[word] = said if whole else _merged(base[word], said)
    return answer
