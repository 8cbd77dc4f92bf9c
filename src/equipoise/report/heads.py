"""What tables of one kind have in common: a head for each group, and the notes below."""

from __future__ import annotations

from equipoise.report.formats import count
from equipoise.report.labels import group_label, name_label, population_label
from equipoise.report.palette import colours_of
from equipoise.report.sheet import Sheet
from equipoise.report.tables import Column
from equipoise.study.study import Study


def group_heads(study: Study, sheet: Sheet, *, by: str | None) -> tuple[Column, ...]:
    """Return a head for each group: its label, its colour, and N where the sheet counts it."""
    colours = colours_of(sheet.groups)
    totals = {group: sheet.first("n", group=group, level="") for group in sheet.groups}
    return tuple(
        Column(
            label=group_label(study, group, by=by),
            below="" if total is None else f"N = {count(total.value)}",
            colour=colours[group].name,
        )
        for group, total in totals.items()
    )


def population_note(study: Study, *, endpoint: str) -> str | None:
    """Return the note that names the analysis set of an endpoint."""
    label = population_label(study, endpoint=endpoint)
    return None if label is None else f"Analysis set: {label}."


def population_notes(study: Study, *, endpoints: tuple[str, ...]) -> tuple[str, ...]:
    """Return the analysis set of endpoints: once when they share it, else each with its own."""
    labels = {name: population_label(study, endpoint=name) for name in endpoints}
    if len(set(labels.values())) == 1:
        note = population_note(study, endpoint=endpoints[0])
        return () if note is None else (note,)
    return tuple(f"{name_label(study, name)}: {label}." for name, label in labels.items() if label)


def method_notes(study: Study, sheet: Sheet) -> tuple[str, ...]:
    """Return the methods of a sheet as sentences, names of strata in words."""
    methods = dict.fromkeys(row.method for row in sheet if row.method)
    return tuple(f"{_in_labels(study, method)}." for method in methods)


def _in_labels(study: Study, method: str) -> str:
    words, within, strata = method.partition("stratified by ")
    labels = [name_label(study, name) for name in strata.split(", ") if name]
    said = f"{words}{within}{', '.join(labels)}"
    return f"{said[:1].upper()}{said[1:]}"
