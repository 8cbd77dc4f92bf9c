"""The rows that count the subjects of a group at each level of an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.analyse.repeated import levels_as_told, once_a_subject, select_repeated
from equipoise.analyse.results import Row, Topic, count_of, result, subjects_of
from equipoise.analyse.selection import Selection
from equipoise.analyse.variables import Variable, levels_of
from equipoise.derive.frames import AnalysisData
from equipoise.study.forms import ItemType
from equipoise.study.study import Study

ONCE = "each subject once, at the last category of the list that occurred"


def analyse_levels(
    topic: Topic, study: Study, data: AnalysisData, *, variable: Variable, of: Selection
) -> Iterator[Row]:
    """Give count and per cent of subjects at each level, and of those without one.

    Per cents are of all subjects of the group. ``n`` is how many have a value.

    Parameters
    ----------
    variable : Variable
        The item.
    of : Selection
        The subjects of the group, in `adsl`.
    """
    if variable.repeated_on is not None:
        yield from _repeated(replace(topic, method=ONCE), study, data, variable=variable, of=of)
        return
    whole = of.reading(variable.name)
    known, unknown = whole.known(variable.name), whole.unknown(variable.name)
    yield result(topic, "n", known.n, of=known)
    for level in levels_of(variable, values=data.datasets["adsl"][variable.name]):
        part = whole.narrowed(level.condition)
        here = topic.of_level(level.name)
        yield from count_of(here, part=part, whole=whole, text=level.label)
    missing = topic.of_level(_missing(variable))
    yield from count_of(missing, part=unknown, whole=whole, text="Not recorded")


def _repeated(
    topic: Topic, study: Study, data: AnalysisData, *, variable: Variable, of: Selection
) -> Iterator[Row]:
    """Count each subject once, though a form that repeats may have told several categories."""
    told = select_repeated(study, data, variable=variable).only(of.subjects)
    yield result(topic, "n", len(told.subjects), of=told)
    levels = levels_as_told(variable, column=told.column)
    parts = once_a_subject(told, levels)
    shown = levels if variable.type is ItemType.YES_NO else levels[::-1]
    for level in shown:
        here = topic.of_level(level.name)
        yield from subjects_of(here, part=parts[level.name], whole=of, text=level.label)
    nobody = of.without(told.subjects).reading("USUBJID")
    missing = topic.of_level(_missing(variable))
    yield from count_of(missing, part=nobody, whole=of, text="None recorded")


def _missing(variable: Variable) -> str:
    """Return the level of those without a value; a code list may have taken the word."""
    return "not_recorded" if "missing" in variable.codes else "missing"
