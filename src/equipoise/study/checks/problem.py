"""One thing that does not fit, and the study that every check looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path as FilePath

import polars as pl

from equipoise.study.forms import Form, FormPurpose, Item
from equipoise.study.namespace import subject_names
from equipoise.study.schedule import Visit
from equipoise.study.study import Study
from equipoise.study.yaml_tree import Path, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that does not fit the rest of the study.

    Attributes
    ----------
    kind : str
        Name of the kind, listed in the catalogue.
    path : Path
        The part of the study that says it, for example ``("strata", "older", "rule")``.
    what, got, fix : str
        What is wrong, what was found, what to do.
    at : Place | None
        File and line when the part stands outside the YAML (`SOURCES.md`).
    """

    kind: str
    path: Path
    what: str
    got: str
    fix: str
    at: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A study with what checks look up again and again.

    Attributes
    ----------
    study : Study
        The study.
    folder : pathlib.Path
        Where its files are.
    items : Mapping[str, Item]
        Items of all forms by name.
    form_of : Mapping[str, str]
        Item -> the form that asks it.
    names : Mapping[str, polars.DataType]
        What a rule about a subject may name.
    """

    study: Study
    folder: FilePath
    items: Mapping[str, Item]
    form_of: Mapping[str, str]
    names: Mapping[str, pl.DataType]


def whole_of(study: Study, *, folder: FilePath) -> Whole:
    """Return a study with its items by name."""
    return Whole(
        study=study,
        folder=folder,
        items={name: item for form in study.forms.values() for name, item in form.items.items()},
        form_of={name: form for form in study.forms for name in study.forms[form].items},
        names=subject_names(study),
    )


def open_to(visit: Visit, arm: str) -> bool:
    """Tell whether a visit is for an arm."""
    return not visit.arms or arm in visit.arms


def visited_forms(study: Study) -> frozenset[str]:
    """Return the forms that stand in some visit."""
    return frozenset(form for visit in study.schedule.visits.values() for form in visit.forms)


def forms_for(study: Study, purpose: FormPurpose) -> Iterator[tuple[str, Form]]:
    """Return the forms of a purpose with their names."""
    for name, form in study.forms.items():
        if form.purpose is purpose:
            yield name, form


def unknown(kind: str, *, path: Path, got: str, known: Collection[str], what: str) -> Problem:
    """Return the problem of a name that is not among the known ones, with the nearest of them."""
    return Problem(kind=kind, path=path, what=what, got=got, fix=suggest(got, known))


def suggest(word: str, known: Collection[str]) -> str:
    """Return advice on a name: the nearest known one, or all when they are few."""
    near = get_close_matches(word, known, n=1, cutoff=0.7)
    if near:
        return f"did you mean '{near[0]}'?"
    if not known:
        return "nothing of this sort is in the study; add it or take the name out"
    if len(known) <= 12:
        return f"use one of {', '.join(sorted(known))}"
    return "use a name that the study has, or add it"
